"""`make bench`: what was promised about speed and memory, one JSON line each.

    python -m tests.bench [NAME...]

Each measurement runs in a process of its own, so that none is warmed up or weighed down by another. Those that need
synthetic data share it: it is made once. BENCH_SCALE=small takes 1,000 agencies and 100,000 reviews instead of 10,000
and 5 million. Exits 1 if a goal is missed.

To add a measurement, write a function that yields `Line`s, with floor and ours measured in turns (`lines.alternating`),
and give it a row in MEASURES. With data, Django is set up on the first of what it needs before its module is imported;
`Data.environment` leads other processes to either. Without, it starts what it needs (`servers.own_servers`).
"""

import argparse
import contextlib
import importlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from tests.bench import data
from tests.bench.data import Data
from tests.bench.lines import Line
from tests.bench.servers import servers


@dataclass(frozen=True)
class Measure:
    """A function of a module in this folder, and the data it needs."""

    module: str
    function: str
    needs: tuple[Data, ...] = ()

    def lines(self) -> Iterator[Line]:
        """Runs it, in this process."""
        if self.needs:
            import django

            django.setup()
        run: Callable[[], Iterator[Line]] = getattr(
            importlib.import_module(f"tests.bench.{self.module}"), self.function
        )
        yield from run()


MEASURES = {
    "recompute_all": Measure("recompute", "everything", (Data.FULL,)),
    "recompute_one": Measure("recompute", "one", (Data.FULL,)),
    "recompute_largest": Measure("recompute", "largest", (Data.FULL,)),
    "ageing": Measure("recompute", "ageing", (Data.FULL,)),
    "freshness": Measure("web", "freshness", (Data.FULL,)),
    "pages": Measure("web", "uncached", (Data.FULL,)),
    "pages_anew": Measure("web", "anew", (Data.FULL,)),
    "pages_cached": Measure("web", "cached", (Data.FULL,)),
    "growth": Measure("web", "growth", (Data.FULL, Data.TENTH)),
    "memory": Measure("web", "memory", (Data.FULL,)),
    "search": Measure("search", "search", (Data.FULL,)),
    "deep_page": Measure("search", "deep_page", (Data.FULL,)),
    "dispatch": Measure("dispatch", "dispatch"),
}
ALONE = "--alone"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench")
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(MEASURES))
    parser.add_argument(ALONE, action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if unknown := {*arguments.names} - {*MEASURES}:
        parser.error(f"there is no measurement {', '.join(sorted(unknown))}")
    measures = {name: MEASURES[name] for name in arguments.names or MEASURES}
    return _measure(measures) if arguments.alone else _run_all(measures)


def _run_all(measures: Mapping[str, Measure]) -> int:
    signal.signal(
        signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT)
    )  # ends in order, folders included
    needs = {part for measure in measures.values() for part in measure.needs}
    with contextlib.ExitStack() as stack:
        if needs:
            postgres, _ = stack.enter_context(servers())
            data.make(sorted(needs), postgres)
        codes = [_run(name, measure) for name, measure in measures.items()]
    return int(any(codes))


def _run(name: str, measure: Measure) -> int:
    """Measure in a process of its own; its exit code."""
    leads = measure.needs[0].environment() if measure.needs else {}
    command = [sys.executable, "-m", "tests.bench", ALONE, name]
    return subprocess.run(command, env=os.environ | leads, check=False).returncode


def _measure(measures: Mapping[str, Measure]) -> int:
    missed = 0
    for measure in measures.values():
        for line in measure.lines():
            sys.stdout.write(f"{line.json()}\n")
            sys.stdout.flush()
            missed |= not line.ok
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
