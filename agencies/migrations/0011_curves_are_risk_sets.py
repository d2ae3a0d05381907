from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("agencies", "0010_fill_risk_sets")]
    operations = [
        migrations.RemoveField("waitcurve", "curve"),
        migrations.RemoveField("waitcurve", "old_outlook"),
        migrations.RemoveField("waitcurve", "as_of"),
    ]
