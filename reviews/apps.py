from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReviewsConfig(AppConfig):
    name = "reviews"
    verbose_name = _("Bewertungen")

    def ready(self) -> None:
        from accounts import retention
        from reviews import claims, drafts

        retention.register("drafts", drafts.purge)
        retention.register("unconfirmed_reviews", claims.purge)
