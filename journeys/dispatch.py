"""Every minute: what is due goes into mails, at most one mail a day for each person.

Claiming writes the mail in the same transaction, empty; accounts.sending sends it, and journeys.reminders says what is
in it. People are locked, not single questions, so that two dispatchers never write to one person on the same day.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from enum import StrEnum

import structlog
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.mail import queue_composed
from accounts.models import MAIL_AGE, Consent, OutgoingMail, User
from journeys.check_ins import is_open, may_be_asked
from journeys.due import at_hour, awake_from, local_day, start_of_day
from journeys.models import CheckIn

log = structlog.get_logger(__name__)

KIND = "check_in"
BATCH = 200  # people
DAY = timedelta(days=1)
MOST = 20  # questions in one mail; nobody has that many processes at once
STALE = timedelta(days=14)  # later than that a question only surprises


class Verdict(StrEnum):
    """What becomes of a question that is due, and why."""

    ASK = "asked"
    PUT_OFF = "put off"  # a mail went out today or still waits, the mail is full, or it is night
    UNWANTED = "unwanted"  # no consent, no mailbox, no account
    SETTLED = "settled"  # answered meanwhile, or its author wants no more questions about it
    SUPERSEDED = "superseded"  # the same interview has a newer question due
    STALE = "stale"


STATES = {
    Verdict.ASK: CheckIn.State.CLAIMED,
    Verdict.PUT_OFF: CheckIn.State.PLANNED,
    Verdict.UNWANTED: CheckIn.State.CANCELLED,
    Verdict.SETTLED: CheckIn.State.CANCELLED,
    Verdict.SUPERSEDED: CheckIn.State.MISSED,
    Verdict.STALE: CheckIn.State.MISSED,
}


def dispatch() -> Counter[str]:
    """Put what is due into mails; return how many questions met which verdict. Several may run at once."""
    now, met = timezone.now(), Counter[str]()
    met["given up"] = _give_up(now)
    people = _claim(now, after=0, met=met)
    while people:
        people = _claim(now, after=people[-1].pk, met=met)
    if met.total():
        log.info("questions dispatched", **{verdict.replace(" ", "_"): n for verdict, n in met.items() if n})
    return met


def _give_up(now: datetime) -> int:
    """Questions in a mail that was refused, or that no server took in time, were never asked."""
    mails = OutgoingMail.objects.filter(kind=KIND).given_up(now)
    claimed = CheckIn.objects.filter(state=CheckIn.State.CLAIMED, mail__in=mails)
    return claimed.update(state=CheckIn.State.MISSED)


@transaction.atomic
def _claim(now: datetime, *, after: int, met: Counter[str]) -> list[User]:
    """The next people whom something is due for, their questions decided and their mails written."""
    people = _lock_people(now, after)
    questions = _lock_questions(people, now)
    consenting = _consenting(people)
    served = _served(people, now)
    for person in people:
        may = may_be_asked(person, has_consent=person.pk in consenting)
        sleeps_until = None if person.pk in served else _sleeps_until(person, now)
        room = 0 if sleeps_until or person.pk in served else MOST
        for question, verdict in decide(questions[person.pk], now, may_be_asked=may, room=room):
            _apply(question, verdict, sleeps_until or _tomorrow(person, now))
            met[verdict] += 1
    _store(people, questions)
    return people


def _lock_people(now: datetime, after: int) -> list[User]:
    """In the order of their numbers, so that one who cannot be served now is not met again in this run."""
    authors = CheckIn.objects.due(now).values("interview__journey__author")
    people = User.objects.filter(pk__in=authors, pk__gt=after).order_by("pk")
    return list(people.select_for_update(skip_locked=True, no_key=True)[:BATCH])


def _lock_questions(people: list[User], now: datetime) -> dict[int, list[CheckIn]]:
    """What is due for each person until the end of their day."""
    planned = CheckIn.objects.filter(
        state=CheckIn.State.PLANNED, due_at__lt=now + DAY, interview__journey__author__in=people
    )
    rows = planned.select_related("interview__journey").select_for_update(skip_locked=True, of=("self",))
    ends = {person.pk: start_of_day(local_day(now, person.zone) + DAY, person.zone) for person in people}
    due = defaultdict(list)
    for question in rows:
        author = question.interview.journey.author_id
        if author and question.due_at < ends[author]:
            due[author].append(question)
    return due


def _consenting(people: list[User]) -> set[int]:
    given = Consent.objects.given().filter(kind=Consent.Kind.CHECK_INS, user__in=people)
    return set(given.values_list("user", flat=True))


def _served(people: list[User], now: datetime) -> set[int]:
    """Who got such a mail today, by their own clock, or will get one that is owed."""
    begins = {person.pk: start_of_day(local_day(now, person.zone), person.zone) for person in people}
    owed = Q(sent_at=None, refused_at=None, created_at__gte=now - MAIL_AGE)
    mails = OutgoingMail.objects.filter(owed | Q(sent_at__gt=now - 2 * DAY), kind=KIND, user__in=people)
    return {
        user
        for user, sent_at in mails.values_list("user", "sent_at")
        if user and (sent_at is None or sent_at >= begins[user])
    }


def _sleeps_until(person: User, now: datetime) -> datetime | None:
    """None by day. What is late must not come at night because the night is when the servers are back."""
    morning = awake_from(now, person.zone)
    return morning if morning > now else None


def _tomorrow(person: User, now: datetime) -> datetime:
    return at_hour(local_day(now, person.zone) + DAY, person.zone)


def decide(
    questions: Iterable[CheckIn], now: datetime, *, may_be_asked: bool, room: int
) -> Iterator[tuple[CheckIn, Verdict]]:
    """What becomes of the questions due for one person, if a mail now has room for so many.

    Of several about one interview only the newest is asked.
    """
    newest = {question.interview_id: question for question in sorted(questions, key=lambda one: one.day)}
    for question in questions:
        if not may_be_asked:
            yield question, Verdict.UNWANTED
        elif not is_open(question.interview):
            yield question, Verdict.SETTLED
        elif question is not newest[question.interview_id]:
            yield question, Verdict.SUPERSEDED
        elif question.due_at < now - STALE:
            yield question, Verdict.STALE
        else:
            yield question, Verdict.ASK if room else Verdict.PUT_OFF
            room -= room > 0


def _apply(question: CheckIn, verdict: Verdict, put_off_to: datetime) -> None:
    question.state = STATES[verdict]
    if verdict == Verdict.PUT_OFF:
        question.due_at = max(question.due_at, put_off_to)


def _store(people: list[User], questions: dict[int, list[CheckIn]]) -> None:
    """Write one mail to each person who is asked something, and what became of every question."""
    asked = {
        pk: [one for one in mine if one.state == CheckIn.State.CLAIMED] for pk, mine in questions.items()
    }
    readers = [person for person in people if asked.get(person.pk)]
    for person, mail in zip(readers, queue_composed(kind=KIND, users=readers), strict=True):
        for question in asked[person.pk]:
            question.mail = mail
    CheckIn.objects.bulk_update(
        [question for mine in questions.values() for question in mine], ["state", "due_at", "mail"]
    )
