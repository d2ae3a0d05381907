from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("agencies", "0003_recruiters_decide"),
    ]

    operations = [
        migrations.AddField(
            model_name="waitcurve",
            name="outlook",
            field=models.JSONField(default=dict),
        ),
    ]
