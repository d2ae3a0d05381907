"""Everything we know about a person can be taken along, and goes when they go."""

import io
import json
import zipfile

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.conftest import logged_in

pytestmark = pytest.mark.django_db


def test_the_export_holds_the_account_as_json(candidate: User, candidate_client: Client) -> None:
    response = candidate_client.post(reverse("accounts:export"))
    archive = zipfile.ZipFile(io.BytesIO(response.content))
    assert json.loads(archive.read("account.json"))["email"] == candidate.email


def test_the_export_is_not_for_strangers() -> None:
    assert Client().post(reverse("accounts:export")).status_code == 302


def test_deleting_takes_the_person_and_ends_every_session(candidate: User, candidate_client: Client) -> None:
    elsewhere = logged_in(candidate)
    candidate_client.post(reverse("accounts:delete"), {"reviews": "erase", "email": candidate.email})
    assert not User.objects.filter(pk=candidate.pk).exists()
    assert elsewhere.get(reverse("accounts:settings")).status_code == 302


def test_a_wrong_address_deletes_nothing(candidate: User, candidate_client: Client) -> None:
    candidate_client.post(reverse("accounts:delete"), {"reviews": "erase", "email": "falsch@example.org"})
    assert User.objects.filter(pk=candidate.pk).exists()
