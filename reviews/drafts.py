"""Drafts: what was typed so far, a row that this browser's session or an account leads to.

The id of a draft is known when the form is opened and stands in the page, so that two tabs of one browser write the
same draft and make one review. Row and session are born with the first thing that was typed: looking leaves nothing.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from accounts.models import User
from agencies.models import Agency
from journeys.models import Journey
from reviews.forms.review import Answers
from reviews.models import Draft, Review

SESSION = "drafts"  # agency id (as text, sessions are JSON) to draft id


class AlreadySent(Exception):
    """The draft became a review; `review` is that one."""

    def __init__(self, review: Review) -> None:
        super().__init__(review.pk)
        self.review = review


# ---- which draft this browser writes -----------------------------------------------------------------------


def id_for(request: HttpRequest, agency: Agency) -> uuid.UUID:
    """The id of the draft about `agency`: of the session, else of the account's newest, else a new one.

    A session that is there keeps it; none is begun for it.
    """
    known = request.session.get(SESSION, {}).get(str(agency.pk))
    if known:
        return uuid.UUID(known)
    if request.session.session_key is None:
        return _before_any_session(request, agency)
    newest = of(request.user).filter(agency=agency).first() if isinstance(request.user, User) else None
    chosen = newest.pk if newest else uuid.uuid4()
    choose(request, agency, chosen)
    return chosen


def _before_any_session(request: HttpRequest, agency: Agency) -> uuid.UUID:
    """The id that all tabs of this browser find: it follows from the secret in the cookie against forged forms.

    It never leads to a row that is there already: only a session or an account opens what was typed.
    """
    get_token(request)  # draws the secret if there is none
    known_to_browser = f"{request.META['CSRF_COOKIE']} {agency.pk}"
    digest = salted_hmac("reviews.drafts", known_to_browser, algorithm="sha256").digest()
    shared = uuid.UUID(bytes=digest[:16], version=4)
    is_used = Draft.objects.filter(pk=shared).exists() or Review.objects.filter(draft_key=shared).exists()
    return uuid.uuid4() if is_used else shared


def choose(request: HttpRequest, agency: Agency, draft_id: uuid.UUID) -> None:
    drafts, chosen = request.session.get(SESSION, {}), {str(agency.pk): str(draft_id)}
    if drafts | chosen != drafts:
        request.session[SESSION] = drafts | chosen


def choose_about(request: HttpRequest, journey: Journey, user: User) -> Draft | None:
    """Write about a journey that this person follows: the draft that is about it, or else a new one (None so far)."""
    begun = of(user).filter(agency=journey.agency_id, answers__journey=[str(journey.pk)]).first()
    choose(request, journey.agency, begun.pk if begun else uuid.uuid4())
    return begun


def follow(request: HttpRequest, merged: Agency, successor: Agency) -> None:
    """Keep writing the same draft after the agency became part of another."""
    known = request.session.get(SESSION, {}).get(str(merged.pk))
    if known and str(successor.pk) not in request.session[SESSION]:
        choose(request, successor, uuid.UUID(known))


def forget(request: HttpRequest, agency: Agency) -> None:
    """Let the next form begin a new draft; the row, if there is one, stays."""
    drafts = request.session.get(SESSION, {})
    if str(agency.pk) in drafts:
        request.session[SESSION] = {key: value for key, value in drafts.items() if key != str(agency.pk)}


def adopt(request: HttpRequest) -> None:
    """Give the drafts that were begun before logging in to the account, where every device finds them."""
    ids = request.session.get(SESSION, {}).values()
    if ids and isinstance(request.user, User):
        Draft.objects.filter(pk__in=list(ids), user=None).update(user=request.user)


def of(user: User) -> QuerySet[Draft]:
    """The drafts of an account, newest first."""
    return Draft.objects.filter(user=user).select_related("agency").order_by("-updated_at")


def without_agency(user: User) -> QuerySet[Draft]:
    """Drafts whose proposed agency was refused; they can be used for another one."""
    return of(user).filter(agency=None)


# ---- the row -----------------------------------------------------------------------------------------------


@transaction.atomic
def save(draft_id: uuid.UUID, *, agency: Agency, user: User | None, answers: Answers) -> Draft:
    """Store what was typed. AlreadySent if the draft became a review in the meantime."""
    values = {"agency": agency, "answers": answers, "updated_at": timezone.now()}
    owner = {"user": user} if user else {}
    draft, _created = Draft.objects.update_or_create(pk=draft_id, defaults=values | owner)
    # Only now: the write above waited for a submission that was under way.
    if sent := Review.objects.filter(draft_key=draft_id).first():
        raise AlreadySent(sent)
    return draft


def discard(draft_id: uuid.UUID) -> None:
    Draft.objects.filter(pk=draft_id).delete()


def purge(before: datetime) -> int:
    """Delete drafts that nobody touched since `before`; return how many."""
    return Draft.objects.filter(updated_at__lt=before).delete()[0]


@dataclass(frozen=True, slots=True)
class Line:
    """A draft in the list of one's own reviews."""

    title: str
    url: str  # where it goes on; "" while it has no agency
    saved: str


def lines(user: User) -> list[Line]:
    return [_line(draft) for draft in of(user)]


def _line(draft: Draft) -> Line:
    if draft.agency is None:
        return Line(_("Entwurf ohne Agentur"), "", saved_when(draft))
    url = reverse("reviews:review-write", args=[draft.agency.slug])
    return Line(draft.agency.name, f"{url}?entwurf={draft.pk}", saved_when(draft))


def saved_when(draft: Draft) -> str:
    """What is true about it: "Entwurf um 14:32 gespeichert, nur in diesem Browser"."""
    at = timezone.localtime(draft.updated_at)
    values = {
        "time": formats.date_format(at, "TIME_FORMAT"),
        "day": formats.date_format(at, "MONTH_DAY_FORMAT"),
    }
    if at.date() == timezone.localdate():
        said = _("Entwurf um %(time)s gespeichert") % values
    else:
        said = _("Entwurf am %(day)s um %(time)s gespeichert") % values
    where = _("in deinem Konto") if draft.user_id else _("nur in diesem Browser")
    return f"{said}, {where}"
