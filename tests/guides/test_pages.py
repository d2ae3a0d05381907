"""The pages of the guides, their pictures, the feed, and how to find them."""

import io
import json
import re
from xml.etree import ElementTree as ET

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import translation
from PIL import Image
from pytest_django import DjangoAssertNumQueries

from guides import library
from guides.library import Article
from tests.guides.test_articles import EVERY, every_article
from tests.reviews.test_pictures import waited

ATOM = {"a": "http://www.w3.org/2005/Atom"}
FIRST = library.articles("de")[0]


def page(address: str) -> str:
    response = Client().get(address)
    assert response.status_code == 200
    return response.content.decode()


def picture_address(article: Article) -> str:
    found = re.search(r'og:image" content="([^"]+)"', page(article.get_absolute_url()))
    assert found
    return found[1].removeprefix(settings.SITE_URL)


# ---- an article


@every_article
def test_a_page_has_its_article_contents_date_and_reading_time(article: Article) -> None:
    html = page(article.get_absolute_url())
    assert f'<html lang="{article.language}"' in html
    assert article.text.html in html
    for section in article.text.sections:
        assert f'<a href="#{section.id}">' in html
    assert f'<time datetime="{article.changed}">' in html
    assert f"{article.text.minutes} Minute" in html or f"{article.text.minutes} minute" in html


@every_article
def test_the_language_switch_leads_to_the_same_article(article: Article) -> None:
    other = next(one for one in EVERY if one.slug == article.slug and one.language != article.language)
    html = page(article.get_absolute_url())
    assert f'hreflang="{other.language}" href="{settings.SITE_URL}{other.get_absolute_url()}"' in html
    assert other.title in page(other.get_absolute_url())


@every_article
def test_search_engines_are_told_what_it_is(article: Article) -> None:
    html = page(article.get_absolute_url())
    block = re.search(r'<script type="application/ld\+json">(.+?)</script>', html)
    assert block
    data = json.loads(block[1])
    assert data["@type"] == "Article"
    assert data["headline"] == article.title
    assert data["inLanguage"] == article.language
    assert data["dateModified"] == article.changed.isoformat()
    assert data["url"] == f"{settings.SITE_URL}{article.get_absolute_url()}"
    assert 'property="og:type" content="article"' in html


def test_a_page_can_be_passed_on_without_script_and_without_others() -> None:
    html = page(FIRST.get_absolute_url())
    mail = re.search(r'href="mailto:\?subject=([^&]+)&amp;body=([^"]+)"', html)
    assert mail
    assert "localhost" in mail[2] or "ratgeber" in mail[2]
    assert re.search(r"<li hidden><button[^>]+data-share-sheet", html), "shown by script where it works"
    assert re.search(r"<li hidden><button[^>]+data-share-copy", html)


@pytest.mark.parametrize("name", ["article-list", "article-feed"])
def test_lists_need_no_database(
    name: str, django_assert_num_queries: DjangoAssertNumQueries, db: None
) -> None:
    with django_assert_num_queries(0):
        page(reverse(f"guides:{name}"))


def test_an_article_and_its_picture_need_no_database(
    django_assert_num_queries: DjangoAssertNumQueries, db: None
) -> None:
    with django_assert_num_queries(0):
        Client().get(picture_address(FIRST))


def test_nobody_can_send_anything_to_an_article() -> None:
    assert Client().post(FIRST.get_absolute_url()).status_code == 405


# ---- pictures


@every_article
def test_an_article_has_a_picture_of_1200_by_630(article: Article) -> None:
    response = Client().get(picture_address(article))
    image = Image.open(io.BytesIO(response.content))
    assert (image.format, image.size) == ("PNG", (1200, 630))
    assert "immutable" in response["Cache-Control"]


def test_every_article_has_a_picture_of_its_own() -> None:
    assert len({picture_address(article).rsplit("-", 1)[1] for article in EVERY}) == len(EVERY)


def test_an_outdated_picture_leads_to_the_one_of_today() -> None:
    old = reverse("guides:article-picture", args=[FIRST.slug, "alt"])
    response = Client().get(old)
    assert (response.status_code, response["Location"]) == (302, picture_address(FIRST))


# ---- the list, the feed, the map


@pytest.mark.parametrize("language", ["de", "en"])
def test_the_list_has_every_article_and_the_feed(language: str) -> None:
    with translation.override(language):
        html = page(reverse("guides:article-list"))
        feed = reverse("guides:article-feed")
    for article in library.articles(language):
        assert f'href="{article.get_absolute_url()}"' in html
    assert 'type="application/atom+xml" title=' in html
    assert f'href="{feed}"' in html


@pytest.mark.parametrize("language", ["de", "en"])
def test_the_feed_is_atom_with_all_that_readers_need(language: str) -> None:
    with translation.override(language):
        address = reverse("guides:article-feed")
    response = Client().get(address)
    assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
    feed = ET.fromstring(response.content)
    assert feed.get("{http://www.w3.org/XML/1998/namespace}lang") == language
    for name in ("id", "title", "updated", "author/a:name"):
        assert feed.findtext(f"a:{name}", namespaces=ATOM)
    assert feed.find("a:link[@rel='self']", ATOM).get("href") == f"{settings.SITE_URL}{address}"
    entries = feed.findall("a:entry", ATOM)
    assert {entry.find("a:link", ATOM).get("href") for entry in entries} == {
        f"{settings.SITE_URL}{article.get_absolute_url()}" for article in library.articles(language)
    }
    for entry in entries:
        assert all(
            entry.findtext(f"a:{name}", namespaces=ATOM) for name in ("id", "title", "updated", "summary")
        )


@pytest.mark.django_db
def test_the_map_of_the_site_lists_every_article_with_its_day() -> None:
    listed = page(reverse("sitemap"))
    for article in EVERY:
        assert f"{article.get_absolute_url()}</loc><lastmod>{article.changed}</lastmod>" in listed


# ---- where they help


@pytest.mark.django_db
def test_the_pages_where_guides_help_lead_to_them() -> None:
    agency = waited()
    places = {
        reverse("start"): "warum-keine-rueckmeldung-kommt",
        agency.get_absolute_url(): "so-liest-du-die-zahlen",
        reverse("reviews:review-write", args=[agency.slug]): "fair-bewerten",
    }
    for address, slug in places.items():
        assert f'href="{reverse("guides:article-detail", args=[slug])}"' in page(address)


@pytest.mark.django_db
def test_header_and_footer_lead_to_the_guides() -> None:
    html = page(reverse("imprint"))
    header, footer = html.split("<main")[0], html.split("<footer")[1]
    assert all(f'href="{reverse("guides:article-list")}"' in part for part in (header, footer))
