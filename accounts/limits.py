"""Rate limits of our own pages, counted by allauth's mechanism under the names in ACCOUNT_RATE_LIMITS."""

from allauth.account import app_settings
from allauth.core.internal import ratelimit
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

RETRY_AFTER = 300  # seconds; limits count over a minute up to a day, so this says when to look again


def allowed(request: HttpRequest, action: str) -> bool:
    """Count one `action` of this visitor; False once its limit is reached."""
    return _count(request, action)


def allowed_for(email: str, action: str) -> bool:
    """Count one `action` that reaches this mailbox, whoever asked for it; False once its limit is reached.

    "name+anything@host" is the mailbox of "name@host" at most providers, so both count as one.
    """
    local, _at, host = email.lower().rpartition("@")
    return _count(HttpRequest(), action, key=f"{local.partition('+')[0]}@{host}")


def _count(request: HttpRequest, action: str, key: str | None = None) -> bool:
    usage = ratelimit.consume(
        request,
        app="allauth.account",
        action=action,
        config=app_settings.RATE_LIMITS,
        key=key,
        limit_get=True,
    )
    return usage is not None


def too_many(request: HttpRequest) -> HttpResponse:
    """The page that asks for patience; as handler429 it answers for allauth too."""
    return render(request, "429.html", status=429)
