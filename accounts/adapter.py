"""How allauth behaves here: mails through our outbox, no throw-away addresses, the page's language remembered."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from disposable_email_domains import blocklist
from django import forms
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.mail import queue_rendered
from accounts.models import User


def refuse_throwaway(email: str) -> str:
    """The address in lower case; ValidationError for throw-away domains and their subdomains."""
    address = email.strip().lower()
    labels = address.rpartition("@")[2].split(".")
    if any(".".join(labels[i:]) in blocklist for i in range(len(labels) - 1)):
        raise forms.ValidationError(
            _(
                "Wegwerf-Adressen nehmen wir nicht an. Deine Adresse sieht niemand außer dir und der Moderation."
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

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Write the mail to the outbox; a dead mail server never breaks sign-up or reset."""
        message = self.render_mail(
            template_prefix, email, {"request": self.request, "email": email} | context
        )
        html = next(
            (
                str(part.content)
                for part in getattr(message, "alternatives", [])
                if part.mimetype == "text/html"
            ),
            "",
        )
        queue_rendered(
            kind=template_prefix.rpartition("/")[2],
            to=email,
            subject=str(message.subject),
            text=str(message.body),
            html=html,
        )
