"""The letters as they are written: texts/STEP.LANGUAGE.toml.

A file holds what the page says about the letter (moment, title, when, why) and two versions of it, `formal` and
`informal`. Words in braces are blanks (journeys.letters.filling). `say` and `reply` are spoken, on the phone.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Self

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from journeys.choices import Step

FOLDER = Path(__file__).parent / "texts"
IN_LANGUAGE = {"de": _("auf Deutsch"), "en": _("auf Englisch")}
SLUGS = {
    Step.FIRST_TALK: "erstes-gespraech",
    Step.CLIENT_TALK: "gespraech-beim-kunden",
    Step.FRIENDLY: "tag-3",
    Step.SECOND: "tag-7",
    Step.FIRM: "tag-14",
    Step.ACCESS: "tag-30",
}


class Tone(models.TextChoices):
    """How the letter speaks to its reader. English has no two words for it, but two manners."""

    FORMAL = "formal", _("per Sie")
    INFORMAL = "informal", _("per Du")


@dataclass(frozen=True, slots=True)
class Version:
    """How letters are shown. It may stand in an address, as it says nothing of anybody."""

    language: str
    tone: Tone

    @classmethod
    def chosen_in(cls, sent: Mapping[str, str]) -> Self:
        """What was asked for; where that is nothing known, the language of the page and the formal tone."""
        language, tone = sent.get("sprache", ""), sent.get("anrede", "")
        if language not in IN_LANGUAGE:
            language = get_language() or "de"
        return cls(language, Tone(tone) if tone in Tone else Tone.FORMAL)

    @property
    def query(self) -> str:
        return f"?sprache={self.language}&anrede={self.tone}"

    @property
    def in_language(self) -> str:
        return str(IN_LANGUAGE[self.language])


@dataclass(frozen=True, slots=True)
class About:
    """What the page says about a letter, in the language of the page."""

    moment: str
    title: str
    when: str
    why: str


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter with its blanks, in the language and tone of its reader."""

    subject: str
    body: str
    say: tuple[str, ...] = ()  # sentences for the phone
    reply: tuple[str, ...] = ()  # what to answer to "Wir melden uns"


def about(step: Step, language: str) -> About:
    file = _file(step, language)
    return About(file["moment"], file["title"], file["when"], file["why"])


def letter(step: Step, version: Version) -> Letter:
    text = _file(step, version.language)[version.tone]
    spoken = {name: tuple(text.get(name, ())) for name in ("say", "reply")}
    return Letter(text["subject"], text["body"].strip(), **spoken)


@cache
def _file(step: Step, language: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / f"{step}.{language}.toml").read_text(encoding="utf-8"))
