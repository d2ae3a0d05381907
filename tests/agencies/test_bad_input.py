"""Whatever stands in the address: a sentence, a useful page, never an error, and never more statements than usual."""

from html import unescape

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from tests.agencies.listing import listed

pytestmark = pytest.mark.django_db
LIST = "/agenturen/"

HOSTILE = {
    "very long": "x" * 10_000,
    "very many words": "wort " * 2_000,
    "percent": "%",
    "underscore": "_",
    "quotes": "'\"`´",
    "SQL": "'; DROP TABLE agencies_agency; --",
    "NUL": "\0a\0",
    "emoji": "😀👩‍💻",
    "right to left": "\u202eabc\u200f\u061c",
    "operators of full-text search": "a & !b | (c:*) <-> \\",
    "half a pair": "\ufffd",
    "markup": "<script>alert(1)</script>",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize(
    "name", ["q", "ort", "form", "fach", "umkreis", "min_score", "sort", "page", "nach", "vor", "a"]
)
def test_any_text_in_any_place_gives_a_page(
    name: str, text: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    listed("Da")
    with django_assert_max_num_queries(12):
        response = Client().get(LIST, {name: text})
    page = unescape(response.content.decode())
    assert response.status_code == 200
    assert 'class="notice"' in page or 'class="empty"' in page or name == "a" or "1 Agentur gefunden" in page
    assert b"<script>alert" not in response.content
    assert not {"\0", "\u202e"} & {*page}


@pytest.mark.parametrize(
    "query",
    [
        "page=-1",
        "page=0",
        "page=51",
        "page=99999999",
        "page=1e3",
        "page=%D9%A3",
        "nach=garbage",
        "vor=garbage",
        "nach=",
        "page=2&nach=garbage",
    ],
)
def test_a_page_that_is_not_there_is_the_first_with_a_sentence(query: str) -> None:
    listed("Da")
    page = unescape(Client().get(f"{LIST}?{query}").content.decode())
    assert "Diese Seite der Liste gibt es nicht. Du siehst die erste." in page
    assert "1 Agentur gefunden" in page


def test_of_a_parameter_that_is_repeated_the_last_counts() -> None:
    listed("Ahorn", fields=["it"])
    response = Client().get(f"{LIST}?fach=finance&fach=it&q=weg&q=ahorn&page=9&page=1&sort=x&sort=name")
    assert [hit.card.name for hit in response.context["directory"].page.hits] == ["Ahorn"]
    assert 'class="notice"' not in response.content.decode()


def test_everything_wrong_at_once_is_named_once_each() -> None:
    listed("Da")
    query = "form=x&fach=x&umkreis=x&ort=Qwertzuiopü&min_score=x&min_feedback=x&sort=x&page=x"
    page = unescape(Client().get(f"{LIST}?{query}").content.decode())
    assert page.count("lassen es weg") == 7
    assert "1 Agentur gefunden" in page


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("form=%00", "Was bei „Anstellung“ steht, lässt sich nicht lesen und bleibt weg."),
        ("q=%00", "Nach diesen Zeichen lässt sich nicht suchen."),
        ("q=%E2%80%AE", "Nach diesen Zeichen lässt sich nicht suchen."),
    ],
)
def test_what_cannot_even_be_shown_is_named_by_where_it_stands(query: str, sentence: str) -> None:
    assert sentence in unescape(Client().get(f"{LIST}?{query}").content.decode())


@pytest.mark.parametrize("query", ["q=", "q=+", "form="])
def test_nothing_needs_no_sentence(query: str) -> None:
    assert 'class="notice"' not in Client().get(f"{LIST}?{query}").content.decode()
