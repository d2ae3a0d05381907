"""Comparing as people do it: marked here and there, remembered, passed on, loaded, printed, and without a script."""

import csv
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import SCREENSHOTS, Visitor
from tests.e2e.test_every_page import violations

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("site")]  # one site serves them all

NORDLICHT = "nordlicht-soehne-personalberatung-demo"
HAFENKANTE = "hafenkante-it-vermittlung-demo"
ZWOELFUHR = "zwoelfuhr-executive-search-demo"
BLAUBEER = "blaubeer-partner-demo"
TWO = f"/vergleich/?a={NORDLICHT}&a={HAFENKANTE}"
FOUR = f"{TWO}&a={ZWOELFUHR}&a={BLAUBEER}"


def columns(page: Page) -> list[str]:
    names = page.locator(".compare thead th > a:first-child").all_inner_texts()
    return [name.removesuffix(" (Demo)") for name in names]


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until what has the focus matches."""
    for _press in range(150):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"Tab never came to {selector}")


def test_two_are_marked_and_compared_with_the_keyboard_alone(desk: Visitor) -> None:
    page = desk.page
    page.goto("/agenturen/?sort=name")
    for number in (1, 2):
        tab_to(page, "input[data-compare]")
        page.keyboard.press("Space")
        expect(page.locator("#ablage-ansage")).to_have_text(
            re.compile(f"ist jetzt im Vergleich. {number} von 4")
        )
    tab_to(page, "#ablage .button")
    page.keyboard.press("Enter")
    expect(page.locator(".compare thead th")).to_have_count(2)
    tab_to(page, ".scroller.bleed")
    assert page.locator(":focus").get_attribute("aria-labelledby") == "tabelle"


def test_marks_are_remembered_from_page_to_page_and_in_the_next_tab(desk: Visitor) -> None:
    page, tray = desk.page, desk.page.locator("#ablage")
    page.goto(f"/agenturen/{NORDLICHT}/")
    page.get_by_role("button", name="Zum Vergleich hinzufügen").click()
    expect(page.locator("#ablage-ansage")).to_have_text(
        "Nordlicht & Söhne Personalberatung ist jetzt im Vergleich. 1 von 4 im Vergleich"
    )
    assert "?a=" not in page.url
    page.goto("/agenturen/")
    expect(tray.locator("li > span").first).to_have_text("Nordlicht & Söhne Personalberatung")
    page.reload()
    expect(tray.locator("h2")).to_have_text("1 von 4 im Vergleich")
    other = desk.context.new_page()
    other.goto(f"/en/agenturen/{HAFENKANTE}/")
    expect(other.locator("#ablage li")).to_have_count(1)
    other.get_by_role("button", name="Add to comparison").click()
    page.bring_to_front()
    expect(tray.locator("h2")).to_have_text("2 von 4 im Vergleich")  # the first tab notices
    page.goto("/vergleich/")
    tray.get_by_role("link", name="Vergleichen").click()
    assert columns(page) == ["Nordlicht & Söhne Personalberatung", "Hafenkante IT-Vermittlung"]
    assert {cookie["name"] for cookie in desk.context.cookies()} <= {"session", "csrf"}
    page.get_by_role("link", name=re.compile("entfernen ?: Nordlicht")).click()
    page.goto(f"/agenturen/{HAFENKANTE}/")
    expect(tray.locator("h2")).to_have_text("1 von 4 im Vergleich")
    page.get_by_role("button", name="Aus dem Vergleich nehmen").click()
    expect(tray).to_be_hidden()
    expect(page.locator("#ablage-ansage")).to_contain_text("ist nicht mehr im Vergleich")


def test_a_full_tray_says_so(phone: Visitor) -> None:
    page = phone.page
    page.goto("/agenturen/?sort=name")
    for box in page.get_by_label("Vergleichen:").all()[:4]:
        box.check()
    page.get_by_label("Vergleichen:").nth(4).click()
    expect(page.get_by_label("Vergleichen:").nth(4)).not_to_be_checked()
    expect(page.locator("#ablage-ansage")).to_have_text("Vier sind genug: nimm zuerst eine heraus.")
    expect(page.locator("#ablage h2")).to_have_text("Vier sind genug: nimm zuerst eine heraus.")


def test_a_broken_memory_is_no_memory(desk: Visitor) -> None:
    page = desk.page
    page.goto("/agenturen/")
    for junk in ("{", "7", '[["<b>", 1]]', '[["a b", "x"], null]'):
        page.evaluate("junk => localStorage.setItem('compare', junk)", junk)
        page.reload()
        expect(page.locator("#ablage")).to_be_hidden()


def test_the_copied_link_shows_the_same_elsewhere_and_leaves_other_marks_alone(
    visit: Callable[..., Visitor],
) -> None:
    sender, receiver = visit(permissions=["clipboard-read", "clipboard-write"]), visit()
    sender.page.goto(TWO)
    sender.page.get_by_role("button", name="Link kopieren").click()
    expect(sender.page.get_by_role("status").filter(has_text="kopiert")).to_be_visible()
    link = str(sender.page.evaluate("navigator.clipboard.readText()"))
    receiver.page.goto(f"/agenturen/{BLAUBEER}/")
    receiver.page.get_by_role("button", name="Zum Vergleich hinzufügen").click()
    receiver.page.goto(link)
    assert columns(receiver.page) == columns(sender.page)
    receiver.page.get_by_role("link", name=re.compile("entfernen ?: Nordlicht")).click()
    receiver.page.goto("/agenturen/")
    expect(receiver.page.locator("#ablage li > span")).to_have_text(["Blaubeer & Partner"])


def test_the_csv_is_a_file_with_a_column_for_each(desk: Visitor) -> None:
    desk.page.goto(TWO)
    with desk.page.expect_download() as download:
        desk.page.get_by_role("link", name="Als CSV laden").click()
    path = download.value.path()
    rows = list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines(), delimiter=";"))
    assert download.value.suggested_filename == "vergleich.csv"
    assert rows[0][2] == "Nordlicht & Söhne Personalberatung (Demo)"
    assert any(row[1] == "Gesamtwert" for row in rows)


def test_without_javascript_the_comparison_finds_adds_and_removes(visit: Callable[..., Visitor]) -> None:
    page = visit(java_script_enabled=False).page
    page.goto(f"/agenturen/{NORDLICHT}/")
    page.get_by_role("link", name="Zum Vergleich hinzufügen").click()
    expect(page.locator("main")).to_contain_text("noch allein")
    page.get_by_label("Name, Fachgebiet oder Ort").fill("Hafenkannte")
    page.get_by_role("button", name="Suchen").click()
    page.get_by_role("link", name="Hafenkante IT-Vermittlung dazunehmen").click()
    assert columns(page) == ["Nordlicht & Söhne Personalberatung", "Hafenkante IT-Vermittlung"]
    expect(page.get_by_role("link", name="Per E-Mail schicken")).to_be_visible()
    page.get_by_role("link", name=re.compile("entfernen ?: Nordlicht")).click()
    assert columns(page) == ["Hafenkante IT-Vermittlung"]


@pytest.mark.parametrize("path", [TWO, FOUR, f"/vergleich/?a={NORDLICHT}&q=hamburg", f"/en{FOUR}"])
def test_the_comparison_is_accessible_on_a_phone_and_loses_nothing(
    visit: Callable[..., Visitor], path: str
) -> None:
    page = visit(viewport={"width": 320, "height": 640}).page
    page.goto(path)
    assert violations(page) == []
    table = page.locator(".scroller.bleed")
    first = table.locator("tbody th[scope=row]").first
    before = first.bounding_box()
    table.evaluate("box => box.scrollLeft = box.scrollWidth")
    assert first.bounding_box() == before  # the names of the rows stay
    last = table.locator("tbody tr").nth(1).locator("td").last.bounding_box()
    assert last is not None
    assert last["x"] + last["width"] <= 321  # and the last column comes into view


def test_paper_gets_the_table_in_black_on_white_and_no_navigation(desk: Visitor) -> None:
    page = desk.page
    page.emulate_media(media="print", color_scheme="dark")
    page.goto(FOUR)
    for gone in (".masthead nav", ".footer", ".adder", "[data-share-copy]"):
        expect(page.locator(gone).first).to_be_hidden()
    expect(page.locator(".compare")).to_be_visible()
    expect(page.locator(".printed")).to_contain_text(FOUR)
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    sheet = page.pdf(path=SCREENSHOTS / "vergleich.pdf", prefer_css_page_size=True)
    boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", sheet)
    assert {(round(float(width)), round(float(height))) for width, height in boxes} == {(842, 595)}
