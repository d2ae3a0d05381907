"""Curves keep their risk sets as numbers. What follows from them is fitted when it is shown, or stored beside them."""

from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("agencies", "0008_score_snapshots")]
    operations = [
        migrations.RenameField("waitcurve", "outlook", "old_outlook"),
        migrations.AddField("waitcurve", "early_persons", models.PositiveIntegerField(default=0)),
        migrations.AddField(
            "waitcurve",
            "risk_days",
            ArrayField(ArrayField(models.PositiveIntegerField(), size=6), default=list),
        ),
        migrations.AddField(
            "waitcurve", "outlook", ArrayField(ArrayField(models.FloatField(), size=4), default=list)
        ),
        migrations.AddField("waitcurve", "answered_14", models.FloatField(null=True)),
        migrations.AddField("waitcurve", "answered_14_lower", models.FloatField(null=True)),
        migrations.AddField("waitcurve", "dots_answered", models.PositiveSmallIntegerField(null=True)),
        migrations.AddField("waitcurve", "dots_late", models.PositiveSmallIntegerField(null=True)),
        migrations.AddField("waitcurve", "dots_withdrawn", models.PositiveSmallIntegerField(default=0)),
    ]
