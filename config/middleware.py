"""Answers that come before any view: maintenance, and bodies that are too large."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

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
