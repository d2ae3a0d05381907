from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class JourneysConfig(AppConfig):
    name = "journeys"
    verbose_name = _("Prozesse")

    def ready(self) -> None:
        from accounts import mail, personal
        from journeys import dispatch, reminders
        from journeys.personal import PART

        personal.register("journeys", PART)
        mail.register_composer(dispatch.KIND, reminders.compose)
