"""Segments in the database and on the page: the sums of the rows, and nothing about a few persons."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs
from time_machine import travel

from agencies.models import Agency, AgencyScore, Office, SegmentScore
from journeys.choices import Outcome, Role
from journeys.models import Journey
from reviews import moves
from reviews.models import Review
from reviews.recompute import (
    age_scores,
    count_outcomes,
    recompute,
    recompute_all,
    recompute_stale,
    segments,
)
from reviews.scoring import Rating, safe_segments, score_ratings
from reviews.states import Status
from tests.factories import AgencyFactory, OfficeFactory, ReviewFactory

pytestmark = pytest.mark.django_db

ROLES = ["permanent", "temp", "freelance", ""]
OUTCOMES = ["hired", "rejected", "silent"]
FIELDS = ["it", "other", ""]


def reviewed(agency: Agency, count: int, stars: int = 4, **frame: Any) -> list[Review]:
    """So many reviews of different persons, whose journeys have this role, outcome, field and office."""
    days_ago = frame.pop("days_ago", 0)
    rating = {"feedback": stars, "respect": stars, "terms": stars}
    written: list[Review] = [
        ReviewFactory(agency=agency, ratings=rating, days_ago=days_ago) for _ in range(count)
    ]
    Journey.objects.filter(review__in=written).update(**frame)
    return written


def shown(agency: Agency, dimension: str = "role") -> dict[str, int]:
    """Persons by segment."""
    rows = SegmentScore.objects.filter(agency=agency, dimension=dimension, is_shown=True)
    return dict(rows.values_list("value", "n"))


def page(agency: Agency, **params: str) -> str:
    response = Client().get(agency.get_absolute_url(), params)
    assert response.status_code == 200
    return response.content.decode()


def row(agency: Agency, value: str) -> SegmentScore:
    return SegmentScore.objects.get(agency=agency, value=value)


# ---- what is stored --------------------------------------------------------------------------------------


def test_a_segment_is_scored_by_the_published_formula() -> None:
    agency = AgencyFactory()
    reviewed(agency, 3, 5, role="temp", days_ago=100)
    reviewed(agency, 3, 2, role="temp", days_ago=700)
    reviewed(agency, 5, 1, role="permanent")
    recompute([agency.pk])
    expected = score_ratings([Rating(5, 100, proven=False)] * 3 + [Rating(2, 700, proven=False)] * 3)
    for name in ("n", "weight", "mean", "spread", "lower", "upper"):
        assert getattr(row(agency, "temp"), name) == pytest.approx(getattr(expected, name), abs=1e-9), name


def test_reviews_are_divided_by_role_outcome_field_and_office() -> None:
    agency = AgencyFactory()
    here, there = OfficeFactory(agency=agency), OfficeFactory(agency=agency, place="Kiel", is_main=False)
    reviewed(agency, 5, role="temp", outcome="hired", field="it", office=here)
    reviewed(agency, 6, role="permanent", outcome="silent", field="hr", office=there)
    recompute([agency.pk])
    assert shown(agency, "role") == {"temp": 5, "permanent": 6}
    assert shown(agency, "outcome") == {"hired": 5, "silent": 6}
    assert shown(agency, "field") == {"it": 5, "hr": 6}
    assert shown(agency, "office") == {str(here.pk): 5, str(there.pk): 6}


def test_a_part_that_may_not_be_shown_is_not_even_stored() -> None:
    agency = AgencyFactory()
    reviewed(agency, 9, role="permanent")
    reviewed(agency, 7, role="temp")
    reviewed(agency, 3, role="freelance")
    recompute([agency.pk])
    stored = SegmentScore.objects.filter(agency=agency, dimension="role")
    assert set(stored.values_list("value", flat=True)) == {"permanent"}


def test_who_told_no_role_belongs_to_the_rest() -> None:
    agency = AgencyFactory()
    reviewed(agency, 5, role="temp")
    reviewed(agency, 4, role="")
    recompute([agency.pk])
    assert shown(agency) == {}
    reviewed(agency, 1, role="")
    recompute([agency.pk])
    assert shown(agency) == {"temp": 5}


def test_a_person_counts_once_and_a_replaced_review_not_at_all() -> None:
    agency = AgencyFactory()
    first = reviewed(agency, 5, role="temp")[0]
    for _ in range(2):
        again = ReviewFactory(agency=agency, voice=first.voice, is_current=False)
        Journey.objects.filter(review=again).update(role="temp")
    recompute([agency.pk])
    assert shown(agency) == {"temp": 5}


def test_a_segment_of_old_reviews_has_no_value() -> None:
    agency = AgencyFactory()
    reviewed(agency, 5, role="temp", days_ago=1500)
    reviewed(agency, 5, role="permanent")
    recompute([agency.pk])
    assert shown(agency) == {"permanent": 5}


def test_a_withdrawn_review_leaves_its_segments_at_once() -> None:
    agency = AgencyFactory()
    reviewed(agency, 6, role="temp", outcome="hired")
    leaving = reviewed(agency, 5, role="permanent", outcome="silent")[0]
    recompute([agency.pk])
    assert shown(agency) == {"temp": 6, "permanent": 5}
    with transaction.atomic():
        moves.move(moves.lock(leaving.pk), Status.WITHDRAWN, by=None)
    recompute_stale()
    assert (
        SegmentScore.objects.filter(agency=agency).count() == 0
    )  # 6 and 4: the four would follow from the six


# ---- any way to the same numbers -------------------------------------------------------------------------

people = st.lists(
    st.tuples(
        st.sampled_from(ROLES),
        st.sampled_from(OUTCOMES),
        st.sampled_from(FIELDS),
        st.integers(1, 5),
        st.integers(0, 600),
    ),
    max_size=40,
)


@given(people)
@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_database_shows_what_the_pure_rule_shows(told: list[tuple[str, str, str, int, int]]) -> None:
    with transaction.atomic():
        agency, other = AgencyFactory(), AgencyFactory()
        reviewed(other, 6, role="temp", outcome="hired", field="it")
        for role, outcome, field, stars, days_ago in told:
            reviewed(agency, 1, stars, role=role, outcome=outcome, field=field, days_ago=days_ago)
        recompute([agency.pk, other.pk])
        for place, dimension in enumerate(("role", "outcome", "field")):
            assert_divided(agency, dimension, [(one[place], one[3], one[4]) for one in told])
        assert shown(other) == {"temp": 6}
        assert_every_way_agrees([other.pk, agency.pk])
        transaction.set_rollback(True)


def numbers() -> dict[tuple[Any, ...], tuple[float, ...]]:
    columns = ("n", "sum_gv", "sum_gvx", "sum_gvxx", "weight", "mean", "spread", "lower", "upper", "is_shown")
    rows = SegmentScore.objects.values_list("agency", "dimension", "value", *columns)
    return {row[:3]: row[3:] for row in rows}


def assert_same(ours: dict[tuple[Any, ...], Any], theirs: dict[tuple[Any, ...], Any]) -> None:
    assert ours.keys() == theirs.keys()
    for key, values in ours.items():
        assert values == pytest.approx(theirs[key], abs=1e-9), key


def assert_every_way_agrees(agency_ids: list[int]) -> None:
    batch = numbers()
    for again in (lambda: [recompute([one]) for one in agency_ids], recompute_all, age_scores):
        again()
        assert_same(batch, numbers())


def assert_divided(agency: Agency, dimension: str, told: Sequence[Any]) -> None:
    persons = Counter(value for value, _stars, _age in told if value)
    stored = {one.value: one for one in SegmentScore.objects.filter(agency=agency, dimension=dimension)}
    assert stored.keys() == safe_segments(persons, len(told))
    for value, segment in stored.items():
        expected = score_ratings(Rating(stars, age, False) for at, stars, age in told if at == value)
        for name in ("n", "weight", "mean", "spread", "lower", "upper", "is_shown"):
            assert getattr(segment, name) == pytest.approx(getattr(expected, name), abs=1e-9), name


def test_the_night_ages_segments_as_a_recompute_would() -> None:
    agency = AgencyFactory()
    reviewed(agency, 5, 5, role="temp")
    reviewed(agency, 5, 1, role="permanent")
    recompute([agency.pk])
    with travel(timezone.now() + timedelta(days=300)):
        age_scores()
        aged = numbers()
        recompute([agency.pk])
        assert_same(aged, numbers())
    assert row(agency, "temp").weight == pytest.approx(5 * 0.7 * 0.5 ** (300 / 365))


def test_a_segment_that_drifted_is_reported_and_repaired() -> None:
    agency, other = AgencyFactory(), AgencyFactory()
    for one in (agency, other):
        reviewed(one, 5, role="temp")
        reviewed(one, 5, role="permanent")
    recompute_all()
    SegmentScore.objects.filter(agency=agency, value="temp").update(sum_gvx=1.0)
    Journey.objects.filter(review__in=Review.objects.filter(agency=other)).update(role="student")
    with capture_logs() as logs:
        recompute_all()
    drifted = [(line["agency"], line["part"]) for line in logs]
    assert drifted == [(agency.pk, "segments"), (other.pk, "segments")]
    with capture_logs() as logs:
        recompute_all()
    assert logs == []
    assert shown(other) == {"student": 10}


def test_an_office_that_is_deleted_leaves_the_segments(admin_client: Client) -> None:
    agency = AgencyFactory()
    here, there = OfficeFactory(agency=agency), OfficeFactory(agency=agency, place="Kiel", is_main=False)
    reviewed(agency, 5, office=here)
    reviewed(agency, 5, office=there)
    recompute([agency.pk])
    assert len(shown(agency, "office")) == 2
    form = admin_client.get(f"/admin/agencies/agency/{agency.pk}/change/").context["adminform"].form
    assert delete_office(admin_client, agency, there, form.initial).status_code == 302
    recompute_stale()
    assert shown(agency, "office") == {str(here.pk): 5}
    with capture_logs() as logs:
        recompute_all()
    assert logs == []


def delete_office(client: Client, agency: Agency, office: Office, initial: dict[str, Any]) -> Any:
    sent: dict[str, Any] = {
        name: value
        for name, value in initial.items()
        if name in {"name", "website", "kinds", "fields"} and value is not None
    }
    offices = list(agency.offices.all())
    sent |= {"offices-TOTAL_FORMS": len(offices), "offices-INITIAL_FORMS": len(offices)}
    sent |= {"memberships-TOTAL_FORMS": 0, "memberships-INITIAL_FORMS": 0}
    for number, one in enumerate(offices):
        told = {
            "id": one.pk,
            "agency": agency.pk,
            "postcode": one.postcode,
            "place": one.place,
            "country": "DE",
        }
        told |= {"is_main": "on"} if one.is_main else {}
        told |= {"DELETE": "on"} if one == office else {}
        sent |= {f"offices-{number}-{name}": value for name, value in told.items()}
    return client.post(f"/admin/agencies/agency/{agency.pk}/change/", sent)


def test_a_batch_takes_as_many_statements_as_one_agency() -> None:
    agencies = [AgencyFactory() for _ in range(12)]
    for agency in agencies:
        reviewed(agency, 5, role="temp")
    counts = []
    for batch in (agencies[:1], agencies):
        with CaptureQueriesContext(connection) as queries:
            recompute(one.pk for one in batch)
        counts.append(len([one for one in queries if "segmentscore" in one["sql"]]))
    assert counts == [1, 1]


@pytest.mark.parametrize(
    ("index", "columns"),
    [
        ("review_counted", {"agency_id", "journey_id", "g", "v", "overall"}),
        ("journey_agency_month", {"agency_id", "id", *segments.COLUMNS.values()}),
    ],
)
def test_indexes_hold_all_that_dividing_reads(index: str, columns: set[str]) -> None:
    """So neither table is read for it, of which the largest agency has a good part."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass", [index])
        assert {name for (name,) in cursor.fetchall()} >= columns


# ---- the platform ----------------------------------------------------------------------------------------


def test_the_platform_counts_outcomes_of_two_years() -> None:
    first, second = AgencyFactory(), AgencyFactory()
    reviewed(first, 3, outcome="hired")
    reviewed(second, 2, outcome="silent", days_ago=400)
    reviewed(second, 4, outcome="silent", days_ago=800)
    leaving = reviewed(second, 1, outcome="open")[0]
    count_outcomes()
    platform = SegmentScore.objects.filter(agency=None)
    assert dict(platform.values_list("value", "n")) == {"hired": 3, "silent": 2, "open": 1}
    Review.objects.filter(pk=leaving.pk).update(status=Status.WITHDRAWN, is_current=False)
    count_outcomes()
    assert dict(platform.values_list("value", "n")) == {"hired": 3, "silent": 2}


# ---- the page --------------------------------------------------------------------------------------------


def test_the_page_shows_segments_with_their_persons_and_hides_the_others() -> None:
    agency = AgencyFactory()
    reviewed(agency, 6, 5, role="temp", outcome="hired")
    reviewed(agency, 5, 1, role="permanent", outcome="silent")
    reviewed(agency, 3, 1, role="freelance", outcome="silent")
    reviewed(agency, 2, 1, role="student", outcome="silent")
    recompute([agency.pk])
    html = page(agency)
    section = html.split('id="gruppen"')[1].split("</section>")[0]
    assert "Zeitarbeit" in section
    assert "n 6" in section
    assert str(Role.FREELANCE.label) not in section
    assert str(Role.STUDENT.label) not in section
    assert "Aus 16 Bewertungen, " in section


def test_one_part_that_is_the_whole_is_not_worth_a_section() -> None:
    agency = AgencyFactory()
    reviewed(agency, 6, role="temp", outcome="hired")
    recompute([agency.pk])
    assert 'id="gruppen"' not in page(agency)


def test_the_standardised_score_stands_beside_the_raw_one_and_is_explained() -> None:
    agency, other = AgencyFactory(), AgencyFactory()
    reviewed(agency, 15, 5, outcome=Outcome.HIRED)
    reviewed(agency, 5, 1, outcome=Outcome.SILENT)
    reviewed(other, 20, 1, outcome=Outcome.SILENT)
    recompute_all()
    count_outcomes()
    html = page(agency)
    own = (15 * 5 + 25 * 1) / 40  # stars of an outcome, by its share on the platform
    weight = 20 * 0.7
    mixed = (6 * 3.4 + weight * own) / (6 + weight)
    assert AgencyScore.objects.get(agency=agency).mean > mixed
    assert f"denselben Bewertungen <strong>{mixed:.1f}</strong>".replace(".", ",") in html
    assert "#ausgaenge" in html
    assert "denselben Bewertungen <strong>" not in page(other)


def test_the_standardised_score_needs_every_outcome_of_the_platform() -> None:
    agency, other = AgencyFactory(), AgencyFactory()
    reviewed(agency, 10, outcome="hired")
    reviewed(agency, 10, outcome="silent")
    reviewed(other, 1, outcome="open")
    recompute_all()
    count_outcomes()
    assert "denselben Bewertungen <strong>" not in page(agency)


def test_no_score_is_mixed_by_an_outcome_that_few_had_lately() -> None:
    agency = AgencyFactory()
    reviewed(agency, 10, outcome="hired")
    reviewed(agency, 5, outcome="silent", days_ago=800)
    reviewed(agency, 4, outcome="silent")
    recompute_all()
    count_outcomes()
    assert "denselben Bewertungen <strong>" not in page(agency)
    reviewed(agency, 1, outcome="silent")
    recompute_all()
    count_outcomes()
    assert "denselben Bewertungen <strong>" in page(agency)


def test_both_languages_have_the_section() -> None:
    agency = AgencyFactory()
    reviewed(agency, 6, role="temp")
    reviewed(agency, 5, role="permanent")
    recompute([agency.pk])
    assert "Gesamtwert nach Gruppen" in page(agency)
    english = Client().get(f"/en{agency.get_absolute_url()}").content.decode()
    assert "Overall score by group" in english
