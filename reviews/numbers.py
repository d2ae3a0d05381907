"""Stored numbers made ready to be read: scores with their n and period, waits with what may be shown of them.

Pages read rows that reviews.recompute wrote; nothing here computes a score. A mean never comes without its n and
its period (BGH I ZR 143/23), so they travel together.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencies import cards
from agencies.choices import Size
from agencies.figures import decimal
from agencies.models import Agency, AgencyScore, CriterionScore, SegmentScore, WaitCurve
from agencies.tenths import Tenths, of_ten
from reviews import scoring
from reviews.criteria import CRITERIA


@dataclass(frozen=True)
class Number:
    """A value with its spread in the same unit, as reviews.scoring.difference compares them."""

    value: float
    spread: float


@dataclass(frozen=True)
class CriterionRow:
    """One criterion of one agency beside the market's mean."""

    code: str
    label: str
    n: int
    mean: float | None
    market: float | None


def criteria(rows: Iterable[CriterionScore], market: Mapping[str, float]) -> list[CriterionRow]:
    """The nine criteria of an agency in their fixed order; None where too few answered."""
    stored = {row.criterion: row for row in rows}
    return [
        CriterionRow(
            criterion.code,
            str(criterion.label),
            row.n if (row := stored.get(criterion.code)) else 0,
            row.mean if row and row.is_shown else None,
            market.get(criterion.code),
        )
        for criterion in CRITERIA
    ]


# ---- waits -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Waits:
    """One curve as a page shows it. Shares lie in 0..1; None is "noch nicht bekannt"."""

    row: WaitCurve
    curve: scoring.Curve

    @property
    def is_shown(self) -> bool:
        return self.row.is_shown

    @property
    def steps(self) -> Sequence[Sequence[float]]:
        return self.curve.shown_steps

    @property
    def until(self) -> int | None:
        return self.curve.shown_until

    @property
    def dots(self) -> Tenths | None:
        return scoring.dots(self.curve)

    @property
    def headline(self) -> scoring.Headline:
        return scoring.headline(self.curve)

    @property
    def basis(self) -> str:
        """ "42 Gespräche von 37 Personen, aus Bewertungen, 11/2024 bis 11/2026"."""
        parts = (
            cards.talks_of(self.row.waits, self.row.persons),
            WaitCurve.Source(self.row.source).label,
            cards.period(self.row.first_month, self.row.last_month),
        )
        return ", ".join(str(part) for part in parts if part)

    @property
    def short_basis(self) -> str:
        """ "42 Gespräche, 11/2024 bis 11/2026"."""
        covered = cards.period(self.row.first_month, self.row.last_month)
        return f"{cards.talks(self.row.waits)}, {covered}" if covered else cards.talks(self.row.waits)

    @property
    def not_yet(self) -> str:
        """Why no curve is shown."""
        missing = self.curve.missing
        return ngettext(
            "Noch %(n)s Gespräch bis zur Zahl.", "Noch %(n)s Gespräche bis zur Zahl.", missing
        ) % {"n": missing}

    def tells(self, persons: int) -> bool:
        """Whether a count of persons is said: a review tells it anyway, what people note for themselves needs five."""
        is_public = self.row.source == WaitCurve.Source.RECALLED
        return persons >= (1 if is_public else scoring.FORMULA.min_segment_persons)

    def of_ten(self, fact: str) -> int | None:
        """A share among `facts` ("share_reasoned", "share_chased") as "N von 10"; None where nobody told."""
        share = self.row.facts.get(fact)
        return None if share is None else of_ten(share)


def waits(rows: Iterable[WaitCurve], kind: str = WaitCurve.Kind.INTERVIEW, source: str = "") -> Waits | None:
    """The curve to show among an agency's rows: measured as soon as it may be shown, else recalled."""
    of_kind = {row.source: row for row in rows if row.kind == kind}
    measured, recalled = of_kind.get(WaitCurve.Source.MEASURED), of_kind.get(WaitCurve.Source.RECALLED)
    chosen = of_kind.get(source) if source else measured if measured and measured.is_shown else recalled
    return Waits(chosen, _curve(chosen)) if chosen else None


def _curve(row: WaitCurve) -> scoring.Curve:
    return _fitted(tuple(map(tuple, row.risk_days)), row.persons, row.early_persons)


@lru_cache(100)
def _fitted(risk_days: tuple[tuple[int, ...], ...], persons: int, early_persons: int) -> scoring.Curve:
    """Every page shows the market's curve: the same risk sets are fitted once."""
    return scoring.Curve.from_json({"days": risk_days, "persons": persons, "early_persons": early_persons})


def as_number(score: AgencyScore | CriterionScore) -> Number:
    return Number(score.mean, score.spread)


def stored_sums(row: AgencyScore | CriterionScore | SegmentScore) -> scoring.Sums:
    """What a score follows from, for any row that keeps one."""
    return scoring.Sums(row.n, row.sum_gv, row.sum_gvx, row.sum_gvxx)


# ---- who they are ----------------------------------------------------------------------------------------


def summary(agency: Agency, towns: Iterable[str]) -> str:
    """One line under the name: what they do, where (`towns` of their offices), since when, how many they are."""
    since = _("seit %(year)s") % {"year": agency.founded} if agency.founded else ""
    size = str(Size(agency.size).label) if agency.size else ""
    whereabouts = ", ".join(part for part in (cards.places(towns), since, size) if part)
    return ". ".join(part for part in (cards.trade(agency), whereabouts) if part)


def wait_facts(waits: Waits) -> list[str]:
    """What stands under the curve: mean wait, reasons, chasing, holding messages, who never heard anything."""
    facts, found = waits.row.facts, []
    mean = waits.headline.rmst30
    if mean is not None:
        found.append(_("Mittlere Wartezeit %(days)s Tage, höchstens 30 gezählt.") % {"days": decimal(mean)})
    if (reasoned := waits.of_ten("share_reasoned")) is not None:
        found.append(_("%(n)s von 10 Antworten enthielten einen konkreten Grund.") % {"n": reasoned})
    if (chased := waits.of_ten("share_chased")) is not None:
        found.append(_("%(n)s von 10 kamen erst auf Nachfrage.") % {"n": chased})
    if waits.tells(facts.get("holding", 0)):
        found.append(
            ngettext("%(n)s wurde nur vertröstet.", "%(n)s wurden nur vertröstet.", facts["holding"])
            % {"n": facts["holding"]}
        )
    if facts.get("ghosted"):
        found.append(
            ngettext(
                "%(n)s hörte 30 Tage oder länger nichts.",
                "%(n)s hörten 30 Tage oder länger nichts.",
                facts["ghosted"],
            )
            % {"n": facts["ghosted"]}
        )
    return found
