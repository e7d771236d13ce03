import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.text
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models

import core.migration_operations
import core.model_fields
import rewards.models.settings


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("directory", "0001_initial"),
        ("events", "0001_initial"),
        ("pghistory", "0007_auto_20250421_0444"),
        ("wallet", "0001_initial"),
    ]

    operations = [
        core.migration_operations.CreateModels(
            [
                migrations.CreateModel(
                    name="RewardScheme",
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
                        ("name", models.CharField(max_length=100)),
                        ("description", models.TextField(blank=True, max_length=2000)),
                        (
                            "sign_up_option",
                            models.CharField(
                                choices=[
                                    ("AUTO_SIGN_UP", "Every contact, automatically"),
                                    ("SELF_SIGN_UP", "Contacts join by themselves"),
                                    ("CLOSED_LOOP", "Only those with an address or a code"),
                                ],
                                default="AUTO_SIGN_UP",
                                max_length=12,
                            ),
                        ),
                        (
                            "sign_up_method",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("EMAIL_DOMAIN", "E-mail domain"),
                                    ("CODE", "Sign-up code"),
                                ],
                                max_length=12,
                            ),
                        ),
                        (
                            "email_domains",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=253),
                                blank=True,
                                default=list,
                                size=None,
                            ),
                        ),
                        ("terms_and_conditions", models.TextField(blank=True, max_length=20000)),
                        (
                            "status",
                            models.CharField(
                                choices=[("ACTIVE", "Active"), ("INACTIVE", "Inactive")],
                                default="INACTIVE",
                                max_length=8,
                            ),
                        ),
                        ("opened_at", models.DateTimeField(blank=True, null=True)),
                        ("is_default", models.BooleanField(default=False)),
                        ("version", models.PositiveIntegerField(default=1)),
                        (
                            "business",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="reward_schemes",
                                to="directory.organisation",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["business", "-created_at", "-id"],
                                name="rewards_scheme_newest",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                models.F("business"),
                                django.db.models.functions.text.Lower("name"),
                                name="rewards_scheme_name",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("is_default", True)),
                                fields=("business",),
                                name="rewards_scheme_one_default",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("sign_up_option", "CLOSED_LOOP"),
                                        ("sign_up_method__in", ["EMAIL_DOMAIN", "CODE"]),
                                    ),
                                    models.Q(
                                        models.Q(("sign_up_option", "CLOSED_LOOP"), _negated=True),
                                        ("sign_up_method", ""),
                                    ),
                                    _connector="OR",
                                ),
                                name="rewards_scheme_method",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("status", "INACTIVE"),
                                    ("opened_at__isnull", False),
                                    _connector="OR",
                                ),
                                name="rewards_scheme_opened",
                            ),
                        ],
                        "triggers": [
                            pgtrigger.compiler.Trigger(
                                name="insert_insert",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    func='INSERT INTO "rewards_rewardschemeevent" ("business_id", "created_at", "description", "email_domains", "id", "is_default", "name", "opened_at", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "sign_up_method", "sign_up_option", "status", "terms_and_conditions", "updated_at", "version") VALUES (NEW."business_id", NEW."created_at", NEW."description", NEW."email_domains", NEW."id", NEW."is_default", NEW."name", NEW."opened_at", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."public_id", NEW."sign_up_method", NEW."sign_up_option", NEW."status", NEW."terms_and_conditions", NEW."updated_at", NEW."version"); RETURN NULL;',
                                    hash="f05648a2dd391e1fe2573ca8c4a4ae81c60a67d3",
                                    operation="INSERT",
                                    pgid="pgtrigger_insert_insert_d0180",
                                    table="rewards_rewardscheme",
                                    when="AFTER",
                                ),
                            ),
                            pgtrigger.compiler.Trigger(
                                name="update_update",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                                    func='INSERT INTO "rewards_rewardschemeevent" ("business_id", "created_at", "description", "email_domains", "id", "is_default", "name", "opened_at", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "sign_up_method", "sign_up_option", "status", "terms_and_conditions", "updated_at", "version") VALUES (NEW."business_id", NEW."created_at", NEW."description", NEW."email_domains", NEW."id", NEW."is_default", NEW."name", NEW."opened_at", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."public_id", NEW."sign_up_method", NEW."sign_up_option", NEW."status", NEW."terms_and_conditions", NEW."updated_at", NEW."version"); RETURN NULL;',
                                    hash="23443a483cea60fe5f96c26c96020fbc0f769fc3",
                                    operation="UPDATE",
                                    pgid="pgtrigger_update_update_7e1bc",
                                    table="rewards_rewardscheme",
                                    when="AFTER",
                                ),
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RewardOffer",
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
                        ("name", models.CharField(blank=True, max_length=150)),
                        ("code", models.CharField(blank=True, max_length=32)),
                        (
                            "goal",
                            models.CharField(
                                choices=[
                                    ("ACHIEVEMENT", "Reward Achievement"),
                                    ("SPEND", "Increase Spend"),
                                    ("MEMBERSHIP", "Improve Memberships"),
                                    ("VISITS", "Increase Visits"),
                                    ("DONATIONS", "Donations"),
                                ],
                                max_length=12,
                            ),
                        ),
                        ("type", models.CharField(max_length=24)),
                        ("image", models.ImageField(blank=True, upload_to="reward-offers/")),
                        ("available_from", models.DateTimeField(blank=True, null=True)),
                        ("available_to", models.DateTimeField(blank=True, null=True)),
                        ("short_description", models.CharField(blank=True, max_length=255)),
                        ("long_description", models.TextField(blank=True, max_length=10000)),
                        ("terms_and_conditions", models.TextField(blank=True, max_length=20000)),
                        ("featured", models.BooleanField(default=False)),
                        (
                            "tags",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=40),
                                blank=True,
                                default=list,
                                size=None,
                            ),
                        ),
                        ("currency", models.CharField(max_length=3)),
                        (
                            "award_form",
                            models.CharField(
                                choices=[
                                    ("AMOUNT", "Fixed amount"),
                                    ("PERCENTAGE", "Percentage"),
                                    ("FREE_PRODUCT", "Cost of a free product"),
                                    ("CHEAPEST_IN_GROUP", "Cheapest product of a group"),
                                ],
                                default="AMOUNT",
                                max_length=20,
                            ),
                        ),
                        ("award_amount_minor", models.BigIntegerField(blank=True, null=True)),
                        (
                            "award_percentage",
                            models.DecimalField(
                                blank=True, decimal_places=2, max_digits=5, null=True
                            ),
                        ),
                        ("max_award_minor", models.BigIntegerField(blank=True, null=True)),
                        (
                            "redeem_method",
                            models.CharField(
                                choices=[("INSTANT", "Instant discount"), ("DEFERRED", "Cashback")],
                                default="DEFERRED",
                                max_length=8,
                            ),
                        ),
                        (
                            "occasion",
                            models.CharField(
                                choices=[
                                    ("NONE", "Any day"),
                                    ("BIRTHDAY", "Birthday"),
                                    ("NAME_DAY", "Name day"),
                                ],
                                default="NONE",
                                max_length=8,
                            ),
                        ),
                        ("days_before", models.PositiveSmallIntegerField(default=0)),
                        ("days_after", models.PositiveSmallIntegerField(default=0)),
                        ("requires_pass", models.BooleanField(default=False)),
                        (
                            "frequency",
                            models.CharField(
                                choices=[
                                    ("EVERY_TIME", "Every time"),
                                    ("ONCE", "Once"),
                                    ("ONCE_PER_PERIOD", "Once in a period"),
                                ],
                                default="EVERY_TIME",
                                max_length=15,
                            ),
                        ),
                        ("frequency_count", models.PositiveSmallIntegerField(default=1)),
                        (
                            "frequency_unit",
                            models.CharField(
                                choices=[
                                    ("DAYS", "Days"),
                                    ("WEEKS", "Weeks"),
                                    ("MONTHS", "Months"),
                                    ("YEARS", "Years"),
                                ],
                                default="DAYS",
                                max_length=6,
                            ),
                        ),
                        ("terms", models.JSONField(blank=True, default=dict)),
                        ("performance_enabled", models.BooleanField(default=False)),
                        (
                            "status",
                            models.CharField(
                                choices=[("ACTIVE", "Active"), ("INACTIVE", "Inactive")],
                                default="INACTIVE",
                                max_length=8,
                            ),
                        ),
                        ("activated_at", models.DateTimeField(blank=True, null=True)),
                        ("made_as", models.CharField(blank=True, max_length=20)),
                        (
                            "steps_done",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=20),
                                blank=True,
                                default=list,
                                size=None,
                            ),
                        ),
                        ("version", models.PositiveIntegerField(default=1)),
                        (
                            "award_product",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="given_by",
                                to="directory.product",
                            ),
                        ),
                        (
                            "business",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="reward_offers",
                                to="directory.organisation",
                            ),
                        ),
                        (
                            "commerce_pool",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="wallet.commercepool",
                            ),
                        ),
                        (
                            "condition_set",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="reward_offer",
                                to="events.conditionset",
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
                            "group_brand",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="directory.brand",
                            ),
                        ),
                        (
                            "group_category",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="directory.category",
                            ),
                        ),
                        (
                            "group_family",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="directory.productfamily",
                            ),
                        ),
                        (
                            "group_type",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="directory.producttype",
                            ),
                        ),
                        (
                            "owner",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="directory.organisation",
                            ),
                        ),
                        (
                            "scheme",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="offers",
                                to="rewards.rewardscheme",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["business", "-created_at", "-id"],
                                name="rewards_offer_newest",
                            ),
                            models.Index(
                                condition=models.Q(("status", "ACTIVE")),
                                fields=["business"],
                                name="rewards_offer_active",
                            ),
                            models.Index(
                                condition=models.Q(("award_product__isnull", False)),
                                fields=["business"],
                                name="rewards_offer_gives_product",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("business", "number"), name="rewards_offer_number"
                            ),
                            models.UniqueConstraint(
                                models.F("business"),
                                django.db.models.functions.text.Lower("name"),
                                condition=models.Q(("name", ""), _negated=True),
                                name="rewards_offer_name",
                            ),
                            models.UniqueConstraint(
                                models.F("business"),
                                django.db.models.functions.text.Lower("code"),
                                condition=models.Q(("code", ""), _negated=True),
                                name="rewards_offer_code",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("made_as", ""), _negated=True),
                                fields=("business", "made_as"),
                                name="rewards_offer_made_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("available_from__isnull", True),
                                    ("available_to__isnull", True),
                                    ("available_from__lt", models.F("available_to")),
                                    _connector="OR",
                                ),
                                name="rewards_offer_availability",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("award_amount_minor__isnull", True),
                                    ("award_amount_minor__gt", 0),
                                    _connector="OR",
                                ),
                                name="rewards_offer_amount",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("award_percentage__isnull", True),
                                    models.Q(
                                        ("award_percentage__gt", 0), ("award_percentage__lte", 100)
                                    ),
                                    _connector="OR",
                                ),
                                name="rewards_offer_percentage",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("max_award_minor__isnull", True),
                                    ("max_award_minor__gt", 0),
                                    _connector="OR",
                                ),
                                name="rewards_offer_cap",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("group_brand__isnull", True),
                                        ("group_category__isnull", True),
                                        ("group_family__isnull", True),
                                    ),
                                    models.Q(
                                        ("group_category__isnull", True),
                                        ("group_family__isnull", True),
                                        ("group_type__isnull", True),
                                    ),
                                    models.Q(
                                        ("group_brand__isnull", True),
                                        ("group_category__isnull", True),
                                        ("group_type__isnull", True),
                                    ),
                                    models.Q(
                                        ("group_brand__isnull", True),
                                        ("group_family__isnull", True),
                                        ("group_type__isnull", True),
                                    ),
                                    _connector="OR",
                                ),
                                name="rewards_offer_one_group",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("days_after__lte", 30), ("days_before__lte", 30)
                                ),
                                name="rewards_offer_days",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("frequency_count__gte", 1)),
                                name="rewards_offer_frequency",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("status", "INACTIVE"),
                                    models.Q(
                                        models.Q(("name", ""), _negated=True),
                                        ("activated_at__isnull", False),
                                        ("scheme__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="rewards_offer_active_whole",
                            ),
                        ],
                        "triggers": [
                            pgtrigger.compiler.Trigger(
                                name="rewards_offer_type_stays",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    condition='WHEN (OLD."business_id" IS DISTINCT FROM (NEW."business_id") OR OLD."goal" IS DISTINCT FROM (NEW."goal") OR OLD."number" IS DISTINCT FROM (NEW."number") OR OLD."type" IS DISTINCT FROM (NEW."type"))',
                                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                                    hash="0374df99558c0b1b625b89474b27031ca956c000",
                                    operation="UPDATE",
                                    pgid="pgtrigger_rewards_offer_type_stays_d6855",
                                    table="rewards_rewardoffer",
                                    when="BEFORE",
                                ),
                            ),
                            pgtrigger.compiler.Trigger(
                                name="insert_insert",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    func='INSERT INTO "rewards_rewardofferevent" ("activated_at", "available_from", "available_to", "award_amount_minor", "award_form", "award_percentage", "award_product_id", "business_id", "code", "commerce_pool_id", "condition_set_id", "created_at", "created_by_id", "currency", "days_after", "days_before", "featured", "frequency", "frequency_count", "frequency_unit", "goal", "group_brand_id", "group_category_id", "group_family_id", "group_type_id", "id", "image", "long_description", "made_as", "max_award_minor", "name", "number", "occasion", "owner_id", "performance_enabled", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "redeem_method", "requires_pass", "scheme_id", "short_description", "status", "steps_done", "tags", "terms", "terms_and_conditions", "type", "updated_at", "version") VALUES (NEW."activated_at", NEW."available_from", NEW."available_to", NEW."award_amount_minor", NEW."award_form", NEW."award_percentage", NEW."award_product_id", NEW."business_id", NEW."code", NEW."commerce_pool_id", NEW."condition_set_id", NEW."created_at", NEW."created_by_id", NEW."currency", NEW."days_after", NEW."days_before", NEW."featured", NEW."frequency", NEW."frequency_count", NEW."frequency_unit", NEW."goal", NEW."group_brand_id", NEW."group_category_id", NEW."group_family_id", NEW."group_type_id", NEW."id", NEW."image", NEW."long_description", NEW."made_as", NEW."max_award_minor", NEW."name", NEW."number", NEW."occasion", NEW."owner_id", NEW."performance_enabled", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."public_id", NEW."redeem_method", NEW."requires_pass", NEW."scheme_id", NEW."short_description", NEW."status", NEW."steps_done", NEW."tags", NEW."terms", NEW."terms_and_conditions", NEW."type", NEW."updated_at", NEW."version"); RETURN NULL;',
                                    hash="076ae5422504ba62e9880dc0d4318700bf994af8",
                                    operation="INSERT",
                                    pgid="pgtrigger_insert_insert_7fde1",
                                    table="rewards_rewardoffer",
                                    when="AFTER",
                                ),
                            ),
                            pgtrigger.compiler.Trigger(
                                name="update_update",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                                    func='INSERT INTO "rewards_rewardofferevent" ("activated_at", "available_from", "available_to", "award_amount_minor", "award_form", "award_percentage", "award_product_id", "business_id", "code", "commerce_pool_id", "condition_set_id", "created_at", "created_by_id", "currency", "days_after", "days_before", "featured", "frequency", "frequency_count", "frequency_unit", "goal", "group_brand_id", "group_category_id", "group_family_id", "group_type_id", "id", "image", "long_description", "made_as", "max_award_minor", "name", "number", "occasion", "owner_id", "performance_enabled", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "redeem_method", "requires_pass", "scheme_id", "short_description", "status", "steps_done", "tags", "terms", "terms_and_conditions", "type", "updated_at", "version") VALUES (NEW."activated_at", NEW."available_from", NEW."available_to", NEW."award_amount_minor", NEW."award_form", NEW."award_percentage", NEW."award_product_id", NEW."business_id", NEW."code", NEW."commerce_pool_id", NEW."condition_set_id", NEW."created_at", NEW."created_by_id", NEW."currency", NEW."days_after", NEW."days_before", NEW."featured", NEW."frequency", NEW."frequency_count", NEW."frequency_unit", NEW."goal", NEW."group_brand_id", NEW."group_category_id", NEW."group_family_id", NEW."group_type_id", NEW."id", NEW."image", NEW."long_description", NEW."made_as", NEW."max_award_minor", NEW."name", NEW."number", NEW."occasion", NEW."owner_id", NEW."performance_enabled", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."public_id", NEW."redeem_method", NEW."requires_pass", NEW."scheme_id", NEW."short_description", NEW."status", NEW."steps_done", NEW."tags", NEW."terms", NEW."terms_and_conditions", NEW."type", NEW."updated_at", NEW."version"); RETURN NULL;',
                                    hash="d9ca2c588723ccb00334f79520a89f19c3a3a8ed",
                                    operation="UPDATE",
                                    pgid="pgtrigger_update_update_39c15",
                                    table="rewards_rewardoffer",
                                    when="AFTER",
                                ),
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="OfferVersion",
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
                        ("snapshot", models.JSONField()),
                        ("created_at", models.DateTimeField()),
                        (
                            "by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "offer",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="versions",
                                to="rewards.rewardoffer",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("offer", "number"), name="rewards_version_number"
                            )
                        ],
                        "triggers": [
                            pgtrigger.compiler.Trigger(
                                name="rewards_version_unchanged",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    condition='WHEN (OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."number" IS DISTINCT FROM (NEW."number") OR OLD."offer_id" IS DISTINCT FROM (NEW."offer_id") OR OLD."snapshot" IS DISTINCT FROM (NEW."snapshot"))',
                                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                                    hash="f73faf1265cb3b095f0460c135eade1398fbfb2f",
                                    operation="UPDATE",
                                    pgid="pgtrigger_rewards_version_unchanged_aaa2e",
                                    table="rewards_offerversion",
                                    when="BEFORE",
                                ),
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="EvaluationTrace",
                    fields=[
                        (
                            "event",
                            models.OneToOneField(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                primary_key=True,
                                related_name="trace",
                                serialize=False,
                                to="events.businessevent",
                            ),
                        ),
                        ("told", core.model_fields.KeptJSONField(default=list)),
                        ("refused", core.model_fields.KeptJSONField(default=dict)),
                        ("is_emptied", models.BooleanField(default=False)),
                        ("created_at", models.DateTimeField()),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("is_emptied", False)),
                                fields=["created_at"],
                                name="rewards_trace_to_empty",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="GiftRun",
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
                            "kind",
                            models.CharField(
                                choices=[
                                    ("NOW", "At once"),
                                    ("AT", "On a date"),
                                    ("RECURRING", "Again and again"),
                                    ("ON_OCCASION", "On birthdays or name days"),
                                ],
                                max_length=12,
                            ),
                        ),
                        ("scheduled_at", models.DateTimeField()),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("PLANNED", "Planned"),
                                    ("RUNNING", "Running"),
                                    ("DONE", "Done"),
                                    ("CANCELLED", "Cancelled"),
                                ],
                                default="PLANNED",
                                max_length=10,
                            ),
                        ),
                        ("status_set_by", models.CharField(default="system", max_length=10)),
                        ("status_changed_at", models.DateTimeField()),
                        ("started_at", models.DateTimeField(blank=True, null=True)),
                        ("finished_at", models.DateTimeField(blank=True, null=True)),
                        ("last_contact_id", models.BigIntegerField(default=0)),
                        ("contact_count", models.PositiveIntegerField(default=0)),
                        ("awarded_count", models.PositiveIntegerField(default=0)),
                        ("skipped_count", models.PositiveIntegerField(default=0)),
                        ("awarded_minor", models.BigIntegerField(default=0)),
                        ("currency", models.CharField(max_length=3)),
                        ("note", models.CharField(blank=True, max_length=300)),
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
                            "started_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "offer",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="gift_runs",
                                to="rewards.rewardoffer",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("status__in", ["PLANNED", "RUNNING"])),
                                fields=["scheduled_at"],
                                name="rewards_gift_run_due",
                            ),
                            models.Index(
                                fields=["business", "-scheduled_at", "-id"],
                                name="rewards_gift_run_newest",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("offer", "scheduled_at"),
                                name="rewards_gift_run_scheduled_once",
                            )
                        ],
                        "triggers": [
                            pgtrigger.compiler.Trigger(
                                name="rewards_gift_run_kept",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                                    hash="069f83e084d0ae85760c3d4778096d1666c7b9b2",
                                    operation="DELETE",
                                    pgid="pgtrigger_rewards_gift_run_kept_2bc25",
                                    table="rewards_giftrun",
                                    when="BEFORE",
                                ),
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Pass",
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
                        ("code", models.CharField(max_length=40)),
                        ("max_usage", models.PositiveIntegerField(default=1)),
                        ("used", models.PositiveIntegerField(default=0)),
                        ("valid_from", models.DateTimeField(blank=True, null=True)),
                        ("valid_to", models.DateTimeField(blank=True, null=True)),
                        (
                            "status",
                            models.CharField(
                                choices=[("ACTIVE", "Active"), ("INACTIVE", "Inactive")],
                                default="ACTIVE",
                                max_length=8,
                            ),
                        ),
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
                            "contact",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="passes",
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
                            "offer",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="passes",
                                to="rewards.rewardoffer",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name_plural": "passes",
                        "indexes": [
                            models.Index(
                                fields=["offer", "-created_at", "-id"], name="rewards_pass_newest"
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("business", "code"), name="rewards_pass_code"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("max_usage__gte", 1), ("used__lte", models.F("max_usage"))
                                ),
                                name="rewards_pass_usage",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("valid_from__isnull", True),
                                    ("valid_to__isnull", True),
                                    ("valid_from__lt", models.F("valid_to")),
                                    _connector="OR",
                                ),
                                name="rewards_pass_validity",
                            ),
                        ],
                        "triggers": [
                            pgtrigger.compiler.Trigger(
                                name="insert_insert",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    func='INSERT INTO "rewards_passevent" ("business_id", "code", "contact_id", "created_at", "created_by_id", "id", "max_usage", "offer_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "status", "updated_at", "valid_from", "valid_to", "version") VALUES (NEW."business_id", NEW."code", NEW."contact_id", NEW."created_at", NEW."created_by_id", NEW."id", NEW."max_usage", NEW."offer_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."public_id", NEW."status", NEW."updated_at", NEW."valid_from", NEW."valid_to", NEW."version"); RETURN NULL;',
                                    hash="59bc18ac225a720041019a705ac3cb09f777961d",
                                    operation="INSERT",
                                    pgid="pgtrigger_insert_insert_bf020",
                                    table="rewards_pass",
                                    when="AFTER",
                                ),
                            ),
                            pgtrigger.compiler.Trigger(
                                name="update_update",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    condition='WHEN (OLD."business_id" IS DISTINCT FROM (NEW."business_id") OR OLD."code" IS DISTINCT FROM (NEW."code") OR OLD."contact_id" IS DISTINCT FROM (NEW."contact_id") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."created_by_id" IS DISTINCT FROM (NEW."created_by_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."max_usage" IS DISTINCT FROM (NEW."max_usage") OR OLD."offer_id" IS DISTINCT FROM (NEW."offer_id") OR OLD."public_id" IS DISTINCT FROM (NEW."public_id") OR OLD."status" IS DISTINCT FROM (NEW."status") OR OLD."updated_at" IS DISTINCT FROM (NEW."updated_at") OR OLD."valid_from" IS DISTINCT FROM (NEW."valid_from") OR OLD."valid_to" IS DISTINCT FROM (NEW."valid_to") OR OLD."version" IS DISTINCT FROM (NEW."version"))',
                                    func='INSERT INTO "rewards_passevent" ("business_id", "code", "contact_id", "created_at", "created_by_id", "id", "max_usage", "offer_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "status", "updated_at", "valid_from", "valid_to", "version") VALUES (NEW."business_id", NEW."code", NEW."contact_id", NEW."created_at", NEW."created_by_id", NEW."id", NEW."max_usage", NEW."offer_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."public_id", NEW."status", NEW."updated_at", NEW."valid_from", NEW."valid_to", NEW."version"); RETURN NULL;',
                                    hash="1cef0af9884835fa422f882d4f6702fd058d39af",
                                    operation="UPDATE",
                                    pgid="pgtrigger_update_update_2ccef",
                                    table="rewards_pass",
                                    when="AFTER",
                                ),
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PassEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        ("id", models.BigIntegerField()),
                        ("created_at", models.DateTimeField()),
                        ("updated_at", models.DateTimeField()),
                        ("public_id", models.UUIDField(default=uuid.uuid4, editable=False)),
                        ("code", models.CharField(max_length=40)),
                        ("max_usage", models.PositiveIntegerField(default=1)),
                        ("valid_from", models.DateTimeField(blank=True, null=True)),
                        ("valid_to", models.DateTimeField(blank=True, null=True)),
                        (
                            "status",
                            models.CharField(
                                choices=[("ACTIVE", "Active"), ("INACTIVE", "Inactive")],
                                default="ACTIVE",
                                max_length=8,
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
                            "contact",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="directory.contact",
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
                                to="rewards.pass",
                            ),
                        ),
                        (
                            "offer",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="rewards.rewardoffer",
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
                                    hash="adb7c079826104da994c94a1bd18dacc1f0a5041",
                                    operation="UPDATE OR DELETE",
                                    pgid="pgtrigger_append_only_86d63",
                                    table="rewards_passevent",
                                    when="BEFORE",
                                ),
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Award",
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
                        ("reference", models.CharField(max_length=80)),
                        (
                            "cause",
                            models.CharField(
                                choices=[
                                    ("PURCHASE", "Purchase"),
                                    ("REFERRAL", "Referral"),
                                    ("SIGN_UP", "Sign-up"),
                                    ("ACHIEVEMENT", "Achievement"),
                                    ("GIFT", "Gift"),
                                    ("PROFILE", "Profile completion"),
                                    ("MATURITY", "Subscription maturity"),
                                    ("LOTTERY", "Lottery"),
                                    ("WALLET", "Wallet"),
                                ],
                                max_length=12,
                            ),
                        ),
                        ("amount_minor", models.BigIntegerField()),
                        ("currency", models.CharField(max_length=3)),
                        (
                            "redeem_method",
                            models.CharField(
                                choices=[("INSTANT", "Instant discount"), ("DEFERRED", "Cashback")],
                                max_length=8,
                            ),
                        ),
                        ("occurrence", models.DateField(blank=True, null=True)),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("POSTED", "Posted"),
                                    ("CANCELLED", "Cancelled"),
                                    ("EXPIRED", "Expired"),
                                ],
                                default="POSTED",
                                max_length=9,
                            ),
                        ),
                        ("status_set_by", models.CharField(default="system", max_length=10)),
                        ("status_changed_at", models.DateTimeField()),
                        ("reversed_minor", models.BigIntegerField(default=0)),
                        ("unrecovered_minor", models.BigIntegerField(default=0)),
                        ("performed_at", models.DateTimeField()),
                        ("posted_at", models.DateTimeField()),
                        ("expires_at", models.DateTimeField(blank=True, null=True)),
                        ("version", models.PositiveIntegerField(default=1)),
                        (
                            "about",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="directory.contact",
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
                            "contact",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="awards",
                                to="directory.contact",
                            ),
                        ),
                        (
                            "event",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="awards",
                                to="events.businessevent",
                            ),
                        ),
                        (
                            "lot",
                            models.OneToOneField(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="wallet.lot",
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
                            "pool_version",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="wallet.commercepoolversion",
                            ),
                        ),
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
                            "gift_run",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="awards",
                                to="rewards.giftrun",
                            ),
                        ),
                        (
                            "offer_version",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="awards",
                                to="rewards.offerversion",
                            ),
                        ),
                        (
                            "offer",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="awards",
                                to="rewards.rewardoffer",
                            ),
                        ),
                        (
                            "scheme",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="awards",
                                to="rewards.rewardscheme",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["contact", "offer", "-performed_at"],
                                name="rewards_award_of_contact",
                            ),
                            models.Index(
                                fields=["business", "-posted_at", "-id"],
                                name="rewards_award_newest",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("business", "reference"), name="rewards_award_once"
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("event__isnull", False)),
                                fields=("event", "offer", "contact"),
                                name="rewards_award_for_event",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("gift_run__isnull", False)),
                                fields=("gift_run", "contact"),
                                name="rewards_award_in_run",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(
                                    ("status", "POSTED"), ("occurrence__isnull", False)
                                ),
                                fields=("offer", "contact", "occurrence"),
                                name="rewards_award_for_day",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("status", "POSTED"), ("about__isnull", False)),
                                fields=("offer", "contact", "about"),
                                name="rewards_award_about",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("amount_minor__gt", 0)),
                                name="rewards_award_amount",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("reversed_minor__gte", 0),
                                    ("reversed_minor__lte", models.F("amount_minor")),
                                    ("unrecovered_minor__gte", 0),
                                    ("unrecovered_minor__lte", models.F("reversed_minor")),
                                ),
                                name="rewards_award_reversed",
                            ),
                        ],
                        "triggers": [
                            pgtrigger.compiler.Trigger(
                                name="rewards_award_fits_its_offer",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    func="\n    PERFORM FROM rewards_rewardoffer\n    WHERE id = NEW.offer_id AND currency = NEW.currency AND scheme_id = NEW.scheme_id\n    FOR KEY SHARE;\n    IF NOT FOUND THEN\n        RAISE EXCEPTION 'The offer has another currency or scheme by now.' USING ERRCODE = '40001';\n    END IF;\n    RETURN NEW;\n",
                                    hash="ce0aee056780817168c9d12f5e0abf9a97835f80",
                                    operation="INSERT",
                                    pgid="pgtrigger_rewards_award_fits_its_offer_18590",
                                    table="rewards_award",
                                    when="BEFORE",
                                ),
                            ),
                            pgtrigger.compiler.Trigger(
                                name="rewards_award_kept",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                                    hash="7a39228d7047d68b0543fa889a2feb9554473ed1",
                                    operation="DELETE",
                                    pgid="pgtrigger_rewards_award_kept_4732a",
                                    table="rewards_award",
                                    when="BEFORE",
                                ),
                            ),
                            pgtrigger.compiler.Trigger(
                                name="rewards_award_is_fixed",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    condition='WHEN (OLD."about_id" IS DISTINCT FROM (NEW."about_id") OR OLD."amount_minor" IS DISTINCT FROM (NEW."amount_minor") OR OLD."business_id" IS DISTINCT FROM (NEW."business_id") OR OLD."cause" IS DISTINCT FROM (NEW."cause") OR OLD."contact_id" IS DISTINCT FROM (NEW."contact_id") OR OLD."currency" IS DISTINCT FROM (NEW."currency") OR OLD."event_id" IS DISTINCT FROM (NEW."event_id") OR OLD."gift_run_id" IS DISTINCT FROM (NEW."gift_run_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."merchant_id" IS DISTINCT FROM (NEW."merchant_id") OR OLD."occurrence" IS DISTINCT FROM (NEW."occurrence") OR OLD."offer_id" IS DISTINCT FROM (NEW."offer_id") OR OLD."offer_version_id" IS DISTINCT FROM (NEW."offer_version_id") OR OLD."performed_at" IS DISTINCT FROM (NEW."performed_at") OR OLD."pool_version_id" IS DISTINCT FROM (NEW."pool_version_id") OR OLD."posted_at" IS DISTINCT FROM (NEW."posted_at") OR OLD."product_id" IS DISTINCT FROM (NEW."product_id") OR OLD."public_id" IS DISTINCT FROM (NEW."public_id") OR OLD."redeem_method" IS DISTINCT FROM (NEW."redeem_method") OR OLD."reference" IS DISTINCT FROM (NEW."reference") OR OLD."scheme_id" IS DISTINCT FROM (NEW."scheme_id") OR OLD."venue_id" IS DISTINCT FROM (NEW."venue_id"))',
                                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                                    hash="1c2c85c362f3ba624e33f42eaa69a667204660a1",
                                    operation="UPDATE",
                                    pgid="pgtrigger_rewards_award_is_fixed_f2084",
                                    table="rewards_award",
                                    when="BEFORE",
                                ),
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PassUse",
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
                        ("used_at", models.DateTimeField()),
                        ("returned_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "award",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="pass_use",
                                to="rewards.award",
                            ),
                        ),
                        (
                            "unlocked_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="uses",
                                to="rewards.pass",
                            ),
                        ),
                    ],
                    options={
                        "triggers": [
                            pgtrigger.compiler.Trigger(
                                name="rewards_pass_use_kept",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                                    hash="cfe6f09d7e1273f1906e299141907bdf3b2c6117",
                                    operation="DELETE",
                                    pgid="pgtrigger_rewards_pass_use_kept_bac00",
                                    table="rewards_passuse",
                                    when="BEFORE",
                                ),
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ReferralCase",
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
                                choices=[
                                    ("WAITING", "Waiting for a first purchase"),
                                    ("AWARDED", "Awarded"),
                                    ("CANCELLED", "Cancelled"),
                                ],
                                default="WAITING",
                                max_length=9,
                            ),
                        ),
                        ("status_set_by", models.CharField(default="system", max_length=10)),
                        ("status_changed_at", models.DateTimeField()),
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
                            "event",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="referral_case",
                                to="events.businessevent",
                            ),
                        ),
                        (
                            "first_purchase",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="events.businessevent",
                            ),
                        ),
                        (
                            "referred",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="referral",
                                to="directory.contact",
                            ),
                        ),
                        (
                            "referrer",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="referrals_made",
                                to="directory.contact",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["referrer", "-created_at", "-id"],
                                name="rewards_referral_newest",
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("referrer", models.F("referred")), _negated=True
                                ),
                                name="rewards_referral_two_people",
                            )
                        ],
                        "triggers": [
                            pgtrigger.compiler.Trigger(
                                name="rewards_referral_kept",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                                    hash="a4560daff51e4dcf665dcbfb65516ed6bff82b88",
                                    operation="DELETE",
                                    pgid="pgtrigger_rewards_referral_kept_6ce7a",
                                    table="rewards_referralcase",
                                    when="BEFORE",
                                ),
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RewardEvent",
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
                        ("key", models.CharField(max_length=120)),
                        (
                            "type",
                            models.CharField(
                                choices=[
                                    ("AWARD", "Award"),
                                    ("REDEEM", "Redeem"),
                                    ("SPEND", "Spend"),
                                    ("REVERSAL", "Reversal"),
                                    ("EXPIRY", "Expiry"),
                                ],
                                max_length=8,
                            ),
                        ),
                        (
                            "cause",
                            models.CharField(
                                choices=[
                                    ("PURCHASE", "Purchase"),
                                    ("REFERRAL", "Referral"),
                                    ("SIGN_UP", "Sign-up"),
                                    ("ACHIEVEMENT", "Achievement"),
                                    ("GIFT", "Gift"),
                                    ("PROFILE", "Profile completion"),
                                    ("MATURITY", "Subscription maturity"),
                                    ("LOTTERY", "Lottery"),
                                    ("WALLET", "Wallet"),
                                ],
                                max_length=12,
                            ),
                        ),
                        ("reference_number", models.CharField(blank=True, max_length=64)),
                        ("amount_minor", models.BigIntegerField()),
                        ("currency", models.CharField(max_length=3)),
                        (
                            "redeem_method",
                            models.CharField(
                                blank=True,
                                choices=[("INSTANT", "Instant discount"), ("DEFERRED", "Cashback")],
                                max_length=8,
                            ),
                        ),
                        ("is_late", models.BooleanField(default=False)),
                        ("performed_at", models.DateTimeField()),
                        ("posted_at", models.DateTimeField()),
                        ("expires_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "award",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="log",
                                to="rewards.award",
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
                            "classification",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="events.classification",
                            ),
                        ),
                        (
                            "contact",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="reward_log",
                                to="directory.contact",
                            ),
                        ),
                        (
                            "event",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="log",
                                to="events.businessevent",
                            ),
                        ),
                        (
                            "gift_run",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="log",
                                to="rewards.giftrun",
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
                            "pool",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="wallet.commercepool",
                            ),
                        ),
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
                            "offer",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="log",
                                to="rewards.rewardoffer",
                            ),
                        ),
                        (
                            "scheme",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="log",
                                to="rewards.rewardscheme",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["business", "-performed_at", "-id"],
                                name="rewards_log_newest",
                            ),
                            models.Index(
                                fields=["business", "-posted_at", "-id"], name="rewards_log_posted"
                            ),
                            models.Index(
                                fields=["contact", "-performed_at", "-id"],
                                name="rewards_log_of_contact",
                            ),
                            models.Index(
                                condition=models.Q(("reference_number", ""), _negated=True),
                                fields=["business", "reference_number"],
                                name="rewards_log_reference",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("business", "key"), name="rewards_log_once"
                            )
                        ],
                        "triggers": [
                            pgtrigger.compiler.Trigger(
                                name="rewards_log_append_only",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                                    hash="888c80968dba8d71b4bfd797ff6fbf82c10c4f77",
                                    operation="UPDATE OR DELETE",
                                    pgid="pgtrigger_rewards_log_append_only_24178",
                                    table="rewards_rewardevent",
                                    when="BEFORE",
                                ),
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RewardOfferEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        ("id", models.BigIntegerField()),
                        ("created_at", models.DateTimeField()),
                        ("updated_at", models.DateTimeField()),
                        ("public_id", models.UUIDField(default=uuid.uuid4, editable=False)),
                        ("number", models.PositiveIntegerField()),
                        ("name", models.CharField(blank=True, max_length=150)),
                        ("code", models.CharField(blank=True, max_length=32)),
                        (
                            "goal",
                            models.CharField(
                                choices=[
                                    ("ACHIEVEMENT", "Reward Achievement"),
                                    ("SPEND", "Increase Spend"),
                                    ("MEMBERSHIP", "Improve Memberships"),
                                    ("VISITS", "Increase Visits"),
                                    ("DONATIONS", "Donations"),
                                ],
                                max_length=12,
                            ),
                        ),
                        ("type", models.CharField(max_length=24)),
                        ("image", models.ImageField(blank=True, upload_to="reward-offers/")),
                        ("available_from", models.DateTimeField(blank=True, null=True)),
                        ("available_to", models.DateTimeField(blank=True, null=True)),
                        ("short_description", models.CharField(blank=True, max_length=255)),
                        ("long_description", models.TextField(blank=True, max_length=10000)),
                        ("terms_and_conditions", models.TextField(blank=True, max_length=20000)),
                        ("featured", models.BooleanField(default=False)),
                        (
                            "tags",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=40),
                                blank=True,
                                default=list,
                                size=None,
                            ),
                        ),
                        ("currency", models.CharField(max_length=3)),
                        (
                            "award_form",
                            models.CharField(
                                choices=[
                                    ("AMOUNT", "Fixed amount"),
                                    ("PERCENTAGE", "Percentage"),
                                    ("FREE_PRODUCT", "Cost of a free product"),
                                    ("CHEAPEST_IN_GROUP", "Cheapest product of a group"),
                                ],
                                default="AMOUNT",
                                max_length=20,
                            ),
                        ),
                        ("award_amount_minor", models.BigIntegerField(blank=True, null=True)),
                        (
                            "award_percentage",
                            models.DecimalField(
                                blank=True, decimal_places=2, max_digits=5, null=True
                            ),
                        ),
                        ("max_award_minor", models.BigIntegerField(blank=True, null=True)),
                        (
                            "redeem_method",
                            models.CharField(
                                choices=[("INSTANT", "Instant discount"), ("DEFERRED", "Cashback")],
                                default="DEFERRED",
                                max_length=8,
                            ),
                        ),
                        (
                            "occasion",
                            models.CharField(
                                choices=[
                                    ("NONE", "Any day"),
                                    ("BIRTHDAY", "Birthday"),
                                    ("NAME_DAY", "Name day"),
                                ],
                                default="NONE",
                                max_length=8,
                            ),
                        ),
                        ("days_before", models.PositiveSmallIntegerField(default=0)),
                        ("days_after", models.PositiveSmallIntegerField(default=0)),
                        ("requires_pass", models.BooleanField(default=False)),
                        (
                            "frequency",
                            models.CharField(
                                choices=[
                                    ("EVERY_TIME", "Every time"),
                                    ("ONCE", "Once"),
                                    ("ONCE_PER_PERIOD", "Once in a period"),
                                ],
                                default="EVERY_TIME",
                                max_length=15,
                            ),
                        ),
                        ("frequency_count", models.PositiveSmallIntegerField(default=1)),
                        (
                            "frequency_unit",
                            models.CharField(
                                choices=[
                                    ("DAYS", "Days"),
                                    ("WEEKS", "Weeks"),
                                    ("MONTHS", "Months"),
                                    ("YEARS", "Years"),
                                ],
                                default="DAYS",
                                max_length=6,
                            ),
                        ),
                        ("terms", models.JSONField(blank=True, default=dict)),
                        ("performance_enabled", models.BooleanField(default=False)),
                        (
                            "status",
                            models.CharField(
                                choices=[("ACTIVE", "Active"), ("INACTIVE", "Inactive")],
                                default="INACTIVE",
                                max_length=8,
                            ),
                        ),
                        ("activated_at", models.DateTimeField(blank=True, null=True)),
                        ("made_as", models.CharField(blank=True, max_length=20)),
                        (
                            "steps_done",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=20),
                                blank=True,
                                default=list,
                                size=None,
                            ),
                        ),
                        ("version", models.PositiveIntegerField(default=1)),
                        (
                            "award_product",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="directory.product",
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
                            "commerce_pool",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="wallet.commercepool",
                            ),
                        ),
                        (
                            "condition_set",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="events.conditionset",
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
                            "group_brand",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="directory.brand",
                            ),
                        ),
                        (
                            "group_category",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="directory.category",
                            ),
                        ),
                        (
                            "group_family",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="directory.productfamily",
                            ),
                        ),
                        (
                            "group_type",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="directory.producttype",
                            ),
                        ),
                        (
                            "owner",
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
                                to="rewards.rewardoffer",
                            ),
                        ),
                        (
                            "scheme",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="rewards.rewardscheme",
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
                                    hash="cf12db3af0fdc07284742c7cd2ea7e17759fcd48",
                                    operation="UPDATE OR DELETE",
                                    pgid="pgtrigger_append_only_3d961",
                                    table="rewards_rewardofferevent",
                                    when="BEFORE",
                                ),
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RewardSchemeEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        ("id", models.BigIntegerField()),
                        ("created_at", models.DateTimeField()),
                        ("updated_at", models.DateTimeField()),
                        ("public_id", models.UUIDField(default=uuid.uuid4, editable=False)),
                        ("name", models.CharField(max_length=100)),
                        ("description", models.TextField(blank=True, max_length=2000)),
                        (
                            "sign_up_option",
                            models.CharField(
                                choices=[
                                    ("AUTO_SIGN_UP", "Every contact, automatically"),
                                    ("SELF_SIGN_UP", "Contacts join by themselves"),
                                    ("CLOSED_LOOP", "Only those with an address or a code"),
                                ],
                                default="AUTO_SIGN_UP",
                                max_length=12,
                            ),
                        ),
                        (
                            "sign_up_method",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("EMAIL_DOMAIN", "E-mail domain"),
                                    ("CODE", "Sign-up code"),
                                ],
                                max_length=12,
                            ),
                        ),
                        (
                            "email_domains",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=253),
                                blank=True,
                                default=list,
                                size=None,
                            ),
                        ),
                        ("terms_and_conditions", models.TextField(blank=True, max_length=20000)),
                        (
                            "status",
                            models.CharField(
                                choices=[("ACTIVE", "Active"), ("INACTIVE", "Inactive")],
                                default="INACTIVE",
                                max_length=8,
                            ),
                        ),
                        ("opened_at", models.DateTimeField(blank=True, null=True)),
                        ("is_default", models.BooleanField(default=False)),
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
                                to="rewards.rewardscheme",
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
                                    hash="a68d1a0e0d153103faf8f133785e7bcfc62e0451",
                                    operation="UPDATE OR DELETE",
                                    pgid="pgtrigger_append_only_41bb2",
                                    table="rewards_rewardschemeevent",
                                    when="BEFORE",
                                ),
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RewardSettings",
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
                            "mode",
                            models.CharField(
                                choices=[
                                    ("ALL", "All matched offers"),
                                    ("BEST", "The best offer"),
                                    ("BEST_PER_SCHEME", "The best offer from each scheme"),
                                ],
                                default="ALL",
                                max_length=15,
                            ),
                        ),
                        ("only_best_instant", models.BooleanField(default=False)),
                        ("late_window_days", models.PositiveSmallIntegerField(default=30)),
                        ("enforces_b2b_submission", models.BooleanField(default=False)),
                        ("restricts_merchants", models.BooleanField(default=False)),
                        (
                            "allowed_types",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=24),
                                blank=True,
                                default=list,
                                size=None,
                            ),
                        ),
                        (
                            "allowed_methods",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(
                                    choices=[
                                        ("INSTANT", "Instant discount"),
                                        ("DEFERRED", "Cashback"),
                                    ],
                                    max_length=8,
                                ),
                                blank=True,
                                default=list,
                                size=None,
                            ),
                        ),
                        (
                            "referral_methods",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(
                                    choices=[("EMAIL", "E-mail"), ("SMS", "Text message")],
                                    max_length=5,
                                ),
                                blank=True,
                                default=rewards.models.settings._by_mail,
                                size=None,
                            ),
                        ),
                        ("referral_cap", models.PositiveIntegerField(blank=True, null=True)),
                        ("referral_period_count", models.PositiveSmallIntegerField(default=1)),
                        (
                            "referral_period_unit",
                            models.CharField(
                                choices=[
                                    ("DAYS", "Days"),
                                    ("WEEKS", "Weeks"),
                                    ("MONTHS", "Months"),
                                    ("YEARS", "Years"),
                                ],
                                default="MONTHS",
                                max_length=6,
                            ),
                        ),
                        (
                            "self_submission",
                            models.CharField(
                                choices=[
                                    ("NONE", "Not at all"),
                                    ("BARCODE", "By the barcode of the receipt"),
                                    ("TRANSACTION_CODE", "By the transaction code"),
                                ],
                                default="NONE",
                                max_length=16,
                            ),
                        ),
                        ("set_up_at", models.DateTimeField(blank=True, null=True)),
                        ("revision", models.BigIntegerField(default=1)),
                        ("version", models.PositiveIntegerField(default=1)),
                        (
                            "business",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="reward_settings",
                                to="directory.organisation",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name_plural": "reward settings",
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("late_window_days__lte", 365)),
                                name="rewards_settings_late_window",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("referral_period_count__gte", 1),
                                    models.Q(
                                        ("referral_cap__isnull", True),
                                        ("referral_cap__gte", 1),
                                        _connector="OR",
                                    ),
                                ),
                                name="rewards_settings_referrals",
                            ),
                        ],
                        "triggers": [
                            pgtrigger.compiler.Trigger(
                                name="insert_insert",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    func='INSERT INTO "rewards_rewardsettingsevent" ("allowed_methods", "allowed_types", "business_id", "enforces_b2b_submission", "id", "late_window_days", "mode", "only_best_instant", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "referral_cap", "referral_methods", "referral_period_count", "referral_period_unit", "restricts_merchants", "self_submission", "set_up_at", "version") VALUES (NEW."allowed_methods", NEW."allowed_types", NEW."business_id", NEW."enforces_b2b_submission", NEW."id", NEW."late_window_days", NEW."mode", NEW."only_best_instant", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."referral_cap", NEW."referral_methods", NEW."referral_period_count", NEW."referral_period_unit", NEW."restricts_merchants", NEW."self_submission", NEW."set_up_at", NEW."version"); RETURN NULL;',
                                    hash="43192037ebd64c4af9b83eee54d601f988884d29",
                                    operation="INSERT",
                                    pgid="pgtrigger_insert_insert_778ff",
                                    table="rewards_rewardsettings",
                                    when="AFTER",
                                ),
                            ),
                            pgtrigger.compiler.Trigger(
                                name="update_update",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    condition='WHEN (OLD."allowed_methods" IS DISTINCT FROM (NEW."allowed_methods") OR OLD."allowed_types" IS DISTINCT FROM (NEW."allowed_types") OR OLD."business_id" IS DISTINCT FROM (NEW."business_id") OR OLD."enforces_b2b_submission" IS DISTINCT FROM (NEW."enforces_b2b_submission") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."late_window_days" IS DISTINCT FROM (NEW."late_window_days") OR OLD."mode" IS DISTINCT FROM (NEW."mode") OR OLD."only_best_instant" IS DISTINCT FROM (NEW."only_best_instant") OR OLD."referral_cap" IS DISTINCT FROM (NEW."referral_cap") OR OLD."referral_methods" IS DISTINCT FROM (NEW."referral_methods") OR OLD."referral_period_count" IS DISTINCT FROM (NEW."referral_period_count") OR OLD."referral_period_unit" IS DISTINCT FROM (NEW."referral_period_unit") OR OLD."restricts_merchants" IS DISTINCT FROM (NEW."restricts_merchants") OR OLD."self_submission" IS DISTINCT FROM (NEW."self_submission") OR OLD."set_up_at" IS DISTINCT FROM (NEW."set_up_at") OR OLD."version" IS DISTINCT FROM (NEW."version"))',
                                    func='INSERT INTO "rewards_rewardsettingsevent" ("allowed_methods", "allowed_types", "business_id", "enforces_b2b_submission", "id", "late_window_days", "mode", "only_best_instant", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "referral_cap", "referral_methods", "referral_period_count", "referral_period_unit", "restricts_merchants", "self_submission", "set_up_at", "version") VALUES (NEW."allowed_methods", NEW."allowed_types", NEW."business_id", NEW."enforces_b2b_submission", NEW."id", NEW."late_window_days", NEW."mode", NEW."only_best_instant", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."referral_cap", NEW."referral_methods", NEW."referral_period_count", NEW."referral_period_unit", NEW."restricts_merchants", NEW."self_submission", NEW."set_up_at", NEW."version"); RETURN NULL;',
                                    hash="ac078dc165993b56d0e36bb60d77e7d29b6ca6bc",
                                    operation="UPDATE",
                                    pgid="pgtrigger_update_update_95f04",
                                    table="rewards_rewardsettings",
                                    when="AFTER",
                                ),
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RewardSettingsEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        ("id", models.BigIntegerField()),
                        (
                            "mode",
                            models.CharField(
                                choices=[
                                    ("ALL", "All matched offers"),
                                    ("BEST", "The best offer"),
                                    ("BEST_PER_SCHEME", "The best offer from each scheme"),
                                ],
                                default="ALL",
                                max_length=15,
                            ),
                        ),
                        ("only_best_instant", models.BooleanField(default=False)),
                        ("late_window_days", models.PositiveSmallIntegerField(default=30)),
                        ("enforces_b2b_submission", models.BooleanField(default=False)),
                        ("restricts_merchants", models.BooleanField(default=False)),
                        (
                            "allowed_types",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=24),
                                blank=True,
                                default=list,
                                size=None,
                            ),
                        ),
                        (
                            "allowed_methods",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(
                                    choices=[
                                        ("INSTANT", "Instant discount"),
                                        ("DEFERRED", "Cashback"),
                                    ],
                                    max_length=8,
                                ),
                                blank=True,
                                default=list,
                                size=None,
                            ),
                        ),
                        (
                            "referral_methods",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(
                                    choices=[("EMAIL", "E-mail"), ("SMS", "Text message")],
                                    max_length=5,
                                ),
                                blank=True,
                                default=rewards.models.settings._by_mail,
                                size=None,
                            ),
                        ),
                        ("referral_cap", models.PositiveIntegerField(blank=True, null=True)),
                        ("referral_period_count", models.PositiveSmallIntegerField(default=1)),
                        (
                            "referral_period_unit",
                            models.CharField(
                                choices=[
                                    ("DAYS", "Days"),
                                    ("WEEKS", "Weeks"),
                                    ("MONTHS", "Months"),
                                    ("YEARS", "Years"),
                                ],
                                default="MONTHS",
                                max_length=6,
                            ),
                        ),
                        (
                            "self_submission",
                            models.CharField(
                                choices=[
                                    ("NONE", "Not at all"),
                                    ("BARCODE", "By the barcode of the receipt"),
                                    ("TRANSACTION_CODE", "By the transaction code"),
                                ],
                                default="NONE",
                                max_length=16,
                            ),
                        ),
                        ("set_up_at", models.DateTimeField(blank=True, null=True)),
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
                                to="rewards.rewardsettings",
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
                                    hash="a39023194a45dcab45d5524afebf6fcfceffb677",
                                    operation="UPDATE OR DELETE",
                                    pgid="pgtrigger_append_only_4f06c",
                                    table="rewards_rewardsettingsevent",
                                    when="BEFORE",
                                ),
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SignUpCode",
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
                        ("code", models.CharField(max_length=40)),
                        ("created_at", models.DateTimeField()),
                        ("used_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "scheme",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="codes",
                                to="rewards.rewardscheme",
                            ),
                        ),
                        (
                            "used_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="directory.contact",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("used_at__isnull", True)),
                                fields=["scheme"],
                                name="rewards_code_free",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("scheme", "code"), name="rewards_code_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("used_at__isnull", True), ("used_by__isnull", True)),
                                    models.Q(
                                        ("used_at__isnull", False), ("used_by__isnull", False)
                                    ),
                                    _connector="OR",
                                ),
                                name="rewards_code_used_whole",
                            ),
                        ],
                        "triggers": [
                            pgtrigger.compiler.Trigger(
                                name="rewards_code_used_up",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    condition='WHEN (OLD."used_at" IS NOT NULL)',
                                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                                    hash="3319c56e88d62d0523a8ad84b5f26b5e6e336592",
                                    operation="UPDATE",
                                    pgid="pgtrigger_rewards_code_used_up_78130",
                                    table="rewards_signupcode",
                                    when="BEFORE",
                                ),
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SchemeMembership",
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
                        ("joined_at", models.DateTimeField()),
                        ("left_at", models.DateTimeField(blank=True, null=True)),
                        ("email", models.EmailField(blank=True, max_length=254)),
                        (
                            "added_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "contact",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="memberships",
                                to="directory.contact",
                            ),
                        ),
                        (
                            "scheme",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="memberships",
                                to="rewards.rewardscheme",
                            ),
                        ),
                        (
                            "code",
                            models.OneToOneField(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="membership",
                                to="rewards.signupcode",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["scheme", "-joined_at", "-id"], name="rewards_member_newest"
                            ),
                            models.Index(fields=["contact", "scheme"], name="rewards_member_stays"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("left_at__isnull", True)),
                                fields=("contact", "scheme"),
                                name="rewards_membership_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("left_at__isnull", True),
                                    ("left_at__gte", models.F("joined_at")),
                                    _connector="OR",
                                ),
                                name="rewards_membership_period",
                            ),
                        ],
                        "triggers": [
                            pgtrigger.compiler.Trigger(
                                name="rewards_membership_kept",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                                    hash="3ab5246ac0a5272bd8189e676b26cbe5db8a0636",
                                    operation="DELETE",
                                    pgid="pgtrigger_rewards_membership_kept_7546c",
                                    table="rewards_schememembership",
                                    when="BEFORE",
                                ),
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="UsedAchievement",
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
                            "award",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="used_achievements",
                                to="rewards.award",
                            ),
                        ),
                        (
                            "event",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="used_by",
                                to="events.businessevent",
                            ),
                        ),
                        (
                            "offer",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="used_achievements",
                                to="rewards.rewardoffer",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("offer", "event"), name="rewards_achievement_used_once"
                            )
                        ],
                    },
                ),
            ]
        ),
        core.migration_operations.InstallTriggers(
            model_names=[
                "RewardScheme",
                "RewardOffer",
                "OfferVersion",
                "GiftRun",
                "Pass",
                "PassEvent",
                "Award",
                "PassUse",
                "ReferralCase",
                "RewardEvent",
                "RewardOfferEvent",
                "RewardSchemeEvent",
                "RewardSettings",
                "RewardSettingsEvent",
                "SignUpCode",
                "SchemeMembership",
            ],
        ),
    ]
