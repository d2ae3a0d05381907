"""Reviews, and journeys that a review tells of, are part of what visitors see: see agencies.models.version."""

from django.db import migrations

REVIEWS = """
CREATE TRIGGER public_change AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON reviews_review
FOR EACH STATEMENT EXECUTE FUNCTION note_public_change();
"""
# What people note about journeys is private until a review tells of it: only then is it a public change.
RATED = """
CREATE FUNCTION note_change_of_rated() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  is_rated boolean;
BEGIN
  EXECUTE format('SELECT EXISTS (SELECT FROM changed JOIN reviews_review review ON review.journey_id = changed.%I)',
                 TG_ARGV[0]) INTO is_rated;
  IF is_rated THEN
    INSERT INTO agencies_publicchange AS noted (backend, changed_at)
    VALUES (pg_backend_pid(), extract(epoch FROM clock_timestamp()) * 1000000)
    ON CONFLICT (backend) DO UPDATE SET changed_at = greatest(noted.changed_at + 1, excluded.changed_at);
  END IF;
  RETURN NULL;
END $$;
"""
WATCH = """
CREATE TRIGGER public_{verb} AFTER {verb} ON {table} REFERENCING {side} TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION note_change_of_rated('{journey}');
"""
TABLES = {"journeys_journey": "id", "journeys_interview": "journey_id"}
SIDES = {"INSERT": "NEW", "UPDATE": "NEW", "DELETE": "OLD"}
WATCHED = [(table, journey, verb, side) for table, journey in TABLES.items() for verb, side in SIDES.items()]


class Migration(migrations.Migration):
    dependencies = [
        ("reviews", "0003_revision_replaced"),
        ("agencies", "0005_public_changes"),
        ("journeys", "0003_interview_in_review"),
    ]
    operations = [
        migrations.RunSQL(REVIEWS, "DROP TRIGGER public_change ON reviews_review"),
        migrations.RunSQL(RATED, "DROP FUNCTION note_change_of_rated()"),
        *(
            migrations.RunSQL(
                WATCH.format(table=table, journey=journey, verb=verb, side=side),
                f"DROP TRIGGER public_{verb} ON {table}",
            )
            for table, journey, verb, side in WATCHED
        ),
    ]
