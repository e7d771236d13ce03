"""After an upload: waiting people are served, thresholds looked at, the uploader told (vouchers.md 4.5).

Found by what is not told yet, so that a worker that dies in between changes nothing: serving gives
nobody a second code, and the mail has one key.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.urls import reverse

from core import mail
from vouchers.choices import AlertKind, BatchKind, BatchStatus
from vouchers.models import UploadBatch
from vouchers.services import alerts, waiting

ENDED = (BatchStatus.COMPLETED, BatchStatus.COMPLETED_WITH_ERRORS, BatchStatus.FAILED)
AT_ONCE = 500


def tell_due(*, at: datetime, limit: int = 50) -> int:
    """Serve and tell for every upload that has come to its end; return how many there were."""
    rows = UploadBatch.objects.filter(
        status__in=ENDED, told_at__isnull=True, heartbeat_at__isnull=False
    )
    batches = list(rows.select_related("voucher_list__partner", "business").order_by("pk")[:limit])
    for batch in batches:
        tell(batch=batch, at=at)
    return len(batches)


def tell(*, batch: UploadBatch, at: datetime) -> None:
    """Serve who waits for the new codes, then tell the uploader what became of them."""
    served = 0
    if batch.published_count:
        while found := waiting.serve(voucher_list=batch.voucher_list, at=at, limit=AT_ONCE):
            served += found
        alerts.look(voucher_list_id=batch.voucher_list_id, at=at)
    with transaction.atomic():
        held = UploadBatch.objects.select_for_update().get(pk=batch.pk)
        if held.told_at is not None:
            return
        held.served_count, held.told_at = served, at
        held.save(update_fields=["served_count", "told_at"])
        batch.served_count = served
        if held.status == BatchStatus.FAILED:
            _raise_alert(batch, at)
        for address in addresses_of(batch):
            _post(batch, address, at)


def sentence(batch: UploadBatch) -> str:
    """Say where the codes of a finished upload went: "990 added. 12 went to people who waited."."""
    if batch.status == BatchStatus.FAILED:
        return batch.error_message or "Nothing was imported."
    added = f"{batch.published_count:,} of {batch.published_count + batch.rejected_count:,}"
    words = [f"{added} codes were added."]
    if batch.served_count == 1:
        words.append("1 of them went at once to somebody who was waiting.")
    elif batch.served_count:
        words.append(f"{batch.served_count:,} of them went at once to people who were waiting.")
    return " ".join(words)


def page_of(batch: UploadBatch) -> str:
    """Return the address of the upload's page."""
    return reverse("voucher_upload_detail", args=[batch.voucher_list.list_id, batch.number])


def _raise_alert(batch: UploadBatch, at: datetime) -> None:
    alerts.raise_happening(
        kind=AlertKind.UPLOAD_FAILED,
        business=batch.business,
        key=f"upload:{batch.pk}",
        subject=f"{batch.voucher_list.name}, upload {batch.number}",
        voucher_list=batch.voucher_list,
        note=batch.error_message,
        at=at,
    )


def addresses_of(batch: UploadBatch) -> list[str]:
    """Return who is told: the uploader, and the addresses that were given along, each once."""
    return list(dict.fromkeys(one for one in [_own_address(batch), *batch.told_addresses] if one))


def _own_address(batch: UploadBatch) -> str:
    """Return the uploader's address: of the desk, or of the partner's person in the portal."""
    if batch.kind == BatchKind.PORTAL:
        return batch.uploaded_by_name.lower()
    return batch.uploaded_by.email.lower() if batch.uploaded_by else ""


def _link(batch: UploadBatch, to: str) -> str:
    """Return the page of the upload that this reader can open."""
    if batch.kind == BatchKind.PORTAL and to == _own_address(batch):
        args = [batch.voucher_list.list_id, batch.number]
        return reverse("partner_portal_upload", args=args)
    return page_of(batch)


def _post(batch: UploadBatch, to: str, at: datetime) -> None:
    mail.queue(
        kind="vouchers_upload",
        key=f"vouchers_upload:{batch.pk}:{to}",
        to=to,
        template="vouchers/upload",
        context={
            "business": batch.business.name,
            "list_name": batch.voucher_list.name,
            "list_id": batch.voucher_list.list_id,
            "file_name": batch.file_name,
            "is_failed": batch.status == BatchStatus.FAILED,
            "sentence": sentence(batch),
            "rejected": batch.rejected_count,
            "warnings": batch.warning_count,
            "is_uploader": to == _own_address(batch),
            "uploader": batch.uploaded_by_name,
        },
        at=at,
        link=_link(batch, to),
        owner_id=batch.business_id,
    )
