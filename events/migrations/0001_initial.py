import uuid
from decimal import Decimal

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.text
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models

import core.migration_operations


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("directory", "0001_initial"),
    ]

    operations = [
        core.migration_operations.CreateModels(
            [
                migrations.CreateModel(
                    name="Classification",
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
                            "type",
                            models.CharField(
                                choices=[("purchase", "Purchase"), ("achievement", "Achievement")],
                                max_length=12,
                            ),
                        ),
                        ("name", models.CharField(max_length=80)),
                        ("code", models.CharField(max_length=32)),
                        ("description", models.CharField(blank=True, max_length=300)),
                        ("deleted_at", models.DateTimeField(blank=True, null=True)),
                        ("version", models.PositiveIntegerField(default=1)),
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
                                models.F("business"),
                                django.db.models.functions.text.Lower("name"),
                                condition=models.Q(("deleted_at__isnull", True)),
                                name="events_classification_name",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("deleted_at__isnull", True)),
                                fields=("business", "code"),
                                name="events_classification_code",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="BusinessEvent",
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
                            "public_id",
                            models.UUIDField(default=uuid.uuid4, editable=False, unique=True),
                        ),
                        (
                            "type",
                            models.CharField(
                                choices=[
                                    ("purchase", "Purchase"),
                                    ("referral", "Referral"),
                                    ("achievement", "Achievement"),
                                    ("contact", "Contact event"),
                                    ("subscription", "Subscription"),
                                ],
                                max_length=12,
                            ),
                        ),
                        ("time_zone", models.CharField(max_length=64)),
                        ("performed_at", models.DateTimeField()),
                        ("received_at", models.DateTimeField()),
                        ("is_late", models.BooleanField(default=False)),
                        ("reference_number", models.CharField(blank=True, max_length=64)),
                        ("payload", models.JSONField(default=dict)),
                        (
                            "status",
                            models.CharField(
                                choices=[("posted", "Posted"), ("cancelled", "Cancelled")],
                                default="posted",
                                max_length=10,
                            ),
                        ),
                        ("status_set_by", models.CharField(default="till", max_length=10)),
                        ("status_changed_at", models.DateTimeField()),
                        ("status_reason", models.CharField(blank=True, max_length=200)),
                        ("version", models.PositiveIntegerField(default=1)),
                        (
                            "evaluation_state",
                            models.CharField(
                                choices=[
                                    ("pending", "Pending"),
                                    ("done", "Done"),
                                    ("skipped", "Skipped"),
                                ],
                                default="pending",
                                max_length=8,
                            ),
                        ),
                        ("evaluation_reason", models.CharField(blank=True, max_length=40)),
                        ("evaluated_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "business",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="business_events",
                                to="directory.organisation",
                            ),
                        ),
                        (
                            "contact",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="business_events",
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
                            "merchant",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="directory.organisation",
                            ),
                        ),
                        (
                            "organisation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="directory.organisation",
                            ),
                        ),
                        (
                            "tap",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="business_events",
                                to="directory.tap",
                            ),
                        ),
                        (
                            "venue",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="directory.organisation",
                            ),
                        ),
                        (
                            "classification",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="business_events",
                                to="events.classification",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["business", "-performed_at", "-id"],
                                name="events_event_newest",
                            ),
                            models.Index(
                                fields=["contact", "type", "-performed_at"],
                                name="events_event_of_contact",
                            ),
                            models.Index(
                                condition=models.Q(("evaluation_state", "pending")),
                                fields=["received_at"],
                                name="events_event_pending",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("reference_number", ""), _negated=True),
                                fields=("organisation", "type", "reference_number"),
                                name="events_event_reference",
                            )
                        ],
                        "triggers": [
                            pgtrigger.compiler.Trigger(
                                name="events_event_kept",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                                    hash="ff56c2018a7cdcac1875a409bb3c1e96f1d54b9d",
                                    operation="DELETE",
                                    pgid="pgtrigger_events_event_kept_ba13e",
                                    table="events_businessevent",
                                    when="BEFORE",
                                ),
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ContactChange",
                    fields=[
                        (
                            "event",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                primary_key=True,
                                related_name="contact_change",
                                serialize=False,
                                to="events.businessevent",
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("sign_up", "Signed up"),
                                    ("profile_updated", "Profile updated"),
                                ],
                                max_length=16,
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="Purchase",
                    fields=[
                        (
                            "event",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                primary_key=True,
                                related_name="purchase",
                                serialize=False,
                                to="events.businessevent",
                            ),
                        ),
                        ("currency", models.CharField(max_length=3)),
                        ("net_minor", models.BigIntegerField()),
                        ("tax_minor", models.BigIntegerField()),
                        ("discount_minor", models.BigIntegerField(default=0)),
                        ("total_minor", models.BigIntegerField()),
                        ("pass_code", models.CharField(blank=True, max_length=64)),
                        ("payment_medium", models.CharField(blank=True, max_length=64)),
                        ("notes", models.CharField(blank=True, max_length=500)),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("discount_minor__gte", 0),
                                    ("net_minor__gte", 0),
                                    ("tax_minor__gte", 0),
                                    (
                                        "total_minor",
                                        django.db.models.expressions.CombinedExpression(
                                            models.F("net_minor"), "+", models.F("tax_minor")
                                        ),
                                    ),
                                ),
                                name="events_purchase_amounts",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Referral",
                    fields=[
                        (
                            "event",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                primary_key=True,
                                related_name="referral",
                                serialize=False,
                                to="events.businessevent",
                            ),
                        ),
                        (
                            "referrer",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="referrals",
                                to="directory.contact",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="SubscriptionReport",
                    fields=[
                        (
                            "event",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                primary_key=True,
                                related_name="subscription",
                                serialize=False,
                                to="events.businessevent",
                            ),
                        ),
                        ("subscription_ref", models.CharField(max_length=64)),
                        ("is_active", models.BooleanField()),
                        ("is_termed", models.BooleanField()),
                        ("is_billable", models.BooleanField()),
                        ("active_since", models.DateField(blank=True, null=True)),
                        ("last_interruption_on", models.DateField(blank=True, null=True)),
                        ("estimate_minor", models.BigIntegerField(default=0)),
                        ("currency", models.CharField(blank=True, max_length=3)),
                        (
                            "product",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="directory.product",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["subscription_ref"], name="events_subscription_ref"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ConditionSet",
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
                            "min_quantity",
                            models.DecimalField(
                                decimal_places=3, default=Decimal("1"), max_digits=9
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
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("min_quantity__gt", 0)),
                                name="events_set_min_quantity",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ClassificationCondition",
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
                            "classification",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="conditions",
                                to="events.classification",
                            ),
                        ),
                        (
                            "conditions",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="classifications",
                                to="events.conditionset",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="AmountCondition",
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
                        ("currency", models.CharField(max_length=3)),
                        ("min_minor", models.BigIntegerField(blank=True, null=True)),
                        ("max_minor", models.BigIntegerField(blank=True, null=True)),
                        (
                            "conditions",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="amount",
                                to="events.conditionset",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("min_minor__isnull", True),
                                    ("max_minor__isnull", True),
                                    ("min_minor__lte", models.F("max_minor")),
                                    _connector="OR",
                                ),
                                name="events_amount_bounds",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="GoodsReturn",
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
                            "public_id",
                            models.UUIDField(default=uuid.uuid4, editable=False, unique=True),
                        ),
                        ("reference_number", models.CharField(blank=True, max_length=64)),
                        ("amount_minor", models.BigIntegerField()),
                        ("is_by_amount", models.BooleanField()),
                        ("performed_at", models.DateTimeField()),
                        ("received_at", models.DateTimeField()),
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
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "purchase",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="returns",
                                to="events.purchase",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("amount_minor__gte", 0)),
                                name="events_return_amount",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("reference_number", ""), _negated=True),
                                fields=("purchase", "reference_number"),
                                name="events_return_reference",
                            ),
                        ],
                        "triggers": [
                            pgtrigger.compiler.Trigger(
                                name="events_return_kept",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                                    hash="24bd0913a014227be2ceb06230f1e326adad28b5",
                                    operation="UPDATE OR DELETE",
                                    pgid="pgtrigger_events_return_kept_e9950",
                                    table="events_goodsreturn",
                                    when="BEFORE",
                                ),
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="LocationCondition",
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
                        ("country", models.CharField(blank=True, max_length=2, null=True)),
                        ("town", models.CharField(blank=True, max_length=80, null=True)),
                        ("tag", models.CharField(blank=True, max_length=40, null=True)),
                        (
                            "conditions",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="places",
                                to="events.conditionset",
                            ),
                        ),
                        (
                            "organisation",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="conditions",
                                to="directory.organisation",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("country__isnull", True),
                                        ("organisation__isnull", False),
                                        ("tag__isnull", True),
                                        ("town__isnull", True),
                                    ),
                                    models.Q(
                                        ("country__isnull", False),
                                        ("organisation__isnull", True),
                                        ("tag__isnull", True),
                                        ("town__isnull", True),
                                    ),
                                    models.Q(
                                        ("country__isnull", True),
                                        ("organisation__isnull", True),
                                        ("tag__isnull", True),
                                        ("town__isnull", False),
                                    ),
                                    models.Q(
                                        ("country__isnull", True),
                                        ("organisation__isnull", True),
                                        ("tag__isnull", False),
                                        ("town__isnull", True),
                                    ),
                                    _connector="OR",
                                ),
                                name="events_location_one",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ProductCondition",
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
                            "brand",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="conditions",
                                to="directory.brand",
                            ),
                        ),
                        (
                            "category",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="conditions",
                                to="directory.category",
                            ),
                        ),
                        (
                            "conditions",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="products",
                                to="events.conditionset",
                            ),
                        ),
                        (
                            "family",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="conditions",
                                to="directory.productfamily",
                            ),
                        ),
                        (
                            "product",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="conditions",
                                to="directory.product",
                            ),
                        ),
                        (
                            "type",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="conditions",
                                to="directory.producttype",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("brand__isnull", True),
                                        ("category__isnull", True),
                                        ("family__isnull", True),
                                        ("product__isnull", False),
                                        ("type__isnull", True),
                                    ),
                                    models.Q(
                                        ("brand__isnull", True),
                                        ("category__isnull", True),
                                        ("family__isnull", False),
                                        ("product__isnull", True),
                                        ("type__isnull", True),
                                    ),
                                    models.Q(
                                        ("brand__isnull", False),
                                        ("category__isnull", True),
                                        ("family__isnull", True),
                                        ("product__isnull", True),
                                        ("type__isnull", True),
                                    ),
                                    models.Q(
                                        ("brand__isnull", True),
                                        ("category__isnull", True),
                                        ("family__isnull", True),
                                        ("product__isnull", True),
                                        ("type__isnull", False),
                                    ),
                                    models.Q(
                                        ("brand__isnull", True),
                                        ("category__isnull", False),
                                        ("family__isnull", True),
                                        ("product__isnull", True),
                                        ("type__isnull", True),
                                    ),
                                    _connector="OR",
                                ),
                                name="events_product_one",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ReturnedLine",
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
                        ("quantity", models.DecimalField(decimal_places=3, max_digits=12)),
                        (
                            "goods_return",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="lines",
                                to="events.goodsreturn",
                            ),
                        ),
                        (
                            "product",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="directory.product",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("goods_return", "product"), name="events_returned_product"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("quantity__gt", 0)),
                                name="events_returned_quantity",
                            ),
                        ],
                        "triggers": [
                            pgtrigger.compiler.Trigger(
                                name="events_returned_line_kept",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                                    hash="842f99a89338d882aeb1329359ee9a9fe7a8a9b3",
                                    operation="UPDATE OR DELETE",
                                    pgid="pgtrigger_events_returned_line_kept_a6836",
                                    table="events_returnedline",
                                    when="BEFORE",
                                ),
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SegmentCondition",
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
                            "conditions",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="segments",
                                to="events.conditionset",
                            ),
                        ),
                        (
                            "segment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="conditions",
                                to="directory.segment",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="TimeCondition",
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
                            "weekdays",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.PositiveSmallIntegerField(),
                                default=list,
                                size=None,
                            ),
                        ),
                        ("start_minute", models.PositiveSmallIntegerField(default=0)),
                        ("end_minute", models.PositiveSmallIntegerField(default=1440)),
                        ("from_on", models.DateField(blank=True, null=True)),
                        ("to_on", models.DateField(blank=True, null=True)),
                        (
                            "yearly_from_month",
                            models.PositiveSmallIntegerField(blank=True, null=True),
                        ),
                        (
                            "yearly_from_day",
                            models.PositiveSmallIntegerField(blank=True, null=True),
                        ),
                        (
                            "yearly_to_month",
                            models.PositiveSmallIntegerField(blank=True, null=True),
                        ),
                        ("yearly_to_day", models.PositiveSmallIntegerField(blank=True, null=True)),
                        (
                            "conditions",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="times",
                                to="events.conditionset",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["position"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("end_minute__lte", 1440), ("start_minute__lt", 1440)
                                ),
                                name="events_time_minutes",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("from_on__isnull", True),
                                    ("to_on__isnull", True),
                                    ("from_on__lt", models.F("to_on")),
                                    _connector="OR",
                                ),
                                name="events_time_dates",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("yearly_from_day__isnull", True),
                                        ("yearly_from_month__isnull", True),
                                        ("yearly_to_day__isnull", True),
                                        ("yearly_to_month__isnull", True),
                                    ),
                                    models.Q(
                                        ("yearly_from_day__isnull", False),
                                        ("yearly_from_month__isnull", False),
                                        ("yearly_to_day__isnull", False),
                                        ("yearly_to_month__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="events_time_yearly_whole",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Achievement",
                    fields=[
                        (
                            "event",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                primary_key=True,
                                related_name="achievement",
                                serialize=False,
                                to="events.businessevent",
                            ),
                        ),
                        ("quantity", models.PositiveIntegerField(default=1)),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("quantity__gte", 1)),
                                name="events_achievement_count",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PurchaseLine",
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
                        ("quantity", models.DecimalField(decimal_places=3, max_digits=12)),
                        ("net_minor", models.BigIntegerField()),
                        ("tax_minor", models.BigIntegerField()),
                        ("total_minor", models.BigIntegerField()),
                        (
                            "product",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="lines",
                                to="directory.product",
                            ),
                        ),
                        (
                            "purchase",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="lines",
                                to="events.purchase",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["position"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("purchase", "position"), name="events_line_position"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("net_minor__gte", 0),
                                    ("quantity__gt", 0),
                                    ("tax_minor__gte", 0),
                                    ("total_minor__gte", 0),
                                ),
                                name="events_line_amounts",
                            ),
                        ],
                    },
                ),
            ]
        ),
        core.migration_operations.InstallTriggers(
            model_names=["BusinessEvent", "GoodsReturn", "ReturnedLine"],
        ),
    ]
