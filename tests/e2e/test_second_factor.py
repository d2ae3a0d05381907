"""The second factor in a real browser: an app with its QR code, recovery codes, and a passkey of a virtual device."""

import re
from collections.abc import Callable
from typing import Literal
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Site, Visitor, picture, wear
from tests.e2e.test_every_page import violations
from tests.e2e.test_main_job import totp

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("site")]  # one site serves them all

EMAIL = "zweiter.faktor@beispiel-post.example"
PASSWORD = "ein langes Passwort 2026"
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def sign_up(person: Visitor, email: str) -> None:
    page = person.page
    page.goto("/konto/signup/")
    page.get_by_label("E-Mail").fill(email)
    page.get_by_label("Passwort", exact=True).fill(PASSWORD)
    page.get_by_label("mindestens 16").check()
    page.get_by_role("button", name="Konto anlegen").click()
    expect(page.get_by_role("heading", name="Schau in dein Postfach")).to_be_visible()
    page.goto(person.site.link_in_mail_to(email, "/konto/confirm-email/"))
    page.get_by_role("button", name="Bestätigen").click()
    expect(page).to_have_url(re.compile("/konto/bewertungen/"))


def open_second_factor(page: Page) -> None:
    """Behind the question who one is: a link in a mail proved the mailbox only."""
    page.goto("/konto/reauthenticate/?next=/konto/2fa/")
    page.get_by_label("Passwort", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Weiter").click()
    expect(page.get_by_role("heading", name="Zweiter Faktor")).to_be_visible()


def log_in(page: Page, email: str) -> None:
    page.goto("/konto/login/")
    page.get_by_label("E-Mail").fill(email)
    page.get_by_label("Passwort", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Anmelden", exact=True).click()


def log_out(page: Page) -> None:
    page.goto("/konto/")
    page.locator("main").get_by_role("button", name="Abmelden").click()


def add_virtual_device(page: Page) -> None:
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})


def looked_at(page: Page, name: str) -> None:
    """A picture in both themes, and no violation."""
    themes: tuple[Literal["light", "dark"], ...] = ("light", "dark")
    for theme in themes:
        wear(page, theme)
        picture(page, f"{name}-{theme}.png")
        assert violations(page) == [], name


@pytest.mark.parametrize("width", [390, 1280])
def test_an_app_secures_an_account(site: Site, visit: Callable[..., Visitor], width: int) -> None:
    person, email = visit(viewport={"width": width, "height": 844}), f"{width}.{EMAIL}"
    page = person.page
    sign_up(person, email)
    open_second_factor(page)
    looked_at(page, f"zweiter-faktor-{width}")
    page.get_by_role("link", name="App einrichten").click()
    looked_at(page, f"app-einrichten-{width}")
    secret = page.locator("main code").inner_text()
    page.get_by_label("Code aus der App").fill(totp(secret))
    page.get_by_role("button", name="Einschalten").click()
    expect(page.get_by_label("10 unbenutzte Codes")).to_be_visible()
    looked_at(page, f"notfall-codes-{width}")
    one_of_them = page.get_by_label("10 unbenutzte Codes").input_value().split()[0]
    log_out(page)
    log_in(page, email)
    expect(page.get_by_role("heading", name="Zweiter Faktor")).to_be_visible()
    looked_at(page, f"code-eingeben-{width}")
    page.get_by_label("Code aus der App").fill(one_of_them)
    page.get_by_role("button", name="Anmelden", exact=True).click()
    expect(page).to_have_url(re.compile("/konto/bewertungen/"))


def test_a_passkey_logs_in_without_a_password(site: Site, phone: Visitor) -> None:
    page, email = phone.page, f"passkey.{EMAIL}"
    add_virtual_device(page)
    sign_up(phone, email)
    open_second_factor(page)
    page.get_by_role("link", name="Hinzufügen").click()
    looked_at(page, "passkey-hinzufuegen-390")
    page.get_by_label("Name").fill("Mein Telefon")
    page.get_by_role("button", name="Hinzufügen").click()
    expect(page.get_by_label("10 unbenutzte Codes")).to_be_visible()
    page.goto("/konto/2fa/webauthn/")
    expect(page.get_by_role("heading", name="Mein Telefon")).to_be_visible()
    looked_at(page, "passkeys-390")
    log_out(page)
    page.goto("/konto/login/")
    page.get_by_role("button", name="Mit Passkey anmelden").click()
    expect(page).to_have_url(re.compile("/konto/bewertungen/"))


def test_a_passkey_is_a_second_factor_after_the_password(site: Site, phone: Visitor) -> None:
    page, email = phone.page, f"schluessel.{EMAIL}"
    add_virtual_device(page)
    sign_up(phone, email)
    open_second_factor(page)
    page.get_by_role("link", name="Hinzufügen").click()
    page.get_by_label("Damit auch ohne Passwort anmelden").uncheck()
    page.get_by_role("button", name="Hinzufügen").click()
    expect(page.get_by_label("10 unbenutzte Codes")).to_be_visible()
    log_out(page)
    log_in(page, email)
    page.get_by_role("button", name="Mit Passkey anmelden").click()
    expect(page).to_have_url(re.compile("/konto/bewertungen/"))


def test_a_passkey_that_fails_is_said_to_have_failed(phone: Visitor) -> None:
    """The virtual device knows no passkey for this site."""
    add_virtual_device(phone.page)
    phone.page.goto("/konto/login/")
    phone.page.get_by_role("button", name="Mit Passkey anmelden").click()
    expect(phone.page.get_by_role("alert")).to_contain_text("Das hat nicht geklappt.")
    assert urlsplit(phone.page.url).path == "/konto/login/"


def test_without_javascript_nobody_is_offered_what_cannot_work(visit: Callable[..., Visitor]) -> None:
    page = visit(java_script_enabled=False).page
    page.goto("/konto/login/")
    expect(page.get_by_role("button", name="Mit Passkey anmelden")).to_be_hidden()
    expect(page.get_by_role("link", name="Code per Mail schicken")).to_be_visible()
