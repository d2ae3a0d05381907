"""A hundred thousand agencies by a few set-based statements, for what must hold at that size: plans and bounds.

Their names are made of syllables, so that there are some ten thousand different words, a few of them very common.
Nothing is random: row number n is the same in each run.
"""

from django.db import connection

MANY = 100_000
COMMON = "Personal"  # a word of every third name

_INSERT = """
INSERT INTO agencies_agency
    (name, legal_name, slug, website, domain, kinds, fields, description, size, status, created_at, search_words)
SELECT
    name, '', 'viele-' || n, '', '',
    ARRAY[(ARRAY['placement', 'temp', 'executive', 'freelance', 'rpo'])[1 + hash %% 5]],
    ARRAY[(ARRAY['it', 'engineering', 'finance', 'health', 'sales', 'hr', 'legal', 'logistics', 'production',
                 'hospitality', 'science'])[1 + (hash / 5) %% 11]]
        || CASE WHEN hash %% 1000 = 7 THEN ARRAY['education'] ELSE '{}' END,
    '', '', CASE WHEN n %% 50 = 0 THEN 'closed' ELSE 'listed' END, now(), ''
FROM (
    SELECT n, hash, concat_ws(' ',
        initcap(concat((%(begin)s::text[])[1 + hash %% 40], (%(middle)s::text[])[1 + (hash / 40) %% 20],
                       (%(ending)s::text[])[1 + (hash / 800) %% 16])),
        CASE WHEN n %% 3 = 0 THEN %(common)s ELSE initcap((%(begin)s::text[])[1 + (hash / 7) %% 40]
                                                          || (%(ending)s::text[])[1 + (hash / 280) %% 16]) END,
        CASE n %% 4 WHEN 0 THEN 'Vermittlung' WHEN 1 THEN '& Söhne' END) AS name
    FROM (SELECT n, abs(hashint8(n)::bigint) AS hash FROM generate_series(1, %(many)s) n) numbered
) named
"""
_SYLLABLES = {
    "begin": "nord süd ost west hafen berg tal wald see fluss stern mond sonnen licht morgen abend stein kiesel falken"
    " adler hirsch linden eichen birken ahorn rosen korn feld wiesen bach quell brunnen turm tor brücken"
    " markt garten hof haus mühlen",
    "middle": "- en er el in an um or ig ach lich haft sam bar ung heit keit los voll weit",
    "ending": "kante blick pfad kreis werk brand burg dorf heim hausen stadt furt grund rode rain kamp",
}
_OFFICES = """
INSERT INTO agencies_office (agency_id, street, postcode, place, country, latitude, longitude, is_main)
SELECT agency.id, '', lpad((hash %% 90000 + 1067)::text, 5, '0'), 'Ort ' || hash %% 3000, 'DE',
    47.5 + (hash %% 3000) %% 60 * 0.12, 6.5 + (hash %% 3000) / 60 * 0.16, true
FROM agencies_agency agency, LATERAL (SELECT abs(hashint8(agency.id * 31)::bigint) AS hash) hashed
WHERE slug LIKE 'viele-%%'
"""
_SCORES = """
INSERT INTO agencies_agencyscore
    (agency_id, n, sum_gv, sum_gvx, sum_gvxx, weight, mean, spread, lower, upper, is_shown, histogram, first_month,
     last_month, reviews_shown, waits_source, waits_shown, waits, wait_persons, answered_14, answered_14_lower,
     dots_answered, dots_late, dots_withdrawn, as_of, version)
SELECT id, n, 0, 0, 0, n, mean, 0, mean - 0.4, mean + 0.4, n >= 5, ARRAY[0, 0, 0, 0, n], '2024-01-01', '2026-01-01', n,
    CASE WHEN n >= 5 THEN CASE WHEN hash %% 7 = 0 THEN 'measured' ELSE 'recalled' END ELSE '' END,
    n >= 5, n, n, (hash %% 101) / 100.0, CASE WHEN n >= 5 THEN (hash %% 101) / 120.0 END, hash %% 101 / 10, 0, 0,
    '2026-01-01', 1
FROM (
    SELECT id, hash, hash %% 40 AS n, 1.5 + (hash / 40 %% 340) / 100.0 AS mean
    FROM agencies_agency, LATERAL (SELECT abs(hashint8(id * 17)::bigint) AS hash) hashed
    WHERE slug LIKE 'viele-%%'
) agency
"""


def make_many(many: int = MANY) -> None:
    """Write them with offices and scores; `refresh_search` and `VACUUM ANALYZE` are the caller's."""
    with connection.cursor() as cursor:
        syllables = {name: text.replace("-", "").split(" ") for name, text in _SYLLABLES.items()}
        cursor.execute(_INSERT, {"many": many, "common": COMMON, **syllables})
        cursor.execute(_OFFICES, {})
        cursor.execute(_SCORES, {})


def forget_many() -> None:
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE agencies_agency, agencies_word, agencies_listingcount CASCADE")
