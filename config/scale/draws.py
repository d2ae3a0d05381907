"""What rows of different tables must agree on, as functions of a session: they live and end with it.

`draw(n, salt)` is the one source of chance: a number from 0 to below 1 that row `n` always gets for this purpose.
PostgreSQL writes these functions into the statements that call them, so a call costs nothing but its own arithmetic.
"""

from datetime import date

from agencies.choices import Field
from config.scale.size import STEP, Size
from reviews.states import Status

DAYS = 5 * 365  # of reviews
STEEPNESS = 100
"""Reviews fall as 1 / (rank + this)², so the largest of many agencies has a hundredth of them, the smallest few."""


def functions(size: Size, today: date) -> str:
    """The SQL that creates them, for data of this size on this day (UTC)."""
    spread = 1 - STEEPNESS / (size.agencies + STEEPNESS)
    fields = ", ".join(f"'{field}'" for field in Field.values)
    bodies = {
        "draw(n bigint, salt int) RETURNS float8": """
            ((hashint8extended(n, salt) >> 11) & 9007199254740991) / 9007199254740992.0::float8""",
        # Any of some words, and a small number of days.
        "pick(words text[], n bigint, salt int) RETURNS text": """
            words[1 + floor(pg_temp.draw(n, salt) * cardinality(words))::int]""",
        # ---- of an agency
        "temper(agency bigint) RETURNS float8": "pg_temp.draw(agency, 101)",  # 0 bad, 1 exemplary
        "haste(agency bigint) RETURNS float8": "2 + 12 * pg_temp.draw(agency, 102)",  # median days to an answer
        "offices(agency bigint) RETURNS int": """
            1 + (pg_temp.draw(agency, 103) < 0.35)::int + (pg_temp.draw(agency, 103) < 0.12)::int
            + (pg_temp.draw(agency, 103) < 0.03)::int""",
        "office(agency bigint, number int) RETURNS bigint": "4 * (agency - 1) + 1 + number",
        "fields(agency bigint) RETURNS int": "1 + floor(3 * pg_temp.draw(agency, 104))::int",
        "field(agency bigint, number int) RETURNS text": f"""
            (ARRAY[{fields}])[1 + (floor({len(Field)} * pg_temp.draw(agency, 105))::int + 5 * number)
                              % {len(Field)}]""",
        # ---- of a journey
        "is_tracked(n bigint) RETURNS boolean": f"n > {size.recalled}",
        "is_repeat(n bigint) RETURNS boolean": f"""
            n % {STEP} = 0 AND n > {size.shift} AND n <= {size.recalled}""",
        # The number whose person and agency it has: its own, or that of the review which it replaces.
        "source(n bigint) RETURNS bigint": f"""
            CASE WHEN pg_temp.is_repeat(n) THEN n - {size.shift} + 1 ELSE n END""",
        "agency(n bigint) RETURNS bigint": f"""
            CASE WHEN pg_temp.is_tracked(n)
              THEN 1 + (n % {size.tracked_agencies}) * {size.agencies // size.tracked_agencies}
              ELSE 1 + floor({STEEPNESS} / (1 - {spread} * pg_temp.draw(pg_temp.source(n), 1)) - {STEEPNESS})::bigint
                       * {size.stride} % {size.agencies}
            END""",
        "author(n bigint) RETURNS bigint": f"""
            CASE WHEN pg_temp.is_tracked(n) THEN (n - {size.recalled} + 2) / 3 END""",
        "voice(n bigint) RETURNS uuid": """
            md5(CASE WHEN pg_temp.is_tracked(n)
                  THEN 'person ' || pg_temp.author(n)::text || ' at ' || pg_temp.agency(n)::text
                  ELSE 'person of ' || pg_temp.source(n)::text END)::uuid""",
        # So many days ago it was told; more and more is told as the years pass.
        "age(n bigint) RETURNS int": f"""
            2 + CASE WHEN pg_temp.is_tracked(n) THEN floor(680 * pg_temp.draw(n, 2))
                     ELSE floor({DAYS} * (1 - sqrt(n / {size.recalled}.0::float8))) END::int""",
        "told_at(n bigint) RETURNS timestamptz": f"""
            '{today} 08:00+00'::timestamptz
            - (24 * pg_temp.age(n) - 10 * pg_temp.draw(n, 3)) * interval '1 hour'""",
        "told_on(n bigint) RETURNS date": f"date '{today}' - pg_temp.age(n)",
        # ---- of a review
        "status(n bigint) RETURNS text": f"""
            CASE WHEN pg_temp.age(n) < 14 AND pg_temp.draw(n, 4) < 0.3 THEN '{Status.IN_MODERATION}'
                 WHEN pg_temp.draw(n, 4) < 0.960 THEN '{Status.PUBLISHED}'
                 WHEN pg_temp.draw(n, 4) < 0.968 THEN '{Status.UNDER_CHECK}'
                 WHEN pg_temp.draw(n, 4) < 0.984 THEN '{Status.WITHDRAWN}'
                 ELSE '{Status.REJECTED}' END""",
        "is_public(n bigint) RETURNS boolean": f"""
            pg_temp.status(n) IN ('{Status.PUBLISHED}', '{Status.UNDER_CHECK}')""",
        "is_replaced(n bigint) RETURNS boolean": f"""
            pg_temp.is_repeat(n + {size.shift} - 1) AND pg_temp.is_public(n + {size.shift} - 1)""",
    }
    return "".join(
        f"CREATE FUNCTION pg_temp.{head} LANGUAGE sql STABLE AS $$ SELECT {body} $$;\n"
        for head, body in bodies.items()
    )
