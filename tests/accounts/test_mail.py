"""Mails are owed in the database, sent by whoever comes first, and never twice."""

import socket
from collections.abc import Iterator
from datetime import timedelta
from email.message import Message

import pytest
import time_machine
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message as MessageHandler
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from accounts import mail
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
    owed = owe()
    assert send_owed() == 1
    assert send_owed() == 0
    (message,) = mailbox.messages
    assert message["Message-ID"] == owed.message_id
    assert message["Subject"] == "Guten Tag"


def test_a_sent_mail_keeps_no_text(mailbox: Mailbox) -> None:
    owed = owe()
    send_owed()
    owed.refresh_from_db()
    assert (owed.subject, owed.text, owed.html) == ("", "", "")
    assert owed.sent_at is not None


def test_a_dead_server_loses_nothing_and_the_retry_has_the_same_message_id(
    settings: Settings, mailbox: Mailbox
) -> None:
    owed, alive = owe(), settings.MAILERS
    settings.MAILERS = {"default": alive["default"] | {"OPTIONS": {"host": "127.0.0.1", "port": 1}}}
    assert send_owed() == 0
    settings.MAILERS = alive
    with time_machine.travel(timezone.now() + timedelta(minutes=1)):
        assert send_owed() == 1
    assert mailbox.messages[0]["Message-ID"] == owed.message_id


def test_one_bad_address_does_not_hold_up_the_others(mailbox: Mailbox) -> None:
    owe("nicht eine adresse")
    owe()
    assert send_owed() == 1


def test_a_mail_older_than_three_days_is_no_longer_sent(mailbox: Mailbox) -> None:
    owe()
    with time_machine.travel(timezone.now() + timedelta(days=3, minutes=1)):
        assert send_owed() == 0


def test_a_sender_that_was_too_slow_leaves_the_rest_to_the_one_that_took_over(mailbox: Mailbox) -> None:
    first, second = owe("erste@beispiel-post.example"), owe("zweite@beispiel-post.example")
    slow = mail._claim()
    with time_machine.travel(timezone.now() + timedelta(minutes=1)):
        assert send_owed() == 2
    assert [mail._is_still_ours(claimed) for claimed in slow] == [False, False]
    assert {message["Message-ID"] for message in mailbox.messages} == {first.message_id, second.message_id}


def test_no_machine_answers_our_mails(mailbox: Mailbox) -> None:
    owe()
    send_owed()
    assert mailbox.messages[0]["Auto-Submitted"] == "auto-generated"


def test_administrators_see_what_was_sent_but_not_what_it_said(admin_client: Client) -> None:
    owed = queue_rendered(
        kind="test", to="wer@beispiel-post.example", subject="Betreff", text="Geheimer Link"
    )
    for page in (
        reverse("admin:accounts_outgoingmail_changelist"),
        reverse("admin:accounts_outgoingmail_change", args=[owed.pk]),
    ):
        shown = admin_client.get(page).content.decode()
        assert "wer@beispiel-post.example" in shown
        assert "Geheimer Link" not in shown
        assert "Betreff" not in shown


def test_nobody_changes_the_outbox_by_hand(admin_client: Client) -> None:
    owed = owe()
    page = reverse("admin:accounts_outgoingmail_change", args=[owed.pk])
    assert admin_client.post(page, {"to": "andere@beispiel-post.example"}).status_code == 403
    assert admin_client.get(reverse("admin:accounts_outgoingmail_add")).status_code == 403
    assert admin_client.post(reverse("admin:accounts_outgoingmail_delete", args=[owed.pk])).status_code == 403


def test_moderators_do_not_see_the_outbox(moderator_client: Client) -> None:
    assert moderator_client.get(reverse("admin:accounts_outgoingmail_changelist")).status_code == 403


@pytest.mark.parametrize("rows", [1, 20])
def test_the_list_of_mails_takes_the_same_number_of_queries(
    admin_client: Client, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(rows):
        owe()
    page = reverse("admin:accounts_outgoingmail_changelist")
    admin_client.get(page)
    with django_assert_num_queries(6):
        admin_client.get(page)
