"""One waiting review as a moderator sees it: marked text, facts, history. Words only, nothing to compute in a page."""

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from accounts.models import Event, User
from moderation.models import Decision, Mark, QueueEntry
from reviews.answers import reading_of_revision
from reviews.models import Review, Revision
from reviews.reading import Reading, compose, told
from reviews.states import Status

QUESTIONS = ("good", "better")


@dataclass(frozen=True)
class Segment:
    """A piece of text; `why` says what it was marked for, "" if it was not."""

    text: str
    why: str = ""


@dataclass(frozen=True)
class Part:
    """One of the two texts, cut at its marks."""

    question: str
    segments: list[Segment]


@dataclass(frozen=True)
class Line:
    """One line of the history."""

    at: datetime
    who: str
    what: str


@dataclass(frozen=True)
class Dossier:
    entry: QueueEntry
    revision: Revision
    marks: list[Mark]
    parts: list[Part]
    reading: Reading
    history: list[Line]
    decisions: list[Decision]
    earlier: list[Revision]  # versions, newest first
    public: Revision | None  # what visitors read meanwhile
    others: list[tuple[str, int]]  # status and number of the author's other reviews


def dossier_of(entry: QueueEntry) -> Dossier:
    """Everything about an entry of QueueQuerySet.for_list, in a fixed number of queries."""
    revision = entry.open_revision
    revision.review = entry
    marks = list(revision.marks.all())
    versions = list(entry.revisions.exclude(pk=revision.pk).order_by("-number"))
    return Dossier(
        entry=entry,
        revision=revision,
        marks=marks,
        parts=[part for name in QUESTIONS if (part := _part(revision, name, marks))],
        reading=_reading(entry, revision),
        history=_history(entry),
        decisions=list(entry.decisions.select_related("by", "revision")),
        earlier=versions,
        public=next((version for version in versions if version.pk == entry.public_revision_id), None),
        others=_others(entry),
    )


def _reading(entry: QueueEntry, revision: Revision) -> Reading:
    """As visitors would read it; a later version brings its own facts and stars."""
    if revision.number > 1:
        return reading_of_revision(revision)
    return compose(
        entry, entry.journey, told(entry.journey, entry.journey.interviews.all(), revision), revision
    )


def _part(revision: Revision, name: str, marks: list[Mark]) -> Part | None:
    text = getattr(revision, name)
    here = [mark for mark in marks if mark.part == name]
    question = str(Revision._meta.get_field(name).verbose_name)  # type: ignore[union-attr] # a plain column
    return Part(question, segments(text, here)) if text else None


def segments(text: str, marks: list[Mark]) -> list[Segment]:
    """`text` cut wherever a mark begins or ends; overlapping marks share a piece and both say why."""
    borders = {0, len(text)} | {border for mark in marks for border in (mark.start or 0, mark.end or 0)}
    return [
        Segment(text[start:end], ", ".join(_reasons(marks, start, end)))
        for start, end in pairwise(sorted(border for border in borders if border <= len(text)))
    ]


def _reasons(marks: list[Mark], start: int, end: int) -> list[str]:
    over = (mark for mark in marks if (mark.start or 0) <= start and end <= (mark.end or 0))
    return list(dict.fromkeys(str(mark.get_code_display()) for mark in over))


# ---- history ---------------------------------------------------------------------------------------------


def _history(entry: QueueEntry) -> list[Line]:
    """The log of this review, newest first, with pseudonyms instead of numbers."""
    events = list(Event.objects.about(_as_review(entry)).order_by("-pk"))
    names = dict(
        User.objects.filter(pk__in={event.actor_id for event in events}).values_list("pk", "pseudonym")
    )
    return [Line(event.at, _who(event, entry, names), _what(event)) for event in events]


def _as_review(entry: QueueEntry) -> Review:
    """The log knows reviews, not queue entries."""
    return Review(pk=entry.pk)


def _who(event: Event, entry: QueueEntry, names: dict[int, str]) -> str:
    if event.actor_id is None:
        return _("automatisch")
    if event.actor_id == entry.author_id:
        return _("Autor:in")
    return names.get(event.actor_id, _("gelöschtes Konto"))


def _what(event: Event) -> str:
    if event.verb == "move":
        return str(Status(event.after).label)
    return {
        "submit": _("abgeschickt"),
        "revise": _("neue Fassung geschickt"),
        "publish revision": _("neue Fassung veröffentlicht"),
        "refuse revision": _("neue Fassung nicht übernommen"),
    }.get(event.verb, event.verb)


def _others(entry: QueueEntry) -> list[tuple[str, int]]:
    """How the author's other reviews stand: counts only, nothing that says which ones."""
    if entry.author_id is None:
        return []
    of_author = Review.objects.filter(Q(author=entry.author_id) & ~Q(pk=entry.pk))
    counts = of_author.values_list("status").annotate(n=Count("pk")).order_by("status")
    return [(str(Status(status).label), n) for status, n in counts]
