"""Where a review stands, in words for its author: what is true now, what comes next, what is asked of them."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from reviews.actions import EDITABLE
from reviews.models import Review, Revision
from reviews.states import FINAL, Status

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True, slots=True)
class Words:
    mark: str  # the shape beside the words, see agencies.templatetags.figures.mark
    title: "_StrPromise"
    sentence: "_StrPromise | str"  # may name the day until which a change is due, as %(until)s


WORDS: dict[str, Words] = {
    Status.UNCONFIRMED: Words(
        "waiting", gettext_lazy("Noch nicht bestätigt"), gettext_lazy("Öffne den Link in der Mail.")
    ),
    Status.SCREENING: Words(
        "waiting",
        gettext_lazy("Wird geprüft"),
        gettext_lazy("Die automatische Prüfung dauert meist nur Sekunden. Danach bekommst du eine Mail."),
    ),
    Status.IN_MODERATION: Words(
        "waiting",
        gettext_lazy("Liegt bei der Moderation"),
        gettext_lazy("Ein Mensch liest sie. Sobald entschieden ist, bekommst du eine Mail."),
    ),
    Status.CHANGES_REQUESTED: Words(
        "now",
        gettext_lazy("Wir bitten dich um eine Änderung"),
        gettext_lazy("Du hast bis %(until)s Zeit. Kommt bis dahin keine Änderung, müssen wir sie ablehnen."),
    ),
    Status.REJECTED: Words(
        "silent",
        gettext_lazy("Nicht veröffentlicht"),
        gettext_lazy("Den Grund siehst du hier. In der Mail steht, wie du dich beschweren kannst."),
    ),
    Status.PUBLISHED: Words(
        "answered", gettext_lazy("Veröffentlicht"), gettext_lazy("Alle können sie lesen.")
    ),
    Status.UNDER_CHECK: Words(
        "answered",
        gettext_lazy("Veröffentlicht, der Kontakt wird geprüft"),
        gettext_lazy("Die Agentur bestreitet den Kontakt. Die Bewertung bleibt sichtbar und zählt."),
    ),
    Status.HIDDEN: Words(
        "silent",
        gettext_lazy("Vorläufig verborgen"),
        gettext_lazy("Den Grund siehst du hier. Bis zur Entscheidung zählt die Bewertung nicht."),
    ),
    Status.REMOVED: Words(
        "silent",
        gettext_lazy("Entfernt"),
        gettext_lazy("Den Grund siehst du hier. In der Mail steht, wie du dich beschweren kannst."),
    ),
    Status.WITHDRAWN: Words(
        "withdrawn",
        gettext_lazy("Zurückgezogen"),
        gettext_lazy("Niemand sieht sie mehr, und sie zählt nicht."),
    ),
}


# A review that was withdrawn, but not by its author: the agency it proposed was refused.
GIVEN_BACK = Words(
    "silent",
    gettext_lazy("Agentur nicht aufgenommen"),
    gettext_lazy(
        "Deshalb erscheint auch deine Bewertung nicht. Deinen Text hast du als Entwurf zurückbekommen."
    ),
)
AGENCY_REFUSED = "agency_refused"  # the one reason that is about the agency, not about what was written


class Reasons(Protocol):
    """What the author reads of a decision; moderation, which writes it, is an app above this one."""

    reason: str
    passage: str
    text: str
    rule: str

    def get_reason_display(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Standing:
    review: Review
    words: Words
    pending: str  # about a newer version of a public review, "" if there is none
    reasons: Reasons | None  # of the decision about the newest version, if it asks or refuses something
    versions: list[Revision]  # newest first; empty while there is but one, and for what is withdrawn
    agency_url: str  # "" while the agency has no page
    can_edit: bool
    can_withdraw: bool


def of(user: User) -> list[Standing]:
    """All reviews of a person, newest first, in a fixed number of queries."""
    return [
        standing(review)
        for review in _with_everything(Review.objects.by(user)).order_by("-created_at", "-pk")
    ]


def _with_everything(reviews: QuerySet[Review]) -> QuerySet[Review]:
    return reviews.select_related("agency", "journey").prefetch_related("revisions", "decisions")


def standing(review: Review) -> Standing:
    revisions = list(review.revisions.all())
    newest = revisions[-1] if revisions else None
    reasons = _reasons(review, newest)
    return Standing(
        review=review,
        words=_words(review, reasons),
        pending=_pending(review, newest),
        reasons=reasons,
        versions=_versions(review, revisions),
        agency_url=review.agency.get_absolute_url() if review.agency.is_readable else "",
        can_edit=review.status in EDITABLE,
        can_withdraw=review.status not in FINAL,
    )


def _words(review: Review, reasons: Reasons | None) -> Words:
    if review.status == Status.WITHDRAWN and reasons and reasons.reason == AGENCY_REFUSED:
        return GIVEN_BACK
    words = WORDS[review.status]
    return replace(words, sentence=words.sentence % {"until": date_format(review.change_due)})


def _versions(review: Review, revisions: list[Revision]) -> list[Revision]:
    return revisions[::-1] if len(revisions) > 1 and review.status not in FINAL else []


def _pending(review: Review, newest: Revision | None) -> str:
    if not review.is_public or newest is None or newest.pk == review.public_revision_id:
        return ""
    if newest.state == Revision.State.PENDING:
        return _("Deine Änderung wird geprüft. Bis dahin bleibt die bisherige Fassung sichtbar.")
    return _("Deine Änderung wurde nicht angenommen. Die bisherige Fassung bleibt sichtbar.")


def _reasons(review: Review, newest: Revision | None) -> Reasons | None:
    """The newest decision, if it restricts the newest version; an author who has changed it since owes nothing."""
    decisions = list(review.decisions.all())  # newest first
    latest = decisions[0] if decisions else None
    if latest is None or newest is None or latest.outcome == "publish":
        return None
    return latest if latest.revision_id == newest.pk else None
