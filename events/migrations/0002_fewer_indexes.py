import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("directory", "0002_redemptions_and_webhooks"),
        ("events", "0001_initial"),
    ]

    operations = [
        migrations.AlterField(
            model_name="businessevent",
            name="business",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="business_events",
                to="directory.organisation",
            ),
        ),
        migrations.AlterField(
            model_name="businessevent",
            name="contact",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="business_events",
                to="directory.contact",
            ),
        ),
    ]
