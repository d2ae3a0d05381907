"""The words of Django and allauth in our voice (docs/decisions/0012-words-of-others.md)."""

import re
from importlib.resources import files
from pathlib import Path

import polib
import pytest
from allauth import account, mfa
from django.conf import settings
from django.template.loader import get_template
from django.test import Client
from django.urls import reverse

from accounts.adapter import NOTICES
from scripts.messages import find_texts
from tests.accounts.entering import logged_in_properly
from tests.conftest import PASSWORD, person

OVERRIDES = polib.pofile(str(settings.BASE_DIR / "locale" / "de" / "LC_MESSAGES" / "django.po"))
OTHERS = ("django.conf", "django.contrib.auth", "django.contrib.admin", "allauth")
# What the settings switch off: codes instead of links, and sign-up by telephone.
NOT_SENT = {"password_reset_code", "email_confirm"}
ENTRANCE = (
    "account_login",
    "account_signup",
    "account_email_verification_sent",
    "account_request_login_code",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key_done",
    "account_inactive",
)
INSIDE = (
    "accounts:settings",
    "accounts:delete",
    "account_email",
    "account_change_password",
    "account_logout",
    "account_reauthenticate",
    "mfa_index",
    "mfa_activate_totp",
    "mfa_add_webauthn",
    "mfa_list_webauthn",
)


def texts_of(package: str) -> set[str]:
    catalogue = files(package) / "locale" / "de" / "LC_MESSAGES" / "django.po"
    return {entry.msgid for entry in polib.pofile(str(catalogue)) if not entry.obsolete}


def test_every_override_is_still_said_by_somebody() -> None:
    said = set().union(*(texts_of(package) for package in OTHERS))
    assert {entry.msgid for entry in OVERRIDES} - said == set()


def test_overrides_hold_no_text_of_our_own() -> None:
    assert {entry.msgid for entry in OVERRIDES} & {text.german for text in find_texts()} == set()


def test_no_override_says_sie() -> None:
    formal = re.compile(r"\b(Sie|Ihr|Ihre|Ihren|Ihnen)\b")
    assert [entry.msgid for entry in OVERRIDES if formal.search(entry.msgstr)] == []


@pytest.mark.parametrize("app", [account, mfa])
def test_every_mail_of_allauth_has_our_words(app: object) -> None:
    folder = Path(account.__path__[0]).parent / "templates" / app.__name__.split(".")[-1] / "email"  # type: ignore[attr-defined]
    kinds = {file.name.removesuffix("_subject.txt") for file in folder.glob("*_subject.txt")}
    for kind in kinds - NOT_SENT - set(NOTICES):
        assert get_template(f"emails/{kind}/body.html")


def spoken(client: Client, name: str) -> str:
    response = client.get(reverse(name))
    assert response.status_code == 200, name
    page = response.content.decode()
    assert 'style="' not in page
    assert not re.search(r"<script(?![^>]*(\ssrc=|application/json))", page)
    return re.sub(r"<[^>]+>", " ", page.partition("<main")[2].partition("</main>")[0])


@pytest.mark.django_db
def test_account_pages_say_du() -> None:
    stranger, member = Client(), logged_in_properly(person("du@beispiel-post.example"))
    pages = [(stranger, name) for name in ENTRANCE] + [(member, name) for name in INSIDE]
    for client, name in pages:
        assert not re.search(r"\b(Sie|Ihre?[nm]?|Ihnen)\b", spoken(client, name)), name


@pytest.mark.django_db
def test_an_empty_field_is_called_missing() -> None:
    page = Client().post(reverse("account_login"), {"login": "", "password": PASSWORD}).content.decode()
    assert "Das fehlt noch." in page
