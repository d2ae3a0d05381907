"""Recruiters: staff enters whom we know and asks them. Whether a profile is public is decided by the person alone."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.events import record
from accounts.people import me
from agencies.actions import NotAsked, ask_recruiter, hide_recruiter
from agencies.choices import RecruiterState
from agencies.models import Recruiter
from moderation.admin.plain import PlainAdmin

type Act = Callable[..., None]

ANSWERED = ("agency", "name", "position", "email")  # what the person has seen and said yes or no to
TIMES = ("asked_at", "confirmed_at", "refused_at", "hidden_at", "created_at")
ACTS: dict[str, tuple[Act, Any, Any]] = {  # what it does, its name, what happens then
    "fragen": (
        ask_recruiter,
        _("Um Zustimmung bitten"),
        _(
            "Die Person bekommt eine Mail in ihrer Sprache: was öffentlich würde, dass wir fragen, und dass ohne"
            " ihr Ja nichts passiert. Wer danach Namen, Funktion oder Adresse ändert, macht den Link ungültig."
        ),
    ),
    "verbergen": (
        hide_recruiter,
        _("Profil verbergen"),
        _(
            "Der Name verschwindet sofort von allen Seiten, die Person bekommt eine Mail. Rückgängig machen"
            " kann das nur sie selbst."
        ),
    ),
}
POSSIBLE: dict[str, tuple[str, ...]] = {
    RecruiterState.NEW: ("fragen",),
    RecruiterState.ASKED: ("fragen",),
    RecruiterState.PUBLIC: ("verbergen",),
}


@admin.register(Recruiter)
class RecruiterAdmin(PlainAdmin[Recruiter]):
    """Nobody sees a profile before the person confirmed it; until then the name only serves screening."""

    list_display = ("name", "agency", "position", "stands", "asked_at")
    list_select_related = ("agency",)
    search_fields = ("name", "agency__name")
    raw_id_fields = ("agency",)
    fields = ("agency", "name", "position", "email", "language", *TIMES)
    ordering = ("name",)

    def has_delete_permission(self, request: HttpRequest, obj: Recruiter | None = None) -> bool:
        """Journeys may point to them, and screening needs the name; who left is hidden."""
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Recruiter | None = None) -> tuple[str, ...]:
        """An answer is about what was asked, so none of that changes under it."""
        return (*ANSWERED, *TIMES) if obj and obj.has_answered else TIMES

    @admin.display(description=_("Stand"))
    def stands(self, recruiter: Recruiter) -> str:
        return str(recruiter.state.label)

    def save_model(self, request: HttpRequest, obj: Recruiter, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        verb = "change recruiter" if change else "add recruiter"
        record(verb=verb, subject=obj, by=me(request), fields=sorted(form.changed_data))

    # ---- acts --------------------------------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        act = path(
            "<int:pk>/entscheiden/<slug:act>/",
            self.admin_site.admin_view(self.act),
            name="agencies_recruiter_act",
        )
        return [act, *super().get_urls()]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        recruiter = self.get_object(request, object_id)
        acts = [(name, ACTS[name][1]) for name in POSSIBLE.get(recruiter.state, ())] if recruiter else []
        return super().change_view(request, object_id, form_url, {"acts": acts} | (extra_context or {}))

    def act(self, request: HttpRequest, pk: int, act: str) -> HttpResponse:
        """What an act will do, and the button that does it."""
        recruiter = get_object_or_404(Recruiter, pk=pk)
        if not self.has_change_permission(request, recruiter):
            raise PermissionDenied
        if act not in POSSIBLE.get(recruiter.state, ()):
            raise Http404
        do, name, effect = ACTS[act]
        if request.method == "POST":
            _do(request, do, recruiter)
            return HttpResponseRedirect(reverse("admin:agencies_recruiter_change", args=[recruiter.pk]))
        context = {
            **self.admin_site.each_context(request),
            "title": f"{recruiter}: {name}",
            "opts": self.opts,
            "original": recruiter,
            "name": name,
            "effect": effect,
        }
        return TemplateResponse(request, "admin/act.html", context)


def _do(request: HttpRequest, do: Act, recruiter: Recruiter) -> None:
    try:
        do(recruiter_id=recruiter.pk, by=me(request))
    except NotAsked as reason:
        messages.error(request, str(reason))
    else:
        messages.success(request, _now("Erledigt."))
