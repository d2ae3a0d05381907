"""From the JSON of each curve into its columns. The market's dots come with the next night, all others are in the scores."""

from django.db import migrations

FILL = """
UPDATE agencies_waitcurve
SET early_persons = (curve->>'early_persons')::int,
    risk_days = coalesce(
      (SELECT array_agg(ARRAY(SELECT jsonb_array_elements_text(risk_day)::int) ORDER BY place)
       FROM jsonb_array_elements(curve->'days') WITH ORDINALITY AS days (risk_day, place)), '{}'),
    outlook = coalesce(
      (SELECT array_agg(ARRAY[day::float8] || ARRAY(SELECT jsonb_array_elements_text(chance)::float8))
       FROM jsonb_each(old_outlook) AS days (day, chance)), '{}'),
    answered_14 = (curve#>>'{headline,day14,answered}')::float8,
    answered_14_lower = (curve#>>'{headline,day14,lower}')::float8
WHERE curve ? 'days'
"""


class Migration(migrations.Migration):
    dependencies = [("agencies", "0009_wait_risk_sets")]
    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
