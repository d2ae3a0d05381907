"""The tracker as a candidate lives it: log an interview, be asked on the day, answer from the mail, rate in the end."""

import re
from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.daytime import zone_by_day
from tests.e2e.conftest import Site, Visitor, picture
from tests.e2e.test_every_page import violations

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("site")]  # one site serves them all

MEASURED = """SELECT agency.slug, curve.waits FROM agencies_waitcurve curve
              JOIN agencies_agency agency ON agency.id = curve.agency_id
              WHERE source = 'measured' AND kind = 'interview' AND is_shown ORDER BY waits DESC, slug LIMIT 1"""
EIGHT_DAYS_LATER = (
    """UPDATE journeys_interview SET held_at = held_at - interval '8 days', held_on = held_on - 8,
              told_on = told_on - 8, logged_at = logged_at - interval '8 days' WHERE journey_id = %(journey)s""",
    """UPDATE journeys_checkin SET due_at = due_at - interval '8 days'
       FROM journeys_interview interview WHERE interview_id = interview.id AND journey_id = %(journey)s""",
    """UPDATE accounts_user SET zone = %(zone)s
       FROM journeys_journey journey WHERE journey.author_id = accounts_user.id AND journey.id = %(journey)s""",
    """UPDATE journeys_journey SET shared_at = shared_at - interval '8 days',
              created_at = created_at - interval '8 days' WHERE id = %(journey)s""",
)


def start_process(page: Page, slug: str) -> int:
    """Both boxes are unticked until the candidate ticks them. Gives the number of the journey."""
    page.goto(f"/prozesse/neu/?agentur={slug}")
    page.get_by_label("Welche Stelle?").fill("Geheime Stelle in Kiel")
    for consent in ("shares_dates", "wants_reminders"):
        expect(page.locator(f"[name={consent}]")).not_to_be_checked()
        page.locator(f"[name={consent}]").check()
    page.get_by_role("button", name="Anlegen").click()
    page.wait_for_url(re.compile(r"/prozesse/\d+/"))
    return int(page.url.rstrip("/").split("/")[-1])


def check_accessible(page: Page, name: str) -> None:
    assert violations(page) == []
    picture(page, f"{name}-390-light.png")


def test_from_an_interview_to_the_measured_curve(
    site: Site, phone: Visitor, visit: Callable[..., Visitor]
) -> None:
    """Log it on a phone, be asked eight days later, answer without a login, see it counted, rate with what is known."""
    slug, waits = site.ask(MEASURED)[0]
    page, email = phone.page, phone.log_in("Kandidatin")
    page.wait_for_url("**/konto/bewertungen/")
    journey = start_process(page, str(slug))
    page.get_by_role("link", name="Gespräch eintragen").click()
    check_accessible(page, "gespraech-eintragen")
    page.get_by_role("button", name="Eintragen").click()
    expect(page.get_by_role("heading", name="Geheime Stelle in Kiel")).to_be_visible()
    check_accessible(page, "prozess")

    mailbox = visit(viewport={"width": 390, "height": 844}).page
    mailbox.goto(site.link_in_mail_to(email, "/konto/einwilligung/"))
    mailbox.locator("main form button").click()
    site.change(*EIGHT_DAYS_LATER, journey=journey, zone=zone_by_day(timezone.now()))
    site.manage("dispatch_check_ins")
    mailbox.goto(site.link_in_mail_to(email, "/ja/"))
    check_accessible(mailbox, "nachfrage")
    expect(mailbox.locator("body")).not_to_contain_text("Geheime Stelle")
    mailbox.get_by_label("Absage").check()
    mailbox.get_by_role("button", name="So speichern").click()
    mailbox.wait_for_url(re.compile(r"/nachfrage/[^/]+/$"))

    page.goto(f"/prozesse/{journey}/")
    expect(page.locator("main")).to_contain_text("Absage")
    assert site.ask(MEASURED) == [(slug, waits)], "a measured curve moves at night only"
    site.manage("shell", "-v0", "-c", "from reviews.tasks import age_scores; age_scores()")
    assert site.ask(MEASURED) == [(slug, int(str(waits)) + 1)]
    page.goto(f"/agenturen/{slug}/")
    expect(page.locator("main")).to_contain_text(f"{int(str(waits)) + 1} Gespräche von")
    expect(page.locator("main")).to_contain_text("gemessen")

    page.goto(f"/agenturen/{slug}/bewerten/?prozess={journey}")
    expect(page.locator("[name=outcome][value=rejected]")).to_be_checked()
    assert page.locator("[name=month]").input_value()
    expect(page.locator("body")).not_to_contain_text("Geheime Stelle")
