"""Which tracked waits count as measured: watched from a day on which nobody knew yet how they would end.

The guards keep an agency from praising itself: an account has a certain age, does not belong to the agency, and counts
with few waits. What fails any of this may still count as recalled, through a published review.
"""

from datetime import UTC, date, datetime, time, timedelta

from django.db.models import F, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from agencies.insiders import insider
from journeys.models import Interview, Journey
from reviews.scoring import FORMULA


def measured(*, since: date, today: date) -> QuerySet[Interview]:
    """The measured waits of interviews from `since` to `today` (UTC), the newest few of each person and agency.

    An account that is gone cannot be checked, so waits without an author are not measured.
    """
    newest = Window(
        RowNumber(), partition_by=["journey__agency", "journey__author"], order_by=["-held_on", "-pk"]
    )
    return (
        Interview.objects.order_by()
        .filter(
            Q(settled_at=None) | Q(settled_at__gt=F("journey__shared_at")),
            journey__origin=Journey.Origin.TRACKED,
            journey__shared_at__isnull=False,
            journey__author__date_joined__lt=_latest_sign_up(today),
            was_moved=False,
            held_on__range=(since, today),
            wait_days__gte=F("entry_day"),
        )
        .exclude(insider(user="journey__author", agency="journey__agency"))
        .annotate(newest=newest)
        .filter(newest__lte=FORMULA.most_measured)
    )


def _latest_sign_up(today: date) -> datetime:
    """The moment before which an account must have been made to be old enough on `today` (UTC)."""
    return datetime.combine(today - timedelta(days=FORMULA.account_days - 1), time.min, UTC)
