from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AgenciesConfig(AppConfig):
    name = "agencies"
    verbose_name = _("Agenturen")

    def ready(self) -> None:
        from accounts import personal, retention
        from agencies import consent
        from agencies.models import version
        from agencies.personal import PART

        retention.register("unanswered_recruiters", consent.forget_addresses)
        retention.register("gone_connections", version.settle)
        personal.register("agencies", PART)
