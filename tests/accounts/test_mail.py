"""Mails are owed in the database, sent by whoever comes first, and never twice."""

import socket
from collections.abc import Iterator
from datetime import timedelta
from email.message import Message

import pytest
import time_machine
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message as MessageHandler
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from accounts import mail, sending
from accounts.mail import Later, Rendered, Texts, queue_composed, queue_rendered, register_composer
from accounts.models import OutgoingMail, User
from accounts.sending import send_owed

pytestmark = pytest.mark.django_db


class Mailbox(MessageHandler):
    """A real SMTP server that keeps what it accepted, and can be told what to say to a recipient instead."""

    def __init__(self) -> None:
        super().__init__()
        self.messages: list[Message] = []
        self.answers: dict[str, str] = {}  # to RCPT, by address
        self.hangs_up = False  # after it has taken the mail, without saying so

    async def handle_RCPT(  # noqa: N802 - the name aiosmtpd looks for
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.answers:
            return self.answers[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        answer: str = await super().handle_DATA(server, session, envelope)
        if self.hangs_up:
            self.hangs_up = False
            server.transport.abort()
        return answer

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
    slow = sending._claim()
    with time_machine.travel(timezone.now() + timedelta(minutes=1)):
        assert send_owed() == 2
    assert [sending._begin(claimed) for claimed in slow] == [False, False]
    assert {message["Message-ID"] for message in mailbox.messages} == {first.message_id, second.message_id}


# ---- what the mail server says -----------------------------------------------------------------------------

UNKNOWN = "550 5.1.1 no such mailbox"


def test_a_mail_that_may_have_been_accepted_is_repeated_under_its_message_id_and_counted(
    mailbox: Mailbox, caplog: pytest.LogCaptureFixture
) -> None:
    owed = owe()
    mailbox.hangs_up = True
    assert send_owed() == 0
    with time_machine.travel(timezone.now() + timedelta(minutes=1)):
        assert send_owed() == 1
    owed.refresh_from_db()
    assert [message["Message-ID"] for message in mailbox.messages] == [owed.message_id] * 2
    assert (owed.attempts, owed.repeats, owed.in_doubt) == (2, 1, False)
    assert "mail repeated under its Message-ID" in caplog.text


def test_a_server_that_hangs_up_does_not_hold_up_the_others(mailbox: Mailbox) -> None:
    owe("erste@beispiel-post.example")
    owe("zweite@beispiel-post.example")
    mailbox.hangs_up = True
    assert send_owed() == 1


def test_a_mail_the_server_did_not_take_counts_as_no_repetition(mailbox: Mailbox) -> None:
    owed = owe()
    mailbox.answers[owed.to] = "451 4.7.1 greylisted, come back later"
    assert send_owed() == 0
    mailbox.answers.clear()
    with time_machine.travel(timezone.now() + timedelta(minutes=1)):
        assert send_owed() == 1
    owed.refresh_from_db()
    assert (owed.attempts, owed.repeats) == (2, 0)


def test_a_hard_bounce_ends_the_mail_and_is_noted_with_its_reader(mailbox: Mailbox, candidate: User) -> None:
    owed = owe(candidate.email)
    mailbox.answers[candidate.email] = UNKNOWN
    send_owed()
    owed.refresh_from_db()
    candidate.refresh_from_db()
    assert owed.refused_at is not None
    assert owed.text == ""
    assert candidate.bounced_at is not None
    mailbox.answers.clear()
    with time_machine.travel(timezone.now() + timedelta(minutes=1)):
        assert send_owed() == 0


@pytest.mark.parametrize(
    "answer", ["451 4.2.0 busy", "452 4.2.2 mailbox full", "554 5.7.1 relay access denied"]
)
def test_what_may_pass_is_tried_again_and_held_against_nobody(
    mailbox: Mailbox, candidate: User, answer: str
) -> None:
    owed = owe(candidate.email)
    mailbox.answers[candidate.email] = answer
    send_owed()
    candidate.refresh_from_db()
    assert candidate.bounced_at is None
    with time_machine.travel(timezone.now() + timedelta(minutes=1)):
        mailbox.answers.clear()
        assert send_owed() == 1
    owed.refresh_from_db()
    assert owed.sent_at is not None


# ---- mails that are rendered when they are sent ------------------------------------------------------------


@pytest.fixture
def composers() -> Iterator[None]:
    before = dict(mail.composers)
    yield
    mail.composers.clear()
    mail.composers.update(before)


def say_hello(mails: list[OutgoingMail]) -> dict[int, Rendered]:
    headers = {"List-Unsubscribe": "<https://my-recruiter.example/x/>"}
    return {
        mail.pk: Rendered(mail.to, Texts("Guten Tag", f"Hallo {mail.user}\n", ""), headers) for mail in mails
    }


@pytest.mark.usefixtures("composers")
def test_a_composed_mail_says_what_is_true_when_it_is_sent(mailbox: Mailbox, candidate: User) -> None:
    register_composer("greeting", say_hello)
    (owed,) = queue_composed(kind="greeting", users=[candidate])
    User.objects.filter(pk=candidate.pk).update(pseudonym="neue Amsel")
    assert send_owed() == 1
    (message,) = mailbox.messages
    assert "neue Amsel" in message.get_payload()
    assert message["List-Unsubscribe"] == "<https://my-recruiter.example/x/>"
    assert message["Message-ID"] == owed.message_id


@pytest.mark.usefixtures("composers")
def test_a_composed_mail_that_nobody_wants_any_more_is_not_sent(mailbox: Mailbox, candidate: User) -> None:
    register_composer("greeting", lambda mails: {})
    queue_composed(kind="greeting", users=[candidate])
    assert send_owed() == 0
    assert not OutgoingMail.objects.exists()


@pytest.mark.usefixtures("composers")
def test_a_composed_mail_that_is_wanted_later_stays_owed_until_then(
    mailbox: Mailbox, candidate: User
) -> None:
    morning = timezone.now() + timedelta(hours=9)
    register_composer(
        "greeting",
        lambda mails: (
            {mail.pk: Later(morning) for mail in mails} if timezone.now() < morning else say_hello(mails)
        ),
    )
    (owed,) = queue_composed(kind="greeting", users=[candidate])
    assert send_owed() == 0
    owed.refresh_from_db()
    assert (owed.due_at, owed.attempts, owed.in_doubt) == (morning, 0, False)
    with time_machine.travel(morning):
        assert send_owed() == 1
    assert mailbox.messages[0]["Message-ID"] == owed.message_id


def fail(mails: list[OutgoingMail]) -> dict[int, Rendered]:
    raise ValueError("a template is broken")


@pytest.mark.usefixtures("composers")
def test_a_composer_that_fails_keeps_its_mails_and_holds_up_no_others(
    mailbox: Mailbox, candidate: User, caplog: pytest.LogCaptureFixture
) -> None:
    register_composer("greeting", fail)
    queue_composed(kind="greeting", users=[candidate])
    owe()
    assert send_owed() == 1
    assert "mails could not be composed" in caplog.text
    register_composer("greeting", say_hello)
    with time_machine.travel(timezone.now() + timedelta(minutes=1)):
        assert send_owed() == 1


@pytest.mark.usefixtures("composers")
def test_who_waits_for_a_code_does_not_wait_for_reminders(
    mailbox: Mailbox, candidate: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "BATCH", 1)
    register_composer("greeting", say_hello)
    queue_composed(kind="greeting", users=[candidate, candidate])
    code = owe()
    send_owed()
    assert mailbox.messages[0]["Message-ID"] == code.message_id


# ---- who sees what -----------------------------------------------------------------------------------------


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
