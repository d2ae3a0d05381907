"""The group "Moderation", with what its people may do."""

from typing import Any

from django.db import migrations

from moderation.permissions import GROUP, grant


def create(apps: Any, schema_editor: Any) -> None:
    grant(apps)


def remove(apps: Any, schema_editor: Any) -> None:
    apps.get_model("auth", "Group").objects.filter(name=GROUP).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("moderation", "0003_screening_and_queue"),
        ("accounts", "0002_event_log"),
        ("agencies", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("reviews", "0002_revisions_are_final"),
    ]
    operations = [migrations.RunPython(create, remove)]
