from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AgenciesConfig(AppConfig):
    name = "agencies"
    verbose_name = _("Agenturen")

    def ready(self) -> None:
        from accounts import personal
        from agencies.personal import PART

        personal.register("agencies", PART)
