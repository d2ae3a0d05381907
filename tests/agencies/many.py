"""A hundred thousand agencies and as many reviews, by a few set-based statements: for what must hold at that size.

The names are made of syllables, so that there are some thousands of different words, a few of them very common. Nothing
is random: row number n is the same in each run. The rows are as the actions, triggers and `refresh_search` would leave
them, which are too slow for a test.
"""

import json

from django.db import connection

from agencies import counts
from agencies.models import Agency, AgencyScore, ListingCount, Office, Word
from agencies.vocabulary import FIELD_WORDS, KIND_WORDS
from config.scale.bulk import Rows, pouring
from journeys.models import Journey
from reviews.models import Review, Revision

MANY = 100_000
COMMON = "Personal"  # a word of every third name
REVIEWS = 30_000  # of the agency that has most, which is the first one
SYLLABLES = {
    "first": "nord süd ost west hafen berg tal wald see fluss stern mond sonnen licht morgen abend stein kiesel falken"
    " adler hirsch linden eichen birken ahorn rosen korn feld wiesen bach quell brunnen turm tor brücken markt garten"
    " hof haus mühlen",
    "middle": "- en er el in an um or ig ach lich haft sam bar ung heit keit los voll weit",
    "last": "kante blick pfad kreis werk brand burg dorf heim hausen stadt furt grund rode rain kamp",
}

AGENCIES = """
INSERT INTO agencies_agency (id, name, legal_name, slug, website, domain, kinds, fields, description, size, status,
    created_at, search_words, search_document)
SELECT n, name, '', 'viele-' || n, '', '', ARRAY[kind], ARRAY[field], '', '',
    CASE WHEN n % 50 = 0 THEN 'closed' ELSE 'listed' END, now(), search_fold(name) || E'\n\nort ' || place,
    setweight(to_tsvector('german', search_fold(name)), 'A')
        || setweight(to_tsvector('german', 'ort ' || place), 'B') || kind_document || field_document
FROM (
    SELECT n, hash % 3000 AS place, (other % 5)::int AS kind_place,
        CASE WHEN other % 1000 = 7 THEN 11 ELSE other / 5 % 11 END::int AS field_place,
        concat_ws(' ',
            initcap(concat(first[1 + hash % 40], middle[1 + hash / 40 % 20], last[1 + hash / 800 % 16])),
            CASE WHEN n % 3 = 0 THEN '{common}'
                ELSE initcap(first[1 + hash / 7 % 40] || last[1 + hash / 280 % 16]) END,
            CASE n % 4 WHEN 0 THEN 'Vermittlung' WHEN 1 THEN '& Söhne' END) AS name
    FROM generate_series(1, {many}) n,
        LATERAL (SELECT abs(hashint8(n)::bigint) AS hash, abs(hashint8(n * 7)::bigint) AS other) hashed,
        (SELECT '{first}'::text[] AS first, '{middle}'::text[] AS middle, '{last}'::text[] AS last) syllables
) named
JOIN (SELECT key AS kind, row_number() OVER () - 1 AS kind_place,
          setweight(to_tsvector('german', value), 'B') AS kind_document
      FROM jsonb_each_text('{kinds}')) spoken_kind USING (kind_place)
JOIN (SELECT key AS field, row_number() OVER (ORDER BY key = 'education', key) - 1 AS field_place,
          setweight(to_tsvector('german', value), 'C') AS field_document
      FROM jsonb_each_text('{fields}') WHERE key <> 'other') spoken_field USING (field_place)
"""
OFFICES = """
INSERT INTO agencies_office (agency_id, street, postcode, place, country, latitude, longitude, is_main)
SELECT id, '', lpad((hash % 90000 + 1067)::text, 5, '0'), 'Ort ' || hash % 3000, 'DE',
    47.5 + hash % 3000 % 60 * 0.12, 6.5 + hash % 3000 / 60 * 0.16, true
FROM agencies_agency, LATERAL (SELECT abs(hashint8(id)::bigint) AS hash) hashed
"""
SCORES = """
INSERT INTO agencies_agencyscore
    (agency_id, is_listed, sort_name, n, sum_gv, sum_gvx, sum_gvxx, weight, mean, spread, lower, upper, is_shown,
     histogram, first_month, last_month, reviews_shown, waits_source, waits_shown, waits, wait_persons, answered_14,
     answered_14_lower, dots_answered, dots_late, dots_withdrawn, as_of, version)
SELECT id, status = 'listed', sort_name, n, 0, 0, 0, n, mean, 0, mean - 0.4, mean + 0.4, n >= 5,
    ARRAY[0, 0, 0, 0, n], '2024-01-01', '2026-01-01', n,
    CASE WHEN n < 5 THEN '' WHEN hash % 7 = 0 THEN 'measured' ELSE 'recalled' END, n >= 5, n, n, hash % 101 / 100.0,
    CASE WHEN n >= 5 THEN hash % 101 / 120.0 END, hash % 101 / 10, 0, 0, '2026-01-01', 1
FROM (
    SELECT id, status, sort_name, hash, hash % 40 AS n, 1.5 + hash / 40 % 340 / 100.0 AS mean
    FROM agencies_agency, LATERAL (SELECT abs(hashint8(id * 17)::bigint) AS hash) hashed
) agency
"""
WORDS = """
INSERT INTO agencies_word (text, stem, is_name)
SELECT text, coalesce((tsvector_to_array(to_tsvector('german', text)))[1], ''), true
FROM (SELECT string_to_table(replace(search_words, E'\n\n', ' '), ' ') FROM agencies_agency
      UNION SELECT string_to_table(value, ' ') FROM jsonb_each_text('{kinds}')
      UNION SELECT string_to_table(value, ' ') FROM jsonb_each_text('{fields}')) said (text)
WHERE text <> ''
"""


def make_many(agencies: int = MANY, reviews: int = MANY) -> None:
    """Write and analyse them, with offices, scores, words, counts and reviews."""
    filling = {
        name: "{" + words.replace(" ", ",").replace("-", '""') + "}" for name, words in SYLLABLES.items()
    }
    filling |= {"kinds": json.dumps(KIND_WORDS), "fields": json.dumps(FIELD_WORDS), "common": COMMON}
    with pouring(Agency, Office, AgencyScore, Word, Journey, Review, Revision, prepare="SELECT") as rows:
        for statement in (AGENCIES, OFFICES, SCORES, WORDS):
            rows.run(filled(statement, filling | {"many": str(agencies)}))
        _make_reviews(rows, reviews)
        for model in (Agency, Journey, Review, Revision):
            table = model._meta.db_table
            rows.run(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), {max(agencies, reviews)})")
    counts.refresh()


def filled(statement: str, words: dict[str, str]) -> str:
    """Not by str.format: SQL has braces of its own."""
    for name, text in words.items():
        statement = statement.replace("{" + name + "}", text)
    return statement


def _make_reviews(rows: Rows, many: int) -> None:
    """Without people, waits or words."""
    agency = f"CASE WHEN n <= {REVIEWS} THEN 1 ELSE n END"
    month = "date '2024-01-01'"
    numbers = f"FROM generate_series(1, {many}) n"
    rows.insert(Journey, {"id": "n", "agency_id": agency, "month": month, "created_at": "now()"}, numbers)
    review = {
        "id": "n",
        "journey_id": "n",
        "agency_id": agency,
        "status": "'published'",
        "voice": "gen_random_uuid()",
        "draft_key": "gen_random_uuid()",
    }
    review |= {
        "is_current": "true",
        "published_on": f"{month} + n % 900",
        "feedback": "1 + n % 5",
        "public_revision_id": "n",
    }
    rows.insert(Review, review, numbers)
    rows.insert(Revision, {"id": "n", "review_id": "n", "state": "'accepted'"}, numbers)


def forget_many() -> None:
    tables = ", ".join(
        model._meta.db_table for model in (Agency, Word, ListingCount, Journey, Review, Revision)
    )
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {tables} CASCADE")
