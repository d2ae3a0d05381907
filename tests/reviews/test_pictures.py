"""The picture of an agency beside a shared link: what the page shows, and nothing else."""

import io
import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from PIL import Image
from pytest_django import DjangoAssertNumQueries

from agencies.choices import AgencyStatus
from agencies.models import Agency, WaitCurve
from reviews import numbers
from reviews.pictures import AgencyPicture
from reviews.recompute import recompute
from tests.factories import AgencyFactory, InterviewFactory, OfficeFactory, ReviewFactory

pytestmark = pytest.mark.django_db


def waited(count: int = 10, **fields: object) -> Agency:
    """An agency with so many waits, each answered on day 3."""
    agency = AgencyFactory(**fields)
    add_waits(agency, count)
    return agency


def add_waits(agency: Agency, count: int, **fields: object) -> None:
    for _number in range(count):
        InterviewFactory(journey=ReviewFactory(agency=agency).journey, **({"wait_days": 3} | fields))
    recompute([agency.pk])


def picture(agency: Agency) -> AgencyPicture:
    towns = agency.offices.values_list("place", flat=True)
    return AgencyPicture.of(agency, towns, numbers.waits(WaitCurve.objects.filter(agency=agency)))


def address_on_page(agency: Agency, prefix: str = "") -> str:
    page = Client().get(f"{prefix}{agency.get_absolute_url()}").content.decode()
    (address,) = re.findall(r'og:image" content="https?://[^/]+([^"]+)"', page)
    return str(address)


def test_the_page_names_a_picture_that_is_a_png_of_1200_by_630() -> None:
    response = Client().get(address_on_page(waited()))
    image = Image.open(io.BytesIO(response.content))
    assert response["Content-Type"] == "image/png"
    assert (image.format, image.size) == ("PNG", (1200, 630))


def test_it_says_what_the_page_says() -> None:
    agency = waited()
    shown = picture(agency)
    page = Client().get(agency.get_absolute_url()).content.decode()
    assert shown.sentence == "10 von 10 bekamen innerhalb von 14 Tagen eine Rückmeldung."
    assert shown.note.startswith("10 Gespräche von 10 Personen, aus Bewertungen, ")
    assert shown.note in page
    assert f'og:image:alt" content="{shown.words}"' in page
    assert shown.states == ("answered",) * 10


def test_too_few_waits_show_no_dots_and_no_number() -> None:
    agency = waited(3)
    shown = picture(agency)
    assert shown.states == ()
    assert "von 10" not in shown.words
    assert shown.sentence == "Noch 5 Gespräche bis zur Zahl."
    assert shown.sentence in Client().get(agency.get_absolute_url()).content.decode()


def test_an_agency_nobody_wrote_about_has_a_picture_too() -> None:
    agency = AgencyFactory()
    OfficeFactory(agency=agency, place="Kiel")
    assert picture(agency).sentence == "Noch keine Gespräche eingetragen."
    assert "Kiel" in picture(agency).note
    assert Client().get(address_on_page(agency)).status_code == 200


def test_the_address_changes_with_the_numbers_and_the_old_one_leads_to_the_new() -> None:
    agency = waited()
    before = address_on_page(agency)
    old = Client().get(before).content
    add_waits(agency, 10, wait_days=25)
    after = address_on_page(agency)
    assert after != before
    moved = Client().get(before)
    assert (moved.status_code, moved["Location"]) == (302, after)
    assert Client().get(after).content != old


def test_the_address_stays_while_nothing_shown_changes() -> None:
    agency = waited()
    before = address_on_page(agency)
    recompute([agency.pk])
    assert address_on_page(agency) == before


def test_it_may_be_kept_for_ever_and_is_not_sent_twice() -> None:
    address = address_on_page(waited())
    response = Client().get(address)
    assert "immutable" in response["Cache-Control"]
    again = Client().get(address, headers={"If-None-Match": response["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_invented_versions_draw_nothing() -> None:
    agency = waited()
    response = Client().get(reverse("reviews:agency-picture", args=[agency.slug, "erfunden"]))
    assert response["Location"] == address_on_page(agency)


def test_english_pages_have_an_english_picture() -> None:
    agency = waited()
    german = address_on_page(agency)
    english = address_on_page(agency, "/en")
    assert english.startswith("/en/")
    assert english.rsplit("/", 1)[1] != german.rsplit("/", 1)[1]
    with translation.override("en"):
        assert picture(agency).sentence == "10 in 10 heard back within 14 days."


@pytest.mark.parametrize("status", [AgencyStatus.PROPOSED, AgencyStatus.REFUSED])
def test_who_has_no_page_has_no_picture(status: AgencyStatus) -> None:
    agency = AgencyFactory(status=status)
    assert Client().get(reverse("reviews:agency-picture", args=[agency.slug, "0"])).status_code == 404


def test_it_costs_two_queries(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    address = address_on_page(waited())
    with django_assert_num_queries(2):
        Client().get(address)


def test_an_invented_agency_is_told_as_such() -> None:
    shown = picture(waited(name="Muster & Töchter (Demo)"))
    assert shown.is_demo
    assert shown.words.startswith("Muster & Töchter (Demo). ")
