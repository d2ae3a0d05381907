"""Second factor and short sessions for whoever may decide or speak for an agency; headers that every page owes."""

import time
from collections.abc import Callable
from http import HTTPStatus

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _

from accounts.limits import RETRY_AFTER

SEEN = "staff_seen"
SINCE = "staff_since"
# Enrolment itself, what it may need before (proving who one is, ending a change of address), and the way out.
OPEN = ("mfa_index", "account_reauthenticate", "account_email", "account_logout")

type GetResponse = Callable[[HttpRequest], HttpResponse]


class RetryAfterMiddleware:
    """Whoever is told that it was too much is told when to come back, also beside a form that keeps its text."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == HTTPStatus.TOO_MANY_REQUESTS:
            response.setdefault("Retry-After", str(RETRY_AFTER))
        return response


class NoStoreMiddleware:
    """What a logged-in person sees is kept nowhere: not by a proxy, not for the back button after logging out."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.user.is_authenticated:
            add_never_cache_headers(response)
        return response


class SecondFactorMiddleware:
    """Sends people who need a second factor to enrol before anything else, and ends idle staff sessions."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if not user.is_authenticated or not user.needs_second_factor:
            return self.get_response(request)
        if user.is_staff and _has_expired(request):
            return _log_out(request)
        if not is_mfa_enabled(user) and not _is_open(request):
            messages.info(
                request, _("Richte zuerst den zweiten Faktor ein. Ohne ihn geht es hier nicht weiter.")
            )
            return HttpResponseRedirect(reverse("mfa_activate_totp"))
        return self.get_response(request)


def _is_open(request: HttpRequest) -> bool:
    return request.path.startswith(tuple(reverse(name) for name in OPEN))


def _has_expired(request: HttpRequest) -> bool:
    """Idle for STAFF_SESSION_IDLE or logged in for STAFF_SESSION_AGE (seconds). Notes that somebody is here."""
    now = int(time.time())
    since = request.session.setdefault(SINCE, now)
    seen = request.session.setdefault(SEEN, now)
    if now - seen > 60:
        request.session[SEEN] = now  # at most one write a minute
    return bool(now - seen > settings.STAFF_SESSION_IDLE or now - since > settings.STAFF_SESSION_AGE)


def _log_out(request: HttpRequest) -> HttpResponse:
    here = request.get_full_path() if request.method == "GET" else reverse("start")
    logout(request)
    messages.info(request, _("Deine Sitzung ist abgelaufen. Melde dich bitte neu an."))
    return redirect_to_login(here)
