"""Rate limits of our own pages, counted by allauth's mechanism under the names in ACCOUNT_RATE_LIMITS."""

from allauth.account import app_settings
from allauth.core.internal import ratelimit
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

RETRY_AFTER = 300  # seconds; limits count over a minute up to a day, so this says when to look again


def allowed(request: HttpRequest, action: str) -> bool:
    """Count one `action` of this visitor; False once its limit is reached."""
    usage = ratelimit.consume(
        request, app="allauth.account", action=action, config=app_settings.RATE_LIMITS, limit_get=True
    )
    return usage is not None


def too_many(request: HttpRequest) -> HttpResponse:
    """The page that asks for patience; as handler429 it answers for allauth too."""
    response = render(request, "429.html", status=429)
    response["Retry-After"] = str(RETRY_AFTER)
    return response
