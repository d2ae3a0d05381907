"""The directory: filters, order, chips, pages, the tray, and that all of it costs the same for any number."""

import re
from collections.abc import Iterator
from html import unescape

import psycopg
import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from pytest_django import DjangoAssertNumQueries, DjangoDbBlocker

from agencies import gazetteer
from agencies.directory import Directory
from agencies.models import Agency, Office, Place, Postcode
from tests.agencies.listing import answering, listed, rated
from tests.factories import AgencyFactory, OfficeFactory

pytestmark = pytest.mark.django_db

LIST = "/agenturen/"
HTMX = {"HX-Request": "true", "HX-Target": "treffer"}


@pytest.fixture(scope="module", autouse=True)
def places(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with django_db_blocker.unblock():
        gazetteer.load()
        yield
        Place.objects.all().delete()
        Postcode.objects.all().delete()


def names(query: str = "") -> list[str]:
    return [hit.card.name for hit in Directory(QueryDict(query)).page.hits]


def notices(query: str) -> str:
    return " ".join(Directory(QueryDict(query)).notices)


def html(query: str = "", **headers: str) -> str:
    response = Client().get(f"{LIST}?{query}", headers=headers or None)
    assert response.status_code == 200
    return unescape(response.content.decode())


# ---- filters -------------------------------------------------------------------------------------------------


def test_only_listed_agencies_are_in_the_directory() -> None:
    listed("Da")
    for status in ("proposed", "closed", "refused"):
        AgencyFactory(name=status, status=status)
    assert names() == ["Da"]


def test_kind_and_field_are_those_of_the_agency() -> None:
    listed("Zeit und IT", kinds=["temp"], fields=["it"])
    listed("Fest und IT", kinds=["placement", "rpo"], fields=["it", "finance"])
    assert names("form=placement") == ["Fest und IT"]
    assert names("fach=it") == ["Fest und IT", "Zeit und IT"]
    assert names("fach=it&form=temp") == ["Zeit und IT"]


def test_a_place_means_its_surroundings() -> None:
    listed("Hier", place="Hamburg")
    listed("Nebenan", place="Lübeck")
    listed("Fern", place="München")
    assert names("ort=Hamburg") == ["Hier"]
    assert names("ort=hamburg&umkreis=100") == ["Hier", "Nebenan"]
    assert names("ort=20095&umkreis=100&sort=distance") == ["Hier", "Nebenan"]
    assert names("ort=Lübeck&umkreis=100&sort=distance") == ["Nebenan", "Hier"]


def test_an_office_without_coordinates_is_in_its_town() -> None:
    listed("Hier")
    Office.objects.update(latitude=None, longitude=None)
    assert names("ort=Hamburg") == ["Hier"]
    assert names("ort=München") == []


def test_the_nearest_of_several_offices_counts() -> None:
    agency = listed("Zwei Büros", place="München")
    OfficeFactory(agency=agency, place="Hamburg", is_main=False)
    listed("Lübecker", place="Lübeck")
    assert names("ort=Hamburg&umkreis=100&sort=distance") == ["Zwei Büros", "Lübecker"]


def test_a_mistyped_place_is_guessed_and_said() -> None:
    listed("Hier")
    assert names("ort=Hambrug") == ["Hier"]
    assert "rund um Hamburg" in notices("ort=Hambrug")


def test_the_minimum_score_is_compared_with_the_value_that_is_shown() -> None:
    listed("Knapp drüber", score=rated(3.45, 3.0))  # shown as 3,5
    listed("Knapp drunter", score=rated(3.449, 3.4))
    listed("Ohne Wert", score={"mean": 4.9})
    assert names("min_score=3.5") == ["Knapp drüber"]


def test_the_minimum_feedback_is_compared_with_the_dots_that_are_shown() -> None:
    listed("Sieben", score=answering(7, 0.5))
    listed("Fünf", score=answering(5, 0.6))
    listed("Noch ohne Zahl")
    assert names("min_feedback=70") == ["Sieben"]
    assert names("min_feedback=50") == ["Fünf", "Sieben"]


# ---- order ---------------------------------------------------------------------------------------------------


def test_the_usual_order_is_by_the_lower_bound_of_feedback_measured_first() -> None:
    listed("Wenige Glückliche", score=answering(9, 0.3))
    listed("Viele Gute", score=answering(8, 0.6))
    listed("Gemessen", score=answering(5, 0.2, source="measured"))
    listed("Ohne Zahl")
    assert names() == ["Gemessen", "Viele Gute", "Wenige Glückliche", "Ohne Zahl"]


def test_measured_and_recalled_waits_stand_under_a_heading_each() -> None:
    listed("Gemessen", score=answering(5, 0.2, source="measured"))
    listed("Erzählt", score=answering(9, 0.6))
    listed("Ohne Zahl")
    assert [group.title for group in Directory(QueryDict("")).groups] == [
        "Gemessen",
        "Aus Bewertungen",
        "Noch ohne Zahl",
    ]
    assert [group.title for group in Directory(QueryDict("sort=name")).groups] == [""]


def test_the_order_by_score_takes_lower_bound_then_number_then_name_unrated_last() -> None:
    listed("Ungezeigt", score={"lower": 4.9, "n": 4})
    listed("Hoch und unsicher", score=rated(4.5, 3.1))
    listed("Sicher", score=rated(4.0, 3.6, n=50))
    listed("Ähnlich sicher", score=rated(4.0, 3.6, n=50))
    listed("Gleich mit weniger", score=rated(4.0, 3.6, n=10))
    expected = ["Ähnlich sicher", "Sicher", "Gleich mit weniger", "Hoch und unsicher", "Ungezeigt"]
    assert names("sort=score") == expected


def test_names_are_ordered_as_germans_read_them() -> None:
    for name in ("Zebra", "Öl", "ofen", "Ärger", "Apfel", "Straße"):
        listed(name)
    assert names("sort=name") == ["Ärger", "Apfel", "Öl", "ofen", "Straße", "Zebra"]


def test_a_search_is_ordered_by_relevance_unless_asked_otherwise() -> None:
    listed("Andere", score=rated(4.5, 4.0))
    listed("Hamburg Talente", score=rated(3.0, 2.0))
    assert names("q=hamburg") == ["Hamburg Talente", "Andere"]
    assert names("q=hamburg&sort=score") == ["Andere", "Hamburg Talente"]


def test_the_most_reviewed_come_first_if_asked() -> None:
    listed("Wenige", score=rated(4.5, 4.0, n=6))
    listed("Viele", score=rated(3.0, 2.0, n=60))
    assert names("sort=reviews") == ["Viele", "Wenige"]


def test_the_list_says_how_it_is_ordered() -> None:
    listed("Da")
    assert "Es zählt die vorsichtige Schätzung" in html("sort=score")
    assert "/so-rechnen-wir/" in html("sort=score").split("resultbar")[1]
    assert "Das nächste Büro zuerst" in html("sort=distance&ort=Hamburg")


# ---- what is not understood ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "query",
    [
        "form=zauberei",
        "fach=%00",
        "umkreis=-5",
        "min_score=9",
        "min_score=NaN",
        "min_feedback=50%25",
        "sort=%27;DROP",
        "ort=Qwertzuiopü",
        "page=0",
        "page=abc",
        "page=²",
        "page=999999999999999999999",
    ],
)
def test_an_unknown_value_is_left_out_and_named(query: str) -> None:
    listed("Da")
    assert names(query) == ["Da"]
    assert notices(query)


def test_nothing_is_said_about_values_that_are_known() -> None:
    listed("Da")
    known = "q=da&form=placement&fach=it&umkreis=25&ort=Hamburg&min_score=&min_feedback=&sort=name&page=1"
    assert notices(known) == ""


def test_unknown_parameters_and_empty_ones_do_no_harm() -> None:
    listed("Da")
    assert names("foo=bar&q=&ort=&form=&fach=&sort=&page=&a=&bewerten=") == ["Da"]


def test_an_order_that_makes_no_sense_here_is_said_to_be_left_out() -> None:
    assert "Entfernung" in notices("sort=distance")
    assert "Passend zur Suche" in notices("sort=relevance")


def test_what_was_sent_is_shown_again_harmlessly() -> None:
    page = html("ort=%3Cscript%3Ealert(1)%3C/script%3E%E2%80%AE&fach=%3Cb%3E")
    response = Client().get(LIST, {"ort": "<script>alert(1)</script>\u202e", "fach": "<b>"})
    assert b"<script>alert" not in response.content
    assert "\u202e" not in page


def test_hostile_searches_are_answered() -> None:
    for text in ("x" * 10_000, "%", "_", "'\"", "\0", "😀", "\u202e\u200f", "a & !b | (c:*) <-> \\"):
        assert Client().get(LIST, {"q": text, "ort": text}).status_code == 200


def test_a_long_search_is_cut_with_a_notice() -> None:
    assert "sehr lang" in notices("q=" + "wort+" * 500)


# ---- chips, pages, fragments ---------------------------------------------------------------------------------


def test_each_filter_that_is_set_has_a_chip_that_takes_it_away() -> None:
    directory = Directory(QueryDict("q=da&fach=it&ort=Hamburg&umkreis=25&sort=distance"))
    chips = {chip.label: chip.url for chip in directory.chips}
    assert list(chips) == ["„da“", "IT und Software", "Hamburg, 25 km"]
    assert chips["IT und Software"] == "/agenturen/?q=da&ort=Hamburg&umkreis=25&sort=distance"
    assert chips["Hamburg, 25 km"] == "/agenturen/?q=da&fach=it"


def test_chips_keep_the_marks_and_go_back_to_the_first_page() -> None:
    listed("Da", slug="da")
    (chip,) = Directory(QueryDict("fach=it&a=da&page=1")).chips
    assert chip.url == "/agenturen/?a=da"


def test_the_next_page_says_how_many_it_has() -> None:
    for number in range(23):
        listed(f"Agentur {number:02}")
    first = Directory(QueryDict("sort=name"))
    assert first.found == "23 Agenturen gefunden"
    assert first.next_page
    assert first.next_page.label == "Nächste 3 Agenturen"
    second = Directory(QueryDict(first.next_page.url.partition("?")[2]))
    assert [hit.card.name for hit in second.page.hits] == ["Agentur 20", "Agentur 21", "Agentur 22"]
    assert second.previous_page
    assert second.previous_page.url == "/agenturen/?sort=name"
    assert not second.next_page


def test_a_page_beyond_the_last_shows_the_first_with_a_notice() -> None:
    listed("Da")
    assert names("page=7") == ["Da"]
    assert "gibt es nicht" in notices("page=7")


def test_htmx_gets_the_hits_alone_and_a_clean_address() -> None:
    listed("Da")
    response = Client().get(f"{LIST}?q=&fach=it&form=&sort=", headers=HTMX)
    page = response.content.decode()
    assert "<html" not in page
    assert "1 Agentur gefunden" in page
    assert response["HX-Push-Url"] == "/agenturen/?fach=it"
    assert "HX-Request" in response["Vary"]


def test_the_number_of_hits_is_announced_politely() -> None:
    listed("Da")
    assert '<p id="ansage" class="sr" role="status"></p>' in html()
    assert '<p hx-swap-oob="innerHTML:#ansage">1 Agentur gefunden</p>' in html(**HTMX)


def test_the_window_is_named_after_the_hits_with_and_without_htmx() -> None:
    listed("Da", fields=["it"])
    title = "<title>1 Agentur gefunden: IT und Software | my-recruiter</title>"
    assert title in html("fach=it")
    assert title in html("fach=it", **HTMX)


def test_going_back_in_the_browser_gets_the_whole_page() -> None:
    assert "<html" in html(**HTMX, **{"HX-History-Restore-Request": "true"})


def test_towns_are_offered_while_one_is_typed() -> None:
    page = html("ort=Hambu", **{"HX-Request": "true", "HX-Target": "orte"})
    assert '<option value="Hamburg">' in page
    assert "<html" not in page


def test_a_guess_is_said_where_it_found_something() -> None:
    listed("Nordlicht")
    assert "was ähnlich geschrieben wird" in notices("q=nordlihct")
    assert "was ähnlich geschrieben wird" not in notices("q=nordlicht")
    assert "was ähnlich geschrieben wird" not in notices("q=gibtesnicht")


def test_an_empty_list_says_what_to_do_next() -> None:
    page = html("q=gibtesnicht")
    assert "Keine Agentur passt" in page
    assert "/agenturen/neu/?name=gibtesnicht" in page


def test_who_only_typed_words_is_told_to_look_at_the_spelling_not_at_filters() -> None:
    spelling, filters = "Sieh nach der Schreibweise", "Nimm oben einen Filter weg"
    assert Directory(QueryDict("q=Quittenbaum")).advice.startswith(spelling)
    assert Directory(QueryDict("q=Quittenbaum&fach=it")).advice.startswith(filters)
    assert Directory(QueryDict()).advice == ""


# ---- cards ---------------------------------------------------------------------------------------------------


def test_a_card_shows_dots_score_number_and_period() -> None:
    listed("Da", score=rated(3.94, 3.5, n=37) | answering(7, 0.5, late=1))
    card = html().split('class="agency"')[1]
    assert "<b>7 von 10</b> bekamen innerhalb von 14 Tagen eine Rückmeldung." in card
    assert "1 später, 2 hörten auch nach 30 Tagen nichts." in card
    assert "3,9" in card
    assert "aus 37 Bewertungen, 11/2024 bis 11/2026" in card
    assert "mit 90 % Sicherheit 3,5 bis 4,4" in card


@pytest.mark.parametrize(
    ("score", "words"),
    [
        ({"n": 3}, "Noch 2 Bewertungen bis zum Wert."),
        ({"n": 4}, "Noch 1 Bewertung bis zum Wert."),
        ({"n": 9}, "Zu wenige aktuelle Bewertungen"),
        ({"waits": 0}, "Noch keine Gespräche eingetragen."),
        (
            {"waits": 6, "wait_persons": 6},
            "Noch 2 Gespräche bis zur Zahl.</strong> Bisher 6 von mindestens 8.",
        ),
        ({"waits": 9, "wait_persons": 4}, "Noch 1 Gespräch bis zur Zahl.</strong> Bisher von 4 Menschen"),
        ({"waits_shown": True, "waits": 9}, "Was bis Tag 14 kam, ist noch nicht bekannt."),
    ],
)
def test_a_card_says_what_is_missing_until_there_is_a_number(score: dict[str, int], words: str) -> None:
    listed("Da", score=score)
    assert words in html()


def test_who_came_to_rate_is_led_to_the_form_and_keeps_that_way() -> None:
    listed("Da", slug="da")
    page = html("bewerten=1&fach=it")
    assert "Welche Agentur möchtest du bewerten?" in page
    assert re.search(r'href="/agenturen/da/bewerten/">Diese Agentur bewerten', page)
    assert "data-compare=" not in page
    assert Directory(QueryDict("bewerten=1&fach=it")).chips[0].url == "/agenturen/?bewerten=1"


# ---- the tray ------------------------------------------------------------------------------------------------


def test_marked_agencies_lead_to_the_comparison_in_their_order() -> None:
    for slug in ("eins", "zwei"):
        listed(slug, slug=slug)
    page = html("a=zwei&a=eins")
    assert "2 von 4 im Vergleich" in page
    assert 'href="/vergleich/?a=zwei&a=eins"' in page
    assert page.count(" checked") == 2


def test_four_are_compared_and_unknown_ones_are_left_out() -> None:
    for number in range(6):
        listed(f"Agentur {number}", slug=f"agentur-{number}")
    AgencyFactory(slug="vorschlag", status="proposed")
    marks = "&".join(
        f"a={slug}" for slug in ["vorschlag", "%00", "x" * 500, *(f"agentur-{n}" for n in range(6))]
    )
    assert Directory(QueryDict(marks)).tray.slugs == [f"agentur-{number}" for number in range(4)]
    assert "Nicht markiert: Agentur 4, Agentur 5." in notices(marks)
    assert "3 markierte Agenturen stehen nicht im Verzeichnis" in notices(marks)


def test_marking_the_same_agency_twice_or_none_needs_no_words() -> None:
    listed("Da", slug="da")
    assert notices("a=da&a=da&a=") == ""


def test_a_mark_that_is_not_among_the_hits_stays_in_the_form() -> None:
    listed("Da", slug="da", fields=["it"])
    listed("Dort", slug="dort", fields=["finance"])
    page = html("fach=it&a=dort")
    assert '<input type="hidden" name="a" value="dort" form="filter">' in page


def test_a_mark_is_taken_away_by_its_link() -> None:
    listed("Da", slug="da")
    (marked,) = Directory(QueryDict("sort=name&a=da")).marked
    assert marked.url == "/agenturen/?sort=name"


def test_no_gap_stands_before_the_full_stop_of_the_sentence() -> None:
    page = Client().get("/en/agenturen/").content.decode()
    sentence = re.sub("<[^>]+>", "", page.partition('<div class="sentence">')[2].partition("</p>")[0])
    assert "I am looking for" in sentence
    assert not re.search(r"\s[.,]", sentence)


# ---- cost and limits -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 20, 60])
def test_the_list_costs_four_queries_for_any_number(
    count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(count):
        listed(f"Agentur {number}", score=rated(4, 3.5) | answering(8, 0.5))
    with django_assert_num_queries(4):  # stored counts, counts of few, agencies with scores, offices
        Client().get(LIST)


@pytest.mark.parametrize("count", [1, 60])
def test_a_search_around_a_place_costs_the_same_for_any_number(
    count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(count):
        listed(f"Agentur {number}", slug=f"a{number}")
    with django_assert_num_queries(6):  # and: the place, whether the words are known, the marked ones
        Client().get(f"{LIST}?q=agentur&ort=Hamburg&a=a0&sort=distance")


def test_the_sixty_first_search_of_a_minute_is_refused() -> None:
    client = Client()
    for _number in range(60):
        assert client.get(LIST, {"q": "pflege"}).status_code == 200
    assert client.get(LIST, {"q": "pflege"}).status_code == 429
    refused = client.get(LIST, {"ort": "Hamburg"}, headers=HTMX)
    assert refused.status_code == 429
    assert refused["HX-Redirect"] == "/agenturen/?ort=Hamburg"
    assert client.get(LIST).status_code == 200  # leafing through the list is not searching


def test_only_reading_is_possible() -> None:
    assert Client().post(LIST).status_code == 405


@pytest.mark.django_db(transaction=True)
def test_a_statement_that_takes_too_long_is_ended_with_a_page() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 200")
    here = connection.settings_dict
    with psycopg.connect(host=here["HOST"], user=here["USER"], dbname=here["NAME"]) as other:
        other.execute(f"LOCK TABLE {Agency._meta.db_table} IN ACCESS EXCLUSIVE MODE")
        response = Client().get(LIST)
    with connection.cursor() as cursor:
        cursor.execute("RESET statement_timeout")
    assert response.status_code == 503
    assert "zu lange gedauert" in response.content.decode()
