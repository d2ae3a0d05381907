"""A journey as its pages show it today: where it stands, what is asked, what to do next, and how it went so far.

Everything is read from the rows of JourneyQuerySet.for_pages; days are those of the author's calendar.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import NamedTuple

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from accounts.models import User
from agencies.similar import distinctive
from journeys.choices import WAIT_END, Response, Step, WaitEnd, WaitKind
from journeys.due import DAYS, local_day
from journeys.fields import RESPONSE_MARKS
from journeys.letters import texts
from journeys.models import Interview, Journey, SentLetter, Statement
from journeys.next_step import LAST_DAY, Kind, NextStep, Talk, next_step

LONG_SILENT = 30  # days after which waiting is called silence

SAID: dict[str, Promise] = {
    Response.NOTHING: gettext_lazy("Still"),
    Response.HOLDING: gettext_lazy("Vertröstet"),
    Response.POSITIVE: gettext_lazy("Zusage oder nächster Schritt"),
    Response.NEGATIVE: gettext_lazy("Absage"),
    Response.CANCELLED: gettext_lazy("Stelle entfallen"),
    Response.WITHDREW: gettext_lazy("Selbst zurückgezogen"),
}
LETTER_DEEDS: dict[str, Promise] = {
    Step.FIRST_TALK: gettext_lazy("Rückmeldung vereinbart"),
    Step.CLIENT_TALK: gettext_lazy("Um Rückmeldung gebeten"),
    Step.FRIENDLY: gettext_lazy("Freundlich nachgefragt"),
    Step.SECOND: gettext_lazy("Nach dem Stand gefragt"),
    Step.FIRM: gettext_lazy("Bestimmt nachgefragt"),
    Step.ACCESS: gettext_lazy("Auskunft über die Daten verlangt"),
}
RANKS = (Kind.WRITE, Kind.TALK, Kind.LOG, Kind.THANK, Kind.RATE, Kind.WAIT, Kind.DONE)  # in the list


class State(NamedTuple):
    """One of agencies.figures.MARKS, and the words beside it."""

    mark: str
    words: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the timeline. `day` counts from the interview it belongs to; `mark` or `icon` stand for it."""

    on: date
    title: str
    text: str = ""
    day: int | None = None
    mark: str = ""
    icon: str = ""
    lies_ahead: bool = False
    is_strong: bool = False
    interview: Interview | None = None
    letter: SentLetter | None = None
    at: int = 0  # orders the events of one day

    @property
    def short_day(self) -> str:
        # Translators: a day as a format of Django, e.g. "3. Nov."; English says "3 Nov".
        return date_format(self.on, _("j. N"))


class Process:
    """One journey on the day that `now` is where its author lives."""

    def __init__(self, journey: Journey, person: User, now: datetime | None = None) -> None:
        self.journey = journey
        self.now = now or timezone.now()
        self.today = local_day(self.now, person.zone)
        self.waits = list(journey.interviews.all())
        self.interviews = [wait for wait in self.waits if wait.kind == WaitKind.INTERVIEW]
        self.letters = list(journey.letters.all())

    # ---- where it stands ---------------------------------------------------------------------------------

    @property
    def title(self) -> str:
        return self.journey.title or _("Prozess bei %(agency)s") % {"agency": self.journey.agency.short_name}

    @property
    def is_reviewed(self) -> bool:
        return hasattr(self.journey, "review")

    @cached_property
    def held(self) -> list[Interview]:
        return [interview for interview in self.interviews if not self.lies_ahead(interview)]

    @cached_property
    def ahead(self) -> Interview | None:
        return next((interview for interview in self.interviews if self.lies_ahead(interview)), None)

    @cached_property
    def waiting(self) -> Interview | None:
        """The newest interview that took place, if nothing came since."""
        newest = self.held[-1] if self.held else None
        return newest if newest and newest.wait_end == WaitEnd.SILENT else None

    def lies_ahead(self, interview: Interview) -> bool:
        return interview.held_at is not None and interview.held_at > self.now

    def days_since(self, interview: Interview) -> int:
        return max(0, (self.today - interview.held_on).days)

    @property
    def days(self) -> int:
        """How long the waiting interview is ago."""
        return self.days_since(self.waiting) if self.waiting else 0

    @cached_property
    def state(self) -> State:
        if self.waiting:
            return _waiting_state(self.days)
        if self.ahead:
            when = date_format(self.ahead.held_on, "MONTH_DAY_FORMAT")
            return State("open", _("Gespräch am %(day)s") % {"day": when})
        if self.held:
            return _ended_state(self.held[-1])
        return State("open", _("noch kein Gespräch"))

    # ---- what is asked and what to do --------------------------------------------------------------------

    @cached_property
    def question(self) -> int | None:
        """The newest day of journeys.due.DAYS that has come and about which the author has not said anything."""
        if self.waiting is None:
            return None
        come = [day for day in DAYS if day <= self.days]
        told = (self.waiting.told_on - self.waiting.held_on).days
        return come[-1] if come and told < come[-1] else None

    @cached_property
    def next_step(self) -> NextStep:
        agreed = any(letter.step == Step.FIRST_TALK for letter in self.letters)
        talks = [self._talk(interview) for interview in self.interviews]
        return next_step(talks, agreed=agreed, is_reviewed=self.is_reviewed, today=self.today)

    def _talk(self, interview: Interview) -> Talk:
        is_silent = interview.wait_end == WaitEnd.SILENT
        return Talk(
            held_on=interview.held_on,
            party=interview.party,
            lies_ahead=self.lies_ahead(interview),
            response=interview.response,
            ended_on=None if is_silent else _ended_on(interview),
            sent={one.step: one.sent_on for one in self.letters if one.interview_id == interview.pk},
        )

    @property
    def letter(self) -> str:
        """The name of the letter that the next step asks for, "" for any other step."""
        step = self.next_step.step
        return texts.about(step, get_language() or "de").title if step else ""

    @property
    def about(self) -> Interview | None:
        """The interview that the next step is about."""
        return self.ahead if self.next_step.step == Step.CLIENT_TALK else self.waiting

    @property
    def urgency(self) -> tuple[int, int, int]:
        """Sorts the list: open questions first, the longest wait before others, then by next step."""
        rank = RANKS.index(self.next_step.kind)
        day = self.next_step.on.toordinal() if self.next_step.on else -self.days
        return (self.question is None, rank, day)

    # ---- how it went -------------------------------------------------------------------------------------

    @cached_property
    def entries(self) -> list[Entry]:
        found = [entry for wait in self.waits for entry in self._of_wait(wait)]
        found += [self._letter_entry(letter) for letter in self.letters]
        return sorted([*found, *self._asked()], key=lambda entry: (entry.on, entry.at))

    def _of_wait(self, wait: Interview) -> Iterator[Entry]:
        if wait.kind == WaitKind.APPLICATION:
            yield from _of_application(wait)
            return
        yield self._interview_entry(wait)
        for statement in _one_a_day(wait):
            yield _statement_entry(statement, wait)

    def _interview_entry(self, interview: Interview) -> Entry:
        ahead = self.lies_ahead(interview)
        return Entry(
            on=interview.held_on,
            title=_("Gespräch geplant") if ahead else _("Gespräch geführt"),
            text=_about(interview),
            icon="calendar",
            lies_ahead=ahead,
            interview=interview,
        )

    def _letter_entry(self, letter: SentLetter) -> Entry:
        held = {interview.pk: interview.held_on for interview in self.interviews}
        since = (letter.sent_on - held[letter.interview_id]).days if letter.interview_id in held else -1
        return Entry(
            on=letter.sent_on,
            day=since if since >= 0 else None,
            title=str(LETTER_DEEDS[letter.step]),
            icon="mail",
            letter=letter,
            at=1,
        )

    def _asked(self) -> Iterator[Entry]:
        """The question that is open today, and those to come: the next and the last."""
        if self.waiting is None:
            return
        if self.question:
            yield Entry(
                on=self.today,
                day=self.days,
                title=_("Heute: deine Antwort fehlt"),
                text=_("Ein Klick oben genügt."),
                mark="now",
                is_strong=True,
                at=3,
            )
        to_come = [day for day in DAYS if day > self.days]
        for day in dict.fromkeys([*to_come[:1], *to_come[-1:]]):
            yield self._question_to_come(self.waiting, day)

    def _question_to_come(self, interview: Interview, day: int) -> Entry:
        is_last = day == LAST_DAY
        return Entry(
            on=interview.held_on + timedelta(days=day),
            day=day,
            title=_("Letzte Frage") if is_last else _("Nächste Frage"),
            text=_("Danach kannst du den Prozess abschließen und bewerten.") if is_last else "",
            mark="open",
            lies_ahead=True,
            at=4,
        )


def _waiting_state(days: int) -> State:
    if days >= LONG_SILENT:
        return State("silent", _("seit %(n)s Tagen still") % {"n": days})
    if days == 0:
        return State("waiting", _("wartet seit heute"))
    words = ngettext("wartet seit %(n)s Tag", "wartet seit %(n)s Tagen", days)
    return State("waiting", words % {"n": days})


def _ended_state(interview: Interview) -> State:
    if interview.wait_end == WaitEnd.WITHDRAWN:
        return State("withdrawn", str(SAID[Response.WITHDREW]))
    days = interview.wait_days
    if days == 0:
        return State("answered", _("Antwort am selben Tag"))
    return State(
        "answered", ngettext("Antwort nach %(n)s Tag", "Antwort nach %(n)s Tagen", days) % {"n": days}
    )


def _ended_on(interview: Interview) -> date:
    return interview.held_on + timedelta(days=interview.wait_days)


def _about(interview: Interview) -> str:
    """ "mit dem Kunden, Runde 2, 14:00 Uhr; what was not told is left out."""
    facts = [str(interview.get_party_display())] if interview.party else []
    facts += [_("Runde %(n)s") % {"n": interview.round}] if interview.round > 1 else []
    if interview.held_at:
        facts.append(
            _("%(time)s Uhr") % {"time": date_format(timezone.localtime(interview.held_at), "TIME_FORMAT")}
        )
    return capfirst(", ".join(facts))


def _of_application(wait: Interview) -> Iterator[Entry]:
    """The wait after the CV went out, as the review tells it: it is changed there, and nowhere else."""
    yield Entry(
        on=wait.held_on, title=_("Lebenslauf geschickt"), text=_("Aus deiner Bewertung."), icon="mail"
    )
    yield Entry(
        on=wait.told_on if wait.wait_end == WaitEnd.SILENT else _ended_on(wait),
        day=wait.wait_days,
        title=str(SAID[wait.response]),
        text=_answer_text(wait),
        mark=RESPONSE_MARKS[wait.response],
        at=2,
    )


def _one_a_day(interview: Interview) -> Iterable[Statement]:
    """What still holds; of several statements of silence on one day the last."""
    holding = [one for one in interview.statements.all() if _still_holds(one, interview)]
    return {(WAIT_END[one.response], one.on): one for one in holding}.values()


def _still_holds(statement: Statement, interview: Interview) -> bool:
    """Silence that was stated stays part of the story, an answer only as long as it was not corrected."""
    if statement.response in {Response.NOTHING, Response.HOLDING}:
        return interview.wait_end == WaitEnd.SILENT or statement.on <= _ended_on(interview)
    return statement.response == interview.response and statement.on == _ended_on(interview)


def _statement_entry(statement: Statement, interview: Interview) -> Entry:
    return Entry(
        on=statement.on,
        day=(statement.on - interview.held_on).days,
        title=str(SAID[statement.response]),
        text=_statement_text(statement, interview),
        mark=RESPONSE_MARKS[statement.response],
        at=2,
    )


def _statement_text(statement: Statement, interview: Interview) -> str:
    match statement.response:
        case Response.NOTHING:
            return _("Keine Nachricht.")
        case Response.HOLDING:
            return _("Das zählt nicht als Antwort, die Uhr läuft weiter.")
    return _answer_text(interview)


def _answer_text(interview: Interview) -> str:
    details = [interview.get_channel_display(), interview.get_reason_display()]
    return ". ".join(str(detail) for detail in details if detail)


def by_urgency(journeys: Iterable[Journey], person: User) -> list[Process]:
    """What is due comes first; of two that are alike the newer one."""
    newest_first = sorted(journeys, key=lambda journey: journey.pk, reverse=True)
    return sorted((Process(journey, person) for journey in newest_first), key=lambda one: one.urgency)


def presented_twice(journey: Journey, person: User) -> list[Journey]:
    """Other processes at other agencies that name the same client, however spelled, with its legal form or without."""
    client = distinctive(journey.client)
    if not client:
        return []
    others = Journey.objects.tracked_by(person).exclude(agency=journey.agency_id).exclude(client="")
    return [other for other in others.select_related("agency") if distinctive(other.client) == client]
