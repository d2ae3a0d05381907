from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("journeys", "0005_indexes_for_scores")]

    operations = [
        migrations.RemoveIndex(model_name="journey", name="journey_agency_month"),
        migrations.AddIndex(
            model_name="journey",
            index=models.Index(
                fields=["agency", "month"],
                include=("id", "role", "outcome", "field", "office"),
                name="journey_agency_month",
            ),
        ),
    ]
