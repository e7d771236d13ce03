"""What is told of a happening, worked out when it is told; without the code (vouchers.md 6.1)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.models import OutboxEvent
from core.money import Money
from vouchers import happenings
from vouchers.choices import OPEN_ISSUANCES, IssuanceStatus
from vouchers.masking import masked
from vouchers.models import Issuance, Redemption, UploadBatch, VoucherCode, VoucherList, WaitEntry

# What tells of the recipient, or may: why a voucher was taken back is written by hand.
PERSONAL = ("recipientId", "recipientEmail", "triggerRef", "why")


@dataclass(frozen=True, slots=True)
class Telling:
    """One happening as it is told: its type, its properties, and whose it is."""

    name: str
    event_id: str
    occurred_at: datetime
    business_id: int
    partner_id: int | None
    data: dict[str, Any]
    issuance: Issuance | None = None

    def without_people(self) -> dict[str, Any]:
        """Return the properties as a partner may read them: nothing of the recipient."""
        return {name: None if name in PERSONAL else value for name, value in self.data.items()}


def telling_of(event_id: int) -> Telling | None:
    """Return what the outbox row tells; None if what it was about is gone."""
    event = OutboxEvent.objects.get(pk=event_id)
    for name, tell in _TELLERS.items():
        if name in event.payload:
            return tell(event, event.payload)
    return None


def readable_code(issuance: Issuance) -> str | None:
    """Return the code as long as it is the recipient's; None while reserved and once taken back."""
    if issuance.status not in OPEN_ISSUANCES or issuance.status == IssuanceStatus.RESERVED:
        return None
    return happenings.code_of(issuance)


def issuance_to_tell(pk: int) -> Issuance | None:
    """Return the issuance with everything that its properties name."""
    rows = Issuance.objects.select_related(
        "campaign", "contact", "code", "voucher_list__partner", "business"
    )
    return rows.filter(pk=pk).first()


def _of_issuance(event: OutboxEvent, facts: Mapping[str, Any]) -> Telling | None:
    issuance = issuance_to_tell(facts["issuance_id"])
    if issuance is None:
        return None
    data = happenings.properties_of(issuance, at=event.occurred_at, name=event.topic)
    data["eventId"] = happenings.event_id_of(event.topic, event.key)
    data |= _redemption(facts.get("redemption_id")) | _others(facts)
    partner_id = issuance.voucher_list.partner_id if issuance.voucher_list else None
    return _telling(event, facts, partner_id, data, issuance)


def _redemption(pk: int | None) -> dict[str, Any]:
    row = Redemption.objects.filter(pk=pk).first() if pk else None
    if row is None:
        return {}
    amount = None
    if row.amount_minor is not None:
        amount = str(Money(row.amount_minor, row.currency).amount)
    return {
        "reference": row.reference or None,
        "redeemedAt": happenings.iso(row.redeemed_at),
        "amount": amount,
        "currency": row.currency or None,
        "location": row.location or None,
        "channel": row.channel,
    }


def _of_wait(event: OutboxEvent, facts: Mapping[str, Any]) -> Telling | None:
    rows = WaitEntry.objects.select_related("campaign", "contact")
    entry = rows.filter(pk=facts["wait_entry_id"]).first()
    if entry is None:
        return None
    data = _about(event) | {
        "campaignId": entry.campaign.reference,
        "campaignName": entry.campaign.name,
        "recipientId": happenings.recipient_id_of(entry),
        "recipientEmail": entry.email or None,
        "triggerRef": entry.trigger_ref or None,
    }
    return _telling(event, facts, None, data)


def _of_list(event: OutboxEvent, facts: Mapping[str, Any]) -> Telling | None:
    rows = VoucherList.objects.select_related("partner")
    voucher_list = rows.filter(pk=facts["voucher_list_id"]).first()
    if voucher_list is None:
        return None
    data = _about(event) | happenings.list_properties(voucher_list) | _others(facts)
    if "code_id" in facts:
        code = VoucherCode.objects.filter(pk=facts["code_id"]).first()
        data["maskedCode"] = masked(code.code) if code else None
    return _telling(event, facts, voucher_list.partner_id, data)


def _of_batch(event: OutboxEvent, facts: Mapping[str, Any]) -> Telling | None:
    rows = UploadBatch.objects.select_related("voucher_list__partner")
    batch = rows.filter(pk=facts["batch_id"]).first()
    if batch is None:
        return None
    data = _about(event) | happenings.list_properties(batch.voucher_list)
    data |= {
        "upload": batch.number,
        "kind": batch.kind,
        "fileName": batch.file_name or None,
        "rows": batch.row_count,
        "accepted": batch.accepted_count,
        "rejected": batch.rejected_count,
        "status": batch.status,
        "error": batch.error_code or None,
    }
    return _telling(event, facts, batch.voucher_list.partner_id, data)


def _about(event: OutboxEvent) -> dict[str, Any]:
    return {
        "eventId": happenings.event_id_of(event.topic, event.key),
        "schemaVersion": happenings.SCHEMA_VERSION,
        "systemSource": happenings.SYSTEM_SOURCE,
        **happenings.moment("eventTimestamp", event.occurred_at),
    }


def _others(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return figures and words that came with the event, named as the others are."""
    return {_camel(name): value for name, value in facts.items() if not name.endswith("_id")}


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.title() for word in rest)


def _telling(
    event: OutboxEvent,
    facts: Mapping[str, Any],
    partner_id: int | None,
    data: dict[str, Any],
    issuance: Issuance | None = None,
) -> Telling:
    return Telling(
        name=event.topic,
        event_id=data["eventId"],
        occurred_at=event.occurred_at,
        business_id=facts["business_id"],
        partner_id=partner_id,
        data=data,
        issuance=issuance,
    )


_TELLERS: dict[str, Callable[[OutboxEvent, Mapping[str, Any]], Telling | None]] = {
    "issuance_id": _of_issuance,
    "wait_entry_id": _of_wait,
    "batch_id": _of_batch,
    "voucher_list_id": _of_list,
}
