"""What every page needs: who runs the site, where one can go, and the same page in the other language."""

from collections.abc import Callable
from functools import lru_cache, partial
from typing import Any, NamedTuple

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from agencies.remembered import FEW, remembered


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
PREFIXES = {"de": "", "en": "/en"}  # as config.urls has them


def address(name: str) -> str:
    """Where a page without parameters lives in the language of the request; every page asks for a dozen."""
    return _address(name, get_language())


@lru_cache
def _address(name: str, language: str) -> str:
    return reverse(name)


def site(request: HttpRequest) -> dict[str, Any]:
    """Cheap values at once, links only where a template asks for them. Works before any middleware has run."""
    lazy: dict[str, Callable[[], object]] = {
        "home": partial(address, "start"),
        "directory_url": partial(address, "agencies:agency-list"),
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
    return f"{address('agencies:agency-list')}?bewerten=1"


def navigation(request: HttpRequest) -> list[Link]:
    """The main navigation, short enough for one line on a phone."""
    personal = _personal(request)
    has_own = len(personal) > 1
    links = [
        Link(address("agencies:agency-list"), _("Agenturen")),
        Link(address("reviews:agency-compare"), _("Vergleich"), only_wide=has_own),
        Link(address("guides:article-list"), _("Ratgeber"), only_wide=has_own),
    ]
    links += personal
    here = max((link.url for link in links if request.path.startswith(link.url)), key=len, default="")
    return [link._replace(is_current=link.url == here) for link in links]


def _personal(request: HttpRequest) -> list[Link]:
    user = getattr(request, "user", None)  # error pages may come before authentication
    if user is None or not user.is_authenticated:
        return [Link(address("account_login"), _("Anmelden"))]
    links = [
        Link(address("journeys:journey-list"), _("Meine Prozesse"), short=_("Prozesse")),
        Link(address("reviews:review-mine"), _("Meine Bewertungen"), short=_("Bewertungen")),
        Link(address("accounts:settings"), _("Konto")),
    ]
    if user.is_staff:
        links.append(Link(address("admin:index"), _("Moderation")))
    return links


@remembered(FEW)
def footer() -> tuple[Link, ...]:
    return (
        Link(address("reviews:agency-compare"), _("Vergleich")),
        Link(address("guides:article-list"), _("Ratgeber")),
        Link(address("reviews:formula"), _("So rechnen wir")),
        Link(address("checks"), _("So prüfen wir")),
        Link(address("reviews:open-data"), _("Offene Daten")),
        Link(address("imprint"), _("Impressum")),
        Link(address("privacy"), _("Datenschutz")),
        Link(address("terms"), _("Nutzungsbedingungen")),
        Link(address("accessibility"), _("Barrierefreiheit")),
    )


def languages(request: HttpRequest) -> list[Language]:
    """This page in every language; empty for what is no page of ours."""
    if request.resolver_match is None:
        return []
    path, query = request.path, request.META.get("QUERY_STRING", "")
    here = PREFIXES[get_language() or settings.LANGUAGE_CODE]
    pages = {code: f"{prefix}{path.removeprefix(here)}" for code, prefix in PREFIXES.items()}
    return [
        Language(
            code, NATIVE_NAMES[code], f"{page}{'?' if query else ''}{query}", f"{settings.SITE_URL}{page}"
        )
        for code, page in pages.items()
    ]
