"""Mails that are no service mails come only to who has agreed twice, and end with one click."""

import hashlib
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from pytest_django import Settings

from accounts import consents, personal, retention
from accounts.models import Consent, Event, OutgoingMail, User

pytestmark = pytest.mark.django_db

KIND = Consent.Kind.CHECK_INS


def asked(user: User) -> Consent:
    return consents.ask(user=user, kind=KIND).consent


def given(user: User) -> Consent:
    consent = asked(user)
    consents.confirm(consent=consent)
    consent.refresh_from_db()
    return consent


def link(name: str, token: str) -> str:
    return reverse(f"accounts:{name}", args=[token])


def confirm_link(consent: Consent) -> str:
    return link("consent-confirm", consents.confirm_token(consent))


def withdraw_link(consent: Consent) -> str:
    return link("consent-withdraw", consents.withdraw_token(consent))


def said(response: Any) -> str:
    return str(response.content.decode())


# ---- asking and confirming ---------------------------------------------------------------------------------


def test_a_ticked_box_alone_is_no_consent(candidate: User) -> None:
    asked(candidate)
    assert not consents.has_given(candidate, KIND)


def test_the_mail_carries_the_link_that_confirms(candidate: User, client: Client) -> None:
    consent = asked(candidate)
    mail = OutgoingMail.objects.get(kind="consent_confirm")
    assert mail.to == candidate.email
    page = confirm_link(consent)
    assert page in mail.text
    assert page in mail.html
    client.get(page)  # whatever looks at links before their reader does
    assert not consents.has_given(candidate, KIND)
    client.post(page)
    assert consents.has_given(candidate, KIND)
    assert "wir fragen nach" in said(client.get(page))


def test_the_mail_comes_in_its_readers_language(candidate: User) -> None:
    candidate.language = "en"
    candidate.save()
    asked(candidate)
    assert "/en/konto/einwilligung/" in OutgoingMail.objects.get().text


def test_a_second_click_sends_no_second_mail_and_one_after_ten_minutes_does(candidate: User) -> None:
    first = asked(candidate)
    assert asked(candidate) == first
    assert OutgoingMail.objects.count() == 1
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        assert asked(candidate) == first
    assert OutgoingMail.objects.count() == 2


def test_the_page_says_whether_a_mail_was_sent_and_when_there_can_be_another(
    candidate: User, candidate_client: Client
) -> None:
    candidate.zone = "America/New_York"
    candidate.save()
    ask = reverse("accounts:consent-ask", args=[KIND])

    def said_at(moment: str) -> str:
        with time_machine.travel(moment, tick=False):
            candidate_client.force_login(candidate)
            return said(candidate_client.post(ask, {"agree": "on"}, follow=True))

    assert "Wir haben dir eine Mail geschickt." in said_at("2026-11-06T15:04:50Z")
    again = said_at("2026-11-06T15:06:00Z")
    assert "Wir haben dir eine Mail geschickt." not in again
    assert "Die Mail von 10:04 Uhr ist schon unterwegs" in again
    assert "ab 10:15 Uhr" in again
    assert OutgoingMail.objects.count() == 1
    assert "Wir haben dir eine Mail geschickt." in said_at("2026-11-06T15:15:00Z")
    assert OutgoingMail.objects.count() == 2


def test_who_has_agreed_already_is_told_so(candidate: User, candidate_client: Client) -> None:
    given(candidate)
    ask = reverse("accounts:consent-ask", args=[KIND])
    page = said(candidate_client.post(ask, {"agree": "on"}, follow=True))
    assert "Das ist schon eingeschaltet." in page
    assert "Mail geschickt" not in page


def test_who_has_agreed_is_not_asked_again(candidate: User) -> None:
    given(candidate)
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        asked(candidate)
    assert OutgoingMail.objects.count() == 1


def test_the_link_ends_after_72_hours(candidate: User, client: Client) -> None:
    page = confirm_link(asked(candidate))
    with time_machine.travel(timezone.now() + timedelta(hours=72, minutes=1)):
        assert client.post(page).status_code == 410
    assert not consents.has_given(candidate, KIND)


def test_a_link_made_for_one_purpose_serves_no_other(candidate: User, client: Client) -> None:
    consent = asked(candidate)
    assert client.post(link("consent-confirm", consents.withdraw_token(consent))).status_code == 410
    assert client.post(link("consent-withdraw", consents.confirm_token(consent))).status_code == 410
    assert client.post(link("consent-confirm", "erfunden")).status_code == 410


def test_a_link_to_confirm_does_nothing_after_a_withdrawal(candidate: User, client: Client) -> None:
    page = confirm_link(asked(candidate))
    consents.withdraw(user=candidate, kind=KIND)
    assert client.post(page).status_code == 410
    assert not consents.has_given(candidate, KIND)


def test_a_link_to_confirm_is_good_for_the_mailbox_it_was_sent_to_only(
    candidate: User, client: Client
) -> None:
    page = confirm_link(asked(candidate))
    User.objects.filter(pk=candidate.pk).update(email="neu@example.org")
    assert client.post(page).status_code == 410
    assert not consents.has_given(candidate, KIND)


def test_taking_back_and_asking_again_sends_no_flood_of_mails(candidate: User, client: Client) -> None:
    page = confirm_link(asked(candidate))
    for _ in range(5):
        consents.withdraw(user=candidate, kind=KIND)
        asked(candidate)
    assert OutgoingMail.objects.count() == 1
    client.post(page)
    assert consents.has_given(candidate, KIND)


def test_asking_is_limited_and_ending_never_refused(
    candidate: User, candidate_client: Client, settings: Settings
) -> None:
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"consent": "1/d/user"}
    ask, end = (reverse(f"accounts:consent-{name}", args=[KIND]) for name in ("ask", "end"))
    statuses = [candidate_client.post(ask, {"agree": "on"}).status_code for _ in range(2)]
    assert statuses == [302, 429]
    assert candidate_client.post(end).status_code == 302


# What people agreed to. A new sentence needs a new version, and both go here.
SAID = {"2026-11": "9f24e916"}


@pytest.mark.parametrize("kind", Consent.Kind)
def test_the_stored_version_names_the_sentence_that_was_agreed_to(kind: str, candidate: User) -> None:
    with translation.override("de"):
        sentence = str(consents.WORDINGS[kind].sentence)
    version = given(candidate).text_version
    assert SAID[version] == hashlib.sha256(sentence.encode()).hexdigest()[:8]


# ---- withdrawing -------------------------------------------------------------------------------------------


def test_a_mail_program_unsubscribes_without_login_cookie_or_token_of_a_form(candidate: User) -> None:
    page = withdraw_link(given(candidate))
    mail_program = Client(enforce_csrf_checks=True)
    answer = mail_program.post(page, {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200  # RFC 8058: no redirect
    assert not consents.has_given(candidate, KIND)


def test_looking_at_the_link_unsubscribes_nobody(candidate: User, client: Client) -> None:
    page = withdraw_link(given(candidate))
    assert "Mails abbestellen" in said(client.get(page))
    assert consents.has_given(candidate, KIND)


def test_the_link_of_an_old_mail_ends_a_new_consent_too(candidate: User, client: Client) -> None:
    page = withdraw_link(given(candidate))
    consents.withdraw(user=candidate, kind=KIND)
    given(candidate)
    client.post(page)
    assert not consents.has_given(candidate, KIND)
    assert "Abbestellt" in said(client.get(page))


def test_the_link_ends_the_mails_of_nobody_else(
    candidate: User, other_candidate: User, client: Client
) -> None:
    given(other_candidate)
    client.post(withdraw_link(given(candidate)))
    assert consents.has_given(other_candidate, KIND)


def test_links_say_nothing_about_their_reader_and_are_kept_nowhere(candidate: User, client: Client) -> None:
    page = withdraw_link(given(candidate))
    assert candidate.email.split("@")[0] not in page
    answer = client.get(page)
    assert "no-store" in answer["Cache-Control"]
    assert '<meta name="robots" content="noindex">' in said(answer)


# ---- in the account ----------------------------------------------------------------------------------------


def test_in_the_account_the_box_is_not_ticked_and_sending_it_so_asks_nothing(
    candidate: User, candidate_client: Client
) -> None:
    page = said(candidate_client.get(reverse("accounts:settings")))
    assert 'name="agree"' in page
    assert "checked" not in page.split('name="agree"')[1].split(">")[0]
    candidate_client.post(reverse("accounts:consent-ask", args=[KIND]))
    assert not Consent.objects.exists()


def test_in_the_account_one_can_agree_and_end_it(candidate: User, candidate_client: Client) -> None:
    candidate_client.post(reverse("accounts:consent-ask", args=[KIND]), {"agree": "1"})
    assert "Es fehlt noch deine Bestätigung" in said(candidate_client.get(reverse("accounts:settings")))
    consents.confirm(consent=Consent.objects.get())
    assert "Eingeschaltet seit" in said(candidate_client.get(reverse("accounts:settings")))
    candidate_client.post(reverse("accounts:consent-end", args=[KIND]))
    assert not consents.has_given(candidate, KIND)


def test_a_bounce_is_said_in_the_account_until_the_person_says_it_works(
    candidate: User, candidate_client: Client
) -> None:
    page = reverse("accounts:settings")
    assert "Deine Mails kommen zurück" not in said(candidate_client.get(page))
    User.objects.filter(pk=candidate.pk).update(bounced_at=timezone.now())
    assert "Deine Mails kommen zurück" in said(candidate_client.get(page))
    candidate_client.post(reverse("accounts:mailbox-works"))
    candidate.refresh_from_db()
    assert candidate.bounced_at is None


# ---- what is kept ------------------------------------------------------------------------------------------


def test_every_step_is_in_the_log(candidate: User) -> None:
    given(candidate)
    consents.withdraw(user=candidate, kind=KIND)
    verbs = (
        Event.objects.filter(subject_type="accounts.consent").order_by("pk").values_list("verb", flat=True)
    )
    assert list(verbs) == ["ask consent", "give consent", "withdraw consent"]


def test_the_export_names_each_consent(candidate: User) -> None:
    given(candidate)
    (entry,) = personal.ACCOUNT.collect(candidate)["consents"]
    assert (entry["kind"], entry["text_version"]) == (KIND, "2026-11")
    assert entry["confirmed_at"] is not None


def test_what_nobody_confirmed_goes_after_a_week_and_what_was_withdrawn_after_three_years(
    candidate: User, other_candidate: User
) -> None:
    asked(candidate)
    given(other_candidate)
    consents.withdraw(user=other_candidate, kind=KIND)
    in_a_week = timezone.now() + timedelta(days=8)
    retention.purge(now=in_a_week)
    assert Consent.objects.get().user == other_candidate
    retention.purge(now=timezone.now() + timedelta(days=3 * 365 + 1))
    assert not Consent.objects.exists()
