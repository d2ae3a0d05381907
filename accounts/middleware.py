"""Whoever may decide or speak for an agency has a second factor, and does not stay logged in unattended."""

import time
from collections.abc import Callable

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

SEEN = "staff_seen"
SINCE = "staff_since"


class SecondFactorMiddleware:
    """Sends people who need a second factor to enrol before anything else, and ends idle staff sessions."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if not user.is_authenticated or not user.needs_second_factor:
            return self.get_response(request)
        if user.is_staff and self._has_expired(request):
            logout(request)
            messages.info(request, _("Du warst eine Weile weg. Melde dich bitte neu an."))
            return HttpResponseRedirect(f"{reverse('account_login')}?next={request.path}")
        if not is_mfa_enabled(user) and not self._is_open(request):
            messages.info(
                request, _("Richte zuerst den zweiten Faktor ein. Ohne ihn geht es hier nicht weiter.")
            )
            return HttpResponseRedirect(reverse("mfa_activate_totp"))
        return self.get_response(request)

    def _is_open(self, request: HttpRequest) -> bool:
        """Enrolment itself, proving who one is on the way there, logging out, and the files of these pages."""
        doors = ("mfa_index", "account_reauthenticate", "account_logout", "account_email")
        return request.path.startswith((settings.STATIC_URL, *(reverse(name) for name in doors)))

    def _has_expired(self, request: HttpRequest) -> bool:
        now = int(time.time())
        since = request.session.setdefault(SINCE, now)
        seen = request.session.get(SEEN, now)
        if now - seen > 60 or SEEN not in request.session:
            request.session[SEEN] = now  # at most one write a minute
        return now - seen > settings.STAFF_SESSION_IDLE or now - since > settings.STAFF_SESSION_AGE
