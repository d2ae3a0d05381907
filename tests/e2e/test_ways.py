"""Other ways through the same job: keyboard alone, no JavaScript, a closed browser, another device, a dead worker."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Site, Visitor, eventually, picture
from tests.e2e.test_every_page import too_wide
from tests.e2e.test_main_job import log_in_moderator, rate, submit_and_confirm

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("site")]  # one site serves them all

WRITE = "/agenturen/windrad-ingenieure-demo/bewerten/"
PROFILE = "/agenturen/windrad-ingenieure-demo/"


def tab_to(page: Page, selector: str, most: int = 150) -> None:
    """Press Tab until the element has the focus; it must be reachable and the focus must be visible."""
    for _press in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"Tab never reached {selector}")


def press_enter(page: Page) -> None:
    """Press Enter and wait for the page it leads to."""
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_the_main_job_by_keyboard_alone(site: Site, desk: Visitor) -> None:
    page = desk.page
    page.goto("/")
    tab_to(page, "input[name=q]")
    page.keyboard.type("eichhorn steuerköpfe")
    press_enter(page)
    tab_to(page, "article.agency h3 a")
    press_enter(page)
    tab_to(page, "main .profile a.button")
    press_enter(page)
    tab_to(page, "[name=month]")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    tab_to(page, "[name=stage]")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    tab_to(page, "[name=outcome]")
    page.keyboard.press("ArrowDown")
    for code in ("feedback", "reachability", "respect"):
        tab_to(page, f"[name={code}]")
        page.keyboard.press("ArrowRight")
    for declaration in ("own_experience", "not_employed", "is_16"):
        tab_to(page, f"[name={declaration}]")
        page.keyboard.press("Space")
    tab_to(page, "[name=email]")
    page.keyboard.type("tastatur@person-post.example")
    press_enter(page)
    expect(page.get_by_role("heading", name="So wird es öffentlich")).to_be_visible()
    tab_to(page, "button[value=submit]")
    press_enter(page)
    expect(page.get_by_role("heading", name="Jetzt noch bestätigen")).to_be_visible()
    page.goto(site.link_in_mail_to("tastatur@person-post.example", "/bewertung/bestaetigen/"))
    tab_to(page, "main form button")
    press_enter(page)
    expect(page).to_have_url(re.compile("/konto/bewertungen/"))


def test_the_main_job_without_javascript(visit: Callable[..., Visitor]) -> None:
    person = visit(java_script_enabled=False, viewport={"width": 390, "height": 844})
    person.page.goto(WRITE)
    submit_and_confirm(person, "ohne-skript@person-post.example", stars=4)
    expect(person.page).to_have_url(re.compile("/konto/bewertungen/"))


def test_a_refused_form_names_what_is_missing_and_keeps_everything(phone: Visitor) -> None:
    page = phone.page
    page.goto(WRITE)
    page.locator("[name=feedback][value='2']").check()
    page.get_by_label("E-Mail").fill("keine adresse")
    page.get_by_role("button", name="Weiter zur Vorschau").click()
    expect(page.locator(".errors")).to_be_focused()
    expect(page.locator("[name=feedback][value='2']")).to_be_checked()
    expect(page.get_by_label("E-Mail")).to_have_value("keine adresse")
    picture(page, "bewerten-fehler-390-light.png")


def test_what_was_typed_survives_a_closed_browser(phone: Visitor, visit: Callable[..., Visitor]) -> None:
    page = phone.page
    page.goto(WRITE)
    page.get_by_text("In eigenen Worten").click()
    page.locator("textarea[name=good]").fill("Das soll bleiben.")
    expect(page.locator("[data-draft-state]")).to_contain_text("Entwurf um", timeout=15_000)
    kept = phone.context.storage_state()
    phone.close()
    again = visit(storage_state=kept, viewport={"width": 390, "height": 844})
    again.page.goto(WRITE)
    expect(again.page.locator("textarea[name=good]")).to_have_value("Das soll bleiben.")


def test_the_link_confirms_on_another_device(
    site: Site, phone: Visitor, visit: Callable[..., Visitor]
) -> None:
    email = "zweitgeraet@person-post.example"
    phone.page.goto(WRITE)
    rate(phone.page, 3)
    phone.page.get_by_label("E-Mail").fill(email)
    phone.page.get_by_role("button", name="Weiter zur Vorschau").click()
    phone.page.get_by_role("button", name="Absenden").dblclick()
    expect(phone.page.get_by_role("heading", name="Jetzt noch bestätigen")).to_be_visible()
    claims = site.ask("SELECT count(*) FROM reviews_claim WHERE email = %s", email)
    assert claims == [(1,)], "a double click creates one review"
    laptop = visit()
    laptop.page.goto(site.link_in_mail_to(email, "/bewertung/bestaetigen/"))
    laptop.page.get_by_role("button", name="Bewertung bestätigen").click()
    laptop.page.goto("/konto/bewertungen/")
    expect(laptop.page.get_by_text("Windrad Ingenieure").first).to_be_visible()


def test_with_the_worker_down_reviews_are_taken_and_everything_follows_when_it_is_back(
    site: Site, phone: Visitor
) -> None:
    worker = site.part("worker")
    email = "ohne-worker@person-post.example"
    worker.stop()
    try:
        phone.page.goto(WRITE)
        rate(phone.page, 5)
        phone.page.get_by_label("E-Mail").fill(email)
        phone.page.get_by_role("button", name="Weiter zur Vorschau").click()
        phone.page.get_by_role("button", name="Absenden").click()
        expect(phone.page.get_by_role("heading", name="Jetzt noch bestätigen")).to_be_visible()
        assert site.mails_to(email) == []
    finally:
        worker.start()
    eventually(lambda: site.mails_to(email), "the mail that was owed", seconds=60)


def test_an_interview_is_noted_on_a_phone_without_javascript(visit: Callable[..., Visitor]) -> None:
    """Four touches from the list to the timeline, and one for the answer."""
    person = visit(java_script_enabled=False, viewport={"width": 390, "height": 844}, has_touch=True)
    page = person.page
    log_in_candidate(person)
    page.goto("/prozesse/neu/?q=windrad")
    page.get_by_role("link", name="Windrad Ingenieure").tap()
    page.get_by_label("Welche Stelle?").fill("Projektleitung ohne Skript")
    page.get_by_role("button", name="Anlegen").tap()
    page.get_by_role("link", name="Meine Prozesse").first.tap()
    page.get_by_role("link", name="Projektleitung ohne Skript", exact=True).tap()
    page.get_by_role("link", name="Gespräch eintragen").first.tap()
    page.get_by_role("button", name="Eintragen").tap()
    expect(page.get_by_role("heading", name="Gespräch geführt")).to_be_visible()
    expect(page.get_by_text("wartet seit heute")).to_be_visible()
    page.get_by_role("link", name="Rückmeldung").tap()
    page.get_by_label("Ja, eine Absage").check()
    page.get_by_role("button", name="Speichern").tap()
    expect(page.get_by_text("Antwort am selben Tag")).to_be_visible()


def log_in_candidate(person: Visitor) -> None:
    person.log_in("Kandidatin")
    expect(person.page).to_have_url(re.compile("/konto/bewertungen/"))


def fits(page: Page, name: str) -> None:
    picture(page, name)
    assert too_wide(page) <= 0, name


def test_personal_pages_and_the_desk_of_a_moderator_fit_the_screen(
    site: Site, visit: Callable[..., Visitor]
) -> None:
    moderator = visit(viewport={"width": 1280, "height": 900})
    log_in_moderator(moderator)
    page = moderator.page
    page.goto("/admin/moderation/queueentry/")
    fits(page, "warteschlange-1280-light.png")
    page.locator("main a[href*='/queueentry/'], #content a[href*='/queueentry/']").first.click()
    fits(page, "entscheidung-1280-light.png")
    page.emulate_media(color_scheme="dark")
    fits(page, "entscheidung-1280-dark.png")
    page.set_viewport_size({"width": 390, "height": 844})
    fits(page, "entscheidung-390-dark.png")
    candidate = visit(viewport={"width": 390, "height": 844})
    log_in_candidate(candidate)
    fits(candidate.page, "meine-bewertungen-390-light.png")
    candidate.page.goto("/konto/")
    fits(candidate.page, "konto-390-light.png")
