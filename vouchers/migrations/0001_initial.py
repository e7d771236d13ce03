import uuid

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.text
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models

import core.codes
import core.migration_operations


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("core", "0001_initial"),
        ("directory", "0001_initial"),
        ("events", "0001_initial"),
        ("pghistory", "0007_auto_20250421_0444"),
    ]

    operations = [
        core.migration_operations.CreateModels(
            [
                migrations.CreateModel(
                    name="Partner",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("created_at", models.DateTimeField()),
                        ("updated_at", models.DateTimeField()),
                        ("name", models.CharField(db_collation="C", max_length=100)),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("external", "Brand partner"),
                                    ("internal", "Own coupon engine"),
                                ],
                                default="external",
                                max_length=8,
                            ),
                        ),
                        (
                            "duplicate_scope",
                            models.CharField(
                                choices=[
                                    ("list", "Within one list"),
                                    ("partner", "Across all lists of the partner"),
                                ],
                                default="list",
                                max_length=7,
                            ),
                        ),
                        ("redemption_url", models.URLField(blank=True, max_length=300)),
                        ("redemption_instructions", models.TextField(blank=True, max_length=2000)),
                        ("logo", models.ImageField(blank=True, upload_to="voucher-partners/")),
                        ("contact_email", models.EmailField(blank=True, max_length=254)),
                        ("is_told_of_low_stock", models.BooleanField(default=False)),
                        ("late_redemption_days", models.PositiveSmallIntegerField(default=0)),
                        ("is_active", models.BooleanField(default=True)),
                        ("version", models.PositiveIntegerField(default=1)),
                        (
                            "business",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="voucher_partners",
                                to="directory.organisation",
                            ),
                        ),
                        (
                            "created_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                models.F("business"),
                                django.db.models.functions.text.Lower("name"),
                                name="vouchers_partner_alike",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("business", "name"), name="vouchers_partner_name"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("name", ""), _negated=True),
                                name="vouchers_partner_named",
                            ),
                        ],
                        "triggers": [
                            pgtrigger.compiler.Trigger(
                                name="insert_insert",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    func='INSERT INTO "vouchers_partnerevent" ("business_id", "contact_email", "created_at", "created_by_id", "duplicate_scope", "id", "is_active", "is_told_of_low_stock", "kind", "late_redemption_days", "logo", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "redemption_instructions", "redemption_url", "updated_at", "version") VALUES (NEW."business_id", NEW."contact_email", NEW."created_at", NEW."created_by_id", NEW."duplicate_scope", NEW."id", NEW."is_active", NEW."is_told_of_low_stock", NEW."kind", NEW."late_redemption_days", NEW."logo", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."redemption_instructions", NEW."redemption_url", NEW."updated_at", NEW."version"); RETURN NULL;',
                                    hash="ebbb6e236a0b7fd91de240afdef58fab94a00a07",
                                    operation="INSERT",
                                    pgid="pgtrigger_insert_insert_73ba3",
                                    table="vouchers_partner",
                                    when="AFTER",
                                ),
                            ),
                            pgtrigger.compiler.Trigger(
                                name="update_update",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                                    func='INSERT INTO "vouchers_partnerevent" ("business_id", "contact_email", "created_at", "created_by_id", "duplicate_scope", "id", "is_active", "is_told_of_low_stock", "kind", "late_redemption_days", "logo", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "redemption_instructions", "redemption_url", "updated_at", "version") VALUES (NEW."business_id", NEW."contact_email", NEW."created_at", NEW."created_by_id", NEW."duplicate_scope", NEW."id", NEW."is_active", NEW."is_told_of_low_stock", NEW."kind", NEW."late_redemption_days", NEW."logo", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."redemption_instructions", NEW."redemption_url", NEW."updated_at", NEW."version"); RETURN NULL;',
                                    hash="ca7dc945673d268ea6f8d1f34c034d47fe56e175",
                                    operation="UPDATE",
                                    pgid="pgtrigger_update_update_a0a20",
                                    table="vouchers_partner",
                                    when="AFTER",
                                ),
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="VoucherList",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("created_at", models.DateTimeField()),
                        ("updated_at", models.DateTimeField()),
                        ("list_tag", models.CharField(max_length=64)),
                        ("generation", models.PositiveSmallIntegerField(default=1)),
                        ("list_id", models.CharField(editable=False, max_length=13, unique=True)),
                        ("name", models.CharField(max_length=120)),
                        ("description", models.TextField(blank=True, max_length=2000)),
                        ("expires_at", models.DateTimeField()),
                        (
                            "redeem_rule",
                            models.CharField(
                                choices=[
                                    ("same_as_list", "Until the list expires"),
                                    ("fixed_date", "Until a fixed date"),
                                    ("days_after_issue", "A number of days after it was given out"),
                                ],
                                default="same_as_list",
                                max_length=16,
                            ),
                        ),
                        ("redeem_until", models.DateTimeField(blank=True, null=True)),
                        ("redeem_days", models.PositiveSmallIntegerField(blank=True, null=True)),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("active", "Active"),
                                    ("paused", "Paused"),
                                    ("expired", "Expired"),
                                    ("archived", "Archived"),
                                ],
                                default="active",
                                max_length=8,
                            ),
                        ),
                        (
                            "status_before_expiry",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("active", "Active"),
                                    ("paused", "Paused"),
                                    ("expired", "Expired"),
                                    ("archived", "Archived"),
                                ],
                                max_length=8,
                            ),
                        ),
                        (
                            "status_set_by",
                            models.CharField(
                                choices=[("staff", "Staff"), ("clock", "Clock")],
                                default="staff",
                                max_length=5,
                            ),
                        ),
                        ("status_changed_at", models.DateTimeField()),
                        (
                            "code_case",
                            models.CharField(
                                choices=[
                                    ("exact", "AbC and ABC are two codes"),
                                    ("insensitive", "AbC and ABC are the same code"),
                                ],
                                default="exact",
                                max_length=11,
                            ),
                        ),
                        ("code_min_length", models.PositiveSmallIntegerField(default=2)),
                        ("code_max_length", models.PositiveSmallIntegerField(default=255)),
                        (
                            "assignment_order",
                            models.CharField(
                                choices=[
                                    ("sequential", "In the order of upload"),
                                    ("random", "At random"),
                                ],
                                default="sequential",
                                max_length=10,
                            ),
                        ),
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
                        (
                            "warn_waiting",
                            models.PositiveIntegerField(blank=True, default=1, null=True),
                        ),
                        (
                            "warn_addresses",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.EmailField(max_length=254),
                                blank=True,
                                default=list,
                                size=None,
                            ),
                        ),
                        ("codes_released_at", models.DateTimeField(blank=True, null=True)),
                        ("version", models.PositiveIntegerField(default=1)),
                        (
                            "business",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="voucher_lists",
                                to="directory.organisation",
                            ),
                        ),
                        (
                            "created_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "partner",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="lists",
                                to="vouchers.partner",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["business", "-updated_at", "-id"],
                                name="vouchers_list_newest",
                            ),
                            models.Index(
                                condition=models.Q(("status__in", ["active", "paused"])),
                                fields=["expires_at"],
                                name="vouchers_list_expiring",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("status", "archived"), _negated=True),
                                fields=("partner", "list_tag"),
                                name="vouchers_list_tag_in_use",
                            ),
                            models.UniqueConstraint(
                                fields=("partner", "list_tag", "generation"),
                                name="vouchers_list_generation",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("code_max_length__lte", 255),
                                    ("code_min_length__gte", 1),
                                    ("code_min_length__lte", models.F("code_max_length")),
                                ),
                                name="vouchers_list_lengths",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("redeem_days", None),
                                        ("redeem_rule", "same_as_list"),
                                        ("redeem_until", None),
                                    ),
                                    models.Q(
                                        ("redeem_days", None),
                                        ("redeem_rule", "fixed_date"),
                                        ("redeem_until__isnull", False),
                                    ),
                                    models.Q(
                                        ("redeem_days__gte", 1),
                                        ("redeem_rule", "days_after_issue"),
                                        ("redeem_until", None),
                                    ),
                                    _connector="OR",
                                ),
                                name="vouchers_list_redeem_rule",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("warn_used_percent__isnull", True),
                                    models.Q(
                                        ("warn_used_percent__gte", 1),
                                        ("warn_used_percent__lte", 100),
                                    ),
                                    _connector="OR",
                                ),
                                name="vouchers_list_used_percent",
                            ),
                        ],
                        "triggers": [
                            pgtrigger.compiler.Trigger(
                                name="insert_insert",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    func='INSERT INTO "vouchers_voucherlistevent" ("assignment_order", "business_id", "code_case", "code_max_length", "code_min_length", "codes_released_at", "created_at", "created_by_id", "description", "expires_at", "generation", "id", "list_id", "list_tag", "name", "partner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "redeem_days", "redeem_rule", "redeem_until", "status", "status_before_expiry", "status_changed_at", "status_set_by", "updated_at", "warn_addresses", "warn_days_left", "warn_days_to_expiry", "warn_remaining", "warn_used_percent", "warn_waiting") VALUES (NEW."assignment_order", NEW."business_id", NEW."code_case", NEW."code_max_length", NEW."code_min_length", NEW."codes_released_at", NEW."created_at", NEW."created_by_id", NEW."description", NEW."expires_at", NEW."generation", NEW."id", NEW."list_id", NEW."list_tag", NEW."name", NEW."partner_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."redeem_days", NEW."redeem_rule", NEW."redeem_until", NEW."status", NEW."status_before_expiry", NEW."status_changed_at", NEW."status_set_by", NEW."updated_at", NEW."warn_addresses", NEW."warn_days_left", NEW."warn_days_to_expiry", NEW."warn_remaining", NEW."warn_used_percent", NEW."warn_waiting"); RETURN NULL;',
                                    hash="d7b769b3896b026cae6bc3292b5da9598188e17e",
                                    operation="INSERT",
                                    pgid="pgtrigger_insert_insert_34c50",
                                    table="vouchers_voucherlist",
                                    when="AFTER",
                                ),
                            ),
                            pgtrigger.compiler.Trigger(
                                name="update_update",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    condition='WHEN (OLD."assignment_order" IS DISTINCT FROM (NEW."assignment_order") OR OLD."business_id" IS DISTINCT FROM (NEW."business_id") OR OLD."code_case" IS DISTINCT FROM (NEW."code_case") OR OLD."code_max_length" IS DISTINCT FROM (NEW."code_max_length") OR OLD."code_min_length" IS DISTINCT FROM (NEW."code_min_length") OR OLD."codes_released_at" IS DISTINCT FROM (NEW."codes_released_at") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."created_by_id" IS DISTINCT FROM (NEW."created_by_id") OR OLD."description" IS DISTINCT FROM (NEW."description") OR OLD."expires_at" IS DISTINCT FROM (NEW."expires_at") OR OLD."generation" IS DISTINCT FROM (NEW."generation") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."list_id" IS DISTINCT FROM (NEW."list_id") OR OLD."list_tag" IS DISTINCT FROM (NEW."list_tag") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."partner_id" IS DISTINCT FROM (NEW."partner_id") OR OLD."redeem_days" IS DISTINCT FROM (NEW."redeem_days") OR OLD."redeem_rule" IS DISTINCT FROM (NEW."redeem_rule") OR OLD."redeem_until" IS DISTINCT FROM (NEW."redeem_until") OR OLD."status" IS DISTINCT FROM (NEW."status") OR OLD."status_before_expiry" IS DISTINCT FROM (NEW."status_before_expiry") OR OLD."status_changed_at" IS DISTINCT FROM (NEW."status_changed_at") OR OLD."status_set_by" IS DISTINCT FROM (NEW."status_set_by") OR OLD."updated_at" IS DISTINCT FROM (NEW."updated_at") OR OLD."warn_addresses" IS DISTINCT FROM (NEW."warn_addresses") OR OLD."warn_days_left" IS DISTINCT FROM (NEW."warn_days_left") OR OLD."warn_days_to_expiry" IS DISTINCT FROM (NEW."warn_days_to_expiry") OR OLD."warn_remaining" IS DISTINCT FROM (NEW."warn_remaining") OR OLD."warn_used_percent" IS DISTINCT FROM (NEW."warn_used_percent") OR OLD."warn_waiting" IS DISTINCT FROM (NEW."warn_waiting"))',
                                    func='INSERT INTO "vouchers_voucherlistevent" ("assignment_order", "business_id", "code_case", "code_max_length", "code_min_length", "codes_released_at", "created_at", "created_by_id", "description", "expires_at", "generation", "id", "list_id", "list_tag", "name", "partner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "redeem_days", "redeem_rule", "redeem_until", "status", "status_before_expiry", "status_changed_at", "status_set_by", "updated_at", "warn_addresses", "warn_days_left", "warn_days_to_expiry", "warn_remaining", "warn_used_percent", "warn_waiting") VALUES (NEW."assignment_order", NEW."business_id", NEW."code_case", NEW."code_max_length", NEW."code_min_length", NEW."codes_released_at", NEW."created_at", NEW."created_by_id", NEW."description", NEW."expires_at", NEW."generation", NEW."id", NEW."list_id", NEW."list_tag", NEW."name", NEW."partner_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."redeem_days", NEW."redeem_rule", NEW."redeem_until", NEW."status", NEW."status_before_expiry", NEW."status_changed_at", NEW."status_set_by", NEW."updated_at", NEW."warn_addresses", NEW."warn_days_left", NEW."warn_days_to_expiry", NEW."warn_remaining", NEW."warn_used_percent", NEW."warn_waiting"); RETURN NULL;',
                                    hash="9d39da7da769dffe4cef102b18c401d32c138769",
                                    operation="UPDATE",
                                    pgid="pgtrigger_update_update_4528e",
                                    table="vouchers_voucherlist",
                                    when="AFTER",
                                ),
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="UploadBatch",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("created_at", models.DateTimeField()),
                        ("updated_at", models.DateTimeField()),
                        ("number", models.PositiveIntegerField()),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("file", "File"),
                                    ("generated", "Generated"),
                                    ("api", "API"),
                                    ("portal", "Partner portal"),
                                ],
                                default="file",
                                max_length=9,
                            ),
                        ),
                        (
                            "mode",
                            models.CharField(
                                choices=[
                                    ("partial", "Take the good codes, report the others"),
                                    ("strict", "All or nothing"),
                                ],
                                default="partial",
                                max_length=7,
                            ),
                        ),
                        (
                            "header",
                            models.CharField(
                                choices=[
                                    ("auto", "Find out"),
                                    ("yes", "The first line is a heading"),
                                    ("no", "There is no heading"),
                                ],
                                default="auto",
                                max_length=4,
                            ),
                        ),
                        ("is_damage_accepted", models.BooleanField(default=False)),
                        ("issued_before_reason", models.CharField(blank=True, max_length=300)),
                        ("redeem_until", models.DateTimeField(blank=True, null=True)),
                        ("is_rehearsal", models.BooleanField(default=False)),
                        ("recipe", models.JSONField(blank=True, default=dict)),
                        (
                            "file",
                            models.FileField(
                                blank=True, max_length=200, upload_to="voucher-uploads/%Y/%m/"
                            ),
                        ),
                        ("file_name", models.CharField(blank=True, max_length=200)),
                        ("file_size", models.BigIntegerField(default=0)),
                        ("sha256", models.CharField(blank=True, max_length=64)),
                        (
                            "status",
                            models.CharField(
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
                        (
                            "step",
                            models.CharField(
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
                        ("error_code", models.CharField(blank=True, max_length=30)),
                        ("error_message", models.CharField(blank=True, max_length=300)),
                        ("error_line", models.PositiveIntegerField(blank=True, null=True)),
                        ("encoding", models.CharField(blank=True, max_length=12)),
                        ("is_header_skipped", models.BooleanField(default=False)),
                        ("line_count", models.PositiveIntegerField(blank=True, null=True)),
                        ("row_count", models.PositiveIntegerField(default=0)),
                        ("blank_count", models.PositiveIntegerField(default=0)),
                        ("accepted_count", models.PositiveIntegerField(default=0)),
                        ("rejected_count", models.PositiveIntegerField(default=0)),
                        ("warning_count", models.PositiveIntegerField(default=0)),
                        ("duplicate_in_file_count", models.PositiveIntegerField(default=0)),
                        ("duplicate_existing_count", models.PositiveIntegerField(default=0)),
                        ("published_count", models.PositiveIntegerField(default=0)),
                        ("void_count", models.PositiveIntegerField(default=0)),
                        ("reasons", models.JSONField(blank=True, default=dict)),
                        ("remarks", models.JSONField(blank=True, default=list)),
                        ("cursor_byte", models.BigIntegerField(default=0)),
                        ("cursor_line", models.PositiveIntegerField(default=0)),
                        ("reading", models.JSONField(blank=True, default=dict)),
                        ("staged_count", models.PositiveIntegerField(default=0)),
                        ("published_line", models.PositiveIntegerField(default=0)),
                        ("full_from_line", models.PositiveIntegerField(blank=True, null=True)),
                        ("heartbeat_at", models.DateTimeField(blank=True, null=True)),
                        ("failure_count", models.PositiveSmallIntegerField(default=0)),
                        ("started_at", models.DateTimeField(blank=True, null=True)),
                        ("ended_at", models.DateTimeField(blank=True, null=True)),
                        ("served_count", models.PositiveIntegerField(default=0)),
                        ("told_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "told_addresses",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.EmailField(max_length=254),
                                blank=True,
                                default=list,
                                size=None,
                            ),
                        ),
                        ("downloaded_at", models.DateTimeField(blank=True, null=True)),
                        ("file_deleted_at", models.DateTimeField(blank=True, null=True)),
                        ("uploaded_by_name", models.CharField(blank=True, max_length=254)),
                        (
                            "business",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="directory.organisation",
                            ),
                        ),
                        (
                            "same_as",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                to="vouchers.uploadbatch",
                            ),
                        ),
                        (
                            "uploaded_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "voucher_list",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="batches",
                                to="vouchers.voucherlist",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("status__in", ["in_progress", "withdrawing"])),
                                fields=["voucher_list", "id"],
                                name="vouchers_batch_open",
                            ),
                            models.Index(
                                fields=["voucher_list", "sha256"], name="vouchers_batch_same_file"
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("voucher_list", "number"), name="vouchers_batch_number"
                            )
                        ],
                        "triggers": [
                            pgtrigger.compiler.Trigger(
                                name="vouchers_batch_with_codes",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    func="\n                    IF EXISTS (SELECT FROM vouchers_vouchercode WHERE batch_id = OLD.id) THEN\n                        RAISE EXCEPTION 'An upload with codes is never deleted.';\n                    END IF;\n                    RETURN OLD;\n                ",
                                    hash="b690bb5a65473208a77e00f152f9e1aee0a67f12",
                                    operation="DELETE",
                                    pgid="pgtrigger_vouchers_batch_with_codes_e1fef",
                                    table="vouchers_uploadbatch",
                                    when="BEFORE",
                                ),
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="VoucherCode",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=core.codes.time_ordered_uuid,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        ("line_no", models.PositiveIntegerField()),
                        ("code", models.CharField(db_collation="C", max_length=255)),
                        ("code_key", models.CharField(db_collation="C", max_length=255)),
                        ("dedupe_scope", models.BigIntegerField(null=True)),
                        ("pick_key", models.BigIntegerField()),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("staged", "Being imported"),
                                    ("available", "Available"),
                                    ("reserved", "Reserved"),
                                    ("issued", "Distributed"),
                                    ("redeemed", "Redeemed"),
                                    ("expired", "Expired"),
                                    ("void", "Void"),
                                ],
                                default="staged",
                                max_length=9,
                            ),
                        ),
                        ("redeem_until", models.DateTimeField(null=True)),
                        ("given_at", models.DateTimeField(null=True)),
                        ("redeemed_at", models.DateTimeField(null=True)),
                        (
                            "void_reason",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("revoked", "Taken back from its recipient"),
                                    ("leaked", "Redeemed before it was given out"),
                                    ("partner_recalled", "Recalled by the partner"),
                                    ("batch_withdrawn", "Its upload was withdrawn"),
                                    ("manual", "Made void by hand"),
                                ],
                                max_length=16,
                            ),
                        ),
                        ("void_note", models.CharField(blank=True, max_length=300)),
                        ("voided_at", models.DateTimeField(null=True)),
                        (
                            "batch",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="codes",
                                to="vouchers.uploadbatch",
                            ),
                        ),
                        (
                            "voucher_list",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="codes",
                                to="vouchers.voucherlist",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("state", "available")),
                                fields=["voucher_list", "pick_key"],
                                name="vouchers_code_available",
                            ),
                            django.contrib.postgres.indexes.BrinIndex(
                                autosummarize=True,
                                fields=["batch"],
                                name="vouchers_code_batch_place",
                            ),
                            models.Index(
                                condition=models.Q(("given_at__isnull", False)),
                                fields=["code_key"],
                                name="vouchers_code_given_before",
                            ),
                            models.Index(
                                condition=models.Q(("state", "available"), _negated=True),
                                fields=["voucher_list", "state"],
                                name="vouchers_code_touched",
                            ),
                            models.Index(
                                condition=models.Q(("state", "issued")),
                                fields=["redeem_until"],
                                name="vouchers_code_ending",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("dedupe_scope", "code_key"), name="vouchers_code_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("state", "void"),
                                        models.Q(("void_reason", ""), _negated=True),
                                    ),
                                    models.Q(
                                        models.Q(("state", "void"), _negated=True),
                                        ("void_reason", ""),
                                    ),
                                    _connector="OR",
                                ),
                                name="vouchers_code_void_says_why",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("state__in", ["issued", "redeemed", "expired"]),
                                        _negated=True,
                                    ),
                                    ("given_at__isnull", False),
                                    _connector="OR",
                                ),
                                name="vouchers_code_given",
                            ),
                        ],
                        "triggers": [
                            pgtrigger.compiler.Trigger(
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
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Guesser",
                    fields=[
                        (
                            "name",
                            models.CharField(max_length=80, primary_key=True, serialize=False),
                        ),
                        ("misses", models.PositiveSmallIntegerField(default=0)),
                        ("since", models.DateTimeField()),
                        ("blocked_until", models.DateTimeField(null=True)),
                    ],
                ),
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
                    name="Campaign",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("created_at", models.DateTimeField()),
                        ("updated_at", models.DateTimeField()),
                        (
                            "public_id",
                            models.UUIDField(default=uuid.uuid4, editable=False, unique=True),
                        ),
                        ("number", models.PositiveIntegerField()),
                        ("name", models.CharField(max_length=120)),
                        ("description", models.TextField(blank=True, max_length=2000)),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("draft", "Draft"),
                                    ("scheduled", "Scheduled"),
                                    ("running", "Running"),
                                    ("paused", "Paused"),
                                    ("exhausted", "Exhausted"),
                                    ("ended", "Ended"),
                                    ("archived", "Archived"),
                                ],
                                default="draft",
                                max_length=9,
                            ),
                        ),
                        (
                            "status_set_by",
                            models.CharField(
                                choices=[("staff", "Staff"), ("clock", "Clock")],
                                default="staff",
                                max_length=5,
                            ),
                        ),
                        ("status_changed_at", models.DateTimeField()),
                        (
                            "qualification",
                            models.CharField(
                                choices=[
                                    ("audience", "Audience: people as they are now"),
                                    ("live", "Live: when something happens"),
                                ],
                                default="live",
                                max_length=8,
                            ),
                        ),
                        ("trigger", models.CharField(blank=True, max_length=60)),
                        ("absent", models.CharField(blank=True, max_length=60)),
                        ("absent_hours", models.PositiveSmallIntegerField(blank=True, null=True)),
                        (
                            "run_order",
                            models.CharField(
                                choices=[
                                    ("random", "At random"),
                                    (
                                        "file",
                                        "As in the uploaded list of people, the others after it",
                                    ),
                                ],
                                default="random",
                                max_length=6,
                            ),
                        ),
                        (
                            "join",
                            models.CharField(
                                choices=[("all", "all of"), ("any", "any of")],
                                default="all",
                                max_length=3,
                            ),
                        ),
                        ("starts_at", models.DateTimeField(blank=True, null=True)),
                        ("ends_at", models.DateTimeField(blank=True, null=True)),
                        ("max_per_recipient", models.PositiveSmallIntegerField(default=1)),
                        ("max_per_day", models.PositiveSmallIntegerField(blank=True, null=True)),
                        ("max_per_week", models.PositiveSmallIntegerField(blank=True, null=True)),
                        ("max_per_month", models.PositiveSmallIntegerField(blank=True, null=True)),
                        ("max_total", models.PositiveIntegerField(blank=True, null=True)),
                        (
                            "on_exhaustion",
                            models.CharField(
                                choices=[
                                    ("waitlist", "Put them on the wait list"),
                                    ("fallback_code", "Give them one code for everybody"),
                                    ("stop", "Stop the campaign"),
                                ],
                                default="waitlist",
                                max_length=13,
                            ),
                        ),
                        ("fallback_code", models.CharField(blank=True, max_length=255)),
                        ("reservation_minutes", models.PositiveIntegerField(default=15)),
                        ("min_validity_days", models.PositiveSmallIntegerField(default=1)),
                        (
                            "code_in_mail",
                            models.CharField(
                                choices=[
                                    ("code", "The code stands in the mail"),
                                    ("reveal", "A link shows the code"),
                                    ("none", "No mail"),
                                ],
                                default="reveal",
                                max_length=6,
                            ),
                        ),
                        ("mail_subject", models.CharField(blank=True, max_length=150)),
                        ("mail_body", models.TextField(blank=True, max_length=10000)),
                        ("mails_waiting", models.BooleanField(default=False)),
                        ("steps_done", models.JSONField(blank=True, default=list)),
                        ("version", models.PositiveIntegerField(default=1)),
                        (
                            "business",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="voucher_campaigns",
                                to="directory.organisation",
                            ),
                        ),
                        (
                            "condition_set",
                            models.OneToOneField(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="events.conditionset",
                            ),
                        ),
                        (
                            "owner",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["business", "-created_at", "-id"],
                                name="vouchers_campaign_newest",
                            ),
                            models.Index(
                                condition=models.Q(("status", "running")),
                                fields=["business", "trigger"],
                                name="vouchers_campaign_listening",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("business", "number"), name="vouchers_campaign_number"
                            ),
                            models.UniqueConstraint(
                                models.F("business"),
                                django.db.models.functions.text.Lower("name"),
                                name="vouchers_campaign_name",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("max_per_recipient__gte", 1), ("max_per_recipient__lte", 100)
                                ),
                                name="vouchers_campaign_limits",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("starts_at__isnull", True),
                                    ("ends_at__isnull", True),
                                    ("starts_at__lt", models.F("ends_at")),
                                    _connector="OR",
                                ),
                                name="vouchers_campaign_schedule",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("absent", ""), ("absent_hours__isnull", True)),
                                    models.Q(
                                        models.Q(("absent", ""), _negated=True),
                                        ("absent_hours__gte", 1),
                                    ),
                                    _connector="OR",
                                ),
                                name="vouchers_campaign_absence",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("reservation_minutes__gte", 1),
                                    ("reservation_minutes__lte", 20160),
                                ),
                                name="vouchers_campaign_reservation",
                            ),
                        ],
                        "triggers": [
                            pgtrigger.compiler.Trigger(
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
                            pgtrigger.compiler.Trigger(
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
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="AudienceRun",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("created_at", models.DateTimeField()),
                        ("updated_at", models.DateTimeField()),
                        ("seed", models.BigIntegerField()),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("running", "Running"),
                                    ("done", "Done"),
                                    ("stopped", "Stopped"),
                                ],
                                default="running",
                                max_length=7,
                            ),
                        ),
                        ("size", models.PositiveIntegerField(default=0)),
                        ("served_count", models.PositiveIntegerField(default=0)),
                        ("heartbeat_at", models.DateTimeField(blank=True, null=True)),
                        ("ended_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "campaign",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="runs",
                                to="vouchers.campaign",
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                    },
                ),
                migrations.CreateModel(
                    name="CampaignCount",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("slot", models.PositiveSmallIntegerField()),
                        ("issued", models.BigIntegerField(default=0)),
                        ("fallback", models.BigIntegerField(default=0)),
                        (
                            "campaign",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="counts",
                                to="vouchers.campaign",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("campaign", "slot"), name="vouchers_campaign_slot"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("slot__lt", 16)), name="vouchers_campaign_slots"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CampaignEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        ("id", models.BigIntegerField()),
                        ("created_at", models.DateTimeField()),
                        ("updated_at", models.DateTimeField()),
                        ("public_id", models.UUIDField(default=uuid.uuid4, editable=False)),
                        ("number", models.PositiveIntegerField()),
                        ("name", models.CharField(max_length=120)),
                        ("description", models.TextField(blank=True, max_length=2000)),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("draft", "Draft"),
                                    ("scheduled", "Scheduled"),
                                    ("running", "Running"),
                                    ("paused", "Paused"),
                                    ("exhausted", "Exhausted"),
                                    ("ended", "Ended"),
                                    ("archived", "Archived"),
                                ],
                                default="draft",
                                max_length=9,
                            ),
                        ),
                        (
                            "status_set_by",
                            models.CharField(
                                choices=[("staff", "Staff"), ("clock", "Clock")],
                                default="staff",
                                max_length=5,
                            ),
                        ),
                        ("status_changed_at", models.DateTimeField()),
                        (
                            "qualification",
                            models.CharField(
                                choices=[
                                    ("audience", "Audience: people as they are now"),
                                    ("live", "Live: when something happens"),
                                ],
                                default="live",
                                max_length=8,
                            ),
                        ),
                        ("trigger", models.CharField(blank=True, max_length=60)),
                        ("absent", models.CharField(blank=True, max_length=60)),
                        ("absent_hours", models.PositiveSmallIntegerField(blank=True, null=True)),
                        (
                            "run_order",
                            models.CharField(
                                choices=[
                                    ("random", "At random"),
                                    (
                                        "file",
                                        "As in the uploaded list of people, the others after it",
                                    ),
                                ],
                                default="random",
                                max_length=6,
                            ),
                        ),
                        (
                            "join",
                            models.CharField(
                                choices=[("all", "all of"), ("any", "any of")],
                                default="all",
                                max_length=3,
                            ),
                        ),
                        ("starts_at", models.DateTimeField(blank=True, null=True)),
                        ("ends_at", models.DateTimeField(blank=True, null=True)),
                        ("max_per_recipient", models.PositiveSmallIntegerField(default=1)),
                        ("max_per_day", models.PositiveSmallIntegerField(blank=True, null=True)),
                        ("max_per_week", models.PositiveSmallIntegerField(blank=True, null=True)),
                        ("max_per_month", models.PositiveSmallIntegerField(blank=True, null=True)),
                        ("max_total", models.PositiveIntegerField(blank=True, null=True)),
                        (
                            "on_exhaustion",
                            models.CharField(
                                choices=[
                                    ("waitlist", "Put them on the wait list"),
                                    ("fallback_code", "Give them one code for everybody"),
                                    ("stop", "Stop the campaign"),
                                ],
                                default="waitlist",
                                max_length=13,
                            ),
                        ),
                        ("fallback_code", models.CharField(blank=True, max_length=255)),
                        ("reservation_minutes", models.PositiveIntegerField(default=15)),
                        ("min_validity_days", models.PositiveSmallIntegerField(default=1)),
                        (
                            "code_in_mail",
                            models.CharField(
                                choices=[
                                    ("code", "The code stands in the mail"),
                                    ("reveal", "A link shows the code"),
                                    ("none", "No mail"),
                                ],
                                default="reveal",
                                max_length=6,
                            ),
                        ),
                        ("mail_subject", models.CharField(blank=True, max_length=150)),
                        ("mail_body", models.TextField(blank=True, max_length=10000)),
                        ("mails_waiting", models.BooleanField(default=False)),
                        ("steps_done", models.JSONField(blank=True, default=list)),
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
                            "condition_set",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="events.conditionset",
                            ),
                        ),
                        (
                            "owner",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to=settings.AUTH_USER_MODEL,
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
                                to="vouchers.campaign",
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                        "triggers": [
                            pgtrigger.compiler.Trigger(
                                name="append_only",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                                    hash="1bc742106aad39b4d2abde4eba519c8dc1903997",
                                    operation="UPDATE OR DELETE",
                                    pgid="pgtrigger_append_only_0c666",
                                    table="vouchers_campaignevent",
                                    when="BEFORE",
                                ),
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CampaignGroup",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("position", models.PositiveSmallIntegerField()),
                        (
                            "join",
                            models.CharField(
                                choices=[("all", "all of"), ("any", "any of")],
                                default="all",
                                max_length=3,
                            ),
                        ),
                        (
                            "campaign",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="groups",
                                to="vouchers.campaign",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("campaign", "position"), name="vouchers_group_place"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CampaignStatusChange",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("transition", models.CharField(max_length=4)),
                        ("from_status", models.CharField(blank=True, max_length=9)),
                        (
                            "to_status",
                            models.CharField(
                                choices=[
                                    ("draft", "Draft"),
                                    ("scheduled", "Scheduled"),
                                    ("running", "Running"),
                                    ("paused", "Paused"),
                                    ("exhausted", "Exhausted"),
                                    ("ended", "Ended"),
                                    ("archived", "Archived"),
                                ],
                                max_length=9,
                            ),
                        ),
                        (
                            "actor_kind",
                            models.CharField(
                                choices=[("staff", "Staff"), ("clock", "Clock")], max_length=5
                            ),
                        ),
                        ("actor_name", models.CharField(max_length=160)),
                        ("at", models.DateTimeField()),
                        (
                            "actor_user",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "campaign",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="status_changes",
                                to="vouchers.campaign",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["campaign", "-at", "-id"], name="vouchers_campaign_changes"
                            )
                        ],
                        "triggers": [
                            pgtrigger.compiler.Trigger(
                                name="vouchers_campaign_change_immutable",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    condition='WHEN (OLD."actor_kind" IS DISTINCT FROM (NEW."actor_kind") OR OLD."actor_name" IS DISTINCT FROM (NEW."actor_name") OR OLD."at" IS DISTINCT FROM (NEW."at") OR OLD."campaign_id" IS DISTINCT FROM (NEW."campaign_id") OR OLD."from_status" IS DISTINCT FROM (NEW."from_status") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."to_status" IS DISTINCT FROM (NEW."to_status") OR OLD."transition" IS DISTINCT FROM (NEW."transition"))',
                                    func="RAISE EXCEPTION 'The history of a campaign is never rewritten.';",
                                    hash="35326ff64f8048e614d69302332d84a94a6d4a93",
                                    operation="UPDATE",
                                    pgid="pgtrigger_vouchers_campaign_change_immutable_b40bb",
                                    table="vouchers_campaignstatuschange",
                                    when="BEFORE",
                                ),
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ClaimLink",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("created_at", models.DateTimeField()),
                        ("updated_at", models.DateTimeField()),
                        ("recipient_key", models.CharField(max_length=260)),
                        ("email", models.EmailField(max_length=254)),
                        (
                            "campaign",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="claim_links",
                                to="vouchers.campaign",
                            ),
                        ),
                        (
                            "contact",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="directory.contact",
                            ),
                        ),
                        (
                            "created_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("campaign", "recipient_key"), name="vouchers_invited_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CodeHold",
                    fields=[
                        (
                            "code",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                primary_key=True,
                                related_name="hold",
                                serialize=False,
                                to="vouchers.vouchercode",
                            ),
                        ),
                        (
                            "public_id",
                            models.UUIDField(default=uuid.uuid4, editable=False, unique=True),
                        ),
                        ("held_until", models.DateTimeField()),
                        ("held_by_name", models.CharField(max_length=254)),
                    ],
                ),
                migrations.CreateModel(
                    name="Issuance",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("created_at", models.DateTimeField()),
                        ("updated_at", models.DateTimeField()),
                        (
                            "public_id",
                            models.UUIDField(default=uuid.uuid4, editable=False, unique=True),
                        ),
                        ("is_fallback", models.BooleanField(default=False)),
                        ("fallback_code", models.CharField(blank=True, max_length=255)),
                        ("recipient_key", models.CharField(max_length=260)),
                        ("email", models.EmailField(blank=True, max_length=254)),
                        ("ordinal", models.PositiveSmallIntegerField(null=True)),
                        ("idempotency_key", models.CharField(max_length=200)),
                        (
                            "source",
                            models.CharField(
                                choices=[
                                    ("Campaign", "Campaign"),
                                    ("API", "API"),
                                    ("Manual", "By hand"),
                                ],
                                max_length=8,
                            ),
                        ),
                        ("trigger_ref", models.CharField(blank=True, max_length=120)),
                        ("reason", models.CharField(blank=True, max_length=300)),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("reserved", "Reserved"),
                                    ("issued", "Distributed"),
                                    ("redeemed", "Redeemed"),
                                    ("expired", "Expired"),
                                    ("revoked", "Revoked"),
                                    ("returned", "Returned to the pool"),
                                    ("released", "Reservation ended"),
                                ],
                                max_length=8,
                            ),
                        ),
                        ("reserved_until", models.DateTimeField(null=True)),
                        ("frozen_seconds", models.PositiveIntegerField(null=True)),
                        ("is_renewed", models.BooleanField(default=False)),
                        ("issued_at", models.DateTimeField(null=True)),
                        ("redeem_until", models.DateTimeField(null=True)),
                        (
                            "delivery_status",
                            models.CharField(
                                choices=[
                                    ("none", "Not mailed"),
                                    ("pending", "On its way"),
                                    ("sent", "Sent"),
                                    ("delivered", "Delivered"),
                                    ("bounced", "Bounced"),
                                    ("failed", "Failed"),
                                    ("suppressed", "Not wanted by the recipient"),
                                    ("held", "Held back"),
                                ],
                                default="none",
                                max_length=10,
                            ),
                        ),
                        ("exposed_at", models.DateTimeField(null=True)),
                        ("first_seen_at", models.DateTimeField(null=True)),
                        ("closed_at", models.DateTimeField(null=True)),
                        ("closed_reason", models.CharField(blank=True, max_length=300)),
                        ("event_id", models.UUIDField(default=uuid.uuid4, editable=False)),
                        ("version", models.PositiveIntegerField(default=1)),
                        (
                            "business",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="directory.organisation",
                            ),
                        ),
                        (
                            "campaign",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="issuances",
                                to="vouchers.campaign",
                            ),
                        ),
                        (
                            "closed_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "code",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="issuances",
                                to="vouchers.vouchercode",
                            ),
                        ),
                        (
                            "contact",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="voucher_issuances",
                                to="directory.contact",
                            ),
                        ),
                        (
                            "created_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "voucher_list",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="issuances",
                                to="vouchers.voucherlist",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["business", "-created_at", "-id"],
                                name="vouchers_issued_newest",
                            ),
                            models.Index(
                                fields=["campaign", "-created_at", "-id"], name="vouchers_issued_by"
                            ),
                            models.Index(
                                fields=["business", "recipient_key"], name="vouchers_issued_to"
                            ),
                            models.Index(
                                fields=["voucher_list", "-issued_at"], name="vouchers_issued_from"
                            ),
                            models.Index(
                                condition=models.Q(("source", "Manual")),
                                fields=["trigger_ref"],
                                name="vouchers_issued_for",
                            ),
                            models.Index(
                                condition=models.Q(("status", "reserved")),
                                fields=["reserved_until"],
                                name="vouchers_lapsing",
                            ),
                            models.Index(
                                condition=models.Q(
                                    ("delivery_status__in", ["bounced", "failed", "held"])
                                ),
                                fields=["business", "delivery_status"],
                                name="vouchers_undelivered",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(
                                    ("status__in", ["reserved", "issued", "redeemed", "expired"])
                                ),
                                fields=("code",),
                                name="vouchers_code_given_once",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("ordinal__isnull", False)),
                                fields=("campaign", "recipient_key", "ordinal"),
                                name="vouchers_recipient_allowance",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("status", "released"), _negated=True),
                                fields=("campaign", "idempotency_key"),
                                name="vouchers_issued_once_a_key",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("code__isnull", True),
                                        ("is_fallback", True),
                                        ("voucher_list__isnull", True),
                                        models.Q(("fallback_code", ""), _negated=True),
                                    ),
                                    models.Q(
                                        ("code__isnull", False),
                                        ("is_fallback", False),
                                        ("voucher_list__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="vouchers_issuance_has_a_code",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("reserved_until__isnull", False), ("status", "reserved")
                                    ),
                                    models.Q(
                                        ("frozen_seconds__isnull", False), ("status", "reserved")
                                    ),
                                    ("status", "released"),
                                    ("issued_at__isnull", False),
                                    _connector="OR",
                                ),
                                name="vouchers_issuance_times",
                            ),
                        ],
                        "triggers": [
                            pgtrigger.compiler.Trigger(
                                name="vouchers_issuance_kept",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                                    hash="6d6a0220ab64efc34a71d481fbd3342e2aea7288",
                                    operation="DELETE",
                                    pgid="pgtrigger_vouchers_issuance_kept_75eb0",
                                    table="vouchers_issuance",
                                    when="BEFORE",
                                ),
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Attempt",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("recipient_key", models.CharField(max_length=260)),
                        (
                            "outcome",
                            models.CharField(
                                choices=[
                                    ("issued", "Code given"),
                                    ("already_issued", "Given before"),
                                    ("reserved", "Code reserved"),
                                    ("waitlisted", "On the wait list"),
                                    ("fallback", "Given the code for everybody"),
                                    ("not_eligible", "Conditions not met"),
                                    ("limit_reached", "Has as many as allowed"),
                                    ("cap_reached", "The campaign gave all it may"),
                                    ("not_running", "The campaign is not running"),
                                    ("exhausted", "No code left"),
                                    ("list_unavailable", "No list can be used now"),
                                ],
                                max_length=16,
                            ),
                        ),
                        ("reason", models.CharField(blank=True, max_length=300)),
                        ("trigger_ref", models.CharField(blank=True, max_length=120)),
                        ("at", models.DateTimeField()),
                        (
                            "campaign",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="attempts",
                                to="vouchers.campaign",
                            ),
                        ),
                        (
                            "issuance",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="vouchers.issuance",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["campaign", "-at", "-id"], name="vouchers_attempt_newest"
                            ),
                            models.Index(
                                fields=["campaign", "recipient_key", "-at"],
                                name="vouchers_attempt_of",
                            ),
                            models.Index(fields=["at"], name="vouchers_attempt_age"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="MailRefusal",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("address", models.EmailField(max_length=254)),
                        ("at", models.DateTimeField()),
                        (
                            "business",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="directory.organisation",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("business", "address"), name="vouchers_mail_refused_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PartnerContact",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("created_at", models.DateTimeField()),
                        ("updated_at", models.DateTimeField()),
                        ("email", models.EmailField(max_length=254)),
                        ("name", models.CharField(blank=True, max_length=120)),
                        ("is_active", models.BooleanField(default=True)),
                        (
                            "partner",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="contacts",
                                to="vouchers.partner",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                models.F("partner"),
                                django.db.models.functions.text.Lower("email"),
                                name="vouchers_partner_contact_once",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PartnerEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        ("id", models.BigIntegerField()),
                        ("created_at", models.DateTimeField()),
                        ("updated_at", models.DateTimeField()),
                        ("name", models.CharField(db_collation="C", max_length=100)),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("external", "Brand partner"),
                                    ("internal", "Own coupon engine"),
                                ],
                                default="external",
                                max_length=8,
                            ),
                        ),
                        (
                            "duplicate_scope",
                            models.CharField(
                                choices=[
                                    ("list", "Within one list"),
                                    ("partner", "Across all lists of the partner"),
                                ],
                                default="list",
                                max_length=7,
                            ),
                        ),
                        ("redemption_url", models.URLField(blank=True, max_length=300)),
                        ("redemption_instructions", models.TextField(blank=True, max_length=2000)),
                        ("logo", models.ImageField(blank=True, upload_to="voucher-partners/")),
                        ("contact_email", models.EmailField(blank=True, max_length=254)),
                        ("is_told_of_low_stock", models.BooleanField(default=False)),
                        ("late_redemption_days", models.PositiveSmallIntegerField(default=0)),
                        ("is_active", models.BooleanField(default=True)),
                        ("version", models.PositiveIntegerField(default=1)),
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
                            "created_by",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to=settings.AUTH_USER_MODEL,
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
                                to="vouchers.partner",
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                        "triggers": [
                            pgtrigger.compiler.Trigger(
                                name="append_only",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                                    hash="b4ccdec4037bba1e23c0108763d5d621dc7a92ae",
                                    operation="UPDATE OR DELETE",
                                    pgid="pgtrigger_append_only_a01a2",
                                    table="vouchers_partnerevent",
                                    when="BEFORE",
                                ),
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PeopleList",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("created_at", models.DateTimeField()),
                        ("updated_at", models.DateTimeField()),
                        ("name", models.CharField(max_length=120)),
                        ("size", models.PositiveIntegerField(default=0)),
                        (
                            "business",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="directory.organisation",
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                    },
                ),
                migrations.CreateModel(
                    name="ListedPerson",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("line_no", models.PositiveIntegerField()),
                        ("recipient_key", models.CharField(max_length=260)),
                        (
                            "people",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="persons",
                                to="vouchers.peoplelist",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("people", "recipient_key"), name="vouchers_listed_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RedemptionUpload",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("created_at", models.DateTimeField()),
                        ("updated_at", models.DateTimeField()),
                        ("number", models.PositiveIntegerField()),
                        (
                            "channel",
                            models.CharField(
                                choices=[
                                    ("api", "API"),
                                    ("file", "File"),
                                    ("portal", "Partner portal"),
                                    ("manual", "By hand"),
                                ],
                                default="file",
                                max_length=6,
                            ),
                        ),
                        (
                            "file",
                            models.FileField(
                                blank=True, max_length=200, upload_to="voucher-redemptions/%Y/%m/"
                            ),
                        ),
                        ("file_name", models.CharField(blank=True, max_length=200)),
                        ("file_size", models.BigIntegerField(default=0)),
                        ("sha256", models.CharField(blank=True, max_length=64)),
                        (
                            "status",
                            models.CharField(
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
                        ("error_message", models.CharField(blank=True, max_length=300)),
                        ("line_count", models.PositiveIntegerField(default=0)),
                        ("row_count", models.PositiveIntegerField(default=0)),
                        ("accepted_count", models.PositiveIntegerField(default=0)),
                        ("rejected_count", models.PositiveIntegerField(default=0)),
                        ("reasons", models.JSONField(blank=True, default=dict)),
                        ("cursor_byte", models.BigIntegerField(default=0)),
                        ("cursor_line", models.PositiveIntegerField(default=0)),
                        ("ended_at", models.DateTimeField(blank=True, null=True)),
                        ("file_deleted_at", models.DateTimeField(blank=True, null=True)),
                        ("uploaded_by_name", models.CharField(blank=True, max_length=254)),
                        (
                            "business",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="directory.organisation",
                            ),
                        ),
                        (
                            "partner",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="redemption_uploads",
                                to="vouchers.partner",
                            ),
                        ),
                        (
                            "uploaded_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("status", "in_progress")),
                                fields=["created_at", "id"],
                                name="vouchers_redeeming",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("business", "number"),
                                name="vouchers_redemption_upload_number",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RedemptionLine",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("line_no", models.PositiveIntegerField()),
                        ("masked_code", models.CharField(blank=True, max_length=255)),
                        ("reference", models.CharField(blank=True, max_length=100)),
                        (
                            "reason",
                            models.CharField(
                                choices=[
                                    ("unknown_code", "Unknown code"),
                                    ("already_redeemed", "Redeemed before"),
                                    ("expired", "Expired"),
                                    ("void", "Void"),
                                    ("not_issued", "Never given to anybody"),
                                    ("held", "Held by another cart"),
                                    ("ambiguous_code", "More than one list has it"),
                                    ("not_redeemed", "Not redeemed"),
                                    ("other_reference", "Redeemed under another reference"),
                                    ("too_late", "Too long ago to be reversed"),
                                    ("bad_row", "Cannot be read"),
                                ],
                                max_length=20,
                            ),
                        ),
                        ("message", models.CharField(max_length=200)),
                        (
                            "upload",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="lines",
                                to="vouchers.redemptionupload",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("upload", "line_no"), name="vouchers_redemption_line"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Reveal",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("user_name", models.CharField(max_length=254)),
                        ("reason", models.CharField(max_length=200)),
                        ("at", models.DateTimeField()),
                        (
                            "code",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="reveals",
                                to="vouchers.vouchercode",
                            ),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="RunPerson",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("place", models.PositiveIntegerField()),
                        ("recipient_key", models.CharField(max_length=260)),
                        ("outcome", models.CharField(blank=True, max_length=16)),
                        (
                            "run",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="persons",
                                to="vouchers.audiencerun",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("outcome", "")),
                                fields=["run", "place"],
                                name="vouchers_run_open",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("run", "recipient_key"), name="vouchers_run_person"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Sending",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("address", models.EmailField(max_length=254)),
                        ("is_resend", models.BooleanField(default=False)),
                        ("asked_by_name", models.CharField(blank=True, max_length=254)),
                        ("at", models.DateTimeField()),
                        (
                            "asked_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "issuance",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="sendings",
                                to="vouchers.issuance",
                            ),
                        ),
                        (
                            "mail",
                            models.OneToOneField(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="core.mail",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["issuance", "-at", "-id"], name="vouchers_sending_newest"
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("is_resend", False)),
                                fields=("issuance",),
                                name="vouchers_sent_first_once",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Tray",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("created_at", models.DateTimeField()),
                        ("updated_at", models.DateTimeField()),
                        ("recipient_key", models.CharField(max_length=260)),
                        (
                            "business",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="directory.organisation",
                            ),
                        ),
                        (
                            "contact",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="directory.contact",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("business", "recipient_key"), name="vouchers_tray_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="UploadAct",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
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
                        (
                            "user",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "batch",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="acts",
                                to="vouchers.uploadbatch",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["batch", "-at"], name="vouchers_acts_of_batch")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="UploadDownload",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
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
                        (
                            "batch",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="downloads",
                                to="vouchers.uploadbatch",
                            ),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["batch", "-at"], name="vouchers_downloads_of_batch"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="UploadLine",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("line_no", models.PositiveIntegerField()),
                        ("value", models.CharField(max_length=255)),
                        (
                            "outcome",
                            models.CharField(
                                choices=[
                                    ("rejected", "Rejected"),
                                    ("warning", "Accepted with a warning"),
                                ],
                                max_length=8,
                            ),
                        ),
                        ("reason", models.CharField(max_length=20)),
                        ("message", models.CharField(blank=True, max_length=200)),
                        ("first_seen", models.CharField(blank=True, max_length=60)),
                        (
                            "batch",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="lines",
                                to="vouchers.uploadbatch",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("batch", "line_no", "reason"), name="vouchers_line_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Redemption",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("created_at", models.DateTimeField()),
                        ("updated_at", models.DateTimeField()),
                        (
                            "public_id",
                            models.UUIDField(default=uuid.uuid4, editable=False, unique=True),
                        ),
                        (
                            "result",
                            models.CharField(
                                choices=[
                                    ("redeemed", "Redeemed"),
                                    ("reversed", "Reversed"),
                                    ("refused", "Refused"),
                                ],
                                max_length=8,
                            ),
                        ),
                        (
                            "refusal",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("unknown_code", "Unknown code"),
                                    ("already_redeemed", "Redeemed before"),
                                    ("expired", "Expired"),
                                    ("void", "Void"),
                                    ("not_issued", "Never given to anybody"),
                                    ("held", "Held by another cart"),
                                    ("ambiguous_code", "More than one list has it"),
                                    ("not_redeemed", "Not redeemed"),
                                    ("other_reference", "Redeemed under another reference"),
                                    ("too_late", "Too long ago to be reversed"),
                                    ("bad_row", "Cannot be read"),
                                ],
                                max_length=16,
                            ),
                        ),
                        ("reference", models.CharField(blank=True, max_length=100)),
                        ("redeemed_at", models.DateTimeField()),
                        ("amount_minor", models.BigIntegerField(blank=True, null=True)),
                        ("currency", models.CharField(blank=True, max_length=3)),
                        ("location", models.CharField(blank=True, max_length=120)),
                        (
                            "channel",
                            models.CharField(
                                choices=[
                                    ("api", "API"),
                                    ("file", "File"),
                                    ("portal", "Partner portal"),
                                    ("manual", "By hand"),
                                ],
                                max_length=6,
                            ),
                        ),
                        ("reported_by_name", models.CharField(max_length=254)),
                        ("reversed_at", models.DateTimeField(blank=True, null=True)),
                        ("reversed_by_name", models.CharField(blank=True, max_length=254)),
                        (
                            "business",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="directory.organisation",
                            ),
                        ),
                        (
                            "code",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="redemptions",
                                to="vouchers.vouchercode",
                            ),
                        ),
                        (
                            "issuance",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="redemptions",
                                to="vouchers.issuance",
                            ),
                        ),
                        (
                            "reported_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "upload",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="redemptions",
                                to="vouchers.redemptionupload",
                            ),
                        ),
                        (
                            "voucher_list",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="redemptions",
                                to="vouchers.voucherlist",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["business", "-redeemed_at", "-id"],
                                name="vouchers_redeemed_newest",
                            ),
                            models.Index(fields=["code", "-id"], name="vouchers_redemptions_of"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("result", "redeemed")),
                                fields=("code",),
                                name="vouchers_redeemed_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("result", "refused"),
                                        models.Q(("refusal", ""), _negated=True),
                                    ),
                                    models.Q(("refusal", ""), ("result", "refused"), _negated=True),
                                    _connector="OR",
                                ),
                                name="vouchers_redemption_refused_says_why",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("amount_minor__isnull", True), ("currency", "")),
                                    models.Q(
                                        ("amount_minor__gte", 0),
                                        models.Q(("currency", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="vouchers_redemption_amount",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("result", "reversed"), ("reversed_at__isnull", False)
                                    ),
                                    models.Q(
                                        models.Q(("result", "reversed"), _negated=True),
                                        ("reversed_at__isnull", True),
                                    ),
                                    _connector="OR",
                                ),
                                name="vouchers_redemption_reversed",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ListStatusChange",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("transition", models.CharField(max_length=4)),
                        ("from_status", models.CharField(blank=True, max_length=8)),
                        (
                            "to_status",
                            models.CharField(
                                choices=[
                                    ("active", "Active"),
                                    ("paused", "Paused"),
                                    ("expired", "Expired"),
                                    ("archived", "Archived"),
                                ],
                                max_length=8,
                            ),
                        ),
                        (
                            "actor_kind",
                            models.CharField(
                                choices=[("staff", "Staff"), ("clock", "Clock")], max_length=5
                            ),
                        ),
                        ("actor_name", models.CharField(max_length=160)),
                        ("at", models.DateTimeField()),
                        (
                            "actor_user",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "voucher_list",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="status_changes",
                                to="vouchers.voucherlist",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["voucher_list", "-at", "-id"], name="vouchers_change_newest"
                            )
                        ],
                        "triggers": [
                            pgtrigger.compiler.Trigger(
                                name="vouchers_list_change_immutable",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    condition='WHEN (OLD."actor_kind" IS DISTINCT FROM (NEW."actor_kind") OR OLD."actor_name" IS DISTINCT FROM (NEW."actor_name") OR OLD."at" IS DISTINCT FROM (NEW."at") OR OLD."from_status" IS DISTINCT FROM (NEW."from_status") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."to_status" IS DISTINCT FROM (NEW."to_status") OR OLD."transition" IS DISTINCT FROM (NEW."transition") OR OLD."voucher_list_id" IS DISTINCT FROM (NEW."voucher_list_id"))',
                                    func="RAISE EXCEPTION 'The history of a list is never rewritten.';",
                                    hash="7eb66af4b528942053598f660128788ef29bca7a",
                                    operation="UPDATE",
                                    pgid="pgtrigger_vouchers_list_change_immutable_a1329",
                                    table="vouchers_liststatuschange",
                                    when="BEFORE",
                                ),
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ListCount",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("slot", models.PositiveSmallIntegerField()),
                        ("uploaded", models.BigIntegerField(default=0)),
                        ("reserved", models.BigIntegerField(default=0)),
                        ("issued", models.BigIntegerField(default=0)),
                        ("redeemed", models.BigIntegerField(default=0)),
                        ("expired", models.BigIntegerField(default=0)),
                        ("void", models.BigIntegerField(default=0)),
                        (
                            "voucher_list",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="counts",
                                to="vouchers.voucherlist",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("voucher_list", "slot"), name="vouchers_count_slot"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("slot__lt", 16)), name="vouchers_count_slots"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CampaignList",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("priority", models.PositiveSmallIntegerField(default=1)),
                        ("quota", models.PositiveIntegerField(blank=True, null=True)),
                        ("taken", models.PositiveIntegerField(default=0)),
                        ("added_at", models.DateTimeField()),
                        ("removed_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "added_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "campaign",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="mappings",
                                to="vouchers.campaign",
                            ),
                        ),
                        (
                            "removed_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "voucher_list",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="mappings",
                                to="vouchers.voucherlist",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("removed_at__isnull", True)),
                                fields=("campaign", "voucher_list"),
                                name="vouchers_mapping_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("quota__isnull", True),
                                    ("taken__lte", models.F("quota")),
                                    _connector="OR",
                                ),
                                name="vouchers_mapping_quota",
                            ),
                        ],
                        "triggers": [
                            pgtrigger.compiler.Trigger(
                                name="insert_insert",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    func='INSERT INTO "vouchers_campaignlistevent" ("campaign_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "priority", "quota", "voucher_list_id") VALUES (NEW."campaign_id", NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."priority", NEW."quota", NEW."voucher_list_id"); RETURN NULL;',
                                    hash="46e74e87c41cc90fa8bc888685cf5e64a994abf6",
                                    operation="INSERT",
                                    pgid="pgtrigger_insert_insert_171de",
                                    table="vouchers_campaignlist",
                                    when="AFTER",
                                ),
                            ),
                            pgtrigger.compiler.Trigger(
                                name="update_update",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    condition='WHEN (OLD."campaign_id" IS DISTINCT FROM (NEW."campaign_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."priority" IS DISTINCT FROM (NEW."priority") OR OLD."quota" IS DISTINCT FROM (NEW."quota") OR OLD."voucher_list_id" IS DISTINCT FROM (NEW."voucher_list_id"))',
                                    func='INSERT INTO "vouchers_campaignlistevent" ("campaign_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "priority", "quota", "voucher_list_id") VALUES (NEW."campaign_id", NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."priority", NEW."quota", NEW."voucher_list_id"); RETURN NULL;',
                                    hash="59bd909dce07eb3c859a1fb188ce0fbed673fa90",
                                    operation="UPDATE",
                                    pgid="pgtrigger_update_update_f4ced",
                                    table="vouchers_campaignlist",
                                    when="AFTER",
                                ),
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CampaignListEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        ("id", models.BigIntegerField()),
                        ("priority", models.PositiveSmallIntegerField(default=1)),
                        ("quota", models.PositiveIntegerField(blank=True, null=True)),
                        (
                            "campaign",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="vouchers.campaign",
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
                                to="vouchers.campaignlist",
                            ),
                        ),
                        (
                            "voucher_list",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="vouchers.voucherlist",
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                        "triggers": [
                            pgtrigger.compiler.Trigger(
                                name="append_only",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                                    hash="284f595485f503f29e9b84b9634b365dee554807",
                                    operation="UPDATE OR DELETE",
                                    pgid="pgtrigger_append_only_9a0ce",
                                    table="vouchers_campaignlistevent",
                                    when="BEFORE",
                                ),
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CampaignLeaf",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("position", models.PositiveSmallIntegerField()),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("segment", "Is in the segment"),
                                    ("event", "Did something"),
                                    ("property", "Has a property"),
                                    ("people", "Stands on an uploaded list of people"),
                                    ("consent", "Agreed to be mailed"),
                                    ("has_voucher", "Was given a voucher"),
                                    ("unredeemed", "Has a voucher not yet redeemed"),
                                    ("offer_status", "Has an incentive offer in a status"),
                                    ("reward_earned", "Earned an award of an offer"),
                                ],
                                max_length=14,
                            ),
                        ),
                        ("is_negated", models.BooleanField(default=False)),
                        ("terms", models.JSONField(blank=True, default=dict)),
                        (
                            "group",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="leaves",
                                to="vouchers.campaigngroup",
                            ),
                        ),
                        (
                            "other_campaign",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="vouchers.campaign",
                            ),
                        ),
                        (
                            "segment",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="directory.segment",
                            ),
                        ),
                        (
                            "people",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="vouchers.peoplelist",
                            ),
                        ),
                        (
                            "voucher_list",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="vouchers.voucherlist",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("group", "position"), name="vouchers_leaf_place"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Alert",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
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
                                    ("held", "Mail held back"),
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
                                fields=["business", "-raised_at", "-id"],
                                name="vouchers_alert_newest",
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
                migrations.CreateModel(
                    name="VoucherListEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        ("id", models.BigIntegerField()),
                        ("created_at", models.DateTimeField()),
                        ("updated_at", models.DateTimeField()),
                        ("list_tag", models.CharField(max_length=64)),
                        ("generation", models.PositiveSmallIntegerField(default=1)),
                        ("list_id", models.CharField(editable=False, max_length=13)),
                        ("name", models.CharField(max_length=120)),
                        ("description", models.TextField(blank=True, max_length=2000)),
                        ("expires_at", models.DateTimeField()),
                        (
                            "redeem_rule",
                            models.CharField(
                                choices=[
                                    ("same_as_list", "Until the list expires"),
                                    ("fixed_date", "Until a fixed date"),
                                    ("days_after_issue", "A number of days after it was given out"),
                                ],
                                default="same_as_list",
                                max_length=16,
                            ),
                        ),
                        ("redeem_until", models.DateTimeField(blank=True, null=True)),
                        ("redeem_days", models.PositiveSmallIntegerField(blank=True, null=True)),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("active", "Active"),
                                    ("paused", "Paused"),
                                    ("expired", "Expired"),
                                    ("archived", "Archived"),
                                ],
                                default="active",
                                max_length=8,
                            ),
                        ),
                        (
                            "status_before_expiry",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("active", "Active"),
                                    ("paused", "Paused"),
                                    ("expired", "Expired"),
                                    ("archived", "Archived"),
                                ],
                                max_length=8,
                            ),
                        ),
                        (
                            "status_set_by",
                            models.CharField(
                                choices=[("staff", "Staff"), ("clock", "Clock")],
                                default="staff",
                                max_length=5,
                            ),
                        ),
                        ("status_changed_at", models.DateTimeField()),
                        (
                            "code_case",
                            models.CharField(
                                choices=[
                                    ("exact", "AbC and ABC are two codes"),
                                    ("insensitive", "AbC and ABC are the same code"),
                                ],
                                default="exact",
                                max_length=11,
                            ),
                        ),
                        ("code_min_length", models.PositiveSmallIntegerField(default=2)),
                        ("code_max_length", models.PositiveSmallIntegerField(default=255)),
                        (
                            "assignment_order",
                            models.CharField(
                                choices=[
                                    ("sequential", "In the order of upload"),
                                    ("random", "At random"),
                                ],
                                default="sequential",
                                max_length=10,
                            ),
                        ),
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
                        (
                            "warn_waiting",
                            models.PositiveIntegerField(blank=True, default=1, null=True),
                        ),
                        (
                            "warn_addresses",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.EmailField(max_length=254),
                                blank=True,
                                default=list,
                                size=None,
                            ),
                        ),
                        ("codes_released_at", models.DateTimeField(blank=True, null=True)),
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
                            "created_by",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "partner",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="vouchers.partner",
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
                                to="vouchers.voucherlist",
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                        "triggers": [
                            pgtrigger.compiler.Trigger(
                                name="append_only",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                                    hash="19654bd76d14fb542ae3372584c2abcf2037d726",
                                    operation="UPDATE OR DELETE",
                                    pgid="pgtrigger_append_only_c82af",
                                    table="vouchers_voucherlistevent",
                                    when="BEFORE",
                                ),
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="VoucherSettings",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
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
                        (
                            "warn_waiting",
                            models.PositiveIntegerField(blank=True, default=1, null=True),
                        ),
                        (
                            "warn_addresses",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.EmailField(max_length=254),
                                blank=True,
                                default=list,
                                size=None,
                            ),
                        ),
                        ("ignores_plus_tags", models.BooleanField(default=False)),
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
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("warn_used_percent__isnull", True),
                                    models.Q(
                                        ("warn_used_percent__gte", 1),
                                        ("warn_used_percent__lte", 100),
                                    ),
                                    _connector="OR",
                                ),
                                name="vouchers_settings_used_percent",
                            )
                        ],
                        "triggers": [
                            pgtrigger.compiler.Trigger(
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
                            pgtrigger.compiler.Trigger(
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
                        ],
                    },
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
                        (
                            "warn_waiting",
                            models.PositiveIntegerField(blank=True, default=1, null=True),
                        ),
                        (
                            "warn_addresses",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.EmailField(max_length=254),
                                blank=True,
                                default=list,
                                size=None,
                            ),
                        ),
                        ("ignores_plus_tags", models.BooleanField(default=False)),
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
                        "triggers": [
                            pgtrigger.compiler.Trigger(
                                name="append_only",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                                    hash="68626d5a2bddd2f8d82f7a3540688313788195a9",
                                    operation="UPDATE OR DELETE",
                                    pgid="pgtrigger_append_only_57f17",
                                    table="vouchers_vouchersettingsevent",
                                    when="BEFORE",
                                ),
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="WaitEntry",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("created_at", models.DateTimeField()),
                        ("updated_at", models.DateTimeField()),
                        ("recipient_key", models.CharField(max_length=260)),
                        ("email", models.EmailField(blank=True, max_length=254)),
                        ("qualified_at", models.DateTimeField()),
                        ("idempotency_key", models.CharField(max_length=200)),
                        (
                            "source",
                            models.CharField(
                                choices=[
                                    ("Campaign", "Campaign"),
                                    ("API", "API"),
                                    ("Manual", "By hand"),
                                ],
                                max_length=8,
                            ),
                        ),
                        ("trigger_ref", models.CharField(blank=True, max_length=120)),
                        ("reason", models.CharField(blank=True, max_length=300)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("waiting", "Waiting"),
                                    ("served", "Served"),
                                    ("expired", "Campaign ended"),
                                    ("withdrawn", "Removed"),
                                    ("ineligible", "No longer meets the conditions"),
                                ],
                                default="waiting",
                                max_length=10,
                            ),
                        ),
                        ("ended_at", models.DateTimeField(null=True)),
                        ("ended_reason", models.CharField(blank=True, max_length=300)),
                        (
                            "campaign",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="waiting",
                                to="vouchers.campaign",
                            ),
                        ),
                        (
                            "contact",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="directory.contact",
                            ),
                        ),
                        (
                            "created_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "issuance",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="vouchers.issuance",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("state", "waiting")),
                                fields=["campaign", "qualified_at", "id"],
                                name="vouchers_waiting_order",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("state", "waiting")),
                                fields=("campaign", "recipient_key"),
                                name="vouchers_waiting_once",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("state", "waiting")),
                                fields=("campaign", "idempotency_key"),
                                name="vouchers_waiting_once_a_key",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Watch",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("recipient_key", models.CharField(max_length=260)),
                        ("email", models.EmailField(blank=True, max_length=254)),
                        ("idempotency_key", models.CharField(max_length=200)),
                        ("trigger_ref", models.CharField(blank=True, max_length=120)),
                        ("since", models.DateTimeField()),
                        ("due_at", models.DateTimeField()),
                        (
                            "campaign",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="watches",
                                to="vouchers.campaign",
                            ),
                        ),
                        (
                            "contact",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="directory.contact",
                            ),
                        ),
                        (
                            "event",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="events.businessevent",
                            ),
                        ),
                        (
                            "issuance",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="vouchers.issuance",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name_plural": "watches",
                        "indexes": [
                            models.Index(fields=["due_at", "id"], name="vouchers_watch_due")
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("campaign", "idempotency_key"), name="vouchers_watch_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="WebhookEndpoint",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("created_at", models.DateTimeField()),
                        ("updated_at", models.DateTimeField()),
                        (
                            "public_id",
                            models.UUIDField(default=uuid.uuid4, editable=False, unique=True),
                        ),
                        ("url", models.CharField(max_length=500)),
                        ("description", models.CharField(blank=True, max_length=120)),
                        (
                            "event_types",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=40), default=list, size=None
                            ),
                        ),
                        ("shows_code", models.BooleanField(default=True)),
                        (
                            "state",
                            models.CharField(
                                choices=[("active", "Active"), ("disabled", "Switched off")],
                                default="active",
                                max_length=8,
                            ),
                        ),
                        ("disabled_at", models.DateTimeField(blank=True, null=True)),
                        ("disabled_reason", models.CharField(blank=True, max_length=200)),
                        ("salt", models.BinaryField(max_length=32)),
                        ("digest", models.BinaryField(max_length=32)),
                        ("previous_salt", models.BinaryField(max_length=32, null=True)),
                        ("previous_digest", models.BinaryField(max_length=32, null=True)),
                        ("previous_until", models.DateTimeField(blank=True, null=True)),
                        ("given_up_in_a_row", models.PositiveSmallIntegerField(default=0)),
                        ("slowed_until", models.DateTimeField(blank=True, null=True)),
                        ("busy_until", models.DateTimeField(blank=True, null=True)),
                        ("last_success_at", models.DateTimeField(blank=True, null=True)),
                        ("version", models.PositiveIntegerField(default=1)),
                        (
                            "business",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="voucher_webhooks",
                                to="directory.organisation",
                            ),
                        ),
                        (
                            "owner",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "partner",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="webhooks",
                                to="vouchers.partner",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("business", "url"), name="vouchers_endpoint_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("disabled_at", None), ("state", "active")),
                                    models.Q(("disabled_at__isnull", False), ("state", "disabled")),
                                    _connector="OR",
                                ),
                                name="vouchers_endpoint_disabled",
                            ),
                        ],
                        "triggers": [
                            pgtrigger.compiler.Trigger(
                                name="insert_insert",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    func='INSERT INTO "vouchers_webhookendpointevent" ("business_id", "created_at", "description", "disabled_at", "disabled_reason", "event_types", "id", "owner_id", "partner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "previous_until", "public_id", "shows_code", "state", "updated_at", "url") VALUES (NEW."business_id", NEW."created_at", NEW."description", NEW."disabled_at", NEW."disabled_reason", NEW."event_types", NEW."id", NEW."owner_id", NEW."partner_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."previous_until", NEW."public_id", NEW."shows_code", NEW."state", NEW."updated_at", NEW."url"); RETURN NULL;',
                                    hash="b196c4936f33c73d6840946ffb8a5ac2eb90fc4f",
                                    operation="INSERT",
                                    pgid="pgtrigger_insert_insert_2a82d",
                                    table="vouchers_webhookendpoint",
                                    when="AFTER",
                                ),
                            ),
                            pgtrigger.compiler.Trigger(
                                name="update_update",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    condition='WHEN (OLD."business_id" IS DISTINCT FROM (NEW."business_id") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."description" IS DISTINCT FROM (NEW."description") OR OLD."disabled_at" IS DISTINCT FROM (NEW."disabled_at") OR OLD."disabled_reason" IS DISTINCT FROM (NEW."disabled_reason") OR OLD."event_types" IS DISTINCT FROM (NEW."event_types") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."owner_id" IS DISTINCT FROM (NEW."owner_id") OR OLD."partner_id" IS DISTINCT FROM (NEW."partner_id") OR OLD."previous_until" IS DISTINCT FROM (NEW."previous_until") OR OLD."public_id" IS DISTINCT FROM (NEW."public_id") OR OLD."shows_code" IS DISTINCT FROM (NEW."shows_code") OR OLD."state" IS DISTINCT FROM (NEW."state") OR OLD."updated_at" IS DISTINCT FROM (NEW."updated_at") OR OLD."url" IS DISTINCT FROM (NEW."url"))',
                                    func='INSERT INTO "vouchers_webhookendpointevent" ("business_id", "created_at", "description", "disabled_at", "disabled_reason", "event_types", "id", "owner_id", "partner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "previous_until", "public_id", "shows_code", "state", "updated_at", "url") VALUES (NEW."business_id", NEW."created_at", NEW."description", NEW."disabled_at", NEW."disabled_reason", NEW."event_types", NEW."id", NEW."owner_id", NEW."partner_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."previous_until", NEW."public_id", NEW."shows_code", NEW."state", NEW."updated_at", NEW."url"); RETURN NULL;',
                                    hash="802efca7a2f2c95a0617bb264d54ec1ef0ef3a5f",
                                    operation="UPDATE",
                                    pgid="pgtrigger_update_update_2b1a7",
                                    table="vouchers_webhookendpoint",
                                    when="AFTER",
                                ),
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="WebhookEndpointEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        ("id", models.BigIntegerField()),
                        ("created_at", models.DateTimeField()),
                        ("updated_at", models.DateTimeField()),
                        ("public_id", models.UUIDField(default=uuid.uuid4, editable=False)),
                        ("url", models.CharField(max_length=500)),
                        ("description", models.CharField(blank=True, max_length=120)),
                        (
                            "event_types",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=40), default=list, size=None
                            ),
                        ),
                        ("shows_code", models.BooleanField(default=True)),
                        (
                            "state",
                            models.CharField(
                                choices=[("active", "Active"), ("disabled", "Switched off")],
                                default="active",
                                max_length=8,
                            ),
                        ),
                        ("disabled_at", models.DateTimeField(blank=True, null=True)),
                        ("disabled_reason", models.CharField(blank=True, max_length=200)),
                        ("previous_until", models.DateTimeField(blank=True, null=True)),
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
                            "owner",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "partner",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="vouchers.partner",
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
                                to="vouchers.webhookendpoint",
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                        "triggers": [
                            pgtrigger.compiler.Trigger(
                                name="append_only",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                                    hash="ff40dc09750a2f0ae6be98d1cb15d215a6fe378c",
                                    operation="UPDATE OR DELETE",
                                    pgid="pgtrigger_append_only_145ee",
                                    table="vouchers_webhookendpointevent",
                                    when="BEFORE",
                                ),
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="WebhookMessage",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("created_at", models.DateTimeField()),
                        ("updated_at", models.DateTimeField()),
                        (
                            "public_id",
                            models.UUIDField(default=uuid.uuid4, editable=False, unique=True),
                        ),
                        ("event_type", models.CharField(max_length=40)),
                        ("event_id", models.CharField(max_length=120)),
                        ("occurred_at", models.DateTimeField()),
                        ("data", models.JSONField(default=dict)),
                        ("is_test", models.BooleanField(default=False)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("pending", "On its way"),
                                    ("delivered", "Delivered"),
                                    ("failed", "Given up"),
                                ],
                                default="pending",
                                max_length=9,
                            ),
                        ),
                        ("tries", models.PositiveSmallIntegerField(default=0)),
                        ("next_attempt_at", models.DateTimeField()),
                        ("ended_at", models.DateTimeField(null=True)),
                        (
                            "endpoint",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="messages",
                                to="vouchers.webhookendpoint",
                            ),
                        ),
                        (
                            "issuance",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="vouchers.issuance",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("state", "pending")),
                                fields=["endpoint", "next_attempt_at"],
                                name="vouchers_message_due",
                            ),
                            models.Index(
                                condition=models.Q(("state", "pending")),
                                fields=["endpoint", "id"],
                                name="vouchers_message_first",
                            ),
                            models.Index(
                                fields=["endpoint", "-created_at", "-id"],
                                name="vouchers_message_newest",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("endpoint", "event_type", "event_id"),
                                name="vouchers_message_once",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="WebhookAttempt",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("at", models.DateTimeField()),
                        ("status", models.PositiveSmallIntegerField(null=True)),
                        ("answer", models.TextField(blank=True, max_length=2100)),
                        ("error", models.CharField(blank=True, max_length=300)),
                        ("took_ms", models.PositiveIntegerField(default=0)),
                        (
                            "message",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="attempts",
                                to="vouchers.webhookmessage",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["message", "-at", "-id"], name="vouchers_tries_newest"
                            )
                        ],
                    },
                ),
            ]
        ),
        core.migration_operations.InstallTriggers(
            model_names=[
                "Partner",
                "VoucherList",
                "UploadBatch",
                "VoucherCode",
                "Campaign",
                "CampaignEvent",
                "CampaignStatusChange",
                "Issuance",
                "PartnerEvent",
                "ListStatusChange",
                "VoucherListEvent",
                "VoucherSettings",
                "VoucherSettingsEvent",
                "WebhookEndpoint",
                "WebhookEndpointEvent",
            ],
        ),
    ]
