"""The queue, and the one screen on which a review is decided."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from accounts.people import me
from agencies.choices import AgencyStatus
from moderation.actions import Refused
from moderation.admin.plain import ReadOnlyAdmin
from moderation.dossier import dossier_of
from moderation.forms import DecisionForm
from moderation.models import Decision, QueueEntry
from moderation.models import QueueQuerySet as Queue

SAID = {
    Decision.Outcome.PUBLISH: gettext_lazy("Veröffentlicht."),
    Decision.Outcome.REQUEST_CHANGES: gettext_lazy("Um Änderung gebeten."),
    Decision.Outcome.REJECT: gettext_lazy("Abgelehnt."),
}


def _waiting(request: HttpRequest) -> Queue:
    return QueueEntry.objects.waiting().for_moderator(me(request))


@admin.register(QueueEntry)
class QueueAdmin(ReadOnlyAdmin[QueueEntry]):
    """Oldest first, with what was marked; a line leads to the decision."""

    list_display = ("agency",)
    list_per_page = 25
    search_fields = ("agency__name",)

    def get_queryset(self, request: HttpRequest) -> Queue:
        return _waiting(request).for_list()

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        return ("waiting_since", "pk")

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        first = _waiting(request).oldest_first().first()
        return super().changelist_view(
            request, {"title": _("Warteschlange"), "first": first} | (extra_context or {})
        )

    def get_urls(self) -> list[URLPattern]:
        """The decision in place of Django's change form; nothing else of one entry has an address."""
        decide = _keeping_input(self.admin_site.admin_view(self.decide))
        return [
            path(
                "", self.admin_site.admin_view(self.changelist_view), name="moderation_queueentry_changelist"
            ),
            path("<int:pk>/", decide, name="moderation_queueentry_change"),
        ]

    def decide(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The review with all that speaks to it, and the decision; afterwards on to the next one."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        entry = self.get_queryset(request).select_related("journey").filter(pk=pk).first()
        if entry is None:
            messages.warning(request, _("Diese Bewertung wartet nicht oder nicht mehr auf dich."))
            return HttpResponseRedirect(reverse("admin:moderation_queueentry_changelist"))
        following = _waiting(request).after(entry)
        form = DecisionForm(request.POST if request.method == "POST" else None, entry=entry)
        if not self._may_decide(request):
            return self._page(request, entry, form, following)
        if getattr(request, "csrf_failed", False):
            messages.warning(
                request, _("Die Seite war zu alt. Deine Eingaben sind noch da, sende sie noch einmal.")
            )
            return self._page(request, entry, form, following, status=403)
        if form.is_valid() and self._decided(request, form):
            return HttpResponseRedirect(_url(following))
        return self._page(request, entry, form, following)

    def _may_decide(self, request: HttpRequest) -> bool:
        return me(request).has_perm("moderation.add_decision")

    def _decided(self, request: HttpRequest, form: DecisionForm) -> bool:
        try:
            decision = form.save(by=me(request))
        except Refused as refused:
            form.add_error(None, str(refused))
            return False
        messages.success(request, f"{form.entry.agency}: {SAID[Decision.Outcome(decision.outcome)]}")
        return True

    def _page(
        self,
        request: HttpRequest,
        entry: QueueEntry,
        form: DecisionForm,
        following: QueueEntry | None,
        status: int = 200,
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": entry.agency.name,
            "opts": self.opts,
            "dossier": dossier_of(entry),
            "form": form,
            "may_decide": self._may_decide(request),
            "is_proposed": entry.agency.status == AgencyStatus.PROPOSED,
            "waiting": _waiting(request).count(),
            "skip": _url(following) if following else "",
        }
        return TemplateResponse(request, "admin/moderation/queueentry/decide.html", context, status=status)


def _url(entry: QueueEntry | None) -> str:
    """The screen of an entry, or the (empty) queue."""
    if entry is None:
        return reverse("admin:moderation_queueentry_changelist")
    return reverse("admin:moderation_queueentry_change", args=[entry.pk])


def _keeping_input(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """What config.views.csrf_failure calls again, so that a failed check does not cost what was typed.

    The check inside `view` has failed already and must not run a second time; nothing is changed on that way.
    """

    @never_cache
    def keeping(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if getattr(request, "csrf_failed", False):
            request.csrf_processing_done = True  # type: ignore[attr-defined]
        return view(request, *args, **kwargs)

    keeping.keeps_input = True  # type: ignore[attr-defined]
    return keeping
