"""Reviews, decisions and the log, to look things up. Stars are folded away, as on the decision screen."""

from typing import Any

from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from accounts.models import Event, User
from moderation.admin.plain import ReadOnlyAdmin
from moderation.models import Decision
from reviews.criteria import CODES
from reviews.models import Review, Revision


class ReadOnlyInline[M: Any, P: Any](admin.StackedInline[M, P]):
    extra = 0
    can_delete = False
    show_change_link = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class RevisionInline(ReadOnlyInline[Revision, Review]):
    model = Revision
    fields = readonly_fields = ("number", "state", "sent_at", "good", "better")

    @admin.display(description=_("geschickt"))
    def sent_at(self, revision: Revision) -> str:
        return date_format(localtime(revision.created_at), "SHORT_DATETIME_FORMAT")


class DecisionInline(ReadOnlyInline[Decision, Review]):
    model = Decision
    fields = readonly_fields = ("outcome", "reason", "text", "passage", "rule", "source", "by", "at")


@admin.register(Review)
class ReviewAdmin(ReadOnlyAdmin[Review]):
    list_display = ("about", "status", "status_since", "proof", "published_on")
    list_filter = ("status", "proof", "language")
    list_select_related = ("agency",)
    search_fields = ("agency__name", "=id")
    ordering = ("-status_since",)
    fieldsets = (
        (None, {"fields": ("about", "writer", "status", "status_since", "published_on", "is_current")}),
        (_("Einzelheiten"), {"fields": ("proof", "language", "created_at")}),
        (_("Sterne"), {"fields": CODES, "classes": ("collapse",)}),
    )
    readonly_fields = ("about", "writer")
    inlines = (RevisionInline, DecisionInline)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        subtitle = {"subtitle": _("Nummer %(number)s") % {"number": object_id}}
        return super().change_view(request, object_id, form_url, subtitle | (extra_context or {}))

    @admin.display(description=_("Agentur"))
    def about(self, review: Review) -> str:
        return review.agency.name

    @admin.display(description=_("Autor:in"))
    def writer(self, review: Review) -> str:
        return review.author.pseudonym if review.author else str(_("gelöschtes Konto"))


@admin.register(Decision)
class DecisionAdmin(ReadOnlyAdmin[Decision]):
    list_display = ("at", "outcome", "reason", "agency", "by")
    list_filter = ("outcome", "reason", "source")
    list_select_related = ("review__agency", "by")
    search_fields = ("review__agency__name",)
    fields = ("agency", "outcome", "reason", "text", "passage", "rule", "source", "by", "at")
    readonly_fields = ("agency",)

    @admin.display(description=_("Agentur"))
    def agency(self, decision: Decision) -> str:
        return decision.review.agency.name


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin[Event]):
    """The log, newest first. `manage.py verify_log` proves that nobody touched it."""

    list_display = ("at", "who", "verb", "subject", "before", "after", "reason")
    list_filter = ("verb", "subject_type")
    search_fields = ("=subject_id",)
    ordering = ("-pk",)
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Event]:
        name = User.objects.filter(pk=OuterRef("actor_id")).values("pseudonym")
        return super().get_queryset(request).annotate(pseudonym=Subquery(name))

    @admin.display(description=_("wer"))
    def who(self, event: Event) -> str:
        return getattr(event, "pseudonym", None) or ("" if event.actor_id else str(_("automatisch")))

    @admin.display(description=_("worüber"))
    def subject(self, event: Event) -> str:
        return f"{event.subject_type} {event.subject_id}"
