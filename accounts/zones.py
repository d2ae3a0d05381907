"""Where a person lives by the clock. What other apps have planned by it follows when it changes."""

from collections.abc import Callable

from django.db import transaction

from accounts.forms import SettingsForm
from accounts.models import User

type Follow = Callable[[User], None]

_followers: list[Follow] = []


def register(follow: Follow) -> None:
    """Have `follow` called with a person whose zone has changed, in the same transaction."""
    _followers.append(follow)


@transaction.atomic
def save_settings(*, form: SettingsForm) -> None:
    """Store a person's own settings; a valid form of the person who sends it."""
    person = form.save()
    if "zone" in form.changed_data:
        for follow in _followers:
            follow(person)
