"""Fields that tracker and review form share: days, small numbers, words, and choices that may stay open."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils import formats
from django.utils.translation import gettext_lazy as _

from agencies.widgets import MarkedRadios
from journeys.choices import Response

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

type Choices = Iterable[tuple[str, "_StrPromise | str"]]

DATE_FORMATS = ["%Y-%m-%d", "%d.%m.%Y", "%d.%m.%y"]  # what date inputs send, and what people type without one
NO_STATEMENT = ("", _("keine Angabe"))
NOT_IN_LIST = _("Wähle etwas aus der Liste.")
CONTROL_CHARACTER = _(
    "Hier steht ein unsichtbares Steuerzeichen, das wir nicht speichern können. Lösch es bitte."
)
RESPONSE_MARKS: dict[str, str] = {
    Response.POSITIVE: "answered",
    Response.NEGATIVE: "answered",
    Response.CANCELLED: "answered",
    Response.HOLDING: "waiting",
    Response.NOTHING: "silent",
    Response.WITHDREW: "withdrawn",
}
RESPONSE_ORDER = (
    Response.POSITIVE,
    Response.NEGATIVE,
    Response.HOLDING,
    Response.NOTHING,
    Response.CANCELLED,
    Response.WITHDREW,
)


class WithinDays(forms.Field):
    """Refuses a date after `latest` and one before `earliest`; a subclass says both in its own words."""

    earliest = date.min
    latest = date.max

    def validate(self, value: date | None) -> None:
        super().validate(value)
        if value and value > self.latest:
            raise ValidationError(self.error_messages["future"], "future")
        if value and value < self.earliest:
            raise ValidationError(self.error_messages["too_early"], "too_early")


class DayField(WithinDays, forms.DateField):
    """A day between two days that `between` sets."""

    default_error_messages = {
        "invalid": _("Schreib den Tag als Datum, zum Beispiel 8.10.2026."),
        "future": _("Dieser Tag liegt in der Zukunft."),
        "too_early": _("Dieser Tag liegt mehr als zwei Jahre zurück."),
    }

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "input short"})
        super().__init__(input_formats=DATE_FORMATS, widget=widget, required=False, **kwargs)

    def between(self, earliest: date, latest: date) -> None:
        self.earliest, self.latest = earliest, latest
        self.widget.attrs |= {"min": earliest.isoformat(), "max": latest.isoformat()}


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


class WordsField(forms.CharField):
    """A long text, counted as people see it: a line break is one character."""

    def __init__(self, *, longest: int, **kwargs: Any) -> None:
        widget = forms.Textarea(attrs={"rows": 6, "class": "input", "data-longest": longest})
        super().__init__(required=False, widget=widget, **kwargs)
        self.longest = longest
        self.error_messages["null_characters_not_allowed"] = CONTROL_CHARACTER

    def to_python(self, value: Any) -> str:
        text = super().to_python(value) or ""
        return text.replace("\r\n", "\n").replace("\r", "\n")

    def validate(self, value: str) -> None:
        super().validate(value)
        if len(value) > self.longest:
            sentence = _("Das sind %(typed)s Zeichen. Platz ist für %(longest)s, kürz den Text bitte.")
            counts = {"typed": _as_read(len(value)), "longest": _as_read(self.longest)}
            raise ValidationError(sentence, "max_length", counts)


def _as_read(number: int) -> str:
    """With the separators of the reader's language: 2.100 or 2,100."""
    return formats.number_format(number, force_grouping=True)


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
