"""Places and postcodes to look at. They come from agencies/data by `load_places`, which would undo any change."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest

from agencies.models import Place, Postcode


class LoadedAdmin[M: models.Model](admin.ModelAdmin[M]):
    actions = None
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Place)
class PlaceAdmin(LoadedAdmin[Place]):
    list_display = ("name", "part_of", "region", "country", "population")
    list_filter = ("country",)
    search_fields = ("name",)
    ordering = ("-population", "pk")


@admin.register(Postcode)
class PostcodeAdmin(LoadedAdmin[Postcode]):
    list_display = ("code", "place_name", "country")
    list_filter = ("country",)
    search_fields = ("code", "place_name")
    ordering = ("code", "country", "pk")
