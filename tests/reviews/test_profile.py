"""The page of one agency: numbers with what they rest on, reviews without anything that tells who wrote them."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from pytest_django import DjangoAssertNumQueries

from agencies.models import Agency, mark_stale
from reviews.listing import Listing
from reviews.recompute import recompute, recompute_market
from reviews.states import Status
from tests.factories import AgencyFactory, InterviewFactory, OfficeFactory, RecruiterFactory, ReviewFactory

pytestmark = pytest.mark.django_db


def rated(count: int = 8, **fields: object) -> Agency:
    """An agency with so many reviews, each with one answered wait."""
    agency = AgencyFactory(**fields)
    for number in range(count):
        review = ReviewFactory(agency=agency, days_ago=number)
        InterviewFactory(journey=review.journey, wait_days=3 + number)
    recompute([agency.pk])
    recompute_market()
    return agency


def page(agency: Agency, **params: str | int) -> str:
    response = Client().get(agency.get_absolute_url(), params)
    assert response.status_code == 200
    return response.content.decode()


def test_a_mean_never_comes_without_its_n_and_period() -> None:
    html = page(rated())
    assert "aus 8 Bewertungen" in html
    month = (timezone.localdate() - timedelta(days=60)).strftime("%m/%Y")
    assert month in html


def test_too_few_reviews_show_what_is_missing_and_no_score() -> None:
    html = page(rated(2))
    assert "Noch 3 Bewertungen bis zum Wert" in html
    assert "Mit 90" not in html


def test_bars_are_explained_only_where_there_are_some() -> None:
    explained = "diese Agentur, 1 bis 5"
    assert explained not in page(rated(count=2))
    assert explained in page(rated())


def test_the_ten_dots_are_said_in_words() -> None:
    assert "von 10</b> bekamen innerhalb von 14 Tagen eine Rückmeldung" in page(rated(20))


@pytest.mark.parametrize("status", [Status.SCREENING, Status.IN_MODERATION, Status.WITHDRAWN])
def test_only_published_reviews_are_read(status: Status) -> None:
    agency = AgencyFactory()
    ReviewFactory(agency=agency, good="Geheimer Satz.", status=status)
    assert "Geheimer Satz." not in page(agency)


def test_a_replaced_review_stays_readable_and_says_so() -> None:
    agency = AgencyFactory()
    first = ReviewFactory(agency=agency, days_ago=40, is_current=False, good="Die erste Erfahrung.")
    ReviewFactory(agency=agency, author=first.author, voice=first.voice, good="Die zweite Erfahrung.")
    html = page(agency)
    assert "Die erste Erfahrung." in html
    assert "abgelöst" in html


def test_neither_pseudonym_nor_address_nor_exact_day_is_public() -> None:
    agency = AgencyFactory()
    review = ReviewFactory(agency=agency)
    wait = InterviewFactory(journey=review.journey)
    html = page(agency)
    assert review.author.pseudonym not in html
    assert review.author.email not in html
    assert wait.held_on.strftime("%d.%m.%Y") not in html
    assert wait.held_on.isoformat() not in html


def test_what_people_wrote_is_text_and_never_markup() -> None:
    agency = AgencyFactory()
    ReviewFactory(agency=agency, good="<script>alert(1)</script>")
    assert "<script>alert(1)" not in page(agency)


def test_reviews_can_be_filtered_by_office_and_stars() -> None:
    agency = AgencyFactory()
    hamburg = OfficeFactory(agency=agency)
    OfficeFactory(agency=agency, place="Kiel", is_main=False)
    there = ReviewFactory(agency=agency, good="In Hamburg.")
    there.journey.office = hamburg
    there.journey.save()
    ReviewFactory(agency=agency, good="Anderswo.", ratings={"feedback": 1, "respect": 1, "terms": 1})
    assert "Anderswo." not in page(agency, buero=hamburg.pk)
    assert "In Hamburg." not in page(agency, wert="1-2")


JUNK = ["%00", "\0", "%", "x" * 5000, "-1", "99999999999999999999", "' OR 1=1", "\u202eabc", "😀", "٣", "1.5"]


@pytest.mark.parametrize("junk", JUNK, ids=range(len(JUNK)))
def test_nonsense_in_the_address_is_ignored(junk: str) -> None:
    agency = AgencyFactory()
    ReviewFactory(agency=agency, good="Steht trotzdem da.")
    assert "Steht trotzdem da." in page(agency, rolle=junk, ausgang=junk, wert=junk, buero=junk, page=junk)


# ---- leafing -----------------------------------------------------------------------------------------------

LOST = "Diese Seite der Bewertungen gibt es nicht. Du siehst die neuesten."


def many(count: int = 25) -> tuple[Agency, list[int]]:
    """An agency with so many reviews, several a day, and their numbers from the newest to the oldest."""
    agency = AgencyFactory()
    made = [ReviewFactory(agency=agency, days_ago=number // 3) for number in range(count)]
    recompute([agency.pk])
    ordered = sorted(made, key=lambda review: (review.published_on, review.pk), reverse=True)
    return agency, [review.pk for review in ordered]


def listing(agency: Agency, query: str = "") -> Listing:
    return Listing(Agency.objects.with_score().get(pk=agency.pk), agency.offices.all(), QueryDict(query))


def test_leafing_there_and_back_shows_each_review_once() -> None:
    agency, ordered = many()
    there, address = [listing(agency)], listing(agency).older
    while address:
        there.append(listing(agency, urlsplit(address).query))
        address = there[-1].older
    assert [reading.pk for one in there for reading in one.readings] == ordered
    back = listing(agency, urlsplit(there[-1].newer).query)
    assert [reading.pk for reading in back.readings] == ordered[10:20]
    first = listing(agency, urlsplit(back.newer).query)
    assert [reading.pk for reading in first.readings] == ordered[:10]
    assert first.newer == ""
    assert all(one.notices == [] for one in (*there, back, first))


def test_the_filter_stays_while_leafing() -> None:
    agency, _ordered = many()
    first = listing(agency, "wert=4-5")
    assert "wert=4-5&nach=" in first.older
    assert listing(agency, urlsplit(first.older).query).title == "25 Bewertungen"


@pytest.mark.parametrize("name", ["nach", "vor", "page"])
@pytest.mark.parametrize("junk", [*JUNK, "0", "7" * 18, "99999999"], ids=range(len(JUNK) + 3))
def test_a_page_that_is_not_there_is_the_first_and_says_so(name: str, junk: str) -> None:
    agency = AgencyFactory()
    ReviewFactory(agency=agency, good="Die neueste.")
    html = page(agency, **{name: junk})
    assert LOST in html
    assert "Die neueste." in html


def test_nothing_can_be_leafed_to_by_a_review_that_is_not_public_or_of_another() -> None:
    agency, _ordered = many(12)
    hidden = ReviewFactory(agency=agency, status=Status.IN_MODERATION)
    foreign = ReviewFactory()
    assert listing(agency, f"nach={hidden.pk}").notices == [LOST]
    assert listing(agency, f"nach={foreign.pk}").notices == [LOST]


def test_what_stands_behind_the_last_review_is_the_first_page() -> None:
    agency, ordered = many(5)
    assert listing(agency, f"nach={ordered[-1]}").notices == [LOST]
    assert listing(agency, f"vor={ordered[0]}").notices == []


def test_of_very_many_only_the_newest_are_filtered_and_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reviews.listing.MOST_FILTERED", 20)
    agency, ordered = many(25)
    filtered = listing(agency, "wert=4-5")
    assert filtered.count == 20
    assert filtered.notices == ["Gefiltert werden die neuesten 20 von 25 Bewertungen."]
    last = listing(agency, urlsplit(filtered.older).query)
    assert [reading.pk for reading in last.readings] == ordered[10:20]
    assert last.older == ""
    assert listing(agency).count == 25


def test_a_deep_page_costs_one_query_more_than_the_first(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    agency, ordered = many()
    with django_assert_num_queries(13):
        page(agency)
    with django_assert_num_queries(14):
        page(agency, nach=ordered[19])


def test_a_merged_agency_answers_301_to_its_successor() -> None:
    successor = AgencyFactory()
    merged = AgencyFactory(status="merged", merged_into=successor)
    response = Client().get(merged.get_absolute_url())
    assert response.status_code == 301
    assert response["Location"] == successor.get_absolute_url()


@pytest.mark.parametrize("status", ["proposed", "refused"])
def test_what_is_not_listed_has_no_page(status: str) -> None:
    assert Client().get(AgencyFactory(status=status).get_absolute_url()).status_code == 404


def test_a_closed_agency_stays_readable() -> None:
    assert "gibt es nicht mehr" in page(AgencyFactory(status="closed"))


def test_a_recruiter_appears_only_after_confirming() -> None:
    agency = AgencyFactory()
    person = RecruiterFactory(agency=agency)
    assert person.name not in page(agency)
    person.confirmed_at = timezone.now()
    person.save()
    assert person.name in page(agency)


def test_the_number_of_queries_does_not_grow_with_the_reviews(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    few, many = rated(1), rated(25)
    for agency in (few, many):  # each of them has the other as a neighbour, and looks for more anywhere
        with django_assert_num_queries(14):
            page(agency)


def test_the_english_page_speaks_english_addresses() -> None:
    agency = AgencyFactory()
    assert Client().get(f"/en{agency.get_absolute_url()}").status_code == 200


def test_writing_about_it_is_one_click_away() -> None:
    agency = AgencyFactory()
    assert reverse("reviews:review-write", args=[agency.slug]) in page(agency)


@pytest.mark.parametrize(
    ("fields", "language", "said"),
    [
        (["it"], "de", "Gleiches Fachgebiet, möglichst in der Nähe und mit gleichen Leistungen. Wie gut"),
        ([], "de", "Gleiche Leistungen, möglichst in der Nähe. Wie gut"),
        (["it"], "en", "Same field, close by if possible, and with the same services. How well"),
        ([], "en", "Same services, close by if possible. How well"),
    ],
)
def test_why_agencies_are_similar_is_said_as_they_were_chosen(
    fields: list[str], language: str, said: str
) -> None:
    agency, _other = AgencyFactory(fields=fields), AgencyFactory(fields=fields)
    with translation.override(language):
        assert said in page(agency)


def test_a_number_that_is_about_to_change_says_so_until_it_has() -> None:
    agency = rated(6)
    sentence = "Der neue Wert folgt gleich."
    assert sentence not in page(agency)
    mark_stale([agency.pk])
    assert sentence in page(agency)
    recompute([agency.pk])
    assert sentence not in page(agency)
