"""Journeys with their waits: of both kinds and all ends, from an answer on the same day to hundreds of silent days."""

from datetime import date

from config.scale.bulk import Rows, pouring
from config.scale.draws import functions
from config.scale.size import Size
from journeys.choices import Channel, Contact, Outcome, Party, Reason, Response, Role, SilentParty, Stage
from journeys.due import DAYS
from journeys.models import CheckIn, Interview, Journey

ANSWERS = ", ".join(f"'{answer}'" for answer in (Response.POSITIVE, Response.NEGATIVE, Response.CANCELLED))
OUTCOMES = {
    Response.NOTHING: Outcome.SILENT,
    Response.HOLDING: Outcome.OPEN,
    Response.POSITIVE: Outcome.HIRED,
    Response.NEGATIVE: Outcome.REJECTED,
    Response.CANCELLED: Outcome.CANCELLED,
    Response.WITHDREW: Outcome.WITHDRAWN,
}


def last_wait(numbers: str) -> str:
    """A subquery: for each of these journeys (a FROM item `n`) the wait that decided it, and how old the telling was.

    OFFSET 0 keeps PostgreSQL from computing a column anew wherever it is used.
    """
    return f"""(
      SELECT *,
             response IN ({ANSWERS}) AS is_answered,
             response IN ('{Response.NOTHING}', '{Response.HOLDING}') AS is_silent,
             CASE WHEN response IN ('{Response.NOTHING}', '{Response.HOLDING}') THEN gap
                  ELSE least(days, gap) END AS wait_days
      FROM (
        SELECT *,
               CASE WHEN pg_temp.draw(n, 20) < 0.05 THEN '{Response.WITHDREW}'
                    WHEN days <= gap AND pg_temp.draw(n, 20) < 0.4 + 0.6 * temper
                      THEN CASE WHEN pg_temp.draw(n, 21) < 0.3 THEN '{Response.POSITIVE}'
                                WHEN pg_temp.draw(n, 21) < 0.9 THEN '{Response.NEGATIVE}'
                                ELSE '{Response.CANCELLED}' END
                    WHEN pg_temp.draw(n, 21) < 0.8 THEN '{Response.NOTHING}'
                    ELSE '{Response.HOLDING}' END AS response
        FROM (
          SELECT *, pg_temp.temper(agency) AS temper,
                 -- log-logistic: half of the answers come within the agency's median, a few take very long
                 floor(least(600, pg_temp.haste(agency)
                                  * power(odds / (1 - odds), 0.6)))::int AS days
          FROM (
            SELECT n, pg_temp.agency(n) AS agency, pg_temp.draw(n, 22) AS odds,
                   pg_temp.draw(n, 23) < 0.12 AS is_application,
                   -- days from the talk to the telling
                   4 + floor(90 * power(pg_temp.draw(n, 24), 2)
                       + CASE WHEN pg_temp.draw(n, 25) < 0.05 THEN 400 * pg_temp.draw(n, 26) ELSE 0 END)::int AS gap
            FROM {numbers} OFFSET 0
          ) met OFFSET 0
        ) timed OFFSET 0
      ) told OFFSET 0
    ) journey"""


def pour(size: Size, today: date) -> None:
    with pouring(Journey, Interview, CheckIn, prepare=functions(size, today)) as rows:
        drawn = last_wait(f"generate_series(1, {size.journeys}) n")
        _journeys(rows, drawn)
        _interviews(rows, drawn)
        _check_ins(rows)


def _journeys(rows: Rows, drawn: str) -> None:
    outcome = " ".join(f"WHEN '{response}' THEN '{outcome}'" for response, outcome in OUTCOMES.items())
    journey = {
        "id": "n",
        "agency_id": "agency",
        "author_id": "pg_temp.author(n)",
        "voice": "pg_temp.voice(n)",
        "origin": f"""CASE WHEN pg_temp.is_tracked(n) THEN '{Journey.Origin.TRACKED}'
                      ELSE '{Journey.Origin.RECALLED}' END""",
        "office_id": """CASE WHEN pg_temp.draw(n, 30) < 0.6 THEN
                          pg_temp.office(agency, floor(pg_temp.draw(n, 31) * pg_temp.offices(agency))::int) END""",
        "role": f"""CASE WHEN pg_temp.draw(n, 32) < 0.60 THEN '{Role.PERMANENT}'
                    WHEN pg_temp.draw(n, 32) < 0.80 THEN '{Role.TEMP}'
                    WHEN pg_temp.draw(n, 32) < 0.90 THEN '{Role.FREELANCE}'
                    WHEN pg_temp.draw(n, 32) < 0.95 THEN '{Role.STUDENT}' ELSE '' END""",
        "field": """pg_temp.field(agency, floor(pg_temp.draw(n, 33) * pg_temp.fields(agency))::int)""",
        "contact": f"""CASE WHEN pg_temp.draw(n, 34) < 0.5 THEN '{Contact.APPLIED}'
                       WHEN pg_temp.draw(n, 34) < 0.9 THEN '{Contact.APPROACHED}'
                       ELSE '{Contact.RECOMMENDED}' END""",
        "month": "date_trunc('month', (pg_temp.told_on(n) - gap)::timestamp)::date",
        "stage": f"""CASE WHEN is_application THEN '{Stage.CV_SENT}'
                     WHEN response = '{Response.POSITIVE}' THEN '{Stage.HIRED}'
                     WHEN pg_temp.draw(n, 35) < 0.6 THEN '{Stage.AGENCY_TALK}'
                     ELSE '{Stage.CLIENT_TALK}' END""",
        "outcome": f"CASE response {outcome} END",
        "shared_at": "CASE WHEN pg_temp.is_tracked(n) THEN pg_temp.told_at(n) - gap * interval '1 day' END",
        "created_at": "pg_temp.told_at(n)",
    }
    rows.insert(Journey, journey, f"FROM {drawn}")


def _interviews(rows: Rows, drawn: str) -> None:
    """The wait that decided the journey, and before every fourth of them a first talk that led on to it."""
    started = "pg_temp.told_at(n) - span * interval '1 day'"
    interview = {
        "id": "2 * n - is_last::int",
        "journey_id": "n",
        "agency_id": "agency",
        "kind": "CASE WHEN is_application THEN 'application' ELSE 'interview' END",
        "round": "CASE WHEN has_first AND is_last THEN 2 ELSE 1 END",
        "party": f"""CASE WHEN is_application THEN '' WHEN is_last AND has_first THEN '{Party.CLIENT}'
                     ELSE '{Party.AGENCY}' END""",
        "held_on": "pg_temp.told_on(n) - span",
        "is_exact": "pg_temp.is_tracked(n) OR pg_temp.draw(n, 40) < 0.6",
        "response": "answer",
        "channel": f"""CASE WHEN NOT ended OR pg_temp.draw(n, 41) < 0.1 THEN ''
                       WHEN pg_temp.draw(n, 41) < 0.60 THEN '{Channel.MAIL}'
                       WHEN pg_temp.draw(n, 41) < 0.85 THEN '{Channel.PHONE}'
                       WHEN pg_temp.draw(n, 41) < 0.90 THEN '{Channel.VIDEO}'
                       WHEN pg_temp.draw(n, 41) < 0.95 THEN '{Channel.IN_PERSON}'
                       ELSE '{Channel.PORTAL}' END""",
        "reason": f"""CASE WHEN NOT ended OR pg_temp.draw(n, 42) < 0.1 THEN ''
                      WHEN pg_temp.draw(n, 42) < 0.2 + 0.5 * temper THEN '{Reason.CONCRETE}'
                      WHEN pg_temp.draw(n, 42) < 0.3 + 0.5 * temper THEN '{Reason.HELPFUL}'
                      WHEN answer = '{Response.POSITIVE}' OR pg_temp.draw(n, 43) < 0.4 THEN '{Reason.NONE}'
                      ELSE '{Reason.PHRASE}' END""",
        "chased": "CASE WHEN pg_temp.draw(n, 44) < 0.8 THEN floor(4 * power(pg_temp.draw(n, 45), 2)) END",
        "silent_party": f"""CASE WHEN answer NOT IN ('{Response.NOTHING}', '{Response.HOLDING}') THEN ''
                            WHEN pg_temp.draw(n, 41) < 0.55 THEN '{SilentParty.AGENCY}'
                            WHEN pg_temp.draw(n, 41) < 0.75 THEN '{SilentParty.CLIENT}'
                            ELSE '{SilentParty.UNCLEAR}' END""",
        "told_on": "pg_temp.told_on(n)",
        "held_at": f"CASE WHEN pg_temp.is_tracked(n) THEN {started} END",
        "settled_at": f"""CASE WHEN pg_temp.is_tracked(n) AND (ended OR answer = '{Response.WITHDREW}')
                          THEN {started} + (days_waited + 1) * interval '1 day' END""",
        "in_review": "pg_temp.is_tracked(n)",
        "logged_at": f"""CASE WHEN pg_temp.is_tracked(n) THEN {started} ELSE pg_temp.told_at(n) END""",
        "entry_day": """CASE WHEN pg_temp.is_tracked(n) THEN least(days_waited,
                          floor(6 * power(pg_temp.draw(n, 46), 3))::int) ELSE 0 END""",
        "wait_days": "days_waited",
        "wait_end": f"""CASE WHEN ended THEN 'answered' WHEN answer = '{Response.WITHDREW}' THEN 'withdrawn'
                        ELSE 'silent' END""",
    }
    source = f"""
        FROM (
          SELECT *, NOT is_application AND pg_temp.draw(n, 47) < 0.25 AS has_first FROM {drawn} OFFSET 0
        ) journey
        CROSS JOIN LATERAL (
          SELECT true AS is_last, gap AS span, wait_days AS days_waited, response AS answer, is_answered AS ended
          UNION ALL
          SELECT false, gap + lead, least(days, lead), '{Response.POSITIVE}', true
          FROM (SELECT 3 + floor(18 * pg_temp.draw(n, 48))::int AS lead) before WHERE has_first
        ) wait"""
    rows.insert(Interview, interview, source)


def _check_ins(rows: Rows) -> None:
    """The questions that tracked waits were old enough for, each with the answer "nothing yet"."""
    days = ", ".join(f"({day})" for day in DAYS)
    question = {
        "id": "row_number() OVER (ORDER BY interview.id, day)",
        "interview_id": "interview.id",
        "day": "day",
        "due_at": "held_at + day * interval '1 day'",
        "state": f"'{CheckIn.State.CANCELLED}'",
        "response": f"'{Response.NOTHING}'",
        "answered_at": "held_at + day * interval '1 day'",
    }
    rows.insert(
        CheckIn,
        question,
        f"FROM journeys_interview interview CROSS JOIN (VALUES {days}) question (day)"
        " WHERE held_at IS NOT NULL AND day < wait_days",
    )
