"""How many agencies are found, and how many each option leaves: counted while few, stored when many."""

from html import unescape

import pytest
from django.http import QueryDict
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from agencies import counts
from agencies.counts import OPTIONS, Counts
from agencies.filters import AgencyFilter
from agencies.models import Agency, ListingCount, data_version
from agencies.tasks import count_listing
from tests.agencies.listing import answering, listed, rated

pytestmark = pytest.mark.django_db
QUERIES = [
    "",
    "fach=it",
    "form=temp",
    "fach=it&form=temp",
    "min_score=4",
    "fach=finance&min_feedback=70&min_score=3.5",
]


@pytest.fixture(autouse=True)
def agencies() -> None:
    listed("Eins", kinds=["temp"], fields=["it", "finance"], score=rated(4.2, 3.9) | answering(7, 0.5))
    listed("Zwei", kinds=["temp", "placement"], fields=["it"], score=rated(3.45, 3.0) | answering(9, 0.8))
    listed("Drei", kinds=["placement"], fields=["finance"], score=rated(4.6, 4.0) | answering(5, 0.3))
    listed("Vier", kinds=["rpo"], fields=["other"], score={"mean": 4.9, "dots_answered": 10})  # not shown
    listed("Zu", kinds=["temp"], fields=["it"], status="closed", score=rated(4.2, 3.9))


@pytest.fixture
def many(monkeypatch: pytest.MonkeyPatch) -> None:
    """So many that they are read from the table."""
    monkeypatch.setattr(counts, "MOST_COUNTED", 0)


def count(query: str) -> Counts:
    return counts.count(AgencyFilter(QueryDict(query), Agency.objects.in_directory()))


def by_hand(query: str, name: str, value: str) -> int:
    """What choosing the option would find."""
    data = QueryDict(query).copy()
    data[name] = value
    return AgencyFilter(data, Agency.objects.in_directory()).found().count()


@pytest.mark.parametrize("query", [*QUERIES, "q=eins", "q=zwei&fach=it"])
def test_each_option_says_how_many_it_leaves(query: str) -> None:
    found = count(query)
    assert found.n == AgencyFilter(QueryDict(query), Agency.objects.in_directory()).found().count()
    assert not found.is_more
    assert found.options == {
        (name, value): by_hand(query, name, value) for name in OPTIONS for value, _ in OPTIONS[name]
    }


@pytest.mark.parametrize("query", QUERIES)
def test_stored_counts_are_those_that_would_be_counted(query: str, monkeypatch: pytest.MonkeyPatch) -> None:
    counted = count(query)
    count_listing()
    monkeypatch.setattr(counts, "MOST_COUNTED", 0)
    assert count(query) == counted


def test_stored_counts_follow_when_they_are_written_anew(many: None) -> None:
    assert count_listing() > 0
    assert count_listing() == 0  # nothing has changed
    listed("Fünf", kinds=["executive"], fields=["legal"])
    assert count("").n == 4
    count_listing()
    assert count("").n == 5
    assert count("").options["fach", "legal"] == 1
    Agency.objects.filter(name="Fünf").update(status="closed")
    count_listing()
    assert count("").options["fach", "legal"] == 0


@pytest.mark.parametrize("query", ["", "fach=it", "form=temp"])
def test_an_option_that_is_new_has_no_number_until_the_counts_are_written_anew(
    query: str, many: None
) -> None:
    count_listing()
    ListingCount.objects.filter(fach="it").delete()
    assert Client().get("/agenturen/", QueryDict(query)).status_code == 200
    assert ("fach", "it") not in count(query).options
    count_listing()
    assert ("fach", "it") in count(query).options


def test_stored_pages_are_true_until_a_count_changes(many: None) -> None:
    count_listing()
    before = data_version()
    count_listing()
    assert data_version() == before
    ListingCount.objects.filter(form="rpo").delete()
    before = data_version()
    count_listing()
    assert data_version() != before


def test_stored_counts_are_one_statement_without_filters(
    many: None, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    count_listing()
    with django_assert_num_queries(1):
        assert count("").n == 4


def test_more_than_are_counted_is_said_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counts, "MOST_COUNTED", 2)
    for query in ("", "q=hamburg", "ort=Hamburg"):
        page = unescape(Client().get(f"/agenturen/?{query}").content.decode())
        assert "Mehr als 2 Agenturen gefunden" in page
        assert "IT und Software (" not in page
    assert "1 Agentur gefunden" in unescape(Client().get("/agenturen/?q=eins").content.decode())


def test_the_options_show_their_counts_but_for_the_chosen_one() -> None:
    page = unescape(Client().get("/agenturen/?fach=it").content.decode())
    assert '<option value="it" selected>IT und Software</option>' in page
    assert '<option value="finance">Finanzen und Controlling (2)</option>' in page
    assert '<option value="temp">eine Stelle in Zeitarbeit (2)</option>' in page
    assert '<option value="70">in 7 von 10 Fällen (2)</option>' in page
    assert '<option value="4.5">mindestens 4,5 (0)</option>' in page
    assert page.count(">irgendeine Stelle<") == 1


def test_the_options_follow_the_hits_without_a_new_page() -> None:
    headers = {"HX-Request": "true", "HX-Target": "treffer"}
    page = unescape(Client().get("/agenturen/?fach=finance", headers=headers).content.decode())
    assert '<select hidden disabled data-counts-for="id_form">' in page
    assert '<option value="temp">eine Stelle in Zeitarbeit (1)</option>' in page


def test_the_number_of_all_is_stored_when_they_are_many(many: None) -> None:
    assert counts.listed() == 4
    ListingCount.objects.all().delete()
    count_listing()
    ListingCount.objects.filter(form="", fach="", min_feedback="", min_score="").update(n=7)
    assert counts.listed() == 7


# ---- what the order of the directory is made of ------------------------------------------------------------


def test_whoever_changes_an_agency_changes_its_place_in_the_directory() -> None:
    agency = Agency.objects.select_related("score").get(name="Eins")
    assert (agency.score.is_listed, agency.score.sort_name) == (True, "eins")
    Agency.objects.filter(pk=agency.pk).update(status="closed", name="Öl")
    agency.score.refresh_from_db()
    assert (agency.score.is_listed, agency.score.sort_name) == (False, "oel")
    assert not Agency.objects.in_directory().filter(pk=agency.pk).exists()
