"""A review of a journey that its author follows: filled in from it, referring to it, leaving it to its author.

The review gets no waits of its own: what it tells is said about the tracked interviews, through journeys.actions, as
anywhere else. What was logged and shared when does not change by that. `in_review` marks the interviews it tells of;
visitors read of these what was known on the day of the public version (reviews.reading.told).
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta

from accounts.models import User
from agencies.models import Agency
from journeys import actions
from journeys.choices import Outcome, Step, WaitEnd, WaitKind
from journeys.clock import moment_at, today_of
from journeys.models import Interview, Journey
from reviews.forms.review import MOST_TALKS, Answers, ReviewForm
from reviews.forms.talk import WaitForm
from reviews.scoring import FORMULA

FACTS = ("response", "channel", "reason", "chased", "silent_party")
CHASING = [step for step in Step if step.is_chasing]


def find(user: User | None, agency: Agency, number: str) -> Journey | None:
    """The journey with this number, if this person follows it with this agency."""
    if user is None or not (number.isascii() and number.isdigit()) or len(number) > 18:
        return None
    return Journey.objects.tracked_by(user).select_related("agency").filter(agency=agency, pk=number).first()


def named_in(answers: Answers) -> str:
    """The number of the journey that the answers are about, as it was sent; "" for none."""
    return (answers.get("journey") or [""])[-1]


# ---- filling in --------------------------------------------------------------------------------------------


def answers_from(journey: Journey, today: date) -> dict[str, list[str]]:
    """The answers that the journey gives by itself, as a browser would send them."""
    held = [one for one in journey.interviews.filter(kind=WaitKind.INTERVIEW) if one.held_on <= today]
    told = {
        "journey": str(journey.pk),
        "month": f"{journey.month:%Y-%m}",
        "stage": journey.stage,
        "outcome": _outcome(journey, held, today),
        "contact": journey.contact,
        "talks": str(max(1, min(len(held), MOST_TALKS))),
    }
    for index, interview in enumerate(held[-MOST_TALKS:]):
        told |= {f"talk-{index}-{name}": value for name, value in _talk(interview)}
    return {name: [value] for name, value in told.items() if value}


def _outcome(journey: Journey, held: list[Interview], today: date) -> str:
    """What is still open after so long a silence is called silent."""
    is_open = journey.outcome == Outcome.OPEN and held and held[-1].wait_end == WaitEnd.SILENT
    is_long = is_open and (today - held[-1].held_on).days >= FORMULA.horizon
    return Outcome.SILENT if is_long else journey.outcome


def _talk(interview: Interview) -> Iterator[tuple[str, str]]:
    yield "about", str(interview.pk)
    yield "day", interview.held_on.isoformat()
    yield "response", interview.response
    if interview.wait_end != WaitEnd.SILENT:
        yield "answered_on", _ended_on(interview).isoformat()
    for name in ("reason", "silent_party", "party", "channel"):
        yield name, getattr(interview, name)
    yield "round", str(interview.round)
    chased = interview.chased
    if chased is None:
        chased = interview.letters.filter(step__in=CHASING).count() or None
    yield "chased", "" if chased is None else str(chased)


def _ended_on(interview: Interview) -> date:
    return interview.held_on + timedelta(days=interview.wait_days)


# ---- telling -----------------------------------------------------------------------------------------------


def tell(journey: Journey, form: ReviewForm) -> None:
    """Say about the interviews of this journey what a valid form tells; those that only the form knows are logged.

    An interview about which its author has said something since keeps that.
    """
    assert journey.author is not None  # noqa: S101 - a tracked journey has one
    told = [_tell(journey, wait, journey.author) for wait in form.talks if wait.is_told]
    told += _applications(journey, form)
    journey.interviews.update(in_review=False)
    journey.interviews.filter(pk__in=told).update(in_review=True)


def _tell(journey: Journey, wait: WaitForm, author: User) -> int:
    """The number of the interview that the block is about."""
    told = wait.interview()
    told.held_on = min(
        told.held_on, today_of(author)
    )  # the form's day may have begun where it is yesterday here
    number = wait.about_number
    known = journey.interviews.filter(pk=number).first() if number is not None else None
    if known is None:
        return _log(journey, told, author)
    if known.told_on <= told.told_on:
        _correct(known, told, author)
    return known.pk


def _log(journey: Journey, told: Interview, author: User) -> int:
    """An interview that only the review tells of. Its day is remembered, so it is never measured.

    However many there are: nobody loses a review to a limit of the tracker.
    """
    held_at = _at_noon(told.held_on, author)
    logged = actions.log_interview(
        journey=journey, held_at=held_at, round=told.round, party=told.party, by=author, most=None
    )
    _state(logged, told, author)
    Interview.objects.filter(pk=logged.pk).update(is_exact=told.is_exact, was_moved=True)
    return logged.pk


def _correct(known: Interview, told: Interview, author: User) -> None:
    """Two steps that must never have an answer before its interview, so the later day is said first."""
    if told.held_on > known.held_on:
        _state(known, told, author)
        _place(known, told, author)
    else:
        _place(known, told, author)
        _state(known, told, author)
    if not told.is_exact:
        Interview.objects.filter(pk=known.pk).update(is_exact=False, was_moved=True)


def _place(known: Interview, told: Interview, author: User) -> None:
    """Day, round and party. A new day makes the dates remembered ones, as everywhere (journeys.actions)."""
    known.refresh_from_db()
    if (known.held_on, known.round, known.party) != (told.held_on, told.round, told.party):
        moved = (told.held_on - known.held_on).days
        held_at = (known.held_at or _at_noon(known.held_on, author)) + timedelta(days=moved)
        actions.change_interview(
            interview=known, held_at=held_at, round=told.round, party=told.party, note=known.note, by=author
        )


def _state(known: Interview, told: Interview, author: User) -> None:
    """The answer, unless it is known already."""
    known.refresh_from_db()
    on = min(_ended_on(told), today_of(author))
    same_facts = all(getattr(known, name) == getattr(told, name) for name in FACTS)
    if not same_facts or _ended_on(known) != on:
        actions.state(interview=known, on=on, by=author, **{name: getattr(told, name) for name in FACTS})


def _at_noon(day: date, author: User) -> datetime:
    return moment_at(day, time(12), author)


def _applications(journey: Journey, form: ReviewForm) -> Iterable[int]:
    """The wait after the CV went out, which only the review tells of."""
    journey.interviews.filter(kind=WaitKind.APPLICATION).delete()
    for wait in (form.application,) if form.application.is_told else ():
        told = wait.interview()
        told.journey, told.was_moved = journey, True
        told.save()
        yield told.pk
