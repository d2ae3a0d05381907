"""What our pages of the admin have in common."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils.text import capfirst


class PlainAdmin[M: models.Model](admin.ModelAdmin[M]):
    """A list under its own name, without acts on several rows at once: whatever is done here is looked at first."""

    actions = None

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        name = {"title": capfirst(self.opts.verbose_name_plural)}
        return super().changelist_view(request, name | (extra_context or {}))

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Ask a list through the filters it shows, and in no other way.

        Django answers any `?column__startswith=` of the model: letter by letter that spells out an address or the
        hash of a password which the list itself does not show.
        """
        return lookup.partition("__")[0] in self.get_list_filter(request)


class ReadOnlyAdmin[M: models.Model](PlainAdmin[M]):
    """To look at, for whoever has the view permission; nobody adds, changes or deletes here."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
