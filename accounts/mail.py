"""Writing mails: each is a row first, owed by the transaction that wrote it, and sent from there by accounts.sending.

Most are rendered when they are written. A kind with a composer is written empty and rendered when it is sent, so that
it says what is true then, and is not sent at all if nobody wants it any more.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import make_msgid
from typing import Any, NamedTuple

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from accounts.models import OutgoingMail, User
from accounts.queue import enqueue


class Texts(NamedTuple):
    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class Rendered:
    """A mail as it goes out: what a composer gives."""

    to: str
    texts: Texts
    headers: Mapping[str, str] = field(default_factory=dict)


class Later(NamedTuple):
    """What a composer gives for a mail that is wanted, but not now."""

    at: datetime


type Composer = Callable[[list[OutgoingMail]], Mapping[int, Rendered | Later]]

composers: dict[str, Composer] = {}


def register_composer(kind: str, compose: Composer) -> None:
    """Let `compose` render the mails of a kind when they are sent, by their numbers.

    It gets those that one sender has claimed, and may run again for the same mail. One it leaves out is no longer
    wanted, and is deleted unsent; one for which it gives Later stays as it is until then.
    """
    composers[kind] = compose


def render(*, kind: str, language: str, context: Mapping[str, Any] | None = None) -> Texts:
    """templates/emails/<kind>/{subject.txt,body.txt,body.html} in `language`."""
    with translation.override(language):
        values = {"site_url": settings.SITE_URL, "site_name": settings.SITE_NAME, "language": language}
        subject, text, html = (
            render_to_string(f"emails/{kind}/{part}", values | dict(context or {}))
            for part in ("subject.txt", "body.txt", "body.html")
        )
    return Texts(" ".join(subject.split()), text.strip() + "\n", html.strip())


def queue_mail(
    *, kind: str, to: str, language: str, context: dict[str, Any] | None = None, user: User | None = None
) -> OutgoingMail:
    """Write a service mail, rendered now.

    Runs in the caller's transaction: the mail is owed exactly when the caller's work is done.
    """
    texts = render(kind=kind, language=language, context=context)
    return queue_rendered(kind=kind, to=to, **texts._asdict(), user=user)


def queue_rendered(
    *, kind: str, to: str, subject: str, text: str, html: str = "", user: User | None = None
) -> OutgoingMail:
    """Write a mail whose texts are ready."""
    mail = OutgoingMail.objects.create(
        kind=kind,
        to=to,
        user=user,
        subject=" ".join(subject.split()),
        text=text.strip() + "\n",
        html=html.strip(),
        message_id=_message_id(),
    )
    enqueue("accounts.tasks.send_mails")
    return mail


def queue_composed(*, kind: str, users: Iterable[User]) -> list[OutgoingMail]:
    """Write one mail to each person, empty until the composer of `kind` renders it; in the order of `users`."""
    mails = OutgoingMail.objects.bulk_create(
        OutgoingMail(kind=kind, to=user.email, user=user, message_id=_message_id()) for user in users
    )
    if mails:
        enqueue("accounts.tasks.send_mails")
    return mails


def _message_id() -> str:
    return make_msgid(domain=settings.SITE_URL.split("://")[-1].split(":")[0])
