"""Sign-up: an address and a password, and that the person is old enough; nothing else is asked."""

from typing import Any

from allauth.account.forms import SignupForm as AllauthSignupForm
from django import forms
from django.utils.translation import gettext_lazy as _


class SignupForm(AllauthSignupForm):  # type: ignore[misc]
    is_16 = forms.BooleanField(
        label=_("Ich bin mindestens 16 Jahre alt."),
        error_messages={"required": _("Ein Konto ist ab 16 Jahren möglich.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].help_text = _("Sieht niemand außer dir und der Moderation.")
