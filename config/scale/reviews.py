"""Reviews with all nine criteria, their texts, that they were screened, and the reasons that refused ones owe."""

from datetime import date

from config.demo.texts import BETTER_DE, GOOD_DE
from config.scale.bulk import Rows, array, pouring
from config.scale.draws import functions
from config.scale.journeys import last_wait
from config.scale.size import Size
from moderation.models import Decision, Screening
from moderation.rules import rule_of_record
from reviews.criteria import CODES
from reviews.models import Review, Revision
from reviews.states import Status


def pour(size: Size, today: date) -> None:
    with pouring(Review, Revision, Screening, Decision, prepare=functions(size, today)) as rows:
        _reviews(rows, size)
        _revisions(rows, size)
        _screenings(rows)
        _decisions(rows)


def _reviews(rows: Rows, size: Size) -> None:
    review = {
        "id": "n",
        "journey_id": "n",
        "agency_id": "agency",
        "author_id": "pg_temp.author(n)",
        "voice": "pg_temp.voice(n)",
        "draft_key": "md5('draft ' || n::text)::uuid",
        "status": "status",
        "is_current": "is_public AND NOT pg_temp.is_replaced(n)",
        "proof": f"""CASE WHEN pg_temp.draw(n, 60) < 0.22 THEN '{Review.Proof.CONTACT}'
                     ELSE '{Review.Proof.MAIL}' END""",
        "language": "CASE WHEN pg_temp.draw(n, 61) < 0.1 THEN 'en' ELSE 'de' END",
        "created_at": "pg_temp.told_at(n)",
        "status_since": "pg_temp.told_at(n) + interval '1 day'",
        "published_on": "CASE WHEN is_public THEN pg_temp.told_on(n) + 1 END",
        "public_revision_id": "CASE WHEN is_public THEN n END",
        **{code: _stars(place) for place, code in enumerate(CODES)},
    }
    rows.insert(
        Review,
        review,
        f"""
        FROM (
          SELECT n, agency, pg_temp.status(n) AS status, pg_temp.is_public(n) AS is_public,
                 hashint8extended(n, 62) AS noise, hashint8extended(n, 63) AS answered,
                 (hashint8extended(n, 64) & 7) AS sure, 1 + (hashint8extended(n, 65) & 3) AS step,
                 2.2 + 2.2 * temper + 1.4 * (pg_temp.draw(n, 66) + pg_temp.draw(n, 67) - 1) AS mood,
                 CASE WHEN is_silent THEN -1.2 WHEN NOT is_answered THEN 0
                      WHEN wait_days <= 14 THEN 0.5 ELSE -0.4 END::float8 AS lean
          FROM {last_wait(f"generate_series(1, {size.reviews}) n")} OFFSET 0
        ) review""",
    )


def _stars(place: int) -> str:
    """Stars of a criterion by its place in the list: six bits of noise, three that decide whether it was answered.

    The first is always answered, and so are two others, which ones the review decides.
    """
    noise = f"(noise >> {6 * place} & 63)::float8 / 35 - 0.9"
    stars = f"least(5, greatest(1, round(mood + {0.4 if place else 1} * lean + {noise})))"
    if place == 0:
        return stars
    is_sure = f"{place - 1} IN (sure, (sure + step) & 7)"
    return f"CASE WHEN (answered >> {3 * place} & 7) > 1 OR {is_sure} THEN {stars} END"


def _revisions(rows: Rows, size: Size) -> None:
    """One text of each review. What its form held besides stands in the columns alone: `answers` is empty."""
    good, better = array(GOOD_DE["any"]), array(BETTER_DE["any"])
    revision = {
        "id": "n",
        "review_id": "n",
        "state": f"""CASE WHEN pg_temp.is_public(n) THEN '{Revision.State.ACCEPTED}'
                     WHEN pg_temp.status(n) = '{Status.IN_MODERATION}' THEN '{Revision.State.PENDING}'
                     ELSE '{Revision.State.REFUSED}' END""",
        "good": f"CASE WHEN pg_temp.draw(n, 70) < 0.8 THEN pg_temp.pick({good}, n, 71) ELSE '' END",
        "better": f"CASE WHEN pg_temp.draw(n, 72) < 0.7 THEN pg_temp.pick({better}, n, 73) ELSE '' END",
        "answers": "'{}'::jsonb",
        "created_at": "pg_temp.told_at(n)",
    }
    rows.insert(Revision, revision, f"FROM generate_series(1, {size.reviews}) n")


def _screenings(rows: Rows) -> None:
    """Of texts that wait for a person: else the sweep would screen them first."""
    screening = {"id": "row_number() OVER (ORDER BY id)", "revision_id": "id", "at": "created_at"}
    rows.insert(Screening, screening, f"FROM reviews_revision WHERE state = '{Revision.State.PENDING}'")


def _decisions(rows: Rows) -> None:
    reason = Decision.Reason.PERSONAL_DATA
    decision = {
        "id": "row_number() OVER (ORDER BY id)",
        "review_id": "id",
        "revision_id": "id",
        "outcome": f"'{Decision.Outcome.REJECT}'",
        "reason": f"'{reason}'",
        "text": "'Im Text steht der Name einer Person.'",
        "rule": f"'{rule_of_record(reason)}'",
        "at": "status_since",
    }
    rows.insert(Decision, decision, f"FROM reviews_review WHERE status = '{Status.REJECTED}'")
