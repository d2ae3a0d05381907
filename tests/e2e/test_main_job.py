"""The main job: a candidate finds, rates and confirms, a moderator decides, everybody sees the new number."""

import re
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Site, Visitor, eventually

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("site")]  # one site serves them all

AGENCY = "Nadelöhr Nachwuchs"
SLUG = "nadeloehr-nachwuchs-demo"


USED: set[tuple[str, int]] = set()


def totp(secret: str) -> str:
    """The code an authenticator app shows now. One code opens once, so a second login waits for the next one."""
    while (secret, period := int(time.time()) // 30) in USED or time.time() % 30 > 27:
        time.sleep(0.2)
    USED.add((secret, period))
    return str(format_hotp_value(hotp_value(secret, period)))


def find_agency(page: Page) -> None:
    page.goto("/")
    page.get_by_label("Personalberatung, Fachgebiet oder Ort").fill("nadeloehr nachwuhs")
    page.keyboard.press("Enter")
    page.get_by_role("link", name=re.compile(AGENCY)).first.click()
    page.locator("main").get_by_role("link", name="Bewerten", exact=True).click()


def rate(page: Page, stars: int) -> None:
    """What must be told, and nothing else."""
    month = timezone.localdate() - timedelta(days=40)
    page.locator("[name=month]").select_option(f"{month:%Y-%m}")
    page.locator("[name=stage]").select_option("client")
    page.locator("[name=outcome][value=rejected]").check()
    for code in ("feedback", "reachability", "respect"):
        page.locator(f"[name={code}][value='{stars}']").check()
    for declaration in ("own_experience", "not_employed", "is_16"):
        page.locator(f"[name={declaration}]").check()


def submit_and_confirm(person: Visitor, email: str, stars: int = 1) -> None:
    page = person.page
    rate(page, stars)
    page.get_by_label("E-Mail").fill(email)
    page.get_by_role("button", name="Weiter zur Vorschau").click()
    expect(page.get_by_role("heading", name="So wird es öffentlich")).to_be_visible()
    page.get_by_role("button", name="Absenden").click()
    expect(page.get_by_role("heading", name="Jetzt noch bestätigen")).to_be_visible()
    page.goto(person.site.link_in_mail_to(email, "/bewertung/bestaetigen/"))
    page.get_by_role("button", name="Bewertung bestätigen").click()


def log_in_moderator(moderator: Visitor, role: str = "Moderation") -> None:
    page = moderator.page
    moderator.log_in(role, "/admin/")
    page.locator("[name=code]").fill(totp(moderator.site.logins[role]["totp"]))
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/admin/"))


def stored_mean(site: Site) -> float:
    sql = "SELECT s.mean FROM agencies_agencyscore s JOIN agencies_agency a ON a.id = s.agency_id WHERE a.slug = %s"
    return float(site.ask(sql, SLUG)[0][0])  # type: ignore[arg-type]


def waiting_review(site: Site) -> int:
    sql = """SELECT r.id FROM reviews_review r JOIN accounts_user u ON u.id = r.author_id
             WHERE u.email = %s AND r.status = 'moderation'"""
    return int(
        str(eventually(lambda: site.ask(sql, "neu@person-post.example"), "the review in the queue")[0][0])
    )


def test_from_the_search_to_the_new_number(site: Site, phone: Visitor, visit: Callable[..., Visitor]) -> None:
    """Find, rate, confirm by mail, decide, and read the new number under two seconds later."""
    find_agency(phone.page)
    submit_and_confirm(phone, "neu@person-post.example")
    phone.page.goto("/konto/bewertungen/")
    expect(phone.page.get_by_text(AGENCY).first).to_be_visible()

    review = waiting_review(site)
    moderator = visit(viewport={"width": 1280, "height": 900})
    log_in_moderator(moderator)
    open_review(moderator.page, review)
    before, version = stored_mean(site), shown_version(phone.page)
    decided = time.monotonic()
    with moderator.page.expect_navigation():
        moderator.page.keyboard.press("1")
        moderator.page.keyboard.press("Control+Enter")
    assert site.ask("SELECT status FROM reviews_review WHERE id = %s", review) == [("published",)]
    eventually(lambda: shown_version(phone.page) != version, "the new number on the page", seconds=5)
    seconds = time.monotonic() - decided
    assert seconds < 2, f"the number took {seconds:.2f} s"

    after = stored_mean(site)
    assert after < before
    text = f"{after:.1f}".replace(".", ",")
    phone.page.goto("/agenturen/?q=nadeloehr")
    expect(phone.page.locator("article.agency").first).to_contain_text(text)
    phone.page.goto(f"/vergleich/?a={SLUG}&a=nordlicht-soehne-personalberatung-demo")
    expect(phone.page.locator("table.compare")).to_contain_text(text)
    eventually(lambda: len(site.mails_to("neu@person-post.example")) >= 2, "the mail about the decision")


def open_review(page: Page, review: int) -> None:
    page.goto(f"/admin/moderation/queueentry/{review}/")


def shown_version(page: Page) -> str:
    """The overall score of the profile, with what it rests on."""
    page.goto(f"/agenturen/{SLUG}/")
    score = page.locator("section[aria-labelledby=wert]")
    return score.locator(".verdict").inner_text() + score.locator(".fine").inner_text()
