from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("agencies", "0011_curves_are_risk_sets"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="place",
            index=models.Index(fields=["name", "country"], name="place_by_name"),
        ),
    ]
