"""What stands beside a curve: how answers came, and who was silent."""

from collections.abc import Mapping
from typing import Any

from journeys.choices import Channel, Reason, SilentParty, WaitEnd

GROUPS = {
    "reasons": ("reason", Reason),
    "channels": ("channel", Channel),
    "silent_parties": ("silent", SilentParty),
}
"""How a group of counts is stored, and what the names of the single counts begin with."""
SINGLE = (*WaitEnd.values, "holding", "ghosted", "chasing_told", "chased")


def facts(counts: Mapping[str, Any]) -> dict[str, Any]:
    """Counts, and shares (0..1) of those who told; None where nobody did."""
    groups = {
        group: {code: counts[f"{prefix}_{code}"] for code in codes.values}
        for group, (prefix, codes) in GROUPS.items()
    }
    reasons = groups["reasons"]
    return {
        **{name: counts[name] for name in SINGLE},
        **groups,
        "share_reasoned": _share(reasons[Reason.CONCRETE] + reasons[Reason.HELPFUL], sum(reasons.values())),
        "share_chased": _share(counts["chased"], counts["chasing_told"]),
    }


def counts(facts: Mapping[str, Any]) -> dict[str, int]:
    """The counts that `facts` was made of."""
    grouped = {
        f"{prefix}_{code}": count
        for group, (prefix, _) in GROUPS.items()
        for code, count in facts[group].items()
    }
    return {**{name: facts[name] for name in SINGLE}, **grouped}


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
