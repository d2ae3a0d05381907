"""After sending without an account: waiting for the mail, and opening its link."""

from allauth.account.utils import complete_signup
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from accounts import limits
from accounts.models import User
from reviews import actions, claims
from reviews.forms.review import EmailField
from reviews.models import Claim, Review
from reviews.states import Status
from reviews.views.write import waiting_claim


class AddressForm(forms.Form):
    email = EmailField()


# ---- waiting -----------------------------------------------------------------------------------------------


@never_cache
def wait(request: HttpRequest) -> HttpResponse:
    """Says where the mail went; sends it again, or to a corrected address."""
    claim = waiting_claim(request)
    if claim is None:
        return render(request, "reviews/claim_nothing.html")
    if request.method != "POST":
        return _wait_page(request, claim, AddressForm())
    if request.POST.get("do") == "resend":
        return _resend(request, claim)
    return _correct(request, claim)


def _wait_page(request: HttpRequest, claim: Claim, form: AddressForm, *, status: int = 200) -> HttpResponse:
    context = {
        "claim": claim,
        "form": form,
        "agency": claim.review.agency,
        "is_confirmed": claim.review.status != Status.UNCONFIRMED,
        "may_send": claims.may_send(claim),
    }
    return render(request, "reviews/claim_wait.html", context, status=status)


def _resend(request: HttpRequest, claim: Claim) -> HttpResponse:
    if not limits.allowed(request, "review_resend"):
        return _sent_too_often(request, claim)
    if actions.resend(claim=claim, language=_language()):
        messages.success(request, _("Die Mail ist noch einmal unterwegs."))
    return redirect("reviews:claim-wait")


def _correct(request: HttpRequest, claim: Claim) -> HttpResponse:
    form = AddressForm(request.POST)
    if not form.is_valid():
        return _wait_page(request, claim, form)
    if not limits.allowed(request, "review_resend"):
        return _sent_too_often(request, claim)
    if actions.correct_address(claim=claim, email=form.cleaned_data["email"], language=_language()):
        messages.success(request, _("Die Adresse ist geändert, die neue Mail ist unterwegs."))
    return redirect("reviews:claim-wait")


def _sent_too_often(request: HttpRequest, claim: Claim) -> HttpResponse:
    messages.warning(
        request, _("Das waren viele Mails in kurzer Zeit. Versuch es in einer Stunde noch einmal.")
    )
    return _wait_page(request, claim, AddressForm(), status=429)


def _language() -> str:
    return get_language() or "de"


# ---- the link ----------------------------------------------------------------------------------------------


@never_cache
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Says on GET what will happen, and does it on POST."""
    claim = claims.find(token)
    if claim is None:
        return render(request, "reviews/claim_expired.html", status=410)
    if request.method != "POST":
        return _link_page(request, claim)
    by = request.user if isinstance(request.user, User) else None
    try:
        review = actions.confirm(claim=claim, by=by, language=_language())
    except actions.NotConfirmable:
        return _link_page(request, claim, status=409)
    return _arrive(request, review)


def _link_page(request: HttpRequest, claim: Claim, *, status: int = 200) -> HttpResponse:
    situation = claims.situation(claim, request.user)
    context = {
        "claim": claim,
        "agency": claim.review.agency,
        "situation": situation.name,
        "is_mine": claim.review.author_id is not None and claim.review.author_id == request.user.pk,
        "here": request.path,
    }
    return render(request, "reviews/claim_confirm.html", context, status=status)


def _arrive(request: HttpRequest, review: Review) -> HttpResponse:
    """On to the thanks; whoever got an account by confirming is logged in to it."""
    thanks = reverse("reviews:review-thanks", args=[review.pk])
    if request.user.is_authenticated or review.author is None:
        return redirect(thanks)
    response: HttpResponse = complete_signup(request, review.author, None, thanks)
    return response
