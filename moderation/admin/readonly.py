from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest


class OnlyOwnFilters[M: models.Model](admin.ModelAdmin[M]):
    """A list that is asked through the filters it shows, and in no other way.

    Django answers any `?column__startswith=` of the model: letter by letter that spells out an address or the hash
    of a password which the list itself does not show.
    """

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        return lookup.partition("__")[0] in self.get_list_filter(request)


class ReadOnlyAdmin[M: models.Model](OnlyOwnFilters[M]):
    """To look at, for whoever has the view permission; nobody adds, changes or deletes here."""

    actions = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
