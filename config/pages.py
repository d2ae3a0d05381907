"""Pages made of text: who runs the site, what it stores, what it asks of people, what it checks.

Long texts are written once per language, as templates/pages/NAME.LANGUAGE.html; what differs between installations
comes from the settings.
"""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from reviews.models import DAYS_TO_CHANGE

type View = Callable[[HttpRequest], HttpResponse]


def _page(name: str) -> View:
    @require_safe
    def view(request: HttpRequest) -> HttpResponse:
        facts = {
            "days": settings.RETENTION_DAYS,
            "days_to_change": DAYS_TO_CHANGE,
            "session_days": settings.SESSION_COOKIE_AGE // 86400,
            "session_cookie": settings.SESSION_COOKIE_NAME,
            "csrf_cookie": settings.CSRF_COOKIE_NAME,
        }
        return render(request, f"pages/{name}.{get_language()}.html", facts)

    return view


imprint = _page("impressum")
privacy = _page("datenschutz")
terms = _page("agb")
accessibility = _page("barrierefreiheit")
checks = _page("so-pruefen-wir")
