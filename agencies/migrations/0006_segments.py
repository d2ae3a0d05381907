import django.db.models.deletion
from django.db import migrations, models

WATCH = """
CREATE TRIGGER public_change AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON agencies_segmentscore
FOR EACH STATEMENT EXECUTE FUNCTION note_public_change();
"""


class Migration(migrations.Migration):
    dependencies = [("agencies", "0005_public_changes")]

    operations = [
        migrations.CreateModel(
            name="SegmentScore",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("n", models.PositiveIntegerField(default=0)),
                ("sum_gv", models.FloatField(default=0.0)),
                ("sum_gvx", models.FloatField(default=0.0)),
                ("sum_gvxx", models.FloatField(default=0.0)),
                ("weight", models.FloatField(default=0.0)),
                ("mean", models.FloatField(default=3.4)),
                ("spread", models.FloatField(default=0.0)),
                ("lower", models.FloatField(default=0.0)),
                ("upper", models.FloatField(default=0.0)),
                (
                    "dimension",
                    models.CharField(
                        choices=[
                            ("role", "Role"),
                            ("outcome", "Outcome"),
                            ("field", "Field"),
                            ("office", "Office"),
                        ],
                        max_length=8,
                    ),
                ),
                ("value", models.CharField(max_length=20)),
                ("is_shown", models.BooleanField(default=False)),
                (
                    "agency",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="segments",
                        to="agencies.agency",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("agency", "dimension", "value"),
                        name="segmentscore_once",
                        nulls_distinct=False,
                    )
                ],
            },
        ),
        migrations.RunSQL(WATCH, "DROP TRIGGER public_change ON agencies_segmentscore"),
    ]
