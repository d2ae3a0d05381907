"""The articles themselves: complete, in both languages, with links that lead somewhere."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone, translation

from guides import library
from guides.library import Article, ArticleError
from guides.markdown import render

LANGUAGES = ("de", "en")
EVERY = [article for language in LANGUAGES for article in library.articles(language)]
NAMES = [f"{article.language}/{article.slug}" for article in EVERY]
every_article = pytest.mark.parametrize("article", EVERY, ids=NAMES)

FRONT = {
    "title": "Ein Titel",
    "description": "Ein Satz: mit Doppelpunkt.",
    "published": "2026-01-02",
    "changed": "2026-03-04",
    "order": "3",
    "related": "eins zwei",
}


def written(folder: Path, name: str = "probe.md", text: str = "Text.\n", **front: str) -> Path:
    path = folder / name
    lines = "".join(f"{key}: {value}\n" for key, value in (FRONT | front).items())
    path.write_text(f"---\n{lines}---\n{text}", encoding="utf-8")
    return path


def addresses(article: Article) -> list[str]:
    return re.findall(r'href="([^"]+)"', article.text.html)


# ---- what we wrote


def test_there_are_seven_articles_and_each_is_in_both_languages() -> None:
    german, english = ([article.slug for article in library.articles(code)] for code in LANGUAGES)
    assert len(german) >= 7
    assert german == english, "the same slugs in the same order"


@every_article
def test_an_article_is_long_enough_to_help_and_short_enough_to_be_read(article: Article) -> None:
    assert 500 <= article.text.words <= 1000
    assert 40 <= len(article.description) <= 200
    assert len(article.text.sections) >= 4


@every_article
def test_it_was_changed_on_a_day_that_has_come(article: Article) -> None:
    assert article.published <= article.changed <= timezone.localdate() + timedelta(days=1)


@every_article
def test_every_id_in_it_is_there_once(article: Article) -> None:
    ids = re.findall(r'id="([^"]+)"', article.text.html)
    assert len(ids) == len(set(ids))
    assert {section.id for section in article.text.sections} <= set(ids)


@every_article
def test_its_links_lead_somewhere_in_its_language(article: Article) -> None:
    for address in addresses(article):
        if address.startswith("https://"):
            continue
        path = address.partition("?")[0]
        with translation.override(article.language):
            try:
                match = resolve(path)
            except Resolver404:
                pytest.fail(f"{address} leads nowhere")
        assert path.startswith("/en/") == (article.language == "en"), address
        if match.view_name == "guides:article-detail":
            assert library.find(match.kwargs["slug"], article.language), address


@every_article
def test_it_names_three_others_to_read_next(article: Article) -> None:
    assert [one.slug for one in library.related(article)] == list(article.related)
    assert len(article.related) == 3
    assert article.slug not in article.related


@every_article
def test_its_voice_is_calm(article: Article) -> None:
    text = re.sub(r"<[^>]+>", "", article.text.html)
    assert "!" not in text
    assert "—" not in text
    assert " – " not in text


@every_article
def test_what_it_says_about_the_law_has_a_source(article: Article) -> None:
    html = article.text.html
    marks = {int(number) for number in re.findall(r"\[(\d+)\]", html)}
    sources = html.rpartition("<h2")[2].count("<li>") if marks else 0
    assert marks == set(range(1, sources + 1))
    if article.slug == "deine-rechte-nach-der-absage":
        assert "C-415/10" in html
        assert "antidiskriminierungsstelle.de" in html


# ---- how files are read


def test_front_matter_is_read(tmp_path: Path) -> None:
    article = library.read(written(tmp_path), "de")
    assert (article.slug, article.title, article.order) == ("probe", "Ein Titel", 3)
    assert article.description == "Ein Satz: mit Doppelpunkt."
    assert article.changed.isoformat() == "2026-03-04"
    assert article.related == ("eins", "zwei")


@pytest.mark.parametrize("key", FRONT)
def test_a_key_that_is_missing_is_named(tmp_path: Path, key: str) -> None:
    path = written(tmp_path)
    text = re.sub(rf"(?m)^{key}: .*\n", "", path.read_text(encoding="utf-8"))
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ArticleError, match=f"probe.md.*{key}"):
        library.read(path, "de")


def test_a_key_nobody_knows_is_named(tmp_path: Path) -> None:
    with pytest.raises(ArticleError, match="autor"):
        library.read(written(tmp_path, autor="Niemand"), "de")


def test_a_file_without_front_matter_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "probe.md"
    path.write_text("Nur Text.\n", encoding="utf-8")
    with pytest.raises(ArticleError, match=r"probe\.md"):
        library.read(path, "de")


def test_the_address_of_the_letters_is_not_for_articles(tmp_path: Path) -> None:
    with pytest.raises(ArticleError, match="vorlagen"):
        library.read(written(tmp_path, "vorlagen.md"), "de")


# ---- how they are rendered


def test_headings_get_ids_of_their_own_and_sections_are_listed() -> None:
    text = render("## Größe & Maß\n\n### Darunter\n\n## Größe & Maß\n")
    assert [section.id for section in text.sections] == ["groesse-mass", "groesse-mass-2"]
    assert text.sections[0].text == "Größe & Maß"
    assert '<h3 id="darunter">' in text.html


def test_html_in_a_file_is_shown_and_not_obeyed() -> None:
    text = render("<script>alert(1)</script>\n\n[x](javascript:alert(1))")
    assert "<script" not in text.html
    assert 'href="javascript' not in text.html


def test_reading_takes_a_minute_for_200_words_and_at_least_one() -> None:
    assert render("Wort " * 600).minutes == 3
    assert render("Kurz.").minutes == 1


def test_an_article_knows_its_address_whatever_language_is_active() -> None:
    english = library.articles("en")[0]
    with translation.override("de"):
        assert english.get_absolute_url() == f"/en/ratgeber/{english.slug}/"
        assert reverse("guides:article-list") == "/ratgeber/"


def test_an_article_nobody_wrote_is_not_found(client: Client) -> None:
    assert client.get("/ratgeber/gibt-es-nicht/").status_code == 404
