"""A person's own page: settings, everything we know as a file, and the way out."""

from allauth.account.decorators import reauthentication_required
from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from accounts import consents, limits, personal, zones
from accounts.forms import DeleteForm, SettingsForm
from accounts.models import Consent, User
from accounts.people import me


@login_required
def settings_page(request: HttpRequest) -> HttpResponse:
    form = SettingsForm(request.POST or None, instance=me(request))
    if request.method == "POST" and form.is_valid():
        zones.save_settings(form=form)
        messages.success(request, _("Gespeichert."))
        return redirect("accounts:settings")
    context = {
        "form": form,
        "has_second_factor": is_mfa_enabled(request.user),
        "consents": consents.standings(me(request)),
    }
    return render(request, "accounts/user_settings.html", context)


@login_required
@reauthentication_required  # type: ignore[untyped-decorator]
def export(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":  # coming back from the login
        return redirect("accounts:settings")
    if not limits.allowed(request, "export"):
        return limits.too_many(request)
    response = HttpResponse(personal.export(me(request)), content_type="application/zip")
    response["Content-Disposition"] = (
        f'attachment; filename="my-recruiter-{timezone.localdate():%Y-%m-%d}.zip"'
    )
    return response


@login_required
@reauthentication_required  # type: ignore[untyped-decorator]
def delete(request: HttpRequest) -> HttpResponse:
    form = DeleteForm(request.POST or None, user=me(request))
    if request.method == "POST" and form.is_valid():
        user = me(request)
        logout(request)
        personal.erase(user=user, keep_reviews=form.cleaned_data["reviews"] == "keep")
        messages.success(request, _("Dein Konto ist gelöscht."))
        return redirect("start")
    return render(request, "accounts/user_delete.html", {"form": form})


# ---- mails that need a consent -----------------------------------------------------------------------------


@login_required
@require_POST
def consent_ask(request: HttpRequest, kind: str) -> HttpResponse:
    if kind not in consents.WORDINGS:
        raise Http404
    if "agree" not in request.POST:
        messages.warning(request, _("Setz zuerst das Häkchen. Ohne deine Zustimmung fragen wir nicht."))
    elif not limits.allowed(request, "consent"):
        return limits.too_many(request)
    else:
        messages.info(request, consents.ask(user=me(request), kind=kind).words)
    return redirect("accounts:settings")


@login_required
@require_POST
def consent_end(request: HttpRequest, kind: str) -> HttpResponse:
    consents.withdraw(user=me(request), kind=kind)
    messages.success(request, _("Gespeichert. Solche Mails bekommst du nicht mehr."))
    return redirect("accounts:settings")


@never_cache
def consent_confirm(request: HttpRequest, token: str) -> HttpResponse:
    """The link of the mail that asks to confirm: says on GET what for, and stores it on POST."""
    consent = consents.find_to_confirm(token)
    if consent is None:
        return render(request, "accounts/consent_expired.html", status=410)
    if request.method == "POST":
        consents.confirm(consent=consent)
        return redirect(request.path)
    context = {"consent": consent, "sentence": consents.WORDINGS[consent.kind].sentence}
    return render(request, "accounts/consent_confirm.html", context)


@never_cache
@csrf_exempt  # RFC 8058: mail programs post here by themselves; the signed token is what proves the right to
def consent_withdraw(request: HttpRequest, token: str) -> HttpResponse:
    """The link under every such mail, and its List-Unsubscribe: a page on GET, done on POST without a redirect."""
    consent = consents.find_to_withdraw(token)
    if consent is None:
        return render(request, "accounts/consent_expired.html", status=410)
    if request.method == "POST":
        consents.withdraw(user=consent.user, kind=consent.kind)
    context = {"kind": Consent.Kind(consent.kind), "is_open": consents.is_open(consent.user, consent.kind)}
    return render(request, "accounts/consent_withdraw.html", context)


@login_required
@require_POST
def mailbox_works(request: HttpRequest) -> HttpResponse:
    """The person says that their mailbox takes mails again. If it does not, the next bounce says so."""
    User.objects.filter(pk=me(request).pk).update(bounced_at=None)
    messages.success(request, _("Gut, dann schreiben wir wieder an diese Adresse."))
    return redirect("accounts:settings")
