from django.db import migrations


class Migration(migrations.Migration):
    """Leave room on every page of accounts: a balance that moves stays there, and no index hears of it."""

    dependencies = [
        ("wallet", "0001_initial"),
    ]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE wallet_account SET (fillfactor = 70)",
            "ALTER TABLE wallet_account RESET (fillfactor)",
        ),
    ]
