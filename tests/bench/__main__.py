"""`make bench`: what was promised about speed and memory, one JSON line each. BENCH_SCALE=small measures less.

    python -m tests.bench [NAME...]

Each measurement runs in a process of its own, so that none is warmed up or weighed down by another. Exits 1 if a goal
is missed.
"""

import os
import subprocess
import sys

from tests.bench import dispatch
from tests.bench.lines import Measure

MEASURES: dict[str, Measure] = {"dispatch": dispatch.measure}
ALONE = "--alone"


def main(arguments: list[str]) -> int:
    if arguments[:1] == [ALONE]:
        return _measure(arguments[1])
    names = arguments or list(MEASURES)
    command = [sys.executable, "-m", "tests.bench", ALONE]
    return max(subprocess.run([*command, name], check=False).returncode for name in names)


def _measure(name: str) -> int:
    is_small = os.environ.get("BENCH_SCALE") == "small"
    missed = 0
    for line in MEASURES[name](is_small):
        sys.stdout.write(f"{line.json()}\n")
        sys.stdout.flush()
        missed |= not line.ok
    return int(missed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
