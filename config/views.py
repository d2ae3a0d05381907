"""Pages that belong to no app: health, robots, and what to show when the CSRF check fails."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


@never_cache
@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """What crawlers should leave alone; everything else is open to them."""
    folders = ("konto", "bewertung", "beratung", "prozesse", "nachfrage")
    private = [f"{language}/{folder}/" for folder in folders for language in ("", "/en")]
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in ("/admin/", "/*/bewerten/", *private))]
    lines.append(f"Sitemap: {request.build_absolute_uri('/sitemap.xml')}")
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A failed CSRF check (often: a second tab after login) loses nothing.

    A view that carries `keeps_input = True` is called again with `request.csrf_failed = True`: it shows its form
    with what was typed, changes nothing and answers 403. Other views get a page that explains what happened.
    """
    try:
        match = resolve(request.path_info)
    except Resolver404:
        return render(request, "403_csrf.html", status=403)
    if not getattr(match.func, "keeps_input", False):
        return render(request, "403_csrf.html", status=403)
    request.csrf_failed = True  # type: ignore[attr-defined]
    response: HttpResponse = match.func(request, *match.args, **match.kwargs)
    return response
