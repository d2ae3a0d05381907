import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.expressions
import django.db.models.functions.comparison
from django.conf import settings
from django.db import migrations, models

import agencies.folding

# What the directory needs of an agency, beside the numbers by which it is ordered: whoever writes either of them.
FOLLOW = """
CREATE FUNCTION agencyscore_take_from_agency() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    SELECT status = 'listed', sort_name INTO NEW.is_listed, NEW.sort_name
    FROM agencies_agency WHERE id = NEW.agency_id;
    NEW.is_listed := coalesce(NEW.is_listed, false);
    NEW.sort_name := coalesce(NEW.sort_name, '');
    RETURN NEW;
END $$;
CREATE TRIGGER agencyscore_takes_from_agency BEFORE INSERT ON agencies_agencyscore
    FOR EACH ROW EXECUTE FUNCTION agencyscore_take_from_agency();

CREATE FUNCTION agency_give_to_score() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE agencies_agencyscore SET is_listed = NEW.status = 'listed', sort_name = NEW.sort_name
    WHERE agency_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER agency_gives_to_score AFTER UPDATE OF status, name ON agencies_agency
    FOR EACH ROW WHEN (NEW.status <> OLD.status OR NEW.name <> OLD.name)
    EXECUTE FUNCTION agency_give_to_score();

-- For each count that changed, not for each statement: most minutes change none, and stored pages stay true.
CREATE TRIGGER public_change AFTER INSERT OR UPDATE OR DELETE ON agencies_listingcount
    FOR EACH ROW EXECUTE FUNCTION note_public_change();

UPDATE agencies_agencyscore score SET is_listed = agency.status = 'listed', sort_name = agency.sort_name
FROM agencies_agency agency WHERE agency.id = score.agency_id;
-- The new columns wrote the rows anew, so this update has their foreign keys checked: now, as no index can wait for it.
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
"""
UNFOLLOW = """
DROP TRIGGER public_change ON agencies_listingcount;
DROP TRIGGER agency_gives_to_score ON agencies_agency;
DROP FUNCTION agency_give_to_score;
DROP TRIGGER agencyscore_takes_from_agency ON agencies_agencyscore;
DROP FUNCTION agencyscore_take_from_agency;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("agencies", "0006_segments"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ListingCount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("form", models.CharField(blank=True, max_length=20)),
                ("fach", models.CharField(blank=True, max_length=20)),
                ("min_feedback", models.CharField(blank=True, max_length=10)),
                ("min_score", models.CharField(blank=True, max_length=10)),
                ("n", models.PositiveIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="Word",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("text", models.TextField(db_collation="C", unique=True)),
                ("stem", models.TextField(db_collation="C")),
                ("is_name", models.BooleanField()),
            ],
        ),
        migrations.RemoveIndex(
            model_name="agencyscore",
            name="agencyscore_by_score",
        ),
        migrations.RemoveIndex(
            model_name="agencyscore",
            name="agencyscore_by_wait",
        ),
        migrations.AddField(
            model_name="agency",
            name="sort_name",
            field=models.GeneratedField(
                db_persist=True,
                expression=agencies.folding.SearchFold("name"),
                output_field=models.TextField(db_collation="C"),
            ),
        ),
        migrations.AddField(
            model_name="agencyscore",
            name="feedback_rank",
            field=models.GeneratedField(
                db_persist=True,
                expression=models.Case(
                    models.When(then=models.Value(4.0), waits_shown=False),
                    models.When(
                        then=django.db.models.expressions.CombinedExpression(
                            models.Value(1.0),
                            "-",
                            django.db.models.functions.comparison.Coalesce(
                                models.F("answered_14_lower"), models.Value(-0.5)
                            ),
                        ),
                        waits_source="measured",
                    ),
                    default=django.db.models.expressions.CombinedExpression(
                        models.Value(3.0),
                        "-",
                        django.db.models.functions.comparison.Coalesce(
                            models.F("answered_14_lower"), models.Value(-0.5)
                        ),
                    ),
                    output_field=models.FloatField(),
                ),
                output_field=models.FloatField(),
            ),
        ),
        migrations.AddField(
            model_name="agencyscore",
            name="is_listed",
            field=models.BooleanField(default=False, editable=False),
        ),
        migrations.AddField(
            model_name="agencyscore",
            name="score_rank",
            field=models.GeneratedField(
                db_persist=True,
                expression=models.Case(
                    models.When(
                        is_shown=True,
                        then=django.db.models.expressions.CombinedExpression(
                            models.Value(0.0), "-", models.F("lower")
                        ),
                    ),
                    default=models.Value(9.0),
                    output_field=models.FloatField(),
                ),
                output_field=models.FloatField(),
            ),
        ),
        migrations.AddField(
            model_name="agencyscore",
            name="sort_name",
            field=models.TextField(db_collation="C", default="", editable=False),
        ),
        migrations.RunSQL(FOLLOW, UNFOLLOW),
        migrations.AddIndex(
            model_name="agency",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.search.SearchVector("sort_name", config="simple"),
                name="agency_words_of_name",
            ),
        ),
        migrations.AddIndex(
            model_name="agency",
            index=models.Index(fields=["sort_name", "id"], name="agency_by_name"),
        ),
        migrations.AddIndex(
            model_name="agencyscore",
            index=models.Index(
                models.F("feedback_rank"),
                django.db.models.expressions.CombinedExpression(models.F("waits"), "*", models.Value(-1)),
                models.F("sort_name"),
                models.F("agency"),
                condition=models.Q(("is_listed", True)),
                name="agencyscore_by_feedback",
            ),
        ),
        migrations.AddIndex(
            model_name="agencyscore",
            index=models.Index(
                models.F("score_rank"),
                django.db.models.expressions.CombinedExpression(models.F("n"), "*", models.Value(-1)),
                models.F("sort_name"),
                models.F("agency"),
                condition=models.Q(("is_listed", True)),
                name="agencyscore_by_score",
            ),
        ),
        migrations.AddIndex(
            model_name="agencyscore",
            index=models.Index(
                django.db.models.expressions.CombinedExpression(models.F("n"), "*", models.Value(-1)),
                models.F("sort_name"),
                models.F("agency"),
                condition=models.Q(("is_listed", True)),
                name="agencyscore_by_reviews",
            ),
        ),
        migrations.AddIndex(
            model_name="agencyscore",
            index=models.Index(
                models.OrderBy(models.F("answered_14_lower"), descending=True),
                models.F("agency"),
                condition=models.Q(("is_listed", True), ("waits_shown", True)),
                name="agencyscore_best_feedback",
            ),
        ),
        migrations.AddConstraint(
            model_name="listingcount",
            constraint=models.UniqueConstraint(
                fields=("form", "fach", "min_feedback", "min_score"), name="listingcount_once"
            ),
        ),
        migrations.AddIndex(
            model_name="word",
            index=models.Index(fields=["stem"], name="word_stem"),
        ),
        migrations.AddIndex(
            model_name="word",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.indexes.OpClass("text", name="gin_trgm_ops"),
                condition=models.Q(("is_name", True)),
                name="word_trigrams",
            ),
        ),
    ]
