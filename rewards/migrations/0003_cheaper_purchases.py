import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("directory", "0002_redemptions_and_webhooks"),
        ("events", "0003_cheaper_purchases"),
        ("rewards", "0002_fewer_indexes"),
    ]

    operations = [
        migrations.AlterField(
            model_name="evaluationtrace",
            name="contact",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="traces",
                to="directory.contact",
            ),
        ),
        migrations.AlterField(
            model_name="evaluationtrace",
            name="event",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="traces",
                to="events.businessevent",
            ),
        ),
        migrations.AlterField(
            model_name="evaluationtrace",
            name="offer",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="traces",
                to="rewards.rewardoffer",
            ),
        ),
        migrations.AlterField(
            model_name="rewardevent",
            name="contact",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="reward_log",
                to="directory.contact",
            ),
        ),
    ]
