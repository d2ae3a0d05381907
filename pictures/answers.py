"""Pictures as answers: at an address that changes with what they show, drawn once, kept by whoever fetched them."""

import hashlib
from collections.abc import Callable

from django.core.cache import caches
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag

from pictures.canvas import EDITION

KEPT = 60 * 60  # seconds a drawn picture waits in the web process for whoever asks next
FOREVER = "public, max-age=31536000, immutable"
A_WHILE = "public, max-age=300"


def version_of(*shown: object) -> str:
    """Twelve characters that change with anything that is shown, and with the way it is drawn."""
    return hashlib.blake2b(repr((EDITION, shown)).encode(), digest_size=6).hexdigest()


def answer(
    request: HttpRequest, asked: str, current: str, url: str, draw: Callable[[], bytes]
) -> HttpResponse:
    """The PNG if the version `asked` for is the current one, which is at `url`; else the way there.

    Only what is current is ever drawn, so a picture is drawn once an hour by each web process however many ask, and for
    whatever versions. It waits there and not in Valkey, where many pictures would push out what counts rate limits.
    """
    if asked != current:
        return _with(redirect(url), A_WHILE)
    etag = quote_etag(current)
    response = get_conditional_response(request, etag=etag)
    if response is None:
        png = caches["pictures"].get_or_set(_key(current), draw, KEPT)
        response = HttpResponse(png, content_type="image/png", headers={"ETag": etag})
    return _with(response, FOREVER)


def is_drawn(version: str) -> bool:
    """Whether it waits in the cache, so that whoever asks costs no drawing."""
    return _key(version) in caches["pictures"]


def _key(version: str) -> str:
    return f"picture:{version}"


def _with[R: HttpResponse](response: R, cache_control: str) -> R:
    response["Cache-Control"] = cache_control
    return response
