"""Finding an agency by what people really type."""

import pytest
from pytest_django import DjangoAssertNumQueries

from agencies.models import Agency, Word
from agencies.search import LONGEST_QUERY, MOST_WORDS, Search, forget_words, refresh_search
from agencies.similar import alike
from tests.agencies.listing import listed

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def agencies() -> None:
    listed("Nordlicht & Söhne Personalberatung", kinds=["placement"], fields=["finance"])
    listed("Hafenkante IT-Vermittlung", place="Lübeck", kinds=["freelance"], fields=["it"])
    listed(
        "Morgentau Medizin", place="München", kinds=["placement"], fields=["health"], legal_name="Aurora AG"
    )
    listed("Drei Linden", place="Leipzig", kinds=["temp"], fields=["health"])
    listed("Weitblick", place="Münster", kinds=["placement"], fields=["sales"])
    listed(
        "Kornblume", place="Berlin", kinds=["executive"], fields=["legal"], description="Wir lieben Schach."
    )


def found(text: str) -> list[str]:
    search = Search(text)
    agencies = search.matching(Agency.objects.listed())
    if search:
        agencies = agencies.order_by(search.relevance().desc(), "search_words")
    return [agency.name.split()[0] for agency in agencies]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("Nordlicht", "Nordlicht"),
        ("nordl", "Nordlicht"),
        ("NORDLICHT UND SÖHNE", "Nordlicht"),
        ("soehne", "Nordlicht"),
        ("sohne", "Nordlicht"),
        ("So\u0308hne", "Nordlicht"),
        ("nordlihct", "Nordlicht"),
        ("kante", "Hafenkante"),
        ("it hafenkante", "Hafenkante"),
        ("aurora", "Morgentau"),
        ("20095", "Nordlicht"),
        ("schach", "Kornblume"),
    ],
)
def test_a_name_is_found_however_it_is_written(text: str, first: str) -> None:
    assert found(text)[0] == first


@pytest.mark.parametrize(
    "text",
    [
        "personalberatung münchen",
        "muenchen",
        "Munchen",
        "Personalvermittler Muenchn",
        "Medizin in München",
        "pflege münchen",
        "Personalvermitler für Medzin",
        "pfelge munchen",
    ],
)
def test_service_field_and_town_are_found_however_they_are_written(text: str) -> None:
    assert found(text) == ["Morgentau"]


def test_people_say_leiharbeit_and_headhunter_for_what_we_call_otherwise() -> None:
    assert found("leiharbeit") == ["Drei"]
    assert found("headhunter") == ["Kornblume"]


def test_a_town_is_found_under_its_foreign_name(gazetteer_loaded: None) -> None:
    refresh_search()
    assert found("munich") == ["Morgentau"]


def test_every_word_must_match() -> None:
    assert found("pflege") == ["Drei", "Morgentau"]
    assert found("pflege leipzig") == ["Drei"]
    assert found("pflege berlin") == []


def test_words_that_connect_do_not_count() -> None:
    assert found("Pflege in Leipzig") == found("eine Agentur für Pflege bei Leipzig") == ["Drei"]


def test_a_hit_in_the_name_stands_before_one_in_the_town() -> None:
    listed("Leipzig Talente", place="Hamburg")
    assert found("leipzig") == ["Leipzig", "Drei"]


def test_a_mistyped_word_is_guessed_among_what_the_others_find() -> None:
    listed("Soenke Vermittlung")  # closer to "Söne" than "Söhne" is
    assert found("Nordlicht Söne Personal") == ["Nordlicht"]


def test_a_word_somebody_has_is_not_taken_for_a_typo_of_another() -> None:
    listed("Freiberg Köpfe")
    listed("Freiburg Köpfe")
    assert found("freiburg") == ["Freiburg"]
    assert not Search("freiburg").is_guess


def test_a_guess_takes_the_nearest_word_only() -> None:
    assert Search("muenchn").is_guess
    assert found("muenchn") == ["Morgentau"]  # and not Münster


@pytest.mark.parametrize("text", ["Nordlihct Söne", "Nrodlicht Sohene", "Haffenkante Vermitlung"])
def test_two_mistyped_words_are_both_guessed(text: str) -> None:
    assert len(found(text)) == 1


def test_a_beginning_of_another_word_is_guessed_at_where_the_other_words_ask_for_it() -> None:
    listed("Sönning Personal")  # "Söne" is how its name begins
    assert found("Söne") == ["Sönning"]
    assert found("Nordlicht Söne") == ["Nordlicht"]
    assert Search("Nordlicht Söne").is_guess


def test_words_that_no_agency_has_together_are_not_found_by_force() -> None:
    assert found("Weitblick Hamburg") == []
    assert not Search("Weitblick Hamburg").is_guess


def test_the_words_of_an_agency_that_is_gone_are_forgotten_at_night() -> None:
    assert not Search("schach").is_guess
    Agency.objects.filter(name="Kornblume").update(status="closed")
    assert forget_words() > 0
    assert not Word.objects.filter(text="schach").exists()
    assert Word.objects.filter(text="nordlicht").exists()


def test_words_of_a_proposal_are_not_known_until_it_is_listed() -> None:
    proposed = listed("Quittenbaum", status="proposed")
    assert not Word.objects.filter(text="quittenbaum").exists()
    Agency.objects.filter(pk=proposed.pk).update(status="listed")
    refresh_search([proposed.pk])
    assert found("quitenbaum") == ["Quittenbaum"]


@pytest.mark.parametrize(
    "text", ["Nordlihct", "Nordlihct Söne Morgentua Kornblmue Weitblik Dreei Lindne Xyzzyx"]
)
def test_a_search_costs_a_few_statements_however_much_is_mistyped(
    text: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(
        6
    ):  # known words, near ones, all together, wider ones, those together, hits
        found(text)


def test_short_words_are_never_guessed_at() -> None:
    assert found("bern") == []  # Berlin is as close as many a typo


def test_only_listed_agencies_are_found() -> None:
    Agency.objects.filter(name__startswith="Nordlicht").update(status="closed")
    assert found("nordlicht") == []


@pytest.mark.parametrize(
    "text",
    [
        "%",
        "_",
        "'; DROP TABLE agencies_agency; --",
        '"\\"',
        "a & b | !c <-> d:* ( ) \\",
        "\0nordlicht\0",
        "\u202eabc\u200f\u061c",
        "😀 👩‍💻",
        "日本語 العربية עברית",
        "\ufffd\ufffd",
        "'",
        "::*",
        "NULL",
        "\n\t\r",
    ],
)
def test_hostile_queries_find_something_or_nothing_and_never_fail(text: str) -> None:
    found(text)


def test_a_query_without_any_word_finds_all_and_says_that_it_is_none() -> None:
    search = Search("%%% 😀")
    assert not search
    assert len(found("%%% 😀")) == Agency.objects.listed().count()


def test_a_very_long_query_is_cut_to_its_beginning() -> None:
    search = Search("nordlicht " + "x" * 10_000)
    assert search.was_cut
    assert len(search.text) <= LONGEST_QUERY
    assert search.words[0] == "nordlicht"


def test_very_many_words_are_cut_to_a_few() -> None:
    search = Search(" ".join(f"wort{number}" for number in range(15)))
    assert search.was_cut
    assert len(search.words) == MOST_WORDS


def test_a_usual_query_is_not_cut() -> None:
    assert not Search("Personalberatung für Pflege in Leipzig").was_cut


def test_one_statement_refreshes_any_number_of_agencies(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    everywhere = Agency.objects.count()
    with django_assert_num_queries(1):
        assert refresh_search() == everywhere


def test_a_new_name_is_found_after_the_refresh() -> None:
    agency = Agency.objects.get(name="Weitblick")
    Agency.objects.filter(pk=agency.pk).update(name="Fernsicht")
    assert refresh_search([agency.pk]) == 1
    assert found("fernsicht") == ["Fernsicht"]
    assert found("weitblick") == []


# ---- the same agency under nearly the same name --------------------------------------------------------------


def names_like(name: str) -> list[str]:
    return [Agency.objects.get(pk=pk).name.split()[0] for pk in alike(name)]


@pytest.mark.parametrize(
    "name", ["Nordlicht und Söhne GmbH", "Nordlicht", "Nordlich Personal", "nordlicht soehne"]
)
def test_a_proposal_is_compared_without_legal_form_and_trade(name: str) -> None:
    assert names_like(name) == ["Nordlicht"]


def test_the_trade_alone_or_the_town_make_no_duplicate() -> None:
    assert names_like("Sonnenschein Personalberatung") == []
    assert names_like("Hamburg Personal") == []


def test_the_registered_name_counts_as_well() -> None:
    assert names_like("Aurora") == ["Morgentau"]
