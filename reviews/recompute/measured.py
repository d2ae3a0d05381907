"""Which tracked waits count as measured: watched from a day on which nobody knew yet how they would end.

The guards keep an agency from praising itself: an account has a certain age, does not belong to the agency, and counts
with few waits. What fails any of this may still count as recalled, through a published review.
"""

from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta
from operator import itemgetter

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from agencies.models import Agency, Membership
from agencies.prepared import Parameter, Prepared, among
from journeys.models import Interview, Journey
from reviews.scoring import FORMULA


def measured(agency_ids: Collection[int] | None, *, since: date, today: date) -> list[int]:
    """The interviews from `since` to `today` (UTC) that are measured, the newest few of each person and agency.

    Those of some agencies, or of all (None). An account that is gone cannot be checked, so waits without an author are
    not measured, nor those of an account that was closed.
    """
    days = {"since": since, "today": today, "signed_up_before": _latest_sign_up(today)}
    rows = _OF_ALL(**days) if agency_ids is None else _OF_SOME(**days, agencies=list(agency_ids))
    return _without_own_addresses(rows)


def _newest(watched: QuerySet[Interview]) -> QuerySet[Interview]:
    """The newest few of each person and agency."""
    newest = Window(
        RowNumber(), partition_by=["journey__agency", "journey__author"], order_by=["-held_on", "-pk"]
    )
    return watched.annotate(newest=newest).filter(newest__lte=FORMULA.most_measured)


def _watched() -> QuerySet[Interview]:
    """Shared before the outcome was stated, watched until after that, by somebody who does not speak for the agency."""
    speaks = Membership.objects.filter(agency=OuterRef("journey__agency"), user=OuterRef("journey__author"))
    return Interview.objects.order_by().filter(
        Q(settled_at=None) | Q(settled_at__gt=F("journey__shared_at")),
        ~Exists(speaks),
        journey__origin=Journey.Origin.TRACKED,
        journey__shared_at__isnull=False,
        journey__author__isnull=False,  # else those of nobody are read on the way to active ones
        journey__author__is_active=True,
        journey__author__date_joined__lt=Parameter("signed_up_before"),
        was_moved=False,
        held_on__range=(Parameter("since"), Parameter("today")),
        wait_days__gte=F("entry_day"),
    )


_ROW = ("pk", "journey__agency", "journey__author__email")
_OF_ALL: Prepared[tuple[int, int, str]] = Prepared(
    itemgetter(0, 1, 2), _ROW, lambda: _newest(_watched()), uneven=True
)
_OF_SOME: Prepared[tuple[int, int, str]] = Prepared(
    itemgetter(0, 1, 2),
    _ROW,
    lambda: _newest(_watched().filter(among("journey__agency", "agencies"))),
    uneven=True,
)


def _without_own_addresses(rows: Collection[tuple[int, int, str]]) -> list[int]:
    """The interviews among (interview, agency, mail of the author) whose author gets no mail at the agency.

    All waits of a person at an agency share the answer, so their newest few may be taken before. Screening finds such
    an address in the same way.
    """
    pairs = {(agency, email) for _, agency, email in rows}
    agencies = (
        Agency.objects.only("domain").prefetch_related("absorbed").in_bulk({agency for agency, _ in pairs})
    )
    own = {(agency, email) for agency, email in pairs if agencies[agency].is_own_address(email)}
    return [interview for interview, *pair in rows if tuple(pair) not in own]


def _latest_sign_up(today: date) -> datetime:
    """The moment before which an account must have been made to be old enough on `today` (UTC)."""
    return datetime.combine(today - timedelta(days=FORMULA.account_days - 1), time.min, UTC)
