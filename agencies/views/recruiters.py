"""What recruiters decide about their own profile, by the links in mails to them and without an account."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from accounts import limits
from agencies import actions, consent
from agencies.consent import Purpose, token_of
from agencies.models import Recruiter

type LinkedView = Callable[[HttpRequest, Recruiter], HttpResponse]


def linked(purpose: Purpose) -> Callable[[LinkedView], Callable[[HttpRequest, str], HttpResponse]]:
    """Give the view the recruiter its link stands for.

    Only links that lead nowhere are counted: whoever has a good one can always hide.
    """

    def decorate(view: LinkedView) -> Callable[[HttpRequest, str], HttpResponse]:
        @never_cache
        @wraps(view)
        def with_recruiter(request: HttpRequest, token: str) -> HttpResponse:
            if recruiter := consent.find(token, purpose):
                return view(request, recruiter)
            if not limits.allowed(request, "bad_link"):
                return limits.too_many(request)
            return render(request, "agencies/recruiter_bad_link.html", status=410)

        return with_recruiter

    return decorate


@linked(Purpose.ANSWER)
def recruiter_answer(request: HttpRequest, recruiter: Recruiter) -> HttpResponse:
    """What would be public, and a yes and a no to it."""
    answers = {"yes": actions.confirm_recruiter, "no": actions.refuse_recruiter}
    if request.method == "POST" and (act := answers.get(request.POST.get("do", ""))):
        act(recruiter_id=recruiter.pk)
        return redirect(request.path)
    if recruiter.confirmed_at:
        return _to_hiding(recruiter)
    return render(request, "agencies/recruiter_answer.html", {"recruiter": recruiter})


@linked(Purpose.HIDE)
def recruiter_hide(request: HttpRequest, recruiter: Recruiter) -> HttpResponse:
    """How the profile stands, and one button that takes it off every page."""
    if request.method == "POST":
        actions.hide_recruiter(recruiter_id=recruiter.pk)
        return redirect(request.path)
    return render(request, "agencies/recruiter_hide.html", {"recruiter": recruiter})


@linked(Purpose.SHOW)
def recruiter_show(request: HttpRequest, recruiter: Recruiter) -> HttpResponse:
    """What was hidden, and one button that makes it public again."""
    if request.method == "POST":
        actions.show_recruiter(recruiter_id=recruiter.pk)
        return _to_hiding(recruiter)
    return render(request, "agencies/recruiter_show.html", {"recruiter": recruiter})


def _to_hiding(recruiter: Recruiter) -> HttpResponse:
    return redirect("agencies:recruiter-hide", token_of(recruiter, Purpose.HIDE))
