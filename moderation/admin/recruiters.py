"""Recruiters: staff enters whom we know and asks them. Whether a profile is public is decided by the person alone."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.events import record
from accounts.people import me
from agencies.choices import RecruiterState
from agencies.models import Recruiter
from moderation.admin.acts import Act, ActingAdmin
from moderation.forms import AskForm, HideForm

ANSWERED = ("agency", "name", "position", "email")  # what the person has seen and said yes or no to
TIMES = ("asked_at", "confirmed_at", "refused_at", "hidden_at", "created_at")
ACTS = {
    "fragen": Act(
        AskForm,
        _("Um Zustimmung bitten"),
        _(
            "Die Person bekommt eine Mail in ihrer Sprache: was öffentlich würde, dass wir fragen, und dass ohne"
            " ihr Ja nichts passiert. Wer danach Namen, Funktion oder Adresse ändert, macht den Link ungültig."
        ),
    ),
    "verbergen": Act(
        HideForm,
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
class RecruiterAdmin(ActingAdmin[Recruiter]):
    """Nobody sees a profile before the person confirmed it; until then the name only serves screening."""

    acts = ACTS
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

    def possible(self, subject: Recruiter) -> tuple[str, ...]:
        return POSSIBLE.get(subject.state, ())
