"""Articles for machines: the Atom feed, and structured data for search engines (schema.org/Article)."""

import json
from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from typing import Any

from django.conf import settings
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from guides import covers
from guides.library import Article

NO_MARKUP = str.maketrans({"<": "\\u003C", ">": "\\u003E", "&": "\\u0026"})  # nothing ends the element early


def absolute(path: str) -> str:
    return f"{settings.SITE_URL}{path}"


def atom(articles: Iterable[Article], language: str, page: str, feed: str) -> str:
    """The feed of a language, newest article first; `page` and `feed` are the paths of the list and of the feed."""
    newest = sorted(articles, key=lambda article: article.changed, reverse=True)
    made = Atom1Feed(
        title=f"{_('Ratgeber')} | {settings.SITE_NAME}",
        link=absolute(page),
        description=None,
        subtitle=_("Rückmeldung bekommen, geben und verstehen."),
        feed_url=absolute(feed),
        language=language,
        author_name=settings.SITE_NAME,
    )
    for article in newest:
        made.add_item(
            title=article.title,
            link=absolute(article.get_absolute_url()),
            description=article.description,
            pubdate=_noon(article.published),
            updateddate=_noon(article.changed),
            unique_id=absolute(article.get_absolute_url()),
        )
    return str(made.writeString("utf-8"))


def _noon(day: date) -> datetime:
    """The same day in every time zone of Europe."""
    return datetime.combine(day, time(12), UTC)


def structured(article: Article) -> SafeString:
    """A block of data, not of script: the content security policy lets it be."""
    data = json.dumps(_described(article), ensure_ascii=False).translate(NO_MARKUP)
    return format_html('<script type="application/ld+json">{}</script>', mark_safe(data))  # noqa: S308 - escaped above


def _described(article: Article) -> dict[str, Any]:
    site = {"@type": "Organization", "name": settings.SITE_NAME, "url": settings.SITE_URL}
    address = absolute(article.get_absolute_url())
    return {
        "@context": "https://schema.org",
        "@type": "Article",
        "headline": article.title,
        "description": article.description,
        "inLanguage": article.language,
        "datePublished": article.published.isoformat(),
        "dateModified": article.changed.isoformat(),
        "wordCount": article.text.words,
        "isAccessibleForFree": True,
        "image": absolute(covers.url(article)),
        "url": address,
        "mainEntityOfPage": address,
        "author": site,
        "publisher": site,
    }
