"""My reviews: where each stands, what is asked of me, and how to change it or take it back."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from accounts import limits
from accounts.people import me
from agencies.choices import AgencyStatus
from reviews import actions, answers, drafts, standing
from reviews.forms.review import Answers, ReviewForm
from reviews.models import Review, Revision
from reviews.moves import IllegalMove
from reviews.states import Status
from reviews.views.write import page_was_old

OPEN = (Status.SCREENING, Status.IN_MODERATION)  # nothing is decided yet


def _own(request: HttpRequest, pk: int) -> Review:
    """The review, if it is mine; a stranger's does not exist."""
    return get_object_or_404(Review.objects.by(me(request)).select_related("agency", "journey"), pk=pk)


@never_cache
@login_required
def mine(request: HttpRequest) -> HttpResponse:
    drafts.adopt(request)
    context = {"standings": standing.of(me(request)), "drafts": drafts.lines(me(request))}
    return render(request, "reviews/review_mine.html", context)


@never_cache
@login_required
def thanks(request: HttpRequest, pk: int) -> HttpResponse:
    """After sending or confirming: what happens next."""
    review = _own(request, pk)
    is_first = not Review.objects.by(me(request)).exclude(pk=review.pk).exists()
    context = {
        "standing": standing.standing(review),
        "is_first": is_first,
        "is_open": review.status in OPEN,
        "is_proposed": review.agency.status == AgencyStatus.PROPOSED,
    }
    return render(request, "reviews/review_thanks.html", context)


# ---- changing ----------------------------------------------------------------------------------------------


@never_cache
@login_required
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """The form again; sending it makes a new version, the public one stays until that is accepted."""
    review = _own(request, pk)
    if getattr(request, "csrf_failed", False):
        return _edit_page(
            request, review, answers.form_about(review, _sent(request)), status=403, notice=page_was_old()
        )
    if review.status not in actions.EDITABLE:
        messages.info(request, _("Diese Bewertung lässt sich nicht mehr ändern."))
        return redirect("reviews:review-mine")
    if request.method == "POST":
        return _revise(request, review)
    return _edit_page(request, review, answers.form_about(review, review.revisions.latest("number").answers))


edit.keeps_input = True  # type: ignore[attr-defined]


def _sent(request: HttpRequest) -> Answers:
    return dict(request.POST.lists())


def _revise(request: HttpRequest, review: Review) -> HttpResponse:
    kept = answers.changed_by_button(answers.keep(_sent(request)), request.POST.get("do", ""))
    if kept is not None:
        return _edit_page(request, review, answers.form_about(review, kept))
    if not limits.allowed(request, "review_submit"):
        return _edit_page(
            request, review, answers.form_about(review, _sent(request)), status=429, notice=_too_often()
        )
    try:
        revision = actions.revise(review=review, sent=_sent(request), by=me(request))
    except actions.Incomplete as incomplete:
        return _edit_page(request, review, incomplete.form)
    except actions.NotEditable:
        messages.info(request, _("Diese Bewertung lässt sich nicht mehr ändern."))
        return redirect("reviews:review-mine")
    _say(request, review, revision)
    return redirect("reviews:review-mine")


def _say(request: HttpRequest, review: Review, revision: Revision | None) -> None:
    if revision is None:
        messages.info(request, _("Du hast nichts geändert. Es bleibt alles, wie es ist."))
    elif review.is_public:
        messages.success(
            request, _("Deine Änderung wird geprüft. Bis dahin bleibt die bisherige Fassung sichtbar.")
        )
    else:
        messages.success(
            request, _("Danke. Deine Änderung wird jetzt geprüft, danach bekommst du eine Mail.")
        )


def _edit_page(
    request: HttpRequest, review: Review, form: ReviewForm, *, notice: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "standing": standing.standing(review),
        "agency": review.agency,
        "form": form,
        "notice": notice,
    }
    return render(request, "reviews/review_edit.html", context, status=status)


def _too_often() -> str:
    return _(
        "Von deinem Anschluss kam heute schon sehr viel. Was du geschrieben hast, steht noch da, ist aber nicht "
        "gespeichert. Versuch es morgen noch einmal."
    )


# ---- taking back -------------------------------------------------------------------------------------------


@never_cache
@login_required
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks on GET, takes the review back for good on POST."""
    review = _own(request, pk)
    if request.method != "POST":
        return render(request, "reviews/review_withdraw.html", {"standing": standing.standing(review)})
    try:
        actions.withdraw(review=review, by=me(request))
        messages.success(request, _("Deine Bewertung ist zurückgezogen. Niemand sieht sie mehr."))
    except IllegalMove:
        messages.info(request, _("Diese Bewertung war schon zurückgezogen."))
    return redirect("reviews:review-mine")
