"""The outbox, to answer "did my mail go out?". The log and the people are in moderation.admin."""

from django.contrib import admin
from django.http import HttpRequest

from accounts.models import OutgoingMail


@admin.register(OutgoingMail)
class OutgoingMailAdmin(admin.ModelAdmin[OutgoingMail]):
    """Read-only, and without the texts: they carry links and codes that open accounts."""

    list_display = ("created_at", "kind", "to", "due_at", "attempts", "repeats", "sent_at", "refused_at")
    list_filter = (
        "kind",
        ("sent_at", admin.EmptyFieldListFilter),
        ("refused_at", admin.EmptyFieldListFilter),
    )
    search_fields = ("=to",)
    ordering = ("-pk",)
    fields = (
        "created_at",
        "kind",
        "to",
        "message_id",
        "due_at",
        "attempts",
        "repeats",
        "in_doubt",
        "sent_at",
        "refused_at",
    )
    actions = None
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: OutgoingMail | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: OutgoingMail | None = None) -> bool:
        return False
