"""Processes that people of the demo follow: enough at three agencies for a measured curve, and three of the candidate.

Drawn apart from the reviews, with a seed of their own, so that neither changes when the other does.
"""

import uuid
from datetime import date, time, timedelta
from random import Random
from typing import Any

from django.utils import timezone

from accounts.models import User
from agencies.models import Agency
from config.demo.build import DOMAIN, OUTCOMES, draw_wait, seeded_uuid, slug_of
from config.demo.cast import PARTS, TEMPERS, Temper
from journeys import check_ins
from journeys.choices import (
    WAIT_END,
    Channel,
    Contact,
    Outcome,
    Party,
    Reason,
    Response,
    Stage,
    Step,
    WaitEnd,
)
from journeys.clock import moment_at
from journeys.models import CheckIn, Interview, Journey, SentLetter, Statement

SEED = 20_261
MEASURED = {
    "Hafenkante IT-Vermittlung": 16,
    "Nordlicht & Söhne Personalberatung": 18,
    "Karlchen Kieselstein Zeitarbeit": 14,
}
"""How many people follow a process with each of these agencies and share its dates."""

WATCHED = 50  # days from the first contact on
AFTERNOON = time(14, 30)


def build() -> int:
    """Load all of them, after build.build(); return how many there are."""
    rng = Random(SEED)  # noqa: S311 - a stage play, not a secret
    for name, count in MEASURED.items():
        agency, temper = agency_of(name), TEMPERS[next(part.temper for part in PARTS if part.name == name)]
        for person in rng.sample(regulars(), count):
            follow(agency, person, temper, rng)
    follow_as_candidate(User.objects.get(email=f"kandidatin@{DOMAIN}"), rng)
    return Journey.objects.filter(origin=Journey.Origin.TRACKED).count()


def agency_of(name: str) -> Agency:
    return Agency.objects.get(slug=slug_of(name))


def regulars() -> list[User]:
    """People who were there before the first process began."""
    joined = timezone.now() - timedelta(days=600)
    return list(User.objects.filter(email__endswith=f"@{DOMAIN}", date_joined__lt=joined).order_by("pk"))


def start(agency: Agency, person: User, begun_on: date, rng: Random, **fields: Any) -> Journey:
    known = Journey.objects.filter(agency=agency, author=person).order_by("pk").first()
    voice: uuid.UUID = known.voice if known else seeded_uuid(rng)
    return Journey.objects.create(
        agency=agency,
        author=person,
        voice=voice,
        origin=Journey.Origin.TRACKED,
        month=begun_on.replace(day=1),
        created_at=moment_at(begun_on, AFTERNOON, person),
        **fields,
    )


# ---- people who share their dates ------------------------------------------------------------------------


def follow(agency: Agency, person: User, temper: Temper, rng: Random) -> None:
    """One process with one interview, logged and shared on its day or soon after, and what came of it."""
    begun_on = timezone.localdate() - timedelta(days=rng.randint(9, 400))
    wait = draw_wait(temper, begun_on, min(timezone.localdate(), begun_on + timedelta(days=WATCHED)), 1, rng)
    wait.entry_day = min(rng.choice((0, 0, 0, 1, 2)), wait.wait_days)
    wait.logged_at = moment_at(wait.held_on + timedelta(days=wait.entry_day), AFTERNOON, person)
    wait.held_at = moment_at(wait.held_on, time(10), person)
    wait.is_exact, wait.party = True, Party.AGENCY
    if wait.wait_end != WaitEnd.SILENT:
        wait.settled_at = moment_at(wait.held_on + timedelta(days=wait.wait_days), time(18, 30), person)
    wait.journey = start(
        agency,
        person,
        begun_on,
        rng,
        stage=Stage.AGENCY_TALK,
        outcome=OUTCOMES[Response(wait.response)],
        shared_at=wait.logged_at,
    )
    wait.save()
    if wait.wait_end == WaitEnd.SILENT and wait.wait_days >= 30:
        deny(wait, 30)


def deny(interview: Interview, day: int) -> None:
    """The question of a day, answered with a no."""
    asked = moment_at(interview.held_on + timedelta(days=day), time(18), author_of(interview))
    CheckIn.objects.update_or_create(
        interview=interview,
        day=day,
        defaults={
            "due_at": asked,
            "state": CheckIn.State.CANCELLED,
            "response": interview.response,
            "answered_at": asked + timedelta(hours=1),
        },
    )


def author_of(interview: Interview) -> User:
    assert interview.journey.author is not None  # noqa: S101 - nobody else follows a process
    return interview.journey.author


# ---- the candidate ---------------------------------------------------------------------------------------


def follow_as_candidate(candidate: User, rng: Random) -> None:
    """Three processes: silent for nine days after a letter, answered, and before the talk."""
    User.objects.filter(pk=candidate.pk).update(date_joined=timezone.now() - timedelta(days=120))
    _silent(candidate, rng)
    _answered(candidate, rng)
    _ahead(candidate, rng)


def _silent(candidate: User, rng: Random) -> None:
    begun_on = timezone.localdate() - timedelta(days=16)
    journey = start(
        agency_of("Nordlicht & Söhne Personalberatung"),
        candidate,
        begun_on,
        rng,
        title="Controllerin, Maschinenbau (Demo)",
        client="Beispielwerft (Demo)",
        contact=Contact.APPROACHED,
        stage=Stage.AGENCY_TALK,
        outcome=Outcome.OPEN,
    )
    interview = log(journey, 9, Response.NOTHING, 7)
    deny(interview, 3)
    deny(interview, 7)
    sent_on = interview.held_on + timedelta(days=4)
    SentLetter.objects.create(journey=journey, interview=interview, step=Step.FRIENDLY, sent_on=sent_on)


def _answered(candidate: User, rng: Random) -> None:
    begun_on = timezone.localdate() - timedelta(days=48)
    journey = start(
        agency_of("Hafenkante IT-Vermittlung"),
        candidate,
        begun_on,
        rng,
        title="Datenanalystin, Handel (Demo)",
        contact=Contact.APPLIED,
        stage=Stage.AGENCY_TALK,
        outcome=Outcome.REJECTED,
    )
    log(journey, 40, Response.NEGATIVE, 5, reason=Reason.HELPFUL, channel=Channel.PHONE, chased=0)


def _ahead(candidate: User, rng: Random) -> None:
    journey = start(
        agency_of("Zwölfuhr Executive Search"),
        candidate,
        timezone.localdate() - timedelta(days=5),
        rng,
        title="Leiterin Finanzen (Demo)",
        contact=Contact.RECOMMENDED,
        stage=Stage.AGENCY_TALK,
        outcome=Outcome.OPEN,
    )
    log(journey, -3, Response.NOTHING, 0)


def log(journey: Journey, days_ago: int, response: Response, days: int, **details: Any) -> Interview:
    """An interview so many days ago, and what was said after so many days; questions that lie ahead are planned."""
    assert journey.author is not None  # noqa: S101 - nobody else follows a process
    held_on = timezone.localdate() - timedelta(days=days_ago)
    end, said_on = WAIT_END[response], held_on + timedelta(days=days)
    said_at = moment_at(said_on, time(19), journey.author)
    interview = Interview.objects.create(
        journey=journey,
        party=Party.AGENCY,
        held_at=moment_at(held_on, time(10), journey.author),
        held_on=held_on,
        response=response,
        told_on=said_on,
        wait_days=days,
        wait_end=end,
        settled_at=None if end == WaitEnd.SILENT else said_at,
        logged_at=min(moment_at(held_on, time(12), journey.author), timezone.now()),
        **details,
    )
    if days:
        Statement.objects.create(interview=interview, response=response, on=said_on, told_at=said_at)
    if end == WaitEnd.SILENT:
        check_ins.plan(interview)
    return interview
