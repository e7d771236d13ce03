import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("vouchers", "0009_who_ended_it"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="webhookendpoint",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="webhookendpoint",
            name="update_update",
        ),
        migrations.RemoveField(
            model_name="webhookendpointevent",
            name="last_success_at",
        ),
        migrations.RemoveField(
            model_name="webhookendpointevent",
            name="slowed_until",
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="webhookendpoint",
            trigger=pgtrigger.compiler.Trigger(
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
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="webhookendpoint",
            trigger=pgtrigger.compiler.Trigger(
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
        ),
    ]
