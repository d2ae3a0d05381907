"""Sign-up asks for an address, a password and the age; settings and deletion are one short form each."""

from typing import Any
from zoneinfo import available_timezones

from allauth.account.forms import SignupForm as AllauthSignupForm
from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User

ZONES = sorted(
    zone
    for zone in available_timezones()
    if zone.split("/")[0] in {"Europe", "America", "Asia", "Africa", "Australia"}
)


class SignupForm(AllauthSignupForm):  # type: ignore[misc]
    is_16 = forms.BooleanField(
        label=_("Ich bin mindestens 16 Jahre alt."),
        error_messages={"required": _("Ein Konto ist ab 16 Jahren möglich.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].help_text = _("Sieht niemand außer dir und der Moderation.")


class SettingsForm(forms.ModelForm[User]):
    zone = forms.ChoiceField(label=_("Zeitzone"), choices=[(zone, zone) for zone in ZONES])

    class Meta:
        model = User
        fields = ["pseudonym", "language", "zone"]
        help_texts = {
            "pseudonym": _("Sieht niemand außer dir und der Moderation."),
            "language": _("In dieser Sprache bekommst du Mails."),
        }


class DeleteForm(forms.Form):
    """The author chooses what happens to their reviews, and proves to mean it by typing their address."""

    reviews = forms.ChoiceField(
        label=_("Was soll mit deinen Bewertungen geschehen?"),
        choices=[
            ("keep", _("Veröffentlichte bleiben stehen, ohne jede Verbindung zu mir")),
            ("erase", _("Alle löschen")),
        ],
        widget=forms.RadioSelect,
    )
    email = forms.EmailField(label=_("Gib zur Bestätigung deine E-Mail-Adresse ein"))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        if email.lower() != self.user.email.lower():
            raise forms.ValidationError(_("Das ist nicht die Adresse dieses Kontos."))
        return email
