"""The picture of a comparison beside a shared link: what the page shows, drawn once, and never without end."""

import io
import re

import pytest
from django.test import Client
from django.urls import reverse
from PIL import Image
from pytest_django import DjangoAssertNumQueries, Settings

from agencies.models import Agency
from reviews.chosen import Chosen, address
from reviews.comparison import compare
from reviews.pictures import ComparisonPicture
from reviews.recompute import recompute
from tests.factories import AgencyFactory, InterviewFactory, ReviewFactory

pytestmark = pytest.mark.django_db

OURS = re.compile(r'og:image" content="https?://[^/]+([^"]+)"')


def waited(count: int = 10, **fields: object) -> Agency:
    agency = AgencyFactory(**fields)
    for _number in range(count):
        InterviewFactory(journey=ReviewFactory(agency=agency).journey, wait_days=3)
    recompute([agency.pk])
    return agency


def on_page(*agencies: Agency, prefix: str = "") -> str:
    """The address of the picture, as the page of the comparison names it."""
    page = Client().get(f"{prefix}{address([agency.slug for agency in agencies])}").content.decode()
    (found,) = OURS.findall(page)
    return str(found).replace("&amp;", "&")


def picture(*agencies: Agency) -> ComparisonPicture:
    return ComparisonPicture.of(compare(Chosen.by([agency.slug for agency in agencies]).agencies))


def drawing(*slugs: str, version: str = "0") -> str:
    return f"{reverse('reviews:agency-compare-picture', args=[version])}?{'&'.join(f'a={slug}' for slug in slugs)}"


@pytest.mark.parametrize("count", [2, 4])
def test_the_page_names_a_picture_that_is_a_png_of_1200_by_630(count: int) -> None:
    response = Client().get(on_page(*(waited() for _ in range(count))))
    image = Image.open(io.BytesIO(response.content))
    assert (image.format, image.size) == ("PNG", (1200, 630))
    assert "immutable" in response["Cache-Control"]


def test_it_says_what_the_page_says() -> None:
    few, many = waited(3, name="Wenige"), waited(name="Viele")
    shown = picture(few, many)
    assert shown.rows[0] == ("Wenige", (), ("Noch 5 Gespräche bis zur Zahl",))
    assert shown.rows[1] == ("Viele", ("answered",) * 10, ("10 von 10", "n 10"))
    assert shown.words.endswith("Viele: 10 von 10, n 10.")


def test_the_address_changes_with_the_numbers_and_the_old_one_leads_to_the_new() -> None:
    first, second = waited(), waited()
    before = on_page(first, second)
    for _number in range(10):
        InterviewFactory(journey=ReviewFactory(agency=first).journey, wait_days=25)
    recompute([first.pk])
    after = on_page(first, second)
    moved = Client().get(before)
    assert after != before
    assert (moved.status_code, moved["Location"]) == (302, after)


def test_english_pages_have_an_english_picture() -> None:
    agencies = waited(), waited()
    assert on_page(*agencies, prefix="/en").startswith("/en/")
    assert on_page(*agencies, prefix="/en").partition("?")[0] != f"/en{on_page(*agencies).partition('?')[0]}"


@pytest.mark.parametrize("status", ["proposed", "refused", "closed"])
def test_only_listed_agencies_are_drawn(status: str) -> None:
    listed, other = AgencyFactory(), AgencyFactory(status=status)
    assert Client().get(drawing(listed.slug, other.slug)).status_code == 404
    assert "share" in on_page(listed, other)


@pytest.mark.parametrize(
    "values", [[], ["eine"], ["eine", "eine"], ["\x00", "%", "'"], ["x" * 10_000], ["eine"] * 900]
)
def test_what_is_no_comparison_has_no_picture(values: list[str]) -> None:
    AgencyFactory(slug="eine")
    response = Client().get(reverse("reviews:agency-compare-picture", args=["0"]), {"a": values})
    assert response.status_code == 404


def test_five_are_drawn_as_the_four_that_are_shown() -> None:
    agencies = [AgencyFactory() for _ in range(5)]
    response = Client().get(drawing(*(agency.slug for agency in agencies)))
    assert response["Location"] == picture(*agencies[:4]).url


def test_drawing_is_limited_and_what_was_drawn_is_not(settings: Settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"picture": "2/m/ip"}
    agencies = [waited(count=0) for _ in range(4)]
    addresses = [picture(agencies[0], other).url for other in agencies[1:]]
    assert [Client().get(one).status_code for one in addresses] == [200, 200, 429]
    assert [Client().get(one).status_code for one in addresses[:2] * 3] == [200] * 6


def test_it_costs_four_queries(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    found = on_page(waited(), waited())
    with django_assert_num_queries(4):
        Client().get(found)


def test_an_invented_agency_is_told_as_such() -> None:
    assert picture(waited(name="Muster (Demo)"), waited()).has_demo
