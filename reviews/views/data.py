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


def _etag(request: HttpRequest, name: str) -> str | None:
    night = files.newest()
    return f'"{night.file(name).sha256}"' if night else None


def _made_at(request: HttpRequest, name: str) -> datetime | None:
    night = files.newest()
    return night.made_at if night else None


@require_safe
@condition(etag_func=_etag, last_modified_func=_made_at)
def download(request: HttpRequest, name: str) -> HttpResponse:
    """One of `TYPES`; asking whether it has changed is free, taking it is limited."""
    night = files.newest()
    if night is None:
        return render(request, "reviews/open_data_missing.html", status=404)
    if not limits.allowed(request, "download"):
        return limits.too_many(request)
    # At once and not as a stream: granian's few threads would each wait for a slow reader of a stream.
    response = HttpResponse(night.file(name).path.read_bytes(), content_type=TYPES[name])
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = f"max-age={KEEP}"  # not "public": config.page_cache keeps no files
    response["X-Robots-Tag"] = "noindex"
    return response
