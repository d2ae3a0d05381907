from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReviewsConfig(AppConfig):
    name = "reviews"
    verbose_name = _("Bewertungen")

    def ready(self) -> None:
        from accounts import personal, retention
        from reviews import claims, drafts
        from reviews.personal import PART

        retention.register("drafts", drafts.purge)
        retention.register("unconfirmed_reviews", claims.purge)
        personal.register("reviews", PART)
