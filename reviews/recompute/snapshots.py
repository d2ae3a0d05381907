"""A row for each agency and month that has ended: the trend on an agency's page.

Whoever runs this finds by itself what is missing, so it may run every night, twice, or late. The month that has just
ended takes the stored numbers, in one statement. A month that ended longer ago, because nothing ran then or because
the months before the first run are missing, is computed from the rows as of its last day (reviews.recompute.past).
"""

from collections.abc import Iterator
from datetime import date, timedelta

from django.db import connection, transaction
from django.db.models import Min

from agencies.choices import READABLE
from agencies.models import Agency, ScoreSnapshot, WaitCurve
from reviews.models import Review
from reviews.recompute import past
from reviews.scoring import FORMULA, FRESH_DAYS, Curve

# Names and codes of this code only. The upper bound follows from the share and its lower bound: both bounds are as far
# from it on the scale log(-log F). At 0 and 1 it is the exact limit (reviews.scoring.waits).
_READABLE = ", ".join(f"'{status}'" for status in READABLE)
_UPPER = """
CASE WHEN answered_14 >= 1 THEN 1
     WHEN answered_14 <= 0 THEN 1 - power(0.05::double precision, 1.0::double precision / waits)
     ELSE exp(power(ln(answered_14), 2) / ln(answered_14_lower)) END"""
TAKE = f"""
INSERT INTO agencies_scoresnapshot
  (agency_id, month, as_of, n, is_shown, mean, lower, upper, first_month, last_month,
   waits_source, waits_shown, waits, wait_persons, answered_14, answered_14_lower, answered_14_upper)
SELECT agency_id, %s, as_of, n, is_shown,
       CASE WHEN is_shown THEN mean END, CASE WHEN is_shown THEN lower END, CASE WHEN is_shown THEN upper END,
       first_month, last_month, waits_source, waits_shown, waits, wait_persons,
       CASE WHEN waits_shown THEN answered_14 END, CASE WHEN waits_shown THEN answered_14_lower END,
       CASE WHEN waits_shown THEN {_UPPER} END
FROM agencies_agencyscore score JOIN agencies_agency agency ON agency.id = agency_id
WHERE status IN ({_READABLE}) AND (n > 0 OR waits > 0)
ON CONFLICT (agency_id, month) DO NOTHING
"""  # noqa: S608


def write_missing(today: date) -> int:
    """Write the months that have ended by `today` (UTC) and have no row yet. How many these are."""
    months = list(missing(today))
    for month in months:
        if today <= last_day(month) + timedelta(days=FRESH_DAYS):
            take(month)
        else:
            rebuild(month)
    return len(months)


def missing(today: date) -> Iterator[date]:
    """The first days of these months: of the last 24 that ended, since there are reviews."""
    first = Review.objects.published().aggregate(first=Min("published_on"))["first"]
    there = set(ScoreSnapshot.objects.values_list("month", flat=True).distinct())
    month = today.replace(day=1)
    for _ in range(FORMULA.window_months if first else 0):
        month = (month - timedelta(days=1)).replace(day=1)
        if month not in there and first <= last_day(month):
            yield month


def last_day(month: date) -> date:
    """The last day of the month of this first day."""
    return (month + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def take(month: date) -> None:
    """Keep the stored numbers as those of a month."""
    with connection.cursor() as cursor:
        cursor.execute(TAKE, [month])


@transaction.atomic
def rebuild(month: date) -> None:
    """Compute the numbers of a month from the rows as of its last day."""
    day = last_day(month)
    stars, curves = past.stars(day), past.curves(day)
    ids = Agency.objects.readable().filter(pk__in=stars.keys() | curves.keys()).values_list("pk", flat=True)
    rows = (_row(agency, month, stars.get(agency), curves.get(agency, Curve())) for agency in ids)
    ScoreSnapshot.objects.bulk_create(rows, batch_size=1000, ignore_conflicts=True)


def _row(agency_id: int, month: date, stars: past.Stars | None, curve: Curve) -> ScoreSnapshot:
    score = stars.score if stars and stars.score.is_shown else None
    day14 = curve.shown(FORMULA.prompt_days)
    return ScoreSnapshot(
        agency_id=agency_id,
        month=month,
        as_of=last_day(month),
        n=stars.score.n if stars else 0,
        is_shown=score is not None,
        mean=score.mean if score else None,
        lower=score.lower if score else None,
        upper=score.upper if score else None,
        first_month=stars.first_month if stars else None,
        last_month=stars.last_month if stars else None,
        waits_source=WaitCurve.Source.RECALLED if curve.waits else "",
        waits_shown=curve.is_shown,
        waits=curve.waits,
        wait_persons=curve.persons,
        answered_14=day14.answered if day14 else None,
        answered_14_lower=day14.lower if day14 else None,
        answered_14_upper=day14.upper if day14 else None,
    )
