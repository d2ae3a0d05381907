"""Side by side: what is a real difference is named, the rest is called noise, and the address is the whole state."""

import csv
import io

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from agencies.models import Agency
from reviews.recompute import recompute
from tests.factories import AgencyFactory, InterviewFactory, ReviewFactory

pytestmark = pytest.mark.django_db

URL = reverse("reviews:agency-compare")
NOISE = "kein belastbarer Unterschied"


def rated(stars: int, count: int = 12, wait: int = 5, **fields: object) -> Agency:
    agency = AgencyFactory(**fields)
    for _number in range(count):
        review = ReviewFactory(agency=agency, ratings={"feedback": stars, "respect": stars, "terms": stars})
        InterviewFactory(journey=review.journey, wait_days=wait)
    recompute([agency.pk])
    return agency


def compare(*agencies: Agency | str) -> str:
    slugs = [one if isinstance(one, str) else one.slug for one in agencies]
    response = Client().get(URL, {"a": slugs})
    assert response.status_code == 200
    return response.content.decode()


def test_a_real_difference_names_who_is_ahead() -> None:
    html = compare(rated(5, name="Vorn"), rated(1, name="Hinten"))
    assert "Vorn vor Hinten" in html


def test_a_small_difference_is_called_noise() -> None:
    html = compare(rated(4, count=5), rated(4, count=6))
    assert NOISE in html
    assert " vor " not in html.split("<table")[1]


def test_everybody_is_compared_with_the_best_of_the_row() -> None:
    html = compare(rated(5, name="Eins"), rated(1, name="Zwei"), rated(5, name="Drei"))
    assert "vor Zwei" in html
    assert "vor Zwei und" not in html


def test_an_unrated_agency_says_what_is_missing() -> None:
    assert "Noch 5 Bewertungen bis zum Wert" in compare(rated(4), AgencyFactory())


@pytest.mark.parametrize("count", [0, 1])
def test_fewer_than_two_get_a_helpful_page(count: int) -> None:
    html = compare(*(AgencyFactory() for _ in range(count)))
    assert "Agenturen auswählen" in html


def test_the_fifth_is_left_out_with_a_sentence() -> None:
    html = compare(*(AgencyFactory() for _ in range(5)))
    assert "Gezeigt werden die ersten vier" in html


def test_twice_the_same_or_an_unknown_one_is_a_sentence_and_not_an_error() -> None:
    agency = AgencyFactory()
    assert "gibt es nicht" in compare(agency, agency, "gibt-es-nicht", "\x00", "x" * 9000)


def test_a_merged_agency_is_replaced_by_its_successor() -> None:
    successor, other = AgencyFactory(name="Nachfolge"), AgencyFactory()
    merged = AgencyFactory(status="merged", merged_into=successor)
    assert "Nachfolge" in compare(merged, other)


def test_a_proposed_agency_is_not_compared() -> None:
    hidden = AgencyFactory(status="proposed", name="Noch geheim")
    assert "Noch geheim" not in compare(hidden, AgencyFactory())


def test_the_number_of_queries_is_the_same_for_two_and_for_four(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    agencies = [rated(4, count=5) for _ in range(4)]
    for chosen in (agencies[:2], agencies):
        with django_assert_num_queries(7):
            compare(*chosen)


def test_the_csv_holds_the_same_rows_and_runs_nothing_in_a_spreadsheet() -> None:
    evil, other = rated(4, name="=cmd()"), rated(2, name="Andere")
    response = Client().get(reverse("reviews:agency-compare-csv"), {"a": [evil.slug, other.slug]})
    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig")), delimiter=";"))
    assert rows[0] == ["Merkmal", "'=cmd()", "Andere", "Unterschied"]
    assert any(row[0] == "Gesamtwert" for row in rows)
