"""Mails are owed in the database, sent by whoever comes first, and never twice."""

import socket
from collections.abc import Iterator
from datetime import timedelta
from email.message import Message

import pytest
import time_machine
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message as MessageHandler
from django.utils import timezone
from pytest_django import Settings

from accounts.mail import queue_rendered, send_owed
from accounts.models import OutgoingMail

pytestmark = pytest.mark.django_db


class Mailbox(MessageHandler):
    """A real SMTP server that keeps what it accepted."""

    def __init__(self) -> None:
        super().__init__()
        self.messages: list[Message] = []

    def handle_message(self, message: Message) -> None:
        self.messages.append(message)


@pytest.fixture
def mailbox(settings: Settings) -> Iterator[Mailbox]:
    box = Mailbox()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    settings.MAILERS = {
        "default": {
            "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "OPTIONS": {"host": "127.0.0.1", "port": port},
        }
    }
    yield box
    server.stop()


def owe(to: str = "wer@beispiel-post.example") -> OutgoingMail:
    return queue_rendered(kind="test", to=to, subject="Guten\nTag", text="Hallo", html="<p>Hallo</p>")


def test_an_owed_mail_reaches_a_real_server_once(mailbox: Mailbox) -> None:
    mail = owe()
    assert send_owed() == 1
    assert send_owed() == 0
    (message,) = mailbox.messages
    assert message["Message-ID"] == mail.message_id
    assert message["Subject"] == "Guten Tag"


def test_a_sent_mail_keeps_no_text(mailbox: Mailbox) -> None:
    mail = owe()
    send_owed()
    mail.refresh_from_db()
    assert (mail.subject, mail.text, mail.html) == ("", "", "")
    assert mail.sent_at is not None


def test_a_dead_server_loses_nothing_and_the_retry_has_the_same_message_id(
    settings: Settings, mailbox: Mailbox
) -> None:
    mail, alive = owe(), settings.MAILERS
    settings.MAILERS = {"default": alive["default"] | {"OPTIONS": {"host": "127.0.0.1", "port": 1}}}
    assert send_owed() == 0
    settings.MAILERS = alive
    with time_machine.travel(timezone.now() + timedelta(minutes=1)):
        assert send_owed() == 1
    assert mailbox.messages[0]["Message-ID"] == mail.message_id


def test_one_bad_address_does_not_hold_up_the_others(mailbox: Mailbox) -> None:
    owe("nicht eine adresse")
    owe()
    assert send_owed() == 1


def test_a_mail_older_than_three_days_is_no_longer_sent(mailbox: Mailbox) -> None:
    owe()
    with time_machine.travel(timezone.now() + timedelta(days=3, minutes=1)):
        assert send_owed() == 0
