"""The calculator of /so-rechnen-wir/: what would some more reviews or interviews change?

It begins with the numbers of an agency, or with none. What an agency does not show is not added to either: whoever
knows what was added could take it off again. So it begins with a score only where one is shown, and reads a curve only
on days on which the agency's own is known.
"""

from dataclasses import dataclass
from functools import cached_property
from math import exp2
from typing import Any

from django import forms
from django.core.validators import slug_re
from django.http import QueryDict
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from agencies.choices import AgencyStatus
from agencies.figures import MARKED_DAYS, decimal, interval, percent
from agencies.models import Agency, AgencyScore
from reviews import numbers
from reviews.scoring import (
    FORMULA,
    Curve,
    Ending,
    Point,
    Score,
    Wait,
    headline,
    joined,
    proof_weight,
)
from reviews.working import Step, Weighted, figure, score_of, score_steps

MOST = 1000
MOST_COUNTED = 100  # agencies in between; beyond that "more than"
EXAMPLE = {
    "agentur": "",
    "mehr": "5",
    "sterne": "2",
    "nachweis": "ja",
    "alter": "0",
    "gespraeche": "0",
    "antwort": "nein",
    "tag": "30",
}
"""What stands in the form before anybody has typed, and for what an address leaves out."""


def number(label: Any, least: int, most: int, hint: Any = "") -> forms.IntegerField:
    """A whole number as text: a browser empties a number field in which something else was typed."""
    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "class": "short"})
    between = format_lazy(
        gettext_lazy("Bitte eine ganze Zahl von {least} bis {most}."), least=least, most=most
    )
    codes = ("required", "invalid", "min_value", "max_value")
    return forms.IntegerField(
        label=label,
        min_value=least,
        max_value=most,
        help_text=hint,
        widget=widget,
        error_messages=dict.fromkeys(codes, between),
    )


class CalculatorForm(forms.Form):
    agentur = forms.CharField(
        label=gettext_lazy("Agentur"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("Die Adresse ihrer Seite hier. Leer heißt: ohne bisherige Bewertungen."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    mehr = number(gettext_lazy("Weitere Bewertungen"), 0, MOST)
    sterne = number(gettext_lazy("mit so vielen Sternen"), 1, 5)
    nachweis = forms.ChoiceField(
        label=gettext_lazy("Kontakt nachgewiesen"),
        choices=[("ja", gettext_lazy("ja")), ("nein", gettext_lazy("nein"))],
    )
    alter = number(gettext_lazy("Alter in Tagen"), 0, 3650)
    gespraeche = number(
        gettext_lazy("Weitere Gespräche"), 0, MOST, gettext_lazy("Jedes von einer anderen Person.")
    )
    antwort = forms.ChoiceField(
        label=gettext_lazy("mit Rückmeldung"),
        choices=[("ja", gettext_lazy("ja")), ("nein", gettext_lazy("nein, noch still"))],
    )
    tag = number(
        gettext_lazy("an Tag"),
        0,
        365,
        gettext_lazy("Tag der Rückmeldung, oder der letzte bekannte stille Tag."),
    )

    @classmethod
    def of(cls, query: QueryDict) -> "CalculatorForm | None":
        """From an address; None where it does not ask for anything."""
        if not EXAMPLE.keys() & query.keys():
            return None
        typed = {name: query.get(name, default) for name, default in EXAMPLE.items()}
        return cls({name: value.replace("\0", "\ufffd") for name, value in typed.items()})

    def clean_agentur(self) -> Agency | None:
        """By slug, or by the address of its page."""
        typed = self.cleaned_data["agentur"]
        if not typed:
            return None
        slug = typed.partition("?")[0].rstrip("/").rpartition("agenturen/")[2].partition("/")[0]
        found = _agency(slug) if slug_re.match(slug) else None
        if found is None:
            raise forms.ValidationError(
                _(
                    "Diese Agentur finden wir nicht. Öffne ihre Seite im Verzeichnis und füge deren Adresse hier ein."
                )
            )
        return found


def _agency(slug: str) -> Agency | None:
    agencies = Agency.objects.with_numbers().select_related("merged_into")
    agency = agencies.filter(slug=slug).first()
    if agency and agency.merged_into_id:
        agency = agencies.filter(pk=agency.merged_into_id).first()
    return agency if agency and agency.is_readable else None


@dataclass(frozen=True)
class Change:
    """One number before and after."""

    name: str
    before: str
    after: str


@dataclass(frozen=True)
class Calculation:
    """What a valid form asks for, worked out."""

    agency: Agency | None
    more: int
    stars: int
    proven: bool
    age_days: int
    more_waits: int
    answered: bool
    day: int

    @classmethod
    def of(cls, form: CalculatorForm) -> "Calculation":
        asked = form.cleaned_data
        return cls(
            agency=asked["agentur"],
            more=asked["mehr"],
            stars=asked["sterne"],
            proven=asked["nachweis"] == "ja",
            age_days=asked["alter"],
            more_waits=asked["gespraeche"],
            answered=asked["antwort"] == "ja",
            day=asked["tag"],
        )

    # ---- stars ----

    @cached_property
    def has_score(self) -> bool:
        """Whether it begins with the reviews of an agency."""
        return bool(self.agency and self.agency.score.is_shown)

    @cached_property
    def _sums(self) -> tuple[Weighted, int]:
        if not (self.agency and self.has_score):
            return Weighted(0.0, 0.0, 0.0), 0
        score = self.agency.score
        return Weighted.of(numbers.stored_sums(score), score.as_of), score.n

    @cached_property
    def weight(self) -> float:
        """Of one of the new reviews."""
        return exp2(-self.age_days / FORMULA.half_life_days) * proof_weight(proven=self.proven)

    @cached_property
    def _sums_after(self) -> tuple[Weighted, int]:
        sums, n = self._sums
        added = self.more * self.weight
        more = (added, added * self.stars, added * self.stars**2)
        return Weighted(sums.weight + more[0], sums.stars + more[1], sums.squares + more[2]), n + self.more

    @cached_property
    def before(self) -> Score:
        return score_of(*self._sums)

    @cached_property
    def after(self) -> Score:
        return score_of(*self._sums_after)

    @property
    def changes(self) -> list[Change]:
        before, after = self.before, self.after
        return [
            Change(_("Wert"), decimal(before.mean, 2), decimal(after.mean, 2)),
            Change(_("Bereich"), *(interval(one.lower, one.upper, places=2) for one in (before, after))),
            Change(_("Gewicht"), decimal(before.weight, 2), decimal(after.weight, 2)),
            Change(_("Personen"), str(before.n), str(after.n)),
            Change(_("wird gezeigt"), _is_shown(before), _is_shown(after)),
        ]

    @property
    def steps(self) -> list[Step]:
        sums, after = self._sums[0], self._sums_after[0]
        proof = decimal(proof_weight(proven=self.proven))
        weight = figure(self.weight)
        return [
            Step(
                _("Gewicht einer neuen"),
                f"{decimal(0.5)} ^ ({self.age_days} / {FORMULA.half_life_days}) · {proof}",
                weight,
            ),
            Step("W", f"{figure(sums.weight)} + {self.more} · {weight}", figure(after.weight)),
            Step(
                "Σ w·x", f"{figure(sums.stars)} + {self.more} · {weight} · {self.stars}", figure(after.stars)
            ),
            Step(
                "Σ w·x²",
                f"{figure(sums.squares)} + {self.more} · {weight} · {self.stars}²",
                figure(after.squares),
            ),
            *score_steps(after),
        ]

    @cached_property
    def order(self) -> str:
        """What becomes of the place in the list by score. Costs one query where it begins with an agency's score."""
        if not (self.agency and self.has_score and self.agency.status == AgencyStatus.LISTED):
            return ""
        low, high = sorted((self.before.lower, self.after.lower))
        others = AgencyScore.objects.in_list().exclude(pk=self.agency.pk)
        between = others.filter(lower__gt=low, lower__lt=high).order_by()[: MOST_COUNTED + 1].count()
        if not between:
            return _("Die Reihenfolge der Liste nach Wert bliebe dieselbe.")
        number = _("über %(n)s") % {"n": MOST_COUNTED} if between > MOST_COUNTED else between
        if self.after.lower > self.before.lower:
            said = ngettext(
                "In der Liste nach Wert stünde %(n)s Agentur weniger vor ihr.",
                "In der Liste nach Wert stünden %(n)s Agenturen weniger vor ihr.",
                between,
            )
        else:
            said = ngettext(
                "In der Liste nach Wert stünde %(n)s Agentur mehr vor ihr.",
                "In der Liste nach Wert stünden %(n)s Agenturen mehr vor ihr.",
                between,
            )
        return said % {"n": number}

    # ---- waits ----

    @cached_property
    def waits(self) -> numbers.Waits | None:
        """Those of the agency that are shown."""
        found = numbers.waits(self.agency.curves.all()) if self.agency else None
        return found if found and found.is_shown else None

    @property
    def has_waits(self) -> bool:
        return self.waits is not None

    @cached_property
    def _curve(self) -> Curve:
        return self.waits.curve if self.waits else Curve()

    @cached_property
    def _curve_after(self) -> Curve:
        ending = Ending.ANSWERED if self.answered else Ending.SILENT
        new = Curve.of(Wait(self.day, ending, person) for person in range(self.more_waits))
        old = self._curve
        return Curve(
            joined(old.days, new.days), old.persons + new.persons, old.early_persons + new.early_persons
        )

    def _after(self, day: int) -> Point | None:
        """The new curve on a day on which the old one is known, if there is one."""
        if self.has_waits and self._curve.shown(day) is None:
            return None
        return self._curve_after.shown(day)

    @property
    def wait_changes(self) -> list[Change]:
        before, after = self._curve, self._curve_after
        days = [
            Change(_("bis Tag %(day)s") % {"day": day}, _share(before.shown(day)), _share(self._after(day)))
            for day in MARKED_DAYS
        ]
        horizon = self._after(FORMULA.horizon)
        mean = Change(
            _("mittlere Wartezeit"),
            _days(headline(before).rmst30),
            _days(after.rmst30 if horizon else None),
        )
        return [
            Change(_("Gespräche"), str(before.waits), str(after.waits)),
            *days,
            mean,
            Change(_("wird gezeigt"), _is_curve_shown(before), _is_curve_shown(after)),
        ]


def _is_shown(score: Score) -> str:
    if score.is_shown:
        return _("ja")
    if score.missing:
        return ngettext("nein, noch %(n)s Bewertung", "nein, noch %(n)s Bewertungen", score.missing) % {
            "n": score.missing
        }
    return _("nein, zu wenige aktuelle")


def _is_curve_shown(curve: Curve) -> str:
    if curve.is_shown:
        return _("ja")
    missing = curve.missing
    return ngettext("nein, noch %(n)s Gespräch", "nein, noch %(n)s Gespräche", missing) % {"n": missing}


def _share(point: Point | None) -> str:
    if point is None:
        return _("noch nicht bekannt")
    values = {"share": percent(point.answered), "low": percent(point.lower), "high": percent(point.upper)}
    return _("%(share)s %% (%(low)s bis %(high)s)") % values


def _days(value: float | None) -> str:
    return _("noch nicht bekannt") if value is None else _("%(days)s Tage") % {"days": decimal(value)}
