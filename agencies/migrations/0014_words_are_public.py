"""What a search finds depends on the words that agencies have: see agencies.models.version."""

from django.db import migrations

WATCH = """
CREATE TRIGGER public_change AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON agencies_word
FOR EACH STATEMENT EXECUTE FUNCTION note_public_change();
"""


class Migration(migrations.Migration):
    dependencies = [("agencies", "0013_place_by_name")]
    operations = [migrations.RunSQL(WATCH, "DROP TRIGGER public_change ON agencies_word")]
