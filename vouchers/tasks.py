"""Work of vouchers that nobody waits for: a name, a clock reading, one service call."""

from __future__ import annotations

from celery import shared_task

from core import jobs, outbox
from core.clock import now
from vouchers.models import Campaign, VoucherList
from vouchers.services import (
    alerts,
    attempts,
    campaign_statuses,
    cart_holds,
    code_expiry,
    guessing,
    imports,
    kept_files,
    list_statuses,
    list_upkeep,
    mailing,
    qualifying,
    redemption_uploads,
    reservations,
    runs,
    upload_ends,
    uploads,
    waiting,
    waiting_mail,
    watches,
    webhook_delivery,
    withdrawing,
)


@shared_task(name="vouchers.mail_voucher")
def mail_voucher(event_id: int) -> None:
    mailing.first(issuance_id=outbox.payload_of(event_id)["issuance_id"], at=now())


@shared_task(name="vouchers.mail_waiting")
def mail_waiting(event_id: int) -> None:
    waiting_mail.on_the_list(entry_id=outbox.payload_of(event_id)["wait_entry_id"], at=now())


@shared_task(name="vouchers.mail_sorry")
def mail_sorry() -> int:
    return waiting_mail.sorry_due(at=now())


@shared_task(
    name="vouchers.qualify", autoretry_for=(Exception,), retry_backoff=True, max_retries=10
)
def qualify(event_id: int) -> None:
    qualifying.qualify(outbox_id=event_id, at=now())


@shared_task(name="vouchers.decide_watched")
def decide_watched() -> int:
    """Decide about who came when what must not follow has not."""
    return watches.decide_due(at=now())


@shared_task(name="vouchers.serve_waiting")
def serve_waiting(voucher_list_id: int | None = None, campaign_id: int | None = None) -> int:
    """Serve who waits for codes of the list or of the campaign; without either, everybody."""
    return waiting.serve(
        voucher_list=VoucherList.objects.filter(pk=voucher_list_id or 0).first(),
        campaign=Campaign.objects.filter(pk=campaign_id or 0).first(),
        at=now(),
    )


@shared_task(name="vouchers.release_lapsed")
def release_lapsed() -> int:
    return reservations.release_lapsed(at=now())


@shared_task(name="vouchers.keep_campaigns")
def keep_campaigns() -> int:
    """Begin and end campaigns whose time has come, and end what joined one that was ending."""
    begun = campaign_statuses.start_due(at=now())
    return begun + campaign_statuses.end_due(at=now()) + waiting.end_of_over(at=now())


@shared_task(name="vouchers.work_runs")
def work_runs() -> int:
    return runs.work_due(at=now())


@shared_task(name="vouchers.forget_attempts")
def forget_attempts() -> int:
    return attempts.forget(at=now())


@shared_task(name="vouchers.tell_endpoints")
def tell_endpoints(event_id: int) -> int:
    return webhook_delivery.fan_out(event_id=event_id, at=now())


@shared_task(name="vouchers.deliver_webhooks")
def deliver_webhooks() -> int:
    """Deliver what is due; in a queue of its own, whose workers spend their time waiting for others."""
    return webhook_delivery.deliver_due(clock=now)


@shared_task(name="vouchers.work_redemptions")
def work_redemptions() -> int:
    return redemption_uploads.work(at=now(), portions=500)


@shared_task(name="vouchers.expire_codes")
def expire_codes() -> int:
    return code_expiry.expire_due(at=now(), limit=20_000)


@shared_task(name="vouchers.forget_redemptions")
def forget_redemptions() -> int:
    """Delete what redemptions and webhooks leave behind once its time is over."""
    gone = cart_holds.forget(at=now()) + guessing.forget(at=now())
    return gone + redemption_uploads.forget_files(at=now()) + webhook_delivery.forget(at=now())


@shared_task(name="vouchers.import_codes")
def import_codes() -> int:
    """Import what was uploaded, a turn for each batch; after many, other work comes first."""
    done = imports.advance(clock=now, turns=100)
    upload_ends.tell_due(at=now())
    if done == 100:
        jobs.enqueue("vouchers.import_codes")
    return done


@shared_task(name="vouchers.forget_uploads")
def forget_uploads() -> int:
    """Delete files of ninety days ago, and give up what nobody decided about."""
    return uploads.give_up_undecided(at=now()) + uploads.forget_files(at=now())


@shared_task(name="vouchers.expire_lists")
def expire_lists() -> int:
    return list_statuses.expire_due(at=now())


@shared_task(name="vouchers.release_codes")
def release_codes(voucher_list_id: int) -> int:
    row = VoucherList.objects.filter(pk=voucher_list_id or 0).first()
    return 0 if row is None else list_upkeep.release_codes(voucher_list=row, at=now())


@shared_task(name="vouchers.extend_codes")
def extend_codes(voucher_list_id: int) -> int:
    row = VoucherList.objects.filter(pk=voucher_list_id or 0).first()
    return 0 if row is None else list_upkeep.extend_codes(voucher_list=row, at=now())


@shared_task(name="vouchers.catch_up_lists")
def catch_up_lists() -> int:
    return list_upkeep.catch_up(at=now()) + withdrawing.sweep(at=now())


@shared_task(name="vouchers.recount_lists")
def recount_lists() -> int:
    return list_upkeep.recount_all(at=now())


@shared_task(name="vouchers.forget_kept_files")
def forget_kept_files() -> int:
    return kept_files.forget(at=now())


@shared_task(name="vouchers.look_around")
def look_around() -> int:
    """Raise and end alerts of every list, then remind of what is still open."""
    raised = alerts.look_around(at=now())
    alerts.remind(at=now())
    return raised
