"""The articles: Markdown files with front matter, read and rendered once per process.

`articles/LANGUAGE/SLUG.md` begins with lines `key: value` between two lines `---`; KEYS says which there must be. The
same slug in the other language is the same article, so an address leads from one to the other.
"""

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from django.urls import reverse
from django.utils import translation

from guides import markdown

FOLDER = Path(__file__).resolve().parent / "articles"
KEYS = {"title", "description", "published", "changed", "order", "related"}
RESERVED = {"vorlagen"}  # the letters live at this address


class ArticleError(Exception):
    """A file that cannot be an article, and why."""


@dataclass(frozen=True, slots=True)
class Article:
    slug: str
    language: str
    title: str
    description: str  # one or two sentences: under the title, in lists, for search engines
    published: date
    changed: date
    order: int  # in lists, from 1
    related: tuple[str, ...]  # slugs of what to read next
    text: markdown.Text

    def get_absolute_url(self) -> str:
        return self._address("guides:article-detail", self.slug)

    def picture_url(self, version: str) -> str:
        return self._address("guides:article-picture", self.slug, version)

    def _address(self, name: str, *arguments: str) -> str:
        with translation.override(self.language):
            return reverse(name, args=arguments)


@cache
def articles(language: str) -> list[Article]:
    """All articles of a language in their order."""
    found = [read(path, language) for path in sorted((FOLDER / language).glob("*.md"))]
    return sorted(found, key=lambda article: article.order)


def find(slug: str, language: str) -> Article | None:
    return next((article for article in articles(language) if article.slug == slug), None)


def related(article: Article) -> list[Article]:
    found = (find(slug, article.language) for slug in article.related)
    return [one for one in found if one is not None]


def read(path: Path, language: str) -> Article:
    """The article in a file. Raises ArticleError for front matter that is not complete."""
    front, source = _split(path)
    if front.keys() != KEYS:
        raise ArticleError(f"{path.name}: missing or unknown: {sorted(front.keys() ^ KEYS)}")
    if path.stem in RESERVED:
        raise ArticleError(f"{path.name}: this address is taken")
    return Article(
        slug=path.stem,
        language=language,
        title=front["title"],
        description=front["description"],
        published=date.fromisoformat(front["published"]),
        changed=date.fromisoformat(front["changed"]),
        order=int(front["order"]),
        related=tuple(front["related"].split()),
        text=markdown.render(source),
    )


def _split(path: Path) -> tuple[dict[str, str], str]:
    """The pairs between the two lines `---`, and the Markdown below."""
    parts = ("\n" + path.read_text(encoding="utf-8")).split("\n---\n", 2)
    if len(parts) < 3 or parts[0]:
        raise ArticleError(f"{path.name}: must begin with front matter between two lines ---")
    _nothing, front, source = parts
    pairs = (line.split(":", 1) for line in front.splitlines())
    return {key.strip(): value.strip() for key, value in pairs}, source
