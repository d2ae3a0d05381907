"""Every public page: no accessibility violation, nothing wider than the screen, light in weight, and a picture of it."""

import gzip
from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.e2e.conftest import SCREENSHOTS, Site, Visitor

pytestmark = pytest.mark.browser

NORDLICHT = "nordlicht-soehne-personalberatung-demo"
PAGES = {
    "start": "/",
    "agenturen": "/agenturen/",
    "agenturen-suche": "/agenturen/?q=personalberatung+münchen&ort=München&umkreis=50&sort=feedback",
    "agenturen-leer": "/agenturen/?q=gibtesnicht",
    "agentur": f"/agenturen/{NORDLICHT}/",
    "agentur-neu": "/agenturen/nachteule-schichtpersonal-demo/",
    "bewerten": f"/agenturen/{NORDLICHT}/bewerten/",
    "vorschlagen": "/agenturen/neu/",
    "vergleich": f"/vergleich/?a={NORDLICHT}&a=zwoelfuhr-executive-search-demo&a=blaubeer-partner-demo",
    "vergleich-leer": "/vergleich/",
    "so-rechnen-wir": "/so-rechnen-wir/",
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
BUDGET = {"document": 40_000, "stylesheet": 30_000, "script": 40_000, "font": 120_000}  # bytes, compressed


@pytest.fixture(params=[(390, "light"), (390, "dark"), (1280, "light"), (1280, "dark")], ids=lambda p: f"{p[0]}-{p[1]}")
def visitor(request: pytest.FixtureRequest, visit: Callable[..., Visitor]) -> Iterator[tuple[Visitor, str]]:
    width, theme = request.param
    yield (
        visit(viewport={"width": width, "height": 844 if width == 390 else 900}, color_scheme=theme),
        f"{width}-{theme}",
    )


def violations(page: Page) -> list[str]:
    found = Axe().run(page, options=AXE).response["violations"]
    return [f"{one['id']}: {node['html'][:120]}" for one in found for node in one["nodes"]]


def test_pages_are_accessible_and_fit_the_screen(visitor: tuple[Visitor, str]) -> None:
    person, mode = visitor
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    problems = []
    for name, path in PAGES.items():
        person.page.goto(path)
        person.page.screenshot(path=SCREENSHOTS / f"{name}-{mode}.png", full_page=True)
        problems += [f"{name} {mode}: {problem}" for problem in violations(person.page)]
        wide = person.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        problems += [f"{name} {mode}: {wide} px too wide"] if wide > 0 else []
    assert problems == []


def test_english_pages_are_accessible_and_speak_english(desk: Visitor) -> None:
    problems = []
    for name, path in PAGES.items():
        if name == "404":
            continue
        desk.page.goto(f"/en{path}")
        desk.page.screenshot(path=SCREENSHOTS / f"{name}-1280-light-en.png", full_page=True)
        assert desk.page.locator("html").get_attribute("lang") == "en"
        problems += [f"{name}: {problem}" for problem in violations(desk.page)]
    assert problems == []


@pytest.mark.parametrize("width", [320])
def test_nothing_is_lost_on_the_narrowest_screen(visit: Callable[..., Visitor], width: int) -> None:
    person = visit(viewport={"width": width, "height": 640})
    wide = {}
    for name, path in PAGES.items():
        person.page.goto(path)
        wide[name] = person.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert {name: by for name, by in wide.items() if by > 0} == {}


def test_pages_keep_their_budget(desk: Visitor, site: Site) -> None:
    """Compressed bytes by kind of file, per page."""
    for name in ("start", "agenturen", "agentur", "vergleich", "bewerten", "so-rechnen-wir"):
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
    assert {cookie["name"] for cookie in phone.context.cookies()} <= {"session", "csrf"}  # type: ignore[typeddict-item]
