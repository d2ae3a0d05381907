"""A morning at the moderator's desk: by keyboard, on a phone, without JavaScript."""

import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, StorageState, expect

from tests.e2e.conftest import Site, Visitor, eventually, picture, wear
from tests.e2e.test_every_page import COLOUR, too_wide, violations
from tests.e2e.test_main_job import log_in_moderator

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("site")]  # one site serves them all

QUEUE = "/admin/moderation/queueentry/"
MARKED = """SELECT r.id FROM reviews_review r JOIN reviews_revision v ON v.review_id = r.id AND v.state = 'pending'
            JOIN moderation_mark m ON m.revision_id = v.id AND m.part <> '' WHERE r.status = 'moderation'
            GROUP BY r.id ORDER BY r.id"""


@pytest.fixture(scope="module")
def logged_in(site: Site, chromium: Browser) -> StorageState:
    """The cookies of an administrator: one login for all, because a code of the second factor serves once."""
    person = Visitor(chromium, site)
    log_in_moderator(person, "Verwaltung")
    state = person.context.storage_state()
    person.close()
    return state


@pytest.fixture
def moderator(visit: Callable[..., Visitor], logged_in: StorageState) -> Visitor:
    return visit(viewport={"width": 1280, "height": 900}, storage_state=logged_in)


def open_oldest(page: Page) -> None:
    page.goto(QUEUE)
    page.get_by_role("link", name="Mit der ältesten beginnen").click()
    page.wait_for_url(re.compile(r"/queueentry/\d+/"))  # and its script


def number(page: Page) -> int:
    """Of the review on the screen."""
    return int(re.findall(r"/queueentry/(\d+)/", page.url)[0])


def status(site: Site, review: int) -> str:
    return str(site.ask("SELECT status FROM reviews_review WHERE id = %s", str(review))[0][0])


def test_a_marked_review_is_sent_back_with_four_keys(site: Site, moderator: Visitor) -> None:
    """Open, 2, Ctrl+Enter: reason, passage and a first sentence are there already. Then the next one comes."""
    page, review = moderator.page, int(str(site.ask(MARKED)[0][0]))
    page.goto(f"{QUEUE}{review}/")
    passage = page.locator(".case mark").first.evaluate("mark => mark.firstChild.textContent")
    started = time.monotonic()
    page.keyboard.press("2")
    expect(page.get_by_label("Stelle")).to_have_value(re.compile(re.escape(passage)))
    expect(page.get_by_label("Begründung")).not_to_have_value("")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".messagelist")).to_contain_text("Um Änderung gebeten.")
    assert time.monotonic() - started < 5
    assert number(page) != review
    assert status(site, review) == "changes"


def test_own_words_are_never_written_over(moderator: Visitor) -> None:
    page = moderator.page
    open_oldest(page)
    page.keyboard.press("3")
    page.get_by_label("Grund").select_option("threat")
    page.get_by_label("Begründung").fill("Meine eigenen Worte.")
    page.get_by_label("Grund").select_option("spam")
    expect(page.get_by_label("Begründung")).to_have_value("Meine eigenen Worte.")
    page.get_by_label("Begründung").press("1")  # a digit in a text is a digit
    expect(page.get_by_label("Ablehnen")).to_be_checked()


def test_selected_words_become_the_passage(site: Site, moderator: Visitor) -> None:
    page, review = moderator.page, site.ask(MARKED)[0][0]
    page.goto(f"{QUEUE}{review}/")
    words = page.locator(".case .text").first.evaluate(
        """text => {
            const piece = [...text.childNodes].find((node) => node.nodeType === 3 && node.data.trim().length > 8);
            getSelection().setBaseAndExtent(piece, 0, piece, 8);
            return getSelection().toString().trim();
        }"""
    )
    page.keyboard.press("2")
    expect(page.get_by_label("Stelle")).to_have_value(re.compile(re.escape(words) + "$"))


def test_words_selected_across_a_mark_are_the_authors_words_alone(site: Site, moderator: Visitor) -> None:
    """A mark says to screen readers why it is there; who selects it by mouse would take that along unseen."""
    page, review = moderator.page, site.ask(MARKED)[0][0]
    page.goto(f"{QUEUE}{review}/")
    words = page.locator(".case mark").first.evaluate(
        "mark => { getSelection().selectAllChildren(mark); return mark.firstChild.textContent.trim(); }"
    )
    page.keyboard.press("2")
    expect(page.get_by_label("Stelle")).to_have_value(re.compile(re.escape(words)))
    assert "(" not in page.get_by_label("Stelle").input_value()
    assert page.get_by_label("Stelle").input_value().count(words) == 1


def test_n_goes_on_without_deciding(site: Site, moderator: Visitor) -> None:
    page = moderator.page
    open_oldest(page)
    first = number(page)
    page.keyboard.press("n")
    page.wait_for_url(lambda url: f"/{first}/" not in url)
    assert status(site, first) == "moderation"


def test_a_refused_form_takes_the_focus_and_keeps_the_words(moderator: Visitor) -> None:
    page = moderator.page
    open_oldest(page)
    page.keyboard.press("3")
    page.get_by_label("Grund").select_option("off_topic")
    page.get_by_label("Stelle").fill("Das steht da nicht.")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_role("alert")).to_contain_text("„Das steht da nicht.“ steht so nicht im Text.")
    expect(page.get_by_label("Stelle")).to_have_value("Das steht da nicht.")


def test_everything_works_without_javascript(
    site: Site, visit: Callable[..., Visitor], logged_in: StorageState
) -> None:
    person = visit(viewport={"width": 390, "height": 844}, java_script_enabled=False, storage_state=logged_in)
    review = int(str(site.ask(MARKED)[-1][0]))
    person.page.goto(f"{QUEUE}{review}/")
    person.page.get_by_label("Ablehnen").check()
    person.page.get_by_label("Begründung").fill("Der Text nennt eine Person.")
    person.page.get_by_role("button", name="Entscheiden und weiter").click()
    expect(person.page.locator(".messagelist")).to_contain_text("Abgelehnt.")
    assert status(site, review) == "rejected"
    eventually(
        lambda: site.ask("SELECT 1 FROM accounts_outgoingmail WHERE kind = 'review_rejected'"), "the mail"
    )


@pytest.mark.parametrize("width", [390, 1280])
def test_the_desk_is_accessible_and_fits_the_screen(site: Site, moderator: Visitor, width: int) -> None:
    """The console is watched too: the admin runs under the same content security policy as every page."""
    page, review = moderator.page, site.ask(MARKED)[0][0]
    page.set_viewport_size({"width": width, "height": 844})
    agency = site.ask("SELECT id FROM agencies_agency WHERE status = 'proposed' LIMIT 1")[0][0]
    pages = {
        "arbeit": "/admin/",
        "warteschlange": QUEUE,
        "entscheidung": f"{QUEUE}{review}/",
        "agentur": f"/admin/agencies/agency/{agency}/change/",
        "zusammenfuehren": f"/admin/agencies/agency/{agency}/entscheiden/zusammenfuehren/",
        "bewertung": f"/admin/reviews/review/{review}/change/",
        "protokoll": "/admin/accounts/event/",
    }
    problems = []
    for name, path in pages.items():
        wear(page, "light")
        page.goto(path)
        if name == "entscheidung":
            page.keyboard.press("2")
        picture(page, f"admin-{name}-{width}-light.png")
        problems += [f"{name} {width}: {problem}" for problem in violations(page)]
        problems += [f"{name} {width}: {by} px too wide"] if (by := too_wide(page)) > 0 else []
        wear(page, "dark")
        picture(page, f"admin-{name}-{width}-dark.png")
        problems += [f"{name} {width} dark: {problem}" for problem in violations(page, COLOUR)]
    assert problems == []
