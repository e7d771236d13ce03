from decimal import Decimal

import django.contrib.auth.models
import django.contrib.auth.validators
import django.contrib.postgres.fields
import django.contrib.postgres.functions
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models

import core.migration_operations


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        # The search indexes call its function.
        ("core", "0002_grams"),
        ("pghistory", "0007_auto_20250421_0444"),
    ]

    operations = [
        core.migration_operations.CreateModels(
            [
                migrations.CreateModel(
                    name="Organisation",
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
                                    ("business", "Business"),
                                    ("merchant", "Merchant"),
                                    ("venue", "Venue"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("name", models.CharField(max_length=120)),
                        ("slug", models.CharField(max_length=40, unique=True)),
                        ("country", models.CharField(blank=True, max_length=2)),
                        ("town", models.CharField(blank=True, max_length=80)),
                        (
                            "tags",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=40),
                                blank=True,
                                default=list,
                                size=None,
                            ),
                        ),
                        ("time_zone", models.CharField(blank=True, max_length=64)),
                        ("base_currency", models.CharField(blank=True, max_length=3)),
                        ("response_window_days", models.PositiveSmallIntegerField(default=14)),
                        ("is_active", models.BooleanField(default=True)),
                        (
                            "business",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="members_of_tree",
                                to="directory.organisation",
                            ),
                        ),
                        (
                            "parent",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="children",
                                to="directory.organisation",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["business", "kind"], name="directory_organisation_tree"
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("business__isnull", True),
                                        ("kind", "business"),
                                        ("parent__isnull", True),
                                    ),
                                    models.Q(
                                        ("business__isnull", False),
                                        ("kind__in", ["merchant", "venue"]),
                                        ("parent__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="directory_organisation_tree",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("kind", "business"), _negated=True),
                                    models.Q(
                                        models.Q(("time_zone", ""), _negated=True),
                                        models.Q(("base_currency", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="directory_business_has_zone_and_currency",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("response_window_days__gte", 1),
                                    ("response_window_days__lte", 90),
                                ),
                                name="directory_response_window",
                            ),
                            models.UniqueConstraint(
                                models.F("parent"),
                                django.db.models.functions.text.Lower("name"),
                                name="directory_place_name",
                            ),
                        ],
                        "triggers": [
                            pgtrigger.compiler.Trigger(
                                name="insert_insert",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    func='INSERT INTO "directory_organisationevent" ("base_currency", "business_id", "country", "created_at", "id", "is_active", "kind", "name", "parent_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "response_window_days", "slug", "tags", "time_zone", "town", "updated_at") VALUES (NEW."base_currency", NEW."business_id", NEW."country", NEW."created_at", NEW."id", NEW."is_active", NEW."kind", NEW."name", NEW."parent_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."response_window_days", NEW."slug", NEW."tags", NEW."time_zone", NEW."town", NEW."updated_at"); RETURN NULL;',
                                    hash="bff69a8a861481848b5b98a97ba674cbd9e4e091",
                                    operation="INSERT",
                                    pgid="pgtrigger_insert_insert_fd0fd",
                                    table="directory_organisation",
                                    when="AFTER",
                                ),
                            ),
                            pgtrigger.compiler.Trigger(
                                name="update_update",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                                    func='INSERT INTO "directory_organisationevent" ("base_currency", "business_id", "country", "created_at", "id", "is_active", "kind", "name", "parent_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "response_window_days", "slug", "tags", "time_zone", "town", "updated_at") VALUES (NEW."base_currency", NEW."business_id", NEW."country", NEW."created_at", NEW."id", NEW."is_active", NEW."kind", NEW."name", NEW."parent_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."response_window_days", NEW."slug", NEW."tags", NEW."time_zone", NEW."town", NEW."updated_at"); RETURN NULL;',
                                    hash="0bfe89b98bd71a9671048729bd633efa088b0a5a",
                                    operation="UPDATE",
                                    pgid="pgtrigger_update_update_17175",
                                    table="directory_organisation",
                                    when="AFTER",
                                ),
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="BusinessLink",
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
                        ("is_charity", models.BooleanField(default=False)),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("invited", "Invited"),
                                    ("accepted", "Accepted"),
                                    ("ended", "Ended"),
                                ],
                                default="invited",
                                max_length=10,
                            ),
                        ),
                        ("status_set_by", models.CharField(max_length=10)),
                        ("status_changed_at", models.DateTimeField()),
                        ("version", models.PositiveIntegerField(default=1)),
                        (
                            "business",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="links",
                                to="directory.organisation",
                            ),
                        ),
                        (
                            "partner",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="linked_from",
                                to="directory.organisation",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("status", "ended"), _negated=True),
                                fields=("business", "partner"),
                                name="directory_link_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("business", models.F("partner")), _negated=True
                                ),
                                name="directory_link_two_sides",
                            ),
                        ],
                        "triggers": [
                            pgtrigger.compiler.Trigger(
                                name="insert_insert",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    func='INSERT INTO "directory_businesslinkevent" ("business_id", "created_at", "id", "is_charity", "partner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "status", "status_changed_at", "status_set_by", "updated_at", "version") VALUES (NEW."business_id", NEW."created_at", NEW."id", NEW."is_charity", NEW."partner_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."status", NEW."status_changed_at", NEW."status_set_by", NEW."updated_at", NEW."version"); RETURN NULL;',
                                    hash="8dc8071010441eedcefd1ff53781708f1bb061c8",
                                    operation="INSERT",
                                    pgid="pgtrigger_insert_insert_1ff76",
                                    table="directory_businesslink",
                                    when="AFTER",
                                ),
                            ),
                            pgtrigger.compiler.Trigger(
                                name="update_update",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                                    func='INSERT INTO "directory_businesslinkevent" ("business_id", "created_at", "id", "is_charity", "partner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "status", "status_changed_at", "status_set_by", "updated_at", "version") VALUES (NEW."business_id", NEW."created_at", NEW."id", NEW."is_charity", NEW."partner_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."status", NEW."status_changed_at", NEW."status_set_by", NEW."updated_at", NEW."version"); RETURN NULL;',
                                    hash="b64e5ed808b68efb8f66d3809b3107e906c81e5a",
                                    operation="UPDATE",
                                    pgid="pgtrigger_update_update_eff49",
                                    table="directory_businesslink",
                                    when="AFTER",
                                ),
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Contact",
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
                        ("code", models.CharField(max_length=20)),
                        ("first_name", models.CharField(blank=True, max_length=80)),
                        ("middle_name", models.CharField(blank=True, max_length=80)),
                        ("last_name", models.CharField(blank=True, max_length=80)),
                        (
                            "gender",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("female", "Female"),
                                    ("male", "Male"),
                                    ("other", "Other"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("birth_year", models.PositiveSmallIntegerField(blank=True, null=True)),
                        ("birth_month", models.PositiveSmallIntegerField(blank=True, null=True)),
                        ("birth_day", models.PositiveSmallIntegerField(blank=True, null=True)),
                        ("name_day_month", models.PositiveSmallIntegerField(blank=True, null=True)),
                        ("name_day_day", models.PositiveSmallIntegerField(blank=True, null=True)),
                        ("language", models.CharField(blank=True, max_length=10)),
                        (
                            "state",
                            models.CharField(
                                choices=[("effective", "Active"), ("terminated", "Terminated")],
                                default="effective",
                                max_length=12,
                            ),
                        ),
                        (
                            "source",
                            models.CharField(
                                choices=[
                                    ("staff", "Entered by staff"),
                                    ("import", "Imported"),
                                    ("offer", "Answered an offer"),
                                    ("api", "API"),
                                    ("self", "Signed up"),
                                ],
                                default="staff",
                                max_length=10,
                            ),
                        ),
                        (
                            "tags",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=40),
                                blank=True,
                                default=list,
                                size=None,
                            ),
                        ),
                        ("custom_fields", models.JSONField(blank=True, default=dict)),
                        ("notes", models.TextField(blank=True, max_length=2000)),
                        ("referral_code", models.CharField(max_length=12)),
                        ("spend_blocked", models.BooleanField(default=False)),
                        ("marketing_consent_at", models.DateTimeField(blank=True, null=True)),
                        ("registered_at", models.DateTimeField()),
                        ("search_text", models.TextField(blank=True, default="")),
                        ("version", models.PositiveIntegerField(default=1)),
                        (
                            "business",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="contacts",
                                to="directory.organisation",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["business", "-registered_at", "-id"],
                                name="directory_contact_newest",
                            ),
                            models.Index(
                                fields=["business", "birth_month", "birth_day"],
                                name="directory_contact_birth",
                            ),
                            models.Index(
                                fields=["business", "name_day_month", "name_day_day"],
                                name="directory_contact_nameday",
                            ),
                            django.contrib.postgres.indexes.GinIndex(
                                models.Func(
                                    models.F("business_id"),
                                    models.F("search_text"),
                                    function="core_grams",
                                ),
                                name="directory_contact_grams",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("business", "code"), name="directory_contact_code"
                            ),
                            models.UniqueConstraint(
                                fields=("business", "referral_code"),
                                name="directory_contact_referral",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("birth_day__isnull", True),
                                        ("birth_month__isnull", True),
                                        ("birth_year__isnull", True),
                                    ),
                                    models.Q(
                                        ("birth_day__gte", 1),
                                        ("birth_day__isnull", False),
                                        ("birth_day__lte", 31),
                                        ("birth_month__gte", 1),
                                        ("birth_month__isnull", False),
                                        ("birth_month__lte", 12),
                                    ),
                                    _connector="OR",
                                ),
                                name="directory_contact_birthday",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("name_day_day__isnull", True),
                                        ("name_day_month__isnull", True),
                                    ),
                                    models.Q(
                                        ("name_day_day__gte", 1),
                                        ("name_day_day__isnull", False),
                                        ("name_day_day__lte", 31),
                                        ("name_day_month__gte", 1),
                                        ("name_day_month__isnull", False),
                                        ("name_day_month__lte", 12),
                                    ),
                                    _connector="OR",
                                ),
                                name="directory_contact_name_day",
                            ),
                        ],
                        "triggers": [
                            pgtrigger.compiler.Trigger(
                                name="insert_insert",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    func='INSERT INTO "directory_contactevent" ("birth_day", "birth_month", "birth_year", "business_id", "code", "created_at", "first_name", "gender", "id", "language", "last_name", "marketing_consent_at", "middle_name", "name_day_day", "name_day_month", "notes", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "referral_code", "registered_at", "source", "spend_blocked", "state", "tags", "updated_at", "version") VALUES (NEW."birth_day", NEW."birth_month", NEW."birth_year", NEW."business_id", NEW."code", NEW."created_at", NEW."first_name", NEW."gender", NEW."id", NEW."language", NEW."last_name", NEW."marketing_consent_at", NEW."middle_name", NEW."name_day_day", NEW."name_day_month", NEW."notes", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."referral_code", NEW."registered_at", NEW."source", NEW."spend_blocked", NEW."state", NEW."tags", NEW."updated_at", NEW."version"); RETURN NULL;',
                                    hash="7b7341b4fc6af08b498699fb69eef2a7a3d783d2",
                                    operation="INSERT",
                                    pgid="pgtrigger_insert_insert_b1fdf",
                                    table="directory_contact",
                                    when="AFTER",
                                ),
                            ),
                            pgtrigger.compiler.Trigger(
                                name="update_update",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    condition='WHEN (OLD."birth_day" IS DISTINCT FROM (NEW."birth_day") OR OLD."birth_month" IS DISTINCT FROM (NEW."birth_month") OR OLD."birth_year" IS DISTINCT FROM (NEW."birth_year") OR OLD."business_id" IS DISTINCT FROM (NEW."business_id") OR OLD."code" IS DISTINCT FROM (NEW."code") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."first_name" IS DISTINCT FROM (NEW."first_name") OR OLD."gender" IS DISTINCT FROM (NEW."gender") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."language" IS DISTINCT FROM (NEW."language") OR OLD."last_name" IS DISTINCT FROM (NEW."last_name") OR OLD."marketing_consent_at" IS DISTINCT FROM (NEW."marketing_consent_at") OR OLD."middle_name" IS DISTINCT FROM (NEW."middle_name") OR OLD."name_day_day" IS DISTINCT FROM (NEW."name_day_day") OR OLD."name_day_month" IS DISTINCT FROM (NEW."name_day_month") OR OLD."notes" IS DISTINCT FROM (NEW."notes") OR OLD."referral_code" IS DISTINCT FROM (NEW."referral_code") OR OLD."registered_at" IS DISTINCT FROM (NEW."registered_at") OR OLD."source" IS DISTINCT FROM (NEW."source") OR OLD."spend_blocked" IS DISTINCT FROM (NEW."spend_blocked") OR OLD."state" IS DISTINCT FROM (NEW."state") OR OLD."tags" IS DISTINCT FROM (NEW."tags") OR OLD."updated_at" IS DISTINCT FROM (NEW."updated_at") OR OLD."version" IS DISTINCT FROM (NEW."version"))',
                                    func='INSERT INTO "directory_contactevent" ("birth_day", "birth_month", "birth_year", "business_id", "code", "created_at", "first_name", "gender", "id", "language", "last_name", "marketing_consent_at", "middle_name", "name_day_day", "name_day_month", "notes", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "referral_code", "registered_at", "source", "spend_blocked", "state", "tags", "updated_at", "version") VALUES (NEW."birth_day", NEW."birth_month", NEW."birth_year", NEW."business_id", NEW."code", NEW."created_at", NEW."first_name", NEW."gender", NEW."id", NEW."language", NEW."last_name", NEW."marketing_consent_at", NEW."middle_name", NEW."name_day_day", NEW."name_day_month", NEW."notes", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."referral_code", NEW."registered_at", NEW."source", NEW."spend_blocked", NEW."state", NEW."tags", NEW."updated_at", NEW."version"); RETURN NULL;',
                                    hash="4eb6fcede2d92e122a28236f214adc2b28c73323",
                                    operation="UPDATE",
                                    pgid="pgtrigger_update_update_190bf",
                                    table="directory_contact",
                                    when="AFTER",
                                ),
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="User",
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
                        ("password", models.CharField(max_length=128, verbose_name="password")),
                        (
                            "last_login",
                            models.DateTimeField(blank=True, null=True, verbose_name="last login"),
                        ),
                        (
                            "is_superuser",
                            models.BooleanField(
                                default=False,
                                help_text="Designates that this user has all permissions without explicitly assigning them.",
                                verbose_name="superuser status",
                            ),
                        ),
                        (
                            "username",
                            models.CharField(
                                error_messages={
                                    "unique": "A user with that username already exists."
                                },
                                help_text="Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.",
                                max_length=150,
                                unique=True,
                                validators=[
                                    django.contrib.auth.validators.UnicodeUsernameValidator()
                                ],
                                verbose_name="username",
                            ),
                        ),
                        (
                            "first_name",
                            models.CharField(blank=True, max_length=150, verbose_name="first name"),
                        ),
                        (
                            "last_name",
                            models.CharField(blank=True, max_length=150, verbose_name="last name"),
                        ),
                        (
                            "email",
                            models.EmailField(
                                blank=True, max_length=254, verbose_name="email address"
                            ),
                        ),
                        (
                            "is_staff",
                            models.BooleanField(
                                default=False,
                                help_text="Designates whether the user can log into this admin site.",
                                verbose_name="staff status",
                            ),
                        ),
                        (
                            "is_active",
                            models.BooleanField(
                                default=True,
                                help_text="Designates whether this user should be treated as active. Unselect this instead of deleting accounts.",
                                verbose_name="active",
                            ),
                        ),
                        (
                            "date_joined",
                            models.DateTimeField(
                                default=django.utils.timezone.now, verbose_name="date joined"
                            ),
                        ),
                        ("preferences", models.JSONField(blank=True, default=dict)),
                        (
                            "groups",
                            models.ManyToManyField(
                                blank=True,
                                help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                                related_name="user_set",
                                related_query_name="user",
                                to="auth.group",
                                verbose_name="groups",
                            ),
                        ),
                        (
                            "user_permissions",
                            models.ManyToManyField(
                                blank=True,
                                help_text="Specific permissions for this user.",
                                related_name="user_set",
                                related_query_name="user",
                                to="auth.permission",
                                verbose_name="user permissions",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                django.db.models.functions.text.Lower("email"),
                                condition=models.Q(("email", ""), _negated=True),
                                name="directory_user_email",
                            ),
                            models.UniqueConstraint(
                                django.db.models.functions.text.Lower("username"),
                                name="directory_user_username",
                            ),
                        ],
                    },
                    managers=[
                        ("objects", django.contrib.auth.models.UserManager()),
                    ],
                ),
                migrations.CreateModel(
                    name="Category",
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
                        ("code", models.CharField(max_length=40)),
                        ("name", models.CharField(max_length=80)),
                        ("version", models.PositiveIntegerField(default=1)),
                        (
                            "parent",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="children",
                                to="directory.category",
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
                            models.UniqueConstraint(
                                models.F("business"),
                                django.db.models.functions.text.Lower("code"),
                                name="directory_category_code",
                            ),
                            models.UniqueConstraint(
                                models.F("business"),
                                models.F("parent"),
                                django.db.models.functions.text.Lower("name"),
                                name="directory_category_name",
                                nulls_distinct=False,
                            ),
                        ],
                        "triggers": [
                            pgtrigger.compiler.Trigger(
                                name="directory_category_tree",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    func="\n    PERFORM pg_advisory_xact_lock(hashtext('directory_category'), NEW.business_id::int);\n    IF NEW.parent_id IS NOT NULL THEN\n        IF EXISTS (\n            WITH RECURSIVE above(id, parent_id, business_id) AS (\n                SELECT id, parent_id, business_id FROM directory_category WHERE id = NEW.parent_id\n                UNION\n                SELECT c.id, c.parent_id, c.business_id\n                  FROM directory_category c JOIN above ON c.id = above.parent_id\n            )\n            SELECT 1 FROM above WHERE id = NEW.id OR business_id <> NEW.business_id\n        ) THEN\n            RAISE EXCEPTION 'category % would stand below itself or another business', NEW.id\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'directory_category_tree';\n        END IF;\n    END IF;\n    RETURN NEW;\n",
                                    hash="5663f13dcac0c3cc23ebf4dca9db77592f89f1f4",
                                    operation='INSERT OR UPDATE OF "parent_id", "business_id"',
                                    pgid="pgtrigger_directory_category_tree_becb4",
                                    table="directory_category",
                                    when="BEFORE",
                                ),
                            ),
                            pgtrigger.compiler.Trigger(
                                name="insert_insert",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    func='INSERT INTO "directory_categoryevent" ("business_id", "code", "created_at", "id", "name", "parent_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "updated_at", "version") VALUES (NEW."business_id", NEW."code", NEW."created_at", NEW."id", NEW."name", NEW."parent_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."updated_at", NEW."version"); RETURN NULL;',
                                    hash="7c33ce3973b105bc09c7142e5b204df81c714b43",
                                    operation="INSERT",
                                    pgid="pgtrigger_insert_insert_d4644",
                                    table="directory_category",
                                    when="AFTER",
                                ),
                            ),
                            pgtrigger.compiler.Trigger(
                                name="update_update",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                                    func='INSERT INTO "directory_categoryevent" ("business_id", "code", "created_at", "id", "name", "parent_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "updated_at", "version") VALUES (NEW."business_id", NEW."code", NEW."created_at", NEW."id", NEW."name", NEW."parent_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."updated_at", NEW."version"); RETURN NULL;',
                                    hash="fca52b2a3fbd767f8869aec6ea86062f2532e84d",
                                    operation="UPDATE",
                                    pgid="pgtrigger_update_update_ff8ee",
                                    table="directory_category",
                                    when="AFTER",
                                ),
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ContactAddress",
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
                            "type",
                            models.CharField(
                                choices=[
                                    ("home", "Home"),
                                    ("business", "Business"),
                                    ("pobox", "PO box"),
                                    ("custom1", "Custom 1"),
                                    ("custom2", "Custom 2"),
                                    ("custom3", "Custom 3"),
                                    ("custom4", "Custom 4"),
                                    ("custom5", "Custom 5"),
                                ],
                                default="home",
                                max_length=10,
                            ),
                        ),
                        ("address_line_1", models.CharField(blank=True, max_length=120)),
                        ("address_line_2", models.CharField(blank=True, max_length=120)),
                        ("street_name", models.CharField(blank=True, max_length=120)),
                        ("street_number", models.CharField(blank=True, max_length=20)),
                        ("floor", models.CharField(blank=True, max_length=20)),
                        ("apartment_number", models.CharField(blank=True, max_length=20)),
                        ("care_of", models.CharField(blank=True, max_length=120)),
                        ("po_box", models.CharField(blank=True, max_length=20)),
                        ("po_box_postal_code", models.CharField(blank=True, max_length=20)),
                        ("postal_code", models.CharField(blank=True, max_length=20)),
                        ("area", models.CharField(blank=True, max_length=80)),
                        ("district", models.CharField(blank=True, max_length=80)),
                        ("town", models.CharField(blank=True, max_length=80)),
                        ("municipality", models.CharField(blank=True, max_length=80)),
                        ("state_province_county", models.CharField(blank=True, max_length=80)),
                        ("country", models.CharField(blank=True, max_length=2)),
                        (
                            "contact",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="addresses",
                                to="directory.contact",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("contact", "type"), name="directory_address_type_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="NameDayRule",
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
                        ("month", models.PositiveSmallIntegerField()),
                        ("day", models.PositiveSmallIntegerField()),
                        (
                            "names",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=60), default=list, size=None
                            ),
                        ),
                        ("description", models.CharField(blank=True, max_length=120)),
                        (
                            "business",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="directory.organisation",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="Membership",
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
                            "role",
                            models.CharField(
                                choices=[
                                    ("admin", "Admin"),
                                    ("offers", "Offers"),
                                    ("marketing", "Marketing"),
                                    ("finance", "Finance"),
                                    ("analyst", "Analyst"),
                                ],
                                max_length=10,
                            ),
                        ),
                        (
                            "status",
                            models.CharField(
                                choices=[("active", "Active"), ("inactive", "Inactive")],
                                default="active",
                                max_length=10,
                            ),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="memberships",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "organisation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="memberships",
                                to="directory.organisation",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("user", "organisation"), name="directory_membership_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Invitation",
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
                        (
                            "role",
                            models.CharField(
                                choices=[
                                    ("admin", "Admin"),
                                    ("offers", "Offers"),
                                    ("marketing", "Marketing"),
                                    ("finance", "Finance"),
                                    ("analyst", "Analyst"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("expires_at", models.DateTimeField()),
                        ("accepted_at", models.DateTimeField(blank=True, null=True)),
                        ("revoked_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "invited_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "organisation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="invitations",
                                to="directory.organisation",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                models.F("organisation"),
                                django.db.models.functions.text.Lower("email"),
                                condition=models.Q(
                                    ("accepted_at__isnull", True), ("revoked_at__isnull", True)
                                ),
                                name="directory_invitation_open_once",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ContactPhone",
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
                            "type",
                            models.CharField(
                                choices=[
                                    ("mobile", "Mobile"),
                                    ("landline", "Landline"),
                                    ("fax", "Fax"),
                                    ("custom1", "Custom 1"),
                                    ("custom2", "Custom 2"),
                                    ("custom3", "Custom 3"),
                                    ("custom4", "Custom 4"),
                                    ("custom5", "Custom 5"),
                                ],
                                default="mobile",
                                max_length=10,
                            ),
                        ),
                        ("country", models.CharField(blank=True, max_length=2)),
                        ("area_code", models.CharField(blank=True, max_length=10)),
                        ("number", models.CharField(max_length=30)),
                        ("e164", models.CharField(blank=True, max_length=16)),
                        ("notes", models.CharField(blank=True, max_length=200)),
                        ("verified_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "contact",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="phones",
                                to="directory.contact",
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
                        "indexes": [
                            models.Index(fields=["business", "e164"], name="directory_phone_e164")
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("contact", "type"), name="directory_phone_type_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ContactImport",
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
                        ("file", models.FileField(blank=True, upload_to="contact-imports/")),
                        ("file_name", models.CharField(max_length=200)),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("checking", "Checking"),
                                    ("ready", "Ready to import"),
                                    ("importing", "Importing"),
                                    ("done", "Done"),
                                    ("failed", "Failed"),
                                    ("cancelled", "Cancelled"),
                                ],
                                default="checking",
                                max_length=10,
                            ),
                        ),
                        ("row_count", models.PositiveIntegerField(default=0)),
                        ("done_rows", models.PositiveIntegerField(default=0)),
                        ("new_count", models.PositiveIntegerField(default=0)),
                        ("changed_count", models.PositiveIntegerField(default=0)),
                        ("same_count", models.PositiveIntegerField(default=0)),
                        ("bad_count", models.PositiveIntegerField(default=0)),
                        ("faults", models.JSONField(default=list)),
                        ("message", models.CharField(blank=True, max_length=300)),
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
                            "business",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
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
                    name="ContactEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        ("id", models.BigIntegerField()),
                        ("created_at", models.DateTimeField()),
                        ("updated_at", models.DateTimeField()),
                        ("code", models.CharField(max_length=20)),
                        ("first_name", models.CharField(blank=True, max_length=80)),
                        ("middle_name", models.CharField(blank=True, max_length=80)),
                        ("last_name", models.CharField(blank=True, max_length=80)),
                        (
                            "gender",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("female", "Female"),
                                    ("male", "Male"),
                                    ("other", "Other"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("birth_year", models.PositiveSmallIntegerField(blank=True, null=True)),
                        ("birth_month", models.PositiveSmallIntegerField(blank=True, null=True)),
                        ("birth_day", models.PositiveSmallIntegerField(blank=True, null=True)),
                        ("name_day_month", models.PositiveSmallIntegerField(blank=True, null=True)),
                        ("name_day_day", models.PositiveSmallIntegerField(blank=True, null=True)),
                        ("language", models.CharField(blank=True, max_length=10)),
                        (
                            "state",
                            models.CharField(
                                choices=[("effective", "Active"), ("terminated", "Terminated")],
                                default="effective",
                                max_length=12,
                            ),
                        ),
                        (
                            "source",
                            models.CharField(
                                choices=[
                                    ("staff", "Entered by staff"),
                                    ("import", "Imported"),
                                    ("offer", "Answered an offer"),
                                    ("api", "API"),
                                    ("self", "Signed up"),
                                ],
                                default="staff",
                                max_length=10,
                            ),
                        ),
                        (
                            "tags",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=40),
                                blank=True,
                                default=list,
                                size=None,
                            ),
                        ),
                        ("notes", models.TextField(blank=True, max_length=2000)),
                        ("referral_code", models.CharField(max_length=12)),
                        ("spend_blocked", models.BooleanField(default=False)),
                        ("marketing_consent_at", models.DateTimeField(blank=True, null=True)),
                        ("registered_at", models.DateTimeField()),
                        ("version", models.PositiveIntegerField(default=1)),
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
                                to="directory.contact",
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
                    ],
                    options={
                        "abstract": False,
                        "triggers": [
                            pgtrigger.compiler.Trigger(
                                name="append_only",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                                    hash="f760eafd87ae454203dc08234235ae8e84229133",
                                    operation="UPDATE OR DELETE",
                                    pgid="pgtrigger_append_only_eec53",
                                    table="directory_contactevent",
                                    when="BEFORE",
                                ),
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ContactEmail",
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
                            "type",
                            models.CharField(
                                choices=[
                                    ("personal", "Personal"),
                                    ("business", "Business"),
                                    ("custom1", "Custom 1"),
                                    ("custom2", "Custom 2"),
                                    ("custom3", "Custom 3"),
                                    ("custom4", "Custom 4"),
                                    ("custom5", "Custom 5"),
                                ],
                                default="personal",
                                max_length=10,
                            ),
                        ),
                        ("address", models.EmailField(max_length=254)),
                        ("is_primary", models.BooleanField(default=False)),
                        ("verified_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "contact",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="emails",
                                to="directory.contact",
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
                            models.UniqueConstraint(
                                fields=("contact", "type"), name="directory_email_type_once"
                            ),
                            models.UniqueConstraint(
                                models.F("business"),
                                django.db.models.functions.text.Lower("address"),
                                name="directory_email_one_contact",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("is_primary", True)),
                                fields=("contact",),
                                name="directory_email_one_primary",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CommercialTerms",
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
                        ("version", models.PositiveIntegerField()),
                        (
                            "method",
                            models.CharField(
                                choices=[
                                    ("on_award", "When it is awarded"),
                                    ("on_redeem", "When it is redeemed"),
                                    ("on_spend", "When it is spent"),
                                ],
                                max_length=10,
                            ),
                        ),
                        (
                            "contribution_percent",
                            models.DecimalField(
                                decimal_places=2, default=Decimal("100"), max_digits=5
                            ),
                        ),
                        ("blocked", models.BooleanField(default=False)),
                        ("refund_expired", models.BooleanField(default=True)),
                        (
                            "fee_percent",
                            models.DecimalField(
                                decimal_places=2, default=Decimal("0"), max_digits=5
                            ),
                        ),
                        ("fee_minor", models.BigIntegerField(default=0)),
                        ("currency", models.CharField(max_length=3)),
                        ("valid_from", models.DateTimeField()),
                        ("created_at", models.DateTimeField()),
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
                            "business",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="directory.organisation",
                            ),
                        ),
                        (
                            "organisation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="commercial_terms",
                                to="directory.organisation",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("business", "organisation", "version"),
                                name="directory_terms_version",
                            ),
                            models.UniqueConstraint(
                                fields=("business", "organisation", "valid_from"),
                                name="directory_terms_moment",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("contribution_percent__gte", 0),
                                    ("contribution_percent__lte", 100),
                                    ("fee_minor__gte", 0),
                                    ("fee_percent__gte", 0),
                                    ("fee_percent__lte", 100),
                                ),
                                name="directory_terms_shares",
                            ),
                        ],
                        "triggers": [
                            pgtrigger.compiler.Trigger(
                                name="directory_terms_kept",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                                    hash="5c41efebb2e4af35d464bc648f98e9251ec26c2a",
                                    operation="DELETE",
                                    pgid="pgtrigger_directory_terms_kept_5269a",
                                    table="directory_commercialterms",
                                    when="BEFORE",
                                ),
                            ),
                            pgtrigger.compiler.Trigger(
                                name="directory_terms_unchanged",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    condition='WHEN (OLD."blocked" IS DISTINCT FROM (NEW."blocked") OR OLD."business_id" IS DISTINCT FROM (NEW."business_id") OR OLD."contribution_percent" IS DISTINCT FROM (NEW."contribution_percent") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."currency" IS DISTINCT FROM (NEW."currency") OR OLD."fee_minor" IS DISTINCT FROM (NEW."fee_minor") OR OLD."fee_percent" IS DISTINCT FROM (NEW."fee_percent") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."method" IS DISTINCT FROM (NEW."method") OR OLD."organisation_id" IS DISTINCT FROM (NEW."organisation_id") OR OLD."refund_expired" IS DISTINCT FROM (NEW."refund_expired") OR OLD."valid_from" IS DISTINCT FROM (NEW."valid_from") OR OLD."version" IS DISTINCT FROM (NEW."version"))',
                                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                                    hash="1824c79c05832bafa1e3c6f1c57c5b16e78442c5",
                                    operation="UPDATE",
                                    pgid="pgtrigger_directory_terms_unchanged_3a211",
                                    table="directory_commercialterms",
                                    when="BEFORE",
                                ),
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CategoryEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        ("id", models.BigIntegerField()),
                        ("created_at", models.DateTimeField()),
                        ("updated_at", models.DateTimeField()),
                        ("code", models.CharField(max_length=40)),
                        ("name", models.CharField(max_length=80)),
                        ("version", models.PositiveIntegerField(default=1)),
                        (
                            "parent",
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
                                to="directory.category",
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
                    ],
                    options={
                        "abstract": False,
                        "triggers": [
                            pgtrigger.compiler.Trigger(
                                name="append_only",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                                    hash="b891784c5f2d30f4ae68c2022af98c7882d5283c",
                                    operation="UPDATE OR DELETE",
                                    pgid="pgtrigger_append_only_a9c2c",
                                    table="directory_categoryevent",
                                    when="BEFORE",
                                ),
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CatalogueImport",
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
                        ("file", models.FileField(blank=True, upload_to="catalogue-imports/")),
                        ("file_name", models.CharField(max_length=200)),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("checking", "Checking"),
                                    ("ready", "Ready to import"),
                                    ("importing", "Importing"),
                                    ("done", "Done"),
                                    ("failed", "Failed"),
                                    ("cancelled", "Cancelled"),
                                ],
                                default="ready",
                                max_length=10,
                            ),
                        ),
                        ("row_count", models.PositiveIntegerField(default=0)),
                        ("new_count", models.PositiveIntegerField(default=0)),
                        ("changed_count", models.PositiveIntegerField(default=0)),
                        ("same_count", models.PositiveIntegerField(default=0)),
                        ("bad_count", models.PositiveIntegerField(default=0)),
                        ("faults", models.JSONField(default=list)),
                        ("message", models.CharField(blank=True, max_length=300)),
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
                            "business",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
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
                    name="BusinessLinkEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        ("id", models.BigIntegerField()),
                        ("created_at", models.DateTimeField()),
                        ("updated_at", models.DateTimeField()),
                        ("is_charity", models.BooleanField(default=False)),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("invited", "Invited"),
                                    ("accepted", "Accepted"),
                                    ("ended", "Ended"),
                                ],
                                default="invited",
                                max_length=10,
                            ),
                        ),
                        ("status_set_by", models.CharField(max_length=10)),
                        ("status_changed_at", models.DateTimeField()),
                        ("version", models.PositiveIntegerField(default=1)),
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
                                to="directory.businesslink",
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
                            "partner",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="directory.organisation",
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
                                    hash="e41323db8592c76c20531b801885c2927e04c9f6",
                                    operation="UPDATE OR DELETE",
                                    pgid="pgtrigger_append_only_b03c1",
                                    table="directory_businesslinkevent",
                                    when="BEFORE",
                                ),
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Brand",
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
                                name="directory_brand_name",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ApiKey",
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
                        ("name", models.CharField(max_length=80)),
                        ("prefix", models.CharField(max_length=12, unique=True)),
                        ("digest", models.BinaryField(max_length=32, unique=True)),
                        (
                            "scopes",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=40), default=list, size=None
                            ),
                        ),
                        ("limited_to", models.CharField(blank=True, max_length=60)),
                        ("expires_at", models.DateTimeField(blank=True, null=True)),
                        ("last_used_at", models.DateTimeField(blank=True, null=True)),
                        ("revoked_at", models.DateTimeField(blank=True, null=True)),
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
                            "organisation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="api_keys",
                                to="directory.organisation",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["organisation", "-created_at"], name="directory_key_newest"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="OrganisationEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        ("id", models.BigIntegerField()),
                        ("created_at", models.DateTimeField()),
                        ("updated_at", models.DateTimeField()),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("business", "Business"),
                                    ("merchant", "Merchant"),
                                    ("venue", "Venue"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("name", models.CharField(max_length=120)),
                        ("slug", models.CharField(max_length=40)),
                        ("country", models.CharField(blank=True, max_length=2)),
                        ("town", models.CharField(blank=True, max_length=80)),
                        (
                            "tags",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=40),
                                blank=True,
                                default=list,
                                size=None,
                            ),
                        ),
                        ("time_zone", models.CharField(blank=True, max_length=64)),
                        ("base_currency", models.CharField(blank=True, max_length=3)),
                        ("response_window_days", models.PositiveSmallIntegerField(default=14)),
                        ("is_active", models.BooleanField(default=True)),
                        (
                            "business",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="directory.organisation",
                            ),
                        ),
                        (
                            "parent",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
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
                                to="directory.organisation",
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
                                    hash="1c571e172646bc461d27f41a219f017fb7f4fa22",
                                    operation="UPDATE OR DELETE",
                                    pgid="pgtrigger_append_only_f1b4d",
                                    table="directory_organisationevent",
                                    when="BEFORE",
                                ),
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ProductFamily",
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
                                name="directory_family_name",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ProductType",
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
                                name="directory_type_name",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Product",
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
                        ("sku", models.CharField(max_length=64)),
                        ("name", models.CharField(max_length=150)),
                        ("needs_review", models.BooleanField(default=False)),
                        ("is_active", models.BooleanField(default=True)),
                        ("version", models.PositiveIntegerField(default=1)),
                        (
                            "brand",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="products",
                                to="directory.brand",
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
                            "categories",
                            models.ManyToManyField(
                                blank=True, related_name="products", to="directory.category"
                            ),
                        ),
                        (
                            "family",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="products",
                                to="directory.productfamily",
                            ),
                        ),
                        (
                            "type",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="products",
                                to="directory.producttype",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "catalogue product",
                        "indexes": [
                            models.Index(
                                fields=["business", "-created_at", "-id"],
                                name="directory_catalogue_newest",
                            ),
                            models.Index(
                                condition=models.Q(("needs_review", True)),
                                fields=["business"],
                                name="directory_product_review",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("business", "sku"), name="directory_product_sku"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("type__isnull", False), ("needs_review", True), _connector="OR"
                                ),
                                name="directory_product_type",
                            ),
                        ],
                        "triggers": [
                            pgtrigger.compiler.Trigger(
                                name="insert_insert",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    func='INSERT INTO "directory_productevent" ("brand_id", "business_id", "created_at", "family_id", "id", "is_active", "name", "needs_review", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "sku", "type_id", "updated_at", "version") VALUES (NEW."brand_id", NEW."business_id", NEW."created_at", NEW."family_id", NEW."id", NEW."is_active", NEW."name", NEW."needs_review", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."sku", NEW."type_id", NEW."updated_at", NEW."version"); RETURN NULL;',
                                    hash="dd82313fc98e974256e66a36d739555df0e420e7",
                                    operation="INSERT",
                                    pgid="pgtrigger_insert_insert_52f44",
                                    table="directory_product",
                                    when="AFTER",
                                ),
                            ),
                            pgtrigger.compiler.Trigger(
                                name="update_update",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                                    func='INSERT INTO "directory_productevent" ("brand_id", "business_id", "created_at", "family_id", "id", "is_active", "name", "needs_review", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "sku", "type_id", "updated_at", "version") VALUES (NEW."brand_id", NEW."business_id", NEW."created_at", NEW."family_id", NEW."id", NEW."is_active", NEW."name", NEW."needs_review", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."sku", NEW."type_id", NEW."updated_at", NEW."version"); RETURN NULL;',
                                    hash="9dd755d367fc669fdf0ef4ad70012976b35dbe98",
                                    operation="UPDATE",
                                    pgid="pgtrigger_update_update_0ca46",
                                    table="directory_product",
                                    when="AFTER",
                                ),
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ProductPrice",
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
                        ("price_minor", models.BigIntegerField()),
                        (
                            "product",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="prices",
                                to="directory.product",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("product", "currency"), name="directory_price_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("price_minor__gte", 0)),
                                name="directory_price_sign",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ProductService",
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
                        ("name", models.CharField(max_length=150)),
                        ("kind", models.CharField(max_length=10)),
                        ("category", models.CharField(max_length=80)),
                        ("description", models.TextField(max_length=5000)),
                        ("purchase_model", models.CharField(blank=True, max_length=20)),
                        ("url", models.URLField(blank=True, max_length=300)),
                        ("contact_email", models.EmailField(blank=True, max_length=254)),
                        ("contact_phone", models.CharField(blank=True, max_length=40)),
                        ("version", models.PositiveIntegerField(default=1)),
                        (
                            "business",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="product_services",
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
                                fields=["business", "-created_at", "-id"],
                                name="directory_ps_newest",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                models.F("business"),
                                django.db.models.functions.text.Lower("name"),
                                name="directory_product_service_name",
                            )
                        ],
                        "triggers": [
                            pgtrigger.compiler.Trigger(
                                name="insert_insert",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    func='INSERT INTO "directory_productserviceevent" ("business_id", "category", "contact_email", "contact_phone", "created_at", "created_by_id", "description", "id", "kind", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "purchase_model", "updated_at", "url", "version") VALUES (NEW."business_id", NEW."category", NEW."contact_email", NEW."contact_phone", NEW."created_at", NEW."created_by_id", NEW."description", NEW."id", NEW."kind", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."purchase_model", NEW."updated_at", NEW."url", NEW."version"); RETURN NULL;',
                                    hash="8ef1214973cc8bc4af54e6e2362f5b1c66698a9e",
                                    operation="INSERT",
                                    pgid="pgtrigger_insert_insert_3f807",
                                    table="directory_productservice",
                                    when="AFTER",
                                ),
                            ),
                            pgtrigger.compiler.Trigger(
                                name="update_update",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                                    func='INSERT INTO "directory_productserviceevent" ("business_id", "category", "contact_email", "contact_phone", "created_at", "created_by_id", "description", "id", "kind", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "purchase_model", "updated_at", "url", "version") VALUES (NEW."business_id", NEW."category", NEW."contact_email", NEW."contact_phone", NEW."created_at", NEW."created_by_id", NEW."description", NEW."id", NEW."kind", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."purchase_model", NEW."updated_at", NEW."url", NEW."version"); RETURN NULL;',
                                    hash="c8cd6e51f71856d41c50add69d988f68a22b79dc",
                                    operation="UPDATE",
                                    pgid="pgtrigger_update_update_f83c2",
                                    table="directory_productservice",
                                    when="AFTER",
                                ),
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ProductImage",
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
                        ("file", models.ImageField(upload_to="products/")),
                        ("position", models.PositiveSmallIntegerField()),
                        (
                            "product_service",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="images",
                                to="directory.productservice",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("product_service", "position"),
                                name="directory_product_image_position",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ProductServiceEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        ("id", models.BigIntegerField()),
                        ("created_at", models.DateTimeField()),
                        ("updated_at", models.DateTimeField()),
                        ("name", models.CharField(max_length=150)),
                        ("kind", models.CharField(max_length=10)),
                        ("category", models.CharField(max_length=80)),
                        ("description", models.TextField(max_length=5000)),
                        ("purchase_model", models.CharField(blank=True, max_length=20)),
                        ("url", models.URLField(blank=True, max_length=300)),
                        ("contact_email", models.EmailField(blank=True, max_length=254)),
                        ("contact_phone", models.CharField(blank=True, max_length=40)),
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
                                    hash="0e8a56edf5c3d6282ab214a07bb2d23f64073d10",
                                    operation="UPDATE OR DELETE",
                                    pgid="pgtrigger_append_only_59b7f",
                                    table="directory_productserviceevent",
                                    when="BEFORE",
                                ),
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ProductEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        ("id", models.BigIntegerField()),
                        ("created_at", models.DateTimeField()),
                        ("updated_at", models.DateTimeField()),
                        ("sku", models.CharField(max_length=64)),
                        ("name", models.CharField(max_length=150)),
                        ("needs_review", models.BooleanField(default=False)),
                        ("is_active", models.BooleanField(default=True)),
                        ("version", models.PositiveIntegerField(default=1)),
                        (
                            "brand",
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
                                to="directory.product",
                            ),
                        ),
                        (
                            "family",
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
                            "type",
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
                    ],
                    options={
                        "abstract": False,
                        "triggers": [
                            pgtrigger.compiler.Trigger(
                                name="append_only",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                                    hash="52bdbc457222310d563031191b57c46dc4c380b5",
                                    operation="UPDATE OR DELETE",
                                    pgid="pgtrigger_append_only_9baa9",
                                    table="directory_productevent",
                                    when="BEFORE",
                                ),
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ProviderProfile",
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
                        ("website", models.URLField(blank=True)),
                        ("email", models.EmailField(blank=True, max_length=254)),
                        ("phone", models.CharField(blank=True, max_length=40)),
                        ("address", models.CharField(blank=True, max_length=255)),
                        ("logo", models.ImageField(blank=True, upload_to="logos/")),
                        ("description", models.TextField(blank=True, max_length=2000)),
                        ("social_links", models.JSONField(blank=True, default=list)),
                        ("notification_email", models.EmailField(blank=True, max_length=254)),
                        ("verified_at", models.DateTimeField(blank=True, null=True)),
                        ("completed_at", models.DateTimeField(blank=True, null=True)),
                        ("version", models.PositiveIntegerField(default=1)),
                        (
                            "organisation",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="provider_profile",
                                to="directory.organisation",
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                        "triggers": [
                            pgtrigger.compiler.Trigger(
                                name="insert_insert",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    func='INSERT INTO "directory_providerprofileevent" ("address", "completed_at", "created_at", "description", "email", "id", "logo", "notification_email", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "social_links", "updated_at", "verified_at", "version", "website") VALUES (NEW."address", NEW."completed_at", NEW."created_at", NEW."description", NEW."email", NEW."id", NEW."logo", NEW."notification_email", NEW."organisation_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."phone", NEW."social_links", NEW."updated_at", NEW."verified_at", NEW."version", NEW."website"); RETURN NULL;',
                                    hash="f58d725042aef266fbb52561e3c343fb4428f9d5",
                                    operation="INSERT",
                                    pgid="pgtrigger_insert_insert_9bb13",
                                    table="directory_providerprofile",
                                    when="AFTER",
                                ),
                            ),
                            pgtrigger.compiler.Trigger(
                                name="update_update",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                                    func='INSERT INTO "directory_providerprofileevent" ("address", "completed_at", "created_at", "description", "email", "id", "logo", "notification_email", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "social_links", "updated_at", "verified_at", "version", "website") VALUES (NEW."address", NEW."completed_at", NEW."created_at", NEW."description", NEW."email", NEW."id", NEW."logo", NEW."notification_email", NEW."organisation_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."phone", NEW."social_links", NEW."updated_at", NEW."verified_at", NEW."version", NEW."website"); RETURN NULL;',
                                    hash="4a9762cef08e9b47c022bd30bc05c1ba90b4a18c",
                                    operation="UPDATE",
                                    pgid="pgtrigger_update_update_37f7d",
                                    table="directory_providerprofile",
                                    when="AFTER",
                                ),
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ProviderProfileEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        ("id", models.BigIntegerField()),
                        ("created_at", models.DateTimeField()),
                        ("updated_at", models.DateTimeField()),
                        ("website", models.URLField(blank=True)),
                        ("email", models.EmailField(blank=True, max_length=254)),
                        ("phone", models.CharField(blank=True, max_length=40)),
                        ("address", models.CharField(blank=True, max_length=255)),
                        ("logo", models.ImageField(blank=True, upload_to="logos/")),
                        ("description", models.TextField(blank=True, max_length=2000)),
                        ("social_links", models.JSONField(blank=True, default=list)),
                        ("notification_email", models.EmailField(blank=True, max_length=254)),
                        ("verified_at", models.DateTimeField(blank=True, null=True)),
                        ("completed_at", models.DateTimeField(blank=True, null=True)),
                        ("version", models.PositiveIntegerField(default=1)),
                        (
                            "organisation",
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
                                to="directory.providerprofile",
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
                                    hash="3458fbed7ef163c309c77257ab75287737c65852",
                                    operation="UPDATE OR DELETE",
                                    pgid="pgtrigger_append_only_69149",
                                    table="directory_providerprofileevent",
                                    when="BEFORE",
                                ),
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Segment",
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
                        ("name", models.CharField(max_length=80)),
                        ("description", models.CharField(blank=True, max_length=300)),
                        (
                            "match",
                            models.CharField(
                                choices=[("all", "All of these"), ("any", "Any of these")],
                                default="all",
                                max_length=3,
                            ),
                        ),
                        ("version", models.PositiveIntegerField(default=1)),
                        (
                            "business",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="segments",
                                to="directory.organisation",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                models.F("business"),
                                django.db.models.functions.text.Lower("name"),
                                name="directory_segment_name",
                            )
                        ],
                        "triggers": [
                            pgtrigger.compiler.Trigger(
                                name="insert_insert",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    func='INSERT INTO "directory_segmentevent" ("business_id", "created_at", "description", "id", "match", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "updated_at", "version") VALUES (NEW."business_id", NEW."created_at", NEW."description", NEW."id", NEW."match", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."updated_at", NEW."version"); RETURN NULL;',
                                    hash="729da14b9d0d21afbbab91aa6522f9a38b62f910",
                                    operation="INSERT",
                                    pgid="pgtrigger_insert_insert_9e491",
                                    table="directory_segment",
                                    when="AFTER",
                                ),
                            ),
                            pgtrigger.compiler.Trigger(
                                name="update_update",
                                sql=pgtrigger.compiler.UpsertTriggerSql(
                                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                                    func='INSERT INTO "directory_segmentevent" ("business_id", "created_at", "description", "id", "match", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "updated_at", "version") VALUES (NEW."business_id", NEW."created_at", NEW."description", NEW."id", NEW."match", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."updated_at", NEW."version"); RETURN NULL;',
                                    hash="451510d53812da293ef48d0b34cf33164a4e9355",
                                    operation="UPDATE",
                                    pgid="pgtrigger_update_update_3f354",
                                    table="directory_segment",
                                    when="AFTER",
                                ),
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SegmentCriterion",
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
                        ("kind", models.CharField(max_length=40)),
                        ("values", models.JSONField(default=dict)),
                        ("excludes", models.BooleanField(default=False)),
                        (
                            "segment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="criteria",
                                to="directory.segment",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["position"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("segment", "position"), name="directory_criterion_position"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SegmentEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        ("id", models.BigIntegerField()),
                        ("created_at", models.DateTimeField()),
                        ("updated_at", models.DateTimeField()),
                        ("name", models.CharField(max_length=80)),
                        ("description", models.CharField(blank=True, max_length=300)),
                        (
                            "match",
                            models.CharField(
                                choices=[("all", "All of these"), ("any", "Any of these")],
                                default="all",
                                max_length=3,
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
                                to="directory.segment",
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
                                    hash="bcba85e6b52d75887efbb1fc731a0bdfff83571c",
                                    operation="UPDATE OR DELETE",
                                    pgid="pgtrigger_append_only_8384b",
                                    table="directory_segmentevent",
                                    when="BEFORE",
                                ),
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Tap",
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
                        ("code", models.CharField(max_length=32)),
                        ("label", models.CharField(blank=True, max_length=80)),
                        ("is_active", models.BooleanField(default=True)),
                        (
                            "business",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="directory.organisation",
                            ),
                        ),
                        (
                            "organisation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="taps",
                                to="directory.organisation",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                models.F("business"),
                                django.db.models.functions.text.Lower("code"),
                                name="directory_tap_code",
                            )
                        ],
                    },
                ),
            ]
        ),
        core.migration_operations.InstallTriggers(
            model_names=[
                "Organisation",
                "BusinessLink",
                "Contact",
                "Category",
                "ContactEvent",
                "CommercialTerms",
                "CategoryEvent",
                "BusinessLinkEvent",
                "OrganisationEvent",
                "Product",
                "ProductService",
                "ProductServiceEvent",
                "ProductEvent",
                "ProviderProfile",
                "ProviderProfileEvent",
                "Segment",
                "SegmentEvent",
            ],
        ),
    ]
