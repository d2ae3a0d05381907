"""A letter with a person's own words in its blanks, as page, text and link. static/js/letters.js does the same.

A blank without a value shows what belongs there, in brackets. Nothing here is stored.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from string import Formatter
from typing import NamedTuple
from urllib.parse import quote

from django.utils import formats, translation
from django.utils.functional import cached_property
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from journeys.choices import Step
from journeys.letters import texts
from journeys.letters.texts import Letter, Version
from journeys.models import Interview, Journey

LONGEST_LINK = 2000  # characters; mail programs and Windows cut longer ones, some without a word

type Values = Mapping[str, str | date | None]

BLANKS = {
    "name": _("[dein Name]"),
    "contact": _("[Ansprechperson]"),
    "agency": _("[Agentur]"),
    "role": _("[Stelle]"),
    "day": _("[Datum]"),
    "client": _("[Kunde]"),
}


class Piece(NamedTuple):
    """A stretch of text: written by us, or what stands in a blank."""

    text: str
    blank: str = ""
    empty: str = ""  # what the blank shows without a value

    @property
    def is_open(self) -> bool:
        return bool(self.blank) and self.text == self.empty

    @property
    def html(self) -> SafeString | str:
        if not self.blank:
            return self.text
        state = mark_safe(' class="open"') if self.is_open else ""
        mark = '<mark data-blank="{}" data-empty="{}"{}>{}</mark>'
        return format_html(mark, self.blank, self.empty, state, self.text)


class Line(list[Piece]):
    """A sentence or a paragraph."""

    def __str__(self) -> str:
        return "".join(piece.text for piece in self)

    @property
    def html(self) -> SafeString:
        return format_html_join("", "{}", ((piece.html,) for piece in self))


@dataclass(frozen=True)
class Filled:
    """What a page shows of one letter. `values` by the names of BLANKS; missing ones stay open."""

    step: Step
    version: Version
    values: Values

    @property
    def slug(self) -> str:
        return texts.SLUGS[self.step]

    @property
    def language(self) -> str:
        return self.version.language

    @property
    def about(self) -> texts.About:
        return texts.about(self.step, translation.get_language() or "de")

    @property
    def is_legal(self) -> bool:
        """Whether it rests on a law that the page then explains."""
        return self.step == Step.ACCESS

    @cached_property
    def _letter(self) -> Letter:
        return texts.letter(self.step, self.version)

    @cached_property
    def subject(self) -> Line:
        return self._fill(self._letter.subject)

    @cached_property
    def paragraphs(self) -> list[Line]:
        return [self._fill(paragraph) for paragraph in self._letter.body.split("\n\n")]

    @cached_property
    def say(self) -> list[Line]:
        return [self._fill(sentence) for sentence in self._letter.say]

    @cached_property
    def reply(self) -> list[Line]:
        return [self._fill(sentence) for sentence in self._letter.reply]

    @property
    def text(self) -> str:
        """All of it as plain text: what is said, then subject and body."""
        with translation.override(self.language):
            spoken = [_now("Am Telefon"), *map(str, self.say)] if self.say else []
            spoken += [_now("Auf „Wir melden uns“"), *map(str, self.reply)] if self.reply else []
            subject = _now("Betreff: %(subject)s") % {"subject": self.subject}
        return "\n\n".join([*spoken, subject, self.body]) + "\n"

    @property
    def body(self) -> str:
        return "\n\n".join(map(str, self.paragraphs))

    @property
    def mailto(self) -> str:
        """Opens a mail with subject and body (RFC 6068), or the subject alone where the link would be too long."""
        link = f"mailto:?subject={quote(str(self.subject), safe='')}"
        body = quote(self.body.replace("\n", "\r\n"), safe="")
        whole = f"{link}&body={body}"
        return whole if len(whole) <= LONGEST_LINK else link

    @property
    def is_long(self) -> bool:
        return "&body=" not in self.mailto

    @property
    def is_filled(self) -> bool:
        return any(piece.blank and not piece.is_open for line in self._lines for piece in line)

    @property
    def _lines(self) -> list[Line]:
        return [*self.say, *self.reply, self.subject, *self.paragraphs]

    @property
    def text_link(self) -> str:
        """The filled text as a link that leads nowhere: it asks no server for what somebody typed."""
        return f"data:text/plain;charset=utf-8,{quote(self.text, safe='')}"

    def _fill(self, template: str) -> Line:
        line = Line()
        for literal, blank, _spec, _conversion in Formatter().parse(template):
            line += [Piece(literal)] if literal else []
            line += [self._blank(blank)] if blank else []
        return line

    def _blank(self, name: str) -> Piece:
        with translation.override(self.language):
            empty = str(BLANKS[name])
            return Piece(_written(self.values.get(name)) or empty, name, empty)


def values_of(journey: Journey, interview: Interview | None) -> dict[str, str | date | None]:
    """What a process knows for the blanks. No person's name is stored there."""
    return {
        "agency": journey.agency.short_name,
        "role": journey.title,
        "client": journey.client,
        "day": interview.held_on if interview else None,
    }


def _written(value: str | date | None) -> str:
    return formats.date_format(value, "MONTH_DAY_FORMAT") if isinstance(value, date) else value or ""
