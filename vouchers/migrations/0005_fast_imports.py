import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("directory", "0002_redemptions_and_webhooks"),
        ("vouchers", "0004_links_and_sendings"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="StagedCode",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "batch_id",
                        "line_no",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("batch_id", models.BigIntegerField()),
                ("line_no", models.PositiveIntegerField()),
                ("code", models.CharField(db_collation="C", max_length=255)),
            ],
        ),
        migrations.CreateModel(
            name="UploadDownload",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("rejected", "Refused lines"),
                            ("all", "All lines"),
                            ("original", "The file as uploaded"),
                            ("correct", "Refused values, to correct and upload again"),
                            ("generated", "Generated codes"),
                        ],
                        max_length=9,
                    ),
                ),
                ("user_name", models.CharField(max_length=254)),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.RemoveIndex(
            model_name="uploadbatch",
            name="vouchers_batch_open",
        ),
        migrations.RemoveField(
            model_name="uploadbatch",
            name="is_cancel_asked",
        ),
        migrations.AddField(
            model_name="uploadbatch",
            name="downloaded_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="uploadbatch",
            name="full_from_line",
            field=models.PositiveIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="uploadbatch",
            name="published_line",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="uploadbatch",
            name="reading",
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.AddField(
            model_name="uploadbatch",
            name="remarks",
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.AddField(
            model_name="uploadbatch",
            name="same_as",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                to="vouchers.uploadbatch",
            ),
        ),
        migrations.AddField(
            model_name="uploadbatch",
            name="staged_count",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="uploadbatch",
            name="void_count",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AlterField(
            model_name="redemptionupload",
            name="status",
            field=models.CharField(
                choices=[
                    ("asking", "Waiting for your answer"),
                    ("rehearsed", "Checked, not imported"),
                    ("in_progress", "In progress"),
                    ("completed", "Completed"),
                    ("with_errors", "Completed with errors"),
                    ("failed", "Failed"),
                    ("cancelled", "Cancelled"),
                    ("withdrawing", "Being withdrawn"),
                    ("withdrawn", "Withdrawn"),
                ],
                default="in_progress",
                max_length=11,
            ),
        ),
        migrations.AlterField(
            model_name="uploadbatch",
            name="status",
            field=models.CharField(
                choices=[
                    ("asking", "Waiting for your answer"),
                    ("rehearsed", "Checked, not imported"),
                    ("in_progress", "In progress"),
                    ("completed", "Completed"),
                    ("with_errors", "Completed with errors"),
                    ("failed", "Failed"),
                    ("cancelled", "Cancelled"),
                    ("withdrawing", "Being withdrawn"),
                    ("withdrawn", "Withdrawn"),
                ],
                default="in_progress",
                max_length=11,
            ),
        ),
        migrations.AlterField(
            model_name="uploadbatch",
            name="step",
            field=models.CharField(
                choices=[
                    ("queued", "Waiting for its turn"),
                    ("scanning", "Reading the file"),
                    ("importing", "Comparing codes"),
                    ("publishing", "Publishing codes"),
                    ("done", "Done"),
                ],
                default="queued",
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="uploadline",
            name="batch",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="lines",
                to="vouchers.uploadbatch",
            ),
        ),
        migrations.AlterField(
            model_name="vouchercode",
            name="batch",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="codes",
                to="vouchers.uploadbatch",
            ),
        ),
        migrations.AlterField(
            model_name="vouchercode",
            name="voucher_list",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="codes",
                to="vouchers.voucherlist",
            ),
        ),
        migrations.AddIndex(
            model_name="uploadbatch",
            index=models.Index(
                condition=models.Q(("status__in", ["in_progress", "withdrawing"])),
                fields=["voucher_list", "id"],
                name="vouchers_batch_open",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="uploadbatch",
            trigger=pgtrigger.compiler.Trigger(
                name="vouchers_batch_with_codes",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n                    IF EXISTS (SELECT FROM vouchers_vouchercode WHERE batch_id = OLD.id) THEN\n                        RAISE EXCEPTION 'An upload with codes is never deleted.';\n                    END IF;\n                    RETURN OLD;\n                ",
                    hash="b690bb5a65473208a77e00f152f9e1aee0a67f12",
                    operation="DELETE",
                    pgid="pgtrigger_vouchers_batch_with_codes_e1fef",
                    table="vouchers_uploadbatch",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="vouchercode",
            trigger=pgtrigger.compiler.Trigger(
                name="vouchers_code_of_its_list",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n                    IF EXISTS (\n                        SELECT FROM (SELECT DISTINCT batch_id, voucher_list_id FROM added) AS pair\n                        WHERE NOT EXISTS (\n                            SELECT FROM vouchers_uploadbatch AS batch\n                            WHERE batch.id = pair.batch_id\n                            AND batch.voucher_list_id = pair.voucher_list_id\n                        )\n                    ) THEN\n                        RAISE EXCEPTION 'A code belongs to a batch of its list.';\n                    END IF;\n                    RETURN NULL;\n                ",
                    hash="3a4ee0af1a9cfb2b4fb8a02c7e0e79d35d732c2c",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_vouchers_code_of_its_list_5c191",
                    referencing="REFERENCING NEW TABLE AS added ",
                    table="vouchers_vouchercode",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddField(
            model_name="uploaddownload",
            name="batch",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="downloads",
                to="vouchers.uploadbatch",
            ),
        ),
        migrations.AddField(
            model_name="uploaddownload",
            name="user",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddIndex(
            model_name="uploaddownload",
            index=models.Index(fields=["batch", "-at"], name="vouchers_downloads_of_batch"),
        ),
    ]
