"""What a person must look at before a review is published.

Star-blind: a `Case` is all that is looked at, and it holds no ratings. Screening marks and never decides, so a mark
too many costs a moderator a second, and nobody a review.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from phonenumbers import Leniency, PhoneNumberMatcher

from accounts.models import User
from agencies.choices import AgencyStatus
from agencies.folding import fold
from agencies.models import Agency
from moderation.models import Mark
from reviews.models import Review, Revision

INSULTS = Path(__file__).parent / "data" / "insults.txt"
PARTS = ("good", "better")
PHONE_REGIONS = ("DE", "AT", "CH")
TOP_LEVEL_DOMAINS = (
    "de at ch li lu eu com net org info biz io co me app dev ai tv online jobs work careers agency group team "
    "consulting digital global works uk fr it nl pl es us example"
)

EMAIL = re.compile(
    r"[\w.+%-]{1,64}\s?(?:@|[(\[{]\s?(?:at|ät)\s?[)\]}])\s?[\w-]{1,63}"
    r"(?:\s?(?:\.|[(\[{]\s?(?:dot|punkt)\s?[)\]}])\s?[\w-]{2,63}){1,4}",
    re.IGNORECASE,
)
URL = re.compile(  # capitals at the end are no domain: "ASP.NET", "das Ende.Das Team"
    r"(?:(?i:https?://|(?<!\w)www\.)\S+"
    rf"|(?<![\w.@-])(?:(?i:[a-z0-9äöüß-]{{1,63}})\.){{1,4}}(?:{'|'.join(TOP_LEVEL_DOMAINS.split())})(?![\w-])(?:/\S*)?)"
    r"(?<![.,;:!?)])"
)
TITLE = re.compile(
    r"\b(?:Herrn?|Frau|Hr\.|Fr\.|Mr\.?|Mrs\.?|Ms\.?|Miss)(?:\s+(?:Dr|Prof)\.)*\s+([^\W\d_][\w'’-]*)"
)
NO_NAMES = "von van der den de del di da zu zur zum und dr prof dipl ing mag med msc mba"

# "Arschl*ch", "f***", but neither "Bewerber*innen" nor "*wichtig*" nor "Gehalt*".
MASKED = re.compile(
    r"(?<![\w*])[^\W\d_]+(?:\*{2,}[^\W\d_]*|\*(?!innen|(?:in|er|en|em|es|r|e|n|m|s)\b)[^\W\d_]+)",
    re.IGNORECASE,
)
LETTER = re.compile(r".[\u0300-\u036f]*", re.DOTALL)  # with the accents written after it
DIGITS_AS_LETTERS = str.maketrans("013457@$€", "oieastase")


class Finding(NamedTuple):
    """A mark before it is stored; without `part` it is about the whole review."""

    code: Mark.Code
    part: str = ""
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True)
class Case:
    """All that screening gets to see of a review: its words, the agency and who wrote it."""

    texts: dict[str, str]
    agency: Agency
    author: User | None

    @classmethod
    def of(cls, revision: Revision) -> "Case":
        review = (
            Review.objects.only("agency", "author")
            .select_related("agency", "author")
            .get(pk=revision.review_id)
        )
        return cls({part: getattr(revision, part) for part in PARTS}, review.agency, review.author)


def examine(case: Case) -> list[Finding]:
    """Everything about `case` that a person must look at, in the order of the text."""
    names = _names(case.agency)
    in_text = [finding for part, text in case.texts.items() for finding in _in_text(part, text, names)]
    return in_text + [Finding(code) for code in _circumstances(case)]


def _circumstances(case: Case) -> Iterator[Mark.Code]:
    agency, author = case.agency, case.author
    if agency.status == AgencyStatus.PROPOSED:
        yield Mark.Code.PROPOSED_AGENCY
    if author is None or not author.reviews.filter(published_on__isnull=False).exists():
        yield Mark.Code.FIRST_REVIEW
    if author and agency.is_own_address(author.email):
        yield Mark.Code.OWN_DOMAIN
    if author and agency.memberships.filter(user=author).exists():
        yield Mark.Code.MEMBER


def _in_text(part: str, text: str, names: "re.Pattern[str] | None") -> list[Finding]:
    """Marks in one text; of two that overlap the earlier, then the more telling one (an address over its domain)."""
    found = sorted(
        (start, order, -end, Finding(code, part, start, end))
        for order, (code, spans) in enumerate(_searches(text, names))
        for start, end in spans
    )
    kept: list[Finding] = []
    for start, _order, _end, finding in found:
        if not kept or start >= (kept[-1].end or 0):
            kept.append(finding)
    return kept


type Spans = Iterator[tuple[int, int]]


def _searches(text: str, names: "re.Pattern[str] | None") -> Iterator[tuple[Mark.Code, Spans]]:
    yield Mark.Code.EMAIL, (match.span() for match in EMAIL.finditer(text))
    yield Mark.Code.URL, (match.span() for match in URL.finditer(text))
    yield Mark.Code.PHONE, _phone_numbers(text)
    yield Mark.Code.PERSON_NAME, _people(text, names)
    yield Mark.Code.INSULT, _insults(text)


def _phone_numbers(text: str) -> Spans:
    for region in PHONE_REGIONS:
        for match in PhoneNumberMatcher(text, region, leniency=Leniency.VALID):
            yield match.start, match.end


# ---- names -----------------------------------------------------------------------------------------------


def _names(agency: Agency) -> "re.Pattern[str] | None":
    """A pattern over folded text for the people we know at this agency, confirmed or not: full names and parts."""
    full = [fold(name) for name in agency.recruiters.values_list("name", flat=True)]
    parts = {part for name in full for part in name.split() if len(part) > 2 and part not in NO_NAMES.split()}
    known = sorted({*full, *parts} - {""}, key=len, reverse=True)
    return re.compile(rf"(?<![^ ])(?:{'|'.join(map(re.escape, known))})(?:s|)(?![^ ])") if known else None


def _people(text: str, names: "re.Pattern[str] | None") -> Spans:
    yield from (match.span() for match in TITLE.finditer(text) if match[1][0].isupper())
    if names:
        for start, end in Folded(text).spans(names):
            if " " in text[start:end].strip() or text[start].isupper():  # "Lang" is a name, "lang" is a word
                yield start, end


# ---- insults ---------------------------------------------------------------------------------------------


def _insults(text: str) -> Spans:
    yield from (match.span() for match in MASKED.finditer(text))
    for spelling in {text, text.translate(DIGITS_AS_LETTERS)}:
        yield from Folded(spelling).spans(_insult_pattern())


@cache
def _insult_pattern() -> "re.Pattern[str]":
    lines = INSULTS.read_text(encoding="utf-8").splitlines()
    return re.compile("|".join(_pattern(line) for line in lines if line and not line.startswith("#")))


def _pattern(expression: str) -> str:
    """The regular expression for one line of the list: "scheiss*" finds "scheiße", "Scheißladen", "scheiiisse"."""
    letters = "".join(_at_least(letter, len(list(run))) for letter, run in groupby(expression.strip("*")))
    before = "" if expression.startswith("*") else "(?<![^ ])"
    after = "" if expression.endswith("*") else "(?![^ ])"
    return f"{before}{letters}{after}"


def _at_least(letter: str, times: int) -> str:
    return " +" if letter == " " else f"{re.escape(letter)}{{{times},}}"


class Folded:
    """A text as `agencies.folding.fold` writes it, letter for letter, that remembers where each came from."""

    def __init__(self, text: str) -> None:
        self._origins: list[tuple[int, int]] = []
        letters: list[str] = []
        for match in LETTER.finditer(text):
            if unicodedata.category(match[0][0]) != "Cf":  # invisible characters hide nothing
                folded = fold(match[0]) or " "
                letters += folded
                self._origins += [match.span()] * len(folded)
        self.text = "".join(letters)

    def spans(self, pattern: "re.Pattern[str]") -> Spans:
        """Where `pattern` is in the original text, widened to whole words."""
        for match in pattern.finditer(self.text):
            start = self.text.rfind(" ", 0, match.start()) + 1
            end = self.text.find(" ", match.end())
            last = len(self.text) if end < 0 else end
            yield self._origins[start][0], self._origins[last - 1][1]
