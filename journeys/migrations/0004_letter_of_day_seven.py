from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("journeys", "0003_interview_in_review")]

    operations = [
        migrations.AlterField(
            model_name="sentletter",
            name="step",
            field=models.CharField(
                choices=[
                    ("first", "Vor dem ersten Gespräch: Rückmeldung vereinbaren"),
                    ("client", "Vor dem Gespräch beim Kunden: um Rückmeldung bitten"),
                    ("day3", "Tag 3: freundlich nachfragen"),
                    ("day7", "Tag 7: nach dem Stand fragen"),
                    ("day14", "Tag 14: bestimmt nachfragen"),
                    ("day30", "Tag 30: Auskunft über deine Daten verlangen"),
                ],
                max_length=20,
                verbose_name="Schritt",
            ),
        ),
    ]
