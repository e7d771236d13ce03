import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("directory", "0002_redemptions_and_webhooks"),
        ("pghistory", "0007_auto_20250421_0444"),
        ("vouchers", "0002_vouchersettings_vouchersettingsevent_alert_and_more"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
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
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("held_until", models.DateTimeField()),
                ("held_by_name", models.CharField(max_length=254)),
            ],
        ),
        migrations.CreateModel(
            name="Guesser",
            fields=[
                ("name", models.CharField(max_length=80, primary_key=True, serialize=False)),
                ("misses", models.PositiveSmallIntegerField(default=0)),
                ("since", models.DateTimeField()),
                ("blocked_until", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="RedemptionUpload",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                            ("rehearsed", "Rehearsed"),
                            ("in_progress", "In progress"),
                            ("completed", "Completed"),
                            ("with_errors", "Completed with errors"),
                            ("failed", "Failed"),
                            ("cancelled", "Cancelled"),
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
        ),
        migrations.CreateModel(
            name="RedemptionLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
        ),
        migrations.CreateModel(
            name="Redemption",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
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
                    "voucher_list",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="redemptions",
                        to="vouchers.voucherlist",
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
            ],
        ),
        migrations.CreateModel(
            name="WebhookEndpoint",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
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
                ("slowed_until", models.DateTimeField(blank=True, null=True)),
                ("last_success_at", models.DateTimeField(blank=True, null=True)),
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
            },
        ),
        migrations.CreateModel(
            name="WebhookMessage",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
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
        ),
        migrations.CreateModel(
            name="WebhookAttempt",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
        ),
        migrations.AddIndex(
            model_name="redemptionupload",
            index=models.Index(
                condition=models.Q(("status", "in_progress")),
                fields=["created_at", "id"],
                name="vouchers_redeeming",
            ),
        ),
        migrations.AddConstraint(
            model_name="redemptionupload",
            constraint=models.UniqueConstraint(
                fields=("business", "number"), name="vouchers_redemption_upload_number"
            ),
        ),
        migrations.AddConstraint(
            model_name="redemptionline",
            constraint=models.UniqueConstraint(
                fields=("upload", "line_no"), name="vouchers_redemption_line"
            ),
        ),
        migrations.AddIndex(
            model_name="redemption",
            index=models.Index(
                fields=["business", "-redeemed_at", "-id"], name="vouchers_redeemed_newest"
            ),
        ),
        migrations.AddIndex(
            model_name="redemption",
            index=models.Index(fields=["code", "-id"], name="vouchers_redemptions_of"),
        ),
        migrations.AddConstraint(
            model_name="redemption",
            constraint=models.UniqueConstraint(
                condition=models.Q(("result", "redeemed")),
                fields=("code",),
                name="vouchers_redeemed_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="redemption",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("result", "refused"), models.Q(("refusal", ""), _negated=True)),
                    models.Q(("refusal", ""), ("result", "refused"), _negated=True),
                    _connector="OR",
                ),
                name="vouchers_redemption_refused_says_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="redemption",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("amount_minor__isnull", True), ("currency", "")),
                    models.Q(("amount_minor__gte", 0), models.Q(("currency", ""), _negated=True)),
                    _connector="OR",
                ),
                name="vouchers_redemption_amount",
            ),
        ),
        migrations.AddConstraint(
            model_name="redemption",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("result", "reversed"), ("reversed_at__isnull", False)),
                    models.Q(
                        models.Q(("result", "reversed"), _negated=True),
                        ("reversed_at__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="vouchers_redemption_reversed",
            ),
        ),
        migrations.AddConstraint(
            model_name="webhookendpoint",
            constraint=models.UniqueConstraint(
                fields=("business", "url"), name="vouchers_endpoint_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="webhookendpoint",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("disabled_at", None), ("state", "active")),
                    models.Q(("disabled_at__isnull", False), ("state", "disabled")),
                    _connector="OR",
                ),
                name="vouchers_endpoint_disabled",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="webhookendpoint",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "vouchers_webhookendpointevent" ("business_id", "created_at", "description", "disabled_at", "disabled_reason", "event_types", "id", "last_success_at", "owner_id", "partner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "previous_until", "public_id", "shows_code", "slowed_until", "state", "updated_at", "url") VALUES (NEW."business_id", NEW."created_at", NEW."description", NEW."disabled_at", NEW."disabled_reason", NEW."event_types", NEW."id", NEW."last_success_at", NEW."owner_id", NEW."partner_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."previous_until", NEW."public_id", NEW."shows_code", NEW."slowed_until", NEW."state", NEW."updated_at", NEW."url"); RETURN NULL;',
                    hash="e2e9a816290106e378785cd335b08a128e234fe5",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_2a82d",
                    table="vouchers_webhookendpoint",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="webhookendpoint",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."business_id" IS DISTINCT FROM (NEW."business_id") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."description" IS DISTINCT FROM (NEW."description") OR OLD."disabled_at" IS DISTINCT FROM (NEW."disabled_at") OR OLD."disabled_reason" IS DISTINCT FROM (NEW."disabled_reason") OR OLD."event_types" IS DISTINCT FROM (NEW."event_types") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."last_success_at" IS DISTINCT FROM (NEW."last_success_at") OR OLD."owner_id" IS DISTINCT FROM (NEW."owner_id") OR OLD."partner_id" IS DISTINCT FROM (NEW."partner_id") OR OLD."previous_until" IS DISTINCT FROM (NEW."previous_until") OR OLD."public_id" IS DISTINCT FROM (NEW."public_id") OR OLD."shows_code" IS DISTINCT FROM (NEW."shows_code") OR OLD."slowed_until" IS DISTINCT FROM (NEW."slowed_until") OR OLD."state" IS DISTINCT FROM (NEW."state") OR OLD."updated_at" IS DISTINCT FROM (NEW."updated_at") OR OLD."url" IS DISTINCT FROM (NEW."url"))',
                    func='INSERT INTO "vouchers_webhookendpointevent" ("business_id", "created_at", "description", "disabled_at", "disabled_reason", "event_types", "id", "last_success_at", "owner_id", "partner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "previous_until", "public_id", "shows_code", "slowed_until", "state", "updated_at", "url") VALUES (NEW."business_id", NEW."created_at", NEW."description", NEW."disabled_at", NEW."disabled_reason", NEW."event_types", NEW."id", NEW."last_success_at", NEW."owner_id", NEW."partner_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."previous_until", NEW."public_id", NEW."shows_code", NEW."slowed_until", NEW."state", NEW."updated_at", NEW."url"); RETURN NULL;',
                    hash="d5179ec39847e1b1ba29658bb34599e4890dbb0a",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_2b1a7",
                    table="vouchers_webhookendpoint",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="webhookendpointevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="ff40dc09750a2f0ae6be98d1cb15d215a6fe378c",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_145ee",
                    table="vouchers_webhookendpointevent",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="webhookmessage",
            index=models.Index(
                condition=models.Q(("state", "pending")),
                fields=["next_attempt_at"],
                name="vouchers_message_due",
            ),
        ),
        migrations.AddIndex(
            model_name="webhookmessage",
            index=models.Index(
                fields=["endpoint", "-created_at", "-id"], name="vouchers_message_newest"
            ),
        ),
        migrations.AddConstraint(
            model_name="webhookmessage",
            constraint=models.UniqueConstraint(
                fields=("endpoint", "event_type", "event_id"), name="vouchers_message_once"
            ),
        ),
        migrations.AddIndex(
            model_name="webhookattempt",
            index=models.Index(fields=["message", "-at", "-id"], name="vouchers_tries_newest"),
        ),
    ]
