"""Django's admin, behind our own login and a second factor (accounts.middleware sees to that)."""

from allauth.account.decorators import secure_admin_login
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _


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
