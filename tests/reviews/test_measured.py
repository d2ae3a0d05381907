"""Measured waits: which tracked ones count, from which day on, and that nothing shows before the night."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from structlog.testing import capture_logs

from accounts.models import User
from agencies.choices import AgencyStatus
from agencies.models import Agency, AgencyScore, WaitCurve, mark_stale
from journeys.choices import Channel, Reason, Response, SilentParty, WaitEnd, WaitKind
from journeys.models import CheckIn, Interview
from reviews.models import Review
from reviews.recompute import age_scores, recompute, recompute_all, recompute_stale
from reviews.scoring import Curve, Ending, Wait
from reviews.states import Status
from tests.factories import AgencyFactory, InterviewFactory, MembershipFactory, ReviewFactory
from tests.reviews.exact import ExactCurve
from tests.reviews.tracked import followed, member_since, tracked

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
TODAY = NOW.date()
MEASURED, RECALLED = WaitCurve.Source.MEASURED, WaitCurve.Source.RECALLED


@pytest.fixture(autouse=True)
def noon() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW) as traveller:
        yield traveller


def row(agency: Agency | None, source: str = MEASURED, kind: str = WaitKind.INTERVIEW) -> WaitCurve:
    return WaitCurve.objects.get(agency=agency, source=source, kind=kind)


def counted(agency: Agency) -> tuple[int, int]:
    """How many waits are measured and recalled after a night."""
    age_scores()
    return row(agency).waits, row(agency, RECALLED).waits


def reviewed(interview: Interview, status: str = Status.PUBLISHED) -> Review:
    """A review of the tracked journey itself, written today."""
    journey = interview.journey
    Interview.objects.filter(pk=interview.pk).update(in_review=True)
    return ReviewFactory(
        agency=journey.agency, author=journey.author, voice=journey.voice, journey=journey, status=status
    )


def ten_shared(agency: Agency) -> None:
    for day in (1, 2, 3, 5, 6, 9):
        tracked(followed(agency), day)
    for day in (35, 36, 40, 50):
        tracked(followed(agency), day, WaitEnd.SILENT)


# ---- which waits count -----------------------------------------------------------------------------------


def test_a_shared_wait_is_measured_and_not_recalled() -> None:
    agency = AgencyFactory()
    tracked(followed(agency), 6)
    assert counted(agency) == (1, 0)


def test_a_wait_that_nobody_shared_counts_nowhere() -> None:
    agency = AgencyFactory()
    tracked(followed(agency, shared=False), 6)
    assert counted(agency) == (0, 0)


@pytest.mark.parametrize(("hours", "measured"), [(-1, 1), (0, 0), (1, 0)])
def test_consent_must_come_before_the_outcome_was_first_stated(hours: int, measured: int) -> None:
    agency = AgencyFactory()
    interview = tracked(followed(agency), 6)
    assert interview.settled_at
    interview.journey.shared_at = interview.settled_at + timedelta(hours=hours)
    interview.journey.save()
    assert counted(agency) == (measured, 0)


def test_consent_given_while_all_is_silent_comes_before_the_outcome() -> None:
    agency = AgencyFactory()
    tracked(followed(agency), 20, WaitEnd.SILENT)
    assert counted(agency) == (1, 0)


def test_an_interview_that_was_moved_after_it_took_place_is_not_measured() -> None:
    agency = AgencyFactory()
    tracked(followed(agency), 6, was_moved=True)
    assert counted(agency) == (0, 0)


def test_an_interview_that_lies_ahead_is_no_wait_yet() -> None:
    agency = AgencyFactory()
    tracked(followed(agency), 0, WaitEnd.SILENT, ago=-1)
    tracked(followed(agency), 0, WaitEnd.SILENT, ago=0)
    assert counted(agency) == (1, 0)


@pytest.mark.parametrize(("entry", "measured"), [(5, 1), (6, 1), (7, 0)])
def test_a_wait_that_ended_before_anybody_watched_was_never_at_risk(entry: int, measured: int) -> None:
    agency = AgencyFactory()
    tracked(followed(agency), 6, entry=entry)
    assert counted(agency) == (measured, 0)


@pytest.mark.parametrize(("days", "measured"), [(13, 0), (14, 1)])
def test_an_account_must_be_fourteen_days_old(days: int, measured: int) -> None:
    agency = AgencyFactory()
    tracked(followed(agency, member_since(days)), 6)
    assert counted(agency) == (measured, 0)


def test_a_wait_begins_to_count_in_the_night_in_which_the_account_is_old_enough(
    noon: time_machine.Traveller,
) -> None:
    agency = AgencyFactory()
    tracked(followed(agency, member_since(13)), 6)
    assert counted(agency) == (0, 0)
    noon.shift(timedelta(days=1))
    assert counted(agency) == (1, 0)


@pytest.mark.parametrize(
    ("email", "measured"),
    [
        ("chefin@nordlicht.example", 0),
        ("chefin@mail.Nordlicht.Example", 0),
        ("chefin@frueher.example", 0),
        ("chefin@suednordlicht.example", 1),
    ],
)
def test_who_gets_mail_at_the_agency_is_not_measured_there(email: str, measured: int) -> None:
    """By the rule of screening: also below its domain, and at agencies that were merged into it."""
    agency = AgencyFactory(domain="nordlicht.example")
    AgencyFactory(domain="frueher.example", status=AgencyStatus.MERGED, merged_into=agency)
    tracked(followed(agency, member_since(400, email=email)), 6)
    assert agency.is_own_address(email) is not bool(measured)
    assert counted(agency) == (measured, 0)


def test_an_agency_without_a_domain_has_no_mail_addresses() -> None:
    agency = AgencyFactory(domain="")
    tracked(followed(agency), 6)
    assert counted(agency) == (1, 0)


def test_who_speaks_for_the_agency_is_not_measured_there_but_elsewhere() -> None:
    speaker = member_since(400)
    own, other = MembershipFactory(user=speaker).agency, AgencyFactory()
    tracked(followed(own, speaker), 6)
    tracked(followed(other, speaker), 6)
    assert counted(own) == (0, 0)
    assert counted(other) == (1, 0)


def test_the_newest_three_waits_of_a_person_at_an_agency_count() -> None:
    agency, other, author = AgencyFactory(), AgencyFactory(), member_since(400)
    journeys = [followed(agency, author), followed(agency, author)]
    for ago in (200, 60, 90, 120):
        tracked(journeys[ago % 4 // 2], ago // 10, ago=ago)
    tracked(followed(other, author), 2)
    assert counted(agency) == (3, 0)
    assert Curve.from_json(row(agency).curve) == Curve.of(Wait(day, Ending.ANSWERED, 1) for day in (6, 9, 12))
    assert counted(other) == (1, 0)


def test_a_wait_of_a_closed_account_is_no_longer_measured() -> None:
    agency, author = AgencyFactory(), member_since(400)
    tracked(followed(agency, author), 6)
    assert counted(agency) == (1, 0)
    User.objects.filter(pk=author.pk).update(is_active=False)
    assert counted(agency) == (0, 0)


def test_a_wait_of_a_deleted_account_is_no_longer_measured() -> None:
    agency, author = AgencyFactory(), member_since(400)
    interview = tracked(followed(agency, author), 6)
    reviewed(interview)
    assert counted(agency) == (1, 0)
    User.objects.filter(pk=author.pk).delete()
    assert counted(agency) == (0, 1)


def test_interviews_of_the_last_24_months_are_measured() -> None:
    agency = AgencyFactory()
    for held_on in (date(2024, 11, 22), date(2024, 11, 21)):
        journey = followed(agency)
        journey.shared_at = NOW - timedelta(days=900)
        journey.save()
        tracked(journey, 6, held_on=held_on)
    assert counted(agency) == (1, 0)


# ---- measured, else recalled -----------------------------------------------------------------------------


def test_a_wait_that_is_measured_is_not_recalled_by_its_review_even_if_no_measured_curve_is_shown() -> None:
    agency = AgencyFactory()
    reviewed(tracked(followed(agency), 6))
    InterviewFactory(journey=ReviewFactory(agency=agency).journey)
    assert counted(agency) == (1, 1)
    assert not row(agency).is_shown


@pytest.mark.parametrize("status", [Status.SCREENING, Status.WITHDRAWN])
def test_a_wait_that_is_not_shared_is_recalled_by_its_published_review_only(status: Status) -> None:
    agency, quiet = AgencyFactory(), AgencyFactory()
    reviewed(tracked(followed(agency, shared=False), 6))
    reviewed(tracked(followed(quiet, shared=False), 6), status)
    assert counted(agency) == (0, 1)
    assert counted(quiet) == (0, 0)


def test_a_fourth_wait_of_one_person_is_recalled_by_its_review() -> None:
    agency, author = AgencyFactory(), member_since(400)
    journey = followed(agency, author)
    for day in (5, 6, 7, 8):
        oldest = tracked(journey, day, ago=day * 10)
    reviewed(oldest)
    assert counted(agency) == (3, 1)
    assert Curve.from_json(row(agency, RECALLED).curve) == Curve.of([Wait(8, Ending.ANSWERED, 1)])


def test_a_recalled_wait_is_at_risk_from_day_zero_though_it_was_logged_later() -> None:
    agency = AgencyFactory()
    reviewed(tracked(followed(agency, shared=False), 6, entry=4))
    age_scores()
    assert Curve.from_json(row(agency, RECALLED).curve) == Curve.of([Wait(6, Ending.ANSWERED, 1)])


def test_a_review_tells_what_was_known_on_the_day_it_was_written(noon: time_machine.Traveller) -> None:
    """What its author logs afterwards is private, unless they share it."""
    agency = AgencyFactory()
    journey = followed(agency, shared=False)
    first = tracked(journey, 12, WaitEnd.SILENT, ago=12)
    reviewed(first)
    noon.shift(timedelta(days=8))
    Interview.objects.filter(pk=first.pk).update(
        wait_days=20, wait_end=WaitEnd.ANSWERED, response=Response.NEGATIVE, reason=Reason.CONCRETE
    )
    tracked(journey, 1, ago=3)
    age_scores()
    recalled = row(agency, RECALLED)
    assert Curve.from_json(recalled.curve) == Curve.of([Wait(12, Ending.SILENT, 1)])
    assert recalled.facts["reasons"]["concrete"] == 0


# ---- the curve -------------------------------------------------------------------------------------------


def test_the_measured_curve_is_the_headline_as_soon_as_it_is_shown() -> None:
    agency = AgencyFactory()
    for _ in range(9):
        InterviewFactory(journey=ReviewFactory(agency=agency).journey)
    age_scores()
    recompute([agency.pk])
    assert AgencyScore.objects.get(agency=agency).waits_source == RECALLED
    ten_shared(agency)
    age_scores()
    score = AgencyScore.objects.get(agency=agency)
    assert (score.waits_source, score.waits, score.wait_persons, score.dots_answered) == (MEASURED, 10, 10, 6)


def test_late_entries_do_not_make_a_curve_to_show() -> None:
    agency = AgencyFactory()
    for entry in (0, 1, 2, 3, 3, 3, 3, 4):
        tracked(followed(agency), 40, WaitEnd.SILENT, entry=entry)
    age_scores()
    assert (row(agency).waits, row(agency).is_shown) == (8, False)
    tracked(followed(agency), 40, WaitEnd.SILENT, entry=3)
    age_scores()
    assert row(agency).is_shown


def test_one_person_in_two_waits_is_at_risk_once_also_after_a_pause() -> None:
    agency, author = AgencyFactory(), member_since(400)
    journey = followed(agency, author)
    waits = [(3, 0, WaitEnd.ANSWERED), (20, 10, WaitEnd.SILENT), (12, 2, WaitEnd.WITHDRAWN)]
    for number, (days, entry, end) in enumerate(waits):
        tracked(journey, days, end, entry=entry, ago=60 + number)
    tracked(followed(agency), 30, WaitEnd.SILENT, entry=25)
    age_scores()
    expected = [Wait(days, Ending(end), "author", entry) for days, entry, end in waits]
    stored = Curve.from_json(row(agency).curve)
    assert stored == Curve.of([*expected, Wait(30, Ending.SILENT, "other", 25)])
    assert (stored.persons, stored.early_persons) == (2, 1)


def test_facts_are_those_of_the_measured_waits_and_a_label_needs_a_no() -> None:
    agency = AgencyFactory()
    tracked(followed(agency), 4, reason=Reason.HELPFUL, chased=2, channel=Channel.MAIL)
    silent = [
        tracked(followed(agency), days, WaitEnd.SILENT, silent_party=SilentParty.AGENCY)
        for days in (29, 30, 30)
    ]
    for interview in silent[:2]:
        asked = timezone.now()
        CheckIn.objects.create(interview=interview, day=7, due_at=asked, response=Response.NOTHING)
    age_scores()
    facts = row(agency).facts
    assert (facts["answered"], facts["silent"], facts["ghosted"]) == (1, 3, 1)
    assert (facts["reasons"]["helpful"], facts["chased"]) == (1, 1)
    assert (facts["share_reasoned"], facts["share_chased"]) == (None, None)  # one alone is no share
    assert facts["channels"]["mail"] == 1
    assert facts["silent_parties"]["agency"] == 3


def test_measured_waits_after_the_cv_have_a_curve_of_their_own() -> None:
    agency = AgencyFactory()
    tracked(followed(agency), 4, kind=WaitKind.APPLICATION)
    age_scores()
    assert (row(agency).waits, row(agency, kind=WaitKind.APPLICATION).waits) == (0, 1)


def test_the_market_has_a_measured_curve_in_which_one_person_is_one() -> None:
    first, second, author = AgencyFactory(), AgencyFactory(), member_since(400)
    tracked(followed(first, author), 4)
    tracked(followed(second, author), 30, WaitEnd.SILENT, entry=2)
    tracked(followed(second), 9)
    age_scores()
    waits = [Wait(4, Ending.ANSWERED, 1), Wait(30, Ending.SILENT, 1, 2), Wait(9, Ending.ANSWERED, 2)]
    assert Curve.from_json(row(None).curve) == Curve.of(waits)


waits_of_people = st.lists(
    st.tuples(
        st.integers(0, 3),
        st.integers(0, 45),
        st.sampled_from([end.value for end in WaitEnd]),
        st.integers(0, 20),
    ),
    min_size=1,
    max_size=12,
)


class Exactly(TestCase):
    @settings(max_examples=25, deadline=None)
    @given(waits_of_people)
    def test_the_stored_curve_is_the_exact_one(self, told: list[tuple[int, int, str, int]]) -> None:
        with time_machine.travel(NOW):
            agency = AgencyFactory()
            authors = [member_since(400) for _ in range(4)]
            rows = [
                (tracked(followed(agency, authors[person]), days, end, entry=entry, ago=60 + number), person)
                for number, (person, days, end, entry) in enumerate(told)
            ]
            age_scores()
        watched = [
            Wait(one.wait_days, Ending(one.wait_end), person, one.entry_day)
            for one, person in rows
            if one.entry_day <= one.wait_days
        ]
        counted = [
            wait
            for number, wait in enumerate(watched)
            if sum(other.person == wait.person for other in watched[:number]) < 3
        ]
        stored = Curve.from_json(row(agency).curve)
        assert stored.waits == len(counted)
        assert stored.persons == len({wait.person for wait in counted})
        for day in (0, 7, 14, 30) if counted else ():
            exact, point = ExactCurve(counted), stored.at(day)
            assert point.answered == pytest.approx(float(exact.answered(day)), abs=1e-9)
            assert point.waiting == pytest.approx(float(exact.waiting(day)), abs=1e-9)
            assert point.variance == pytest.approx(float(exact.variance(day)), abs=1e-9)
            assert stored.rmst30 == pytest.approx(float(exact.rmst(30)), abs=1e-9)
            assert exact.answered(day) <= Fraction(1)


# ---- only at night ---------------------------------------------------------------------------------------


def test_an_answer_does_not_show_before_the_night() -> None:
    agency = AgencyFactory()
    ten_shared(agency)
    age_scores()
    before = (row(agency).curve, AgencyScore.objects.get(agency=agency).answered_14)
    tracked(followed(agency), 1)
    mark_stale([agency.pk])
    recompute_stale()
    recompute([agency.pk])
    assert (row(agency).curve, AgencyScore.objects.get(agency=agency).answered_14) == before
    age_scores()
    assert row(agency).waits == 11


def test_a_consent_withdrawn_or_a_journey_deleted_is_gone_the_next_morning() -> None:
    agency = AgencyFactory()
    kept, withdrawn, deleted = (tracked(followed(agency), 6).journey for _ in range(3))
    assert counted(agency) == (3, 0)
    withdrawn.shared_at = None
    withdrawn.save()
    deleted.interviews.all().delete()
    deleted.delete()
    assert counted(agency) == (1, 0)
    kept.interviews.all().delete()
    kept.delete()
    assert counted(agency) == (0, 0)


def test_a_night_takes_as_many_statements_for_one_agency_as_for_sixty() -> None:
    def queries(count: int) -> int:
        for agency in [AgencyFactory() for _ in range(count)]:
            tracked(followed(agency), 6)
        with CaptureQueriesContext(connection) as captured:
            assert age_scores() >= count
        return len(captured)

    assert queries(1) == queries(60)


def test_what_changes_between_two_nights_is_no_drift() -> None:
    agency = AgencyFactory()
    reviewed(tracked(followed(agency, shared=False), 6))
    ten_shared(agency)
    recompute_all()
    Interview.objects.filter(journey__agency=agency).update(wait_days=4)
    with capture_logs() as logs:
        recompute_all()
    assert logs == []
    assert Curve.from_json(row(agency).curve).at(4).answered == pytest.approx(6 / 10)


# ---- is it worth waiting? --------------------------------------------------------------------------------


def test_the_chance_of_an_answer_is_stored_with_the_curve() -> None:
    agency = AgencyFactory()
    ten_shared(agency)
    age_scores()
    stored = row(agency)
    answered = [Wait(day, Ending.ANSWERED, day) for day in (1, 2, 3, 5, 6, 9)]
    whole = ExactCurve([*answered, *(Wait(day, Ending.SILENT, day) for day in (35, 36, 40, 50))])
    for day in (0, 3, 6):
        chance = stored.chance_after(day)
        assert chance is not None
        assert chance[0] == pytest.approx(float(whole.refitted(day).answered(30)))
        assert chance[1] <= chance[0] <= chance[2]
    assert stored.chance_after(10) is None  # four persons are left
    assert row(None).chance_after(3) == stored.chance_after(3)
    assert row(agency, RECALLED).chance_after(0) is None


# ---- pages -----------------------------------------------------------------------------------------------


def told(agency: Agency, days: int) -> None:
    for _ in range(9):
        InterviewFactory(journey=ReviewFactory(agency=agency).journey, wait_days=days)


def shared(agency: Agency, days: int) -> None:
    for _ in range(9):
        tracked(followed(agency), days)


def read(address: str) -> str:
    return re.sub(r"\s+", " ", Client().get(address).content.decode())


def test_the_page_of_an_agency_says_which_waits_it_shows() -> None:
    measured, recalled = AgencyFactory(), AgencyFactory()
    shared(measured, 4)
    told(measured, 20)
    told(recalled, 20)
    recompute_all()
    assert "9 Gespräche von 9 Personen, gemessen" in read(measured.get_absolute_url())
    assert "9 Gespräche von 9 Personen, aus Bewertungen" in read(recalled.get_absolute_url())


def test_the_market_beside_a_curve_is_of_the_same_source() -> None:
    measured, recalled = AgencyFactory(), AgencyFactory()
    shared(measured, 4)
    told(recalled, 20)
    recompute_all()
    pages = {agency: Client().get(agency.get_absolute_url()).context for agency in (measured, recalled)}
    assert pages[measured]["page"].market_waits.row.source == MEASURED
    assert pages[recalled]["page"].market_waits.row.source == RECALLED


def test_the_fastest_are_listed_measured_first_under_a_heading_each() -> None:
    for name, add, days in [("Gemessen Langsam", shared, 13), ("Erzählt Schnell", told, 1)]:
        add(AgencyFactory(name=name), days)
    AgencyFactory(name="Noch Ohne")
    recompute_all()
    html = read(reverse("agencies:agency-list"))
    places = [html.index(words) for words in ("Gemessen Langsam", "Erzählt Schnell", "Noch Ohne")]
    assert places == sorted(places)
    headings = [html.index(f">{words}<") for words in ("Gemessen", "Aus Bewertungen", "Noch ohne Zahl")]
    assert headings[0] < places[0] < headings[1] < places[1] < headings[2] < places[2]


def test_a_comparison_uses_measured_waits_only_if_all_have_them() -> None:
    first, second, third = (AgencyFactory() for _ in range(3))
    for agency in (first, second):
        shared(agency, 4)
    for agency in (first, second, third):
        told(agency, 20)
    recompute_all()

    def source(*agencies: Agency) -> str:
        page = Client().get(reverse("reviews:agency-compare"), {"a": [agency.slug for agency in agencies]})
        comparison = page.context["comparison"]
        used = {column.waits.row.source for column in comparison.columns}
        assert used == {comparison.source}
        assert str(comparison.source.label) in page.content.decode()
        return str(comparison.source)

    assert source(first, second) == MEASURED
    assert source(first, second, third) == RECALLED


def test_who_heard_nothing_for_thirty_days_is_named_beside_the_curve() -> None:
    agency = AgencyFactory()
    for _ in range(8):
        InterviewFactory(
            journey=ReviewFactory(agency=agency).journey,
            wait_days=40,
            wait_end=WaitEnd.SILENT,
            response=Response.NOTHING,
        )
    recompute([agency.pk])
    assert "8 hörten 30 Tage oder länger nichts." in read(agency.get_absolute_url())
