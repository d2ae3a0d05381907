"""Markdown to HTML, with an id for every heading and the sections for a table of contents. Raw HTML is off."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify
from markdown_it import MarkdownIt
from markdown_it.token import Token

WORDS_PER_MINUTE = 200  # a calm reader; Brysbaert (2019) found 238 for English prose, German words are longer
SPELLED_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})
PARSER = MarkdownIt("commonmark", {"html": False})


class Heading(NamedTuple):
    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Text:
    """A rendered text: its HTML, the headings of its sections (h2), and how many words it has."""

    html: SafeString
    sections: tuple[Heading, ...]
    words: int

    @property
    def minutes(self) -> int:
        """How long reading takes, at least one minute."""
        return max(1, round(self.words / WORDS_PER_MINUTE))


def render(source: str) -> Text:
    tokens = PARSER.parse(source)
    sections = tuple(_with_ids(tokens))
    html = PARSER.renderer.render(tokens, PARSER.options, {})
    return Text(mark_safe(html), sections, _count_words(tokens))  # noqa: S308 - raw HTML is off


def _with_ids(tokens: Sequence[Token]) -> list[Heading]:
    """Give every heading an id that is its own; the headings of level two, in order."""
    sections, taken = [], set[str]()
    for opening, inside in pairwise(tokens):
        if opening.type == "heading_open":
            text = _plain(inside)
            opening.attrSet("id", _free_id(text, taken))
            if opening.tag == "h2":
                sections.append(Heading(str(opening.attrGet("id")), text))
    return sections


def _free_id(text: str, taken: set[str]) -> str:
    base = slugify(unicodedata.normalize("NFC", text).translate(SPELLED_OUT)) or "abschnitt"
    number, found = 1, base
    while found in taken:
        number += 1
        found = f"{base}-{number}"
    taken.add(found)
    return found


def _plain(inline: Token) -> str:
    return "".join(child.content for child in inline.children or [] if child.type in {"text", "code_inline"})


def _count_words(tokens: Sequence[Token]) -> int:
    return sum(len(re.findall(r"\w+", _plain(token))) for token in tokens if token.type == "inline")
