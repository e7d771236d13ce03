import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("directory", "0002_redemptions_and_webhooks"),
        ("events", "0002_fewer_indexes"),
        ("rewards", "0001_initial"),
    ]

    operations = [
        migrations.AlterField(
            model_name="award",
            name="contact",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="awards",
                to="directory.contact",
            ),
        ),
        migrations.AlterField(
            model_name="award",
            name="event",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="awards",
                to="events.businessevent",
            ),
        ),
        migrations.AlterField(
            model_name="award",
            name="gift_run",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="awards",
                to="rewards.giftrun",
            ),
        ),
    ]
