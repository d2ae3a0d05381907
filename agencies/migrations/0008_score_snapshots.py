import django.db.models.deletion
from django.db import migrations, models

WATCH = """
CREATE TRIGGER public_change AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON agencies_scoresnapshot
FOR EACH STATEMENT EXECUTE FUNCTION note_public_change();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("agencies", "0007_directory_at_scale"),
    ]

    operations = [
        migrations.CreateModel(
            name="ScoreSnapshot",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("month", models.DateField()),
                ("as_of", models.DateField()),
                ("n", models.PositiveIntegerField(default=0)),
                ("is_shown", models.BooleanField(default=False)),
                ("mean", models.FloatField(null=True)),
                ("lower", models.FloatField(null=True)),
                ("upper", models.FloatField(null=True)),
                ("first_month", models.DateField(null=True)),
                ("last_month", models.DateField(null=True)),
                (
                    "waits_source",
                    models.CharField(
                        blank=True,
                        choices=[("measured", "gemessen"), ("recalled", "aus Bewertungen")],
                        max_length=10,
                    ),
                ),
                ("waits_shown", models.BooleanField(default=False)),
                ("waits", models.PositiveIntegerField(default=0)),
                ("wait_persons", models.PositiveIntegerField(default=0)),
                ("answered_14", models.FloatField(null=True)),
                ("answered_14_lower", models.FloatField(null=True)),
                ("answered_14_upper", models.FloatField(null=True)),
                (
                    "agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="snapshots",
                        to="agencies.agency",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("agency", "month"), name="scoresnapshot_once_a_month"),
                    models.CheckConstraint(
                        condition=models.Q(("month__day", 1)), name="scoresnapshot_month_is_a_first"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("is_shown", True),
                            models.Q(("lower", None), ("mean", None), ("upper", None)),
                            _connector="OR",
                        ),
                        name="scoresnapshot_keeps_what_was_shown",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("waits_shown", True),
                            models.Q(
                                ("answered_14", None),
                                ("answered_14_lower", None),
                                ("answered_14_upper", None),
                            ),
                            _connector="OR",
                        ),
                        name="scoresnapshot_keeps_waits_that_were_shown",
                    ),
                ],
            },
        ),
        migrations.RunSQL(WATCH, "DROP TRIGGER public_change ON agencies_scoresnapshot"),
    ]
