"""Sending mails: the one way out. What is owed is claimed, rendered, handed over, and how it ended is noted."""

import smtplib
import time
from collections.abc import Iterator
from datetime import timedelta
from email import policy as policies
from email.headerregistry import BaseHeader, HeaderRegistry, UniqueUnstructuredHeader
from email.message import EmailMessage
from itertools import groupby
from typing import Any

import structlog
from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, mailers
from django.core.mail.backends.base import BaseEmailBackend
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import CharField, F, Func, Value
from django.db.models.lookups import Exact
from django.utils import timezone

from accounts.mail import Later, Rendered, Texts, composers
from accounts.models import OutgoingMail, OutgoingMailQuerySet, User

log = structlog.get_logger(__name__)

BATCH = 50
PAUSES = (0.1, 0.2, 0.5, 1, 2, 5)  # seconds between attempts to note what was sent while the database is away

# A condition that is always true, and lets its transaction not wait for the disk (set_config, local to it). That an
# attempt begins need not be there after a crash of the database: the claim is, and the note of the end takes this one
# along. Waiting for the disk twice for each mail, or asking the database three times, would halve what a sender sends.
NOT_AWAITED = Exact(
    Func(
        Value("synchronous_commit"),
        Value("off"),
        Value(True),
        function="set_config",
        output_field=CharField(),
    ),
    "off",
)


def send_owed() -> int:
    """Send what is owed, in batches; return how many were handed to the mail server.

    Each batch is claimed by moving its due time one lease ahead, and each mail again before it is sent, so two
    senders never send the same mail however slow the server is. A crash between sending and noting costs one
    repetition under the same Message-ID, no more.
    """
    sent = 0
    while batch := _claim():
        try:
            with mailers["default"] as server:
                for mail, rendered in _rendered(batch):
                    sent += _begin(mail) and _send(mail, rendered, server)
        except OSError as error:
            log.warning("mail server unreachable", owed=len(batch), error=type(error).__name__)
    return sent


def _claim() -> list[OutgoingMail]:
    """The next mails, each leased to us. Somebody waits for a service mail, so these go before composed ones."""
    now = timezone.now()
    with transaction.atomic():
        owed = OutgoingMail.objects.owed(now).order_by("due_at")
        mails = _lock(owed.exclude(kind__in=composers)) or _lock(owed.filter(kind__in=composers))
        for mail in mails:
            mail.due_at = now + _lease()
        OutgoingMail.objects.filter(pk__in=[mail.pk for mail in mails]).update(due_at=now + _lease())
    return mails


def _lock(owed: OutgoingMailQuerySet) -> list[OutgoingMail]:
    return list(owed.select_for_update(skip_locked=True)[:BATCH])


def _lease() -> timedelta:
    return timedelta(seconds=settings.MAIL_LEASE)


def _rendered(batch: list[OutgoingMail]) -> Iterator[tuple[OutgoingMail, Rendered]]:
    """Each mail with what it says. A composer that fails costs its own mails one lease, and no others anything."""
    for kind, group in groupby(sorted(batch, key=lambda mail: mail.kind), key=lambda mail: mail.kind):
        mails = list(group)
        try:
            composed = composers.get(kind, _as_written)(mails)
        except (InterfaceError, OperationalError):
            raise
        except Exception:
            log.exception("mails could not be composed", kind=kind, owed=len(mails))
            continue
        _drop([mail for mail in mails if mail.pk not in composed])
        for mail in mails:
            match composed.get(mail.pk):
                case Later(at):
                    _ours(mail).update(due_at=at)
                case Rendered() as rendered:
                    yield mail, rendered


def _as_written(mails: list[OutgoingMail]) -> dict[int, Rendered]:
    return {mail.pk: Rendered(mail.to, Texts(mail.subject, mail.text, mail.html)) for mail in mails}


def _drop(unwanted: list[OutgoingMail]) -> None:
    for mail in unwanted:
        _ours(mail).delete()
        log.info("mail no longer wanted", mail=mail.pk, kind=mail.kind)


def _ours(mail: OutgoingMail) -> OutgoingMailQuerySet:
    """The mail, if no other sender took it after our lease ran out."""
    return OutgoingMail.objects.filter(pk=mail.pk, due_at=mail.due_at, sent_at=None)


def _begin(mail: OutgoingMail) -> bool:
    """Renew the lease and note that an attempt begins; False if another sender took the mail."""
    begun = (
        _ours(mail)
        .filter(NOT_AWAITED)
        .update(
            due_at=timezone.now() + _lease(),
            attempts=F("attempts") + 1,
            repeats=F("repeats") + int(mail.in_doubt),
            in_doubt=True,
        )
    )
    if begun and mail.in_doubt:
        log.warning(
            "mail repeated under its Message-ID", mail=mail.pk, kind=mail.kind, attempts=mail.attempts
        )
    return bool(begun)


def _send(mail: OutgoingMail, rendered: Rendered, server: BaseEmailBackend) -> bool:
    try:
        server.send_messages([message(mail, rendered)])
    except smtplib.SMTPRecipientsRefused as error:
        _note_refusal(mail, rendered.to, error)
    except (smtplib.SMTPResponseException, smtplib.SMTPNotSupportedError, ValueError) as error:
        _note_failure(mail, error)
    except OSError as error:  # no answer: the server may have the mail or not
        _say_failure(mail, error)
        server.close()
        server.open()
    else:
        _note_sent(mail)
        return True
    return False


# ---- the message ---------------------------------------------------------------------------------------------

HEADERS = {"Auto-Submitted": "auto-generated"}  # RFC 3834: no holiday replies


class Unfolded(UniqueUnstructuredHeader, BaseHeader):  # type: ignore[misc] # how the registry mixes them
    """An address that mail programs read as it stands. Python would encode one that is longer than a line."""

    def fold(self, *, policy: policies.Policy) -> str:
        return f"{self.name}: {self}{policy.linesep}"


_header_factory = HeaderRegistry()
_header_factory.map_to_type("list-unsubscribe", Unfolded)


class Message(EmailMultiAlternatives):
    def message(self, *, policy: policies.Policy | None = None) -> EmailMessage:
        chosen = policy if isinstance(policy, policies.EmailPolicy) else policies.default
        return super().message(policy=chosen.clone(header_factory=_header_factory))


def message(mail: OutgoingMail, rendered: Rendered) -> EmailMultiAlternatives:
    subject, text, html = rendered.texts
    headers = {"Message-ID": mail.message_id, **HEADERS, **rendered.headers}
    made = Message(subject, text, settings.DEFAULT_FROM_EMAIL, [rendered.to], headers=headers)
    if html:
        made.attach_alternative(html, "text/html")
    return made


# ---- noting how it ended -----------------------------------------------------------------------------------

EMPTY = {"in_doubt": False, "subject": "", "text": "", "html": ""}


def _note_sent(mail: OutgoingMail) -> None:
    """Patiently: if it is not noted, the mail is sent again."""
    for pause in PAUSES:
        try:
            OutgoingMail.objects.filter(pk=mail.pk).update(sent_at=timezone.now(), **EMPTY)
        except (InterfaceError, OperationalError):
            connection.close()
            time.sleep(pause)
        else:
            return
    log.error("a sent mail could not be noted", mail=mail.pk, kind=mail.kind)


def _note_failure(mail: OutgoingMail, error: Exception) -> None:
    """The server has said no, or there was nothing to say: it does not have the mail."""
    OutgoingMail.objects.filter(pk=mail.pk).update(in_doubt=False)
    _say_failure(mail, error)


def _say_failure(mail: OutgoingMail, error: Exception) -> None:
    log.warning(
        "mail not sent, will be tried again", mail=mail.pk, kind=mail.kind, error=type(error).__name__
    )


def _note_refusal(mail: OutgoingMail, to: str, error: smtplib.SMTPRecipientsRefused) -> None:
    """A hard bounce ends this mail, and its reader's account says so. What is not for good is tried again."""
    if not _is_for_good(error):
        _note_failure(mail, error)
        return
    now = timezone.now()
    with transaction.atomic():
        OutgoingMail.objects.filter(pk=mail.pk).update(refused_at=now, **EMPTY)
        User.objects.filter(email=to.lower(), bounced_at=None).update(bounced_at=now)
    log.warning("mail refused for good", mail=mail.pk, kind=mail.kind)


def _is_for_good(error: smtplib.SMTPRecipientsRefused) -> bool:
    """5xx, unless it is about us: 5.7.x is security or policy (RFC 3463), such as a relay that does not know us."""
    answers = error.recipients.values()
    return all(code >= 500 and not text.startswith(b"5.7.") for code, text in answers)


def forgive_bounce(*, email_address: EmailAddress, **signal: Any) -> None:
    """Whoever confirms an address has just read a mail there. Receives allauth's `email_confirmed`."""
    User.objects.filter(pk=email_address.user_id).update(bounced_at=None)
