"""The nine criteria of a review and the overall value of one review."""

from collections.abc import Mapping

CRITERIA = (
    "feedback",
    "reachability",
    "honesty",
    "expertise",
    "support",
    "respect",
    "discretion",
    "terms",
    "recommendation",
)
"""Stable codes in the order in which they are asked and shown."""

REQUIRED_CRITERION = "feedback"
MIN_CRITERIA = 3

type Answers = Mapping[str, int | None]
"""Stars 1..5 by criterion; None, or no entry, means "keine Angabe"."""


def is_rateable(answers: Answers) -> bool:
    """Whether the answers make a review: feedback and at least two other criteria."""
    return answers.get(REQUIRED_CRITERION) is not None and len(_given(answers)) >= MIN_CRITERIA


def overall(answers: Answers) -> float:
    """The plain mean of the criteria that were answered, in stars. ValueError where none was."""
    total, count = _total(answers)
    return total / count


def overall_stars(answers: Answers) -> int:
    """The overall value as whole stars, half up: the bar of the histogram that the review belongs to.

    Computed in whole numbers, so that 3.5 is never a 3.4999. ValueError where no criterion was answered.
    """
    total, count = _total(answers)
    return (2 * total + count) // (2 * count)


def _total(answers: Answers) -> tuple[int, int]:
    given = _given(answers)
    if not given:
        raise ValueError("a review without any answer has no overall value")
    return sum(given), len(given)


def _given(answers: Answers) -> list[int]:
    return [stars for code in CRITERIA if (stars := answers.get(code)) is not None]
