"""One spelling for search, in Python and in the database."""

import sys
import unicodedata
from pathlib import Path

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

import agencies
from agencies.folding import create_search_fold, fold
from agencies.models import Place


def fold_in_database(texts: list[str]) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT search_fold(t) FROM unnest(%s::text[]) WITH ORDINALITY AS u(t, n) ORDER BY n", [texts]
        )
        return [row[0] for row in cursor.fetchall()]


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Große Straße 5, München", "grosse strasse 5 muenchen"),
        ("GROẞE STRAẞE", "grosse strasse"),
        ("Zu\u0308rich", "zuerich"),
        ("Frankfurt/Main", "frankfurt main"),
        ("  St.-Gallen\t\n", "st gallen"),
        ("Genève", "geneve"),
        ("Łódź, Kraków", "lodz krakow"),
        ("Ærø & Øl", "aero ol"),
        ("İstanbul ıssız", "istanbul issiz"),
        ("Ἀθῆναι", "αθηναι"),
        ("Йошкар-Ола", "иошкар ола"),
        ("A\0B", "ab"),
        ("…–“”", ""),
        ("", ""),
    ],
)
def test_text_is_folded(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_the_migration_runs_what_the_tables_say() -> None:
    """After a change of the tables: write the file again, and a migration that runs it and indexes anew."""
    written = Path(agencies.__file__).parent / "sql" / "search_fold.sql"
    assert written.read_text(encoding="utf-8") == create_search_fold()


EUROPE = "".join(map(chr, (*range(1, 0x250), *range(0x300, 0x530), *range(0x1E00, 0x2070))))


class TheDatabaseFoldsLikePython(TestCase):
    @settings(max_examples=300, deadline=None)
    @given(st.text(alphabet=EUROPE))
    def test_any_european_text(self, text: str) -> None:
        assert fold_in_database([text]) == [fold(text)]


@pytest.mark.django_db
def test_the_database_folds_every_assigned_character_like_python() -> None:
    characters = [
        c for c in map(chr, range(1, sys.maxunicode)) if unicodedata.category(c) not in {"Cn", "Cs"}
    ]
    composed = [f"a{c}b" for c in characters]
    decomposed = [unicodedata.normalize("NFD", c) for c in characters]
    assert fold_in_database(composed) == list(map(fold, composed))
    assert fold_in_database(decomposed) == list(map(fold, decomposed))


@pytest.mark.django_db
def test_the_function_may_stand_in_an_index() -> None:
    table = Place._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE INDEX place_folded ON {table} (search_fold(name))")
