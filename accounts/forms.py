"""The forms of an account: allauth's in our words, and settings and deletion, one short form each."""

from datetime import datetime
from typing import Any, ClassVar
from zoneinfo import available_timezones

from allauth.account import forms as account
from allauth.mfa import app_settings as mfa_settings
from allauth.mfa.adapter import get_adapter as get_mfa_adapter
from allauth.mfa.base import forms as mfa
from allauth.mfa.models import Authenticator
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User

ZONES = sorted(
    zone
    for zone in available_timezones()
    if zone.split("/")[0] in {"Europe", "America", "Asia", "Africa", "Australia"}
)
WORDS = {
    "email": _("E-Mail"),
    "login": _("E-Mail"),
    "password": _("Passwort"),
    "oldpassword": _("Bisheriges Passwort"),
    "password1": _("Neues Passwort"),
    "code": _("Code"),
    "name": _("Name"),
}
HINTS = {
    "password1": _(
        "Mindestens 12 Zeichen. Ein paar zufällige Wörter sind leicht zu merken und schwer zu raten."
    ),
}


class Plain(forms.Form):
    """allauth's fields in our words: a label above each instead of a placeholder in it, a new password typed once."""

    labels: ClassVar[dict[str, Any]] = {}  # what differs from WORDS here
    hints: ClassVar[dict[str, Any]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("password2", None)
        labels, hints = WORDS | self.labels, HINTS | self.hints
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            if name in labels:
                field.label, field.help_text = labels[name], hints.get(name, "")


# ---- getting in --------------------------------------------------------------------------------------------
# An address opens an account only if it is that account's address. One that somebody has typed as their new
# address and not confirmed yet opens nothing: it may be a slip, and the mailbox somebody else's.


class SignupForm(Plain, account.SignupForm):  # type: ignore[misc]
    labels = {"password1": _("Passwort")}
    hints = {"email": _("Sieht niemand außer dir und der Moderation.")}
    field_order = ["email", "password1", "is_16"]
    is_16 = forms.BooleanField(
        label=_("Ich bin mindestens 16 Jahre alt."),
        error_messages={"required": _("Ein Konto ist ab 16 Jahren möglich.")},
    )

    def validate_unique_email(self, value: str) -> str:
        self.account_already_exists = User.objects.filter(email=value).exists()
        return value

    def try_save(self, request: HttpRequest) -> Any:
        """A second click at the same moment finds the account that the first one made."""
        try:
            with transaction.atomic():
                return super().try_save(request)
        except IntegrityError:
            self.account_already_exists = True
            return super().try_save(request)


class LoginForm(Plain, account.LoginForm):  # type: ignore[misc]
    pass


class RequestLoginCodeForm(Plain, account.RequestLoginCodeForm):  # type: ignore[misc]
    _user: User | None

    def clean_email(self) -> str:
        email: str = super().clean_email()
        self._user = self._user if self._user and self._user.email == email else None
        return email


class ConfirmLoginCodeForm(Plain, account.ConfirmLoginCodeForm):  # type: ignore[misc]
    pass


class ResetPasswordForm(Plain, account.ResetPasswordForm):  # type: ignore[misc]
    users: list[User]

    def clean_email(self) -> str:
        email: str = super().clean_email()
        self.users = [user for user in self.users if user.email == email]
        return email


class ResetPasswordKeyForm(Plain, account.ResetPasswordKeyForm):  # type: ignore[misc]
    pass


class CodeForm(Plain):
    labels = {"code": _("Code aus der App oder Notfall-Code")}
    authenticator: Authenticator

    def clean_code(self) -> str:
        """A code of the app opens once, even while the cache, where allauth notes used ones, is away."""
        code: str = super().clean_code()  # type: ignore[misc]
        used = self.authenticator.last_used_at
        if (
            self.authenticator.type == Authenticator.Type.TOTP
            and used
            and _period(used) == _period(timezone.now())
        ):
            raise get_mfa_adapter().validation_error("incorrect_code")
        return code


def _period(moment: datetime) -> int:
    """Which of the 30 seconds it is that one code is shown for."""
    return int(moment.timestamp() // mfa_settings.TOTP_PERIOD)


class SecondFactorForm(CodeForm, mfa.AuthenticateForm):  # type: ignore[misc]
    pass


# ---- when logged in ----------------------------------------------------------------------------------------


class ChangePasswordForm(Plain, account.ChangePasswordForm):  # type: ignore[misc]
    pass


class SetPasswordForm(Plain, account.SetPasswordForm):  # type: ignore[misc]
    pass


class ChangeAddressForm(Plain, account.AddEmailForm):  # type: ignore[misc]
    labels = {"email": _("Neue Adresse")}


class ReauthenticateForm(Plain, account.ReauthenticateForm):  # type: ignore[misc]
    pass


class SecondFactorAgainForm(CodeForm, mfa.ReauthenticateForm):  # type: ignore[misc]
    pass


class ActivateAppForm(Plain, totp.ActivateTOTPForm):  # type: ignore[misc]
    labels = {"code": _("Code aus der App")}


class AddPasskeyForm(Plain, webauthn.AddWebAuthnForm):  # type: ignore[misc]
    passwordless = forms.BooleanField(
        label=_("Damit auch ohne Passwort anmelden"),
        help_text=_("Dein Gerät fragt dann nach Fingerabdruck, Gesicht oder PIN."),
        initial=True,
        required=False,
    )


class EditPasskeyForm(Plain, webauthn.EditWebAuthnForm):  # type: ignore[misc]
    pass


# ---- our own -----------------------------------------------------------------------------------------------


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
