import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

import wallet.models.guards


class Migration(migrations.Migration):
    dependencies = [
        ("directory", "0002_redemptions_and_webhooks"),
        ("wallet", "0001_initial"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="account",
            name="account_moves_by_posting",
        ),
        migrations.AlterField(
            model_name="lot",
            name="parent",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="children",
                to="wallet.lot",
            ),
        ),
        migrations.AddIndex(
            model_name="lot",
            index=models.Index(
                condition=models.Q(("parent__isnull", False)),
                fields=["parent"],
                name="wallet_lot_parent",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="account",
            trigger=pgtrigger.compiler.Trigger(
                name="account_moves_by_posting",
                sql=wallet.models.guards.GuardSql(
                    func="\n                    IF EXISTS (\n                        SELECT FROM moved JOIN was USING (id)\n                        WHERE (moved.balance, moved.version) <> (was.balance, was.version)\n                            AND (moved.version <= was.version OR NOT EXISTS (\n                                SELECT FROM wallet_posting\n                                WHERE source_id = moved.id AND source_version = moved.version\n                                    AND source_after = moved.balance\n                                UNION ALL\n                                SELECT FROM wallet_posting\n                                WHERE target_id = moved.id AND target_version = moved.version\n                                    AND target_after = moved.balance\n                            ))\n                    ) THEN\n                        RAISE EXCEPTION 'The balance of an account changes only by a posting.' USING ERRCODE = '23514';\n                    END IF;\n                    RETURN NULL;\n                ",
                    hash="902fb1a52d25a97d7f881322d02ed925fa616424",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_account_moves_by_posting_dfb84",
                    referencing="REFERENCING OLD TABLE AS was  NEW TABLE AS moved ",
                    table="wallet_account",
                    when="AFTER",
                ),
            ),
        ),
    ]
