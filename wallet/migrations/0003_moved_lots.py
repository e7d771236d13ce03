
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import wallet.models.guards


class Migration(migrations.Migration):
    dependencies = [
        ("directory", "0002_redemptions_and_webhooks"),
        ("wallet", "0002_fewer_indexes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="VersionChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("starts_before", models.DateTimeField()),
                ("expires_before", models.DateTimeField(null=True)),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="VersionMove",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reason", models.CharField(max_length=300)),
                ("created_at", models.DateTimeField()),
                ("last_wallet_id", models.BigIntegerField(default=0)),
                ("lot_count", models.PositiveIntegerField(default=0)),
                ("finished_at", models.DateTimeField(null=True)),
            ],
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="lot",
            name="lot_is_fixed",
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="lot",
            trigger=pgtrigger.compiler.Trigger(
                name="lot_is_fixed",
                sql=wallet.models.guards.GuardSql(
                    condition='WHEN (OLD."amount_minor" IS DISTINCT FROM (NEW."amount_minor") OR OLD."awarded_at" IS DISTINCT FROM (NEW."awarded_at") OR OLD."business_id" IS DISTINCT FROM (NEW."business_id") OR OLD."currency" IS DISTINCT FROM (NEW."currency") OR OLD."earned_by" IS DISTINCT FROM (NEW."earned_by") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."is_traced" IS DISTINCT FROM (NEW."is_traced") OR OLD."parent_id" IS DISTINCT FROM (NEW."parent_id") OR OLD."redeem_method" IS DISTINCT FROM (NEW."redeem_method") OR OLD."reference" IS DISTINCT FROM (NEW."reference") OR OLD."source" IS DISTINCT FROM (NEW."source") OR OLD."wallet_id" IS DISTINCT FROM (NEW."wallet_id"))',
                    func="RAISE EXCEPTION 'What a lot was granted as never changes.' USING ERRCODE = '23514';",
                    hash="3f9dc77e885e028699a6a1cf1d0da46bf912b7fe",
                    operation="UPDATE",
                    pgid="pgtrigger_lot_is_fixed_999af",
                    table="wallet_lot",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="lot",
            trigger=pgtrigger.compiler.Trigger(
                name="lot_stays_in_its_pool",
                sql=wallet.models.guards.GuardSql(
                    condition='WHEN (OLD."pool_version_id" IS DISTINCT FROM (NEW."pool_version_id") OR OLD."starts_at" IS DISTINCT FROM (NEW."starts_at"))',
                    func="\n                    IF NEW.starts_at <= OLD.starts_at AND (\n                        SELECT count(DISTINCT pool_id) FROM wallet_commercepoolversion\n                        WHERE id IN (OLD.pool_version_id, NEW.pool_version_id)\n                    ) = 1 THEN\n                        RETURN NEW;\n                    END IF;\n                    RAISE EXCEPTION 'A lot stays in its pool, and never begins later than it was granted.' USING ERRCODE = '23514';\n                ",
                    hash="e5b4f268c2e40faad7fbb24044703a2317494528",
                    operation="UPDATE",
                    pgid="pgtrigger_lot_stays_in_its_pool_e6f85",
                    table="wallet_lot",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddField(
            model_name="versionchange",
            name="before",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="wallet.commercepoolversion",
            ),
        ),
        migrations.AddField(
            model_name="versionchange",
            name="lot",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="version_changes",
                to="wallet.lot",
            ),
        ),
        migrations.AddField(
            model_name="versionmove",
            name="business",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="directory.organisation",
            ),
        ),
        migrations.AddField(
            model_name="versionmove",
            name="created_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="versionmove",
            name="version",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="moves",
                to="wallet.commercepoolversion",
            ),
        ),
        migrations.AddField(
            model_name="versionchange",
            name="move",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="changes",
                to="wallet.versionmove",
            ),
        ),
        migrations.AddConstraint(
            model_name="versionmove",
            constraint=models.UniqueConstraint(
                condition=models.Q(("finished_at__isnull", True)),
                fields=("version",),
                name="wallet_move_one_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="versionmove",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="wallet_move_reason"
            ),
        ),
        migrations.AddConstraint(
            model_name="versionchange",
            constraint=models.UniqueConstraint(fields=("move", "lot"), name="wallet_moved_once"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="versionchange",
            trigger=pgtrigger.compiler.Trigger(
                name="versionchange_never_changed",
                sql=wallet.models.guards.GuardSql(
                    func="RAISE EXCEPTION 'The change of a lot to another version is never changed and never deleted.' USING ERRCODE = '23514';",
                    hash="582627ec58e1d032df417ae232e3e423dc3fb611",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_versionchange_never_changed_efe9b",
                    table="wallet_versionchange",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="versionchange",
            trigger=pgtrigger.compiler.Trigger(
                name="versionchange_never_emptied",
                sql=wallet.models.guards.GuardSql(
                    func="\n            IF EXISTS (SELECT FROM wallet_versionchange) THEN\n                RAISE EXCEPTION 'The change of a lot to another version is never deleted.' USING ERRCODE = '23514';\n            END IF;\n            RETURN NULL;\n        ",
                    hash="ffa1055c00846e01ad521bdb97f093e37cf8433d",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_versionchange_never_emptied_56c47",
                    table="wallet_versionchange",
                    when="BEFORE",
                ),
            ),
        ),
    ]
