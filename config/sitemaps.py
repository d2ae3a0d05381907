"""What search engines may list: the public pages and every agency with a page of its own."""

from datetime import datetime

from django.contrib.sitemaps import Sitemap
from django.db.models import QuerySet
from django.urls import reverse

from agencies.models import Agency


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
            "reviews:formula",
            "checks",
            "imprint",
            "privacy",
            "terms",
            "accessibility",
        ]

    def location(self, item: str) -> str:
        return reverse(item)


SITEMAPS = {"agencies": AgencySitemap, "pages": PageSitemap}
