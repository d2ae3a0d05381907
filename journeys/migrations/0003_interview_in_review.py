from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("journeys", "0002_tracker"),
    ]

    operations = [
        migrations.AddField(
            model_name="interview",
            name="in_review",
            field=models.BooleanField(default=False, editable=False),
        ),
    ]
