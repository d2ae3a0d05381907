"""Passing an article on, with a browser that can and with one that cannot."""

from collections.abc import Callable

import pytest

from tests.e2e.conftest import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("site")]

ARTICLE = "/ratgeber/fair-bewerten/"


def test_the_link_is_copied_and_said_to_be(visit: Callable[..., Visitor]) -> None:
    person = visit(permissions=["clipboard-read", "clipboard-write"])
    person.page.goto(ARTICLE)
    person.page.get_by_role("button", name="Link kopieren").click()
    person.page.get_by_role("status").get_by_text("Der Link ist kopiert.").wait_for()
    assert person.page.evaluate("navigator.clipboard.readText()") == f"{person.site.url}{ARTICLE}"


def test_without_script_only_the_mail_is_offered(visit: Callable[..., Visitor]) -> None:
    person = visit(java_script_enabled=False)
    person.page.goto(ARTICLE)
    offered = person.page.locator("[data-share]").get_by_role("listitem")
    assert offered.all_inner_texts() == ["Per E-Mail schicken"]


def test_the_sheet_of_the_system_gets_title_and_address(visit: Callable[..., Visitor]) -> None:
    """Chromium on a desk has no such sheet, so a function that remembers stands in its place."""
    person = visit()
    person.page.add_init_script("navigator.share = async (what) => { window.shared = what; };")
    person.page.goto(ARTICLE)
    person.page.get_by_role("button", name="Teilen").click()
    assert person.page.evaluate("window.shared") == {
        "title": "Fair bewerten",
        "url": f"{person.site.url}{ARTICLE}",
    }


def test_the_contents_lead_to_their_section(phone: Visitor) -> None:
    phone.page.goto(ARTICLE)
    phone.page.get_by_role("navigation", name="In diesem Artikel").get_by_role("link").nth(2).click()
    assert phone.page.url.endswith("#was-wir-veroeffentlichen")
    assert phone.page.locator("#was-wir-veroeffentlichen").is_visible()
