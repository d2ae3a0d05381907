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
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Lower

from accounts.events import record
from accounts.models import Consent, Event, OutgoingMail, User


@dataclass(frozen=True)
class Part:
    """What one app knows about a person: `collect` gives it as plain data, `erase` removes or unlinks it.

    `erase(user, keep_reviews)` runs in the transaction of the deletion, before the person's row goes. It is None
    where the foreign keys say all (CASCADE, SET_NULL).
    """

    collect: Callable[[User], Any]
    erase: Callable[[User, bool], None] | None = None


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
    """Delete the account at once. With `keep_reviews` published reviews stay, without any link to the person.

    Sessions and second factors go with the person's row. The log stays as it is: it knows people by number only.
    Apps go first that stand above the others, as long as what they know hangs on what those unlink.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    for part in (*reversed(_parts.values()), ACCOUNT):
        if part.erase:
            part.erase(user, keep_reviews)
    record(verb="erase account", subject=user, by=user, kept_reviews=keep_reviews)
    user.delete()


def addresses_of(user: User) -> set[str]:
    """Every address of a person, one that waits for its confirmation included, in lower case."""
    known = EmailAddress.objects.filter(user=user).values_list("email", flat=True)
    return {user.email.lower(), *(address.lower() for address in known)}


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
        "mails_bounce_since": user.bounced_at,
        "consents": list(
            Consent.objects.filter(user=user)
            .order_by("pk")
            .values("kind", "text_version", "asked_at", "confirmed_at", "withdrawn_at")
        ),
        "mails": list(_mails_of(user).order_by("pk").values("kind", "to", "created_at", "sent_at")),
        "log": list(
            Event.objects.filter(actor_id=user.pk).values(
                "at", "verb", "subject_type", "subject_id", "before", "after", "reason"
            )
        ),
    }


def _erase_account(user: User, keep_reviews: bool) -> None:
    _mails_of(user).delete()


def _mails_of(user: User) -> QuerySet[OutgoingMail]:
    """What was or will be sent to the person, whoever wrote it: a claim knows the address only."""
    owed = OutgoingMail.objects.alias(address=Lower("to"))
    return owed.filter(Q(user=user) | Q(address__in=addresses_of(user)))


ACCOUNT = Part(collect=_collect_account, erase=_erase_account)
