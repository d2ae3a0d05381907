"""What reaches the end of its retention is deleted, and nothing else."""

from collections.abc import Callable
from datetime import datetime, timedelta
from io import StringIO

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from accounts import retention
from accounts.mail import queue_rendered
from accounts.models import OutgoingMail, User
from accounts.sessions import Session
from accounts.tasks import purge
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

NOW = timezone.now().replace(microsecond=0)


def days_later(days: float) -> time_machine.travel:
    return time_machine.travel(NOW + timedelta(days=days), tick=False)


@pytest.fixture
def unconfirmed() -> User:
    """Somebody signed up, and nobody confirmed the address."""
    with days_later(0):
        user = UserFactory()
    EmailAddress.objects.create(user=user, email=user.email, primary=True)
    return user


def test_a_sign_up_nobody_confirmed_is_gone_after_seven_days(unconfirmed: User) -> None:
    with days_later(6.9):
        assert retention.purge()["unconfirmed_accounts"] == 0
    with days_later(7.1):
        assert retention.purge()["unconfirmed_accounts"] == 1
    assert not User.objects.exists()


def confirm(user: User) -> None:
    EmailAddress.objects.filter(user=user).update(verified=True)


def let_in(user: User) -> None:
    User.objects.filter(pk=user.pk).update(last_login=NOW)


def hire(user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_staff=True)


def made_by_hand(user: User) -> None:
    EmailAddress.objects.filter(user=user).delete()


@pytest.mark.parametrize("change", [confirm, let_in, hire, made_by_hand])
def test_every_other_account_stays(unconfirmed: User, change: Callable[[User], None]) -> None:
    change(unconfirmed)
    with days_later(400):
        assert retention.purge()["unconfirmed_accounts"] == 0
    assert User.objects.exists()


def test_who_is_changing_a_confirmed_address_stays(unconfirmed: User) -> None:
    confirm(unconfirmed)
    EmailAddress.objects.create(user=unconfirmed, email="neu@beispiel-post.example")
    with days_later(400):
        assert retention.purge()["unconfirmed_accounts"] == 0


def owe(sent_at: datetime | None = None) -> None:
    with days_later(0):
        mail = queue_rendered(kind="test", to="wer@beispiel-post.example", subject="Hallo", text="Hallo")
    OutgoingMail.objects.filter(pk=mail.pk).update(sent_at=sent_at)


@pytest.mark.parametrize("sent_at", [NOW, None])
def test_mails_are_forgotten_after_thirty_days_sent_or_not(sent_at: datetime | None) -> None:
    owe(sent_at)
    with days_later(29.9):
        assert retention.purge()["sent_mails"] == 0
    with days_later(30.1):
        assert retention.purge()["sent_mails"] == 1


def test_expired_sessions_go_and_living_ones_stay(candidate: User) -> None:
    with days_later(0):
        Client().force_login(candidate)
    with days_later(29):
        Client().force_login(candidate)
    with days_later(31):
        assert retention.purge()["expired_sessions"] == 1
    assert Session.objects.count() == 1


def test_a_dry_run_counts_and_deletes_nothing(unconfirmed: User) -> None:
    said = StringIO()
    with days_later(8):
        call_command("purge", dry_run=True, stdout=said)
    assert "unconfirmed_accounts: 1" in said.getvalue()
    assert User.objects.exists()


def test_the_command_deletes(unconfirmed: User) -> None:
    with days_later(8):
        call_command("purge", stdout=StringIO())
    assert not User.objects.exists()


def test_a_rule_that_fails_does_not_keep_the_others_from_deleting(
    unconfirmed: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(before: datetime) -> int:
        raise RuntimeError

    monkeypatch.setitem(retention._rules, "sent_mails", fails)
    with days_later(8):
        counts = purge()
    assert "sent_mails" not in counts
    assert counts["unconfirmed_accounts"] == 1


def test_every_rule_has_its_days(settings: object) -> None:
    assert set(retention._rules) == set(settings.RETENTION_DAYS)  # type: ignore[attr-defined]
