"""The log is append-only and hash-chained by the database itself, whoever writes to it."""

from django.db import migrations

CREATE = """
CREATE FUNCTION event_hash(previous text, e accounts_event) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT encode(sha256(convert_to(concat_ws(chr(31), previous, extract(epoch FROM e.at)::text, coalesce(e.actor_id::text, ''),
    e.verb, e.subject_type, e.subject_id, e.before, e.after, e.reason, e.data::text), 'UTF8')), 'hex')
$$;

CREATE FUNCTION event_chain() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('accounts_event'));
  SELECT hash INTO NEW.previous_hash FROM accounts_event ORDER BY id DESC LIMIT 1;
  NEW.previous_hash := coalesce(NEW.previous_hash, '');
  NEW.id := nextval(pg_get_serial_sequence('accounts_event', 'id'));
  NEW.hash := event_hash(NEW.previous_hash, NEW);
  RETURN NEW;
END $$;

CREATE FUNCTION event_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the event log is append-only' USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER event_chain BEFORE INSERT ON accounts_event FOR EACH ROW EXECUTE FUNCTION event_chain();
CREATE TRIGGER event_no_change BEFORE UPDATE OR DELETE ON accounts_event FOR EACH ROW EXECUTE FUNCTION event_refuse();
CREATE TRIGGER event_no_truncate BEFORE TRUNCATE ON accounts_event FOR EACH STATEMENT EXECUTE FUNCTION event_refuse();
"""

DROP = """
DROP TRIGGER event_no_truncate ON accounts_event;
DROP TRIGGER event_no_change ON accounts_event;
DROP TRIGGER event_chain ON accounts_event;
DROP FUNCTION event_refuse();
DROP FUNCTION event_chain();
DROP FUNCTION event_hash(text, accounts_event);
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]
    operations = [migrations.RunSQL(CREATE, DROP)]
