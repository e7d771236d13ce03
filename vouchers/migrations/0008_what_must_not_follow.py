import django.contrib.postgres.fields
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("directory", "0002_redemptions_and_webhooks"),
        ("events", "0002_fewer_indexes"),
        ("vouchers", "0007_codes_by_place"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="UploadAct",
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
                            ("anyway", "Took the same file again"),
                            ("again", "Had the file checked again"),
                            ("override", "Let codes in that were issued before"),
                            ("started", "Had the checked file imported"),
                            ("cancelled", "Cancelled the upload"),
                            ("withdrawn", "Withdrew the upload"),
                        ],
                        max_length=9,
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=300)),
                ("user_name", models.CharField(max_length=254)),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Watch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("recipient_key", models.CharField(max_length=260)),
                ("email", models.EmailField(blank=True, max_length=254)),
                ("idempotency_key", models.CharField(max_length=200)),
                ("trigger_ref", models.CharField(blank=True, max_length=120)),
                ("since", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
            ],
            options={
                "verbose_name_plural": "watches",
            },
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="campaign",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="campaign",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="vouchersettings",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="vouchersettings",
            name="update_update",
        ),
        migrations.AddField(
            model_name="campaign",
            name="absent",
            field=models.CharField(blank=True, max_length=60),
        ),
        migrations.AddField(
            model_name="campaign",
            name="absent_hours",
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="campaign",
            name="run_order",
            field=models.CharField(
                choices=[
                    ("random", "At random"),
                    ("file", "As in the uploaded list of people, the others after it"),
                ],
                default="random",
                max_length=6,
            ),
        ),
        migrations.AddField(
            model_name="campaignevent",
            name="absent",
            field=models.CharField(blank=True, max_length=60),
        ),
        migrations.AddField(
            model_name="campaignevent",
            name="absent_hours",
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="campaignevent",
            name="run_order",
            field=models.CharField(
                choices=[
                    ("random", "At random"),
                    ("file", "As in the uploaded list of people, the others after it"),
                ],
                default="random",
                max_length=6,
            ),
        ),
        migrations.AddField(
            model_name="uploadbatch",
            name="told_addresses",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.EmailField(max_length=254), blank=True, default=list, size=None
            ),
        ),
        migrations.AddField(
            model_name="vouchersettings",
            name="ignores_plus_tags",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="vouchersettingsevent",
            name="ignores_plus_tags",
            field=models.BooleanField(default=False),
        ),
        migrations.AlterField(
            model_name="alert",
            name="kind",
            field=models.CharField(
                choices=[
                    ("used_share", "Much is used"),
                    ("remaining", "Few codes remain"),
                    ("days_left", "Runs out soon"),
                    ("days_to_expiry", "Expires soon"),
                    ("exhausted", "No code left"),
                    ("waiting", "People wait for codes"),
                    ("leak", "Leak suspected"),
                    ("mismatch", "Counters differed"),
                    ("upload_failed", "Upload failed"),
                    ("endpoint_off", "Webhook switched off"),
                    ("held", "Mail held back"),
                ],
                max_length=14,
            ),
        ),
        migrations.AddIndex(
            model_name="issuance",
            index=models.Index(
                condition=models.Q(("source", "Manual")),
                fields=["trigger_ref"],
                name="vouchers_issued_for",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="campaign",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "vouchers_campaignevent" ("absent", "absent_hours", "business_id", "code_in_mail", "condition_set_id", "created_at", "description", "ends_at", "fallback_code", "id", "join", "mail_body", "mail_subject", "mails_waiting", "max_per_day", "max_per_month", "max_per_recipient", "max_per_week", "max_total", "min_validity_days", "name", "number", "on_exhaustion", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "qualification", "reservation_minutes", "run_order", "starts_at", "status", "status_changed_at", "status_set_by", "steps_done", "trigger", "updated_at") VALUES (NEW."absent", NEW."absent_hours", NEW."business_id", NEW."code_in_mail", NEW."condition_set_id", NEW."created_at", NEW."description", NEW."ends_at", NEW."fallback_code", NEW."id", NEW."join", NEW."mail_body", NEW."mail_subject", NEW."mails_waiting", NEW."max_per_day", NEW."max_per_month", NEW."max_per_recipient", NEW."max_per_week", NEW."max_total", NEW."min_validity_days", NEW."name", NEW."number", NEW."on_exhaustion", NEW."owner_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."public_id", NEW."qualification", NEW."reservation_minutes", NEW."run_order", NEW."starts_at", NEW."status", NEW."status_changed_at", NEW."status_set_by", NEW."steps_done", NEW."trigger", NEW."updated_at"); RETURN NULL;',
                    hash="c2765dedf0fbf1436ff50644ac8fda9ad4da6151",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_18d28",
                    table="vouchers_campaign",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="campaign",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."absent" IS DISTINCT FROM (NEW."absent") OR OLD."absent_hours" IS DISTINCT FROM (NEW."absent_hours") OR OLD."business_id" IS DISTINCT FROM (NEW."business_id") OR OLD."code_in_mail" IS DISTINCT FROM (NEW."code_in_mail") OR OLD."condition_set_id" IS DISTINCT FROM (NEW."condition_set_id") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."description" IS DISTINCT FROM (NEW."description") OR OLD."ends_at" IS DISTINCT FROM (NEW."ends_at") OR OLD."fallback_code" IS DISTINCT FROM (NEW."fallback_code") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."join" IS DISTINCT FROM (NEW."join") OR OLD."mail_body" IS DISTINCT FROM (NEW."mail_body") OR OLD."mail_subject" IS DISTINCT FROM (NEW."mail_subject") OR OLD."mails_waiting" IS DISTINCT FROM (NEW."mails_waiting") OR OLD."max_per_day" IS DISTINCT FROM (NEW."max_per_day") OR OLD."max_per_month" IS DISTINCT FROM (NEW."max_per_month") OR OLD."max_per_recipient" IS DISTINCT FROM (NEW."max_per_recipient") OR OLD."max_per_week" IS DISTINCT FROM (NEW."max_per_week") OR OLD."max_total" IS DISTINCT FROM (NEW."max_total") OR OLD."min_validity_days" IS DISTINCT FROM (NEW."min_validity_days") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."number" IS DISTINCT FROM (NEW."number") OR OLD."on_exhaustion" IS DISTINCT FROM (NEW."on_exhaustion") OR OLD."owner_id" IS DISTINCT FROM (NEW."owner_id") OR OLD."public_id" IS DISTINCT FROM (NEW."public_id") OR OLD."qualification" IS DISTINCT FROM (NEW."qualification") OR OLD."reservation_minutes" IS DISTINCT FROM (NEW."reservation_minutes") OR OLD."run_order" IS DISTINCT FROM (NEW."run_order") OR OLD."starts_at" IS DISTINCT FROM (NEW."starts_at") OR OLD."status" IS DISTINCT FROM (NEW."status") OR OLD."status_changed_at" IS DISTINCT FROM (NEW."status_changed_at") OR OLD."status_set_by" IS DISTINCT FROM (NEW."status_set_by") OR OLD."steps_done" IS DISTINCT FROM (NEW."steps_done") OR OLD."trigger" IS DISTINCT FROM (NEW."trigger") OR OLD."updated_at" IS DISTINCT FROM (NEW."updated_at"))',
                    func='INSERT INTO "vouchers_campaignevent" ("absent", "absent_hours", "business_id", "code_in_mail", "condition_set_id", "created_at", "description", "ends_at", "fallback_code", "id", "join", "mail_body", "mail_subject", "mails_waiting", "max_per_day", "max_per_month", "max_per_recipient", "max_per_week", "max_total", "min_validity_days", "name", "number", "on_exhaustion", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "qualification", "reservation_minutes", "run_order", "starts_at", "status", "status_changed_at", "status_set_by", "steps_done", "trigger", "updated_at") VALUES (NEW."absent", NEW."absent_hours", NEW."business_id", NEW."code_in_mail", NEW."condition_set_id", NEW."created_at", NEW."description", NEW."ends_at", NEW."fallback_code", NEW."id", NEW."join", NEW."mail_body", NEW."mail_subject", NEW."mails_waiting", NEW."max_per_day", NEW."max_per_month", NEW."max_per_recipient", NEW."max_per_week", NEW."max_total", NEW."min_validity_days", NEW."name", NEW."number", NEW."on_exhaustion", NEW."owner_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."public_id", NEW."qualification", NEW."reservation_minutes", NEW."run_order", NEW."starts_at", NEW."status", NEW."status_changed_at", NEW."status_set_by", NEW."steps_done", NEW."trigger", NEW."updated_at"); RETURN NULL;',
                    hash="737abf7d1735f1f8250d86d8725a702d98add0eb",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_686f3",
                    table="vouchers_campaign",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="vouchersettings",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "vouchers_vouchersettingsevent" ("business_id", "created_at", "id", "ignores_plus_tags", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "updated_at", "warn_addresses", "warn_days_left", "warn_days_to_expiry", "warn_remaining", "warn_used_percent", "warn_waiting") VALUES (NEW."business_id", NEW."created_at", NEW."id", NEW."ignores_plus_tags", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."updated_at", NEW."warn_addresses", NEW."warn_days_left", NEW."warn_days_to_expiry", NEW."warn_remaining", NEW."warn_used_percent", NEW."warn_waiting"); RETURN NULL;',
                    hash="c59cb911644b9266157f591ddd1940c798aa93d1",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_ad30e",
                    table="vouchers_vouchersettings",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="vouchersettings",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."business_id" IS DISTINCT FROM (NEW."business_id") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."ignores_plus_tags" IS DISTINCT FROM (NEW."ignores_plus_tags") OR OLD."updated_at" IS DISTINCT FROM (NEW."updated_at") OR OLD."warn_addresses" IS DISTINCT FROM (NEW."warn_addresses") OR OLD."warn_days_left" IS DISTINCT FROM (NEW."warn_days_left") OR OLD."warn_days_to_expiry" IS DISTINCT FROM (NEW."warn_days_to_expiry") OR OLD."warn_remaining" IS DISTINCT FROM (NEW."warn_remaining") OR OLD."warn_used_percent" IS DISTINCT FROM (NEW."warn_used_percent") OR OLD."warn_waiting" IS DISTINCT FROM (NEW."warn_waiting"))',
                    func='INSERT INTO "vouchers_vouchersettingsevent" ("business_id", "created_at", "id", "ignores_plus_tags", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "updated_at", "warn_addresses", "warn_days_left", "warn_days_to_expiry", "warn_remaining", "warn_used_percent", "warn_waiting") VALUES (NEW."business_id", NEW."created_at", NEW."id", NEW."ignores_plus_tags", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."updated_at", NEW."warn_addresses", NEW."warn_days_left", NEW."warn_days_to_expiry", NEW."warn_remaining", NEW."warn_used_percent", NEW."warn_waiting"); RETURN NULL;',
                    hash="9f3fcd120fbed5e90f741ca66bb7caecf43ea9d9",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_b5a0d",
                    table="vouchers_vouchersettings",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="campaign",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("absent", ""), ("absent_hours__isnull", True)),
                    models.Q(models.Q(("absent", ""), _negated=True), ("absent_hours__gte", 1)),
                    _connector="OR",
                ),
                name="vouchers_campaign_absence",
            ),
        ),
        migrations.AddConstraint(
            model_name="waitentry",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "waiting")),
                fields=("campaign", "idempotency_key"),
                name="vouchers_waiting_once_a_key",
            ),
        ),
        migrations.AddField(
            model_name="uploadact",
            name="batch",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="acts",
                to="vouchers.uploadbatch",
            ),
        ),
        migrations.AddField(
            model_name="uploadact",
            name="user",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="watch",
            name="campaign",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="watches",
                to="vouchers.campaign",
            ),
        ),
        migrations.AddField(
            model_name="watch",
            name="contact",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="directory.contact",
            ),
        ),
        migrations.AddField(
            model_name="watch",
            name="event",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="events.businessevent",
            ),
        ),
        migrations.AddField(
            model_name="watch",
            name="issuance",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="vouchers.issuance",
            ),
        ),
        migrations.AddIndex(
            model_name="uploadact",
            index=models.Index(fields=["batch", "-at"], name="vouchers_acts_of_batch"),
        ),
        migrations.AddIndex(
            model_name="watch",
            index=models.Index(fields=["due_at", "id"], name="vouchers_watch_due"),
        ),
        migrations.AddConstraint(
            model_name="watch",
            constraint=models.UniqueConstraint(
                fields=("campaign", "idempotency_key"), name="vouchers_watch_once"
            ),
        ),
    ]
