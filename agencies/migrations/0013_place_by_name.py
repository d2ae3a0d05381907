from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("agencies", "0012_office_postcode"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="place",
            index=models.Index(fields=["name", "country"], name="place_by_name"),
        ),
    ]
