"""Filling an empty database, in the order of what refers to what."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

from allauth.account.models import EmailAddress
from django.core.management.color import no_style
from django.db import connection

from accounts.models import User
from agencies import gazetteer
from agencies.models import Agency, Office, Place
from config.scale import agencies, journeys, people, reviews
from config.scale.size import Size
from journeys.models import CheckIn, Interview, Journey
from moderation.models import Decision, Screening
from reviews.models import Review, Revision

NUMBERED = (
    *(User, EmailAddress, Agency, Office, Journey, Interview, CheckIn),
    *(Review, Revision, Screening, Decision),
)


class NotEmpty(Exception):
    """Somebody or something is in the database already."""


def fill(size: Size, *, today: date | None = None, say: Callable[[str], None] = lambda line: None) -> None:
    """Fill the migrated, empty database of the default connection, which must be a superuser's.

    Triggers and foreign keys are not asked: the rows keep their rules by the way they are drawn. It commits as it goes.
    """
    if User.objects.exists() or Agency.objects.exists():
        raise NotEmpty
    today = today or datetime.now(UTC).date()
    if not Place.objects.exists():
        say("places")
        gazetteer.load()
    say("agencies")
    people.pour(size, today)
    agencies.pour(size, today)
    say("reviews")
    with ThreadPoolExecutor(2) as two:  # both are as much work
        for part in [two.submit(pour, size, today) for pour in (journeys.pour, reviews.pour)]:
            part.result()
    _continue_numbers()


def _continue_numbers() -> None:
    """Rows that come later get numbers behind these."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), NUMBERED):
            cursor.execute(statement)
