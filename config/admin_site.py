"""Django's admin, behind our own login and a second factor (accounts.middleware sees to that)."""

from typing import Any

from allauth.account.decorators import secure_admin_login
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from accounts.people import me
from agencies.choices import AgencyStatus
from agencies.models import Agency
from config.watchdog import late_entries
from moderation.models import QueueEntry

RANK = {"moderation": 0, "agencies": 1, "reviews": 2, "accounts": 3}  # what people come for most


class ModerationSite(AdminSite):
    site_header = _("my-recruiter: Moderation")
    site_title = _("Moderation")
    index_title = _("Arbeit")
    site_url = "/"
    enable_nav_sidebar = False

    def login(self, request: HttpRequest, extra_context: dict[str, object] | None = None) -> HttpResponse:
        """There is one login for everybody, with rate limits and second factor."""
        response: HttpResponse = secure_admin_login(super().login)(request, extra_context)
        return response

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        """What waits, before everything else."""
        queue = QueueEntry.objects.waiting().for_moderator(me(request))
        proposed = Agency.objects.filter(status=AgencyStatus.PROPOSED)
        work = {
            "waiting": queue.count(),
            "oldest": queue.oldest_first().first(),
            "proposed": proposed.count(),
            "late": late_entries(),
        }
        return super().index(request, work | (extra_context or {}))

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        apps = super().get_app_list(request, app_label)
        return sorted(apps, key=lambda app: RANK.get(app["app_label"], len(RANK)))
