"""Fields of the review form that no other form has: months and stars."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import formats
from django.utils.translation import gettext_lazy as _

from journeys.fields import NO_STATEMENT, WithinDays
from reviews.criteria import STAR_WORDS, Criterion

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

CONTACT_MONTHS = 24  # how far back an experience may lie when it is written down (trust: choice 11)


def months_back(day: date, months: int) -> date:
    """The first of the month `months` before the month of `day`."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, 1)


class MonthField(WithinDays):
    """A month as its first day; written "2026-10", chosen from a list that `between` fills."""

    widget = forms.Select
    default_error_messages = {
        "invalid": _("Wähle einen Monat aus der Liste."),
        "future": _("Dieser Monat liegt in der Zukunft."),
        "too_early": _(
            "Dieser Monat liegt zu lange zurück. Bewerten kannst du, was höchstens 24 Monate her ist."
        ),
    }

    def between(self, earliest: date, latest: date) -> None:
        """Offer the months from the one of `earliest` to the one of `latest`, newest first."""
        self.earliest, self.latest = earliest.replace(day=1), latest.replace(day=1)
        months = (self.latest.year - self.earliest.year) * 12 + self.latest.month - self.earliest.month
        offered = [months_back(self.latest, back) for back in range(months + 1)]
        self.widget.choices = [
            ("", _("Monat wählen")),
            *((f"{month:%Y-%m}", formats.date_format(month, "F Y")) for month in offered),
        ]

    def to_python(self, value: Any) -> date | None:
        if value in self.empty_values:
            return None
        try:
            return datetime.strptime(str(value), "%Y-%m").date()  # noqa: DTZ007 - a month has no zone
        except ValueError:
            raise ValidationError(self.error_messages["invalid"], "invalid") from None


class StarsField(forms.TypedChoiceField):
    """Stars 1..5 of one criterion, or None for "keine Angabe"; whoever must answer is not offered the latter."""

    def __init__(self, criterion: Criterion, *, required: bool = False) -> None:
        stars: list[tuple[str, _StrPromise | str]] = [(str(star), word) for star, word in STAR_WORDS.items()]
        super().__init__(
            label=criterion.label,
            help_text=criterion.question,
            choices=stars if required else [*stars, NO_STATEMENT],
            coerce=int,
            empty_value=None,
            required=required,
            widget=forms.RadioSelect,
            error_messages={
                "invalid_choice": _("Wähle 1 bis 5 Sterne."),
                "required": _("Das Feedbackverhalten gehört zu jeder Bewertung. Wähle 1 bis 5 Sterne."),
            },
        )
        self.template_name = "forms/rating.html"
