"""A person's own page: settings, everything we know as a file, and the way out."""

from allauth.account.decorators import reauthentication_required
from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import limits, personal
from accounts.forms import DeleteForm, SettingsForm
from accounts.models import User


def _me(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101 - login_required stands before
    return request.user


@login_required
def settings_page(request: HttpRequest) -> HttpResponse:
    form = SettingsForm(request.POST or None, instance=_me(request))
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Gespeichert."))
        return redirect("accounts:settings")
    context = {"form": form, "has_second_factor": is_mfa_enabled(request.user)}
    return render(request, "accounts/user_settings.html", context)


@login_required
@reauthentication_required  # type: ignore[untyped-decorator]
def export(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":  # coming back from the login
        return redirect("accounts:settings")
    if not limits.allowed(request, "export"):
        return limits.too_many(request)
    response = HttpResponse(personal.export(_me(request)), content_type="application/zip")
    response["Content-Disposition"] = (
        f'attachment; filename="my-recruiter-{timezone.localdate():%Y-%m-%d}.zip"'
    )
    return response


@login_required
@reauthentication_required  # type: ignore[untyped-decorator]
def delete(request: HttpRequest) -> HttpResponse:
    form = DeleteForm(request.POST or None, user=_me(request))
    if request.method == "POST" and form.is_valid():
        user = _me(request)
        logout(request)
        personal.erase(user=user, keep_reviews=form.cleaned_data["reviews"] == "keep")
        messages.success(request, _("Dein Konto ist gelöscht."))
        return redirect("start")
    return render(request, "accounts/user_delete.html", {"form": form})
