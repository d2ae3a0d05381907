"""Every address of the site. German has no prefix, English lives under /en/."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.contrib.sitemaps.views import sitemap
from django.urls import include, path

from agencies.views.directory import start
from config import pages, views
from config.health import ReadyView
from config.sitemaps import SITEMAPS

urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("readyz", ReadyView.as_view(), name="readyz"),
    path("robots.txt", views.robots, name="robots"),
    path("sitemap.xml", sitemap, {"sitemaps": SITEMAPS}, name="sitemap"),
    *i18n_patterns(
        path("", start, name="start"),
        path("", include("agencies.urls")),  # before reviews: /agenturen/neu/ is not an agency's page
        path("", include("journeys.urls")),  # before the guides: /ratgeber/vorlagen/ is not an article
        path("", include("reviews.urls")),
        path("", include("guides.urls")),
        path("impressum/", pages.imprint, name="imprint"),
        path("datenschutz/", pages.privacy, name="privacy"),
        path("agb/", pages.terms, name="terms"),
        path("barrierefreiheit/", pages.accessibility, name="accessibility"),
        path("so-pruefen-wir/", pages.checks, name="checks"),
        path("konto/", include("accounts.urls")),
        path("konto/2fa/", include("allauth.mfa.urls")),
        path("konto/", include("allauth.account.urls")),
        path("admin/", admin.site.urls),
        prefix_default_language=False,
    ),
]

handler429 = "accounts.limits.too_many"  # allauth looks for it here
