"""Export and erasure of everything about a person (Art. 15, 17, 20 GDPR).

Each app registers its part in AppConfig.ready, so this module knows no app above it.
"""

import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils import timezone

from accounts.events import record
from accounts.models import User


@dataclass(frozen=True)
class Part:
    """What one app knows about a person: `collect` gives it as plain data, `erase` removes or unlinks it.

    `erase(user, keep_reviews)` runs in the transaction of the deletion, before the person's row goes.
    """

    collect: Callable[[User], Any]
    erase: Callable[[User, bool], None]


_parts: dict[str, Part] = {}


def register(name: str, part: Part) -> None:
    """Add a part; `name` becomes the file name in the export."""
    _parts[name] = part


def export(user: User) -> bytes:
    """One ZIP with one JSON file for each part."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in {"account": ACCOUNT, **_parts}.items():
            text = json.dumps(part.collect(user), cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)
            archive.writestr(f"{name}.json", text)
    return buffer.getvalue()


@transaction.atomic
def erase(*, user: User, keep_reviews: bool) -> None:
    """Delete the account at once. With `keep_reviews` published reviews stay, without any link to the person."""
    user = User.objects.select_for_update().get(pk=user.pk)
    for part in _parts.values():
        part.erase(user, keep_reviews)
    record(verb="erase account", subject=user, by=None, kept_reviews=keep_reviews)
    _end_sessions(user)
    user.delete()


def _collect_account(user: User) -> dict[str, Any]:
    return {
        "email": user.email,
        "pseudonym": user.pseudonym,
        "language": user.language,
        "zone": user.zone,
        "joined": user.date_joined,
        "last_login": user.last_login,
        "addresses": list(EmailAddress.objects.filter(user=user).values("email", "verified", "primary")),
        "second_factors": list(
            Authenticator.objects.filter(user=user).values("type", "created_at", "last_used_at")
        ),
        "mails": list(user.mails.values("kind", "created_at", "sent_at")),
    }


def _end_sessions(user: User) -> None:
    """Log the person out everywhere; sessions are rows whose content must be decoded to know whose they are."""
    for session in Session.objects.filter(expire_date__gt=timezone.now()).iterator():
        if session.get_decoded().get("_auth_user_id") == str(user.pk):
            session.delete()


ACCOUNT = Part(collect=_collect_account, erase=lambda user, keep_reviews: None)
