"""Who asks."""

from django.http import HttpRequest

from accounts.models import User


def me(request: HttpRequest) -> User:
    """The person who is logged in; for views that let nobody else in."""
    assert isinstance(request.user, User)  # noqa: S101 - the view has a guard before it
    return request.user
