"""The review form: what is asked, what must be answered, and which answers contradict each other."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.datastructures import MultiValueDict
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.adapter import refuse_throwaway
from agencies.choices import Field
from agencies.models import Agency, Office, Recruiter
from journeys.choices import Contact, Outcome, Party, Role, Stage
from journeys.fields import CONTROL_CHARACTER, NOT_IN_LIST, WordsField, radios, select
from journeys.models import Interview
from reviews.criteria import CODES, CRITERIA
from reviews.forms.fields import CONTACT_MONTHS, MonthField, StarsField, months_back
from reviews.forms.talk import ApplicationForm, WaitForm
from reviews.models import TEXT_LENGTH

type Answers = Mapping[str, Sequence[str]]  # field name to values, as a browser sends a form

MOST_TALKS = 8
LEAST_CRITERIA = 3  # feedback and two others
FIRST_CRITERIA = ("feedback", "reachability", "respect")  # the others are folded away
BEFORE_TALKS = ("month", "stage", "outcome")
FRAME = ("office", "recruiter", "role", "field", "contact")
OUTCOME_MARKS: dict[str, str] = {
    Outcome.HIRED: "answered",
    Outcome.REJECTED: "answered",
    Outcome.CANCELLED: "answered",
    Outcome.SILENT: "silent",
    Outcome.WITHDRAWN: "withdrawn",
    Outcome.OPEN: "waiting",
}
TALKS_UP_TO: dict[str, set[str]] = {
    Stage.CV_SENT: set(),
    Stage.AGENCY_TALK: {Party.AGENCY},
    Stage.PRESENTED: {Party.AGENCY},
}  # with whom somebody can have talked who came no further


class EmailField(forms.EmailField):
    """The address that may confirm the review; throw-away domains are refused."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            label=gettext_lazy("Deine E-Mail-Adresse"),
            help_text=gettext_lazy(
                "Wir schicken dir einen Link, mit dem du die Bewertung bestätigst. Niemand außer dir und der "
                "Moderation sieht die Adresse, auch die Agentur nicht."
            ),
            widget=forms.EmailInput(attrs={"class": "input", "autocomplete": "email", "inputmode": "email"}),
            error_messages={
                "required": gettext_lazy(
                    "Ohne Adresse können wir dir den Link zum Bestätigen nicht schicken."
                ),
                "invalid": gettext_lazy(
                    "Das ist keine vollständige Adresse. Sie sieht aus wie name@beispiel.de."
                ),
                "null_characters_not_allowed": CONTROL_CHARACTER,
            },
            **kwargs,
        )

    def clean(self, value: Any) -> str:
        return refuse_throwaway(super().clean(value))


class ReviewForm(forms.Form):
    """Everything about one experience with one agency.

    `answers` refill the form, and are checked when `check` is set. `told_on` is the day of the statement,
    `written_on` the day the review was first written: the contact may lie 24 months before it.
    """

    journey = forms.CharField(
        required=False, widget=forms.HiddenInput
    )  # number of one that the author follows
    month = MonthField(
        label=gettext_lazy("Wann begann der Kontakt?"),
        error_messages={"required": gettext_lazy("Wähle den Monat, in dem der Kontakt begann.")},
    )
    stage = select(
        Stage.choices,
        label=gettext_lazy("Wie weit bist du gekommen?"),
        required=gettext_lazy("Sag noch, wie weit du gekommen bist."),
    )
    outcome = radios(
        Outcome.choices,
        marks=OUTCOME_MARKS,
        label=gettext_lazy("Wie ging es aus?"),
        error_messages={
            "required": gettext_lazy("Sag noch, wie es ausging. „läuft noch“ gilt auch."),
            "invalid_choice": NOT_IN_LIST,
        },
    )
    good = WordsField(longest=TEXT_LENGTH, label=gettext_lazy("Was war gut?"))
    better = WordsField(longest=TEXT_LENGTH, label=gettext_lazy("Was sollte besser werden?"))
    office = forms.ModelChoiceField(
        Office.objects.none(),
        label=gettext_lazy("Welches Büro?"),
        required=False,
        widget=forms.Select(attrs={"class": "select"}),
    )
    recruiter = forms.ModelChoiceField(
        Recruiter.objects.none(),
        label=gettext_lazy("Wer hat dich betreut?"),
        help_text=gettext_lazy("Zur Wahl stehen nur Menschen, die ihr Profil selbst bestätigt haben."),
        required=False,
        widget=forms.Select(attrs={"class": "select"}),
    )
    role = select(Role.choices, label=gettext_lazy("Um welche Anstellung ging es?"))
    field = select(Field.choices, label=gettext_lazy("In welchem Fachgebiet?"))
    contact = select(Contact.choices, label=gettext_lazy("Wie begann der Kontakt?"))
    own_experience = forms.BooleanField(
        label=gettext_lazy("Ich habe das selbst erlebt und schreibe die Wahrheit, so gut ich sie weiß."),
        error_messages={"required": gettext_lazy("Veröffentlichen können wir nur eigene Erfahrungen.")},
    )
    not_employed = forms.BooleanField(
        label=gettext_lazy(
            "Ich arbeite nicht für diese Agentur und nicht für eine, die mit ihr konkurriert."
        ),
        error_messages={
            "required": gettext_lazy("Wer dort oder bei der Konkurrenz arbeitet, kann nicht bewerten.")
        },
    )
    is_16 = forms.BooleanField(
        label=gettext_lazy("Ich bin mindestens 16 Jahre alt."),
        error_messages={"required": gettext_lazy("Bewerten kannst du ab 16 Jahren.")},
    )
    email = EmailField()

    def __init__(
        self,
        answers: Answers,
        *,
        agency: Agency,
        told_on: date,
        written_on: date,
        check: bool,
        asks_email: bool = False,
    ) -> None:
        data = MultiValueDict({name: list(values) for name, values in answers.items()}) if check else None
        typed = {name: values[-1] for name, values in answers.items() if values}
        super().__init__(data, initial={} if check else typed, use_required_attribute=False)
        earliest = months_back(written_on, CONTACT_MONTHS)
        self._offer_months(earliest, told_on)
        self._offer_people_and_places(agency)
        self._ask_criteria()
        if not asks_email:
            del self.fields["email"]
        wait = partial(_arguments, data=data, typed=typed, told_on=told_on, earliest=earliest)
        self.application = ApplicationForm(**wait("cv"))
        self.talks = [WaitForm(number=i + 1, **wait(f"talk-{i}")) for i in range(number_of_talks(answers))]
        self.empty_talk = WaitForm(number="__number__", **wait("talk-__prefix__") | {"data": None})

    def _offer_months(self, earliest: date, latest: date) -> None:
        month = self.fields["month"]
        assert isinstance(month, MonthField)  # noqa: S101 - declared above
        month.between(earliest, latest)

    def _offer_people_and_places(self, agency: Agency) -> None:
        """Offices and confirmed profiles of this agency; where there are none, nothing is asked."""
        for name, rows in {
            "office": agency.offices.all(),
            "recruiter": Recruiter.objects.public().filter(agency=agency).order_by("name"),
        }.items():
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - declared above
            field.queryset = rows
            field.empty_label = _("keine Angabe")
            field.error_messages["invalid_choice"] = _("Das gehört nicht mehr zu dieser Agentur. Wähle neu.")

    def _ask_criteria(self) -> None:
        for criterion in CRITERIA:
            self.fields[criterion.code] = StarsField(criterion, required=criterion.code == "feedback")
        self.order_fields([*BEFORE_TALKS, *FIRST_CRITERIA, *CODES])  # then as declared, and so on the page

    # ---- for the page ----

    @cached_property
    def waits(self) -> list[WaitForm]:
        return [self.application, *self.talks]

    @property
    def problems(self) -> list[BoundField]:
        """What was refused, of this form and its waits, in the order of the page."""
        own, first = list(self), len(BEFORE_TALKS)
        waits = [field for wait in (*self.talks, self.application) for field in wait]
        return [field for field in (*own[:first], *waits, *own[first:]) if field.errors]

    @property
    def can_add_talk(self) -> bool:
        return len(self.talks) < MOST_TALKS

    @cached_property
    def first_criteria(self) -> list[BoundField]:
        return [self[code] for code in FIRST_CRITERIA]

    @cached_property
    def other_criteria(self) -> list[BoundField]:
        return [self[code] for code in CODES if code not in FIRST_CRITERIA]

    @cached_property
    def frame(self) -> list[BoundField]:
        """Office, recruiter and the like, as far as there is something to choose from."""
        return [self[name] for name in FRAME if len(self[name].field.choices) > 1]  # type: ignore[attr-defined]

    @property
    def words(self) -> list[BoundField]:
        return [self["good"], self["better"]]

    @property
    def asks_email(self) -> bool:
        return "email" in self.fields

    @property
    def opens_criteria(self) -> bool:
        return _is_used(self.other_criteria)

    @property
    def opens_frame(self) -> bool:
        return _is_used(self.frame)

    @property
    def opens_words(self) -> bool:
        return _is_used(self.words)

    @property
    def opens_application(self) -> bool:
        return self.application.is_begun or bool(self.application.errors)

    # ---- checking ----

    def is_valid(self) -> bool:
        return super().is_valid() and not any(wait.errors for wait in self.waits)

    def clean(self) -> dict[str, Any]:
        self._need_criteria()
        self._match_stage_and_outcome()
        for wait in self.waits:
            if wait.is_told:
                self._match_wait(wait)
        return self.cleaned_data

    def _need_criteria(self) -> None:
        """One that was answered with nonsense has its own error and is not missed on top of it."""
        touched = [code for code in CODES if self.cleaned_data.get(code) is not None or code in self.errors]
        missing = LEAST_CRITERIA - len(touched)
        if missing > 0:
            sentence = ngettext(
                "Bewerte noch %(n)s weiteres Kriterium. Welches, entscheidest du.",
                "Bewerte noch %(n)s weitere Kriterien. Welche, entscheidest du.",
                missing,
            )
            first_open = next(code for code in (*FIRST_CRITERIA, *CODES) if code not in touched)
            self.add_error(first_open, sentence % {"n": missing})

    def _match_stage_and_outcome(self) -> None:
        stage, outcome = self.cleaned_data.get("stage"), self.cleaned_data.get("outcome")
        if stage == Stage.HIRED and outcome and outcome != Outcome.HIRED:
            self.add_error(
                "outcome", _("Du hast die Stelle angetreten, sagst du oben. Dann war es eine Zusage.")
            )

    def _match_wait(self, wait: WaitForm) -> None:
        """No wait before the contact began, and no interview that the stage rules out."""
        month, stage = self.cleaned_data.get("month"), self.cleaned_data.get("stage")
        if month and wait.start and wait.start.day < month:
            name = "day" if wait.start.is_exact else "month"
            wait.add_error(name, _("Das liegt vor dem Monat, in dem der Kontakt begann."))
        if stage in TALKS_UP_TO and not isinstance(wait, ApplicationForm):
            self._match_party(wait, TALKS_UP_TO[stage])

    def _match_party(self, wait: WaitForm, possible: set[str]) -> None:
        if not possible:
            wait.add_error(
                "day", _("Oben steht, dass es kein Gespräch gab. Ändere das oder entferne dieses Gespräch.")
            )
        elif (party := wait.cleaned_data.get("party")) and party not in possible:
            wait.add_error(
                "party", _("Beim Kunden warst du nicht im Gespräch, steht oben. Ändere eins von beiden.")
            )

    # ---- what was told ----

    def interviews(self) -> list[Interview]:
        """The waits that were told, in the order they began; rows without a journey."""
        told = [wait.interview() for wait in self.waits if wait.is_told]
        return sorted(told, key=lambda interview: (interview.held_on, interview.round))


def _arguments(
    prefix: str,
    data: MultiValueDict[str, str] | None,
    typed: Mapping[str, str],
    told_on: date,
    earliest: date,
) -> dict[str, Any]:
    """What the form of one wait is made from: sent data, or else what was typed before."""
    start = f"{prefix}-"
    initial = {name.removeprefix(start): value for name, value in typed.items() if name.startswith(start)}
    return {
        "data": data,
        "initial": {} if data is not None else initial,
        "prefix": prefix,
        "told_on": told_on,
        "earliest": earliest,
    }


def number_of_talks(answers: Answers) -> int:
    """How many blocks the form shows, from its hidden field `talks`; nonsense counts as one."""
    typed = (answers.get("talks") or ["1"])[-1]
    wanted = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 4 else 1
    return min(max(wanted, 1), MOST_TALKS)


def _is_used(fields: Sequence[BoundField]) -> bool:
    """Whether any of them holds a value or an error, so that what folds them away must be open."""
    return any(field.value() or field.errors for field in fields)
