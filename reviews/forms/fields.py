"""Fields of the review form: months, stars, words, and choices that may stay open."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, MaxValueValidator, MinValueValidator
from django.utils import formats
from django.utils.translation import gettext_lazy as _

from reviews.criteria import STAR_WORDS, Criterion

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

type Choices = Iterable[tuple[str, "_StrPromise | str"]]

CONTACT_MONTHS = 24  # how far back an experience may lie when it is written down (trust: choice 11)
DATE_FORMATS = ["%Y-%m-%d", "%d.%m.%Y", "%d.%m.%y"]  # what date inputs send, and what people type without one
NO_STATEMENT = ("", _("keine Angabe"))
NOT_IN_LIST = _("Wähle etwas aus der Liste.")
CONTROL_CHARACTER = _(
    "Hier steht ein unsichtbares Steuerzeichen, das wir nicht speichern können. Lösch es bitte."
)


def months_back(day: date, months: int) -> date:
    """The first of the month `months` before the month of `day`."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, 1)


class MonthField(forms.Field):
    """A month as its first day; written "2026-10", chosen from a list that `between` fills."""

    widget = forms.Select
    default_error_messages = {
        "invalid": _("Wähle einen Monat aus der Liste."),
        "future": _("Dieser Monat liegt in der Zukunft."),
        "too_early": _(
            "Dieser Monat liegt zu lange zurück. Bewerten kannst du, was höchstens 24 Monate her ist."
        ),
    }
    earliest = date.min
    latest = date.max

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

    def validate(self, value: date | None) -> None:
        super().validate(value)
        if value and value > self.latest:
            raise ValidationError(self.error_messages["future"], "future")
        if value and value < self.earliest:
            raise ValidationError(self.error_messages["too_early"], "too_early")


class DayField(forms.DateField):
    """A day between two days that `between` sets."""

    default_error_messages = {
        "invalid": _("Schreib den Tag als Datum, zum Beispiel 8.10.2026."),
        "future": _("Dieser Tag liegt in der Zukunft."),
        "too_early": _("Dieser Tag liegt mehr als zwei Jahre zurück."),
    }
    earliest = date.min
    latest = date.max

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "input short"})
        super().__init__(input_formats=DATE_FORMATS, widget=widget, required=False, **kwargs)

    def between(self, earliest: date, latest: date) -> None:
        self.earliest, self.latest = earliest, latest
        self.widget.attrs |= {"min": earliest.isoformat(), "max": latest.isoformat()}

    def validate(self, value: date | None) -> None:
        super().validate(value)
        if value and value > self.latest:
            raise ValidationError(self.error_messages["future"], "future")
        if value and value < self.earliest:
            raise ValidationError(self.error_messages["too_early"], "too_early")


class NumberField(forms.IntegerField):
    """A whole number from a range, typed without spinner arrows."""

    default_error_messages = {"invalid": _("Schreib eine ganze Zahl.")}

    def __init__(self, *, least: int, most: int, **kwargs: Any) -> None:
        super().__init__(
            required=False,
            widget=forms.TextInput(
                attrs={"inputmode": "numeric", "class": "input short", "autocomplete": "off"}
            ),
            validators=[
                MinValueValidator(least, _("Schreib eine Zahl ab %(limit_value)s.")),
                MaxValueValidator(most, _("Schreib eine Zahl bis %(limit_value)s.")),
            ],
            **kwargs,
        )


class MarkedRadios(forms.RadioSelect):
    """Radios with the shape of answered, waiting or silent beside the words (templates/django/forms/widgets)."""

    def __init__(self, marks: Mapping[str, str]) -> None:
        super().__init__()
        self.marks = marks

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option: dict[str, Any] = super().create_option(name, value, *args, **kwargs)
        return option | {"mark": self.marks.get(str(value), "")}


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


class WordsField(forms.CharField):
    """A long text, counted as people see it: a line break is one character."""

    def __init__(self, *, longest: int, **kwargs: Any) -> None:
        widget = forms.Textarea(attrs={"rows": 6, "class": "input", "data-longest": longest})
        super().__init__(required=False, widget=widget, **kwargs)
        self.error_messages["null_characters_not_allowed"] = CONTROL_CHARACTER
        self.validators.append(
            MaxLengthValidator(
                longest,
                _("Das sind %(show_value)d Zeichen. Platz ist für %(limit_value)d, kürz den Text bitte."),
            )
        )

    def to_python(self, value: Any) -> str:
        text = super().to_python(value) or ""
        return text.replace("\r\n", "\n").replace("\r", "\n")


def select(choices: Choices, *, required: "_StrPromise | str" = "", **kwargs: Any) -> forms.ChoiceField:
    """A list to choose from. `required` is the sentence for nothing chosen; without it nothing may be chosen."""
    first = ("", _("bitte wählen")) if required else NO_STATEMENT
    return forms.ChoiceField(
        choices=[first, *choices],
        required=bool(required),
        widget=forms.Select(attrs={"class": "select"}),
        error_messages={"required": required, "invalid_choice": NOT_IN_LIST},
        **kwargs,
    )


def radios(
    choices: Choices, *, marks: Mapping[str, str], is_open: bool = False, **kwargs: Any
) -> forms.ChoiceField:
    """Choices side by side with their marks; with `is_open` the last one is "keine Angabe"."""
    return forms.ChoiceField(
        choices=[*choices, NO_STATEMENT] if is_open else list(choices),
        widget=MarkedRadios(marks),
        **kwargs,
    )
