"""The Celery application and the whole schedule in one table.

A message is only a hint: every task reads from the database what is due, so a lost or doubled
message changes nothing and a killed worker loses nothing.
"""

from __future__ import annotations

import os
from typing import Any

from celery import Celery
from celery.schedules import crontab
from kombu import Exchange, Queue

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("largesse")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(
    ["core", "directory", "events", "wallet", "vouchers", "rewards", "incentives"]
)

# name: (task, when)
SCHEDULE: dict[str, tuple[str, Any]] = {
    "send due mail": ("core.send_due_mail", 60.0),
    "dispatch the outbox": ("core.dispatch_outbox", 60.0),
    "forget old keys": ("core.forget_expired", crontab(minute=17, hour=3)),
    "resume contact imports": ("directory.resume_contact_imports", 120.0),
    "forget import files": ("directory.forget_import_files", crontab(minute=37, hour=3)),
    "verify the ledger": ("wallet.verify_ledger", crontab(minute=50)),
    "expire lots": ("wallet.expire_lots", crontab(minute="*/10")),
    "time out holds": ("wallet.time_out_holds", 60.0),
    "move lots to their pool's version": ("wallet.move_lots", 300.0),
    "warn of expiry": ("wallet.warn_of_expiry", crontab(minute=10, hour="7-19/4")),
    "forget spend tokens": ("wallet.forget_spend_tokens", crontab(minute=27, hour=3)),
    "run gifts": ("rewards.run_gifts", 60.0),
    "evaluate waiting purchases": ("rewards.evaluate_pending", 60.0),
    "forget old verdicts": ("rewards.forget_verdicts", crontab(minute=47, hour=3)),
    "set up businesses": ("rewards.set_up_businesses", crontab(minute="*/5")),
    "expire voucher lists": ("vouchers.expire_lists", 60.0),
    "catch up with voucher lists": ("vouchers.catch_up_lists", crontab(minute=43)),
    "forget kept voucher files": ("vouchers.forget_kept_files", crontab(minute="*/30")),
    "recount voucher lists": ("vouchers.recount_lists", crontab(minute=7, hour=2)),
    "release lapsed vouchers": ("vouchers.release_lapsed", 60.0),
    "keep voucher campaigns": ("vouchers.keep_campaigns", 60.0),
    "expire issued codes": ("vouchers.expire_codes", crontab(minute="*/5")),
    "deliver webhooks": ("vouchers.deliver_webhooks", 10.0),
    "import voucher codes": ("vouchers.import_codes", 30.0),
    "forget upload files": ("vouchers.forget_uploads", crontab(minute=27, hour=4)),
    "work on redemption files": ("vouchers.work_redemptions", 60.0),
    "forget what redemptions leave": ("vouchers.forget_redemptions", crontab(minute=7, hour=4)),
    "decide what did not follow": ("vouchers.decide_watched", 60.0),
    "serve audience runs": ("vouchers.work_runs", 60.0),
    "serve who waits for vouchers": ("vouchers.serve_waiting", 60.0),
    "forget old decisions": ("vouchers.forget_attempts", crontab(minute=57, hour=3)),
    "tell who waited in vain": ("vouchers.mail_sorry", crontab(minute="*/10")),
    "look for voucher alerts": ("vouchers.look_around", crontab(minute="*/10")),
    "expire offers": ("incentives.expire_offers", crontab(minute="*/5")),
    "close silent offers": ("incentives.close_silent_offers", crontab(minute=5)),
    "remind recipients": ("incentives.remind_recipients", crontab(minute=20)),
}

# Calls of other people's servers wait most of their time: beside the rest, never in front of it.
DEFAULT, WEBHOOKS = "celery", "webhooks"
QUEUES = (DEFAULT, WEBHOOKS)

app.conf.update(
    beat_schedule={
        name: {"task": task, "schedule": when} for name, (task, when) in SCHEDULE.items()
    },
    task_queues=[Queue(name, Exchange(name), routing_key=name) for name in QUEUES],
    task_default_queue=DEFAULT,
    task_routes={"vouchers.deliver_webhooks": {"queue": WEBHOOKS}},
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_ignore_result=True,
    worker_prefetch_multiplier=1,
    worker_hijack_root_logger=False,
    broker_connection_retry_on_startup=True,
    task_serializer="json",
    accept_content=["json"],
    timezone="UTC",
)
