"""Rate limits of our own pages, counted by allauth's mechanism under the names in ACCOUNT_RATE_LIMITS."""

from allauth.account import app_settings
from allauth.core.internal import ratelimit
from django.http import HttpRequest


def allowed(request: HttpRequest, action: str) -> bool:
    """Count one `action` of this visitor; False once its limit is reached."""
    usage = ratelimit.consume(
        request, app="allauth.account", action=action, config=app_settings.RATE_LIMITS, limit_get=True
    )
    return usage is not None
