"""Writes the lines of a run into docs/performance.md: `python -m tests.bench.table < var/lines`.

Both with the same BENCH_SCALE: the page names the size of the data.
"""

import json
import os
import platform
import sys
from datetime import UTC, datetime
from pathlib import Path

from tests.bench.data import SIZE

PAGE = Path(__file__).parents[2] / "docs" / "performance.md"
BEGIN, END = "<!-- measured -->\n", "<!-- end -->\n"
HEAD = "| name | ours | floor | ratio | goal | |\n|---|---|---|---|---|---|\n"


def table(lines: str) -> str:
    """The JSON lines among this text, as a table in Markdown."""
    rows = [json.loads(line) for line in lines.splitlines() if line.startswith('{"name"')]
    return HEAD + "".join(
        f"| {row['name']} | {row['ours']:g} | {row['floor']:g} | {row['ratio']:g} | {row['goal']} |"
        f" {'' if row['ok'] else '**missed**'} |\n"
        for row in rows
    )


def machine() -> str:
    """The shape of this machine in a sentence."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()}, Python {platform.python_version()}"
    )


def main() -> None:
    measured = (
        f"{datetime.now(UTC):%d %B %Y}, {machine()}; {SIZE.agencies:,} agencies, {SIZE.reviews:,} reviews.\n\n"
        f"{table(sys.stdin.read())}"
    )
    page = PAGE.read_text(encoding="utf-8")
    before, _, rest = page.partition(BEGIN)
    PAGE.write_text(f"{before}{BEGIN}{measured}{END}{rest.partition(END)[2]}", encoding="utf-8")


if __name__ == "__main__":
    main()
