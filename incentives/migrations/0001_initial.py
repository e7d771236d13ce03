import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.text
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models

import core.migration_operations
import incentives.models.negotiated
import incentives.models.subjects


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        # The search indexes call its function.
        ("core", "0002_grams"),
        ("directory", "0001_initial"),
        ("pghistory", "0007_auto_20250421_0444"),
    ]

    operations = [
        core.migration_operations.CreateModels(
            [
                migrations.CreateModel(
                    name="Program",
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
                            "status",
                            models.CharField(
                                choices=[("active", "Active"), ("inactive", "Inactive")],
                                default="active",
                                max_length=10,
                            ),
                        ),
                        (
                            "allowed_incentive_types",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=10),
                                blank=True,
                                default=list,
                                size=None,
                            ),
                        ),
                        ("slug", models.CharField(max_length=40, unique=True)),
                        ("view_count", models.PositiveIntegerField(default=0)),
                        ("version", models.PositiveIntegerField(default=1)),
                        (
                            "business",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="programs",
                                to="directory.organisation",
                            ),
                        ),
                        (
                            "product_service",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="program",
                                to="directory.productservice",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["business", "-created_at", "-id"],
                                name="incentives_program_newest",
                            )
                        ],
                        "triggers": [
                            pgtrigger.compiler.Trigger(
                                name="insert_insert",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    func='INSERT INTO "incentives_programevent" ("allowed_incentive_types", "business_id", "created_at", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "product_service_id", "slug", "status", "updated_at", "version") VALUES (NEW."allowed_incentive_types", NEW."business_id", NEW."created_at", NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."product_service_id", NEW."slug", NEW."status", NEW."updated_at", NEW."version"); RETURN NULL;',
                                    hash="056391b57e02fda1053db3ea1e5f09650c6cf165",
                                    operation="INSERT",
                                    pgid="pgtrigger_insert_insert_223d3",
                                    table="incentives_program",
                                    when="AFTER",
                                ),
                            ),
                            pgtrigger.compiler.Trigger(
                                name="update_update",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    condition='WHEN (OLD."allowed_incentive_types" IS DISTINCT FROM (NEW."allowed_incentive_types") OR OLD."business_id" IS DISTINCT FROM (NEW."business_id") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."product_service_id" IS DISTINCT FROM (NEW."product_service_id") OR OLD."slug" IS DISTINCT FROM (NEW."slug") OR OLD."status" IS DISTINCT FROM (NEW."status") OR OLD."updated_at" IS DISTINCT FROM (NEW."updated_at") OR OLD."version" IS DISTINCT FROM (NEW."version"))',
                                    func='INSERT INTO "incentives_programevent" ("allowed_incentive_types", "business_id", "created_at", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "product_service_id", "slug", "status", "updated_at", "version") VALUES (NEW."allowed_incentive_types", NEW."business_id", NEW."created_at", NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."product_service_id", NEW."slug", NEW."status", NEW."updated_at", NEW."version"); RETURN NULL;',
                                    hash="f817a03058ab36957c5e6c90b09cda621a55eda7",
                                    operation="UPDATE",
                                    pgid="pgtrigger_update_update_627e3",
                                    table="incentives_program",
                                    when="AFTER",
                                ),
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="AcknowledgementTemplate",
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
                            "unit",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("currency", "Amount of money"),
                                    ("percent", "Percentage"),
                                    ("none", "No number (description only)"),
                                ],
                                max_length=8,
                            ),
                        ),
                        ("value_minor", models.BigIntegerField(blank=True, null=True)),
                        (
                            "value_percent",
                            models.DecimalField(
                                blank=True, decimal_places=2, max_digits=5, null=True
                            ),
                        ),
                        ("currency", models.CharField(blank=True, max_length=3)),
                        (
                            "incentive_type",
                            models.CharField(
                                choices=[
                                    ("cashback", "Cashback"),
                                    ("discount", "Discount"),
                                    ("gift_card", "Gift Card"),
                                    ("other", "Other"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("description", models.CharField(blank=True, max_length=255)),
                        ("message", models.CharField(blank=True, max_length=1024)),
                        ("message_masked", models.BooleanField(default=False)),
                        ("version", models.PositiveIntegerField(default=1)),
                        ("name", models.CharField(max_length=80)),
                        ("max_uses", models.PositiveIntegerField(blank=True, null=True)),
                        ("uses_count", models.PositiveIntegerField(default=0)),
                        (
                            "status",
                            models.CharField(
                                choices=[("active", "Active"), ("inactive", "Inactive")],
                                default="active",
                                max_length=8,
                            ),
                        ),
                        ("slug", models.CharField(max_length=40, unique=True)),
                        (
                            "business",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="directory.organisation",
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
                        (
                            "program",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="incentives.program",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["business", "-created_at", "-id"],
                                name="incentives_acktemplate_newest",
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("unit", "currency"),
                                        ("value_percent__isnull", True),
                                        models.Q(("currency", ""), _negated=True),
                                        models.Q(
                                            ("value_minor__isnull", True),
                                            ("value_minor__gt", 0),
                                            _connector="OR",
                                        ),
                                    ),
                                    models.Q(
                                        ("currency", ""),
                                        ("unit", "percent"),
                                        ("value_minor__isnull", True),
                                        models.Q(
                                            ("value_percent__isnull", True),
                                            models.Q(
                                                ("value_percent__gt", 0),
                                                ("value_percent__lte", 100),
                                            ),
                                            _connector="OR",
                                        ),
                                    ),
                                    models.Q(
                                        ("currency", ""),
                                        ("unit__in", ["none", ""]),
                                        ("value_minor__isnull", True),
                                        ("value_percent__isnull", True),
                                    ),
                                    _connector="OR",
                                ),
                                name="incentives_acktemplate_value",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("max_uses__isnull", True),
                                    models.Q(
                                        ("max_uses__gte", 1),
                                        ("max_uses__lte", 100000),
                                        ("max_uses__gte", models.F("uses_count")),
                                    ),
                                    _connector="OR",
                                ),
                                name="incentives_acktemplate_uses",
                            ),
                        ],
                        "triggers": [
                            pgtrigger.compiler.Trigger(
                                name="insert_insert",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    func='INSERT INTO "incentives_acknowledgementtemplateevent" ("business_id", "created_at", "created_by_id", "currency", "description", "id", "incentive_type", "max_uses", "message", "message_masked", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "program_id", "slug", "status", "unit", "updated_at", "value_minor", "value_percent", "version") VALUES (NEW."business_id", NEW."created_at", NEW."created_by_id", NEW."currency", NEW."description", NEW."id", NEW."incentive_type", NEW."max_uses", NEW."message", NEW."message_masked", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."program_id", NEW."slug", NEW."status", NEW."unit", NEW."updated_at", NEW."value_minor", NEW."value_percent", NEW."version"); RETURN NULL;',
                                    hash="908a0153633fc26f805a481e957bd5f65586a76d",
                                    operation="INSERT",
                                    pgid="pgtrigger_insert_insert_25ac4",
                                    table="incentives_acknowledgementtemplate",
                                    when="AFTER",
                                ),
                            ),
                            pgtrigger.compiler.Trigger(
                                name="update_update",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    condition='WHEN (OLD."business_id" IS DISTINCT FROM (NEW."business_id") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."created_by_id" IS DISTINCT FROM (NEW."created_by_id") OR OLD."currency" IS DISTINCT FROM (NEW."currency") OR OLD."description" IS DISTINCT FROM (NEW."description") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."incentive_type" IS DISTINCT FROM (NEW."incentive_type") OR OLD."max_uses" IS DISTINCT FROM (NEW."max_uses") OR OLD."message" IS DISTINCT FROM (NEW."message") OR OLD."message_masked" IS DISTINCT FROM (NEW."message_masked") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."program_id" IS DISTINCT FROM (NEW."program_id") OR OLD."slug" IS DISTINCT FROM (NEW."slug") OR OLD."status" IS DISTINCT FROM (NEW."status") OR OLD."unit" IS DISTINCT FROM (NEW."unit") OR OLD."updated_at" IS DISTINCT FROM (NEW."updated_at") OR OLD."value_minor" IS DISTINCT FROM (NEW."value_minor") OR OLD."value_percent" IS DISTINCT FROM (NEW."value_percent") OR OLD."version" IS DISTINCT FROM (NEW."version"))',
                                    func='INSERT INTO "incentives_acknowledgementtemplateevent" ("business_id", "created_at", "created_by_id", "currency", "description", "id", "incentive_type", "max_uses", "message", "message_masked", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "program_id", "slug", "status", "unit", "updated_at", "value_minor", "value_percent", "version") VALUES (NEW."business_id", NEW."created_at", NEW."created_by_id", NEW."currency", NEW."description", NEW."id", NEW."incentive_type", NEW."max_uses", NEW."message", NEW."message_masked", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."program_id", NEW."slug", NEW."status", NEW."unit", NEW."updated_at", NEW."value_minor", NEW."value_percent", NEW."version"); RETURN NULL;',
                                    hash="f2c146a6fa409bef206d69425080ffea54a08f81",
                                    operation="UPDATE",
                                    pgid="pgtrigger_update_update_1f03f",
                                    table="incentives_acknowledgementtemplate",
                                    when="AFTER",
                                ),
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RequestTerms",
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
                            "unit",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("currency", "Amount of money"),
                                    ("percent", "Percentage"),
                                    ("none", "No number (description only)"),
                                ],
                                max_length=8,
                            ),
                        ),
                        ("value_minor", models.BigIntegerField(blank=True, null=True)),
                        (
                            "value_percent",
                            models.DecimalField(
                                blank=True, decimal_places=2, max_digits=5, null=True
                            ),
                        ),
                        ("currency", models.CharField(blank=True, max_length=3)),
                        ("number", models.PositiveSmallIntegerField()),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("wish", "Wish"),
                                    ("offer", "Offer"),
                                    ("counter", "Counter-offer"),
                                    ("partial_grant", "Partial grant"),
                                ],
                                max_length=13,
                            ),
                        ),
                        (
                            "proposed_by",
                            models.CharField(
                                choices=[
                                    ("provider", "Provider"),
                                    ("recipient", "Recipient"),
                                    ("system", "System"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("description", models.CharField(blank=True, max_length=255)),
                        ("created_at", models.DateTimeField()),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("unit", "currency"),
                                        ("value_percent__isnull", True),
                                        models.Q(("currency", ""), _negated=True),
                                        models.Q(
                                            ("value_minor__isnull", True),
                                            ("value_minor__gt", 0),
                                            _connector="OR",
                                        ),
                                    ),
                                    models.Q(
                                        ("currency", ""),
                                        ("unit", "percent"),
                                        ("value_minor__isnull", True),
                                        models.Q(
                                            ("value_percent__isnull", True),
                                            models.Q(
                                                ("value_percent__gt", 0),
                                                ("value_percent__lte", 100),
                                            ),
                                            _connector="OR",
                                        ),
                                    ),
                                    models.Q(
                                        ("currency", ""),
                                        ("unit__in", ["none", ""]),
                                        ("value_minor__isnull", True),
                                        ("value_percent__isnull", True),
                                    ),
                                    _connector="OR",
                                ),
                                name="incentives_request_terms_value",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="IncentiveRequest",
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
                        ("product_name", models.CharField(max_length=150)),
                        ("product_url", models.URLField(blank=True, max_length=300)),
                        ("reference", models.CharField(max_length=16, unique=True)),
                        ("recipient_email", models.EmailField(max_length=254)),
                        ("recipient_name", models.CharField(max_length=120)),
                        ("recipient_verified_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "entity_type",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("individual", "Individual"),
                                    ("company", "Company"),
                                    ("organization", "Organization"),
                                ],
                                max_length=12,
                            ),
                        ),
                        (
                            "entity_stage",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("prospect_customer", "Prospect Customer"),
                                    ("existing_customer", "Existing Customer"),
                                    ("partner", "Partner"),
                                    ("lead", "Lead"),
                                ],
                                max_length=20,
                            ),
                        ),
                        (
                            "incentive_type",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("cashback", "Cashback"),
                                    ("discount", "Discount"),
                                    ("gift_card", "Gift Card"),
                                    ("other", "Other"),
                                ],
                                max_length=10,
                            ),
                        ),
                        (
                            "request_type",
                            models.CharField(
                                choices=[("single", "Single"), ("group", "Group")],
                                default="single",
                                max_length=6,
                            ),
                        ),
                        (
                            "max_required_members",
                            models.PositiveSmallIntegerField(blank=True, null=True),
                        ),
                        (
                            "delivery_method",
                            models.CharField(
                                choices=[("email", "Email"), ("link", "Shared Link")],
                                default="email",
                                max_length=5,
                            ),
                        ),
                        ("message", models.CharField(blank=True, max_length=1024)),
                        ("message_masked", models.BooleanField(default=False)),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("draft", "Draft"),
                                    ("requested", "Requested"),
                                    ("acknowledged", "Acknowledged"),
                                    ("under_review", "Under Review"),
                                    ("needs_info", "Needs Info"),
                                    ("info_provided", "Info Provided"),
                                    ("negotiating", "Negotiating"),
                                    ("approved", "Approved"),
                                    ("approved_confirmed", "Approved Confirmed"),
                                    ("completed", "Completed"),
                                    ("declined", "Declined"),
                                    ("cancelled", "Cancelled"),
                                ],
                                default="draft",
                                max_length=20,
                            ),
                        ),
                        (
                            "status_set_by",
                            models.CharField(
                                choices=[
                                    ("provider", "Provider"),
                                    ("recipient", "Recipient"),
                                    ("system", "System"),
                                ],
                                default="recipient",
                                max_length=10,
                            ),
                        ),
                        ("status_changed_at", models.DateTimeField()),
                        ("recipient_agreed_at", models.DateTimeField(blank=True, null=True)),
                        ("send_when_verified", models.BooleanField(default=False)),
                        ("requested_at", models.DateTimeField(blank=True, null=True)),
                        ("completed_at", models.DateTimeField(blank=True, null=True)),
                        ("closed_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "link_slug",
                            models.CharField(blank=True, max_length=40, null=True, unique=True),
                        ),
                        ("version", models.PositiveIntegerField(default=1)),
                        (
                            "side_to_move",
                            models.GeneratedField(
                                db_persist=True,
                                expression=models.Case(
                                    models.When(
                                        status__in=[
                                            "requested",
                                            "acknowledged",
                                            "under_review",
                                            "info_provided",
                                            "approved",
                                            "approved_confirmed",
                                        ],
                                        then=models.Value("provider"),
                                    ),
                                    models.When(
                                        status__in=["draft", "needs_info"],
                                        then=models.Value("recipient"),
                                    ),
                                    models.When(
                                        status__in=["completed", "declined", "cancelled"],
                                        then=models.Value("nobody"),
                                    ),
                                    models.When(
                                        status_set_by="provider", then=models.Value("recipient")
                                    ),
                                    default=models.Value("provider"),
                                ),
                                output_field=models.CharField(max_length=10),
                            ),
                        ),
                        (
                            "search_text",
                            models.GeneratedField(
                                db_persist=True,
                                expression=django.db.models.functions.text.Lower(
                                    django.db.models.functions.text.Concat(
                                        models.F("recipient_email"),
                                        models.Value(" "),
                                        models.F("recipient_name"),
                                        models.Value(" "),
                                        models.F("reference"),
                                        models.Value(" "),
                                        models.F("product_name"),
                                        models.Value(" "),
                                        models.F("message"),
                                    )
                                ),
                                output_field=models.TextField(),
                            ),
                        ),
                        (
                            "business",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="incentive_requests",
                                to="directory.organisation",
                            ),
                        ),
                        (
                            "contact",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="incentive_requests",
                                to="directory.contact",
                            ),
                        ),
                        (
                            "program",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="requests",
                                to="incentives.program",
                            ),
                        ),
                        (
                            "agreed_terms",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="incentives.requestterms",
                            ),
                        ),
                        (
                            "confirmed_terms",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="incentives.requestterms",
                            ),
                        ),
                        (
                            "terms",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="incentives.requestterms",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["business", "-created_at", "-id"],
                                name="incentives_request_newest",
                            ),
                            models.Index(
                                fields=["business", "status", "-created_at", "-id"],
                                name="incentives_request_by_status",
                            ),
                            models.Index(
                                fields=["business", "side_to_move", "-created_at", "-id"],
                                name="incentives_request_by_side",
                            ),
                            models.Index(
                                condition=models.Q(
                                    ("side_to_move", "provider"),
                                    models.Q(("status", "draft"), _negated=True),
                                ),
                                fields=["business", "status_changed_at", "id"],
                                name="incentives_request_waiting",
                            ),
                            models.Index(
                                condition=models.Q(("requested_at__isnull", False)),
                                fields=["business", "-requested_at", "-id"],
                                name="incentives_request_asked",
                            ),
                            models.Index(
                                fields=["recipient_email", "-created_at", "-id"],
                                name="incentives_request_by_email",
                            ),
                            django.contrib.postgres.indexes.GinIndex(
                                models.Func(
                                    models.F("business_id"),
                                    models.F("search_text"),
                                    function="core_grams",
                                ),
                                name="incentives_request_search",
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "status__in",
                                        [
                                            "draft",
                                            "requested",
                                            "acknowledged",
                                            "under_review",
                                            "needs_info",
                                            "info_provided",
                                            "negotiating",
                                            "approved",
                                            "approved_confirmed",
                                            "completed",
                                            "declined",
                                            "cancelled",
                                        ],
                                    )
                                ),
                                name="incentives_request_status",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("max_required_members__isnull", True),
                                        ("request_type", "single"),
                                    ),
                                    models.Q(
                                        ("max_required_members__gte", 2),
                                        ("max_required_members__isnull", False),
                                        ("max_required_members__lte", 500),
                                        ("request_type", "group"),
                                    ),
                                    models.Q(
                                        ("max_required_members__isnull", True),
                                        ("request_type", "group"),
                                        ("status__in", ["draft", "cancelled"]),
                                    ),
                                    _connector="OR",
                                ),
                                name="incentives_request_members",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("status__in", ["draft", "cancelled"]),
                                    models.Q(
                                        ("contact__isnull", False),
                                        ("recipient_verified_at__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="incentives_request_verified",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("status__in", ["draft", "cancelled"]),
                                    ("terms__isnull", False),
                                    _connector="OR",
                                ),
                                name="incentives_request_terms",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("status__in", ["approved_confirmed", "completed"]),
                                        _negated=True,
                                    ),
                                    ("confirmed_terms__isnull", False),
                                    _connector="OR",
                                ),
                                name="incentives_request_confirmed_terms",
                            ),
                        ],
                    },
                    bases=(incentives.models.negotiated.Negotiated, models.Model),
                ),
                migrations.CreateModel(
                    name="LinkTemplate",
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
                            "unit",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("currency", "Amount of money"),
                                    ("percent", "Percentage"),
                                    ("none", "No number (description only)"),
                                ],
                                max_length=8,
                            ),
                        ),
                        ("value_minor", models.BigIntegerField(blank=True, null=True)),
                        (
                            "value_percent",
                            models.DecimalField(
                                blank=True, decimal_places=2, max_digits=5, null=True
                            ),
                        ),
                        ("currency", models.CharField(blank=True, max_length=3)),
                        ("name", models.CharField(max_length=80)),
                        (
                            "entity_type",
                            models.CharField(
                                choices=[
                                    ("individual", "Individual"),
                                    ("company", "Company"),
                                    ("organization", "Organization"),
                                ],
                                max_length=12,
                            ),
                        ),
                        (
                            "entity_stage",
                            models.CharField(
                                choices=[
                                    ("prospect_customer", "Prospect Customer"),
                                    ("existing_customer", "Existing Customer"),
                                    ("partner", "Partner"),
                                    ("lead", "Lead"),
                                ],
                                max_length=20,
                            ),
                        ),
                        (
                            "incentive_type",
                            models.CharField(
                                choices=[
                                    ("cashback", "Cashback"),
                                    ("discount", "Discount"),
                                    ("gift_card", "Gift Card"),
                                    ("other", "Other"),
                                ],
                                max_length=10,
                            ),
                        ),
                        (
                            "offer_type",
                            models.CharField(
                                choices=[("single", "Single"), ("group", "Group")],
                                default="single",
                                max_length=6,
                            ),
                        ),
                        (
                            "max_required_members",
                            models.PositiveSmallIntegerField(blank=True, null=True),
                        ),
                        ("description", models.CharField(blank=True, max_length=255)),
                        ("message", models.CharField(max_length=1024)),
                        ("message_masked", models.BooleanField(default=False)),
                        ("show_on_program_page", models.BooleanField(default=False)),
                        ("validity_days", models.PositiveSmallIntegerField(default=30)),
                        ("max_uses", models.PositiveIntegerField(blank=True, null=True)),
                        ("uses_count", models.PositiveIntegerField(default=0)),
                        (
                            "status",
                            models.CharField(
                                choices=[("active", "Active"), ("inactive", "Inactive")],
                                default="active",
                                max_length=8,
                            ),
                        ),
                        ("slug", models.CharField(max_length=40, unique=True)),
                        ("version", models.PositiveIntegerField(default=1)),
                        (
                            "business",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="link_templates",
                                to="directory.organisation",
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
                        (
                            "program",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="link_templates",
                                to="incentives.program",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["business", "-created_at", "-id"],
                                name="incentives_template_newest",
                            ),
                            models.Index(
                                condition=models.Q(
                                    ("show_on_program_page", True), ("status", "active")
                                ),
                                fields=["program"],
                                name="incentives_template_shown",
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("max_required_members__isnull", True),
                                        ("offer_type", "single"),
                                    ),
                                    models.Q(
                                        ("max_required_members__gte", 2),
                                        ("max_required_members__isnull", False),
                                        ("max_required_members__lte", 500),
                                        ("offer_type", "group"),
                                    ),
                                    _connector="OR",
                                ),
                                name="incentives_template_members",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("max_uses__isnull", True),
                                    models.Q(
                                        ("max_uses__gte", 1),
                                        ("max_uses__lte", 100000),
                                        ("max_uses__gte", models.F("uses_count")),
                                    ),
                                    _connector="OR",
                                ),
                                name="incentives_template_uses",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("validity_days__gte", 1), ("validity_days__lte", 365)
                                ),
                                name="incentives_template_validity",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("unit", "currency"),
                                        ("value_percent__isnull", True),
                                        models.Q(("currency", ""), _negated=True),
                                        models.Q(
                                            ("value_minor__isnull", True),
                                            ("value_minor__gt", 0),
                                            _connector="OR",
                                        ),
                                    ),
                                    models.Q(
                                        ("currency", ""),
                                        ("unit", "percent"),
                                        ("value_minor__isnull", True),
                                        models.Q(
                                            ("value_percent__isnull", True),
                                            models.Q(
                                                ("value_percent__gt", 0),
                                                ("value_percent__lte", 100),
                                            ),
                                            _connector="OR",
                                        ),
                                    ),
                                    models.Q(
                                        ("currency", ""),
                                        ("unit__in", ["none", ""]),
                                        ("value_minor__isnull", True),
                                        ("value_percent__isnull", True),
                                    ),
                                    _connector="OR",
                                ),
                                name="incentives_template_value",
                            ),
                        ],
                        "triggers": [
                            pgtrigger.compiler.Trigger(
                                name="insert_insert",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    func='INSERT INTO "incentives_linktemplateevent" ("business_id", "created_at", "created_by_id", "currency", "description", "entity_stage", "entity_type", "id", "incentive_type", "max_required_members", "max_uses", "message", "message_masked", "name", "offer_type", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "program_id", "show_on_program_page", "slug", "status", "unit", "updated_at", "validity_days", "value_minor", "value_percent", "version") VALUES (NEW."business_id", NEW."created_at", NEW."created_by_id", NEW."currency", NEW."description", NEW."entity_stage", NEW."entity_type", NEW."id", NEW."incentive_type", NEW."max_required_members", NEW."max_uses", NEW."message", NEW."message_masked", NEW."name", NEW."offer_type", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."program_id", NEW."show_on_program_page", NEW."slug", NEW."status", NEW."unit", NEW."updated_at", NEW."validity_days", NEW."value_minor", NEW."value_percent", NEW."version"); RETURN NULL;',
                                    hash="4ec88826dada5be65d770540587de7462d1e8b13",
                                    operation="INSERT",
                                    pgid="pgtrigger_insert_insert_c0a21",
                                    table="incentives_linktemplate",
                                    when="AFTER",
                                ),
                            ),
                            pgtrigger.compiler.Trigger(
                                name="update_update",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    condition='WHEN (OLD."business_id" IS DISTINCT FROM (NEW."business_id") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."created_by_id" IS DISTINCT FROM (NEW."created_by_id") OR OLD."currency" IS DISTINCT FROM (NEW."currency") OR OLD."description" IS DISTINCT FROM (NEW."description") OR OLD."entity_stage" IS DISTINCT FROM (NEW."entity_stage") OR OLD."entity_type" IS DISTINCT FROM (NEW."entity_type") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."incentive_type" IS DISTINCT FROM (NEW."incentive_type") OR OLD."max_required_members" IS DISTINCT FROM (NEW."max_required_members") OR OLD."max_uses" IS DISTINCT FROM (NEW."max_uses") OR OLD."message" IS DISTINCT FROM (NEW."message") OR OLD."message_masked" IS DISTINCT FROM (NEW."message_masked") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."offer_type" IS DISTINCT FROM (NEW."offer_type") OR OLD."program_id" IS DISTINCT FROM (NEW."program_id") OR OLD."show_on_program_page" IS DISTINCT FROM (NEW."show_on_program_page") OR OLD."slug" IS DISTINCT FROM (NEW."slug") OR OLD."status" IS DISTINCT FROM (NEW."status") OR OLD."unit" IS DISTINCT FROM (NEW."unit") OR OLD."updated_at" IS DISTINCT FROM (NEW."updated_at") OR OLD."validity_days" IS DISTINCT FROM (NEW."validity_days") OR OLD."value_minor" IS DISTINCT FROM (NEW."value_minor") OR OLD."value_percent" IS DISTINCT FROM (NEW."value_percent") OR OLD."version" IS DISTINCT FROM (NEW."version"))',
                                    func='INSERT INTO "incentives_linktemplateevent" ("business_id", "created_at", "created_by_id", "currency", "description", "entity_stage", "entity_type", "id", "incentive_type", "max_required_members", "max_uses", "message", "message_masked", "name", "offer_type", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "program_id", "show_on_program_page", "slug", "status", "unit", "updated_at", "validity_days", "value_minor", "value_percent", "version") VALUES (NEW."business_id", NEW."created_at", NEW."created_by_id", NEW."currency", NEW."description", NEW."entity_stage", NEW."entity_type", NEW."id", NEW."incentive_type", NEW."max_required_members", NEW."max_uses", NEW."message", NEW."message_masked", NEW."name", NEW."offer_type", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."program_id", NEW."show_on_program_page", NEW."slug", NEW."status", NEW."unit", NEW."updated_at", NEW."validity_days", NEW."value_minor", NEW."value_percent", NEW."version"); RETURN NULL;',
                                    hash="4f08848a584ab5b37610d0f8d007565c8a331dc8",
                                    operation="UPDATE",
                                    pgid="pgtrigger_update_update_8a236",
                                    table="incentives_linktemplate",
                                    when="AFTER",
                                ),
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="OfferTerms",
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
                            "unit",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("currency", "Amount of money"),
                                    ("percent", "Percentage"),
                                    ("none", "No number (description only)"),
                                ],
                                max_length=8,
                            ),
                        ),
                        ("value_minor", models.BigIntegerField(blank=True, null=True)),
                        (
                            "value_percent",
                            models.DecimalField(
                                blank=True, decimal_places=2, max_digits=5, null=True
                            ),
                        ),
                        ("currency", models.CharField(blank=True, max_length=3)),
                        ("number", models.PositiveSmallIntegerField()),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("wish", "Wish"),
                                    ("offer", "Offer"),
                                    ("counter", "Counter-offer"),
                                    ("partial_grant", "Partial grant"),
                                ],
                                max_length=13,
                            ),
                        ),
                        (
                            "proposed_by",
                            models.CharField(
                                choices=[
                                    ("provider", "Provider"),
                                    ("recipient", "Recipient"),
                                    ("system", "System"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("description", models.CharField(blank=True, max_length=255)),
                        ("created_at", models.DateTimeField()),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("unit", "currency"),
                                        ("value_percent__isnull", True),
                                        models.Q(("currency", ""), _negated=True),
                                        models.Q(
                                            ("value_minor__isnull", True),
                                            ("value_minor__gt", 0),
                                            _connector="OR",
                                        ),
                                    ),
                                    models.Q(
                                        ("currency", ""),
                                        ("unit", "percent"),
                                        ("value_minor__isnull", True),
                                        models.Q(
                                            ("value_percent__isnull", True),
                                            models.Q(
                                                ("value_percent__gt", 0),
                                                ("value_percent__lte", 100),
                                            ),
                                            _connector="OR",
                                        ),
                                    ),
                                    models.Q(
                                        ("currency", ""),
                                        ("unit__in", ["none", ""]),
                                        ("value_minor__isnull", True),
                                        ("value_percent__isnull", True),
                                    ),
                                    _connector="OR",
                                ),
                                name="incentives_terms_value",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Offer",
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
                        ("reference", models.CharField(max_length=16, unique=True)),
                        (
                            "entity_type",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("individual", "Individual"),
                                    ("company", "Company"),
                                    ("organization", "Organization"),
                                ],
                                max_length=12,
                            ),
                        ),
                        (
                            "entity_stage",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("prospect_customer", "Prospect Customer"),
                                    ("existing_customer", "Existing Customer"),
                                    ("partner", "Partner"),
                                    ("lead", "Lead"),
                                ],
                                max_length=20,
                            ),
                        ),
                        (
                            "incentive_type",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("cashback", "Cashback"),
                                    ("discount", "Discount"),
                                    ("gift_card", "Gift Card"),
                                    ("other", "Other"),
                                ],
                                max_length=10,
                            ),
                        ),
                        (
                            "offer_type",
                            models.CharField(
                                choices=[("single", "Single"), ("group", "Group")],
                                default="single",
                                max_length=6,
                            ),
                        ),
                        (
                            "max_required_members",
                            models.PositiveSmallIntegerField(blank=True, null=True),
                        ),
                        (
                            "delivery_method",
                            models.CharField(
                                choices=[("email", "Email"), ("link", "Shared Link")],
                                default="email",
                                max_length=5,
                            ),
                        ),
                        ("recipient_email", models.EmailField(blank=True, max_length=254)),
                        ("recipient_name", models.CharField(blank=True, max_length=120)),
                        ("recipient_verified_at", models.DateTimeField(blank=True, null=True)),
                        ("message", models.CharField(blank=True, max_length=1024)),
                        ("message_masked", models.BooleanField(default=False)),
                        ("show_on_program_page", models.BooleanField(default=False)),
                        ("expires_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("draft", "Draft"),
                                    ("offered", "Offered"),
                                    ("needs_info", "Needs Info"),
                                    ("info_provided", "Info Provided"),
                                    ("counter", "Counter"),
                                    ("approved", "Approved"),
                                    ("partial_granted", "Partial Granted"),
                                    ("approved_confirmed", "Approved Confirmed"),
                                    ("pre_claimed", "Pre Claimed"),
                                    ("claimed", "Claimed"),
                                    ("requires_revision", "Requires Revision"),
                                    ("completed", "Completed"),
                                    ("rejected", "Rejected"),
                                    ("cancelled", "Cancelled"),
                                    ("expired", "Expired"),
                                    ("no_response", "No Response"),
                                    ("acknowledged", "Acknowledged"),
                                ],
                                default="draft",
                                max_length=20,
                            ),
                        ),
                        (
                            "status_set_by",
                            models.CharField(
                                choices=[
                                    ("provider", "Provider"),
                                    ("recipient", "Recipient"),
                                    ("system", "System"),
                                ],
                                default="provider",
                                max_length=10,
                            ),
                        ),
                        ("status_changed_at", models.DateTimeField()),
                        ("recipient_agreed_at", models.DateTimeField(blank=True, null=True)),
                        ("answer_due_at", models.DateTimeField(blank=True, null=True)),
                        ("recipient_has_moved", models.BooleanField(default=False)),
                        ("offered_at", models.DateTimeField(blank=True, null=True)),
                        ("claimed_at", models.DateTimeField(blank=True, null=True)),
                        ("completed_at", models.DateTimeField(blank=True, null=True)),
                        ("closed_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "link_slug",
                            models.CharField(blank=True, max_length=40, null=True, unique=True),
                        ),
                        ("first_opened_at", models.DateTimeField(blank=True, null=True)),
                        ("open_count", models.PositiveIntegerField(default=0)),
                        ("reminded_at", models.DateTimeField(blank=True, null=True)),
                        ("version", models.PositiveIntegerField(default=1)),
                        (
                            "side_to_move",
                            models.GeneratedField(
                                db_persist=True,
                                expression=models.Case(
                                    models.When(
                                        status__in=[
                                            "draft",
                                            "info_provided",
                                            "counter",
                                            "approved",
                                            "approved_confirmed",
                                            "pre_claimed",
                                            "claimed",
                                        ],
                                        then=models.Value("provider"),
                                    ),
                                    models.When(
                                        status__in=["offered", "partial_granted", "completed"],
                                        then=models.Value("recipient"),
                                    ),
                                    models.When(
                                        status__in=[
                                            "rejected",
                                            "cancelled",
                                            "expired",
                                            "no_response",
                                            "acknowledged",
                                        ],
                                        then=models.Value("nobody"),
                                    ),
                                    models.When(
                                        status_set_by="provider", then=models.Value("recipient")
                                    ),
                                    default=models.Value("provider"),
                                ),
                                output_field=models.CharField(max_length=10),
                            ),
                        ),
                        (
                            "search_text",
                            models.GeneratedField(
                                db_persist=True,
                                expression=django.db.models.functions.text.Lower(
                                    django.db.models.functions.text.Concat(
                                        models.F("recipient_email"),
                                        models.Value(" "),
                                        models.F("recipient_name"),
                                        models.Value(" "),
                                        models.F("reference"),
                                        models.Value(" "),
                                        models.F("message"),
                                    )
                                ),
                                output_field=models.TextField(),
                            ),
                        ),
                        (
                            "business",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="incentive_offers",
                                to="directory.organisation",
                            ),
                        ),
                        (
                            "contact",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="incentive_offers",
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
                        (
                            "link_template",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="offers",
                                to="incentives.linktemplate",
                            ),
                        ),
                        (
                            "agreed_terms",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="incentives.offerterms",
                            ),
                        ),
                        (
                            "confirmed_terms",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="incentives.offerterms",
                            ),
                        ),
                        (
                            "terms",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="incentives.offerterms",
                            ),
                        ),
                        (
                            "program",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="offers",
                                to="incentives.program",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["business", "-created_at", "-id"],
                                name="incentives_offer_newest",
                            ),
                            models.Index(
                                fields=["business", "-updated_at", "-id"],
                                name="incentives_offer_recent",
                            ),
                            models.Index(
                                fields=["business", "status", "-created_at", "-id"],
                                include=("side_to_move", "incentive_type"),
                                name="incentives_offer_by_status",
                            ),
                            models.Index(
                                fields=["business", "side_to_move", "-created_at", "-id"],
                                name="incentives_offer_by_side",
                            ),
                            models.Index(
                                condition=models.Q(
                                    ("side_to_move", "provider"),
                                    models.Q(("status", "draft"), _negated=True),
                                ),
                                fields=["business", "status_changed_at", "id"],
                                name="incentives_offer_waiting",
                            ),
                            models.Index(
                                fields=["business", "program", "-created_at", "-id"],
                                name="incentives_offer_by_program",
                            ),
                            models.Index(
                                condition=models.Q(("offered_at__isnull", False)),
                                fields=["business", "-offered_at", "-id"],
                                name="incentives_offer_offered",
                            ),
                            models.Index(
                                fields=["business", "recipient_email", "-id"],
                                name="incentives_offer_by_email",
                            ),
                            models.Index(
                                condition=models.Q(("link_template__isnull", False)),
                                fields=["link_template", "-created_at", "-id"],
                                name="incentives_offer_by_template",
                            ),
                            django.contrib.postgres.indexes.GinIndex(
                                models.Func(
                                    models.F("business_id"),
                                    models.F("search_text"),
                                    function="core_grams",
                                ),
                                name="incentives_offer_search",
                            ),
                            models.Index(
                                condition=models.Q(("status", "offered")),
                                fields=["expires_at"],
                                name="incentives_offer_expiring",
                            ),
                            models.Index(
                                condition=models.Q(("answer_due_at__isnull", False)),
                                fields=["answer_due_at"],
                                name="incentives_offer_silent",
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "status__in",
                                        [
                                            "draft",
                                            "offered",
                                            "needs_info",
                                            "info_provided",
                                            "counter",
                                            "approved",
                                            "partial_granted",
                                            "approved_confirmed",
                                            "pre_claimed",
                                            "claimed",
                                            "requires_revision",
                                            "completed",
                                            "rejected",
                                            "cancelled",
                                            "expired",
                                            "no_response",
                                            "acknowledged",
                                        ],
                                    )
                                ),
                                name="incentives_offer_status",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("max_required_members__isnull", True),
                                        ("offer_type", "single"),
                                    ),
                                    models.Q(
                                        ("max_required_members__gte", 2),
                                        ("max_required_members__isnull", False),
                                        ("max_required_members__lte", 500),
                                        ("offer_type", "group"),
                                    ),
                                    models.Q(
                                        ("max_required_members__isnull", True),
                                        ("offer_type", "group"),
                                        ("status__in", ["draft", "cancelled"]),
                                    ),
                                    _connector="OR",
                                ),
                                name="incentives_offer_members",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("delivery_method", "link"),
                                    ("status__in", ["draft", "cancelled"]),
                                    models.Q(("recipient_email", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="incentives_offer_recipient",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("status__in", ["draft", "cancelled"]),
                                    ("terms__isnull", False),
                                    _connector="OR",
                                ),
                                name="incentives_offer_terms",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        (
                                            "status__in",
                                            [
                                                "acknowledged",
                                                "approved_confirmed",
                                                "claimed",
                                                "completed",
                                            ],
                                        ),
                                        _negated=True,
                                    ),
                                    ("confirmed_terms__isnull", False),
                                    _connector="OR",
                                ),
                                name="incentives_offer_confirmed_terms",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("status", "offered"), _negated=True),
                                    ("expires_at__isnull", False),
                                    _connector="OR",
                                ),
                                name="incentives_offer_expiry",
                            ),
                        ],
                    },
                    bases=(incentives.models.negotiated.Negotiated, models.Model),
                ),
                migrations.CreateModel(
                    name="GroupMember",
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
                        ("email", models.EmailField(max_length=254)),
                        ("name", models.CharField(blank=True, max_length=120)),
                        (
                            "role",
                            models.CharField(
                                choices=[("lead", "Lead"), ("member", "Member")],
                                default="member",
                                max_length=6,
                            ),
                        ),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("pending", "Pending"),
                                    ("active", "Active"),
                                    ("claimed", "Claimed"),
                                    ("declined", "Declined"),
                                    ("removed", "Removed"),
                                ],
                                default="pending",
                                max_length=8,
                            ),
                        ),
                        ("invited_at", models.DateTimeField()),
                        ("verified_at", models.DateTimeField(blank=True, null=True)),
                        ("claimed_at", models.DateTimeField(blank=True, null=True)),
                        ("left_at", models.DateTimeField(blank=True, null=True)),
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
                            "request",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="members",
                                to="incentives.incentiverequest",
                            ),
                        ),
                        (
                            "offer",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="members",
                                to="incentives.offer",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("offer__isnull", False), ("request__isnull", True)),
                                    models.Q(("offer__isnull", True), ("request__isnull", False)),
                                    _connector="OR",
                                ),
                                name="incentives_member_about_one",
                            ),
                            models.UniqueConstraint(
                                models.F("request"),
                                django.db.models.functions.text.Lower("email"),
                                name="incentives_request_member_once",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(
                                    ("role", "lead"), ("status__in", ["active", "claimed"])
                                ),
                                fields=("request",),
                                name="incentives_request_member_one_lead",
                            ),
                            models.UniqueConstraint(
                                models.F("offer"),
                                django.db.models.functions.text.Lower("email"),
                                name="incentives_member_once",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(
                                    ("role", "lead"), ("status__in", ["active", "claimed"])
                                ),
                                fields=("offer",),
                                name="incentives_member_one_lead",
                            ),
                        ],
                    },
                    bases=(incentives.models.subjects.AboutOne, models.Model),
                ),
                migrations.CreateModel(
                    name="Message",
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
                            "sender_kind",
                            models.CharField(
                                choices=[
                                    ("vendor", "Provider"),
                                    ("referent", "Recipient"),
                                    ("system", "System"),
                                    ("member", "Group member"),
                                ],
                                max_length=8,
                            ),
                        ),
                        ("sender_name", models.CharField(max_length=160)),
                        ("body", models.CharField(max_length=1024)),
                        ("status_at_send", models.CharField(max_length=20)),
                        ("changed_status", models.BooleanField(default=False)),
                        ("created_at", models.DateTimeField()),
                        ("edited_at", models.DateTimeField(blank=True, null=True)),
                        ("deleted_at", models.DateTimeField(blank=True, null=True)),
                        ("read_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "business",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="incentive_messages",
                                to="directory.organisation",
                            ),
                        ),
                        (
                            "request",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="messages",
                                to="incentives.incentiverequest",
                            ),
                        ),
                        (
                            "sender_member",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="incentives.groupmember",
                            ),
                        ),
                        (
                            "sender_user",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "offer",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="messages",
                                to="incentives.offer",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["request", "-created_at", "-id"],
                                name="incentives_message_of_request",
                            ),
                            models.Index(
                                condition=models.Q(("read_at__isnull", True)),
                                fields=["request", "sender_kind"],
                                name="incentives_message_r_unread",
                            ),
                            models.Index(
                                fields=["offer", "-created_at", "-id"],
                                name="incentives_message_newest",
                            ),
                            models.Index(
                                condition=models.Q(("read_at__isnull", True)),
                                fields=["offer", "sender_kind"],
                                name="incentives_message_unread",
                            ),
                            models.Index(
                                condition=models.Q(
                                    ("sender_kind__in", ["system", "member"]), _negated=True
                                ),
                                fields=["business", "-created_at", "-id"],
                                name="incentives_message_said",
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("offer__isnull", False), ("request__isnull", True)),
                                    models.Q(("offer__isnull", True), ("request__isnull", False)),
                                    _connector="OR",
                                ),
                                name="incentives_message_about_one",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("sender_kind", "member"), ("sender_member__isnull", False)
                                    ),
                                    models.Q(
                                        models.Q(("sender_kind", "member"), _negated=True),
                                        ("sender_member__isnull", True),
                                    ),
                                    _connector="OR",
                                ),
                                name="incentives_message_of_member",
                            ),
                        ],
                    },
                    bases=(incentives.models.subjects.AboutOne, models.Model),
                ),
                migrations.CreateModel(
                    name="MessageAttachment",
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
                        ("key", models.CharField(max_length=40, unique=True)),
                        ("file", models.FileField(upload_to="attachments/%Y/%m/")),
                        ("name", models.CharField(max_length=160)),
                        ("content_type", models.CharField(max_length=100)),
                        ("size", models.PositiveIntegerField()),
                        (
                            "message",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="attachments",
                                to="incentives.message",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="Distribution",
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
                            "unit",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("currency", "Amount of money"),
                                    ("percent", "Percentage"),
                                    ("none", "No number (description only)"),
                                ],
                                max_length=8,
                            ),
                        ),
                        ("value_minor", models.BigIntegerField(blank=True, null=True)),
                        (
                            "value_percent",
                            models.DecimalField(
                                blank=True, decimal_places=2, max_digits=5, null=True
                            ),
                        ),
                        ("currency", models.CharField(blank=True, max_length=3)),
                        ("recipient_email", models.EmailField(max_length=254)),
                        ("recipient_name", models.CharField(blank=True, max_length=120)),
                        ("description", models.CharField(blank=True, max_length=500)),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("pending", "Pending"),
                                    ("success", "Success"),
                                    ("failed", "Failed"),
                                ],
                                default="pending",
                                max_length=8,
                            ),
                        ),
                        ("succeeded_at", models.DateTimeField(blank=True, null=True)),
                        ("version", models.PositiveIntegerField(default=1)),
                        (
                            "business",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="distributions",
                                to="directory.organisation",
                            ),
                        ),
                        (
                            "contact",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="distributions",
                                to="directory.contact",
                            ),
                        ),
                        (
                            "updated_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "group_member",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="distributions",
                                to="incentives.groupmember",
                            ),
                        ),
                        (
                            "request",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="distributions",
                                to="incentives.incentiverequest",
                            ),
                        ),
                        (
                            "offer",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="distributions",
                                to="incentives.offer",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["request", "-created_at", "-id"],
                                name="incentives_distribution_r_new",
                            ),
                            models.Index(
                                fields=["offer", "-created_at", "-id"],
                                name="incentives_distribution_new",
                            ),
                            models.Index(
                                fields=["business", "status", "-succeeded_at"],
                                name="incentives_distribution_done",
                            ),
                            models.Index(
                                fields=["business", "-created_at", "-id"],
                                name="incentives_distribution_all",
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("offer__isnull", False), ("request__isnull", True)),
                                    models.Q(("offer__isnull", True), ("request__isnull", False)),
                                    _connector="OR",
                                ),
                                name="incentives_distribution_about_one",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("group_member__isnull", False)),
                                fields=("request", "group_member"),
                                name="incentives_distribution_r_member",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("group_member__isnull", True)),
                                fields=("request",),
                                name="incentives_distribution_r_single",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("group_member__isnull", False)),
                                fields=("offer", "group_member"),
                                name="incentives_distribution_member",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("group_member__isnull", True)),
                                fields=("offer",),
                                name="incentives_distribution_single",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("unit", "currency"),
                                        ("value_percent__isnull", True),
                                        models.Q(("currency", ""), _negated=True),
                                        models.Q(
                                            ("value_minor__isnull", True),
                                            ("value_minor__gte", 0),
                                            _connector="OR",
                                        ),
                                    ),
                                    models.Q(
                                        ("currency", ""),
                                        ("unit", "percent"),
                                        ("value_minor__isnull", True),
                                        models.Q(
                                            ("value_percent__isnull", True),
                                            models.Q(
                                                ("value_percent__gte", 0),
                                                ("value_percent__lte", 100),
                                            ),
                                            _connector="OR",
                                        ),
                                    ),
                                    models.Q(
                                        ("currency", ""),
                                        ("unit__in", ["none", ""]),
                                        ("value_minor__isnull", True),
                                        ("value_percent__isnull", True),
                                    ),
                                    _connector="OR",
                                ),
                                name="incentives_distribution_value",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("status", "success"), ("succeeded_at__isnull", False)
                                    ),
                                    models.Q(
                                        models.Q(("status", "success"), _negated=True),
                                        ("succeeded_at__isnull", True),
                                    ),
                                    _connector="OR",
                                ),
                                name="incentives_distribution_succeeded",
                            ),
                        ],
                    },
                    bases=(incentives.models.subjects.AboutOne, models.Model),
                ),
                migrations.CreateModel(
                    name="ClaimIntent",
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
                        ("target", models.CharField(max_length=20)),
                        ("name", models.CharField(max_length=120)),
                        ("email", models.EmailField(max_length=254)),
                        ("payload", models.JSONField(default=dict)),
                        ("created_at", models.DateTimeField()),
                        ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                        ("closed_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "template",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="intents",
                                to="incentives.linktemplate",
                            ),
                        ),
                        (
                            "offer",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="intents",
                                to="incentives.offer",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["offer", "email"], name="incentives_intent_offer")
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("offer__isnull", False), ("template__isnull", True)),
                                    models.Q(("offer__isnull", True), ("template__isnull", False)),
                                    _connector="OR",
                                ),
                                name="incentives_intent_subject",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="OfferStatusChange",
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
                        ("from_status", models.CharField(blank=True, max_length=20)),
                        (
                            "to_status",
                            models.CharField(
                                choices=[
                                    ("draft", "Draft"),
                                    ("offered", "Offered"),
                                    ("needs_info", "Needs Info"),
                                    ("info_provided", "Info Provided"),
                                    ("counter", "Counter"),
                                    ("approved", "Approved"),
                                    ("partial_granted", "Partial Granted"),
                                    ("approved_confirmed", "Approved Confirmed"),
                                    ("pre_claimed", "Pre Claimed"),
                                    ("claimed", "Claimed"),
                                    ("requires_revision", "Requires Revision"),
                                    ("completed", "Completed"),
                                    ("rejected", "Rejected"),
                                    ("cancelled", "Cancelled"),
                                    ("expired", "Expired"),
                                    ("no_response", "No Response"),
                                    ("acknowledged", "Acknowledged"),
                                ],
                                max_length=20,
                            ),
                        ),
                        (
                            "actor_kind",
                            models.CharField(
                                choices=[
                                    ("provider", "Provider"),
                                    ("recipient", "Recipient"),
                                    ("system", "System"),
                                ],
                                max_length=10,
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
                            "message",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="incentives.message",
                            ),
                        ),
                        (
                            "offer",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="status_changes",
                                to="incentives.offer",
                            ),
                        ),
                        (
                            "terms",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="incentives.offerterms",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["offer", "-at", "-id"], name="incentives_change_newest"
                            )
                        ],
                        "triggers": [
                            pgtrigger.compiler.Trigger(
                                name="status_change_append_only",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                                    hash="2f39cbc54dfdd72791a37392cda0c5d2bee22553",
                                    operation="DELETE",
                                    pgid="pgtrigger_status_change_append_only_51ad2",
                                    table="incentives_offerstatuschange",
                                    when="BEFORE",
                                ),
                            ),
                            pgtrigger.compiler.Trigger(
                                name="status_change_immutable",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    condition='WHEN (OLD."actor_kind" IS DISTINCT FROM (NEW."actor_kind") OR OLD."actor_name" IS DISTINCT FROM (NEW."actor_name") OR OLD."at" IS DISTINCT FROM (NEW."at") OR OLD."from_status" IS DISTINCT FROM (NEW."from_status") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."offer_id" IS DISTINCT FROM (NEW."offer_id") OR OLD."to_status" IS DISTINCT FROM (NEW."to_status") OR OLD."transition" IS DISTINCT FROM (NEW."transition"))',
                                    func="RAISE EXCEPTION 'The history of an offer is never rewritten.';",
                                    hash="f830885875b18c14a3d5a568fe1e0b5754535017",
                                    operation="UPDATE",
                                    pgid="pgtrigger_status_change_immutable_f14ff",
                                    table="incentives_offerstatuschange",
                                    when="BEFORE",
                                ),
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="LinkTemplateEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        ("id", models.BigIntegerField()),
                        ("created_at", models.DateTimeField()),
                        ("updated_at", models.DateTimeField()),
                        (
                            "unit",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("currency", "Amount of money"),
                                    ("percent", "Percentage"),
                                    ("none", "No number (description only)"),
                                ],
                                max_length=8,
                            ),
                        ),
                        ("value_minor", models.BigIntegerField(blank=True, null=True)),
                        (
                            "value_percent",
                            models.DecimalField(
                                blank=True, decimal_places=2, max_digits=5, null=True
                            ),
                        ),
                        ("currency", models.CharField(blank=True, max_length=3)),
                        ("name", models.CharField(max_length=80)),
                        (
                            "entity_type",
                            models.CharField(
                                choices=[
                                    ("individual", "Individual"),
                                    ("company", "Company"),
                                    ("organization", "Organization"),
                                ],
                                max_length=12,
                            ),
                        ),
                        (
                            "entity_stage",
                            models.CharField(
                                choices=[
                                    ("prospect_customer", "Prospect Customer"),
                                    ("existing_customer", "Existing Customer"),
                                    ("partner", "Partner"),
                                    ("lead", "Lead"),
                                ],
                                max_length=20,
                            ),
                        ),
                        (
                            "incentive_type",
                            models.CharField(
                                choices=[
                                    ("cashback", "Cashback"),
                                    ("discount", "Discount"),
                                    ("gift_card", "Gift Card"),
                                    ("other", "Other"),
                                ],
                                max_length=10,
                            ),
                        ),
                        (
                            "offer_type",
                            models.CharField(
                                choices=[("single", "Single"), ("group", "Group")],
                                default="single",
                                max_length=6,
                            ),
                        ),
                        (
                            "max_required_members",
                            models.PositiveSmallIntegerField(blank=True, null=True),
                        ),
                        ("description", models.CharField(blank=True, max_length=255)),
                        ("message", models.CharField(max_length=1024)),
                        ("message_masked", models.BooleanField(default=False)),
                        ("show_on_program_page", models.BooleanField(default=False)),
                        ("validity_days", models.PositiveSmallIntegerField(default=30)),
                        ("max_uses", models.PositiveIntegerField(blank=True, null=True)),
                        (
                            "status",
                            models.CharField(
                                choices=[("active", "Active"), ("inactive", "Inactive")],
                                default="active",
                                max_length=8,
                            ),
                        ),
                        ("slug", models.CharField(max_length=40)),
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
                                to="incentives.linktemplate",
                            ),
                        ),
                        (
                            "program",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="incentives.program",
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
                                    hash="72b3bcc379626690b1cc55ff5bb4f5a51ef3eb2c",
                                    operation="UPDATE OR DELETE",
                                    pgid="pgtrigger_append_only_dab2a",
                                    table="incentives_linktemplateevent",
                                    when="BEFORE",
                                ),
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="AcknowledgementTemplateEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        ("id", models.BigIntegerField()),
                        ("created_at", models.DateTimeField()),
                        ("updated_at", models.DateTimeField()),
                        (
                            "unit",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("currency", "Amount of money"),
                                    ("percent", "Percentage"),
                                    ("none", "No number (description only)"),
                                ],
                                max_length=8,
                            ),
                        ),
                        ("value_minor", models.BigIntegerField(blank=True, null=True)),
                        (
                            "value_percent",
                            models.DecimalField(
                                blank=True, decimal_places=2, max_digits=5, null=True
                            ),
                        ),
                        ("currency", models.CharField(blank=True, max_length=3)),
                        (
                            "incentive_type",
                            models.CharField(
                                choices=[
                                    ("cashback", "Cashback"),
                                    ("discount", "Discount"),
                                    ("gift_card", "Gift Card"),
                                    ("other", "Other"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("description", models.CharField(blank=True, max_length=255)),
                        ("message", models.CharField(blank=True, max_length=1024)),
                        ("message_masked", models.BooleanField(default=False)),
                        ("version", models.PositiveIntegerField(default=1)),
                        ("name", models.CharField(max_length=80)),
                        ("max_uses", models.PositiveIntegerField(blank=True, null=True)),
                        (
                            "status",
                            models.CharField(
                                choices=[("active", "Active"), ("inactive", "Inactive")],
                                default="active",
                                max_length=8,
                            ),
                        ),
                        ("slug", models.CharField(max_length=40)),
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
                                to="incentives.acknowledgementtemplate",
                            ),
                        ),
                        (
                            "program",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="incentives.program",
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
                                    hash="d57b70dece24df0d27f1da7bebb310d5ddba8daf",
                                    operation="UPDATE OR DELETE",
                                    pgid="pgtrigger_append_only_0842a",
                                    table="incentives_acknowledgementtemplateevent",
                                    when="BEFORE",
                                ),
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="AcknowledgementRequest",
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
                            "unit",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("currency", "Amount of money"),
                                    ("percent", "Percentage"),
                                    ("none", "No number (description only)"),
                                ],
                                max_length=8,
                            ),
                        ),
                        ("value_minor", models.BigIntegerField(blank=True, null=True)),
                        (
                            "value_percent",
                            models.DecimalField(
                                blank=True, decimal_places=2, max_digits=5, null=True
                            ),
                        ),
                        ("currency", models.CharField(blank=True, max_length=3)),
                        (
                            "incentive_type",
                            models.CharField(
                                choices=[
                                    ("cashback", "Cashback"),
                                    ("discount", "Discount"),
                                    ("gift_card", "Gift Card"),
                                    ("other", "Other"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("description", models.CharField(blank=True, max_length=255)),
                        ("message", models.CharField(blank=True, max_length=1024)),
                        ("message_masked", models.BooleanField(default=False)),
                        ("version", models.PositiveIntegerField(default=1)),
                        (
                            "delivery_method",
                            models.CharField(
                                choices=[("email", "Email"), ("link", "Shared Link")], max_length=5
                            ),
                        ),
                        ("recipient_email", models.EmailField(blank=True, max_length=254)),
                        ("recipient_name", models.CharField(blank=True, max_length=120)),
                        (
                            "link_slug",
                            models.CharField(blank=True, max_length=40, null=True, unique=True),
                        ),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("waiting", "Waiting"),
                                    ("answered", "Answered"),
                                    ("cancelled", "Cancelled"),
                                ],
                                default="waiting",
                                max_length=9,
                            ),
                        ),
                        ("expires_at", models.DateTimeField()),
                        ("undelivered_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "business",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="directory.organisation",
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
                        (
                            "template",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="requests",
                                to="incentives.acknowledgementtemplate",
                            ),
                        ),
                        (
                            "program",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="incentives.program",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["business", "-created_at", "-id"],
                                name="incentives_ackrequest_newest",
                            ),
                            models.Index(
                                fields=["business", "status"], name="incentives_ackrequest_status"
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("unit", "currency"),
                                        ("value_percent__isnull", True),
                                        models.Q(("currency", ""), _negated=True),
                                        models.Q(
                                            ("value_minor__isnull", True),
                                            ("value_minor__gt", 0),
                                            _connector="OR",
                                        ),
                                    ),
                                    models.Q(
                                        ("currency", ""),
                                        ("unit", "percent"),
                                        ("value_minor__isnull", True),
                                        models.Q(
                                            ("value_percent__isnull", True),
                                            models.Q(
                                                ("value_percent__gt", 0),
                                                ("value_percent__lte", 100),
                                            ),
                                            _connector="OR",
                                        ),
                                    ),
                                    models.Q(
                                        ("currency", ""),
                                        ("unit__in", ["none", ""]),
                                        ("value_minor__isnull", True),
                                        ("value_percent__isnull", True),
                                    ),
                                    _connector="OR",
                                ),
                                name="incentives_ackrequest_value",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("recipient_email", ""), _negated=True),
                                    models.Q(
                                        ("delivery_method", "link"),
                                        ("status__in", ["waiting", "cancelled"]),
                                    ),
                                    _connector="OR",
                                ),
                                name="incentives_ackrequest_recipient",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("delivery_method", "email"), ("link_slug__isnull", True)
                                    ),
                                    models.Q(
                                        ("delivery_method", "link"),
                                        ("link_slug__isnull", False),
                                        ("template__isnull", True),
                                    ),
                                    models.Q(
                                        ("delivery_method", "link"),
                                        ("link_slug__isnull", True),
                                        ("template__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="incentives_ackrequest_link",
                            ),
                            models.UniqueConstraint(
                                models.F("template"),
                                django.db.models.functions.text.Lower("recipient_email"),
                                name="incentives_ackrequest_once",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Acknowledgement",
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
                        ("personal_message", models.CharField(blank=True, max_length=1024)),
                        ("message", models.CharField(blank=True, max_length=1024)),
                        ("message_masked", models.BooleanField(default=False)),
                        ("display_name", models.CharField(blank=True, max_length=60)),
                        ("consent_public", models.BooleanField(default=False)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("invited", "Invited"),
                                    ("submitted", "Submitted"),
                                    ("published", "Published"),
                                    ("hidden", "Hidden"),
                                ],
                                default="invited",
                                max_length=10,
                            ),
                        ),
                        ("invited_at", models.DateTimeField()),
                        ("expires_at", models.DateTimeField()),
                        ("submitted_at", models.DateTimeField(blank=True, null=True)),
                        ("published_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "business",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="acknowledgements",
                                to="directory.organisation",
                            ),
                        ),
                        (
                            "acknowledgement_request",
                            models.OneToOneField(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="acknowledgement",
                                to="incentives.acknowledgementrequest",
                            ),
                        ),
                        (
                            "distribution",
                            models.OneToOneField(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="acknowledgement",
                                to="incentives.distribution",
                            ),
                        ),
                        (
                            "offer",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="acknowledgements",
                                to="incentives.offer",
                            ),
                        ),
                        (
                            "program",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="acknowledgements",
                                to="incentives.program",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["business", "-created_at", "-id"],
                                name="incentives_ack_newest",
                            ),
                            models.Index(
                                fields=["business", "state"], name="incentives_ack_by_state"
                            ),
                            models.Index(
                                condition=models.Q(("state", "published")),
                                fields=["program", "-published_at", "-id"],
                                name="incentives_ack_published",
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("acknowledgement_request__isnull", True),
                                        ("distribution__isnull", False),
                                    ),
                                    models.Q(
                                        ("acknowledgement_request__isnull", False),
                                        ("distribution__isnull", True),
                                        ("offer__isnull", True),
                                    ),
                                    _connector="OR",
                                ),
                                name="incentives_acknowledgement_source",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("message", ""),
                                        ("state", "invited"),
                                        ("submitted_at__isnull", True),
                                    ),
                                    models.Q(
                                        ("submitted_at__isnull", False),
                                        models.Q(("message", ""), _negated=True),
                                        models.Q(("state", "invited"), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="incentives_acknowledgement_words",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state__in", ["published", "hidden"]), _negated=True),
                                    models.Q(
                                        ("consent_public", True), ("published_at__isnull", False)
                                    ),
                                    _connector="OR",
                                ),
                                name="incentives_acknowledgement_consent",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ProgramEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        ("id", models.BigIntegerField()),
                        ("created_at", models.DateTimeField()),
                        ("updated_at", models.DateTimeField()),
                        (
                            "status",
                            models.CharField(
                                choices=[("active", "Active"), ("inactive", "Inactive")],
                                default="active",
                                max_length=10,
                            ),
                        ),
                        (
                            "allowed_incentive_types",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=10),
                                blank=True,
                                default=list,
                                size=None,
                            ),
                        ),
                        ("slug", models.CharField(max_length=40)),
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
                                to="incentives.program",
                            ),
                        ),
                        (
                            "product_service",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="directory.productservice",
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
                                    hash="c5d45306a69602103239a90b419f99aea8dab8b2",
                                    operation="UPDATE OR DELETE",
                                    pgid="pgtrigger_append_only_1af6b",
                                    table="incentives_programevent",
                                    when="BEFORE",
                                ),
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RequestStatusChange",
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
                        ("from_status", models.CharField(blank=True, max_length=20)),
                        (
                            "to_status",
                            models.CharField(
                                choices=[
                                    ("draft", "Draft"),
                                    ("requested", "Requested"),
                                    ("acknowledged", "Acknowledged"),
                                    ("under_review", "Under Review"),
                                    ("needs_info", "Needs Info"),
                                    ("info_provided", "Info Provided"),
                                    ("negotiating", "Negotiating"),
                                    ("approved", "Approved"),
                                    ("approved_confirmed", "Approved Confirmed"),
                                    ("completed", "Completed"),
                                    ("declined", "Declined"),
                                    ("cancelled", "Cancelled"),
                                ],
                                max_length=20,
                            ),
                        ),
                        (
                            "actor_kind",
                            models.CharField(
                                choices=[
                                    ("provider", "Provider"),
                                    ("recipient", "Recipient"),
                                    ("system", "System"),
                                ],
                                max_length=10,
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
                            "message",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="incentives.message",
                            ),
                        ),
                        (
                            "request",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="status_changes",
                                to="incentives.incentiverequest",
                            ),
                        ),
                        (
                            "terms",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="incentives.requestterms",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["request", "-at", "-id"], name="incentives_rchange_newest"
                            )
                        ],
                        "triggers": [
                            pgtrigger.compiler.Trigger(
                                name="request_change_append_only",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                                    hash="6ec9ae13d3813e11384ecda71972301052df2f63",
                                    operation="DELETE",
                                    pgid="pgtrigger_request_change_append_only_f7c59",
                                    table="incentives_requeststatuschange",
                                    when="BEFORE",
                                ),
                            ),
                            pgtrigger.compiler.Trigger(
                                name="request_change_immutable",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    condition='WHEN (OLD."actor_kind" IS DISTINCT FROM (NEW."actor_kind") OR OLD."actor_name" IS DISTINCT FROM (NEW."actor_name") OR OLD."at" IS DISTINCT FROM (NEW."at") OR OLD."from_status" IS DISTINCT FROM (NEW."from_status") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."request_id" IS DISTINCT FROM (NEW."request_id") OR OLD."to_status" IS DISTINCT FROM (NEW."to_status") OR OLD."transition" IS DISTINCT FROM (NEW."transition"))',
                                    func="RAISE EXCEPTION 'The history of a request is never rewritten.';",
                                    hash="aa1c78d1f13f45bd320f7d4865e0a0d2bedc10f6",
                                    operation="UPDATE",
                                    pgid="pgtrigger_request_change_immutable_6824a",
                                    table="incentives_requeststatuschange",
                                    when="BEFORE",
                                ),
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Widget",
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
                        ("key", models.CharField(max_length=40, unique=True)),
                        ("is_enabled", models.BooleanField(default=True)),
                        (
                            "theme",
                            models.CharField(
                                choices=[
                                    ("auto", "Automatic: follows the visitor"),
                                    ("light", "Light"),
                                    ("dark", "Dark"),
                                ],
                                default="auto",
                                max_length=5,
                            ),
                        ),
                        (
                            "size",
                            models.CharField(
                                choices=[
                                    ("compact", "Compact, 320 × 140"),
                                    ("card", "Card, 400 × 240"),
                                    ("full", "Full width"),
                                ],
                                default="card",
                                max_length=7,
                            ),
                        ),
                        (
                            "language",
                            models.CharField(
                                choices=[
                                    ("en", "English"),
                                    ("de", "Deutsch"),
                                    ("el", "Ελληνικά"),
                                    ("es", "Español"),
                                    ("fr", "Français"),
                                    ("it", "Italiano"),
                                ],
                                default="en",
                                max_length=2,
                            ),
                        ),
                        ("shows_product", models.BooleanField(default=True)),
                        ("shows_date", models.BooleanField(default=True)),
                        ("shows_value", models.BooleanField(default=False)),
                        ("version", models.PositiveIntegerField(default=1)),
                        (
                            "acknowledgement",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="widgets",
                                to="incentives.acknowledgement",
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
                            "offer",
                            models.OneToOneField(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="widget",
                                to="incentives.offer",
                            ),
                        ),
                        (
                            "program",
                            models.OneToOneField(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="widget",
                                to="incentives.program",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("offer__isnull", False), ("program__isnull", True)),
                                    models.Q(
                                        ("acknowledgement__isnull", True),
                                        ("offer__isnull", True),
                                        ("program__isnull", False),
                                    ),
                                    models.Q(
                                        ("acknowledgement__isnull", False),
                                        ("offer__isnull", True),
                                        ("program__isnull", True),
                                    ),
                                    _connector="OR",
                                ),
                                name="incentives_widget_subject",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("offer__isnull", True)),
                                fields=("acknowledgement",),
                                name="incentives_widget_own",
                            ),
                        ],
                        "triggers": [
                            pgtrigger.compiler.Trigger(
                                name="insert_insert",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    func='INSERT INTO "incentives_widgetevent" ("acknowledgement_id", "business_id", "created_at", "id", "is_enabled", "language", "offer_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "program_id", "shows_date", "shows_product", "shows_value", "size", "theme", "updated_at", "version") VALUES (NEW."acknowledgement_id", NEW."business_id", NEW."created_at", NEW."id", NEW."is_enabled", NEW."language", NEW."offer_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."program_id", NEW."shows_date", NEW."shows_product", NEW."shows_value", NEW."size", NEW."theme", NEW."updated_at", NEW."version"); RETURN NULL;',
                                    hash="6685730cfe324f0c0641ac755f2ae737f3258397",
                                    operation="INSERT",
                                    pgid="pgtrigger_insert_insert_cb49d",
                                    table="incentives_widget",
                                    when="AFTER",
                                ),
                            ),
                            pgtrigger.compiler.Trigger(
                                name="update_update",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    condition='WHEN (OLD."acknowledgement_id" IS DISTINCT FROM (NEW."acknowledgement_id") OR OLD."business_id" IS DISTINCT FROM (NEW."business_id") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."is_enabled" IS DISTINCT FROM (NEW."is_enabled") OR OLD."language" IS DISTINCT FROM (NEW."language") OR OLD."offer_id" IS DISTINCT FROM (NEW."offer_id") OR OLD."program_id" IS DISTINCT FROM (NEW."program_id") OR OLD."shows_date" IS DISTINCT FROM (NEW."shows_date") OR OLD."shows_product" IS DISTINCT FROM (NEW."shows_product") OR OLD."shows_value" IS DISTINCT FROM (NEW."shows_value") OR OLD."size" IS DISTINCT FROM (NEW."size") OR OLD."theme" IS DISTINCT FROM (NEW."theme") OR OLD."updated_at" IS DISTINCT FROM (NEW."updated_at") OR OLD."version" IS DISTINCT FROM (NEW."version"))',
                                    func='INSERT INTO "incentives_widgetevent" ("acknowledgement_id", "business_id", "created_at", "id", "is_enabled", "language", "offer_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "program_id", "shows_date", "shows_product", "shows_value", "size", "theme", "updated_at", "version") VALUES (NEW."acknowledgement_id", NEW."business_id", NEW."created_at", NEW."id", NEW."is_enabled", NEW."language", NEW."offer_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."program_id", NEW."shows_date", NEW."shows_product", NEW."shows_value", NEW."size", NEW."theme", NEW."updated_at", NEW."version"); RETURN NULL;',
                                    hash="45e5806be5e8bb0897227335932ce47f17bdb03f",
                                    operation="UPDATE",
                                    pgid="pgtrigger_update_update_18125",
                                    table="incentives_widget",
                                    when="AFTER",
                                ),
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="WidgetEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        ("id", models.BigIntegerField()),
                        ("created_at", models.DateTimeField()),
                        ("updated_at", models.DateTimeField()),
                        ("is_enabled", models.BooleanField(default=True)),
                        (
                            "theme",
                            models.CharField(
                                choices=[
                                    ("auto", "Automatic: follows the visitor"),
                                    ("light", "Light"),
                                    ("dark", "Dark"),
                                ],
                                default="auto",
                                max_length=5,
                            ),
                        ),
                        (
                            "size",
                            models.CharField(
                                choices=[
                                    ("compact", "Compact, 320 × 140"),
                                    ("card", "Card, 400 × 240"),
                                    ("full", "Full width"),
                                ],
                                default="card",
                                max_length=7,
                            ),
                        ),
                        (
                            "language",
                            models.CharField(
                                choices=[
                                    ("en", "English"),
                                    ("de", "Deutsch"),
                                    ("el", "Ελληνικά"),
                                    ("es", "Español"),
                                    ("fr", "Français"),
                                    ("it", "Italiano"),
                                ],
                                default="en",
                                max_length=2,
                            ),
                        ),
                        ("shows_product", models.BooleanField(default=True)),
                        ("shows_date", models.BooleanField(default=True)),
                        ("shows_value", models.BooleanField(default=False)),
                        ("version", models.PositiveIntegerField(default=1)),
                        (
                            "acknowledgement",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="incentives.acknowledgement",
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
                            "offer",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="incentives.offer",
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
                                to="incentives.widget",
                            ),
                        ),
                        (
                            "program",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="incentives.program",
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
                                    hash="49602b0d01a1933fd4631592bca8110cfd4e1209",
                                    operation="UPDATE OR DELETE",
                                    pgid="pgtrigger_append_only_fd77f",
                                    table="incentives_widgetevent",
                                    when="BEFORE",
                                ),
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="AcknowledgementIntent",
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
                        ("name", models.CharField(max_length=120)),
                        ("email", models.EmailField(max_length=254)),
                        ("created_at", models.DateTimeField()),
                        ("expires_at", models.DateTimeField()),
                        ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "acknowledgement_request",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="intents",
                                to="incentives.acknowledgementrequest",
                            ),
                        ),
                        (
                            "template",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="intents",
                                to="incentives.acknowledgementtemplate",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("acknowledgement_request__isnull", False),
                                        ("template__isnull", True),
                                    ),
                                    models.Q(
                                        ("acknowledgement_request__isnull", True),
                                        ("template__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="incentives_ackintent_subject",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="DistributionChange",
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
                        ("actor_name", models.CharField(max_length=160)),
                        ("at", models.DateTimeField()),
                        ("field", models.CharField(max_length=20)),
                        ("old_value", models.CharField(blank=True, max_length=500)),
                        ("new_value", models.CharField(blank=True, max_length=500)),
                        ("batch", models.UUIDField()),
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
                            "distribution",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="changes",
                                to="incentives.distribution",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["distribution", "-at", "-id"],
                                name="incentives_dchange_newest",
                            )
                        ],
                        "triggers": [
                            pgtrigger.compiler.Trigger(
                                name="distribution_change_kept",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                                    hash="678fffc3727ee8a2a3b41b76ca6d370435c71713",
                                    operation="DELETE",
                                    pgid="pgtrigger_distribution_change_kept_e57f0",
                                    table="incentives_distributionchange",
                                    when="BEFORE",
                                ),
                            ),
                            pgtrigger.compiler.Trigger(
                                name="distribution_change_immutable",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    condition='WHEN (OLD."actor_name" IS DISTINCT FROM (NEW."actor_name") OR OLD."at" IS DISTINCT FROM (NEW."at") OR OLD."batch" IS DISTINCT FROM (NEW."batch") OR OLD."distribution_id" IS DISTINCT FROM (NEW."distribution_id") OR OLD."field" IS DISTINCT FROM (NEW."field") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."new_value" IS DISTINCT FROM (NEW."new_value") OR OLD."old_value" IS DISTINCT FROM (NEW."old_value"))',
                                    func="RAISE EXCEPTION 'The audit trail of a distribution is never rewritten.';",
                                    hash="d6ac8a740a8b468a30b641d48089a06b0fa363b6",
                                    operation="UPDATE",
                                    pgid="pgtrigger_distribution_change_immutable_c51fc",
                                    table="incentives_distributionchange",
                                    when="BEFORE",
                                ),
                            ),
                        ],
                    },
                ),
            ]
        ),
        migrations.AddField(
            model_name="requestterms",
            name="request",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="proposals",
                to="incentives.incentiverequest",
            ),
        ),
        migrations.AddConstraint(
            model_name="requestterms",
            constraint=models.UniqueConstraint(
                fields=("request", "number"), name="incentives_request_terms_number"
            ),
        ),
        migrations.AddField(
            model_name="offerterms",
            name="offer",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="proposals",
                to="incentives.offer",
            ),
        ),
        migrations.AddConstraint(
            model_name="offerterms",
            constraint=models.UniqueConstraint(
                fields=("offer", "number"), name="incentives_terms_number"
            ),
        ),
        core.migration_operations.InstallTriggers(
            model_names=[
                "Program",
                "AcknowledgementTemplate",
                "LinkTemplate",
                "OfferStatusChange",
                "LinkTemplateEvent",
                "AcknowledgementTemplateEvent",
                "ProgramEvent",
                "RequestStatusChange",
                "Widget",
                "WidgetEvent",
                "DistributionChange",
            ],
        ),
    ]
