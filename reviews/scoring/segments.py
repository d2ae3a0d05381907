"""The parts of a score: by role, by outcome, by field, by office; and the whole as if outcomes were mixed as elsewhere.

A part may be shown only if neither it nor anything that follows from what is shown by subtraction tells of a few
persons.
"""

from collections.abc import Mapping

from reviews.scoring.formula import FORMULA
from reviews.scoring.stars import Sums


def is_segment_shown(persons: int, rest: int) -> bool:
    """Whether a part may be shown: neither it nor, by subtraction, the rest may point at a few persons."""
    return persons >= FORMULA.min_segment_persons and _tells_of_nobody_or_enough(rest)


def safe_segments(persons: Mapping[str, int], total: int) -> set[str]:
    """Which parts of one division may be shown side by side.

    `persons` by part; `total` counts those without a part as well. Each part alone keeps `is_segment_shown`. Whoever
    subtracts all of them from the total gets what is left over: if that is a few persons, the smallest part joins them
    in hiding, of equally small ones the last by name. Then every sum and difference of shown numbers tells of nobody or
    of at least five: each shown part is that large, and so are all that are hidden together.
    """
    safe = {part for part, count in persons.items() if is_segment_shown(count, total - count)}
    hidden = total - sum(persons[part] for part in safe)
    if safe and not _tells_of_nobody_or_enough(hidden):
        least = min(persons[part] for part in safe)
        safe.remove(max(part for part in safe if persons[part] == least))
    return safe


def standardised(parts: Mapping[str, Sums], platform: Mapping[str, int], *, weight: float) -> float | None:
    """The overall mean an agency would have if its outcomes were mixed as on the whole platform.

    `parts` holds the agency's sums by outcome, `platform` the number of counted reviews by outcome on the whole
    platform in the last 24 months, `weight` is W of the agency's overall score. None unless the agency has five persons
    in every outcome that occurs there. This is direct standardisation, as epidemiologists compare towns of different
    age: the means of the outcomes are mixed by the platform's shares. The imagined reviews join once, as they do in the
    overall mean; so an agency whose outcomes are mixed like the platform's gets exactly that.
    """
    occurring = {outcome: count for outcome, count in platform.items() if count}
    backed = {outcome: sums for outcome, sums in parts.items() if sums.n >= FORMULA.min_segment_persons}
    if not occurring or not occurring.keys() <= backed.keys():
        return None
    mixed = sum(count * backed[outcome].gvx / backed[outcome].gv for outcome, count in occurring.items())
    own = mixed / sum(occurring.values())
    prior = FORMULA.prior_weight
    return (prior * FORMULA.prior_mean + weight * own) / (prior + weight)


def _tells_of_nobody_or_enough(persons: int) -> bool:
    return persons == 0 or persons >= FORMULA.min_segment_persons
