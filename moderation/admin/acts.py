"""Acts on a whole agency or recruiter: a button on its page, a look at what will happen, then the deed."""

from typing import Any, ClassVar, NamedTuple

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.functional import Promise

from accounts.people import me
from agencies.actions import NotAsked
from moderation.actions import Refused
from moderation.admin.plain import PlainAdmin
from moderation.forms import ActForm


class Act(NamedTuple):
    form: type[ActForm[Any]]
    name: Promise | str
    effect: Promise | str


class ActingAdmin[M: models.Model](PlainAdmin[M]):
    """Offers those of `acts` that `possible` names for the state of an object."""

    acts: ClassVar[dict[str, Act]]

    def possible(self, subject: M) -> tuple[str, ...]:
        raise NotImplementedError

    def more(self, subject: M) -> dict[str, Any]:
        """What else the page of an act shows."""
        return {}

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_act"
        act = path("<int:pk>/entscheiden/<slug:act>/", self.admin_site.admin_view(self.act), name=name)
        return [act, *super().get_urls()]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        subject = self.get_object(request, object_id)
        acts = [(name, self.acts[name].name) for name in self.possible(subject)] if subject else []
        return super().change_view(request, object_id, form_url, {"acts": acts} | (extra_context or {}))

    def act(self, request: HttpRequest, pk: int, act: str) -> HttpResponse:
        """What an act will do, and the button that does it."""
        subject = get_object_or_404(self.model, pk=pk)
        if not self.has_change_permission(request, subject):
            raise PermissionDenied
        if act not in self.possible(subject):
            raise Http404
        chosen = self.acts[act]
        form = chosen.form(request.POST if request.method == "POST" else None, subject=subject)
        if form.is_valid() and _done(request, form):
            page = f"admin:{self.opts.app_label}_{self.opts.model_name}_change"
            return HttpResponseRedirect(reverse(page, args=[pk]))
        context = {
            **self.admin_site.each_context(request),
            "title": f"{subject}: {chosen.name}",
            "opts": self.opts,
            "original": subject,
            "form": form,
            "name": chosen.name,
            "effect": chosen.effect,
            **self.more(subject),
        }
        return TemplateResponse(request, "admin/act.html", context)


def _done(request: HttpRequest, form: ActForm[Any]) -> bool:
    try:
        messages.success(request, form.save(by=me(request)))
    except (Refused, NotAsked) as reason:
        form.add_error(None, str(reason))
        return False
    return True
