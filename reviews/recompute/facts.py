"""What stands beside a curve: how answers came, and who was silent."""

from collections.abc import Mapping
from typing import Any

from journeys.choices import Channel, Reason, SilentParty, WaitEnd
from reviews.scoring import FORMULA

SINGLE = (*WaitEnd.values, "holding", "ghosted", "chasing_told", "chased")
GROUPS = {
    "reasons": {code: f"reason_{code}" for code in Reason.values},
    "channels": {code: f"channel_{code}" for code in Channel.values},
    "silent_parties": {code: f"silent_{code}" for code in SilentParty.values},
}
"""How groups of counts are stored, and what each of the counts is called elsewhere."""


def facts(counts: Mapping[str, Any]) -> dict[str, Any]:
    """Counts, and shares (0..1) of those who told; None where nobody did."""
    groups = {group: {code: counts[name] for code, name in names.items()} for group, names in GROUPS.items()}
    reasons = groups["reasons"]
    return {
        **{name: counts[name] for name in SINGLE},
        **groups,
        "share_reasoned": _share(reasons[Reason.CONCRETE] + reasons[Reason.HELPFUL], sum(reasons.values())),
        "share_chased": _share(counts["chased"], counts["chasing_told"]),
    }


def counts(facts: Mapping[str, Any]) -> dict[str, int]:
    """The counts that `facts` was made of."""
    grouped = {name: facts[group][code] for group, names in GROUPS.items() for code, name in names.items()}
    return {**{name: facts[name] for name in SINGLE}, **grouped}


def _share(part: int, whole: int) -> float | None:
    """None where fewer than five told: their answers might be traced to one of them."""
    return part / whole if whole >= FORMULA.min_segment_persons else None
