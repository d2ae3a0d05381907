"""Pages that are the same for every visitor are made once for each state of the data.

A view says so with `Cache-Control: public` (agencies.shared). Such a page is kept in the memory of the web process
together with the number of the data it was made from (agencies.models.version). It is answered again only while that
number is the current one, which costs one query. So a decision shows everywhere with its commit, and nothing has to be
emptied. Nobody with a session is served from here, and no answer that sets a cookie is kept.
"""

import hashlib
from dataclasses import dataclass
from http import HTTPStatus

import structlog
from django.conf import settings
from django.core.cache import caches
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response

from agencies.models.version import data_version
from config.middleware import GetResponse

log = structlog.get_logger(__name__)

LONGEST_QUERY = 500  # characters; what is longer is no link that people share
LARGEST_PAGE = 150_000  # bytes


@dataclass(frozen=True, slots=True)
class Page:
    version: str
    content: bytes
    headers: dict[str, str]

    def answer(self, request: HttpRequest) -> HttpResponse:
        """The page, or 304 for a browser that has it."""
        response = HttpResponse(self.content, headers=self.headers)
        conditional = get_conditional_response(request, etag=self.headers["ETag"], response=response)
        assert isinstance(conditional, HttpResponse)  # noqa: S101 - it answers with ours, a 304 or a 412
        return conditional


class PageCacheMiddleware:
    """Stands before whatever asks for a session; settings.PAGE_CACHE turns it off for measuring."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.pages = caches["pages"]

    def __call__(self, request: HttpRequest) -> HttpResponse:
        key, version = _key(request), ""
        if key:
            version = _version()
        if not version:
            return self.get_response(request)
        page: Page | None = self.pages.get(key)
        if page and page.version == version:
            return page.answer(request)
        response = self.get_response(request)
        if not _is_shared(response):
            return response
        page = Page(version, response.content, {**response.headers, "ETag": _etag(response.content)})
        self.pages.set(key, page)
        return page.answer(request)


def _key(request: HttpRequest) -> str:
    """What the page depends on besides the data, as a hash; "" for whoever gets a page of their own."""
    is_fragment = any(name.startswith("HTTP_HX_") for name in request.META)
    is_own = is_fragment or settings.SESSION_COOKIE_NAME in request.COOKIES
    query = request.META.get("QUERY_STRING", "")
    if not settings.PAGE_CACHE or request.method != "GET" or is_own or len(query) > LONGEST_QUERY:
        return ""
    parts = [request.scheme or "", request.META.get("HTTP_HOST", ""), request.path, query]
    return hashlib.sha256("\n".join([*parts, str(timezone.localdate())]).encode()).hexdigest()


def _version() -> str:
    """The number of the data as it is now; "" while the database does not say: the page will."""
    try:
        return data_version()
    except DatabaseError:
        log.warning("no version of the data, page not looked up")
        return ""


def _is_shared(response: HttpResponse) -> bool:
    return (
        response.status_code == HTTPStatus.OK
        and not response.streaming
        and not response.cookies
        and "public" in response.get("Cache-Control", "")
        and response.get("Content-Type", "").startswith("text/html")
        and len(response.content) <= LARGEST_PAGE
    )


def _etag(content: bytes) -> str:
    return f'"{hashlib.sha256(content).hexdigest()[:32]}"'
