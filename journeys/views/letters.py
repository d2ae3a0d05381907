"""The letters for everybody, with a small form that fills them."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe
from django.views.decorators.vary import vary_on_headers
from django_htmx.middleware import HtmxDetails

from journeys.choices import Step
from journeys.letters.filling import LONGEST_LINK, Filled
from journeys.letters.forms import BlanksForm, VersionForm
from journeys.letters.texts import SLUGS, Version

STEPS = {slug: step for step, slug in SLUGS.items()}


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@vary_on_headers("HX-Request")
def letter_list(request: HttpRequest) -> HttpResponse:
    """All letters in the order of the days."""
    return _page(request, "journeys/letter_list.html", *Step)


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@vary_on_headers("HX-Request")
def letter_detail(request: HttpRequest, slug: str) -> HttpResponse:
    return _page(request, "journeys/letter_detail.html", _step(slug))


@require_safe
def letter_text(request: HttpRequest, slug: str) -> HttpResponse:
    """One letter as plain text, its blanks open."""
    letter = Filled(_step(slug), Version.chosen_in(request.GET), {})
    return HttpResponse(letter.text, content_type="text/plain; charset=utf-8")


# Sending the form changes nothing: with a token that is too old it shows the same page, as 403.
letter_list.keeps_input = letter_detail.keeps_input = True  # type: ignore[attr-defined]


def _step(slug: str) -> Step:
    if slug not in STEPS:
        raise Http404
    return STEPS[slug]


def _page(request: HttpRequest, template: str, *steps: Step) -> HttpResponse:
    form = BlanksForm(request.POST if request.method == "POST" else None)
    return letters_page(request, template, form, *steps)


def letters_page(
    request: HttpRequest, template: str, form: BlanksForm, *steps: Step, **more: object
) -> HttpResponse:
    """The letters with the form's values in their blanks; where htmx asks for another version, only them."""
    version = Version.chosen_in(request.POST or request.GET)
    is_fragment = _is_fragment(request)
    context: dict[str, Any] = {
        "form": form,
        "version": version,
        "version_form": VersionForm.of(version),
        "letters": [Filled(step, version, form.values) for step in steps],
        "longest_link": LONGEST_LINK,
        "is_fragment": is_fragment,
        "law": f"journeys/letter_law.{get_language()}.html",
        **more,
    }
    status = 403 if getattr(request, "csrf_failed", False) else 200
    return render(request, "journeys/letters.html" if is_fragment else template, context, status=status)


def _is_fragment(request: HttpRequest) -> bool:
    htmx: HtmxDetails = request.htmx  # type: ignore[attr-defined]  # the middleware sets it
    return bool(htmx) and not htmx.history_restore_request
