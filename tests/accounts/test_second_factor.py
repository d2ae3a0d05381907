"""Who decides or speaks for an agency needs a second factor; staff do not stay logged in unattended."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from tests.conftest import logged_in, person

pytestmark = pytest.mark.django_db


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


def test_idle_staff_log_in_again(moderator: User) -> None:
    client = logged_in(moderator)
    assert client.get(reverse("admin:index")).status_code == 200
    with time_machine.travel(timezone.now() + timedelta(minutes=31)):
        assert reverse("account_login") in client.get(reverse("admin:index"))["Location"]
