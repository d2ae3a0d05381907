"""What visitors can check themselves: the calculator by keys alone and without scripts, and the data set as served."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.conftest import Site, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("site")]  # one site serves them all

NORDLICHT = "nordlicht-soehne-personalberatung-demo"


def test_the_calculator_works_by_keys_alone_and_without_scripts(visit: Callable[..., Visitor]) -> None:
    page = visit(java_script_enabled=False).page
    page.goto(f"/agenturen/{NORDLICHT}/rechnung/")
    page.get_by_role("link", name="Was würden weitere Bewertungen ändern?").press("Enter")
    page.wait_for_url("**/so-rechnen-wir/?agentur=*")
    page.locator("[name=mehr]").focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("7")
    page.keyboard.press("Tab")
    page.keyboard.press("Control+A")
    page.keyboard.type("1")
    page.keyboard.press("Enter")
    page.wait_for_url("**mehr=7&sterne=1**")
    section = page.locator("section[aria-labelledby=rechner]")
    assert page.locator("[name=mehr]").input_value() == "7"
    assert "+ 7 · 1,0000 · 1 = " in section.inner_text()
    assert section.get_by_text("In der Liste nach Wert").count() == 1


def test_the_data_set_as_served_recomputes_to_the_last_number(
    desk: Visitor, site: Site, tmp_path: Path
) -> None:
    desk.page.goto("/daten/")
    with desk.page.expect_download() as waiting:
        desk.page.get_by_role("link", name="agenturen.jsonl.gz").click()
    taken = tmp_path / "taken.jsonl.gz"
    waiting.value.save_as(taken)
    assert "none differs" in site.manage("recompute_from_open_data", str(taken))
