"""Places as people type them, on the data we ship."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.db import IntegrityError
from pytest_django import DjangoAssertNumQueries

from agencies.models import Place, Postcode
from agencies.models.places import Country, PlaceName
from agencies.places import find_place, suggest_places

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("gazetteer_loaded")]


def found(text: str, country: str = "") -> str:
    place = find_place(text, country)
    return place.label if place else ""


@pytest.mark.parametrize(
    ("typed", "label"),
    [
        ("München", "München, Bayern"),
        ("muenchen", "München, Bayern"),
        ("MUNCHEN", "München, Bayern"),
        ("Munich", "München, Bayern"),
        ("Wien", "Wien"),
        ("Vienna", "Wien"),
        ("zürich", "Zürich"),
        ("Zurich", "Zürich"),
        ("Genf", "Genf"),
        ("Genève", "Genf"),
        ("luzern", "Luzern"),
        ("Basel", "Basel"),
        ("st gallen", "St. Gallen"),
        ("Sankt Gallen", "St. Gallen"),
        ("St. Pölten", "St. Pölten, Niederösterreich"),
        ("Sankt Pölten", "St. Pölten, Niederösterreich"),
        ("Köln", "Köln, Nordrhein-Westfalen"),
        ("Koln", "Köln, Nordrhein-Westfalen"),
        ("Nürnberg", "Nürnberg, Bayern"),
        ("Hannover", "Hannover, Niedersachsen"),
        ("Hanover", "Hannover, Niedersachsen"),
        ("Braunschweig", "Braunschweig, Niedersachsen"),
        ("Frankfurt", "Frankfurt am Main, Hessen"),
        ("Frankfurt/Main", "Frankfurt am Main, Hessen"),
        ("Frankfurt a. M.", "Frankfurt am Main, Hessen"),
        ("Frankfurt (Oder)", "Frankfurt (Oder), Brandenburg"),
        ("Freiburg", "Freiburg im Breisgau, Baden-Württemberg"),
        ("Halle", "Halle (Saale), Sachsen-Anhalt"),
        ("Mülheim", "Mülheim an der Ruhr, Nordrhein-Westfalen"),
        ("Lübbenau", "Lübbenau/Spreewald, Brandenburg"),
        ("Weißkirchen an der Traun", "Weißkirchen an der Traun, Oberösterreich"),
        ("Kreuzberg", "Kreuzberg, Berlin"),
        ("Hamburg-Altona", "Altona, Hamburg"),
        ("Zürich Oerlikon", "Oerlikon, Zürich"),
        ("Hermsdorf", "Hermsdorf, Thüringen"),
        ("Hermsdorf, Berlin", "Hermsdorf, Berlin"),
        ("Linden, Hannover", "Linden, Hannover"),
        ("Linden, Bern", "Linden, Bern"),
        ("Fislisbach", "Fislisbach, Aargau"),
        ("Vaduz", "Vaduz, Liechtenstein"),
    ],
)
def test_a_place_is_found_as_people_write_it(typed: str, label: str) -> None:
    assert found(typed) == label


@pytest.mark.parametrize(
    ("typed", "label"),
    [
        ("80331", "80331 München"),
        ("80331 München", "80331 München"),
        ("München 80331", "80331 München"),
        ("D-20095", "20095 Hamburg"),
        ("D-20095 Hamburg", "20095 Hamburg"),
        ("01067", "01067 Dresden"),
        ("1010", "1010 Wien"),
        ("A-1010", "1010 Wien"),
        ("CH-1010", "1010 Lausanne"),
        ("8010 Graz", "8010 Graz"),
        ("8010 Zürich", "8010 Zürich"),
        ("6020", "6020 Innsbruck"),
        ("CH 8001 Zürich", "8001 Zürich"),
        ("FL-9490", "9490 Vaduz"),
    ],
)
def test_a_postcode_is_found_with_or_without_its_town(typed: str, label: str) -> None:
    assert found(typed) == label


def test_an_unknown_postcode_leaves_the_town_beside_it() -> None:
    assert found("99999 Köln") == "Köln, Nordrhein-Westfalen"


def test_german_postcodes_point_to_the_middle_of_their_area() -> None:
    place = find_place(
        "47178"
    )  # Walsum; the postal table of GeoNames has the town hall of Duisburg, 12 km south
    assert place is not None
    assert (place.latitude, place.longitude) == pytest.approx((51.54, 6.72), abs=0.03)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Muenchn", "München"),
        ("Münchne", "München"),
        ("Hambrug", "Hamburg"),
        ("Stutgart", "Stuttgart"),
        ("Düseldorf", "Düsseldorf"),
        ("Nürnburg", "Nürnberg"),
        ("Frankfrut", "Frankfurt am Main"),
        ("Zürch", "Zürich"),
        ("Insbruck", "Innsbruck"),
        ("Braunschweich", "Braunschweig"),
    ],
)
def test_a_typing_mistake_still_finds_the_town_and_says_so(typed: str, name: str) -> None:
    place = find_place(typed)
    assert place is not None
    assert place.name == name
    assert place.guessed


@pytest.mark.parametrize(
    "typed", ["", "   ", "\0", "xqzxqzxqz", "12", "999999", "00000", "%", "x" * 5000, "ab"]
)
def test_nonsense_finds_nothing(typed: str) -> None:
    assert find_place(typed) is None


def test_a_country_narrows_the_search() -> None:
    assert found("Freiburg", Country.SWITZERLAND) == "Freiburg im Üechtland"
    assert found("8010", Country.AUSTRIA) == "8010 Graz"
    assert found("Hamburg", Country.AUSTRIA) != "Hamburg"


def test_every_suggestion_leads_back_to_itself() -> None:
    for prefix in ("lin", "neu", "hal", "frank", "st", "803", "wi"):
        for place in suggest_places(prefix):
            assert find_place(place.label, place.country) == place


def test_suggestions_begin_with_what_was_typed_and_the_largest_comes_first() -> None:
    assert [place.label for place in suggest_places("frankf", 2)] == [
        "Frankfurt am Main, Hessen",
        "Frankfurt (Oder), Brandenburg",
    ]
    assert [place.name for place in suggest_places("mün", 1)] == ["München"]
    assert [place.label for place in suggest_places("8033", 2)] == ["80331 München", "80333 München"]


@pytest.mark.parametrize("prefix", ["", " ", "\0", "?", "zzzz"])
def test_there_is_nothing_to_suggest_for_nothing(prefix: str) -> None:
    assert suggest_places(prefix) == []


def test_suggestions_take_one_query(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(1):
        suggest_places("m", 20)


def test_loading_again_changes_nothing() -> None:
    before = (Place.objects.count(), PlaceName.objects.count(), Postcode.objects.count())
    written = StringIO()
    call_command("load_places", stdout=written)
    assert (Place.objects.count(), PlaceName.objects.count(), Postcode.objects.count()) == before
    assert written.getvalue() == "{} places under {} spellings, {} postcodes.\n".format(*before)


def test_all_countries_and_regions_are_there() -> None:
    assert set(Place.objects.values_list("country", flat=True)) == set(Country.values)
    regions = Place.objects.values_list("region", flat=True).distinct()
    assert regions.filter(country=Country.GERMANY).count() == 16
    assert regions.filter(country=Country.AUSTRIA).count() == 9
    assert regions.filter(country=Country.SWITZERLAND).count() == 26


def test_no_big_city_bears_an_english_name() -> None:
    english = [
        "Munich",
        "Nuremberg",
        "Cologne",
        "Vienna",
        "Geneva",
        "Lucerne",
        "Hanover",
        "Brunswick",
        "Zurich",
    ]
    assert not Place.objects.filter(name__in=english).exists()


def test_the_town_of_every_postcode_is_a_place() -> None:
    assert not {*Postcode.objects.values_list("country", "place_name")} - {
        *Place.objects.values_list("country", "name")
    }


def test_a_postcode_is_there_once_per_country() -> None:
    with pytest.raises(IntegrityError, match="postcode_once_per_country"):
        Postcode.objects.create(
            country="DE", code="80331", place_name="München", latitude=48.1, longitude=11.6
        )


def test_a_place_off_the_globe_is_refused() -> None:
    with pytest.raises(IntegrityError, match="place_on_the_globe"):
        Place.objects.filter(name="Wien").update(latitude=91)
