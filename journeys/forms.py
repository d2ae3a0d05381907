"""What is asked on the pages of the tracker. What was typed stays there when something is refused."""

from datetime import date, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.consents import WORDINGS
from accounts.models import Consent, User
from journeys.choices import WAIT_END, Channel, Contact, Party, Reason, SilentParty, Step, WaitEnd, WaitKind
from journeys.clock import NoSuchTime, moment_at, today_of
from journeys.fields import (
    CONTROL_CHARACTER,
    RESPONSE_MARKS,
    RESPONSE_ORDER,
    DayField,
    NumberField,
    WordsField,
    radios,
    select,
)
from journeys.models import NOTE_LENGTH, Interview, Journey

PAST = timedelta(days=730)
AHEAD = timedelta(days=365)
ROUND_TO = 15  # minutes
WAS_MOVED = gettext_lazy(
    "Dieses Gespräch wurde gerade verlegt, und deine Angabe läge jetzt davor. Prüf erst den Tag des Gesprächs."
)


class LineField(forms.CharField):
    """A few words on one line; only their author reads them."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"autocomplete": "off"})
        super().__init__(required=False, max_length=120, widget=widget, **kwargs)
        self.error_messages["null_characters_not_allowed"] = CONTROL_CHARACTER


class JourneyForm(forms.Form):
    """What the author notes about a process. All of it is private and may stay empty."""

    marks_optional = True

    title = LineField(
        label=gettext_lazy("Welche Stelle?"),
        help_text=gettext_lazy(
            "In deinen Worten, etwa „Controllerin, Maschinenbau in Kiel“. Nur du siehst das."
        ),
    )
    contact = select(Contact.choices, label=gettext_lazy("Wie begann der Kontakt?"))
    client = LineField(
        label=gettext_lazy("Für welchen Kunden der Agentur?"),
        help_text=gettext_lazy(
            "Nennen zwei Agenturen denselben Kunden, warnen wir dich. Nur du siehst den Namen."
        ),
    )
    note = WordsField(longest=NOTE_LENGTH, label=gettext_lazy("Notiz"))

    @property
    def opens_more(self) -> bool:
        return any(self[name].value() or self[name].errors for name in ("client", "note"))


class StartForm(JourneyForm):
    """A new process, with the two consents that are asked for apart and never ticked."""

    shares_dates = forms.BooleanField(
        label=gettext_lazy(
            "Tage und Ausgang meiner Gespräche dürfen anonym in die Statistik der Agentur eingehen."
        ),
        help_text=gettext_lazy(
            "Gezählt wird, an welchem Tag ein Gespräch war, wann und auf welchem Weg eine Antwort kam, ob mit "
            "Begründung und ob du nachgefragt hast. Stelle, Kunde und Notizen zählen nie. Du kannst das jederzeit "
            "zurücknehmen."
        ),
        required=False,
    )
    wants_reminders = forms.BooleanField(label=gettext_lazy("Erinnert mich per Mail."), required=False)

    def __init__(self, *args: Any, has_reminders: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if has_reminders:
            del self.fields["wants_reminders"]
        else:
            self.fields["wants_reminders"].help_text = str(WORDINGS[Consent.Kind.CHECK_INS].sentence)

    @property
    def told(self) -> dict[str, str]:
        """What journeys.actions.start_journey wants to know."""
        return {name: self.cleaned_data[name] for name in JourneyForm.base_fields}


class ChangeJourneyForm(JourneyForm):
    is_reminded = forms.BooleanField(
        label=gettext_lazy("An diesen Prozess erinnern"),
        help_text=gettext_lazy("Gilt nur, wenn du Erinnerungen per Mail überhaupt bestellt hast."),
        required=False,
    )

    @classmethod
    def about(cls, journey: Journey, data: Any = None) -> "ChangeJourneyForm":
        return cls(data, initial={name: getattr(journey, name) for name in cls.base_fields})


class InterviewForm(forms.Form):
    """A day and a time on the author's clock. What else is asked is filled in already or may stay open."""

    marks_optional = True

    day = DayField(
        label=gettext_lazy("Tag"),
        error_messages={
            "future": gettext_lazy("Dieser Tag liegt mehr als ein Jahr in der Zukunft."),
            "required": gettext_lazy("An welchem Tag ist oder war das Gespräch?"),
        },
    )
    at = forms.TimeField(
        label=gettext_lazy("Uhrzeit"),
        input_formats=["%H:%M", "%H:%M:%S", "%H.%M", "%H"],
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time", "class": "input short"}),
        error_messages={
            "invalid": gettext_lazy("Schreib die Uhrzeit so: 14:30."),
            "required": gettext_lazy("Um wie viel Uhr? Ungefähr reicht."),
        },
    )
    party = radios(Party.choices, marks={}, is_open=True, label=gettext_lazy("Mit wem?"), required=False)
    round = NumberField(least=1, most=20, label=gettext_lazy("Die wievielte Runde?"))
    note = WordsField(
        longest=NOTE_LENGTH, label=gettext_lazy("Notiz"), help_text=gettext_lazy("Nur du siehst sie.")
    )

    def __init__(self, data: Any = None, *, person: User, initial: dict[str, Any]) -> None:
        super().__init__(data, initial=initial, use_required_attribute=False)
        self.person = person
        today = today_of(person)
        day = self.fields["day"]
        assert isinstance(day, DayField)  # noqa: S101 - declared above
        day.required = True
        day.between(today - PAST, today + AHEAD)

    @classmethod
    def new(cls, journey: Journey, person: User, data: Any = None) -> "InterviewForm":
        """Today, now, and the round after the last one: most are noted right afterwards."""
        now = timezone.localtime()
        minutes = now.minute - now.minute % ROUND_TO
        waits = journey.interviews.all()
        rounds = [wait.round for wait in waits if wait.kind == WaitKind.INTERVIEW]
        initial = {
            "day": now.date(),
            "at": time(now.hour, minutes),
            "round": max(rounds, default=0) + 1,
        }
        return cls(data, person=person, initial=initial)

    @classmethod
    def about(cls, interview: Interview, person: User, data: Any = None) -> "InterviewForm":
        initial = {name: getattr(interview, name) for name in ("party", "round", "note")}
        if interview.held_at:
            held_at = timezone.localtime(interview.held_at)
            initial |= {"day": held_at.date(), "at": held_at.time()}
        return cls(data, person=person, initial=initial)

    def clean(self) -> dict[str, Any]:
        told = self.cleaned_data
        if told.get("day") and told.get("at"):
            try:
                told["held_at"] = moment_at(told["day"], told["at"], self.person)
            except NoSuchTime:
                self.add_error(
                    "at", _("Diese Uhrzeit gibt es an dem Tag nicht: Die Uhr wird auf Sommerzeit gestellt.")
                )
        return told

    @property
    def told(self) -> dict[str, Any]:
        """What journeys.actions wants to know of an interview."""
        told = {name: self.cleaned_data[name] for name in ("held_at", "party", "round", "note")}
        return told | {"round": told["round"] or 1}

    @property
    def opens_more(self) -> bool:
        return bool(self["note"].value() or any(self[name].errors for name in ("round", "note")))


class AnswerForm(forms.Form):
    """What came after an interview, and when. What does not fit the response is not asked (tracker.css)."""

    response = radios(
        [(response.value, response.label) for response in RESPONSE_ORDER],
        marks=RESPONSE_MARKS,
        label=gettext_lazy("Kam eine Rückmeldung?"),
        error_messages={
            "required": gettext_lazy("Sag noch, ob eine Rückmeldung kam. „Nein, bis heute nichts“ gilt auch.")
        },
    )
    on = DayField(
        label=gettext_lazy("An welchem Tag war das?"),
        error_messages={"too_early": gettext_lazy("Das liegt vor dem Gespräch.")},
    )
    channel = select(Channel.choices, label=gettext_lazy("Auf welchem Weg?"))
    reason = radios(
        Reason.choices, marks={}, is_open=True, label=gettext_lazy("Mit welcher Begründung?"), required=False
    )
    silent_party = select(SilentParty.choices, label=gettext_lazy("Wer schweigt?"))
    chased = NumberField(
        least=0,
        most=50,
        label=gettext_lazy("Wie oft hattest du da schon nachgefragt?"),
        help_text=gettext_lazy("Leer heißt: so oft, wie du hier Briefe als gesendet vermerkt hast."),
    )

    def __init__(
        self, data: Any = None, *, interview: Interview, today: date, initial: dict[str, Any]
    ) -> None:
        super().__init__(data, initial={"on": today, **initial}, use_required_attribute=False)
        self.today = today
        on = self.fields["on"]
        assert isinstance(on, DayField)  # noqa: S101 - declared above
        on.between(interview.held_on, today)

    @classmethod
    def about(cls, interview: Interview, today: date, data: Any = None, *, is_new: bool) -> "AnswerForm":
        """As it was last told; empty for whoever comes with news."""
        known: dict[str, Any] = {}
        if not is_new and interview.statements.exists():
            names = ("response", "channel", "reason", "silent_party", "chased")
            known = {name: getattr(interview, name) for name in names}
            if interview.wait_end != WaitEnd.SILENT:
                known["on"] = interview.held_on + timedelta(days=interview.wait_days)
        return cls(data, interview=interview, today=today, initial=known)

    def clean(self) -> dict[str, Any]:
        """Silence is stated for today. An answer without a day came today."""
        told = self.cleaned_data
        is_silent = WAIT_END.get(told.get("response", "")) == WaitEnd.SILENT
        if is_silent:
            self.errors.pop("on", None)
        if is_silent or not told.get("on"):
            told["on"] = self.today
        return told


class LetterForm(forms.Form):
    """Which letter went out, and about which interview of this journey, if any."""

    step = forms.ChoiceField(choices=Step.choices)
    interview = forms.ModelChoiceField(Interview.objects.none(), required=False)

    def __init__(self, data: Any, *, journey: Journey) -> None:
        super().__init__(data)
        interview = self.fields["interview"]
        assert isinstance(interview, forms.ModelChoiceField)  # noqa: S101 - declared above
        interview.queryset = journey.interviews.all()
