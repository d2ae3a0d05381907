"""Many people who agreed to be asked, with questions that are due now, all where it is day."""

from datetime import timedelta

from django.utils import timezone

from accounts.consents import WORDINGS
from accounts.models import Consent, User
from agencies.models import Agency
from journeys.choices import Outcome, Response, Stage, WaitEnd
from journeys.due import local_day
from journeys.models import CheckIn, Interview, Journey
from tests.daytime import zone_by_day
from tests.factories import AgencyFactory

CHUNK = 5000


def make(questions: int, *, sharing: int = 5) -> None:
    """So many questions, all due a minute ago. Of `sharing` questions in a row the last two are of one person."""
    agencies = AgencyFactory.create_batch(20)
    for begin in range(0, questions, CHUNK):
        _make_chunk(min(CHUNK, questions - begin), agencies, sharing)


def _make_chunk(questions: int, agencies: list[Agency], sharing: int) -> None:
    people = _people(1 + (questions - 1) * (sharing - 1) // sharing)
    journeys = Journey.objects.bulk_create(
        Journey(
            agency=agencies[number % len(agencies)],
            author=people[number * (sharing - 1) // sharing],
            origin=Journey.Origin.TRACKED,
            month=timezone.localdate().replace(day=1),
            stage=Stage.AGENCY_TALK,
            outcome=Outcome.OPEN,
        )
        for number in range(questions)
    )
    interviews = Interview.objects.bulk_create(
        _interview(journey, journey.author.zone) for journey in journeys
    )
    due_at = timezone.now() - timedelta(minutes=1)
    CheckIn.objects.bulk_create(CheckIn(interview=one, day=3, due_at=due_at) for one in interviews)


def _people(number: int) -> list[User]:
    first, zone = User.objects.count(), zone_by_day(timezone.now())
    people = User.objects.bulk_create(
        User(
            email=f"person{first + i}@beispiel-post.example",
            password="!",
            language=("de", "en")[i % 2],
            zone=zone,
        )
        for i in range(number)
    )
    version, now = WORDINGS[Consent.Kind.CHECK_INS].version, timezone.now()
    Consent.objects.bulk_create(
        Consent(user=person, kind=Consent.Kind.CHECK_INS, text_version=version, confirmed_at=now)
        for person in people
    )
    return people


def _interview(journey: Journey, zone: str) -> Interview:
    held_at = timezone.now() - timedelta(days=3)
    day = local_day(held_at, zone)
    return Interview(
        journey=journey,
        held_at=held_at,
        held_on=day,
        told_on=day,
        response=Response.NOTHING,
        wait_days=0,
        wait_end=WaitEnd.SILENT,
    )
