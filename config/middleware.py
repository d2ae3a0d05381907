"""Answers that come before any view: maintenance, and bodies that are too large."""

from collections.abc import Callable

import structlog
from django.conf import settings
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from psycopg.errors import QueryCanceled

log = structlog.get_logger(__name__)

type GetResponse = Callable[[HttpRequest], HttpResponse]

ALWAYS_OPEN = ("/healthz", "/readyz", "/static/")


class MaintenanceMiddleware:
    """With the setting MAINTENANCE every page answers 503 and says when to come back."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not settings.MAINTENANCE or request.path_info.startswith(ALWAYS_OPEN):
            return self.get_response(request)
        response = render(request, "503.html", status=503)
        response["Retry-After"] = "600"
        return response


class BodyLimitMiddleware:
    """A body over DATA_UPLOAD_MAX_MEMORY_SIZE is answered with a 413 page before it is read.

    The draft that was saved before stays as it is; the page says so.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if length.isdigit() and int(length) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            return render(request, "413.html", status=413)
        return self.get_response(request)


class SlowQueryMiddleware:
    """A statement that the database ended after its time (statement_timeout) gets a page that says so, not a 500."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not (isinstance(error, OperationalError) and isinstance(error.__cause__, QueryCanceled)):
            return None
        log.error("statement cancelled", view=request.resolver_match and request.resolver_match.view_name)
        return render(request, "503_slow.html", status=503)
