"""Every public page: no accessibility violation, nothing wider than the screen, light in weight, a picture of each."""

import gzip
from collections.abc import Callable, Mapping

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.e2e.conftest import Site, Visitor, picture, wear

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("site")]  # one site serves them all

NORDLICHT = "nordlicht-soehne-personalberatung-demo"
THREE = f"/vergleich/?a={NORDLICHT}&a=zwoelfuhr-executive-search-demo&a=blaubeer-partner-demo"
PAGES = {
    "start": "/",
    "agenturen": "/agenturen/",
    "agenturen-suche": "/agenturen/?q=personalberatung+münchen&ort=München&umkreis=50&sort=feedback",
    "agenturen-leer": "/agenturen/?q=gibtesnicht",
    "agentur": f"/agenturen/{NORDLICHT}/",
    "agentur-neu": "/agenturen/nachteule-schichtpersonal-demo/",
    "rechnung": f"/agenturen/{NORDLICHT}/rechnung/",
    "rechnung-neu": "/agenturen/nachteule-schichtpersonal-demo/rechnung/",
    "bewerten": f"/agenturen/{NORDLICHT}/bewerten/",
    "vorschlagen": "/agenturen/neu/",
    "vergleich": THREE,
    "vergleich-vier": f"{THREE}&a=hafenkante-it-vermittlung-demo",
    "vergleich-eine": f"/vergleich/?a={NORDLICHT}&a=gibt-es-nicht&q=hamburg",
    "vergleich-leer": "/vergleich/",
    "so-rechnen-wir": "/so-rechnen-wir/",
    "rechner": f"/so-rechnen-wir/?agentur={NORDLICHT}&mehr=5&sterne=2&gespraeche=4",
    "rechner-unsinn": "/so-rechnen-wir/?agentur=xyz&mehr=-5&sterne=9",
    "daten": "/daten/",
    "ratgeber": "/ratgeber/",
    "ratgeber-artikel": "/ratgeber/warum-keine-rueckmeldung-kommt/",
    "vorlagen": "/ratgeber/vorlagen/",
    "vorlagen-telefon": "/ratgeber/vorlagen/erstes-gespraech/",
    "vorlagen-auskunft": "/ratgeber/vorlagen/tag-30/?sprache=en&anrede=informal",
    "ratgeber-quellen": "/ratgeber/deine-rechte-nach-der-absage/",
    "so-pruefen-wir": "/so-pruefen-wir/",
    "anmelden": "/konto/login/",
    "registrieren": "/konto/signup/",
    "code": "/konto/login/code/",
    "passwort": "/konto/password/reset/",
    "impressum": "/impressum/",
    "datenschutz": "/datenschutz/",
    "agb": "/agb/",
    "barrierefreiheit": "/barrierefreiheit/",
    "404": "/gibt-es-nicht/",
}
AXE = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    "rules": {"target-size": {"enabled": True}},
}
COLOUR = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
BUDGET = {"document": 40_000, "stylesheet": 30_000, "script": 40_000, "font": 120_000}  # bytes, compressed


def violations(page: Page, rules: Mapping[str, object] = AXE) -> list[str]:
    found = Axe().run(page, options=dict(rules)).response["violations"]
    return [f"{one['id']}: {node['html'][:120]}" for one in found for node in one["nodes"]]


def too_wide(page: Page) -> int:
    """Pixels by which the page is wider than the screen."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


@pytest.mark.parametrize("width", [390, 1280])
def test_pages_are_accessible_and_fit_the_screen(visit: Callable[..., Visitor], width: int) -> None:
    """All rules in the light theme, those about colour again in the dark one."""
    page = visit(viewport={"width": width, "height": 844}).page
    problems = []
    for name, path in PAGES.items():
        wear(page, "light")
        page.goto(path)
        picture(page, f"{name}-{width}-light.png")
        problems += [f"{name} {width}: {problem}" for problem in violations(page)]
        problems += [f"{name} {width}: {by} px too wide"] if (by := too_wide(page)) > 0 else []
        wear(page, "dark")
        picture(page, f"{name}-{width}-dark.png")
        problems += [f"{name} {width} dark: {problem}" for problem in violations(page, COLOUR)]
    assert problems == []


def test_english_pages_are_accessible_and_speak_english(desk: Visitor) -> None:
    problems = []
    for name, path in PAGES.items():
        if name == "404":
            continue
        desk.page.goto(f"/en{path}")
        picture(desk.page, f"{name}-1280-light-en.png")
        assert desk.page.locator("html").get_attribute("lang") == "en"
        problems += [f"{name}: {problem}" for problem in violations(desk.page)]
    assert problems == []


def test_nothing_is_lost_on_the_narrowest_screen(visit: Callable[..., Visitor]) -> None:
    person = visit(viewport={"width": 320, "height": 640})
    wide = {}
    for name, path in PAGES.items():
        person.page.goto(path)
        wide[name] = too_wide(person.page)
    assert {name: by for name, by in wide.items() if by > 0} == {}


def test_pages_keep_their_budget(desk: Visitor, site: Site) -> None:
    """Compressed bytes by kind of file, per page."""
    for name in (
        "start",
        "agenturen",
        "agentur",
        "vergleich",
        "bewerten",
        "so-rechnen-wir",
        "rechner",
        "rechnung",
        "ratgeber-quellen",
        "vorlagen",
    ):
        weights = dict.fromkeys(BUDGET, 0)

        def weigh(response: object, weights: dict[str, int] = weights) -> None:
            kind = response.request.resource_type  # type: ignore[attr-defined]
            if kind in weights and response.ok:  # type: ignore[attr-defined]
                body = response.body()  # type: ignore[attr-defined]
                weights[kind] += len(body if kind == "font" else gzip.compress(body))

        desk.page.on("response", weigh)
        desk.page.goto(PAGES[name], wait_until="networkidle")
        desk.page.remove_listener("response", weigh)
        assert {kind: size for kind, size in weights.items() if size > BUDGET[kind]} == {}, name


def test_the_only_cookies_are_session_and_csrf(phone: Visitor) -> None:
    for path in PAGES.values():
        phone.page.goto(path)
    assert {cookie["name"] for cookie in phone.context.cookies()} <= {"session", "csrf"}
