"""How quickly scores and waits are recomputed and aged, against the least that PostgreSQL must do for it. Seconds.

The floor of a recompute is one bare SELECT that reads the same rows and adds up the same sums, for all agencies or for
one: the stars of an agency; overall, months and numbers of it and of its segments; waits by day, with what is told of
them; the last day of each person. Nothing of it is stored or even sent. It is written here, apart from the code that
it is compared with.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import psycopg
from django.db import connection, transaction
from django.db.models import Count

from agencies.models import AgencyScore, CriterionScore, SegmentScore, mark_stale
from journeys.choices import Channel, Reason, SilentParty, WaitEnd
from reviews.criteria import CODES
from reviews.models import Review
from reviews.recompute import age, recompute, recompute_all, recompute_stale
from reviews.scoring import FORMULA, today
from reviews.states import COUNTED
from tests.bench.lines import MANY_ROUNDS, Line, alternating, seconds

TYPICAL = 500  # reviews

_SUMS = ", ".join(
    f"count({part}), sum(g * v) FILTER (WHERE {part} IS NOT NULL), sum(g * v * {part}), sum(g * v * {part} * {part})"
    for part in ("overall", *CODES)
)
_STARS = ", ".join(f"count(*) FILTER (WHERE stars = {stars})" for stars in (1, 2, 3, 4, 5))
_TOLD = ", ".join(
    f"count(*) FILTER (WHERE {column} = '{code}')"
    for column, codes in {
        "wait_end": WaitEnd.values,
        "reason": Reason.values,
        "channel": Channel.values,
        "silent_party": SilentParty.values,
        "response": ["holding"],
    }.items()
    for code in codes
)
_ENDING = "wait_end, response, reason, channel, silent_party, chased"
_PUBLIC = "status IN ({})".format(", ".join(f"'{status}'" for status in COUNTED))
_WINDOW = f"held_on >= current_date - interval '{FORMULA.window_months} months'"


def bare_sums(of: str) -> str:
    """The SELECT. `of` is a condition on agency_id; what WITH materializes is computed whole."""
    return f"""
    WITH stars AS MATERIALIZED (
           SELECT agency_id, {_SUMS}, {_STARS} FROM reviews_review WHERE is_current AND {of} GROUP BY 1
         ),
         part AS MATERIALIZED (
           SELECT review.agency_id, role, outcome, field, office_id, count(*),
                  min(month) FILTER (WHERE is_current), max(month) FILTER (WHERE is_current),
                  count(*) FILTER (WHERE is_current), sum(g * v) FILTER (WHERE is_current),
                  sum(g * v * overall) FILTER (WHERE is_current),
                  sum(g * v * overall * overall) FILTER (WHERE is_current)
           FROM (SELECT * FROM reviews_review WHERE {_PUBLIC} AND {of}) review
           JOIN journeys_journey journey ON journey.id = journey_id
           GROUP BY GROUPING SETS ((review.agency_id), (review.agency_id, role), (review.agency_id, outcome),
                                  (review.agency_id, field), (review.agency_id, office_id))
         ),
         wait AS MATERIALIZED (
           SELECT agency_id, false AS is_measured, voice AS person, kind, held_on, wait_days, {_ENDING}
           FROM (SELECT * FROM reviews_review WHERE {_PUBLIC} AND {of}) review
           JOIN journeys_interview USING (journey_id, agency_id) WHERE {_WINDOW}
           UNION ALL
           SELECT journey.agency_id, true, voice, kind, held_on, wait_days, {_ENDING}
           FROM (SELECT * FROM journeys_journey WHERE shared_at IS NOT NULL AND {of}) journey
           JOIN journeys_interview ON journey_id = journey.id WHERE {_WINDOW}
         ),
         day AS MATERIALIZED (
           SELECT agency_id, is_measured, kind, wait_days, {_TOLD}, count(chased), count(*) FILTER (WHERE chased > 0),
                  min(held_on), max(held_on)
           FROM wait GROUP BY 1, 2, 3, 4
         ),
         person AS MATERIALIZED (
           SELECT agency_id, is_measured, kind, last_day, count(*)
           FROM (
             SELECT agency_id, is_measured, kind, max(wait_days) AS last_day FROM wait GROUP BY 1, 2, 3, person
           ) person
           GROUP BY 1, 2, 3, 4
         )
    SELECT (SELECT count(*) FROM stars), (SELECT count(*) FROM part), (SELECT count(*) FROM day),
           (SELECT count(*) FROM person)
    """


def everything() -> Iterator[Line]:
    floor = raw([(psycopg.ClientCursor, bare_sums("true"), None)])
    yield Line("recompute_all", *alternating(seconds(recompute_all), seconds(floor)), "<= 2.0")


def largest() -> Iterator[Line]:
    agency = agency_with(10**9)
    recompute([agency])
    floor = raw([(psycopg.ClientCursor, bare_sums(f"agency_id = {agency}"), None)])
    ours = seconds(lambda: recompute([agency]))
    yield Line("recompute_largest", *alternating(ours, seconds(floor), rounds=MANY_ROUNDS), "<= 1.5")


def one() -> Iterator[Line]:
    """From the mark to the commit; the floor sends the statements that ours sent."""
    agency = agency_with(TYPICAL)
    recompute_stale()

    def ours() -> None:
        with transaction.atomic():
            mark_stale([agency])
        recompute_stale()

    ours()
    floor = raw(sent_by(ours))
    yield Line("recompute_one", *alternating(seconds(ours), seconds(floor), rounds=MANY_ROUNDS), "<= 3.0")


def ageing() -> Iterator[Line]:
    """The floor sets one number in every row that a night makes older."""
    age(today())
    aged = (AgencyScore, CriterionScore, SegmentScore)
    floor = raw(
        [(psycopg.ClientCursor, f"UPDATE {model._meta.db_table} SET weight = weight", None) for model in aged]
    )
    yield Line("ageing", *alternating(seconds(lambda: age(today())), seconds(floor)), "<= 3.0")


type Sent = Sequence[tuple[type[psycopg.Cursor[Any]], str, Any]]
"""Statements with their parameters, and the kind of cursor that sends them."""


def agency_with(reviews: int) -> int:
    """The agency whose number of counted reviews comes closest."""
    counts = dict(Review.objects.counted().values_list("agency_id").annotate(Count("pk")))
    return min(counts, key=lambda agency: abs(counts[agency] - reviews))


def sent_by(work: Callable[[], object]) -> Sent:
    """What this work sends to the database."""
    sent: list[tuple[type[psycopg.Cursor[Any]], str, Any]] = []

    def note(execute: Callable[..., Any], statement: str, params: Any, many: bool, context: Any) -> Any:
        sent.append((type(context["cursor"].cursor), statement, params))
        return execute(statement, params, many, context)

    with connection.execute_wrapper(note):
        work()
    return sent


def raw(statements: Sent) -> Callable[[], None]:
    """Sends these statements through psycopg, in one transaction, and fetches what comes back."""
    session = psycopg.connect(**connection.get_connection_params())

    def work() -> None:
        with session.transaction():
            send(session, statements)

    work()
    return work


def send(session: "psycopg.Connection[Any]", statements: Sent) -> None:
    for kind, statement, params in statements:
        with kind(session) as cursor:
            cursor.execute(statement, params)
            if cursor.description:
                cursor.fetchall()
