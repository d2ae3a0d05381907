"""The directory as people use it: hits follow the filters, marks survive, and all of it works without JavaScript."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from agencies.folding import fold
from agencies.keyset import Cursor
from tests.e2e.conftest import Visitor, eventually, picture

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("site")]  # one site serves them all


def hits(page: Page) -> list[str]:
    return page.locator(".agency h3 a").all_inner_texts()


def test_hits_follow_the_filters_without_a_new_page(phone: Visitor) -> None:
    page = phone.page
    page.goto("/agenturen/")
    page.evaluate("window.same = true")
    page.get_by_label("Fachgebiet", exact=True).select_option("it")
    expect(page).to_have_url("/agenturen/?fach=it")
    page.get_by_label("Ort oder Postleitzahl").fill("Hambrug")
    page.keyboard.press("Enter")
    expect(page.locator("#treffer")).to_contain_text("Gesucht wird rund um Hamburg")
    expect(page.locator("#ansage")).to_have_text(page.locator(".resultbar h2").inner_text())
    page.get_by_label("Geordnet nach").select_option("name")
    expect(page).to_have_url("/agenturen/?fach=it&ort=Hambrug&sort=name")
    assert page.evaluate("window.same")
    eventually(lambda: (found := hits(page)) and found == sorted(found), "the hits by name")
    page.go_back()
    expect(page.locator(".chip")).to_have_count(2)


def test_towns_are_offered_while_one_is_typed(desk: Visitor) -> None:
    desk.page.goto("/agenturen/")
    desk.page.get_by_label("Ort oder Postleitzahl").press_sequentially("Leipz")
    expect(desk.page.locator("#orte option").first).to_have_attribute("value", "Leipzig, Sachsen")
    expect(desk.page).to_have_url("/agenturen/")


def test_suggestions_are_chosen_by_keyboard(desk: Visitor) -> None:
    page = desk.page
    page.goto("/")
    box = page.get_by_role("combobox", name="Personalberatung, Fachgebiet oder Ort")
    options = page.get_by_role("option")
    box.press_sequentially("hafenk")
    expect(options.first).to_contain_text("Hafenkante")
    expect(box).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    expect(box).to_have_attribute("aria-activedescendant", "vorschlag-1")
    page.keyboard.press("ArrowUp")
    expect(options.first).to_have_attribute("aria-selected", "false")
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(box).to_have_value("hafenk")
    page.keyboard.press("ArrowDown")
    picture(page, "suggestions-1280.png")
    page.keyboard.press("Enter")
    expect(page).to_have_url("/agenturen/hafenkante-it-vermittlung-demo/")


def test_suggestions_are_chosen_by_a_tap_and_enter_searches_without_one(phone: Visitor) -> None:
    page = phone.page
    page.goto("/agenturen/")
    box = page.get_by_role("combobox", name="Name, Fachgebiet oder Ort")
    box.press_sequentially("leipz")
    option = page.get_by_role("option").filter(has_text="Leipzig, Sachsen")
    expect(option).to_be_visible()
    picture(page, "suggestions-390.png")
    option.tap()
    expect(page.locator(".chip")).to_contain_text("Leipzig, 50 km")
    page.goto("/agenturen/")
    box.fill("nordlihct")
    page.keyboard.press("Enter")
    expect(page.locator("#treffer")).to_contain_text("was ähnlich geschrieben wird")
    expect(page.get_by_role("listbox")).to_be_hidden()


def test_the_options_count_what_they_leave_and_follow_each_other(desk: Visitor) -> None:
    page = desk.page
    page.goto("/agenturen/")
    field, kind = page.get_by_label("Fachgebiet", exact=True), page.get_by_label("Anstellung")
    before = kind.locator("option").all_inner_texts()
    counted = field.locator("option[value=it]").inner_text()
    assert re.fullmatch(r"IT und Software \(\d+\)", counted)
    field.select_option("it")
    expect(page.locator(".resultbar h2")).to_have_text(
        f"{counted.split('(')[1].rstrip(')')} Agenturen gefunden"
    )
    expect(field.locator("option:checked")).to_have_text("IT und Software")
    eventually(lambda: kind.locator("option").all_inner_texts() != before, "new counts of the other filter")
    page.get_by_label("Ort oder Postleitzahl").fill("Hamburg")
    page.keyboard.press("Enter")
    expect(page.locator(".chip")).to_have_count(2)
    page.get_by_label("Umkreis").select_option("200")
    expect(page).to_have_url("/agenturen/?fach=it&ort=Hamburg&umkreis=200")
    page.get_by_label("Geordnet nach").select_option("distance")
    expect(page.locator(".resultbar .note")).to_contain_text("Das nächste Büro zuerst")


def test_leafing_works_without_javascript_and_a_stale_cursor_says_so(visit: Callable[..., Visitor]) -> None:
    page = visit(java_script_enabled=False).page
    page.goto("/agenturen/?sort=name")
    first = hits(page)
    page.get_by_role("link", name="Nächste").click()
    expect(page).to_have_url("/agenturen/?sort=name&page=2")
    second = hits(page)
    assert sorted(first + second, key=fold) == first + second
    page.get_by_role("link", name="Zurück").click()
    assert hits(page) == first
    last = Cursor("name", len(first), (fold(first[-1]), 2**31))
    page.goto(f"/agenturen/?sort=name&nach={last}")
    assert hits(page) == second
    page.goto("/agenturen/?sort=name&nach=kaputt")
    expect(page.locator("#treffer")).to_contain_text("Diese Seite der Liste gibt es nicht.")
    assert hits(page) == first


def test_marks_are_kept_while_leafing_and_filtering_and_lead_to_the_comparison(desk: Visitor) -> None:
    page = desk.page
    page.goto("/agenturen/?sort=name")
    first, second = hits(page)[:2]
    for name in (first, second):
        page.get_by_label(f"Vergleichen: {name.removesuffix(' (Demo)')}").check()
    tray = page.locator("#ablage")
    expect(tray.locator("h2")).to_have_text("2 von 4 im Vergleich")
    page.get_by_role("link", name="Nächste 20 Agenturen").click()
    expect(tray.locator("li")).to_have_count(2)
    page.get_by_label("Anstellung").select_option("temp")
    page.goto("/agenturen/")  # the tab remembers
    expect(tray.locator("h2")).to_have_text("2 von 4 im Vergleich")
    for box in page.get_by_label("Vergleichen:").all()[:6]:
        box.click()
    expect(tray.locator("h2")).to_have_text("Vier sind genug: nimm zuerst eine heraus.")
    tray.get_by_role("link", name="herausnehmen").first.click()
    expect(tray.locator("h2")).to_have_text("3 von 4 im Vergleich")
    tray.get_by_role("link", name="Vergleichen").click()
    expect(page.locator(".compare thead").first.locator("th")).to_have_count(3)


def test_without_javascript_the_same_page_filters_and_compares(visit: Callable[..., Visitor]) -> None:
    page = visit(java_script_enabled=False).page
    page.goto("/agenturen/")
    page.get_by_label("Fachgebiet", exact=True).select_option("it")
    for box in page.get_by_label("Vergleichen:").all()[:2]:
        box.check()
    page.get_by_role("button", name="Agenturen zeigen").click()
    expect(page.locator("#ablage h2")).to_have_text("2 von 4 im Vergleich")
    expect(page.locator(".chip")).to_have_text(["IT und Softwareentfernen"])
    page.get_by_role("button", name="Markierte vergleichen").click()
    expect(page.locator(".compare thead").first.locator("th")).to_have_count(2)


def test_a_likely_duplicate_is_shown_while_its_name_is_typed(phone: Visitor) -> None:
    phone.page.goto("/agenturen/neu/")
    phone.page.get_by_label("Name der Agentur").press_sequentially("Hafenkannte")
    phone.page.get_by_role("link", name="Ja, diese bewerten").click()
    expect(phone.page).to_have_url("/agenturen/hafenkante-it-vermittlung-demo/bewerten/")
