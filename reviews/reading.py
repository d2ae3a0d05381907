"""What the public reads of a review: prepared words, no dates, nobody's name but a confirmed profile's.

Pure: it takes model instances (stored or not, so that a preview shows the same) and makes strings. A role, the
quarter of contact, durations and the month of publication are all that is told about a person and their days.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from django.db.models import TextChoices
from django.utils import formats, timezone
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from agencies.choices import Field
from agencies.figures import decimal
from journeys.choices import (
    Channel,
    Outcome,
    Party,
    Reason,
    Response,
    Role,
    SilentParty,
    Stage,
    WaitEnd,
    WaitKind,
)
from journeys.models import Interview, Journey
from reviews.criteria import LABELS
from reviews.models import Review, Revision
from reviews.states import Status


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that happened; `state` names the mark that stands before it, "" for none."""

    text: str
    state: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """A review as it stands on a page."""

    pk: int | None
    overall: str  # "4,0", mean of the criteria that were answered
    headline: str
    role: str  # "Bewerber:in, IT und Software, Festanstellung"
    contact: str  # "Kontakt im 3. Quartal 2026"
    proof: str
    is_proven: bool
    published: str  # "November 2026", "" while it is not
    is_replaced: bool  # a newer one of the same person counts instead
    is_under_check: bool
    facts: tuple[Fact, ...]
    ratings: tuple[tuple[str, str], ...]
    good: str
    better: str
    language: str


def told(journey: Journey, waits: Iterable[Interview], revision: Revision) -> list[Interview]:
    """Those of the journey's waits that a version of a review tells of.

    Of a journey that its author follows these are the ones named in it, as far as they were known on the day of the
    version: what the author logs afterwards is private. reviews.recompute counts the same.
    """
    if journey.origin != Journey.Origin.TRACKED:
        return list(waits)
    known_on = timezone.localdate(revision.created_at, timezone.get_default_timezone())
    return [wait.as_known_on(known_on) for wait in waits if wait.in_review and wait.held_on <= known_on]


def compose(review: Review, journey: Journey, waits: Sequence[Interview], text: Revision) -> Reading:
    """A review from its parts, which need not be stored."""
    ratings, names = review.ratings, _criteria(get_language())
    return Reading(
        pk=review.pk,
        overall=decimal(sum(ratings.values()) / len(ratings)) if ratings else "",
        headline=_headline(journey, waits),
        role=_role(journey),
        contact=_contact(journey),
        proof=_label(Review.Proof, review.proof),
        is_proven=review.proof == Review.Proof.CONTACT,
        published=formats.date_format(review.published_on, "F Y") if review.published_on else "",
        is_replaced=review.is_public and not review.is_current,
        is_under_check=review.status == Status.UNDER_CHECK,
        facts=tuple(_facts(journey, waits)),
        ratings=tuple((names[code], _of_five(stars, get_language())) for code, stars in ratings.items()),
        good=text.good,
        better=text.better,
        language=review.language,
    )


# ---- who and when ------------------------------------------------------------------------------------------


def _role(journey: Journey) -> str:
    parts = [_("Bewerber:in"), _label(Field, journey.field), _label(Role, journey.role)]
    return ", ".join(part for part in parts if part)


def _label(choices: type[TextChoices], value: str) -> str:
    """The words of one choice. get_..._display() would translate all of them for each review of a page."""
    return _labelled(choices, value, get_language()) if value else ""


@lru_cache
def _labelled(choices: type[TextChoices], value: str, language: str) -> str:
    return str(choices(value).label)


@lru_cache
def _criteria(language: str) -> dict[str, str]:
    return {code: str(label) for code, label in LABELS.items()}


@lru_cache
def _of_five(stars: int, language: str) -> str:
    return _("%(stars)s von 5") % {"stars": stars}


def _contact(journey: Journey) -> str:
    return _("Kontakt im %(quarter)s. Quartal %(year)s") % {
        "quarter": (journey.month.month + 2) // 3,
        "year": journey.month.year,
    }


# ---- how it went -------------------------------------------------------------------------------------------

HEADLINES = {
    Outcome.HIRED: {Response.POSITIVE},
    Outcome.REJECTED: {Response.NEGATIVE},
    Outcome.SILENT: {Response.NOTHING, Response.HOLDING},
    Outcome.WITHDRAWN: {Response.WITHDREW},
    Outcome.CANCELLED: {Response.CANCELLED},
}  # the responses of a last wait that tell how long this outcome took


def _headline(journey: Journey, waits: Sequence[Interview]) -> str:
    """How it ended, and how long that took where the last wait tells: "Absage nach 6 Tagen, mit konkretem Grund"."""
    ended = capfirst(_label(Outcome, journey.outcome))
    last = waits[-1] if waits else None
    if last is None or last.response not in HEADLINES.get(Outcome(journey.outcome), set()):
        return ended
    reason = _with_reason(last)
    return f"{ended} {_after(last)}, {reason}" if reason else f"{ended} {_after(last)}"


REASONS = {
    Reason.NONE: gettext_lazy("ohne Begründung"),
    Reason.PHRASE: gettext_lazy("mit einer Floskel"),
    Reason.CONCRETE: gettext_lazy("mit konkretem Grund"),
    Reason.HELPFUL: gettext_lazy("mit einem Grund, der weiterhilft"),
}


def _with_reason(wait: Interview) -> str:
    return str(REASONS[Reason(wait.reason)]) if wait.reason else ""


def _after(wait: Interview) -> str:
    """The duration in words: days, and weeks where the person only remembered weeks."""
    days = wait.wait_days
    if days == 0:
        return _("am selben Tag")
    if wait.is_exact:
        return ngettext("nach %(n)s Tag", "nach %(n)s Tagen", days) % {"n": days}
    if days >= 14 and days % 7 == 0:
        return _("nach etwa %(n)s Wochen") % {"n": days // 7}
    return ngettext("nach etwa %(n)s Tag", "nach etwa %(n)s Tagen", days) % {"n": days}


def _facts(journey: Journey, waits: Sequence[Interview]) -> list[Fact]:
    facts = [Fact(_("bis: %(stage)s") % {"stage": _label(Stage, journey.stage)})]
    for wait in waits:
        facts += _facts_of(wait, is_only=len(waits) == 1)
    if journey.office:
        facts.append(Fact(_("Büro %(place)s") % {"place": journey.office.place}))
    if journey.recruiter and journey.recruiter.is_public:
        facts.append(Fact(_("Berater:in: %(name)s") % {"name": journey.recruiter.name}))
    return facts


def _facts_of(wait: Interview, *, is_only: bool) -> list[Fact]:
    happened = (
        f"{_which(wait)}: {_what(wait)}"
        if wait.party or not is_only or _is_application(wait)
        else _what(wait)
    )
    details = (_answered_how(wait), _chased(wait), _who_was_silent(wait))
    return [Fact(capfirst(happened), _state(wait)), *(Fact(detail) for detail in details if detail)]


def _is_application(wait: Interview) -> bool:
    return wait.kind == WaitKind.APPLICATION


PARTIES = {Party.AGENCY: gettext_lazy("bei der Agentur"), Party.CLIENT: gettext_lazy("beim Kunden")}


def _which(wait: Interview) -> str:
    if _is_application(wait):
        return _("Lebenslauf geschickt")
    talk = _("Gespräch %(n)s") % {"n": wait.round}
    return f"{talk} {PARTIES[Party(wait.party)]}" if wait.party else talk


HAPPENED = {
    Response.NOTHING: gettext_lazy("keine Antwort %(after)s"),
    Response.HOLDING: gettext_lazy("nur vertröstet, keine Antwort %(after)s"),
    Response.POSITIVE: gettext_lazy("Antwort %(after)s"),
    Response.NEGATIVE: gettext_lazy("Antwort %(after)s"),
    Response.CANCELLED: gettext_lazy("Stelle entfallen, gesagt %(after)s"),
    Response.WITHDREW: gettext_lazy("selbst zurückgezogen %(after)s"),
}


def _what(wait: Interview) -> str:
    return str(HAPPENED[Response(wait.response)]) % {"after": _after(wait)}


def _state(wait: Interview) -> str:
    if wait.response == Response.HOLDING:
        return "waiting"
    return {WaitEnd.ANSWERED: "answered", WaitEnd.WITHDRAWN: "withdrawn", WaitEnd.SILENT: "silent"}[
        WaitEnd(wait.wait_end)
    ]


ANSWERS = {
    Response.POSITIVE: gettext_lazy("Zusage oder nächster Schritt"),
    Response.NEGATIVE: gettext_lazy("Absage"),
}


def _answered_how(wait: Interview) -> str:
    """What the answer was, on which way and with which reason: "Absage per Telefon, mit konkretem Grund"."""
    if wait.wait_end != WaitEnd.ANSWERED:
        return ""
    answer = str(ANSWERS.get(Response(wait.response), ""))
    words = " ".join(part for part in (answer, _channel(wait)) if part)
    return capfirst(", ".join(part for part in (words, _with_reason(wait)) if part))


CHANNELS = {
    Channel.PHONE: gettext_lazy("per Telefon"),
    Channel.MAIL: gettext_lazy("per E-Mail"),
    Channel.VIDEO: gettext_lazy("per Video"),
    Channel.IN_PERSON: gettext_lazy("persönlich"),
    Channel.PORTAL: gettext_lazy("über ein Portal oder einen Messenger"),
}


def _channel(wait: Interview) -> str:
    return str(CHANNELS[Channel(wait.channel)]) if wait.channel else ""


def _chased(wait: Interview) -> str:
    if wait.chased is None:
        return ""
    if wait.chased == 0:
        return _("ohne Nachfragen") if wait.wait_end == WaitEnd.ANSWERED else ""
    return ngettext("%(n)s Mal nachgefragt", "%(n)s Mal nachgefragt", wait.chased) % {"n": wait.chased}


def _who_was_silent(wait: Interview) -> str:
    return (
        _("still war: %(who)s") % {"who": _label(SilentParty, wait.silent_party)} if wait.silent_party else ""
    )
