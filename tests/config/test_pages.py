"""The frame of every page, the pages made of text, and the answers when something is wrong."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.shortcuts import render
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import translation
from django.views import defaults

from reviews.models import DAYS_TO_CHANGE

TEXT_PAGES = ["imprint", "privacy", "terms", "accessibility", "checks"]


@pytest.fixture(autouse=True)
def in_german() -> Iterator[None]:
    """The language of an earlier request stays active in the thread; each test here starts in German."""
    with translation.override("de"):
        yield


def html(response: Any) -> str:
    return str(response.content.decode())


def links(page: str, part: str) -> dict[str, str]:
    """Words and addresses of the links in the first element `part` of a page."""
    inside = page.split(f"<{part}")[1].split(f"</{part}>", maxsplit=1)[0]
    return {
        re.sub(r"<[^>]+>", " ", words).split()[0]: href
        for href, words in re.findall(r'<a href="([^"]+)"[^>]*>(.*?)</a>', inside)
    }


# ---- pages made of text


@pytest.mark.parametrize("name", TEXT_PAGES)
@pytest.mark.parametrize("language", ["de", "en"])
def test_every_text_page_exists_in_both_languages(client: Client, name: str, language: str) -> None:
    with translation.override(language):
        address = reverse(name)
    response = client.get(address)
    assert response.status_code == 200
    assert f'<html lang="{language}">' in html(response)
    assert len(re.findall(r"<h2[ >]", html(response))) >= 4


@pytest.mark.parametrize("name", TEXT_PAGES)
def test_reading_sets_no_cookie_and_needs_no_database(client: Client, name: str) -> None:
    assert not client.get(reverse(name)).cookies


@pytest.mark.parametrize("name", TEXT_PAGES)
def test_a_page_loads_nothing_from_other_hosts_and_nothing_inline(client: Client, name: str) -> None:
    page = html(client.get(reverse(name)))
    loaded = re.findall(r'<(?:link|script|img|use)[^>]+(?:href|src)="([^"]+)"', page)
    ours = (settings.STATIC_URL, settings.SITE_URL)
    assert all(address.startswith(ours) for address in loaded), loaded
    assert "style=" not in page
    assert "<style" not in page
    assert not re.search(r"<script(?![^>]*\ssrc=)", page)
    assert not re.search(r"\son\w+=", page)


def test_the_policy_allows_nothing_inline(client: Client) -> None:
    policy = client.get(reverse("imprint")).headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_the_operator_of_this_installation_is_named(client: Client, settings: Any) -> None:
    settings.OPERATOR = {**settings.OPERATOR, "name": "Andere Betreiberin GmbH", "register": "HRB 1"}
    page = html(client.get(reverse("imprint")))
    assert "Andere Betreiberin GmbH" in page
    assert "HRB 1" in page


def test_the_privacy_page_tells_the_periods_that_are_in_force(client: Client, settings: Any) -> None:
    settings.RETENTION_DAYS = {**settings.RETENTION_DAYS, "drafts": 17, "sent_mails": 19}
    page = html(client.get(reverse("privacy")))
    assert "17 Tage nach der letzten Änderung" in page
    assert "19 Tage nach dem Versand" in page


@pytest.mark.parametrize(
    ("address", "words"), [("/agb/", "{} Tage lang keine"), ("/en/agb/", "none comes within {} days")]
)
def test_the_terms_give_the_days_that_a_change_may_take(client: Client, address: str, words: str) -> None:
    assert words.format(DAYS_TO_CHANGE) in html(client.get(address))


def test_the_privacy_page_names_the_cookies_that_are_set(client: Client) -> None:
    page = html(client.get(reverse("privacy")))
    assert settings.SESSION_COOKIE_NAME in page
    assert settings.CSRF_COOKIE_NAME in page


def test_geonames_is_credited(client: Client) -> None:
    page = html(client.get(reverse("imprint")))
    assert "GeoNames" in page
    assert "CC BY 4.0" in page


# ---- the frame


def test_demo_data_are_named_as_such_and_only_there(client: Client, settings: Any) -> None:
    settings.DEMO = True
    assert "Demodaten" in html(client.get(reverse("imprint")))
    settings.DEMO = False
    assert "Demodaten" not in html(client.get(reverse("imprint")))


def test_every_page_links_to_its_other_language_and_keeps_the_question(client: Client) -> None:
    page = html(client.get("/impressum/?q=pflege"))
    assert 'href="/en/impressum/?q=pflege"' in page
    assert f'hreflang="en" href="{settings.SITE_URL}/en/impressum/"' in page
    assert 'href="/impressum/"' in html(client.get("/en/impressum/"))


def test_the_canonical_address_has_no_question(client: Client) -> None:
    assert f'rel="canonical" href="{settings.SITE_URL}/impressum/"' in html(
        client.get("/impressum/?q=pflege")
    )


def test_a_visitor_can_log_in_and_sees_nothing_private(client: Client) -> None:
    main = links(html(client.get(reverse("imprint"))), "nav")
    assert main["Anmelden"] == reverse("account_login")
    assert "Konto" not in main


def test_a_candidate_finds_reviews_and_account(candidate_client: Client) -> None:
    main = links(html(candidate_client.get(reverse("imprint"))), "nav")
    assert main["Meine"] == reverse("reviews:review-mine")
    assert main["Konto"] == reverse("accounts:settings")
    assert "Moderation" not in main
    assert "Anmelden" not in main


def test_a_moderator_finds_the_queue(moderator_client: Client) -> None:
    assert links(html(moderator_client.get(reverse("imprint"))), "nav")["Moderation"] == reverse(
        "admin:index"
    )


def test_the_legal_pages_are_one_click_away(client: Client) -> None:
    page = html(client.get(reverse("imprint"))).split("<footer")[1]
    assert all(f'href="{reverse(name)}"' in page for name in TEXT_PAGES)


# ---- when something is wrong


def test_a_missing_page_offers_the_search(client: Client) -> None:
    response = client.get("/gibt-es-nicht/")
    assert response.status_code == 404
    assert f'action="{reverse("agencies:agency-list")}"' in html(response)


def test_a_missing_english_page_speaks_english(client: Client) -> None:
    assert '<html lang="en">' in html(client.get("/en/gibt-es-nicht/"))


def test_a_refused_page_says_how_to_go_on(rf: RequestFactory) -> None:
    response = defaults.permission_denied(rf.get("/"), PermissionDenied())
    assert response.status_code == 403
    assert reverse("account_login") in html(response)


def test_a_broken_page_needs_neither_request_nor_database(rf: RequestFactory) -> None:
    response = defaults.server_error(rf.get("/"))
    assert response.status_code == 500
    assert "Das lag an uns." in html(response)


def test_a_garbled_request_is_told_so(rf: RequestFactory) -> None:
    response = defaults.bad_request(rf.get("/"), Exception())
    assert response.status_code == 400
    assert "Das haben wir nicht verstanden." in html(response)


def test_maintenance_answers_in_both_languages_and_says_when_to_return(client: Client, settings: Any) -> None:
    settings.MAINTENANCE = True
    response = client.get("/impressum/")
    assert response.status_code == 503
    assert response.headers["Retry-After"] == "600"
    assert "Wir sind gleich zurück." in html(response)
    assert 'lang="en"' in html(response)


def test_a_body_that_is_too_large_is_refused_with_a_page(client: Client) -> None:
    response = client.post("/impressum/", {"text": "x" * 2_600_000})
    assert response.status_code == 413
    assert "frame-ancestors 'none'" in response.headers["Content-Security-Policy"]
    assert response.headers["X-Frame-Options"] == "DENY"
    assert "dein letzter Entwurf ist unverändert" in html(response)


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "413", "429", "500", "503"])
def test_every_error_page_is_a_whole_page_for_nobody_to_index(rf: RequestFactory, name: str) -> None:
    page = html(render(rf.get("/"), f"{name}.html"))
    assert page.startswith("<!doctype html>")
    assert '<meta name="robots" content="noindex">' in page
    assert page.count("<h1>") == 1
    assert page.count("<main") == 1


@pytest.mark.django_db
def test_the_navigation_marks_one_place_at_most(candidate_client: Client) -> None:
    page = candidate_client.get("/konto/bewertungen/").content.decode()
    assert page.count('aria-current="page"') == 1
