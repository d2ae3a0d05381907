"""Questions in tests: interviews whose question is due, of people who agreed to be asked."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts import consents
from accounts.models import Consent, User
from journeys.choices import Response, WaitEnd
from journeys.due import local_day
from journeys.models import CheckIn, Interview, Journey
from tests.factories import InterviewFactory, JourneyFactory


def agree(user: User) -> Consent:
    """Double opt-in, without its mail."""
    consent = consents.ask(user=user, kind=Consent.Kind.CHECK_INS).consent
    user.mails.all().delete()
    consents.confirm(consent=consent)
    return consent


def waiting(author: User, *, days: int = 3, **journey: Any) -> Interview:
    """A silent interview so many days ago."""
    held_at = timezone.now() - timedelta(days=days)
    day = local_day(held_at, author.zone)
    return InterviewFactory(
        journey=JourneyFactory(author=author, origin=Journey.Origin.TRACKED, **journey),
        held_at=held_at,
        held_on=day,
        told_on=day,
        wait_days=0,
        response=Response.NOTHING,
        wait_end=WaitEnd.SILENT,
    )


def due(interview: Interview, *, day: int = 3, ago: timedelta = timedelta(minutes=1)) -> CheckIn:
    return CheckIn.objects.create(interview=interview, day=day, due_at=timezone.now() - ago)


def asked(author: User, **journey: Any) -> CheckIn:
    """A question that is due, of a person who agreed."""
    if not consents.has_given(author, Consent.Kind.CHECK_INS):
        agree(author)
    return due(waiting(author, **journey))
