from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reviews", "0005_indexes_for_scores")]

    operations = [
        migrations.RemoveIndex(model_name="review", name="review_counted"),
        migrations.AddIndex(
            model_name="review",
            index=models.Index(
                condition=models.Q(("is_current", True)),
                fields=["agency"],
                include=(
                    *("journey", "overall", "stars", "g", "v"),
                    *("feedback", "reachability", "honesty", "expertise", "support"),
                    *("respect", "discretion", "terms", "recommendation"),
                ),
                name="review_counted",
            ),
        ),
    ]
