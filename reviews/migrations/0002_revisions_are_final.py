"""Nobody edits what an author wrote: the database refuses, whoever asks. Erasing empties a revision, no more."""

from django.db import migrations

CREATE = """
CREATE FUNCTION revision_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.good, NEW.better, NEW.answers, NEW.review_id, NEW.number)
     IS DISTINCT FROM (OLD.good, OLD.better, OLD.answers, OLD.review_id, OLD.number)
     AND NOT (NEW.good = '' AND NEW.better = '' AND NEW.answers = '{}'::jsonb
              AND NEW.review_id = OLD.review_id AND NEW.number = OLD.number) THEN
    RAISE EXCEPTION 'a revision is never edited' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER revision_is_final BEFORE UPDATE ON reviews_revision
FOR EACH ROW EXECUTE FUNCTION revision_is_final();
"""

DROP = """
DROP TRIGGER revision_is_final ON reviews_revision;
DROP FUNCTION revision_is_final();
"""


class Migration(migrations.Migration):
    dependencies = [("reviews", "0001_initial")]
    operations = [migrations.RunSQL(CREATE, DROP)]
