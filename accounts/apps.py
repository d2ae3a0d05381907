from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("Konten")

    def ready(self) -> None:
        from allauth.account.signals import email_confirmed

        from accounts import consents, retention
        from accounts.sending import forgive_bounce

        retention.register("unconfirmed_consents", consents.purge_unconfirmed)
        retention.register("withdrawn_consents", consents.purge_withdrawn)
        email_confirmed.connect(forgive_bounce)
