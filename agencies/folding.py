"""One spelling for search: "Große Straße 5, München" and "grosse strasse 5 muenchen" fold to the same text.

The database has the same function as `search_fold(text)`. Both are made from the tables below, so they agree
on every text; agencies/sql/search_fold.sql is `create_search_fold()` as a migration runs it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from django.db.models import Func, TextField

# What German (and its neighbours) write with more than one letter. Capital letters are derived below.
SPELLED_OUT = {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "œ": "oe", "þ": "th", "ĳ": "ij"}
# Letters that Unicode does not decompose into a plain letter and an accent.
STROKED = dict(zip("øđðħıĸłŋŧſς", "oddhiklntsσ", strict=True))

LETTERS = (
    *range(0x41, 0x5B),  # A to Z
    *range(0xC0, 0x250),  # Latin-1 letters, Latin Extended-A and -B
    *range(0x370, 0x530),  # Greek and Cyrillic
    *range(0x1E00, 0x2000),  # Latin Extended Additional and Greek Extended
)
ACCENTS = "".join(map(chr, range(0x300, 0x370)))  # those that found no letter to join
# Everything that parts words, as a range in the regular expressions of Python and of PostgreSQL alike.
BETWEEN_WORDS = r"[\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00bf\u00d7\u00f7\u2000-\u206f\u3000]+"


def plain(letter: str) -> str:
    """The lower-case letters that a letter folds to: "Ä" is "ae", "É" is "e", "Ж" is "ж"."""
    small = unicodedata.normalize("NFC", letter.lower())
    if small in SPELLED_OUT:
        return SPELLED_OUT[small]
    without_accents = (c for c in unicodedata.normalize("NFD", small) if not unicodedata.combining(c))
    return "".join(SPELLED_OUT.get(c) or STROKED.get(c, c) for c in without_accents)


def folded_letters() -> Iterator[tuple[str, str]]:
    for letter in map(chr, LETTERS):
        if unicodedata.category(letter).startswith("L") and plain(letter) != letter:
            yield letter, plain(letter)


FOLDED = dict(folded_letters())
TABLE = str.maketrans(FOLDED | dict.fromkeys(ACCENTS, ""))
GAP = re.compile(BETWEEN_WORDS)


def fold(text: str) -> str:
    """Lower case, ä as ae, ß as ss, no accents, single spaces for punctuation, no NUL."""
    composed = unicodedata.normalize("NFC", text.replace("\0", ""))
    return GAP.sub(" ", composed.translate(TABLE)).strip(" ")


class SearchFold(Func):
    """`fold` in the database, for annotations, indexes and generated columns."""

    function = "search_fold"
    arity = 1
    output_field = TextField()


def create_search_fold() -> str:
    """The SQL that creates `search_fold`: real IMMUTABLE, unlike anything built on `unaccent()`."""
    single = {letter: small for letter, small in FOLDED.items() if len(small) == 1}
    # translate() looks letters up one after the other, so the frequent ones stand in front, though they stay.
    single = {letter: letter for letter in "enisratdhulcgmobwfkzpvjyxq "} | single
    expression = f"translate(normalize($1, NFC), '{''.join(single)}{ACCENTS}', '{''.join(single.values())}')"
    for letter, letters in FOLDED.items():
        if letter not in single:
            expression = f"replace({expression}, '{letter}', '{letters}')"
    return (
        "CREATE OR REPLACE FUNCTION search_fold(text) RETURNS text\n"
        "LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE\n"
        f"RETURN btrim(regexp_replace({expression}, '{BETWEEN_WORDS}', ' ', 'g'));\n"
    )
