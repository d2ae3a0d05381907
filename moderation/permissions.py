"""What the group "Moderation" may do: decide, look things up, keep agencies in order; no addresses, no accounts."""

from typing import Any

GROUP = "Moderation"
MAY: dict[tuple[str, str], tuple[str, ...]] = {
    ("moderation", "queueentry"): ("view",),
    ("moderation", "decision"): ("view", "add"),
    ("reviews", "review"): ("view",),
    ("reviews", "revision"): ("view",),
    ("agencies", "agency"): ("view", "add", "change"),
    ("agencies", "office"): ("view", "add", "change", "delete"),
    ("agencies", "recruiter"): ("view", "add", "change"),
    ("accounts", "user"): ("view",),
    ("accounts", "event"): ("view",),
}


def grant(apps: Any) -> None:
    """Make the group with these permissions, also before Django has made their rows. `apps` as in a migration."""
    group, _created = apps.get_model("auth", "Group").objects.get_or_create(name=GROUP)
    content_type, permission = (
        apps.get_model("contenttypes", "ContentType"),
        apps.get_model("auth", "Permission"),
    )
    for (app, model), verbs in MAY.items():
        kind, _created = content_type.objects.get_or_create(app_label=app, model=model)
        for verb in verbs:
            names = {"name": f"Can {verb} {apps.get_model(app, model)._meta.verbose_name}"}
            codename = f"{verb}_{model}"
            row, _created = permission.objects.get_or_create(
                content_type=kind, codename=codename, defaults=names
            )
            group.permissions.add(row)
