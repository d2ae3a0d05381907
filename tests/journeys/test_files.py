"""Calendar file, table and JSON of one's own processes, and their part of the account's export."""

import csv
import io
import json
import zipfile
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from icalendar import Calendar
from pytest_django import DjangoAssertNumQueries, Settings

from accounts import personal
from accounts.models import User
from journeys import actions
from journeys.choices import Response, Step
from journeys.clock import today_of
from journeys.due import DAYS
from journeys.models import Interview
from tests.journeys.tracking import days_ago, followed, interviewed

pytestmark = pytest.mark.django_db


def calendar(client: Client, interview: Interview, query: str = "") -> Calendar:
    answer = client.get(reverse("journeys:interview-ics", args=[interview.pk]) + query)
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    return Calendar.from_ical(answer.content)


def table(client: Client) -> list[dict[str, str]]:
    text = client.get("/prozesse.csv").content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text), delimiter=";"))


# ---- the calendar file -------------------------------------------------------------------------------------


def test_the_interview_and_its_questions_stand_in_the_calendar(
    candidate: User, candidate_client: Client
) -> None:
    interview = interviewed(candidate, -3, followed(candidate, title="Controllerin; Kiel, Werft\\Süd"))
    talk, *questions = calendar(candidate_client, interview, "?namen=1").walk("VEVENT")
    assert talk.decoded("dtstart") == days_ago(candidate, -3)
    assert str(talk["summary"]) == f"Gespräch: {interview.journey.agency.name}"
    assert str(talk["description"]) == "Controllerin; Kiel, Werft\\Süd"
    assert [event.decoded("dtstart") for event in questions] == [
        check_in.due_at for check_in in interview.check_ins.all()
    ]
    assert len(questions) == len(DAYS)


def test_a_calendar_that_colleagues_see_tells_them_nothing(
    candidate: User, candidate_client: Client, settings: Settings
) -> None:
    settings.SITE_URL = "https://www.my-recruiter.example"
    interview = interviewed(candidate, -3, followed(candidate, title="Controllerin", client="Werft"))
    talk, *questions = calendar(candidate_client, interview).walk("VEVENT")
    assert str(talk["summary"]) == "Privater Termin"
    assert [str(event["summary"]) for event in questions] == [f"Privat: Tag {day}" for day in DAYS]
    for event in (talk, *questions):
        assert str(event["class"]) == "PRIVATE"
        told = " ".join(str(value) for name, value in event.items() if name != "UID")
        for secret in ("Controllerin", "Werft", interview.journey.agency.name, "my-recruiter", "prozesse"):
            assert secret not in told


def test_the_file_with_names_replaces_the_one_without(candidate: User, candidate_client: Client) -> None:
    interview = interviewed(candidate, -3)
    plain, named = (
        [event["uid"] for event in calendar(candidate_client, interview, query).walk("VEVENT")]
        for query in ("", "?namen=1")
    )
    assert plain == named


def test_a_file_opened_again_replaces_what_the_calendar_had(
    candidate: User, candidate_client: Client
) -> None:
    interview = interviewed(candidate, -3)
    before = [str(event["uid"]) for event in calendar(candidate_client, interview).walk("VEVENT")]
    actions.change_interview(
        interview=interview, held_at=days_ago(candidate, -5), round=1, party="", note="", by=candidate
    )
    after = [str(event["uid"]) for event in calendar(candidate_client, interview).walk("VEVENT")]
    assert after == before
    assert len(set(after)) == len(after)


def test_lines_are_folded_as_the_standard_asks(candidate: User, candidate_client: Client) -> None:
    interview = interviewed(candidate, -3, followed(candidate, title="ü" * 120))
    answer = candidate_client.get(reverse("journeys:interview-ics", args=[interview.pk]) + "?namen=1")
    assert max(len(line) for line in answer.content.split(b"\r\n")) <= 75


def test_what_is_answered_is_not_asked_by_the_calendar(candidate: User, candidate_client: Client) -> None:
    interview = interviewed(candidate, 3)
    actions.state(interview=interview, response=Response.NEGATIVE, on=today_of(candidate), by=candidate)
    assert len(calendar(candidate_client, interview).walk("VEVENT")) == 1


# ---- table and JSON ----------------------------------------------------------------------------------------


def a_rich_process(person: User) -> Interview:
    journey = followed(person, title="=HYPERLINK(1)", client="@werft", note="+49 431 0000")
    interview = interviewed(person, 10, journey)
    on = interview.held_on + timedelta(days=4)
    actions.mark_sent(journey=journey, interview=interview, step=Step.FRIENDLY, on=on, by=person)
    return actions.state(interview=interview, response=Response.NEGATIVE, on=on, channel="mail", by=person)


def test_the_table_has_a_row_for_each_interview(candidate: User, candidate_client: Client) -> None:
    interview = a_rich_process(candidate)
    followed(candidate, title="Noch ohne Gespräch")
    first, second = table(candidate_client)
    assert first["Tag"] == interview.held_on.isoformat()
    assert (first["Tage"], first["Weg"], first["Nachfragen"]) == ("4", "E-Mail", "1")
    assert second["Stelle"] == "Noch ohne Gespräch"
    assert not second["Tag"]


def test_no_cell_becomes_a_formula(candidate: User, candidate_client: Client) -> None:
    a_rich_process(candidate)
    row = table(candidate_client)[0]
    assert [row[name][0] for name in ("Stelle", "Kunde", "Notiz")] == ["'"] * 3


def test_the_json_has_everything(candidate: User, candidate_client: Client) -> None:
    interview = a_rich_process(candidate)
    answer = candidate_client.get("/prozesse.json")
    assert "attachment" in answer["Content-Disposition"]
    (journey,) = json.loads(answer.content)["journeys"]
    assert journey["note"] == "+49 431 0000"
    assert journey["letters"] == [{"step": "day3", "sent_on": str(interview.held_on + timedelta(days=4))}]
    (told,) = journey["interviews"]
    assert told["response"] == "negative"
    assert told["statements"][0]["on"] == str(interview.held_on + timedelta(days=4))
    assert len(told["questions"]) == len(DAYS)


@pytest.mark.parametrize("path", ["/prozesse.csv", "/prozesse.json"])
def test_files_have_only_ones_own(candidate: User, other_client: Client, path: str) -> None:
    a_rich_process(candidate)
    assert "werft" not in other_client.get(path).content.decode()


@pytest.mark.parametrize("path", ["/prozesse.csv", "/prozesse.json"])
@pytest.mark.parametrize("processes", [1, 5])
def test_files_cost_the_same_for_one_process_and_more(
    candidate: User,
    candidate_client: Client,
    django_assert_num_queries: DjangoAssertNumQueries,
    path: str,
    processes: int,
) -> None:
    for days in range(processes):
        interviewed(candidate, days)
    with django_assert_num_queries(7):  # session, person, and the five of JourneyQuerySet.for_export
        candidate_client.get(path)


def test_the_export_of_the_account_has_the_processes(candidate: User) -> None:
    a_rich_process(candidate)
    with zipfile.ZipFile(io.BytesIO(personal.export(candidate))) as archive:
        journeys = json.loads(archive.read("journeys.json"))["journeys"]
    assert [journey["client"] for journey in journeys] == ["@werft"]


def test_times_in_files_are_those_of_ones_own_clock(candidate: User, candidate_client: Client) -> None:
    candidate.zone = "America/New_York"
    candidate.save()
    with time_machine.travel("2026-06-10T15:00:00Z"):
        interviewed(candidate, 0)
    assert table(candidate_client)[0]["Uhrzeit"] == "10:00"
