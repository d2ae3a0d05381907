import django.db.models.deletion
from django.db import migrations, models

# An interview is its journey's agency's, whoever writes either of them.
FOLLOW = """
LOCK TABLE journeys_journey IN SHARE ROW EXCLUSIVE MODE;  -- no agency may change until the triggers see it
UPDATE journeys_interview interview SET agency_id = journey.agency_id
FROM journeys_journey journey WHERE journey.id = interview.journey_id;
-- The new column wrote the rows anew, so this has their foreign keys checked: now, as no index can wait for it.
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;

CREATE FUNCTION interview_take_from_journey() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    SELECT agency_id INTO NEW.agency_id FROM journeys_journey WHERE id = NEW.journey_id;
    RETURN NEW;
END $$;
CREATE TRIGGER interview_takes_from_journey BEFORE INSERT OR UPDATE OF journey_id, agency_id ON journeys_interview
    FOR EACH ROW EXECUTE FUNCTION interview_take_from_journey();

-- Once for a statement: a merge moves thousands.
CREATE FUNCTION journey_give_to_interviews() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- EXECUTE: planned for as many as there are this time.
    EXECUTE 'UPDATE journeys_interview interview SET agency_id = moved.agency_id
             FROM moved WHERE interview.journey_id = moved.id AND interview.agency_id <> moved.agency_id';
    RETURN NULL;
END $$;
CREATE TRIGGER journey_gives_to_interviews AFTER UPDATE ON journeys_journey
    REFERENCING NEW TABLE AS moved
    FOR EACH STATEMENT EXECUTE FUNCTION journey_give_to_interviews();
"""
UNFOLLOW = """
DROP TRIGGER journey_gives_to_interviews ON journeys_journey;
DROP FUNCTION journey_give_to_interviews;
DROP TRIGGER interview_takes_from_journey ON journeys_interview;
DROP FUNCTION interview_take_from_journey;
"""


def of_agency(**null: bool) -> models.ForeignKey:
    return models.ForeignKey(
        blank=True,
        db_index=False,
        editable=False,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to="agencies.agency",
        **null,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("agencies", "0014_words_are_public"),
        ("journeys", "0006_divided_scores"),
    ]

    operations = [
        migrations.AddField("interview", "agency", of_agency(null=True)),
        migrations.RunSQL(FOLLOW, UNFOLLOW),
        migrations.AlterField("interview", "agency", of_agency()),
        migrations.RemoveIndex("interview", "interview_of_journey"),
        migrations.AddIndex("interview", models.Index(fields=["journey"], name="interview_of_journey")),
        migrations.AddIndex(
            "interview",
            models.Index(
                fields=["agency", "held_on"],
                include=(
                    *("id", "journey", "kind", "entry_day", "wait_days", "wait_end", "response"),
                    *("reason", "channel", "chased", "silent_party", "in_review"),
                ),
                name="interview_of_agency",
            ),
        ),
    ]
