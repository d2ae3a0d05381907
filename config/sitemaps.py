"""What search engines may list: the public pages and every agency with a page of its own."""

from datetime import date, datetime

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.db.models import QuerySet
from django.urls import reverse

from agencies.models import Agency
from guides import library
from journeys.letters.texts import SLUGS


class AgencySitemap(Sitemap[Agency]):
    i18n = True
    limit = 5000

    def items(self) -> QuerySet[Agency]:
        return Agency.objects.readable().with_score().order_by("pk")

    def lastmod(self, obj: Agency) -> datetime | None:
        return obj.score.computed_at


class PageSitemap(Sitemap[str]):
    i18n = True

    def items(self) -> list[str]:
        return [
            "start",
            "agencies:agency-list",
            "guides:article-list",
            "journeys:letter-list",
            "reviews:formula",
            "reviews:open-data",
            "checks",
            "imprint",
            "privacy",
            "terms",
            "accessibility",
        ]

    def location(self, item: str) -> str:
        return reverse(item)


class GuideSitemap(Sitemap[str]):
    """By slug: an article has the same one in every language."""

    i18n = True

    def items(self) -> list[str]:
        return [article.slug for article in library.articles(settings.LANGUAGE_CODE)]

    def location(self, item: str) -> str:
        return reverse("guides:article-detail", args=[item])

    def lastmod(self, obj: str) -> date:
        versions = (library.find(obj, code) for code, _name in settings.LANGUAGES)
        return max(article.changed for article in versions if article)


class LetterSitemap(Sitemap[str]):
    i18n = True

    def items(self) -> list[str]:
        return list(SLUGS.values())

    def location(self, item: str) -> str:
        return reverse("journeys:letter-detail", args=[item])


SITEMAPS = {"agencies": AgencySitemap, "guides": GuideSitemap, "letters": LetterSitemap, "pages": PageSitemap}
