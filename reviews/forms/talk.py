"""One wait as it is asked for: after an interview, or after the CV went out."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from journeys import waits
from journeys.choices import (
    WAIT_END,
    Channel,
    Party,
    Reason,
    Response,
    SilentParty,
    WaitEnd,
    WaitKind,
)
from journeys.fields import (
    NOT_IN_LIST,
    RESPONSE_MARKS,
    RESPONSE_ORDER,
    DayField,
    NumberField,
    radios,
    select,
)
from journeys.models import Interview
from reviews.forms.fields import MonthField

WEEKS = "weeks"
ONLY_FOR = {
    "answered_on": {WaitEnd.ANSWERED, WaitEnd.WITHDRAWN},
    "after": {WaitEnd.ANSWERED, WaitEnd.WITHDRAWN},
    "reason": {WaitEnd.ANSWERED},
    "silent_party": {WaitEnd.SILENT},
}  # fields that make sense for some ends of a wait only
SAYS_NOTHING = ("unit", "about")
DETAILS = ("party", "round", "channel", "chased")


class WaitForm(forms.Form):
    """What happened after one interview. Left empty it says nothing; begun, it needs a day and a response.

    Days and months are days of the calendar, `after` counts days or weeks. `told_on` is the day of the statement,
    `earliest` the first day it may speak of.
    """

    kind = WaitKind.INTERVIEW

    about = forms.CharField(
        required=False, widget=forms.HiddenInput
    )  # number of an interview that is followed
    day = DayField(label=gettext_lazy("Wann war es?"))
    month = MonthField(label=gettext_lazy("oder ungefähr"), required=False)
    response = radios(
        [(response.value, response.label) for response in RESPONSE_ORDER],
        marks=RESPONSE_MARKS,
        label=gettext_lazy("Kam danach eine Rückmeldung?"),
        required=False,
        error_messages={"invalid_choice": NOT_IN_LIST},
    )
    after = NumberField(least=0, most=730, label=gettext_lazy("Dauer, ungefähr"))
    unit = forms.ChoiceField(
        label=gettext_lazy("Tage oder Wochen"),
        choices=[("days", gettext_lazy("Tage")), (WEEKS, gettext_lazy("Wochen"))],
        required=False,
        widget=forms.Select(attrs={"class": "select"}),
    )
    answered_on = DayField(label=gettext_lazy("oder der genaue Tag"))
    reason = radios(
        Reason.choices,
        marks={},
        is_open=True,
        label=gettext_lazy("Mit welcher Begründung?"),
        required=False,
        error_messages={"invalid_choice": NOT_IN_LIST},
    )
    silent_party = select(SilentParty.choices, label=gettext_lazy("Wer hat geschwiegen?"))
    party = select(Party.choices, label=gettext_lazy("Mit wem war das Gespräch?"))
    round = NumberField(least=1, most=20, label=gettext_lazy("Die wievielte Runde?"))
    channel = select(Channel.choices, label=gettext_lazy("Auf welchem Weg kam die Antwort?"))
    chased = NumberField(least=0, most=50, label=gettext_lazy("Wie oft hast du nachgefragt?"))

    def __init__(
        self,
        *,
        number: int | str,
        told_on: date,
        earliest: date,
        data: Mapping[str, Any] | None,
        initial: dict[str, Any],
        prefix: str,
    ) -> None:
        super().__init__(
            data, initial=initial, prefix=prefix, empty_permitted=True, use_required_attribute=False
        )
        self.number, self.told_on = number, told_on
        self.start: waits.Start | None = None  # known once the form was cleaned
        for field in self.fields.values():
            if isinstance(field, DayField | MonthField):
                field.between(earliest, told_on)

    @property
    def caption(self) -> str:
        return _("Gespräch %(number)s") % {"number": self.number}

    def has_changed(self) -> bool:
        """Whether anything was told. The unit always stands at something, and what it is about tells nothing."""
        return any(name not in SAYS_NOTHING for name in self.changed_data)

    @property
    def is_told(self) -> bool:
        return self.is_bound and self.has_changed() and self.is_valid()

    @property
    def is_begun(self) -> bool:
        """Whether anything stands in the block, right or wrong."""
        return any(self[name].value() for name in self.fields if name not in SAYS_NOTHING)

    @cached_property
    def details(self) -> list[BoundField]:
        """What is asked beyond the wait itself, folded away."""
        return [self[name] for name in DETAILS if name in self.fields]

    @cached_property
    def has_details(self) -> bool:
        return any(field.value() or field.errors for field in self.details)

    # ---- checking ----

    def clean(self) -> dict[str, Any]:
        told = self.cleaned_data
        if not told.get("response") and "response" not in self.errors:
            self.add_error(
                "response", _("Sag noch, ob eine Rückmeldung kam. „Nein, bis heute nichts“ gilt auch.")
            )
        self.start = self._start()
        if told.get("response"):
            self._refuse_contradictions()
            self._check_end()
        return told

    def _start(self) -> waits.Start | None:
        day, month = self.cleaned_data.get("day"), self.cleaned_data.get("month")
        if day and month:
            self.add_error(
                "day", _("Eins von beiden genügt: entweder der genaue Tag oder der ungefähre Monat.")
            )
            return None
        if day:
            return waits.on_day(day)
        if month:
            return waits.in_month(month, told_on=self.told_on)
        if not self.errors.keys() & {"day", "month"}:
            self.add_error("day", _("Trag den Tag ein. Ein ungefährer Monat reicht."))
        return None

    def _refuse_contradictions(self) -> None:
        end = WAIT_END[Response(self.cleaned_data["response"])]
        for name, ends in ONLY_FOR.items():
            if (
                self.cleaned_data.get(name) not in (None, "")
                and end not in ends
                and not self._is_holding_day(name)
            ):
                self.add_error(name, self._contradiction(end))

    def _is_holding_day(self, name: str) -> bool:
        """A holding message has a day too. It is kept with the answers and does not end the wait."""
        return self.cleaned_data["response"] == Response.HOLDING and name in {"after", "answered_on"}

    def _contradiction(self, end: WaitEnd) -> str:
        return {
            WaitEnd.SILENT: _(
                "Oben steht, dass keine Antwort kam. Leer das hier oder ändere die Angabe oben."
            ),
            WaitEnd.ANSWERED: _(
                "Oben steht, dass eine Antwort kam. Leer das hier oder ändere die Angabe oben."
            ),
            WaitEnd.WITHDRAWN: _(
                "Oben steht, dass du zurückgezogen hast. Leer das hier oder ändere die Angabe oben."
            ),
        }[end]

    def _check_end(self) -> None:
        """An answer has one day, not before the start of the wait and not after the day of telling."""
        after, answered_on = self.cleaned_data.get("after"), self.cleaned_data.get("answered_on")
        if after is not None and answered_on:
            self.add_error(
                "after", _("Eins von beiden genügt: entweder die ungefähre Dauer oder der genaue Tag.")
            )
        elif after is None and not answered_on:
            if self._needs_day():
                self.add_error("after", self._when_missing())
        elif self.start and answered_on and answered_on < self.start.earliest:
            self.add_error("answered_on", _("Die Rückmeldung kann nicht vor dem Beginn des Wartens liegen."))
        elif self.start and not waits.is_possible(self.start, self._days() or 0, told_on=self.told_on):
            self.add_error(
                "after", _("So weit reicht die Zeit noch nicht: Die Rückmeldung läge in der Zukunft.")
            )

    def _needs_day(self) -> bool:
        return WAIT_END[
            Response(self.cleaned_data["response"])
        ] != WaitEnd.SILENT and not self.errors.keys() & {"after", "answered_on"}

    def _when_missing(self) -> str:
        if self.cleaned_data["response"] == Response.WITHDREW:
            return _("Sag noch, nach wie vielen Tagen du zurückgezogen hast. Ungefähr reicht.")
        return _("Sag noch, nach wie vielen Tagen die Antwort kam. Ungefähr reicht.")

    # ---- what was told ----

    @property
    def about_number(self) -> int | None:
        """The interview of a followed journey that this is about, as far as the browser can be believed."""
        number = self.cleaned_data.get("about", "")
        return int(number) if number.isascii() and number.isdigit() and len(number) <= 18 else None

    def _days(self) -> int | None:
        """Days to the answer or withdrawal, None where no day was told."""
        after, answered_on = self.cleaned_data.get("after"), self.cleaned_data.get("answered_on")
        if self.start and answered_on:
            return waits.days_until(self.start, answered_on)
        if after is None:
            return None
        return int(after) * 7 if self._in_weeks() else int(after)

    def _in_weeks(self) -> bool:
        return self.cleaned_data.get("after") is not None and self.cleaned_data.get("unit") == WEEKS

    def interview(self) -> Interview:
        """The wait as a row without a journey. Only for a form that `is_told`."""
        told = self.cleaned_data
        assert self.start is not None  # noqa: S101 - a valid form has one
        wait = waits.wait(told["response"], self.start, told_on=self.told_on, days=self._days())
        return Interview(
            kind=self.kind,
            round=told.get("round") or int(self.number),
            party=told.get("party", ""),
            held_on=self.start.day,
            is_exact=self.start.is_exact and not self._in_weeks(),
            response=told["response"],
            channel=told["channel"],
            reason=told["reason"],
            chased=told["chased"],
            silent_party=told["silent_party"],
            told_on=self.told_on,
            wait_days=wait.days,
            wait_end=wait.end,
        )


class ApplicationForm(WaitForm):
    """The wait before any talk: the CV went out, and then?"""

    kind = WaitKind.APPLICATION

    party = None  # type: ignore[assignment]
    round = None  # type: ignore[assignment]

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(number=1, **kwargs)
        self.fields["day"].label = _("Wann hast du ihn geschickt?")

    @property
    def caption(self) -> str:
        return _("Lebenslauf")
