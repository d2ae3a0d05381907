"""No restriction without its statement of reasons (Art. 17 DSA): checked when the transaction commits."""

from django.db import migrations

CREATE = """
CREATE FUNCTION restriction_owes_reasons() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM moderation_decision d
    WHERE d.review_id = NEW.id AND d.outcome <> 'publish' AND d.at >= NEW.status_since - interval '1 second'
  ) THEN
    RAISE EXCEPTION 'review % became % without a statement of reasons', NEW.id, NEW.status
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER restriction_owes_reasons
AFTER INSERT OR UPDATE OF status ON reviews_review
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
WHEN (NEW.status IN ('changes', 'rejected', 'hidden', 'removed'))
EXECUTE FUNCTION restriction_owes_reasons();
"""

DROP = """
DROP TRIGGER restriction_owes_reasons ON reviews_review;
DROP FUNCTION restriction_owes_reasons();
"""


class Migration(migrations.Migration):
    dependencies = [("moderation", "0001_initial"), ("reviews", "0002_revisions_are_final")]
    operations = [migrations.RunSQL(CREATE, DROP)]
