import django.contrib.postgres.fields
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("directory", "0001_initial"),
        ("pghistory", "0007_auto_20250421_0444"),
        ("vouchers", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="VoucherSettings",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
                (
                    "warn_used_percent",
                    models.PositiveSmallIntegerField(blank=True, default=80, null=True),
                ),
                ("warn_remaining", models.PositiveIntegerField(blank=True, null=True)),
                (
                    "warn_days_left",
                    models.PositiveSmallIntegerField(blank=True, default=7, null=True),
                ),
                (
                    "warn_days_to_expiry",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveSmallIntegerField(),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                ("warn_waiting", models.PositiveIntegerField(blank=True, default=1, null=True)),
                (
                    "warn_addresses",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.EmailField(max_length=254),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "business",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="voucher_settings",
                        to="directory.organisation",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="VoucherSettingsEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("created_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
                (
                    "warn_used_percent",
                    models.PositiveSmallIntegerField(blank=True, default=80, null=True),
                ),
                ("warn_remaining", models.PositiveIntegerField(blank=True, null=True)),
                (
                    "warn_days_left",
                    models.PositiveSmallIntegerField(blank=True, default=7, null=True),
                ),
                (
                    "warn_days_to_expiry",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveSmallIntegerField(),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                ("warn_waiting", models.PositiveIntegerField(blank=True, default=1, null=True)),
                (
                    "warn_addresses",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.EmailField(max_length=254),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                (
                    "business",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="directory.organisation",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="vouchers.vouchersettings",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Alert",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
                (
                    "kind",
                    models.CharField(
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
                        ],
                        max_length=14,
                    ),
                ),
                ("key", models.CharField(max_length=120)),
                ("subject", models.CharField(max_length=200)),
                ("reference", models.CharField(blank=True, max_length=64)),
                ("threshold", models.PositiveIntegerField(blank=True, null=True)),
                ("value", models.IntegerField(blank=True, null=True)),
                ("note", models.CharField(blank=True, max_length=300)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("acknowledged", "Acknowledged"),
                            ("resolved", "Resolved"),
                        ],
                        default="open",
                        max_length=12,
                    ),
                ),
                ("raised_at", models.DateTimeField()),
                ("acknowledged_at", models.DateTimeField(blank=True, null=True)),
                ("snoozed_until", models.DateTimeField(blank=True, null=True)),
                ("reminded_at", models.DateTimeField(blank=True, null=True)),
                ("resolved_at", models.DateTimeField(blank=True, null=True)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "acknowledged_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "business",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="directory.organisation",
                    ),
                ),
                (
                    "voucher_list",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="alerts",
                        to="vouchers.voucherlist",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["business", "-raised_at", "-id"], name="vouchers_alert_newest"
                    ),
                    models.Index(
                        condition=models.Q(("resolved_at__isnull", True)),
                        fields=["voucher_list"],
                        name="vouchers_alert_lasting",
                    ),
                    models.Index(
                        condition=models.Q(("state", "open")),
                        fields=["reminded_at"],
                        name="vouchers_alert_nagging",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("resolved_at__isnull", True)),
                        fields=("business", "key"),
                        name="vouchers_alert_raised_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("resolved_at__isnull", False), ("state", "resolved")),
                            models.Q(
                                models.Q(("state", "resolved"), _negated=True),
                                ("resolved_at__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="vouchers_alert_resolved",
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="vouchersettings",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("warn_used_percent__isnull", True),
                    models.Q(("warn_used_percent__gte", 1), ("warn_used_percent__lte", 100)),
                    _connector="OR",
                ),
                name="vouchers_settings_used_percent",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="vouchersettings",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "vouchers_vouchersettingsevent" ("business_id", "created_at", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "updated_at", "warn_addresses", "warn_days_left", "warn_days_to_expiry", "warn_remaining", "warn_used_percent", "warn_waiting") VALUES (NEW."business_id", NEW."created_at", NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."updated_at", NEW."warn_addresses", NEW."warn_days_left", NEW."warn_days_to_expiry", NEW."warn_remaining", NEW."warn_used_percent", NEW."warn_waiting"); RETURN NULL;',
                    hash="911a30f4b28512a3fc41a55f170ea5141831be74",
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
                    condition='WHEN (OLD."business_id" IS DISTINCT FROM (NEW."business_id") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."updated_at" IS DISTINCT FROM (NEW."updated_at") OR OLD."warn_addresses" IS DISTINCT FROM (NEW."warn_addresses") OR OLD."warn_days_left" IS DISTINCT FROM (NEW."warn_days_left") OR OLD."warn_days_to_expiry" IS DISTINCT FROM (NEW."warn_days_to_expiry") OR OLD."warn_remaining" IS DISTINCT FROM (NEW."warn_remaining") OR OLD."warn_used_percent" IS DISTINCT FROM (NEW."warn_used_percent") OR OLD."warn_waiting" IS DISTINCT FROM (NEW."warn_waiting"))',
                    func='INSERT INTO "vouchers_vouchersettingsevent" ("business_id", "created_at", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "updated_at", "warn_addresses", "warn_days_left", "warn_days_to_expiry", "warn_remaining", "warn_used_percent", "warn_waiting") VALUES (NEW."business_id", NEW."created_at", NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."updated_at", NEW."warn_addresses", NEW."warn_days_left", NEW."warn_days_to_expiry", NEW."warn_remaining", NEW."warn_used_percent", NEW."warn_waiting"); RETURN NULL;',
                    hash="1bd7950be594c5f2523cd4a01e3803b847affd63",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_b5a0d",
                    table="vouchers_vouchersettings",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="vouchersettingsevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="68626d5a2bddd2f8d82f7a3540688313788195a9",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_57f17",
                    table="vouchers_vouchersettingsevent",
                    when="BEFORE",
                ),
            ),
        ),
    ]
