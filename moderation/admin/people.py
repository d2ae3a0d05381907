"""Accounts. Moderators see pseudonyms; addresses are for superusers, who alone may change anything."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.events import record
from accounts.models import User
from moderation.admin.plain import PlainAdmin

FLAGS = ("is_active", "is_staff", "is_superuser", "owns_agency", "groups")
KNOWN = ("pseudonym", "language", "date_joined", "last_login")


@admin.register(User)
class PersonAdmin(PlainAdmin[User]):
    list_filter = ("is_staff", "owns_agency", "is_active")
    search_fields = ("pseudonym",)
    filter_horizontal = ("groups",)
    ordering = ("-date_joined",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return super().get_queryset(request).annotate(review_count=Count("reviews"))

    def get_list_display(self, request: HttpRequest) -> tuple[str, ...]:
        known = ("pseudonym", "date_joined", "review_count", "is_active", "is_staff", "owns_agency")
        return (*known, "email") if _sees_addresses(request) else known

    def get_search_fields(self, request: HttpRequest) -> tuple[str, ...]:
        return ("pseudonym", "=email") if _sees_addresses(request) else self.search_fields

    def get_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        return (*KNOWN, "email", *FLAGS) if _sees_addresses(request) else KNOWN

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        """The address belongs to its owner, who changes and confirms it in their account."""
        return (*KNOWN, "email")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return _sees_addresses(request)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """People delete their accounts themselves, with all that belongs to it (accounts.personal)."""
        return False

    def save_related(self, request: HttpRequest, form: forms.Form, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if form.changed_data and isinstance(request.user, User) and isinstance(form, forms.ModelForm):
            record(
                verb="change account",
                subject=form.instance,
                by=request.user,
                fields=sorted(form.changed_data),
            )

    @admin.display(description=_("Bewertungen"), ordering="review_count")
    def review_count(self, user: User) -> int:
        return int(getattr(user, "review_count", 0))


def _sees_addresses(request: HttpRequest) -> bool:
    return isinstance(request.user, User) and request.user.is_active and request.user.is_superuser
