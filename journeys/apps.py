from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class JourneysConfig(AppConfig):
    name = "journeys"
    verbose_name = _("Prozesse")

    def ready(self) -> None:
        from accounts import mail, personal, zones
        from journeys import check_ins, dispatch, reminders
        from journeys.personal import PART

        personal.register("journeys", PART)
        mail.register_composer(dispatch.KIND, reminders.compose)
        zones.register(check_ins.follow_zone)
