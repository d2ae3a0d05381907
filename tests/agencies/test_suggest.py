"""What is suggested while somebody types: agencies by name, places, nothing slow and nothing private."""

from html import unescape

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from agencies.suggest import suggest
from tests.agencies.listing import listed, rated

pytestmark = pytest.mark.django_db
HEADERS = {"HX-Request": "true", "HX-Target": "vorschlaege"}


@pytest.fixture(autouse=True)
def agencies(gazetteer_loaded: None) -> None:
    listed("Hafenkante IT-Vermittlung", slug="hafenkante", score=rated(4.0, 3.5, n=9))
    listed("Hafenlicht & Söhne", place="Lübeck", slug="hafenlicht", score=rated(3.0, 2.5, n=30))
    listed("Hafenwind", slug="hafenwind", status="proposed")


def labels(text: str) -> list[str]:
    return [suggestion.label for suggestion in suggest(text)]


def html(text: str, query: str = "") -> str:
    response = Client().get(f"/agenturen/?{query}", {"q": text} if not query else None, headers=HEADERS)
    assert response.status_code == 200
    return unescape(response.content.decode())


def test_agencies_are_suggested_by_the_beginning_of_a_word_most_reviewed_first() -> None:
    assert labels("hafen")[:2] == ["Hafenlicht & Söhne", "Hafenkante IT-Vermittlung"]
    assert labels("söh")[0] == "Hafenlicht & Söhne"
    assert labels("HAFENLICHT sö")[0] == "Hafenlicht & Söhne"


def test_only_listed_agencies_are_suggested() -> None:
    assert not any("Hafenwind" in label for label in labels("hafenw"))


def test_a_mistyped_name_is_suggested_as_it_is_written() -> None:
    assert labels("hafnekante")[0] == "Hafenkante IT-Vermittlung"


def test_places_are_suggested_too_and_lead_to_their_surroundings() -> None:
    (place, *_rest) = [one for one in suggest("leipz") if "Leipzig" in one.label]
    assert place.url == "/agenturen/?ort=Leipzig%2C+Sachsen"
    (code, *_rest) = suggest("20095")
    assert Client().get(code.url).context["directory"].filters.place.name == "Hamburg"


def test_who_came_to_rate_is_led_on_to_rating() -> None:
    page = html("", "bewerten=1&q=hafenk")
    assert 'data-url="/agenturen/hafenkante/bewerten/"' in page
    assert suggest("leipz", to_rate=True)[0].url.startswith("/agenturen/?bewerten=1&ort=")


def test_a_suggestion_is_an_option_with_its_town() -> None:
    page = html("hafenl")
    assert (
        '<li role="option" id="vorschlag-1" aria-selected="false" data-url="/agenturen/hafenlicht/">' in page
    )
    assert "Lübeck" in page
    assert "<html" not in page


@pytest.mark.parametrize(
    "text", ["", "h", "ha", "%", "_", "'", "\0", "😀", "\u202e\u200f", "x" * 10_000, "a " * 500]
)
def test_too_little_or_nonsense_suggests_nothing(text: str) -> None:
    assert html(text).strip() == ""


@pytest.mark.parametrize("text", ["hafen", "hafnekante", "leipz", "20095", "hafen söhne lübeck quatsch"])
def test_a_suggestion_costs_a_few_statements(
    text: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(
        8
    ):  # named, known words, near, together, wider, those, offices, places
        suggest(text)


def test_who_types_too_fast_keeps_what_is_shown_and_can_still_search() -> None:
    client = Client()
    answers = {client.get("/agenturen/", {"q": "hafen"}, headers=HEADERS).status_code for _ in range(241)}
    assert answers == {200, 204}
    assert client.get("/agenturen/", {"q": "hafen"}).status_code == 200


def test_the_page_works_without_suggestions() -> None:
    page = Client().get("/").content.decode()
    assert '<ul id="vorschlaege" role="listbox"' in page
    assert 'role="combobox"' not in page  # which only the script may promise
