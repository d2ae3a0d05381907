"""Agencies with their offices in real places, and a stale score row each."""

from datetime import date

from agencies.choices import AgencyStatus, Kind
from agencies.choices import Size as Staff
from agencies.models import Agency, AgencyScore, Office
from agencies.models.agency import DEMO
from agencies.search import refresh_search
from config.scale.bulk import Rows, array, pouring
from config.scale.draws import functions
from config.scale.size import Size
from config.scale.words import ENDINGS, FIRST, PROMISES, SECOND, TRADES

DOMAIN = "scale.example"
TOWNS = 3000  # the largest

PLACES = f"""
CREATE TEMP TABLE town AS
SELECT row_number() OVER (ORDER BY population DESC, place.id) - 1 AS rank, name, place.country, code,
       place.latitude, place.longitude
FROM agencies_place place
JOIN (SELECT country, place_name AS name, min(code) AS code FROM agencies_postcode GROUP BY 1, 2) area
  USING (country, name)
WHERE part_of = ''
ORDER BY population DESC, place.id LIMIT {TOWNS};
ALTER TABLE town ADD PRIMARY KEY (rank);
ANALYZE town;
"""


def pour(size: Size, today: date) -> None:
    with pouring(Agency, Office, prepare=functions(size, today) + PLACES) as rows:
        _agencies(rows, size, today)
        _offices(rows, size)
        # Without numbers about the new rows PostgreSQL would compare every agency with every office.
        rows.run("ANALYZE agencies_agency, agencies_office, agencies_place, agencies_placename")
        refresh_search()
    score = {"agency_id": "id", "stale_since": f"'{today}'::timestamptz", "as_of": f"date '{today}'"}
    with pouring(AgencyScore, with_triggers=True) as rows:
        rows.insert(AgencyScore, score, f"FROM {Agency._meta.db_table}")


def _agencies(rows: Rows, size: Size, today: date) -> None:
    agency = {
        "id": "n",
        "name": f"named || '{DEMO}'",
        "legal_name": "CASE WHEN pg_temp.draw(n, 210) < 0.6 THEN named || ' GmbH (erfunden)' ELSE '' END",
        "slug": "slug",
        "website": f"'https://' || slug || '.{DOMAIN}/'",
        "domain": f"slug || '.{DOMAIN}'",
        "kinds": f"({array(Kind.values)})[kind : kind + (pg_temp.draw(n, 212) < 0.3)::int]",
        "fields": "ARRAY(SELECT pg_temp.field(n, number) FROM generate_series(0, pg_temp.fields(n) - 1) number)",
        "description": f"pg_temp.pick({array(PROMISES)}, n, 213) || ' ' || pg_temp.pick({array(PROMISES)}, n, 214)",
        "founded": "1960 + floor(60 * pg_temp.draw(n, 215))",
        "size": f"pg_temp.pick({array(Staff.values)}, n, 216)",
        "status": f"'{AgencyStatus.LISTED}'",
        "created_at": f"'{today}'::timestamptz - interval '6 years'",
    }
    rows.insert(
        Agency,
        agency,
        f"""
        FROM (
          SELECT n, named, 1 + floor({len(Kind)} * pg_temp.draw(n, 211))::int AS kind,
                 replace(search_fold(named), ' ', '-') || '-' || n AS slug
          FROM (
            SELECT n, concat_ws(' ',
                pg_temp.pick({array(FIRST)}, n, 200) || pg_temp.pick({array(SECOND)}, n, 201)
                  || pg_temp.pick({array(ENDINGS)}, n, 202),
                pg_temp.pick({array(TRADES)}, n, 203),
                CASE WHEN pg_temp.draw(n, 204) < 0.4 THEN {_town("n")} END) AS named
            FROM generate_series(1, {size.agencies}) n OFFSET 0
          ) called OFFSET 0
        ) agency""",
    )


def _offices(rows: Rows, size: Size) -> None:
    """Within some two kilometres of the middle of their town; the largest towns have most of them."""
    office = {
        "id": "pg_temp.office(n, number)",
        "agency_id": "n",
        "street": "'Musterweg ' || 1 + floor(99 * pg_temp.draw(n, 230 + number))",
        "postcode": "code",
        "place": "name",
        "country": "country",
        "latitude": "latitude + 0.03 * (pg_temp.draw(n, 240 + number) - 0.5)",
        "longitude": "longitude + 0.04 * (pg_temp.draw(n, 250 + number) - 0.5)",
        "is_main": "number = 0",
    }
    rows.insert(
        Office,
        office,
        f"""
        FROM generate_series(1, {size.agencies}) n
        CROSS JOIN LATERAL generate_series(0, pg_temp.offices(n) - 1) number
        JOIN town ON rank = {_rank("n", "number")}
        """,
    )


def _rank(n: str, number: str) -> str:
    return f"floor({TOWNS} * power(pg_temp.draw({n}, 220 + {number}), 3))::int"


def _town(n: str) -> str:
    """The name of the town of the main office."""
    return f"(SELECT name FROM town WHERE rank = {_rank(n, '0')})"
