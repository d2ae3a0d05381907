"""Who decides or speaks for an agency needs a second factor; staff do not stay logged in unattended."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from accounts.models import OutgoingMail, User
from tests.accounts.entering import ask_for_code, ask_for_reset, code_in, link_in, log_in, newest_mail
from tests.conftest import PASSWORD, logged_in, person

pytestmark = pytest.mark.django_db

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
LATER = timedelta(seconds=31)  # when the app shows the next code


def code_now(secret: str = SECRET) -> str:
    """What an authenticator app shows."""
    return format_hotp_value(hotp_value(secret, int(timezone.now().timestamp()) // 30))


@pytest.fixture
def secured(db: None) -> User:
    """Staff with an app that knows SECRET, and recovery codes."""
    user = person("gesichert@my-recruiter.example", is_staff=True)
    TOTP.activate(user, SECRET)
    RecoveryCodes.activate(user)
    return user


def give_password(client: Client, user: User) -> Any:
    return log_in(user.email, client)


def give_code(client: Client, code: str) -> Any:
    return client.post(reverse("mfa_authenticate"), {"code": code})


def is_in(client: Client) -> bool:
    return client.get(reverse("admin:index")).status_code == 200


# ---- who needs one


def test_staff_without_a_second_factor_are_sent_to_enrol_from_every_page() -> None:
    client = logged_in(person("neu@my-recruiter.example", is_staff=True))
    for page in (reverse("admin:index"), reverse("start"), reverse("accounts:settings")):
        assert client.get(page)["Location"] == reverse("mfa_activate_totp")


def test_an_agency_owner_without_a_second_factor_is_sent_to_enrol() -> None:
    client = logged_in(person("chef@probeagentur.example", owns_agency=True))
    assert client.get(reverse("start"))["Location"] == reverse("mfa_activate_totp")


def test_a_candidate_needs_none(candidate_client: Client) -> None:
    assert candidate_client.get(reverse("accounts:settings")).status_code == 200


def test_the_admin_has_no_login_of_its_own() -> None:
    response = Client().get(reverse("admin:index"), follow=True)
    assert response.redirect_chain[-1][0].startswith(reverse("account_login"))


def test_a_candidate_is_refused_by_the_admin(candidate_client: Client) -> None:
    assert candidate_client.get(reverse("admin:index"), follow=True).status_code == 403


# ---- enrolling


def test_new_staff_enrol_an_app_and_get_recovery_codes(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    user, client = person("neu@my-recruiter.example", is_staff=True), Client()
    give_password(client, user)
    form = client.get(reverse("mfa_activate_totp")).context["form"]
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(reverse("mfa_activate_totp"), {"code": code_now(form.secret)}, follow=True)
    assert answer.redirect_chain[-1][0] == reverse("mfa_view_recovery_codes")
    assert len(answer.context["unused_codes"]) == 10
    assert is_in(client)
    assert OutgoingMail.objects.filter(to=user.email, kind="account_changed").exists()


def test_a_wrong_code_enrols_nothing() -> None:
    user, client = person("neu@my-recruiter.example", is_staff=True), Client()
    give_password(client, user)
    client.get(reverse("mfa_activate_totp"))
    client.post(reverse("mfa_activate_totp"), {"code": "000000"})
    assert not Authenticator.objects.exists()


def test_who_is_changing_the_address_can_end_that_before_enrolling() -> None:
    user, client = person("neu@my-recruiter.example", is_staff=True), Client()
    EmailAddress.objects.create(user=user, email="neuer@my-recruiter.example")
    give_password(client, user)
    assert client.get(reverse("mfa_activate_totp"))["Location"] == reverse("mfa_index")
    client.post(reverse("account_email"), {"email": "neuer@my-recruiter.example", "action_remove": ""})
    assert client.get(reverse("mfa_activate_totp")).status_code == 200


def test_staff_who_switch_theirs_off_must_enrol_again(secured: User) -> None:
    client = Client()
    give_password(client, secured)
    give_code(client, code_now())
    client.post(reverse("mfa_deactivate_totp"))
    assert client.get(reverse("start"))["Location"] == reverse("mfa_activate_totp")


# ---- logging in with it


def test_password_and_code_lead_in_and_the_password_alone_does_not(secured: User) -> None:
    client = Client()
    assert give_password(client, secured)["Location"] == reverse("mfa_authenticate")
    assert not is_in(client)
    give_code(client, code_now())
    assert is_in(client)


def test_a_code_by_mail_does_not_replace_the_second_factor(secured: User) -> None:
    client = Client()
    ask_for_code(secured.email, client)
    code = code_in(newest_mail(secured.email))
    answer = client.post(reverse("account_confirm_login_code"), {"code": code})
    assert answer["Location"] == reverse("mfa_authenticate")


def test_a_new_password_does_not_replace_the_second_factor(secured: User) -> None:
    client = Client()
    ask_for_reset(secured.email, client)
    form = client.get(link_in(newest_mail(secured.email)))["Location"]
    client.post(form, {"password1": PASSWORD + " neu"})
    answer = log_in(secured.email, client, PASSWORD + " neu")
    assert answer["Location"] == reverse("mfa_authenticate")


@pytest.fixture(params=["with the cache", "without the cache"])
def any_cache(request: pytest.FixtureRequest, settings: Settings) -> None:
    if request.param == "without the cache":
        settings.CACHES = settings.CACHES | {
            "default": settings.CACHES["default"] | {"LOCATION": "redis://127.0.0.1:1/0"},
        }


def test_a_code_opens_only_once(secured: User, any_cache: None) -> None:
    with time_machine.travel(timezone.now(), tick=False):
        code = code_now()
        first, second = Client(), Client()
        give_password(first, secured)
        give_code(first, code)
        give_password(second, secured)
        give_code(second, code)
        assert is_in(first)
        assert not is_in(second)
    with time_machine.travel(timezone.now() + LATER, tick=False):
        give_code(second, code_now())
        assert is_in(second)


def test_a_recovery_code_opens_once(secured: User) -> None:
    code = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()[0]
    first, second = Client(), Client()
    for client in (first, second):
        give_password(client, secured)
        give_code(client, code)
    assert (is_in(first), is_in(second)) == (True, False)


def test_guessing_codes_ends_after_a_few_tries(secured: User) -> None:
    client = Client()
    give_password(client, secured)
    for _ in range(5):
        give_code(client, "000000")
    give_code(client, code_now())
    assert not is_in(client)


# ---- sessions of staff


def test_idle_staff_log_in_again_and_come_back_to_where_they_were(moderator: User) -> None:
    client, here = logged_in(moderator), reverse("admin:index") + "?q=a&b=c"
    assert is_in(client)
    with time_machine.travel(timezone.now() + timedelta(minutes=31)):
        assert client.get(here)["Location"] == reverse("account_login") + "?next=/admin/%3Fq%3Da%26b%3Dc"


def test_busy_staff_stay_for_eight_hours_and_no_longer(moderator: User) -> None:
    client, start = logged_in(moderator), timezone.now()
    for minutes in range(0, 8 * 60, 20):
        with time_machine.travel(start + timedelta(minutes=minutes)):
            assert is_in(client), minutes
    with time_machine.travel(start + timedelta(hours=8, seconds=30)):
        assert not is_in(client)


def test_candidates_stay_logged_in_for_a_month(candidate: User) -> None:
    client = logged_in(candidate)
    with time_machine.travel(timezone.now() + timedelta(days=29)):
        assert client.get(reverse("accounts:settings")).status_code == 200
