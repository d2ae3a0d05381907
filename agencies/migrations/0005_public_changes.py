"""Every change of what visitors see is noted in its own transaction, whoever writes: see agencies.models.version."""

from django.db import migrations, models

TABLES = (
    "agencies_agency",
    "agencies_office",
    "agencies_recruiter",
    "agencies_agencyscore",
    "agencies_criterionscore",
    "agencies_waitcurve",
    "agencies_marketscore",
)

CREATE = """
CREATE FUNCTION note_public_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  now_us CONSTANT bigint := extract(epoch FROM clock_timestamp()) * 1000000;
BEGIN
  INSERT INTO agencies_publicchange AS noted (backend, changed_at) VALUES (pg_backend_pid(), now_us)
  ON CONFLICT (backend) DO UPDATE SET changed_at = greatest(noted.changed_at + 1, now_us);
  RETURN NULL;
END $$;
"""
WATCH = """
CREATE TRIGGER public_change AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {0}
FOR EACH STATEMENT EXECUTE FUNCTION note_public_change();
"""


class Migration(migrations.Migration):
    dependencies = [("agencies", "0004_wait_outlook")]
    operations = [
        migrations.CreateModel(
            name="PublicChange",
            fields=[
                ("backend", models.IntegerField(primary_key=True, serialize=False)),
                ("changed_at", models.BigIntegerField()),
            ],
            options={"verbose_name": "public change"},
        ),
        migrations.RunSQL(CREATE, "DROP FUNCTION note_public_change()"),
        *(
            migrations.RunSQL(WATCH.format(table), f"DROP TRIGGER public_change ON {table}")
            for table in TABLES
        ),
    ]
