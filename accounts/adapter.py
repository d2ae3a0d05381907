"""How allauth behaves here: mails through our outbox, no throw-away addresses, the page's language remembered."""

import ipaddress
import time
from typing import Any
from urllib.parse import urlsplit

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.account.internal.stagekit import unstash_login
from allauth.account.models import EmailAddress
from disposable_email_domains import blocklist
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import get_random_string
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from accounts.mail import queue_mail
from accounts.models import User

# What allauth tells people after the fact. One mail for all of them: emails/account_changed.
NOTICES = {
    "email_changed": gettext_lazy("Die Adresse deines Kontos wurde geändert"),
    "email_deleted": gettext_lazy("Eine Adresse wurde aus deinem Konto entfernt"),
    "password_changed": gettext_lazy("Dein Passwort wurde geändert"),
    "password_reset": gettext_lazy("Dein Passwort wurde neu gesetzt"),
    "password_set": gettext_lazy("Für dein Konto wurde ein Passwort gesetzt"),
    "recovery_codes_generated": gettext_lazy("Neue Notfall-Codes für dein Konto wurden erzeugt"),
    "totp_activated": gettext_lazy("Der zweite Faktor deines Kontos ist jetzt eingeschaltet"),
    "totp_deactivated": gettext_lazy("Der zweite Faktor deines Kontos wurde ausgeschaltet"),
    "webauthn_added": gettext_lazy("Ein Passkey wurde zu deinem Konto hinzugefügt"),
    "webauthn_removed": gettext_lazy("Ein Passkey wurde aus deinem Konto entfernt"),
}


def refuse_throwaway(email: str) -> str:
    """The address in lower case; ValidationError for throw-away domains, their subdomains, and no domain at all.

    "root@localhost" and "root@[127.0.0.1]" are addresses to Django, and mailboxes of our own mail server.
    """
    address = email.strip().lower()
    domain = address.rpartition("@")[2]
    if "." not in domain or domain.startswith("["):
        raise forms.ValidationError(
            _("Das ist keine vollständige Adresse. Sie sieht aus wie name@beispiel.de.")
        )
    labels = domain.split(".")
    if any(".".join(labels[i:]) in blocklist for i in range(len(labels) - 1)):
        raise forms.ValidationError(
            _(
                "Wegwerf-Adressen nehmen wir nicht an. Nimm bitte eine, die dir bleibt: "
                "Sie sieht niemand außer dir und der Moderation."
            )
        )
    return address


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    def clean_email(self, email: str) -> str:
        return refuse_throwaway(super().clean_email(email))

    def save_user(self, request: HttpRequest, user: User, form: forms.Form, commit: bool = True) -> User:
        user.language = (get_language() or "de")[:2]
        saved: User = super().save_user(request, user, form, commit)
        return saved

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        """Whoever confirms an address has its mailbox: a sign-up with it that nobody confirmed gives way."""
        rivals = User.objects.never_confirmed().filter(email=email_address.email)
        rivals.exclude(pk=email_address.user_id).delete()
        self._forget_password_of_another(request, email_address.user)
        return bool(super().confirm_email(request, email_address))

    def _forget_password_of_another(self, request: HttpRequest, user: User) -> None:
        """A first confirmation in another browser proves the mailbox, not who chose the password at sign-up."""
        signing_up = unstash_login(request, peek=True)
        if user.last_login is not None or (signing_up and signing_up.user == user):
            return
        user.set_unusable_password()
        user.save(update_fields=["password"])
        messages.info(
            request,
            _("Melde dich hier mit einem Code per Mail an. Danach kannst du ein neues Passwort setzen."),
        )

    def pre_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse | None:
        """Who gets in for the first time by a code has proven the mailbox, and nothing else.

        Somebody else may have signed up with the address and chosen the password. It must not open the account.
        """
        methods = [record["method"] for record in get_authentication_records(request, user)]
        if user.last_login is None and methods[-1:] == ["code"]:
            user.set_unusable_password()
            user.save(update_fields=["password"])
        response: HttpResponse | None = super().pre_login(request, user, **kwargs)
        return response

    def get_client_ip(self, request: HttpRequest) -> str:
        """An IPv4 address as such, also if the server wrote it as an IPv6 one (::ffff:192.0.2.1).

        Limits count IPv6 by its first 64 bits, and those are the same for all of IPv4.
        """
        address = ipaddress.ip_address(super().get_client_ip(request))
        return str(getattr(address, "ipv4_mapped", None) or address)

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Whoever has shown a moment ago who they are, be it by logging in, is not asked again."""
        shown = [record["at"] for record in get_authentication_records(self.request, self.request.user)]
        return not shown or time.time() - max(shown) > app_settings.REAUTHENTICATION_TIMEOUT

    def send_account_already_exists_mail(self, email: str) -> None:
        """Instead of storing a new account, and taking as long: hashing its password is the work that shows."""
        make_password(get_random_string(20))
        super().send_account_already_exists_mail(email)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Owe the mail in the outbox, in its reader's language; a dead mail server never breaks a page."""
        kind = template_prefix.rpartition("/")[2]
        reader = User.objects.filter(email=email).first()
        queue_mail(
            kind="account_changed" if kind in NOTICES else kind,
            to=email,
            language=reader.language if reader else (get_language() or "de")[:2],
            context=_on_our_site(context) | {"what": NOTICES.get(kind, "")},
            user=reader,
        )


def _on_our_site(context: dict[str, Any]) -> dict[str, Any]:
    """allauth builds addresses from the Host header, which the visitor writes. In mails they lead to SITE_URL."""
    links = {name: urlsplit(value) for name, value in context.items() if name.endswith("_url")}
    return context | {
        name: settings.SITE_URL + link._replace(scheme="", netloc="").geturl() for name, link in links.items()
    }
