import uuid
from decimal import Decimal

import django.contrib.postgres.fields
import django.contrib.postgres.functions
import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models

import core.migration_operations
import wallet.models.guards
import wallet.models.ledger


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("directory", "0001_initial"),
        ("events", "0001_initial"),
        ("pghistory", "0007_auto_20250421_0444"),
    ]

    operations = [
        core.migration_operations.CreateModels(
            [
                migrations.CreateModel(
                    name="Holder",
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
                        ("code", models.CharField(max_length=16, unique=True)),
                        ("created_at", models.DateTimeField()),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("code__regex", "^9[0-9]{15}$")),
                                name="wallet_holder_code_shape",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CommercePool",
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
                            models.UUIDField(
                                db_default=django.contrib.postgres.functions.RandomUUID(),
                                editable=False,
                                unique=True,
                            ),
                        ),
                        ("name", models.CharField(max_length=120)),
                        (
                            "state",
                            models.CharField(
                                choices=[("ACTIVE", "Active"), ("RETIRED", "Retired")],
                                default="ACTIVE",
                                max_length=10,
                            ),
                        ),
                        ("is_default", models.BooleanField(default=False)),
                        ("is_published", models.BooleanField(default=False)),
                        ("is_transferable", models.BooleanField(default=False)),
                        ("is_for_top_ups", models.BooleanField(default=False)),
                        (
                            "business",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="pools",
                                to="directory.organisation",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                models.F("business"),
                                django.db.models.functions.text.Lower("name"),
                                name="wallet_pool_name",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("is_default", True)),
                                fields=("business",),
                                name="wallet_pool_one_default",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("is_default", False), ("state", "ACTIVE"), _connector="OR"
                                ),
                                name="wallet_pool_default_is_active",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CommercePoolVersion",
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
                        ("number", models.PositiveIntegerField()),
                        ("description", models.CharField(blank=True, max_length=1000)),
                        (
                            "classification",
                            models.CharField(
                                choices=[
                                    ("SALES_REDUCTION", "Sales reduction (before tax)"),
                                    ("PAYMENT_METHOD", "Payment method (after tax)"),
                                ],
                                default="PAYMENT_METHOD",
                                max_length=16,
                            ),
                        ),
                        (
                            "start_rule",
                            models.CharField(
                                choices=[
                                    ("NONE", "At once"),
                                    ("FIXED", "From a date"),
                                    ("RELATIVE", "Some time after the award"),
                                ],
                                default="NONE",
                                max_length=8,
                            ),
                        ),
                        ("starts_on", models.DateField(blank=True, null=True)),
                        ("start_after", models.PositiveSmallIntegerField(blank=True, null=True)),
                        (
                            "start_unit",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("DAY", "days"),
                                    ("WEEK", "weeks"),
                                    ("MONTH", "months"),
                                    ("YEAR", "years"),
                                ],
                                max_length=5,
                            ),
                        ),
                        (
                            "end_rule",
                            models.CharField(
                                choices=[
                                    ("NEVER", "Never"),
                                    ("FIXED", "On a date"),
                                    ("RELATIVE", "Some time after the award"),
                                ],
                                default="NEVER",
                                max_length=8,
                            ),
                        ),
                        ("ends_on", models.DateField(blank=True, null=True)),
                        ("end_after", models.PositiveSmallIntegerField(blank=True, null=True)),
                        (
                            "end_unit",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("DAY", "days"),
                                    ("WEEK", "weeks"),
                                    ("MONTH", "months"),
                                    ("YEAR", "years"),
                                ],
                                max_length=5,
                            ),
                        ),
                        ("requires_activation", models.BooleanField(default=False)),
                        ("created_at", models.DateTimeField()),
                        (
                            "conditions",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="events.conditionset",
                            ),
                        ),
                        (
                            "created_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "pool",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="versions",
                                to="wallet.commercepool",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("pool", "number"), name="wallet_pool_version_number"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("start_after__isnull", True),
                                        ("start_rule", "NONE"),
                                        ("start_unit", ""),
                                        ("starts_on__isnull", True),
                                    ),
                                    models.Q(
                                        ("start_after__isnull", True),
                                        ("start_rule", "FIXED"),
                                        ("start_unit", ""),
                                        ("starts_on__isnull", False),
                                    ),
                                    models.Q(
                                        ("start_after__gte", 1),
                                        ("start_rule", "RELATIVE"),
                                        ("start_unit__in", ["DAY", "WEEK", "MONTH"]),
                                        ("starts_on__isnull", True),
                                    ),
                                    _connector="OR",
                                ),
                                name="wallet_pool_version_start",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("end_after__isnull", True),
                                        ("end_rule", "NEVER"),
                                        ("end_unit", ""),
                                        ("ends_on__isnull", True),
                                    ),
                                    models.Q(
                                        ("end_after__isnull", True),
                                        ("end_rule", "FIXED"),
                                        ("end_unit", ""),
                                        ("ends_on__isnull", False),
                                    ),
                                    models.Q(
                                        ("end_after__gte", 1),
                                        ("end_rule", "RELATIVE"),
                                        ("end_unit__in", ["DAY", "WEEK", "MONTH", "YEAR"]),
                                        ("ends_on__isnull", True),
                                    ),
                                    _connector="OR",
                                ),
                                name="wallet_pool_version_end",
                            ),
                        ],
                        "triggers": [
                            pgtrigger.compiler.Trigger(
                                name="pool_version_never_changed",
                                sql=wallet.models.guards.GuardSql(
                                    func="RAISE EXCEPTION 'A version of a pool is never changed; make a new one.' USING ERRCODE = '23514';",
                                    hash="441ff2e1bb73440eec3669876b278a7b34549230",
                                    operation="UPDATE",
                                    pgid="pgtrigger_pool_version_never_changed_1af81",
                                    table="wallet_commercepoolversion",
                                    when="BEFORE",
                                ),
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Wallet",
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
                        ("created_at", models.DateTimeField()),
                        (
                            "business",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="wallets",
                                to="directory.organisation",
                            ),
                        ),
                        (
                            "contact",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="wallet",
                                to="directory.contact",
                            ),
                        ),
                        (
                            "holder",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="wallets",
                                to="wallet.holder",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("holder", "business"), name="wallet_one_for_each_business"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Lot",
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
                            "source",
                            models.CharField(
                                choices=[
                                    ("AWARD", "Award"),
                                    ("TOP_UP", "Top-up"),
                                    ("TRANSFER", "Transfer"),
                                    ("JOURNAL", "Manual journal"),
                                    ("PASS", "Pass"),
                                    ("REFUND", "Refund"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("reference", models.CharField(blank=True, max_length=80)),
                        ("earned_by", models.CharField(blank=True, max_length=80)),
                        ("currency", models.CharField(max_length=3)),
                        ("amount_minor", models.BigIntegerField()),
                        (
                            "redeem_method",
                            models.CharField(
                                choices=[("INSTANT", "Instant"), ("DEFERRED", "Deferred")],
                                default="DEFERRED",
                                max_length=10,
                            ),
                        ),
                        ("is_traced", models.BooleanField(default=False)),
                        ("awarded_at", models.DateTimeField()),
                        ("starts_at", models.DateTimeField()),
                        ("expires_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "business",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="directory.organisation",
                            ),
                        ),
                        (
                            "parent",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="children",
                                to="wallet.lot",
                            ),
                        ),
                        (
                            "pool_version",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="lots",
                                to="wallet.commercepoolversion",
                            ),
                        ),
                        (
                            "wallet",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="lots",
                                to="wallet.wallet",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("earned_by", ""), _negated=True),
                                fields=["business", "earned_by"],
                                name="wallet_lot_earned_by",
                            ),
                            models.Index(
                                condition=models.Q(("parent__isnull", False)),
                                fields=["parent"],
                                name="wallet_lot_parent",
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("amount_minor__gt", 0)),
                                name="wallet_lot_amount",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("expires_at__isnull", True),
                                    ("expires_at__gt", models.F("starts_at")),
                                    _connector="OR",
                                ),
                                name="wallet_lot_period",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(
                                    ("source", "AWARD"), models.Q(("reference", ""), _negated=True)
                                ),
                                fields=("business", "reference"),
                                name="wallet_lot_award_once",
                            ),
                        ],
                        "triggers": [
                            pgtrigger.compiler.Trigger(
                                name="lot_never_deleted",
                                sql=wallet.models.guards.GuardSql(
                                    func="RAISE EXCEPTION 'A lot is never deleted.' USING ERRCODE = '23514';",
                                    hash="d34808d7192afa45d583e73fd3202a0a90ea963a",
                                    operation="DELETE",
                                    pgid="pgtrigger_lot_never_deleted_ea94c",
                                    table="wallet_lot",
                                    when="BEFORE",
                                ),
                            ),
                            pgtrigger.compiler.Trigger(
                                name="lot_never_emptied",
                                sql=wallet.models.guards.GuardSql(
                                    func="\n            IF EXISTS (SELECT FROM wallet_lot) THEN\n                RAISE EXCEPTION 'A lot is never deleted.' USING ERRCODE = '23514';\n            END IF;\n            RETURN NULL;\n        ",
                                    hash="d4f9af398b4b366bdd8067d91f6ed4e001a7cbdb",
                                    level="STATEMENT",
                                    operation="TRUNCATE",
                                    pgid="pgtrigger_lot_never_emptied_98a43",
                                    table="wallet_lot",
                                    when="BEFORE",
                                ),
                            ),
                            pgtrigger.compiler.Trigger(
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
                            pgtrigger.compiler.Trigger(
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
                            pgtrigger.compiler.Trigger(
                                name="lot_expires_no_earlier",
                                sql=wallet.models.guards.GuardSql(
                                    condition='WHEN (OLD."expires_at" IS DISTINCT FROM (NEW."expires_at"))',
                                    func="\n                    IF NEW.expires_at IS NULL OR NEW.expires_at > OLD.expires_at THEN\n                        RETURN NEW;\n                    END IF;\n                    RAISE EXCEPTION 'The expiry of a lot is only moved later.' USING ERRCODE = '23514';\n                ",
                                    hash="e7d0d18307b2fb23776ec322f928f97eeb845e02",
                                    operation="UPDATE",
                                    pgid="pgtrigger_lot_expires_no_earlier_c1469",
                                    table="wallet_lot",
                                    when="BEFORE",
                                ),
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="LotDue",
                    fields=[
                        (
                            "lot",
                            models.OneToOneField(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                primary_key=True,
                                related_name="due",
                                serialize=False,
                                to="wallet.lot",
                            ),
                        ),
                        ("due_at", models.DateTimeField()),
                        (
                            "business",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="directory.organisation",
                            ),
                        ),
                        (
                            "wallet",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="wallet.wallet",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["due_at", "business"], name="wallet_lot_due_first")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Account",
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
                            "kind",
                            models.CharField(
                                choices=[
                                    ("OPEN", "Open pocket"),
                                    ("BUSINESS", "Business pocket"),
                                    ("BUSINESS_REDEEMED", "Redeemed, traced"),
                                    ("COMMERCE_LOT", "Commerce lot"),
                                    ("HOLD", "On hold"),
                                    ("PAYOUT_TRANSIT", "Payout in transit"),
                                    ("CONTACT_DEBT", "Contact's debt"),
                                    ("GATEWAY", "Gateway"),
                                    ("SALES", "Sales"),
                                    ("SETTLEMENT", "Settlement"),
                                    ("REWARD_COST", "Cost of rewards"),
                                    ("EXPIRED", "Expired value"),
                                    ("DONATION_COST", "Own donations"),
                                    ("FEE_INCOME", "Fees earned"),
                                    ("ADJUSTMENT", "Adjustments"),
                                    ("SHORTFALL", "Shortfall"),
                                ],
                                max_length=20,
                            ),
                        ),
                        ("currency", models.CharField(max_length=3)),
                        ("balance", models.BigIntegerField(db_default=0, default=0)),
                        ("version", models.BigIntegerField(db_default=0, default=0)),
                        ("gateway", models.CharField(blank=True, db_default="", max_length=30)),
                        (
                            "created_at",
                            models.DateTimeField(
                                db_default=django.db.models.functions.datetime.Now(), editable=False
                            ),
                        ),
                        (
                            "business",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="directory.organisation",
                            ),
                        ),
                        (
                            "organisation",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="directory.organisation",
                            ),
                        ),
                        (
                            "holder",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="accounts",
                                to="wallet.holder",
                            ),
                        ),
                        (
                            "lot",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="accounts",
                                to="wallet.lot",
                            ),
                        ),
                        (
                            "wallet",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="accounts",
                                to="wallet.wallet",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("wallet__isnull", False)),
                                fields=["wallet", "kind"],
                                name="wallet_account_wallet",
                            ),
                            models.Index(
                                condition=models.Q(("business__isnull", False)),
                                fields=["business", "kind"],
                                name="wallet_account_business",
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        (
                                            "kind__in",
                                            [
                                                "OPEN",
                                                "BUSINESS",
                                                "BUSINESS_REDEEMED",
                                                "COMMERCE_LOT",
                                                "HOLD",
                                                "PAYOUT_TRANSIT",
                                            ],
                                        ),
                                        _negated=True,
                                    ),
                                    ("balance__gte", 0),
                                    _connector="OR",
                                ),
                                name="wallet_account_floor",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("kind", "CONTACT_DEBT"), _negated=True),
                                    ("balance__lte", 0),
                                    _connector="OR",
                                ),
                                name="wallet_account_ceiling",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("id__gte", 4611686018427387904),
                                        (
                                            "kind__in",
                                            [
                                                "GATEWAY",
                                                "SALES",
                                                "SETTLEMENT",
                                                "REWARD_COST",
                                                "EXPIRED",
                                                "DONATION_COST",
                                                "FEE_INCOME",
                                                "ADJUSTMENT",
                                                "SHORTFALL",
                                            ],
                                        ),
                                    ),
                                    models.Q(
                                        ("id__lt", 4611686018427387904),
                                        models.Q(
                                            (
                                                "kind__in",
                                                [
                                                    "GATEWAY",
                                                    "SALES",
                                                    "SETTLEMENT",
                                                    "REWARD_COST",
                                                    "EXPIRED",
                                                    "DONATION_COST",
                                                    "FEE_INCOME",
                                                    "ADJUSTMENT",
                                                    "SHORTFALL",
                                                ],
                                            ),
                                            _negated=True,
                                        ),
                                    ),
                                    _connector="OR",
                                ),
                                name="wallet_account_id_range",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("kind", "OPEN"),
                                        ("business__isnull", True),
                                        ("holder__isnull", False),
                                        ("lot__isnull", True),
                                        ("organisation__isnull", True),
                                        ("wallet__isnull", True),
                                    ),
                                    models.Q(
                                        ("kind__in", ["COMMERCE_LOT", "BUSINESS_REDEEMED"]),
                                        ("business__isnull", True),
                                        ("holder__isnull", True),
                                        ("lot__isnull", False),
                                        ("organisation__isnull", True),
                                        ("wallet__isnull", False),
                                    ),
                                    models.Q(
                                        ("kind__in", ["BUSINESS", "HOLD", "CONTACT_DEBT"]),
                                        ("business__isnull", True),
                                        ("holder__isnull", True),
                                        ("lot__isnull", True),
                                        ("organisation__isnull", True),
                                        ("wallet__isnull", False),
                                    ),
                                    models.Q(
                                        ("kind", "PAYOUT_TRANSIT"),
                                        models.Q(
                                            models.Q(
                                                ("business__isnull", True),
                                                ("holder__isnull", True),
                                                ("lot__isnull", True),
                                                ("organisation__isnull", True),
                                                ("wallet__isnull", False),
                                            ),
                                            models.Q(
                                                ("business__isnull", False),
                                                ("holder__isnull", True),
                                                ("lot__isnull", True),
                                                ("organisation__isnull", True),
                                                ("wallet__isnull", True),
                                            ),
                                            _connector="OR",
                                        ),
                                    ),
                                    models.Q(
                                        ("kind", "SETTLEMENT"),
                                        ("business__isnull", False),
                                        ("holder__isnull", True),
                                        ("lot__isnull", True),
                                        ("organisation__isnull", False),
                                        ("wallet__isnull", True),
                                    ),
                                    models.Q(
                                        (
                                            "kind__in",
                                            [
                                                "GATEWAY",
                                                "SALES",
                                                "REWARD_COST",
                                                "EXPIRED",
                                                "DONATION_COST",
                                                "FEE_INCOME",
                                                "ADJUSTMENT",
                                                "SHORTFALL",
                                            ],
                                        ),
                                        ("business__isnull", False),
                                        ("holder__isnull", True),
                                        ("lot__isnull", True),
                                        ("organisation__isnull", True),
                                        ("wallet__isnull", True),
                                    ),
                                    _connector="OR",
                                ),
                                name="wallet_account_owner",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("kind", "GATEWAY"),
                                        models.Q(("gateway", ""), _negated=True),
                                    ),
                                    models.Q(
                                        ("gateway", ""),
                                        models.Q(("kind", "GATEWAY"), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="wallet_account_gateway",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("kind", "OPEN")),
                                fields=("holder", "currency"),
                                name="wallet_account_open",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("kind__in", ["BUSINESS", "CONTACT_DEBT"])),
                                fields=("wallet", "kind", "currency"),
                                name="wallet_account_of_wallet",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("lot__isnull", False)),
                                fields=("lot", "kind"),
                                name="wallet_account_of_lot",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(
                                    (
                                        "kind__in",
                                        [
                                            "GATEWAY",
                                            "SALES",
                                            "SETTLEMENT",
                                            "REWARD_COST",
                                            "EXPIRED",
                                            "DONATION_COST",
                                            "FEE_INCOME",
                                            "ADJUSTMENT",
                                            "SHORTFALL",
                                        ],
                                    )
                                ),
                                fields=("business", "kind", "organisation", "gateway", "currency"),
                                name="wallet_account_of_organisation",
                                nulls_distinct=False,
                            ),
                        ],
                        "triggers": [
                            pgtrigger.compiler.Trigger(
                                name="account_never_deleted",
                                sql=wallet.models.guards.GuardSql(
                                    func="RAISE EXCEPTION 'An account is never deleted.' USING ERRCODE = '23514';",
                                    hash="f1b6be44a87f23c3b652f404509240c9e3b3da74",
                                    operation="DELETE",
                                    pgid="pgtrigger_account_never_deleted_894fb",
                                    table="wallet_account",
                                    when="BEFORE",
                                ),
                            ),
                            pgtrigger.compiler.Trigger(
                                name="account_never_emptied",
                                sql=wallet.models.guards.GuardSql(
                                    func="\n            IF EXISTS (SELECT FROM wallet_account) THEN\n                RAISE EXCEPTION 'An account is never deleted.' USING ERRCODE = '23514';\n            END IF;\n            RETURN NULL;\n        ",
                                    hash="b9cd27d777915987f307ed3e22edf233741c3ad0",
                                    level="STATEMENT",
                                    operation="TRUNCATE",
                                    pgid="pgtrigger_account_never_emptied_c27e3",
                                    table="wallet_account",
                                    when="BEFORE",
                                ),
                            ),
                            pgtrigger.compiler.Trigger(
                                name="account_opens_at_zero",
                                sql=wallet.models.guards.GuardSql(
                                    condition='WHEN (NEW."balance" IS DISTINCT FROM 0 OR NEW."version" IS DISTINCT FROM 0)',
                                    func="RAISE EXCEPTION 'An account opens at balance 0 and version 0.' USING ERRCODE = '23514';",
                                    hash="79f52624544a19defd4eeec49f33c5666d48638c",
                                    operation="INSERT",
                                    pgid="pgtrigger_account_opens_at_zero_46363",
                                    table="wallet_account",
                                    when="BEFORE",
                                ),
                            ),
                            pgtrigger.compiler.Trigger(
                                name="account_identity_is_fixed",
                                sql=wallet.models.guards.GuardSql(
                                    condition='WHEN (OLD."business_id" IS DISTINCT FROM (NEW."business_id") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."currency" IS DISTINCT FROM (NEW."currency") OR OLD."gateway" IS DISTINCT FROM (NEW."gateway") OR OLD."holder_id" IS DISTINCT FROM (NEW."holder_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."lot_id" IS DISTINCT FROM (NEW."lot_id") OR OLD."organisation_id" IS DISTINCT FROM (NEW."organisation_id") OR OLD."public_id" IS DISTINCT FROM (NEW."public_id") OR OLD."wallet_id" IS DISTINCT FROM (NEW."wallet_id"))',
                                    func="RAISE EXCEPTION 'Whose account it is, of what kind and currency, never changes.' USING ERRCODE = '23514';",
                                    hash="f6f2cf551c7939e146327c050e92426ba8f77f79",
                                    operation="UPDATE",
                                    pgid="pgtrigger_account_identity_is_fixed_4121c",
                                    table="wallet_account",
                                    when="BEFORE",
                                ),
                            ),
                            pgtrigger.compiler.Trigger(
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
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Command",
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
                        ("scope", models.CharField(max_length=100)),
                        ("key", models.CharField(max_length=64)),
                        ("fingerprint", models.CharField(max_length=64)),
                        ("operation", models.CharField(max_length=40)),
                        (
                            "outcome",
                            models.CharField(
                                blank=True,
                                choices=[("", "Running"), ("DONE", "Done"), ("REFUSED", "Refused")],
                                max_length=8,
                            ),
                        ),
                        (
                            "response",
                            models.JSONField(
                                db_default=models.Value({}, models.JSONField()), default=dict
                            ),
                        ),
                        (
                            "created_at",
                            models.DateTimeField(
                                db_default=django.db.models.functions.datetime.Now(), editable=False
                            ),
                        ),
                        (
                            "business",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="directory.organisation",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("business", "scope", "key"), name="wallet_command_key"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("key", ""), _negated=True),
                                name="wallet_command_has_key",
                            ),
                        ],
                        "triggers": [
                            pgtrigger.compiler.Trigger(
                                name="command_never_deleted",
                                sql=wallet.models.guards.GuardSql(
                                    func="RAISE EXCEPTION 'A command is never deleted.' USING ERRCODE = '23514';",
                                    hash="613c2341bef0535df0b73320c2c6e3bba03578ea",
                                    operation="DELETE",
                                    pgid="pgtrigger_command_never_deleted_ec7f1",
                                    table="wallet_command",
                                    when="BEFORE",
                                ),
                            ),
                            pgtrigger.compiler.Trigger(
                                name="command_never_emptied",
                                sql=wallet.models.guards.GuardSql(
                                    func="\n            IF EXISTS (SELECT FROM wallet_command) THEN\n                RAISE EXCEPTION 'A command is never deleted.' USING ERRCODE = '23514';\n            END IF;\n            RETURN NULL;\n        ",
                                    hash="619f0836952e92386ed9134b3e80eb9e05a6f634",
                                    level="STATEMENT",
                                    operation="TRUNCATE",
                                    pgid="pgtrigger_command_never_emptied_62765",
                                    table="wallet_command",
                                    when="BEFORE",
                                ),
                            ),
                            pgtrigger.compiler.Trigger(
                                name="command_answers_once",
                                sql=wallet.models.guards.GuardSql(
                                    func="\n                    IF OLD.outcome <> '' OR NEW.outcome = '' OR\n                        (NEW.business_id, NEW.scope, NEW.key, NEW.fingerprint, NEW.operation)\n                        IS DISTINCT FROM\n                        (OLD.business_id, OLD.scope, OLD.key, OLD.fingerprint, OLD.operation)\n                    THEN\n                        RAISE EXCEPTION 'The answer to a command is written once.' USING ERRCODE = '23514';\n                    END IF;\n                    RETURN NEW;\n                ",
                                    hash="5ceb7f2a3adf7789b4a6311c332c278fb2aa8d3a",
                                    operation="UPDATE",
                                    pgid="pgtrigger_command_answers_once_f3fa5",
                                    table="wallet_command",
                                    when="BEFORE",
                                ),
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Entry",
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
                            "operation",
                            models.CharField(
                                choices=[
                                    ("TOP_UP", "Top-up"),
                                    ("AWARD", "Award"),
                                    ("REDEEM", "Redemption"),
                                    ("SPEND", "Spend"),
                                    ("HOLD", "Hold"),
                                    ("RELEASE", "Release"),
                                    ("REFUND", "Refund"),
                                    ("UNREDEEM", "Redemption taken back"),
                                    ("CLAWBACK", "Claw-back"),
                                    ("DEBT_RECOVERY", "Debt repaid"),
                                    ("PAYOUT", "Payout"),
                                    ("PAYOUT_SETTLED", "Payout paid"),
                                    ("PAYOUT_FAILED", "Payout failed"),
                                    ("PAYOUT_RETURNED", "Payout returned"),
                                    ("WALLET_PAYOUT", "Payout to the open pocket"),
                                    ("TRANSFER", "Transfer"),
                                    ("EXPIRE", "Expiry"),
                                    ("CONTRIBUTION", "Contribution fee"),
                                    ("CONTRIBUTION_BACK", "Contribution fee given back"),
                                    ("DONATION", "Donation"),
                                    ("DONATION_MATCH", "Contribution to a donation"),
                                    ("JOURNAL", "Manual journal"),
                                    ("FEE", "Fee"),
                                    ("SETTLE_IN", "Settlement received"),
                                    ("REVERSAL", "Reversal"),
                                ],
                                max_length=20,
                            ),
                        ),
                        ("posting_count", models.PositiveSmallIntegerField()),
                        ("subject", models.CharField(blank=True, max_length=80)),
                        ("memo", models.CharField(blank=True, max_length=300)),
                        ("effective_at", models.DateTimeField()),
                        (
                            "created_at",
                            models.DateTimeField(
                                db_default=wallet.models.ledger.DatabaseClock(), editable=False
                            ),
                        ),
                        (
                            "actor",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "business",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="directory.organisation",
                            ),
                        ),
                        (
                            "command",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="entries",
                                to="wallet.command",
                            ),
                        ),
                        (
                            "reverses",
                            models.OneToOneField(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="reversed_by",
                                to="wallet.entry",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name_plural": "entries",
                        "indexes": [
                            models.Index(
                                fields=["business", "-effective_at", "-id"],
                                name="wallet_entry_newest",
                            ),
                            models.Index(
                                condition=models.Q(("subject", ""), _negated=True),
                                fields=["subject"],
                                name="wallet_entry_subject",
                            ),
                            models.Index(
                                fields=["business", "operation", "-effective_at", "-id"],
                                name="wallet_entry_operation",
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("posting_count__gte", 1), ("posting_count__lte", 500)
                                ),
                                name="wallet_entry_size",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("operation", "REVERSAL"), ("reverses__isnull", False)
                                    ),
                                    models.Q(
                                        ("reverses__isnull", True),
                                        models.Q(("operation", "REVERSAL"), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="wallet_entry_reversal",
                            ),
                        ],
                        "triggers": [
                            pgtrigger.compiler.Trigger(
                                name="entry_never_changed",
                                sql=wallet.models.guards.GuardSql(
                                    func="RAISE EXCEPTION 'An entry is never changed and never deleted.' USING ERRCODE = '23514';",
                                    hash="831f457e1da70f3480cedd4534712453e3b947ea",
                                    operation="UPDATE OR DELETE",
                                    pgid="pgtrigger_entry_never_changed_86034",
                                    table="wallet_entry",
                                    when="BEFORE",
                                ),
                            ),
                            pgtrigger.compiler.Trigger(
                                name="entry_never_emptied",
                                sql=wallet.models.guards.GuardSql(
                                    func="\n            IF EXISTS (SELECT FROM wallet_entry) THEN\n                RAISE EXCEPTION 'An entry is never deleted.' USING ERRCODE = '23514';\n            END IF;\n            RETURN NULL;\n        ",
                                    hash="7d1749f68a0a253a6d9a588368bcc7c8c1cda790",
                                    level="STATEMENT",
                                    operation="TRUNCATE",
                                    pgid="pgtrigger_entry_never_emptied_86f14",
                                    table="wallet_entry",
                                    when="BEFORE",
                                ),
                            ),
                            pgtrigger.compiler.Trigger(
                                name="entry_reverses_no_reversal",
                                sql=wallet.models.guards.GuardSql(
                                    condition='WHEN (NEW."reverses_id" IS NOT NULL)',
                                    func="\n                    IF EXISTS (\n                        SELECT FROM wallet_entry\n                        WHERE id = NEW.reverses_id AND reverses_id IS NOT NULL\n                    ) THEN\n                        RAISE EXCEPTION 'A reversal is not reversed.' USING ERRCODE = '23514';\n                    END IF;\n                    RETURN NEW;\n                ",
                                    hash="89c4748e3e93c80f3b55f7cfae5476a941abb2e2",
                                    operation="INSERT",
                                    pgid="pgtrigger_entry_reverses_no_reversal_032fb",
                                    table="wallet_entry",
                                    when="BEFORE",
                                ),
                            ),
                            pgtrigger.compiler.Trigger(
                                name="entry_is_complete",
                                sql=wallet.models.guards.GuardSql(
                                    constraint="CONSTRAINT",
                                    func="\n                    IF NEW.posting_count <> (\n                        SELECT count(*) FROM wallet_posting WHERE entry_id = NEW.id\n                    ) THEN\n                        RAISE EXCEPTION 'An entry is committed with all of its postings or not at all.' USING ERRCODE = '23514';\n                    END IF;\n                    RETURN NULL;\n                ",
                                    hash="943196196abf2f152fbbc48567bf985eb9d534a7",
                                    operation="INSERT",
                                    pgid="pgtrigger_entry_is_complete_9f9fe",
                                    table="wallet_entry",
                                    timing="DEFERRABLE INITIALLY DEFERRED",
                                    when="AFTER",
                                ),
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="FeeRule",
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
                        ("name", models.CharField(max_length=80)),
                        (
                            "charged_on",
                            models.CharField(
                                choices=[
                                    ("DEBIT", "Spending and sending"),
                                    ("CREDIT", "Topping up"),
                                ],
                                max_length=6,
                            ),
                        ),
                        (
                            "percent",
                            models.DecimalField(
                                decimal_places=2, default=Decimal("0"), max_digits=5
                            ),
                        ),
                        ("fixed_minor", models.BigIntegerField(default=0)),
                        ("created_at", models.DateTimeField()),
                        (
                            "business",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="wallet_fees",
                                to="directory.organisation",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("fixed_minor__gte", 0),
                                    ("percent__gte", 0),
                                    ("percent__lte", 100),
                                    models.Q(
                                        ("percent__gt", 0), ("fixed_minor__gt", 0), _connector="OR"
                                    ),
                                ),
                                name="wallet_fee_amount",
                            )
                        ],
                        "triggers": [
                            pgtrigger.compiler.Trigger(
                                name="insert_insert",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    func='INSERT INTO "wallet_feeruleevent" ("business_id", "charged_on", "created_at", "fixed_minor", "id", "name", "percent", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."business_id", NEW."charged_on", NEW."created_at", NEW."fixed_minor", NEW."id", NEW."name", NEW."percent", _pgh_attach_context(), NOW(), \'insert\', NEW."id"); RETURN NULL;',
                                    hash="43150f5009d8c4d06de2010f1b518e264d44ab46",
                                    operation="INSERT",
                                    pgid="pgtrigger_insert_insert_88dac",
                                    table="wallet_feerule",
                                    when="AFTER",
                                ),
                            ),
                            pgtrigger.compiler.Trigger(
                                name="update_update",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                                    func='INSERT INTO "wallet_feeruleevent" ("business_id", "charged_on", "created_at", "fixed_minor", "id", "name", "percent", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."business_id", NEW."charged_on", NEW."created_at", NEW."fixed_minor", NEW."id", NEW."name", NEW."percent", _pgh_attach_context(), NOW(), \'update\', NEW."id"); RETURN NULL;',
                                    hash="1c00390da66952173b48e4120ce526a90f8a130e",
                                    operation="UPDATE",
                                    pgid="pgtrigger_update_update_a3be6",
                                    table="wallet_feerule",
                                    when="AFTER",
                                ),
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="FeeRuleEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        ("id", models.BigIntegerField()),
                        ("name", models.CharField(max_length=80)),
                        (
                            "charged_on",
                            models.CharField(
                                choices=[
                                    ("DEBIT", "Spending and sending"),
                                    ("CREDIT", "Topping up"),
                                ],
                                max_length=6,
                            ),
                        ),
                        (
                            "percent",
                            models.DecimalField(
                                decimal_places=2, default=Decimal("0"), max_digits=5
                            ),
                        ),
                        ("fixed_minor", models.BigIntegerField(default=0)),
                        ("created_at", models.DateTimeField()),
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
                                to="wallet.feerule",
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
                                    hash="2fd0cd5a34dc7cd91d88645b82bc0db697559df4",
                                    operation="UPDATE OR DELETE",
                                    pgid="pgtrigger_append_only_5229e",
                                    table="wallet_feeruleevent",
                                    when="BEFORE",
                                ),
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PurchaseUse",
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
                        ("reference", models.CharField(max_length=80)),
                        ("performed_at", models.DateTimeField()),
                        ("currency", models.CharField(max_length=3)),
                        ("total_minor", models.BigIntegerField()),
                        ("instant_minor", models.BigIntegerField(default=0)),
                        ("requested_minor", models.BigIntegerField(null=True)),
                        (
                            "mode",
                            models.CharField(
                                choices=[
                                    ("AUTOMATIC", "On every matching purchase"),
                                    ("ON_SPEND", "When the contact asks to spend"),
                                    ("ACTIVATED_POOLS", "From pools that the contact activated"),
                                ],
                                max_length=16,
                            ),
                        ),
                        ("commerce_minor", models.BigIntegerField()),
                        ("business_minor", models.BigIntegerField()),
                        ("open_minor", models.BigIntegerField()),
                        ("is_spent", models.BooleanField()),
                        (
                            "state",
                            models.CharField(
                                choices=[("POSTED", "Posted"), ("CANCELLED", "Cancelled")],
                                default="POSTED",
                                max_length=10,
                            ),
                        ),
                        ("considered", models.JSONField(default=dict)),
                        ("returned_minor", models.BigIntegerField(default=0)),
                        ("returned_to_wallet_minor", models.BigIntegerField(default=0)),
                        ("no_payout_reason", models.CharField(blank=True, max_length=30)),
                        ("created_at", models.DateTimeField()),
                        ("cancelled_at", models.DateTimeField(null=True)),
                        (
                            "business",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="directory.organisation",
                            ),
                        ),
                        (
                            "organisation",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="directory.organisation",
                            ),
                        ),
                        (
                            "wallet",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="uses",
                                to="wallet.wallet",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["wallet", "performed_at"], name="wallet_use_of_wallet"
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("business", "reference"), name="wallet_use_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("returned_minor__gte", 0),
                                    ("returned_minor__lte", models.F("total_minor")),
                                ),
                                name="wallet_use_returned",
                            ),
                        ],
                        "triggers": [
                            pgtrigger.compiler.Trigger(
                                name="purchaseuse_never_deleted",
                                sql=wallet.models.guards.GuardSql(
                                    func="RAISE EXCEPTION 'What was paid for a purchase is never deleted.' USING ERRCODE = '23514';",
                                    hash="69f750fa6a58d8f3da061391776aa85abea829d1",
                                    operation="DELETE",
                                    pgid="pgtrigger_purchaseuse_never_deleted_5db70",
                                    table="wallet_purchaseuse",
                                    when="BEFORE",
                                ),
                            ),
                            pgtrigger.compiler.Trigger(
                                name="purchaseuse_never_emptied",
                                sql=wallet.models.guards.GuardSql(
                                    func="\n            IF EXISTS (SELECT FROM wallet_purchaseuse) THEN\n                RAISE EXCEPTION 'What was paid for a purchase is never deleted.' USING ERRCODE = '23514';\n            END IF;\n            RETURN NULL;\n        ",
                                    hash="700333c0ba339139afa78b9527d12811a820ce70",
                                    level="STATEMENT",
                                    operation="TRUNCATE",
                                    pgid="pgtrigger_purchaseuse_never_emptied_0807c",
                                    table="wallet_purchaseuse",
                                    when="BEFORE",
                                ),
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Hold",
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
                        ("reference", models.CharField(blank=True, max_length=80)),
                        ("currency", models.CharField(max_length=3)),
                        ("amount_minor", models.BigIntegerField()),
                        ("requested_minor", models.BigIntegerField(null=True)),
                        (
                            "mode",
                            models.CharField(
                                choices=[
                                    ("AUTOMATIC", "On every matching purchase"),
                                    ("ON_SPEND", "When the contact asks to spend"),
                                    ("ACTIVATED_POOLS", "From pools that the contact activated"),
                                ],
                                max_length=16,
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("OPEN", "Open"),
                                    ("CAPTURED", "Captured"),
                                    ("RELEASED", "Released"),
                                    ("TIMED_OUT", "Timed out"),
                                ],
                                default="OPEN",
                                max_length=10,
                            ),
                        ),
                        ("created_at", models.DateTimeField()),
                        ("expires_at", models.DateTimeField()),
                        ("closed_at", models.DateTimeField(null=True)),
                        (
                            "account",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="hold",
                                to="wallet.account",
                            ),
                        ),
                        (
                            "business",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="directory.organisation",
                            ),
                        ),
                        (
                            "use",
                            models.OneToOneField(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="hold",
                                to="wallet.purchaseuse",
                            ),
                        ),
                        (
                            "wallet",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="holds",
                                to="wallet.wallet",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("state", "OPEN")),
                                fields=["expires_at"],
                                name="wallet_hold_due",
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("amount_minor__gt", 0)),
                                name="wallet_hold_amount",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("closed_at__isnull", True),
                                        ("state", "OPEN"),
                                        ("use__isnull", True),
                                    ),
                                    models.Q(
                                        ("closed_at__isnull", False),
                                        ("state", "CAPTURED"),
                                        ("use__isnull", False),
                                    ),
                                    models.Q(
                                        ("closed_at__isnull", False),
                                        ("state__in", ["RELEASED", "TIMED_OUT"]),
                                        ("use__isnull", True),
                                    ),
                                    _connector="OR",
                                ),
                                name="wallet_hold_closed",
                            ),
                        ],
                        "triggers": [
                            pgtrigger.compiler.Trigger(
                                name="hold_never_deleted",
                                sql=wallet.models.guards.GuardSql(
                                    func="RAISE EXCEPTION 'A hold is never deleted.' USING ERRCODE = '23514';",
                                    hash="bdc495d9be39029002e3aa1dcda7a6414c1958c1",
                                    operation="DELETE",
                                    pgid="pgtrigger_hold_never_deleted_8577a",
                                    table="wallet_hold",
                                    when="BEFORE",
                                ),
                            ),
                            pgtrigger.compiler.Trigger(
                                name="hold_never_emptied",
                                sql=wallet.models.guards.GuardSql(
                                    func="\n            IF EXISTS (SELECT FROM wallet_hold) THEN\n                RAISE EXCEPTION 'A hold is never deleted.' USING ERRCODE = '23514';\n            END IF;\n            RETURN NULL;\n        ",
                                    hash="5a15407cbadcd285bc02e4fd25955951331671f4",
                                    level="STATEMENT",
                                    operation="TRUNCATE",
                                    pgid="pgtrigger_hold_never_emptied_36aee",
                                    table="wallet_hold",
                                    when="BEFORE",
                                ),
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="HoldPart",
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
                        ("line", models.PositiveSmallIntegerField(null=True)),
                        ("amount_minor", models.BigIntegerField()),
                        (
                            "account",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="wallet.account",
                            ),
                        ),
                        (
                            "hold",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="parts",
                                to="wallet.hold",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("amount_minor__gt", 0)),
                                name="wallet_hold_part_amount",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="LedgerCheck",
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
                        ("checked_at", models.DateTimeField()),
                        ("findings", models.JSONField(default=list)),
                        ("finding_count", models.PositiveIntegerField(default=0)),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["-checked_at"], name="wallet_check_newest")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="LedgerFreeze",
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
                        ("findings", models.JSONField(default=list)),
                        ("frozen_at", models.DateTimeField()),
                        ("released_at", models.DateTimeField(blank=True, null=True)),
                        ("note", models.CharField(blank=True, max_length=300)),
                        (
                            "business",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="directory.organisation",
                            ),
                        ),
                        (
                            "released_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("released_at__isnull", True)),
                                fields=("business",),
                                name="wallet_frozen_once",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="LimitRule",
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
                        ("name", models.CharField(max_length=80)),
                        (
                            "applies_to",
                            models.CharField(
                                choices=[
                                    ("DEBIT", "Spending and sending"),
                                    ("CREDIT", "Receiving and topping up"),
                                    ("TOP_UP", "Topping up"),
                                    ("TRANSFER", "Sending"),
                                ],
                                max_length=8,
                            ),
                        ),
                        (
                            "period",
                            models.CharField(
                                choices=[
                                    ("DAILY", "a day"),
                                    ("WEEKLY", "a week"),
                                    ("MONTHLY", "a month"),
                                ],
                                max_length=7,
                            ),
                        ),
                        ("most_minor", models.BigIntegerField(blank=True, null=True)),
                        ("most_times", models.PositiveIntegerField(blank=True, null=True)),
                        ("created_at", models.DateTimeField()),
                        (
                            "business",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="wallet_limits",
                                to="directory.organisation",
                            ),
                        ),
                        (
                            "wallet",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="own_limits",
                                to="wallet.wallet",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("business", "wallet", "applies_to", "period"),
                                name="wallet_limit_once",
                                nulls_distinct=False,
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("most_minor__isnull", False),
                                    ("most_times__isnull", False),
                                    _connector="OR",
                                ),
                                name="wallet_limit_says_something",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("most_minor__isnull", True),
                                    ("most_minor__gte", 0),
                                    _connector="OR",
                                ),
                                name="wallet_limit_amount",
                            ),
                        ],
                        "triggers": [
                            pgtrigger.compiler.Trigger(
                                name="insert_insert",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    func='INSERT INTO "wallet_limitruleevent" ("applies_to", "business_id", "created_at", "id", "most_minor", "most_times", "name", "period", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "wallet_id") VALUES (NEW."applies_to", NEW."business_id", NEW."created_at", NEW."id", NEW."most_minor", NEW."most_times", NEW."name", NEW."period", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."wallet_id"); RETURN NULL;',
                                    hash="d55fdda24209e83fb7582ae918cff5501b3f0ce8",
                                    operation="INSERT",
                                    pgid="pgtrigger_insert_insert_398b5",
                                    table="wallet_limitrule",
                                    when="AFTER",
                                ),
                            ),
                            pgtrigger.compiler.Trigger(
                                name="update_update",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                                    func='INSERT INTO "wallet_limitruleevent" ("applies_to", "business_id", "created_at", "id", "most_minor", "most_times", "name", "period", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "wallet_id") VALUES (NEW."applies_to", NEW."business_id", NEW."created_at", NEW."id", NEW."most_minor", NEW."most_times", NEW."name", NEW."period", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."wallet_id"); RETURN NULL;',
                                    hash="50e89fb681ab27518fbbdd3ab2d3694d233e5c5c",
                                    operation="UPDATE",
                                    pgid="pgtrigger_update_update_cfb8c",
                                    table="wallet_limitrule",
                                    when="AFTER",
                                ),
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ExpiryWarning",
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
                        ("days", models.PositiveSmallIntegerField()),
                        ("expires_at", models.DateTimeField()),
                        ("warned_at", models.DateTimeField()),
                        (
                            "lot",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="warnings",
                                to="wallet.lot",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("lot", "days", "expires_at"), name="wallet_warning_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ExpiryChange",
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
                        ("before", models.DateTimeField(null=True)),
                        ("after", models.DateTimeField(null=True)),
                        ("reason", models.CharField(max_length=300)),
                        ("actor_name", models.CharField(max_length=120)),
                        ("at", models.DateTimeField()),
                        (
                            "lot",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="expiry_changes",
                                to="wallet.lot",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="AwardReturn",
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
                        ("clawed_back_minor", models.BigIntegerField(default=0)),
                        ("cancelled_at", models.DateTimeField(null=True)),
                        ("reason", models.CharField(blank=True, max_length=300)),
                        (
                            "lot",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="award_return",
                                to="wallet.lot",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("clawed_back_minor__gte", 0)),
                                name="wallet_award_return_amount",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Payout",
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
                            "method",
                            models.CharField(
                                choices=[
                                    ("CARD_USED", "The card of the purchase"),
                                    ("GATEWAY", "The registered payout account"),
                                    ("WALLET", "The open pocket"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("destination", models.CharField(blank=True, max_length=100)),
                        ("currency", models.CharField(max_length=3)),
                        ("amount_minor", models.BigIntegerField()),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("RESERVED", "Reserved"),
                                    ("SUBMITTING", "Being submitted"),
                                    ("UNKNOWN", "Unclear"),
                                    ("SUBMITTED", "Submitted"),
                                    ("PAID", "Paid"),
                                    ("FAILED", "Failed"),
                                    ("CANCELLED", "Cancelled"),
                                    ("RETURNED", "Returned"),
                                ],
                                default="RESERVED",
                                max_length=10,
                            ),
                        ),
                        ("created_at", models.DateTimeField()),
                        ("closed_at", models.DateTimeField(null=True)),
                        (
                            "account",
                            models.OneToOneField(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="payout",
                                to="wallet.account",
                            ),
                        ),
                        (
                            "business",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="directory.organisation",
                            ),
                        ),
                        (
                            "use",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="payouts",
                                to="wallet.purchaseuse",
                            ),
                        ),
                        (
                            "wallet",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="payouts",
                                to="wallet.wallet",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("state", "RESERVED")),
                                fields=["business", "created_at"],
                                name="wallet_payout_reserved",
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("amount_minor__gt", 0)),
                                name="wallet_payout_amount",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("account__isnull", True),
                                        ("method", "WALLET"),
                                        ("state", "PAID"),
                                    ),
                                    models.Q(
                                        ("account__isnull", False),
                                        models.Q(("method", "WALLET"), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="wallet_payout_transit",
                            ),
                        ],
                        "triggers": [
                            pgtrigger.compiler.Trigger(
                                name="payout_never_deleted",
                                sql=wallet.models.guards.GuardSql(
                                    func="RAISE EXCEPTION 'A payout is never deleted.' USING ERRCODE = '23514';",
                                    hash="c1cb388a56e1278ac8a60953442bc32bdae4433f",
                                    operation="DELETE",
                                    pgid="pgtrigger_payout_never_deleted_e7e44",
                                    table="wallet_payout",
                                    when="BEFORE",
                                ),
                            ),
                            pgtrigger.compiler.Trigger(
                                name="payout_never_emptied",
                                sql=wallet.models.guards.GuardSql(
                                    func="\n            IF EXISTS (SELECT FROM wallet_payout) THEN\n                RAISE EXCEPTION 'A payout is never deleted.' USING ERRCODE = '23514';\n            END IF;\n            RETURN NULL;\n        ",
                                    hash="5f048b686295ee7495c23c72a705f4469d7d248e",
                                    level="STATEMENT",
                                    operation="TRUNCATE",
                                    pgid="pgtrigger_payout_never_emptied_9e418",
                                    table="wallet_payout",
                                    when="BEFORE",
                                ),
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PayoutPart",
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
                        ("amount_minor", models.BigIntegerField()),
                        (
                            "account",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="wallet.account",
                            ),
                        ),
                        (
                            "payout",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="parts",
                                to="wallet.payout",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("amount_minor__gt", 0)),
                                name="wallet_payout_part_amount",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Posting",
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
                        ("seq", models.PositiveSmallIntegerField()),
                        ("currency", models.CharField(max_length=3)),
                        ("amount", models.BigIntegerField()),
                        ("source_version", models.BigIntegerField()),
                        ("source_after", models.BigIntegerField()),
                        ("target_version", models.BigIntegerField()),
                        ("target_after", models.BigIntegerField()),
                        (
                            "entry",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="postings",
                                to="wallet.entry",
                            ),
                        ),
                        (
                            "source",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="postings_out",
                                to="wallet.account",
                            ),
                        ),
                        (
                            "target",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="postings_in",
                                to="wallet.account",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("amount__gt", 0)), name="wallet_posting_amount"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("seq__gte", 1)), name="wallet_posting_seq"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("source", models.F("target")), _negated=True),
                                name="wallet_posting_ends",
                            ),
                            models.UniqueConstraint(
                                fields=("entry", "seq"), name="wallet_posting_once"
                            ),
                            models.UniqueConstraint(
                                fields=("source", "source_version"),
                                name="wallet_posting_source_version",
                            ),
                            models.UniqueConstraint(
                                fields=("target", "target_version"),
                                name="wallet_posting_target_version",
                            ),
                        ],
                        "triggers": [
                            pgtrigger.compiler.Trigger(
                                name="posting_never_changed",
                                sql=wallet.models.guards.GuardSql(
                                    func="RAISE EXCEPTION 'A posting is never changed and never deleted.' USING ERRCODE = '23514';",
                                    hash="b54a5a53245da4dd141973a15b7e896678371cda",
                                    operation="UPDATE OR DELETE",
                                    pgid="pgtrigger_posting_never_changed_6f95b",
                                    table="wallet_posting",
                                    when="BEFORE",
                                ),
                            ),
                            pgtrigger.compiler.Trigger(
                                name="posting_never_emptied",
                                sql=wallet.models.guards.GuardSql(
                                    func="\n            IF EXISTS (SELECT FROM wallet_posting) THEN\n                RAISE EXCEPTION 'A posting is never deleted.' USING ERRCODE = '23514';\n            END IF;\n            RETURN NULL;\n        ",
                                    hash="cc310fc1e45d3db18806471308556ffef5935422",
                                    level="STATEMENT",
                                    operation="TRUNCATE",
                                    pgid="pgtrigger_posting_never_emptied_b21f2",
                                    table="wallet_posting",
                                    when="BEFORE",
                                ),
                            ),
                            pgtrigger.compiler.Trigger(
                                name="posting_is_applied",
                                sql=wallet.models.guards.GuardSql(
                                    declare="DECLARE fault text; touched bigint; applied bigint;",
                                    func="\n    SELECT CASE\n        WHEN entry.operation || ':' || source.kind || ':' || target.kind\n            <> ALL ('{AWARD:REWARD_COST:COMMERCE_LOT,CLAWBACK:BUSINESS:REWARD_COST,CLAWBACK:BUSINESS_REDEEMED:REWARD_COST,CLAWBACK:COMMERCE_LOT:REWARD_COST,CLAWBACK:CONTACT_DEBT:REWARD_COST,CLAWBACK:SHORTFALL:REWARD_COST,CONTRIBUTION:SETTLEMENT:REWARD_COST,CONTRIBUTION_BACK:REWARD_COST:SETTLEMENT,DEBT_RECOVERY:BUSINESS:CONTACT_DEBT,DEBT_RECOVERY:COMMERCE_LOT:CONTACT_DEBT,DONATION:BUSINESS:SETTLEMENT,DONATION:BUSINESS_REDEEMED:SETTLEMENT,DONATION:GATEWAY:SETTLEMENT,DONATION:OPEN:SETTLEMENT,DONATION_MATCH:DONATION_COST:SETTLEMENT,EXPIRE:COMMERCE_LOT:EXPIRED,FEE:BUSINESS:FEE_INCOME,FEE:OPEN:FEE_INCOME,FEE:SETTLEMENT:FEE_INCOME,HOLD:BUSINESS:HOLD,HOLD:BUSINESS_REDEEMED:HOLD,HOLD:COMMERCE_LOT:HOLD,HOLD:OPEN:HOLD,JOURNAL:ADJUSTMENT:BUSINESS,JOURNAL:ADJUSTMENT:COMMERCE_LOT,JOURNAL:ADJUSTMENT:OPEN,JOURNAL:BUSINESS:ADJUSTMENT,JOURNAL:COMMERCE_LOT:ADJUSTMENT,JOURNAL:OPEN:ADJUSTMENT,PAYOUT:BUSINESS:PAYOUT_TRANSIT,PAYOUT:BUSINESS_REDEEMED:PAYOUT_TRANSIT,PAYOUT:OPEN:PAYOUT_TRANSIT,PAYOUT:SETTLEMENT:PAYOUT_TRANSIT,PAYOUT_FAILED:PAYOUT_TRANSIT:BUSINESS,PAYOUT_FAILED:PAYOUT_TRANSIT:BUSINESS_REDEEMED,PAYOUT_FAILED:PAYOUT_TRANSIT:OPEN,PAYOUT_FAILED:PAYOUT_TRANSIT:SETTLEMENT,PAYOUT_RETURNED:GATEWAY:BUSINESS,PAYOUT_RETURNED:GATEWAY:BUSINESS_REDEEMED,PAYOUT_RETURNED:GATEWAY:OPEN,PAYOUT_RETURNED:GATEWAY:SETTLEMENT,PAYOUT_SETTLED:PAYOUT_TRANSIT:GATEWAY,REDEEM:COMMERCE_LOT:BUSINESS,REDEEM:COMMERCE_LOT:BUSINESS_REDEEMED,REDEEM:HOLD:BUSINESS,REDEEM:HOLD:BUSINESS_REDEEMED,REFUND:SALES:BUSINESS,REFUND:SALES:BUSINESS_REDEEMED,REFUND:SALES:COMMERCE_LOT,REFUND:SALES:OPEN,REFUND:SETTLEMENT:BUSINESS,REFUND:SETTLEMENT:BUSINESS_REDEEMED,REFUND:SETTLEMENT:COMMERCE_LOT,REFUND:SETTLEMENT:OPEN,RELEASE:HOLD:BUSINESS,RELEASE:HOLD:BUSINESS_REDEEMED,RELEASE:HOLD:COMMERCE_LOT,RELEASE:HOLD:OPEN,REVERSAL:ADJUSTMENT:BUSINESS,REVERSAL:ADJUSTMENT:COMMERCE_LOT,REVERSAL:ADJUSTMENT:OPEN,REVERSAL:BUSINESS:ADJUSTMENT,REVERSAL:BUSINESS:BUSINESS,REVERSAL:BUSINESS:COMMERCE_LOT,REVERSAL:BUSINESS:GATEWAY,REVERSAL:BUSINESS:HOLD,REVERSAL:BUSINESS:PAYOUT_TRANSIT,REVERSAL:BUSINESS:SALES,REVERSAL:BUSINESS:SETTLEMENT,REVERSAL:BUSINESS_REDEEMED:COMMERCE_LOT,REVERSAL:BUSINESS_REDEEMED:GATEWAY,REVERSAL:BUSINESS_REDEEMED:HOLD,REVERSAL:BUSINESS_REDEEMED:PAYOUT_TRANSIT,REVERSAL:BUSINESS_REDEEMED:SALES,REVERSAL:BUSINESS_REDEEMED:SETTLEMENT,REVERSAL:COMMERCE_LOT:ADJUSTMENT,REVERSAL:COMMERCE_LOT:BUSINESS,REVERSAL:COMMERCE_LOT:BUSINESS_REDEEMED,REVERSAL:COMMERCE_LOT:COMMERCE_LOT,REVERSAL:COMMERCE_LOT:GATEWAY,REVERSAL:COMMERCE_LOT:HOLD,REVERSAL:COMMERCE_LOT:REWARD_COST,REVERSAL:COMMERCE_LOT:SALES,REVERSAL:COMMERCE_LOT:SETTLEMENT,REVERSAL:CONTACT_DEBT:BUSINESS,REVERSAL:CONTACT_DEBT:COMMERCE_LOT,REVERSAL:EXPIRED:COMMERCE_LOT,REVERSAL:FEE_INCOME:BUSINESS,REVERSAL:FEE_INCOME:OPEN,REVERSAL:FEE_INCOME:SETTLEMENT,REVERSAL:GATEWAY:PAYOUT_TRANSIT,REVERSAL:HOLD:BUSINESS,REVERSAL:HOLD:BUSINESS_REDEEMED,REVERSAL:HOLD:COMMERCE_LOT,REVERSAL:HOLD:OPEN,REVERSAL:OPEN:ADJUSTMENT,REVERSAL:OPEN:BUSINESS,REVERSAL:OPEN:BUSINESS_REDEEMED,REVERSAL:OPEN:GATEWAY,REVERSAL:OPEN:HOLD,REVERSAL:OPEN:OPEN,REVERSAL:OPEN:PAYOUT_TRANSIT,REVERSAL:OPEN:SALES,REVERSAL:OPEN:SETTLEMENT,REVERSAL:PAYOUT_TRANSIT:BUSINESS,REVERSAL:PAYOUT_TRANSIT:BUSINESS_REDEEMED,REVERSAL:PAYOUT_TRANSIT:OPEN,REVERSAL:PAYOUT_TRANSIT:SETTLEMENT,REVERSAL:REWARD_COST:BUSINESS,REVERSAL:REWARD_COST:BUSINESS_REDEEMED,REVERSAL:REWARD_COST:COMMERCE_LOT,REVERSAL:REWARD_COST:CONTACT_DEBT,REVERSAL:REWARD_COST:SETTLEMENT,REVERSAL:REWARD_COST:SHORTFALL,REVERSAL:SALES:BUSINESS,REVERSAL:SALES:BUSINESS_REDEEMED,REVERSAL:SALES:HOLD,REVERSAL:SALES:OPEN,REVERSAL:SETTLEMENT:BUSINESS,REVERSAL:SETTLEMENT:BUSINESS_REDEEMED,REVERSAL:SETTLEMENT:DONATION_COST,REVERSAL:SETTLEMENT:GATEWAY,REVERSAL:SETTLEMENT:HOLD,REVERSAL:SETTLEMENT:OPEN,REVERSAL:SETTLEMENT:PAYOUT_TRANSIT,REVERSAL:SETTLEMENT:REWARD_COST,SETTLE_IN:GATEWAY:SETTLEMENT,SPEND:BUSINESS:SALES,SPEND:BUSINESS:SETTLEMENT,SPEND:BUSINESS_REDEEMED:SALES,SPEND:BUSINESS_REDEEMED:SETTLEMENT,SPEND:HOLD:SALES,SPEND:HOLD:SETTLEMENT,SPEND:OPEN:SALES,SPEND:OPEN:SETTLEMENT,TOP_UP:GATEWAY:BUSINESS,TOP_UP:GATEWAY:COMMERCE_LOT,TOP_UP:GATEWAY:OPEN,TRANSFER:BUSINESS:BUSINESS,TRANSFER:BUSINESS:COMMERCE_LOT,TRANSFER:COMMERCE_LOT:COMMERCE_LOT,TRANSFER:OPEN:OPEN,UNREDEEM:BUSINESS:COMMERCE_LOT,UNREDEEM:BUSINESS_REDEEMED:COMMERCE_LOT,WALLET_PAYOUT:BUSINESS:OPEN,WALLET_PAYOUT:BUSINESS_REDEEMED:OPEN}'::text[]) THEN 'No route leads this way.'\n        WHEN added.currency <> source.currency OR added.currency <> target.currency\n            THEN 'A posting stays in one currency.'\n        WHEN added.seq > entry.posting_count THEN 'The entry is closed.'\n        WHEN (source.kind IN ('OPEN','BUSINESS','BUSINESS_REDEEMED','COMMERCE_LOT','HOLD','PAYOUT_TRANSIT') AND added.source_after < 0)\n            OR (target.kind IN ('OPEN','BUSINESS','BUSINESS_REDEEMED','COMMERCE_LOT','HOLD','PAYOUT_TRANSIT') AND added.target_after < 0)\n            OR (source.kind = 'CONTACT_DEBT' AND added.source_after > 0)\n            OR (target.kind = 'CONTACT_DEBT' AND added.target_after > 0)\n            THEN 'An account would leave its bounds.'\n    END AS fault\n    INTO fault\n    FROM added\n    JOIN wallet_entry AS entry ON entry.id = added.entry_id\n    JOIN wallet_account AS source ON source.id = added.source_id\n    JOIN wallet_account AS target ON target.id = added.target_id\n    ORDER BY fault\n    LIMIT 1;\n    IF fault IS NOT NULL THEN\n        RAISE EXCEPTION '%', fault USING ERRCODE = '23514';\n    END IF;\n\n    SELECT count(DISTINCT account_id) INTO touched FROM (\n    SELECT source_id AS account_id, source_version AS version, source_after AS after,\n        -amount AS change\n    FROM added\n    UNION ALL\n    SELECT target_id, target_version, target_after, amount FROM added\n) AS leg;\n    WITH chained AS (\n        SELECT account_id, version, after, change,\n            lag(version) OVER line AS version_before, lag(after) OVER line AS after_before\n        FROM (\n    SELECT source_id AS account_id, source_version AS version, source_after AS after,\n        -amount AS change\n    FROM added\n    UNION ALL\n    SELECT target_id, target_version, target_after, amount FROM added\n) AS leg\n        WINDOW line AS (PARTITION BY account_id ORDER BY version)\n    ), moved AS (\n        SELECT account_id, min(version) AS first_version, max(version) AS last_version,\n            sum(change) AS change, (array_agg(after ORDER BY version DESC))[1] AS after\n        FROM chained\n        GROUP BY account_id\n        HAVING bool_and(\n            version_before IS NULL\n            OR (version = version_before + 1 AND after = after_before + change)\n        )\n    )\n    UPDATE wallet_account AS account\n    SET balance = moved.after, version = moved.last_version\n    FROM moved\n    WHERE account.id = moved.account_id\n        AND account.version = moved.first_version - 1\n        AND account.balance + moved.change = moved.after;\n    GET DIAGNOSTICS applied = ROW_COUNT;\n    IF applied <> touched THEN\n        RAISE EXCEPTION 'A posting states versions or balances that its accounts do not have.'\n            USING ERRCODE = '40001';\n    END IF;\n    RETURN NULL;\n",
                                    hash="04a1e95c39cf498d98ddf9acf524a5c9978f7663",
                                    level="STATEMENT",
                                    operation="INSERT",
                                    pgid="pgtrigger_posting_is_applied_026c7",
                                    referencing="REFERENCING NEW TABLE AS added ",
                                    table="wallet_posting",
                                    when="AFTER",
                                ),
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="UsePart",
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
                                    ("OPEN", "Open pocket"),
                                    ("BUSINESS", "Business pocket"),
                                    ("BUSINESS_REDEEMED", "Redeemed, traced"),
                                    ("COMMERCE_LOT", "Commerce lot"),
                                    ("HOLD", "On hold"),
                                    ("PAYOUT_TRANSIT", "Payout in transit"),
                                    ("CONTACT_DEBT", "Contact's debt"),
                                    ("GATEWAY", "Gateway"),
                                    ("SALES", "Sales"),
                                    ("SETTLEMENT", "Settlement"),
                                    ("REWARD_COST", "Cost of rewards"),
                                    ("EXPIRED", "Expired value"),
                                    ("DONATION_COST", "Own donations"),
                                    ("FEE_INCOME", "Fees earned"),
                                    ("ADJUSTMENT", "Adjustments"),
                                    ("SHORTFALL", "Shortfall"),
                                ],
                                max_length=20,
                            ),
                        ),
                        ("line", models.PositiveSmallIntegerField(null=True)),
                        ("amount_minor", models.BigIntegerField()),
                        ("back_minor", models.BigIntegerField(default=0)),
                        (
                            "lot",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="uses",
                                to="wallet.lot",
                            ),
                        ),
                        (
                            "use",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="parts",
                                to="wallet.purchaseuse",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("amount_minor__gt", 0)),
                                name="wallet_use_part_amount",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("back_minor__gte", 0),
                                    ("back_minor__lte", models.F("amount_minor")),
                                ),
                                name="wallet_use_part_back",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="VersionMove",
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
                        ("reason", models.CharField(max_length=300)),
                        ("created_at", models.DateTimeField()),
                        ("last_wallet_id", models.BigIntegerField(default=0)),
                        ("lot_count", models.PositiveIntegerField(default=0)),
                        ("finished_at", models.DateTimeField(null=True)),
                        (
                            "business",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="directory.organisation",
                            ),
                        ),
                        (
                            "created_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "version",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="moves",
                                to="wallet.commercepoolversion",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("finished_at__isnull", True)),
                                fields=("version",),
                                name="wallet_move_one_at_a_time",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("reason", ""), _negated=True),
                                name="wallet_move_reason",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="VersionChange",
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
                        ("starts_before", models.DateTimeField()),
                        ("expires_before", models.DateTimeField(null=True)),
                        ("at", models.DateTimeField()),
                        (
                            "before",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="wallet.commercepoolversion",
                            ),
                        ),
                        (
                            "lot",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="version_changes",
                                to="wallet.lot",
                            ),
                        ),
                        (
                            "move",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="changes",
                                to="wallet.versionmove",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("move", "lot"), name="wallet_moved_once"
                            )
                        ],
                        "triggers": [
                            pgtrigger.compiler.Trigger(
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
                            pgtrigger.compiler.Trigger(
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
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="TopUp",
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
                        ("gateway", models.CharField(max_length=30)),
                        (
                            "pocket",
                            models.CharField(
                                choices=[
                                    ("OPEN", "Open pocket"),
                                    ("BUSINESS", "Business pocket"),
                                    ("COMMERCE", "Commerce pocket"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("currency", models.CharField(max_length=3)),
                        ("amount_minor", models.BigIntegerField()),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("PENDING", "Waiting for the payment"),
                                    ("PAID", "Paid"),
                                    ("CANCELLED", "Cancelled"),
                                ],
                                default="PENDING",
                                max_length=9,
                            ),
                        ),
                        ("created_at", models.DateTimeField()),
                        ("closed_at", models.DateTimeField(null=True)),
                        (
                            "business",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="directory.organisation",
                            ),
                        ),
                        (
                            "pool",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="wallet.commercepool",
                            ),
                        ),
                        (
                            "wallet",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="top_ups",
                                to="wallet.wallet",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("amount_minor__gt", 0)),
                                name="wallet_top_up_amount",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("pocket", "COMMERCE"), ("pool__isnull", False)),
                                    models.Q(
                                        ("pool__isnull", True),
                                        models.Q(("pocket", "COMMERCE"), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="wallet_top_up_pool",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("closed_at__isnull", True), ("state", "PENDING")),
                                    models.Q(
                                        ("closed_at__isnull", False),
                                        models.Q(("state", "PENDING"), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="wallet_top_up_closed",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SpendToken",
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
                        ("digest", models.BinaryField(max_length=32, unique=True)),
                        ("number_digest", models.BinaryField(max_length=32, unique=True)),
                        ("amount_minor", models.BigIntegerField(null=True)),
                        ("created_at", models.DateTimeField()),
                        ("expires_at", models.DateTimeField()),
                        ("used_at", models.DateTimeField(null=True)),
                        ("used_for", models.CharField(blank=True, max_length=80)),
                        (
                            "wallet",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="spend_tokens",
                                to="wallet.wallet",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["expires_at"], name="wallet_spend_token_age")
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("amount_minor__isnull", True),
                                    ("amount_minor__gt", 0),
                                    _connector="OR",
                                ),
                                name="wallet_spend_token_amount",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("expires_at__gte", models.F("created_at"))),
                                name="wallet_spend_token_period",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SpendBlock",
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
                        ("reason", models.CharField(max_length=300)),
                        ("blocked_at", models.DateTimeField()),
                        ("lifted_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "blocked_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "lifted_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "wallet",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="blocks",
                                to="wallet.wallet",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("lifted_at__isnull", True)),
                                fields=("wallet",),
                                name="wallet_one_block",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="LimitRuleEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        ("id", models.BigIntegerField()),
                        ("name", models.CharField(max_length=80)),
                        (
                            "applies_to",
                            models.CharField(
                                choices=[
                                    ("DEBIT", "Spending and sending"),
                                    ("CREDIT", "Receiving and topping up"),
                                    ("TOP_UP", "Topping up"),
                                    ("TRANSFER", "Sending"),
                                ],
                                max_length=8,
                            ),
                        ),
                        (
                            "period",
                            models.CharField(
                                choices=[
                                    ("DAILY", "a day"),
                                    ("WEEKLY", "a week"),
                                    ("MONTHLY", "a month"),
                                ],
                                max_length=7,
                            ),
                        ),
                        ("most_minor", models.BigIntegerField(blank=True, null=True)),
                        ("most_times", models.PositiveIntegerField(blank=True, null=True)),
                        ("created_at", models.DateTimeField()),
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
                                to="wallet.limitrule",
                            ),
                        ),
                        (
                            "wallet",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="wallet.wallet",
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
                                    hash="96707b3d46880f2fd76f9e58aa6951e02c932e9e",
                                    operation="UPDATE OR DELETE",
                                    pgid="pgtrigger_append_only_ba04e",
                                    table="wallet_limitruleevent",
                                    when="BEFORE",
                                ),
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Journal",
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
                            "direction",
                            models.CharField(
                                choices=[("CREDIT", "Credit"), ("DEBIT", "Debit")], max_length=6
                            ),
                        ),
                        (
                            "pocket",
                            models.CharField(
                                choices=[
                                    ("OPEN", "Open pocket"),
                                    ("BUSINESS", "Business pocket"),
                                    ("COMMERCE", "Commerce pocket"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("currency", models.CharField(max_length=3)),
                        ("amount_minor", models.BigIntegerField()),
                        ("reason", models.CharField(max_length=300)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("PENDING", "Waiting for a second person"),
                                    ("POSTED", "Posted"),
                                    ("REFUSED", "Refused"),
                                ],
                                max_length=8,
                            ),
                        ),
                        ("created_at", models.DateTimeField()),
                        ("closed_at", models.DateTimeField(null=True)),
                        (
                            "business",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="directory.organisation",
                            ),
                        ),
                        (
                            "confirmed_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "created_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "pool",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="wallet.commercepool",
                            ),
                        ),
                        (
                            "wallet",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="journals",
                                to="wallet.wallet",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("state", "PENDING")),
                                fields=["business", "created_at"],
                                name="wallet_journal_pending",
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("amount_minor__gt", 0)),
                                name="wallet_journal_amount",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("reason", ""), _negated=True),
                                name="wallet_journal_reason",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("confirmed_by__isnull", True),
                                    models.Q(
                                        ("confirmed_by", models.F("created_by")), _negated=True
                                    ),
                                    _connector="OR",
                                ),
                                name="wallet_journal_four_eyes",
                            ),
                        ],
                        "triggers": [
                            pgtrigger.compiler.Trigger(
                                name="journal_never_deleted",
                                sql=wallet.models.guards.GuardSql(
                                    func="RAISE EXCEPTION 'A journal is never deleted.' USING ERRCODE = '23514';",
                                    hash="a7adbf6a52ace792ad66771d36e2d8d9538ffa50",
                                    operation="DELETE",
                                    pgid="pgtrigger_journal_never_deleted_66c4f",
                                    table="wallet_journal",
                                    when="BEFORE",
                                ),
                            ),
                            pgtrigger.compiler.Trigger(
                                name="journal_never_emptied",
                                sql=wallet.models.guards.GuardSql(
                                    func="\n            IF EXISTS (SELECT FROM wallet_journal) THEN\n                RAISE EXCEPTION 'A journal is never deleted.' USING ERRCODE = '23514';\n            END IF;\n            RETURN NULL;\n        ",
                                    hash="c90e516404d46c9bd2feb53cdc7ae6c1c1efee96",
                                    level="STATEMENT",
                                    operation="TRUNCATE",
                                    pgid="pgtrigger_journal_never_emptied_cc57f",
                                    table="wallet_journal",
                                    when="BEFORE",
                                ),
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Activation",
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
                        ("activated_at", models.DateTimeField()),
                        ("expires_at", models.DateTimeField()),
                        ("ended_at", models.DateTimeField(null=True)),
                        (
                            "pool",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="wallet.commercepool",
                            ),
                        ),
                        (
                            "use",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="activations",
                                to="wallet.purchaseuse",
                            ),
                        ),
                        (
                            "wallet",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="activations",
                                to="wallet.wallet",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("ended_at__isnull", True)),
                                fields=("wallet", "pool"),
                                name="wallet_activation_one_open",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("expires_at__gt", models.F("activated_at"))),
                                name="wallet_activation_period",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("use__isnull", True),
                                    ("ended_at__isnull", False),
                                    _connector="OR",
                                ),
                                name="wallet_activation_used",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="WalletSettings",
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
                            "redemption_mode",
                            models.CharField(
                                choices=[
                                    ("AUTOMATIC", "On every matching purchase"),
                                    ("ON_SPEND", "When the contact asks to spend"),
                                    ("ACTIVATED_POOLS", "From pools that the contact activated"),
                                ],
                                default="ON_SPEND",
                                max_length=16,
                            ),
                        ),
                        (
                            "reduction",
                            models.CharField(
                                choices=[
                                    ("FRONT_END", "At the till"),
                                    ("BACK_END", "After the purchase"),
                                ],
                                default="BACK_END",
                                max_length=10,
                            ),
                        ),
                        ("caps_commerce_at_90", models.BooleanField(default=False)),
                        ("pays_out_on_redemption", models.BooleanField(default=False)),
                        (
                            "payout_method",
                            models.CharField(
                                choices=[
                                    ("CARD_USED", "The card of the purchase"),
                                    ("GATEWAY", "The registered payout account"),
                                    ("WALLET", "The open pocket"),
                                ],
                                default="WALLET",
                                max_length=10,
                            ),
                        ),
                        ("payout_threshold_minor", models.BigIntegerField(blank=True, null=True)),
                        ("only_best_instant_discount", models.BooleanField(default=False)),
                        (
                            "clawback_policy",
                            models.CharField(
                                choices=[
                                    ("LIMIT", "The business bears it"),
                                    ("OWE", "The contact owes it"),
                                ],
                                default="LIMIT",
                                max_length=5,
                            ),
                        ),
                        ("grace_days", models.PositiveSmallIntegerField(default=7)),
                        ("hold_minutes", models.PositiveSmallIntegerField(default=15)),
                        ("four_eyes_above_minor", models.BigIntegerField(default=10000)),
                        ("commerce_is_transferable", models.BooleanField(default=False)),
                        (
                            "top_up_amounts",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.BigIntegerField(),
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
                                related_name="wallet_settings",
                                to="directory.organisation",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name_plural": "wallet settings",
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("hold_minutes__gte", 1)),
                                name="wallet_settings_hold",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("payout_threshold_minor__isnull", True),
                                    ("payout_threshold_minor__gt", 0),
                                    _connector="OR",
                                ),
                                name="wallet_settings_threshold",
                            ),
                        ],
                        "triggers": [
                            pgtrigger.compiler.Trigger(
                                name="insert_insert",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    func='INSERT INTO "wallet_walletsettingsevent" ("business_id", "caps_commerce_at_90", "clawback_policy", "commerce_is_transferable", "four_eyes_above_minor", "grace_days", "hold_minutes", "id", "only_best_instant_discount", "payout_method", "payout_threshold_minor", "pays_out_on_redemption", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "redemption_mode", "reduction", "top_up_amounts", "version") VALUES (NEW."business_id", NEW."caps_commerce_at_90", NEW."clawback_policy", NEW."commerce_is_transferable", NEW."four_eyes_above_minor", NEW."grace_days", NEW."hold_minutes", NEW."id", NEW."only_best_instant_discount", NEW."payout_method", NEW."payout_threshold_minor", NEW."pays_out_on_redemption", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."redemption_mode", NEW."reduction", NEW."top_up_amounts", NEW."version"); RETURN NULL;',
                                    hash="b7b0d58eed9bc6997b78fa19f81b39b8f126e77b",
                                    operation="INSERT",
                                    pgid="pgtrigger_insert_insert_8a997",
                                    table="wallet_walletsettings",
                                    when="AFTER",
                                ),
                            ),
                            pgtrigger.compiler.Trigger(
                                name="update_update",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                                    func='INSERT INTO "wallet_walletsettingsevent" ("business_id", "caps_commerce_at_90", "clawback_policy", "commerce_is_transferable", "four_eyes_above_minor", "grace_days", "hold_minutes", "id", "only_best_instant_discount", "payout_method", "payout_threshold_minor", "pays_out_on_redemption", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "redemption_mode", "reduction", "top_up_amounts", "version") VALUES (NEW."business_id", NEW."caps_commerce_at_90", NEW."clawback_policy", NEW."commerce_is_transferable", NEW."four_eyes_above_minor", NEW."grace_days", NEW."hold_minutes", NEW."id", NEW."only_best_instant_discount", NEW."payout_method", NEW."payout_threshold_minor", NEW."pays_out_on_redemption", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."redemption_mode", NEW."reduction", NEW."top_up_amounts", NEW."version"); RETURN NULL;',
                                    hash="b49c7b8f88412b158d9ab200ae9721bdccbd644a",
                                    operation="UPDATE",
                                    pgid="pgtrigger_update_update_23266",
                                    table="wallet_walletsettings",
                                    when="AFTER",
                                ),
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="WalletSettingsEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        ("id", models.BigIntegerField()),
                        (
                            "redemption_mode",
                            models.CharField(
                                choices=[
                                    ("AUTOMATIC", "On every matching purchase"),
                                    ("ON_SPEND", "When the contact asks to spend"),
                                    ("ACTIVATED_POOLS", "From pools that the contact activated"),
                                ],
                                default="ON_SPEND",
                                max_length=16,
                            ),
                        ),
                        (
                            "reduction",
                            models.CharField(
                                choices=[
                                    ("FRONT_END", "At the till"),
                                    ("BACK_END", "After the purchase"),
                                ],
                                default="BACK_END",
                                max_length=10,
                            ),
                        ),
                        ("caps_commerce_at_90", models.BooleanField(default=False)),
                        ("pays_out_on_redemption", models.BooleanField(default=False)),
                        (
                            "payout_method",
                            models.CharField(
                                choices=[
                                    ("CARD_USED", "The card of the purchase"),
                                    ("GATEWAY", "The registered payout account"),
                                    ("WALLET", "The open pocket"),
                                ],
                                default="WALLET",
                                max_length=10,
                            ),
                        ),
                        ("payout_threshold_minor", models.BigIntegerField(blank=True, null=True)),
                        ("only_best_instant_discount", models.BooleanField(default=False)),
                        (
                            "clawback_policy",
                            models.CharField(
                                choices=[
                                    ("LIMIT", "The business bears it"),
                                    ("OWE", "The contact owes it"),
                                ],
                                default="LIMIT",
                                max_length=5,
                            ),
                        ),
                        ("grace_days", models.PositiveSmallIntegerField(default=7)),
                        ("hold_minutes", models.PositiveSmallIntegerField(default=15)),
                        ("four_eyes_above_minor", models.BigIntegerField(default=10000)),
                        ("commerce_is_transferable", models.BooleanField(default=False)),
                        (
                            "top_up_amounts",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.BigIntegerField(),
                                blank=True,
                                default=list,
                                size=None,
                            ),
                        ),
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
                                to="wallet.walletsettings",
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
                                    hash="61991b7d636484d3559fd38c06612b67c6c9877b",
                                    operation="UPDATE OR DELETE",
                                    pgid="pgtrigger_append_only_72e31",
                                    table="wallet_walletsettingsevent",
                                    when="BEFORE",
                                ),
                            )
                        ],
                    },
                ),
            ]
        ),
        core.migration_operations.InstallTriggers(
            model_names=[
                "CommercePoolVersion",
                "Lot",
                "Account",
                "Command",
                "Entry",
                "FeeRule",
                "FeeRuleEvent",
                "PurchaseUse",
                "Hold",
                "LimitRule",
                "Payout",
                "Posting",
                "VersionChange",
                "LimitRuleEvent",
                "Journal",
                "WalletSettings",
                "WalletSettingsEvent",
            ],
        ),
    ]
