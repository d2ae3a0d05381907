"""What our pages are compared with: as many indexed queries, as many bytes, no logic; and Django's smallest view."""

from functools import lru_cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path

from agencies.models import AgencyScore

ROWS = 10  # of each query
ROW = "<li>{{ row.agency_id }} <b>{{ row.mean }}</b> {{ row.lower }} {{ row.upper }} {{ row.n }} "


def page(request: HttpRequest, queries: int, size: int) -> HttpResponse:
    """Rows by their primary key from so many queries, each with five plain values, in a page of about `size` bytes."""
    rows: list[Any] = []
    for number in range(queries):
        found = AgencyScore.objects.filter(pk__gt=number * ROWS).order_by("pk")
        rows += found.values("agency_id", "mean", "lower", "upper", "n")[:ROWS]
    return HttpResponse(_template(size // (queries * ROWS)).render({"rows": rows}, request))


@lru_cache
def _template(row_size: int):  # type: ignore[no-untyped-def] # no name for it in django-stubs
    text = f"{ROW}{'.' * (row_size - 60)}</li>"
    return engines["django"].from_string(
        f"<!doctype html><ul>{{% for row in rows %}}{text}{{% endfor %}}</ul>"
    )


def smallest(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok")


urlpatterns = [
    path("healthz", smallest),
    path("smallest/", smallest),
    path("page/<int:queries>/<int:size>/", page),
]
