"""What every page needs: who runs the site, where one can go, and the same page in the other language."""

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse, translate_url
from django.utils.translation import gettext as _


class Link(NamedTuple):
    url: str
    label: str
    is_current: bool = False
    short: str = ""  # what phones show instead
    only_wide: bool = False  # phones find it in the footer


class Language(NamedTuple):
    code: str
    name: str
    url: str  # keeps the query
    absolute: str  # without the query, for search engines


NATIVE_NAMES = {"de": "Deutsch", "en": "English"}


def site(request: HttpRequest) -> dict[str, Any]:
    """Cheap values at once, links only where a template asks for them. Works before any middleware has run."""
    lazy: dict[str, Callable[[], object]] = {
        "home": partial(reverse, "start"),
        "directory_url": partial(reverse, "agencies:agency-list"),
        "rate_url": rate_url,
        "navigation": partial(navigation, request),
        "footer": footer,
        "languages": partial(languages, request),
    }
    return {
        "site_name": settings.SITE_NAME,
        "site_url": settings.SITE_URL,
        "demo": settings.DEMO,
        "operator": settings.OPERATOR,
        "canonical": f"{settings.SITE_URL}{request.path}",
        **lazy,
    }


def rate_url() -> str:
    """Rating begins with the choice of an agency, so it leads to the directory, which then asks for one."""
    return f"{reverse('agencies:agency-list')}?bewerten=1"


def navigation(request: HttpRequest) -> list[Link]:
    """The main navigation, short enough for one line on a phone."""
    personal = _personal(request)
    has_own = len(personal) > 1
    links = [
        Link(reverse("agencies:agency-list"), _("Agenturen")),
        Link(reverse("reviews:agency-compare"), _("Vergleich"), only_wide=has_own),
        Link(reverse("guides:article-list"), _("Ratgeber"), only_wide=has_own),
    ]
    links += personal
    here = max((link.url for link in links if request.path.startswith(link.url)), key=len, default="")
    return [link._replace(is_current=link.url == here) for link in links]


def _personal(request: HttpRequest) -> list[Link]:
    user = getattr(request, "user", None)  # error pages may come before authentication
    if user is None or not user.is_authenticated:
        return [Link(reverse("account_login"), _("Anmelden"))]
    links = [
        Link(reverse("journeys:journey-list"), _("Meine Prozesse"), short=_("Prozesse")),
        Link(reverse("reviews:review-mine"), _("Meine Bewertungen"), short=_("Bewertungen")),
        Link(reverse("accounts:settings"), _("Konto")),
    ]
    if user.is_staff:
        links.append(Link(reverse("admin:index"), _("Moderation")))
    return links


def footer() -> list[Link]:
    return [
        Link(reverse("reviews:agency-compare"), _("Vergleich")),
        Link(reverse("guides:article-list"), _("Ratgeber")),
        Link(reverse("reviews:formula"), _("So rechnen wir")),
        Link(reverse("checks"), _("So prüfen wir")),
        Link(reverse("reviews:open-data"), _("Offene Daten")),
        Link(reverse("imprint"), _("Impressum")),
        Link(reverse("privacy"), _("Datenschutz")),
        Link(reverse("terms"), _("Nutzungsbedingungen")),
        Link(reverse("accessibility"), _("Barrierefreiheit")),
    ]


def languages(request: HttpRequest) -> list[Language]:
    """This page in every language; empty where it exists in one only."""
    here = request.get_full_path()
    urls = {code: translate_url(here, code) for code, _name in settings.LANGUAGES}
    if len(set(urls.values())) < len(urls):
        return []
    return [
        Language(code, NATIVE_NAMES[code], url, f"{settings.SITE_URL}{url.partition('?')[0]}")
        for code, url in urls.items()
    ]
