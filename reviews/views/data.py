"""/daten/: the open data set explained, and the files of the last night."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import condition, require_safe

from accounts import limits
from reviews.opendata import files
from reviews.scoring import FORMULA

KEEP = 3600  # seconds for which a file need not be asked for again
TYPES = {files.DATA: "application/gzip", files.TABLE: "text/csv; charset=utf-8"}


@require_safe
def open_data(request: HttpRequest) -> HttpResponse:
    context = {"night": files.newest(), "formula": FORMULA, "data": files.DATA, "table": files.TABLE}
    return render(request, f"pages/daten.{get_language()}.html", context)


@require_safe
def download(request: HttpRequest, name: str) -> HttpResponse:
    """One of `TYPES`; asking whether it has changed is free, taking it is limited.

    The night is looked up once, so that name, day and content of the answer belong together.
    """
    night = files.newest()
    if night is None:
        return render(request, "reviews/open_data_missing.html", status=404)
    return _of_night(request, name, night)


def _etag(request: HttpRequest, name: str, night: files.Night) -> str:
    return f'"{night.file(name).sha256}"'


def _made_at(request: HttpRequest, name: str, night: files.Night) -> datetime:
    return night.made_at


@condition(etag_func=_etag, last_modified_func=_made_at)
def _of_night(request: HttpRequest, name: str, night: files.Night) -> HttpResponse:
    if not limits.allowed(request, "download"):
        return limits.too_many(request)
    # At once and not as a stream: granian's few threads would each wait for a slow reader of a stream.
    response = HttpResponse(night.file(name).path.read_bytes(), content_type=TYPES[name])
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = f"max-age={KEEP}"  # not "public": config.page_cache keeps no files
    response["X-Robots-Tag"] = "noindex"
    return response
