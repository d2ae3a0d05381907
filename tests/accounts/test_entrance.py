"""Getting in: the same answers for known and unknown addresses, nobody else's password, patience with the cache."""

import re
import statistics
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from pytest_django import Settings

from accounts.models import OutgoingMail, User
from tests.accounts.entering import (
    ask_for_code,
    ask_for_reset,
    code_in,
    confirm,
    link_in,
    log_in,
    log_in_wrongly,
    newest_mail,
    sign_up,
)
from tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db

UNKNOWN = "niemand@beispiel-post.example"
LANGUAGES = ["de", "en"]


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> Iterator[str]:
    with translation.override(request.param):
        yield request.param


WAYS_IN = [sign_up, log_in_wrongly, ask_for_reset, ask_for_code]


# ---- nobody learns whether an address has an account


def seen(way_in: Callable[..., Any], email: str) -> tuple[object, ...]:
    """All a stranger can see of one attempt: the answer, the page after it, and how many mails went out."""
    client, mails = Client(), OutgoingMail.objects.count()
    response = way_in(email, client)
    after = client.get(response["Location"]) if response.status_code == 302 else response
    page = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", after.content.decode()).replace(email, "…")
    return response.status_code, response.get("Location"), page, OutgoingMail.objects.count() - mails


@pytest.mark.parametrize("way_in", WAYS_IN)
def test_a_stranger_sees_no_difference(way_in: Callable[..., Any], candidate: User, language: str) -> None:
    assert seen(way_in, candidate.email) == seen(way_in, UNKNOWN)


@pytest.mark.parametrize("way_in", WAYS_IN)
def test_a_stranger_waits_equally_long(way_in: Callable[..., Any], candidate: User) -> None:
    """Measured as work, so that a busy machine does not blur it. Hashing one password takes longer than 50 ms."""

    def work(email: str) -> float:
        cache.clear()
        start = time.process_time()
        way_in(email)
        return time.process_time() - start

    work(UNKNOWN)
    pairs = [(work(candidate.email), work(f"neu{n}@beispiel-post.example")) for n in range(5)]
    known, unknown = zip(*pairs, strict=True)
    assert abs(statistics.median(known) - statistics.median(unknown)) < 0.05


def test_a_wrong_code_for_an_unknown_address_is_just_wrong(candidate: User) -> None:
    def answers(email: str) -> list[int]:
        client = Client()
        ask_for_code(email, client)
        tries = ("AAAA-AAAA", "-", "BBBB-BBBB", "CCCC-CCCC")
        return [
            client.post(reverse("account_confirm_login_code"), {"code": code}).status_code for code in tries
        ]

    assert answers(candidate.email) == answers(UNKNOWN)


def test_the_owner_of_a_known_address_learns_it_by_mail(candidate: User) -> None:
    sign_up(candidate.email)
    assert newest_mail(candidate.email).kind == "account_already_exists"
    assert link_in(newest_mail(candidate.email)) == reverse("account_reset_password")
    assert User.objects.count() == 1


def test_the_owner_of_an_unknown_address_learns_that_there_is_no_account() -> None:
    ask_for_code(UNKNOWN)
    assert newest_mail(UNKNOWN).kind == "unknown_account"
    ask_for_reset(UNKNOWN)
    assert link_in(newest_mail(UNKNOWN)) == reverse("account_signup")


# ---- links in mails lead to our site


@pytest.fixture
def forged(settings: Settings) -> Client:
    """Whoever names a host that ALLOWED_HOSTS lets through, and that is not ours alone."""
    settings.ALLOWED_HOSTS = ["*"]
    settings.SITE_URL = "https://my-recruiter.example"
    return Client(headers={"host": "evil.example"})


def strange_links(to: str) -> list[str]:
    mail = newest_mail(to)
    links = re.findall(r"https?://[^\s\"<]+", mail.text + mail.html)
    assert links, "the mail has no link"
    return [link for link in links if not re.match(r"https://my-recruiter\.example(/|$)", link)]


@pytest.mark.parametrize("way_in", [sign_up, ask_for_reset, ask_for_code])
@pytest.mark.parametrize("email", ["kandidatin@beispiel-post.example", UNKNOWN])
def test_a_forged_host_does_not_get_into_a_mail(
    way_in: Callable[..., Any], email: str, candidate: User, forged: Client
) -> None:
    way_in(email, forged)
    assert strange_links(email) == []


def test_nor_into_the_mail_to_a_new_address(candidate: User, forged: Client) -> None:
    log_in(candidate.email, forged)
    forged.post(reverse("account_email"), {"email": UNKNOWN, "action_add": ""})
    assert strange_links(UNKNOWN) == []


# ---- the ways in, with their mails


def test_signing_up_and_confirming_leads_into_the_account(language: str) -> None:
    client = Client()
    assert sign_up(UNKNOWN, client)["Location"] == reverse("account_email_verification_sent")
    mail = newest_mail(UNKNOWN)
    assert mail.html.startswith("<!doctype html>")
    assert client.get(link_in(mail)).status_code == 200
    assert confirm(mail, client)["Location"] == reverse("reviews:review-mine")
    user = User.objects.get(email=UNKNOWN)
    assert user.language == language
    assert client.get(reverse("accounts:settings")).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_make_one_account() -> None:
    def click(_number: int) -> int:
        try:
            return int(sign_up(UNKNOWN).status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as hands:
        assert list(hands.map(click, range(2))) == [302, 302]
    assert User.objects.count() == 1


def test_without_confirmation_the_password_opens_nothing() -> None:
    sign_up(UNKNOWN)
    client = Client()
    assert log_in(UNKNOWN, client)["Location"] == reverse("account_email_verification_sent")
    assert client.get(reverse("accounts:settings")).status_code == 302


def test_a_confirmation_link_works_once_and_for_seven_days() -> None:
    sign_up(UNKNOWN)
    mail = newest_mail(UNKNOWN)
    with time_machine.travel(timezone.now() + timedelta(days=8)):
        assert confirm(mail, Client()).status_code == 404
    assert confirm(mail, Client()).status_code == 302
    assert confirm(mail, Client()).status_code == 404


def test_a_code_logs_in(candidate: User, language: str) -> None:
    client = Client()
    ask_for_code(candidate.email, client)
    client.post(reverse("account_confirm_login_code"), {"code": code_in(newest_mail(candidate.email))})
    assert client.get(reverse("accounts:settings")).status_code == 200


def test_a_code_is_no_use_after_ten_minutes(candidate: User) -> None:
    client = Client()
    ask_for_code(candidate.email, client)
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        client.post(reverse("account_confirm_login_code"), {"code": code_in(newest_mail(candidate.email))})
        assert client.get(reverse("accounts:settings")).status_code == 302


def test_a_code_for_the_wrong_address_can_be_asked_for_again(candidate: User) -> None:
    client = Client()
    ask_for_code(UNKNOWN, client)
    page = client.get(reverse("account_confirm_login_code")).content.decode()
    assert f'name="next" value="{reverse("account_request_login_code")}"' in page
    client.post(reverse("account_logout"))
    ask_for_code(candidate.email, client)
    assert candidate.email in client.get(reverse("account_confirm_login_code")).content.decode()


def test_a_new_password_replaces_the_old_one_and_its_owner_is_told(candidate: User) -> None:
    ask_for_reset(candidate.email)
    client = Client()
    form = client.get(link_in(newest_mail(candidate.email)))["Location"]
    client.post(form, {"password1": "ganz andere lange Worte"})
    assert newest_mail(candidate.email).kind == "account_changed"
    assert log_in(candidate.email).status_code == 200
    assert log_in(candidate.email, password="ganz andere lange Worte").status_code == 302


def test_mails_speak_the_language_of_their_reader(candidate: User) -> None:
    User.objects.filter(pk=candidate.pk).update(language="de")
    with translation.override("en"):
        ask_for_reset(candidate.email)
    assert newest_mail(candidate.email).subject == "Neues Passwort setzen"


@pytest.mark.parametrize("password", ["kurz", "q1w2e3r4t5y6", UNKNOWN])
def test_a_weak_password_is_refused_with_a_sentence(password: str) -> None:
    response = sign_up(UNKNOWN, password1=password)
    assert response.context["form"].errors["password1"]
    assert not User.objects.exists()


def test_who_is_not_16_gets_no_account() -> None:
    response = sign_up(UNKNOWN, is_16="")
    assert response.context["form"].errors["is_16"] == ["Ein Konto ist ab 16 Jahren möglich."]


@pytest.mark.parametrize("domain", ["localhost", "[127.0.0.1]"])
@pytest.mark.parametrize("way_in", [sign_up, ask_for_reset])
def test_no_mail_is_owed_to_the_mail_server_itself(way_in: Callable[..., Any], domain: str) -> None:
    assert "Das ist keine vollständige Adresse." in way_in(f"root@{domain}").content.decode()
    assert not User.objects.exists()
    assert not OutgoingMail.objects.exists()


@pytest.mark.parametrize("domain", ["mailinator.com", "kiste.mailinator.com", "GuerrillaMail.com"])
@pytest.mark.parametrize("way_in", [sign_up, ask_for_reset])
def test_throw_away_addresses_are_refused_with_a_sentence(way_in: Callable[..., Any], domain: str) -> None:
    response = way_in(f"jemand@{domain}")
    assert "Wegwerf-Adressen nehmen wir nicht an." in response.content.decode()
    assert not User.objects.exists()
    assert not OutgoingMail.objects.exists()


# ---- whose account it is


def test_a_password_somebody_else_chose_does_not_open_the_account_of_the_mailbox() -> None:
    """Somebody signs up with a stranger's address; the stranger later logs in by a code."""
    sign_up(UNKNOWN, password1="das Passwort des Angreifers")
    owner = Client()
    ask_for_code(UNKNOWN, owner)
    owner.post(reverse("account_confirm_login_code"), {"code": code_in(newest_mail(UNKNOWN))})
    assert owner.get(reverse("accounts:settings")).status_code == 200
    assert log_in(UNKNOWN, password="das Passwort des Angreifers").status_code == 200


def change_address(user: User, to: str) -> Client:
    client = Client()
    log_in(user.email, client)
    client.post(reverse("account_email"), {"email": to, "action_add": ""})
    return client


@pytest.mark.parametrize("way_in", [ask_for_code, ask_for_reset])
def test_an_address_typed_by_mistake_opens_nothing_for_its_owner(
    way_in: Callable[..., Any], candidate: User
) -> None:
    change_address(candidate, UNKNOWN)
    way_in(UNKNOWN)
    assert newest_mail(UNKNOWN).kind == "unknown_account"


def test_the_owner_of_an_address_typed_by_mistake_can_still_sign_up(candidate: User) -> None:
    change_address(candidate, UNKNOWN)
    mistaken = newest_mail(UNKNOWN)
    cache.clear()  # one such mail in three minutes
    client = Client()
    sign_up(UNKNOWN, client)
    confirm(newest_mail(UNKNOWN), client)
    assert User.objects.get(email=UNKNOWN) != candidate
    confirm(mistaken, Client())
    candidate.refresh_from_db()
    assert candidate.email != UNKNOWN


def test_a_confirmed_new_address_replaces_the_old_one_which_is_told(candidate: User) -> None:
    old = candidate.email
    client = change_address(candidate, UNKNOWN)
    assert log_in(UNKNOWN)["Location"] == reverse("account_email_verification_sent")
    confirm(newest_mail(UNKNOWN), client)
    candidate.refresh_from_db()
    assert candidate.email == UNKNOWN
    assert list(EmailAddress.objects.values_list("email", flat=True)) == [UNKNOWN]
    assert newest_mail(old).kind == "account_changed"


def test_a_sign_up_nobody_confirmed_does_not_block_the_owner_of_the_mailbox(candidate: User) -> None:
    sign_up(UNKNOWN)
    cache.clear()  # one such mail in three minutes
    client = change_address(candidate, UNKNOWN)
    confirm(newest_mail(UNKNOWN), client)
    assert User.objects.get(email=UNKNOWN) == candidate


def test_changing_the_address_needs_a_fresh_proof(candidate: User) -> None:
    client = Client()
    log_in(candidate.email, client)
    with time_machine.travel(timezone.now() + timedelta(minutes=16)):
        response = client.post(reverse("account_email"), {"email": UNKNOWN, "action_add": ""})
    assert response["Location"].startswith(reverse("account_reauthenticate"))
    assert not OutgoingMail.objects.exists()


# ---- sessions, redirects, traces


def test_logging_in_takes_a_new_session(candidate: User) -> None:
    client = Client()
    ask_for_code(UNKNOWN, client)
    before = str(client.session.session_key)
    client.post(reverse("account_logout"))  # "Neuer Code oder andere Adresse"
    log_in(candidate.email, client)
    assert client.session.session_key != before
    assert not client.session.exists(before)


@pytest.mark.parametrize(
    "target", ["https://boese.example/", "//boese.example/", "javascript:alert(1)", "/\\boese.example"]
)
def test_a_login_leads_to_no_foreign_page(candidate: User, target: str) -> None:
    assert log_in(candidate.email, next=target)["Location"] == reverse("reviews:review-mine")


def test_a_login_leads_back_to_where_it_was_needed(candidate: User) -> None:
    wanted = reverse("accounts:settings")
    login = Client().get(wanted)["Location"]
    assert Client().post(login, {"login": candidate.email, "password": PASSWORD})["Location"] == wanted


def test_logging_out_needs_a_click(candidate: User) -> None:
    client = Client()
    log_in(candidate.email, client)
    client.get(reverse("account_logout"))
    assert client.get(reverse("accounts:settings")).status_code == 200
    client.post(reverse("account_logout"))
    assert client.get(reverse("accounts:settings")).status_code == 302


def test_pages_of_somebody_logged_in_are_stored_nowhere(candidate: User) -> None:
    client = Client()
    assert "no-store" not in client.get(reverse("imprint")).get("Cache-Control", "")
    log_in(candidate.email, client)
    for name in ("imprint", "accounts:settings", "reviews:review-mine", "account_email", "mfa_index"):
        assert "no-store" in client.get(reverse(name))["Cache-Control"], name


def test_no_address_gets_into_the_log_or_an_url(
    candidate: User, caplog: pytest.LogCaptureFixture, settings: Settings
) -> None:
    caplog.set_level("DEBUG")
    for way_in in (*WAYS_IN, log_in):
        for email in (candidate.email, UNKNOWN):
            assert "@" not in way_in(email).get("Location", "")
    assert "beispiel-post" not in caplog.text


# ---- limits and faults


def test_too_many_attempts_get_a_page_that_says_when_to_come_back(candidate: User) -> None:
    responses = [log_in(candidate.email) for _ in range(31)]
    assert responses[-1].status_code == 429
    assert int(responses[-1]["Retry-After"]) > 0
    assert "Einen Moment, bitte." in responses[-1].content.decode()


def test_guessing_the_password_of_one_account_ends_after_a_few_tries(candidate: User) -> None:
    for _ in range(5):
        log_in_wrongly(candidate.email)
    response = log_in(candidate.email)
    assert "Das waren viele Fehlversuche." in response.content.decode()


def test_signing_up_is_limited_per_connection() -> None:
    statuses = [sign_up(f"neu{n}@beispiel-post.example").status_code for n in range(6)]
    assert statuses == [302] * 5 + [429]


@pytest.fixture
def no_cache(settings: Settings) -> None:
    """A cache server that nobody can reach."""
    settings.CACHES = settings.CACHES | {
        "default": settings.CACHES["default"] | {"LOCATION": "redis://127.0.0.1:1/0"},
    }


def test_without_the_cache_people_still_sign_up_and_log_in(candidate: User, no_cache: None) -> None:
    client = Client()
    assert sign_up(UNKNOWN, client).status_code == 302
    assert confirm(newest_mail(UNKNOWN), client).status_code == 302
    assert log_in(candidate.email)["Location"] == reverse("reviews:review-mine")
    assert ask_for_reset(candidate.email).status_code == 302
    assert ask_for_code(candidate.email).status_code == 302
