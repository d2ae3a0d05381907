from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig

from config import celery  # noqa: F401 - every process that announces tasks must know the broker


class SiteConfig(AppConfig):
    """The site itself: pages that belong to no app, and commands that put the apps together."""

    name = "config"
    label = "site"

    def ready(self) -> None:
        from config import watchdog

        watchdog.watch()


class SiteAdminConfig(AdminConfig):
    default_site = "config.admin_site.ModerationSite"
