"""The letters on a phone: filled and copied in the browser, with nobody told what was typed."""

from collections.abc import Callable
from urllib.parse import unquote

import pytest
from playwright.sync_api import Request, expect

from tests.e2e.conftest import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("site")]

NAME = "Kim Geheimnis"
LETTER = "#tag-3"


def write(person: Visitor) -> None:
    page = person.page
    page.get_by_text("Deine Angaben einsetzen").click()
    page.get_by_label("An wen schreibst du?").fill("Frau Muster")
    page.get_by_label("Tag des Gesprächs").fill("2026-11-03")
    page.get_by_label("Dein Name").fill(NAME)


def test_a_letter_is_filled_and_copied_without_a_request_that_carries_the_name(phone: Visitor) -> None:
    sent: list[Request] = []
    phone.context.grant_permissions(["clipboard-read", "clipboard-write"])
    phone.page.on("request", lambda request: sent.append(request))  # noqa: PLW0108 - it marks what it gets
    phone.page.goto("/ratgeber/vorlagen/")
    write(phone)
    letter = phone.page.locator(LETTER)
    expect(letter.locator("[data-subject]")).to_have_text("Das Gespräch am 3. November")
    phone.page.get_by_label("Anrede").select_option(label="per Du")
    expect(letter.locator("[data-body] p").first).to_have_text("Hallo Frau Muster,")
    expect(phone.page).to_have_url(f"{phone.site.url}/ratgeber/vorlagen/?sprache=de&anrede=informal")
    phone.page.get_by_label("Dein Name").press("Enter")
    letter.get_by_role("button", name="Text kopieren").click()
    expect(letter.get_by_role("status")).to_have_text("Kopiert")
    copied = str(phone.page.evaluate("navigator.clipboard.readText()"))
    assert copied.startswith("Hallo Frau Muster,\n\ndanke noch einmal für das Gespräch am 3. November")
    assert copied.endswith(f"\n\nViele Grüße\n{NAME}")
    mail = unquote(letter.get_by_role("link", name="In E-Mail öffnen").get_attribute("href") or "")
    assert mail.endswith(copied.replace("\n", "\r\n"))
    said = [f"{request.url} {request.post_data or ''}" for request in sent]
    assert not [one for one in said if "Geheimnis" in unquote(one)]


def test_the_filled_text_is_saved_by_the_browser_alone(phone: Visitor) -> None:
    phone.page.goto("/ratgeber/vorlagen/")
    write(phone)
    with phone.page.expect_download() as started:
        phone.page.locator(LETTER).get_by_role("link", name="Als Textdatei").click()
    assert started.value.suggested_filename == "tag-3.txt"
    assert NAME in started.value.path().read_text(encoding="utf-8")


def test_where_copying_is_refused_the_text_is_selected(phone: Visitor) -> None:
    phone.page.add_init_script("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    phone.page.goto("/ratgeber/vorlagen/tag-3/")
    phone.page.get_by_role("button", name="Text kopieren").click()
    expect(phone.page.locator("[data-letter]").get_by_role("status")).to_contain_text("Markiert.")
    assert "Guten Tag" in str(phone.page.evaluate("getSelection().toString()"))


def test_without_javascript_the_same_letter_comes_from_the_server(visit: Callable[..., Visitor]) -> None:
    person = visit(java_script_enabled=False, viewport={"width": 390, "height": 844})
    person.page.goto("/ratgeber/vorlagen/tag-3/")
    write(person)
    person.page.get_by_label("Anrede").select_option(label="per Du")
    person.page.get_by_role("button", name="Einsetzen").click()
    expect(person.page.locator("[data-body]")).to_contain_text(NAME)
    expect(person.page.locator("[data-body]")).to_contain_text("Hallo Frau Muster,")
    assert "Geheimnis" not in unquote(person.page.url)
