"""The one mail sender: mails are written to the database first and sent from there."""

from datetime import timedelta
from email.utils import make_msgid
from typing import Any

import structlog
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, mailers
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone, translation

from accounts.models import OutgoingMail, User
from accounts.queue import enqueue

log = structlog.get_logger(__name__)

LEASE = timedelta(seconds=45)  # how long one attempt may take before the next one begins
BATCH = 50


def queue_mail(
    *, kind: str, to: str, language: str, context: dict[str, Any] | None = None, user: User | None = None
) -> OutgoingMail:
    """Write a service mail from templates/emails/<kind>/{subject.txt,body.txt,body.html} in `language`.

    Runs in the caller's transaction: the mail is owed exactly when the caller's work is done.
    """
    with translation.override(language):
        values = {"site_url": settings.SITE_URL, "site_name": settings.SITE_NAME, "language": language} | (
            context or {}
        )
        subject, text, html = (
            render_to_string(f"emails/{kind}/{part}", values)
            for part in ("subject.txt", "body.txt", "body.html")
        )
    return queue_rendered(kind=kind, to=to, subject=subject, text=text, html=html, user=user)


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
        message_id=make_msgid(domain=settings.SITE_URL.split("://")[-1].split(":")[0]),
    )
    enqueue("accounts.tasks.send_mails")
    return mail


def send_owed() -> int:
    """Send what is owed, in batches; return how many were handed to the mail server.

    Each batch is claimed by moving its due time one lease ahead, and each mail again before it is sent, so two
    senders never send the same mail however slow the server is. A crash between sending and noting costs one
    repetition under the same Message-ID, no more.
    """
    sent = 0
    while batch := _claim():
        try:
            with mailers["default"] as connection:
                for mail in batch:
                    sent += _is_still_ours(mail) and _send(mail, connection)
        except OSError as error:
            log.warning("mail server unreachable", owed=len(batch), error=type(error).__name__)
    return sent


def _claim() -> list[OutgoingMail]:
    now = timezone.now()
    with transaction.atomic():
        mails = list(
            OutgoingMail.objects.owed(now).order_by("due_at").select_for_update(skip_locked=True)[:BATCH]
        )
        for mail in mails:
            mail.due_at = now + LEASE
            mail.attempts += 1
        OutgoingMail.objects.bulk_update(mails, ["due_at", "attempts"])
    return mails


def _is_still_ours(mail: OutgoingMail) -> bool:
    """Renew the lease; False if it ran out and another sender took the mail."""
    claimed = OutgoingMail.objects.filter(pk=mail.pk, due_at=mail.due_at, sent_at=None)
    return bool(claimed.update(due_at=timezone.now() + LEASE))


def _send(mail: OutgoingMail, connection: BaseEmailBackend) -> bool:
    message = EmailMultiAlternatives(
        mail.subject,
        mail.text,
        settings.DEFAULT_FROM_EMAIL,
        [mail.to],
        headers={
            "Message-ID": mail.message_id,
            "Auto-Submitted": "auto-generated",
        },  # RFC 3834: no holiday replies
    )
    if mail.html:
        message.attach_alternative(mail.html, "text/html")
    try:
        connection.send_messages([message])
    except (OSError, ValueError) as error:  # smtplib raises OSErrors, an impossible address a ValueError
        log.warning(
            "mail not sent, will be tried again", mail=mail.pk, kind=mail.kind, error=type(error).__name__
        )
        return False
    OutgoingMail.objects.filter(pk=mail.pk).update(sent_at=timezone.now(), text="", html="", subject="")
    return True
