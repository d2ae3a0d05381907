"""What lifelines says about waits, for ours to be held against. Only `make verify` installs it.

    python -m tests.verify.lifelines_says    writes anew what `make test` compares with

Three things it reads otherwise, and they are left out here: where an answer and a withdrawal share a day it shifts both
by chance, it drops events of day 0, and whoever enters on a day with an event is not at risk on it.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from statistics import NormalDist
from typing import Any, NamedTuple

from reviews.scoring import FORMULA, Ending, Wait
from tests.reviews.exact import parse_waits

STORED = Path(__file__).with_name("lifelines.json")
ALPHA = 2 * (1 - NormalDist().cdf(FORMULA.z))  # its confidence for our z
CODES = {Ending.SILENT: 0, Ending.ANSWERED: 1, Ending.WITHDRAWN: 2}

# Written as tests.reviews.exact reads them.
SETS = (
    "1 2 3 5 6 9 14+ 14+ 30+ 30+",
    "6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+",  # Freireich 1963
    "4 7 9+@5 12 15@9 20+@3 30+ 30+@10",
    "2 4w 3 5 8w 8+ 10 14 21w 30+ 30+ 30+",
    "1 1 1 2 2 3w 3w 5 5+ 7@4 7@6 9w@8 12 12 13+ 20+@4 31 40+ 40+",
    "1w 2w 3w 4 5w 6+ 40+ 40+",
    "3 3 3 3 3 3 3 3 3 40+",
    "3@1 9@4 9@7 16w@11 17@2 22@19 29+@6 30 38+@31 45+ 45+ 45+",
    "14 14 14 14+ 15w 15w 16 40+ 41+",
    "1 2 2 2 2 2 2 2 7w 7w 7w 7w 13 13 13 13 21+ 21+ 21+ 21+ 28 28 28 44+ 44+ 44+ 44+ 44+ 44+ 44+ 44+",
    "5@2 5@3 5@4 8w@6 8w@7 11@9 11@10 23+@12 26 27w 40+ 40+@1 40+@17",
    "33 34 35w 36 37+ 38 50+ 50+",
)


class Said(NamedTuple):
    day: int
    answered: float
    variance: float
    lower: float
    upper: float


def aalen_johansen(waits: Sequence[Wait]) -> list[Said]:
    """For each day of an answer or a withdrawal after the first answer; its interval has no meaning before."""
    from lifelines import AalenJohansenFitter

    fitted = AalenJohansenFitter(alpha=ALPHA).fit(event_of_interest=1, **_columns(waits, withdrawals=2))
    shares, bounds = fitted.cumulative_density_["CIF_1"], fitted.confidence_interval_
    return [
        Said(
            day, shares.loc[day], fitted.variance_.loc[day], *sorted(bounds.loc[day])
        )  # its names are the wrong way round
        for day in _event_days(waits)
        if shares.loc[day] > 0
    ]


def kaplan_meier(waits: Sequence[Wait]) -> list[tuple[int, float]]:
    """F for each day of an answer, where nobody withdraws: one minus the share that still waits."""
    from lifelines import KaplanMeierFitter

    fitted = KaplanMeierFitter().fit(**_columns(waits, withdrawals=1))
    return [(day, 1 - float(fitted.predict(day))) for day in _event_days(waits)]


def _columns(waits: Sequence[Wait], *, withdrawals: int) -> dict[str, Any]:
    entries = [wait.entry for wait in waits]
    return {
        "durations": [wait.day for wait in waits],
        "event_observed": [min(CODES[wait.ending], withdrawals) for wait in waits],
        "entry": entries if any(entries) else None,
    }


def _event_days(waits: Sequence[Wait]) -> list[int]:
    return sorted({wait.day for wait in waits if wait.ending is not Ending.SILENT})


def what_it_says() -> dict[str, list[list[float]]]:
    """Rows of Said by the waits they are about."""
    said = {waits: aalen_johansen(parse_waits(waits)) for waits in SETS}
    return {
        waits: [[round(float(number), 12) for number in row] for row in rows] for waits, rows in said.items()
    }


if __name__ == "__main__":
    lines = (f"{json.dumps(waits)}: {json.dumps(rows)}" for waits, rows in what_it_says().items())
    STORED.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
