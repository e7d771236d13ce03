"""Happenings: what becomes known outside, and the properties it is told with (vouchers.md 6.1).

They are written into the outbox in the transaction that made them true. A row names what happened to
which issuance, list or upload, and never carries a code: whoever tells it on (mails, webhooks, the
events of campaigns) asks `properties_of` for the properties, and `code_of` for the code, at that time.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from core import outbox
from vouchers.models import Issuance, UploadBatch, VoucherCode, VoucherList, WaitEntry

REWARDED: Final = "partner_voucher.rewarded"
RESERVED: Final = "partner_voucher.reserved"
RELEASED: Final = "partner_voucher.released"
REDEEMED: Final = "partner_voucher.redeemed"
REDEMPTION_REVERSED: Final = "partner_voucher.redemption_reversed"
EXPIRED: Final = "partner_voucher.expired"
REVOKED: Final = "partner_voucher.revoked"
WAITLISTED: Final = "partner_voucher.waitlisted"
LIST_LOW: Final = "voucher_list.low"
LIST_EXHAUSTED: Final = "voucher_list.exhausted"
LIST_EXPIRING: Final = "voucher_list.expiring"
LIST_EXPIRED: Final = "voucher_list.expired"
LIST_STATUS_CHANGED: Final = "voucher_list.status_changed"
UPLOAD_COMPLETED: Final = "voucher_upload.completed"
UPLOAD_FAILED: Final = "voucher_upload.failed"
LEAK_SUSPECTED: Final = "voucher_code.leak_suspected"

# What an endpoint may choose, with the words of the choice.
HAPPENINGS: Final[dict[str, str]] = {
    REWARDED: "A code was given to somebody",
    RESERVED: "A code was put aside for somebody",
    RELEASED: "A reservation ended",
    REDEEMED: "A code was redeemed",
    REDEMPTION_REVERSED: "A redemption was reversed",
    EXPIRED: "A code that was given out expired",
    REVOKED: "A code was taken back",
    WAITLISTED: "Somebody waits for a code",
    LIST_LOW: "A list runs low",
    LIST_EXHAUSTED: "A list has no code left",
    LIST_EXPIRING: "A list expires soon",
    LIST_EXPIRED: "A list expired",
    LIST_STATUS_CHANGED: "The status of a list changed",
    UPLOAD_COMPLETED: "An upload was completed",
    UPLOAD_FAILED: "An upload failed",
    LEAK_SUSPECTED: "A code was redeemed before it was given out",
}
# Told while nobody may see the code yet, or when it is no longer theirs; late messages tell none either.
WITHOUT_CODE: Final = frozenset({RESERVED, RELEASED, WAITLISTED})
SCHEMA_VERSION: Final = 1
SYSTEM_SOURCE: Final = "Partner vouchers"
_NAMESPACE: Final = uuid.UUID("6f0b3f2e-6a39-4f0f-9f0a-3f2d7f3c8a51")


def record(
    name: str, *, key: str, business_id: int, at: datetime, facts: Mapping[str, Any]
) -> None:
    """Write the happening in the running transaction; a second one with the key changes nothing.

    `facts` are ids and figures, never a code; names that end in `_id` say what it happened to.
    """
    if name not in HAPPENINGS:
        raise ValueError(f"Nobody knows the happening {name}.")
    outbox.record(topic=name, key=key[:120], payload={"business_id": business_id, **facts}, at=at)


def of_issuance(
    name: str, issuance: Issuance, at: datetime, *, key: str = "", **facts: Any
) -> None:
    """Record what happened to an issuance; `key` tells a second time from a repetition."""
    record(
        name,
        key=f"{issuance.public_id}:{key}" if key else str(issuance.public_id),
        business_id=issuance.business_id,
        at=at,
        facts={"issuance_id": issuance.pk, **facts},
    )


def rewarded(issuance: Issuance, at: datetime) -> None:
    """Record that the recipient was given the code; once for an issuance, whatever the trigger."""
    record(
        REWARDED,
        key=str(issuance.event_id),
        business_id=issuance.business_id,
        at=at,
        facts={"issuance_id": issuance.pk},
    )


def reserved(issuance: Issuance, at: datetime) -> None:
    """Record that a code is put aside for the recipient."""
    of_issuance(RESERVED, issuance, at)


def released(issuance: Issuance, at: datetime, *, why: str = "") -> None:
    """Record that the reservation ended without the code being given."""
    of_issuance(RELEASED, issuance, at, why=why)


def revoked(issuance: Issuance, at: datetime, *, why: str = "", is_void: bool = True) -> None:
    """Record that the code was taken back: void, or returned to the pool."""
    of_issuance(REVOKED, issuance, at, why=why, is_void=is_void)


def waitlisted(entry: WaitEntry, at: datetime) -> None:
    """Record that somebody qualified and waits."""
    record(
        WAITLISTED,
        key=f"wait:{entry.pk}",
        business_id=entry.campaign.business_id,
        at=at,
        facts={"wait_entry_id": entry.pk},
    )


def of_list(
    name: str, voucher_list: VoucherList, at: datetime, *, key: str = "", **facts: Any
) -> None:
    """Record what happened to a list; `key` tells a second time from a repetition."""
    record(
        name,
        key=f"{voucher_list.list_id}:{key or at.isoformat()}",
        business_id=voucher_list.business_id,
        at=at,
        facts={"voucher_list_id": voucher_list.pk, **facts},
    )


def of_batch(name: str, batch: UploadBatch, at: datetime) -> None:
    """Record that an upload was completed or failed."""
    record(
        name,
        key=f"batch:{batch.pk}",
        business_id=batch.business_id,
        at=at,
        facts={"batch_id": batch.pk},
    )


def leak_suspected(code: VoucherCode, at: datetime) -> None:
    """Record that a code which nobody was given was presented at a till."""
    record(
        LEAK_SUSPECTED,
        key=f"leak:{code.pk}",
        business_id=code.voucher_list.business_id,
        at=at,
        facts={"voucher_list_id": code.voucher_list_id, "code_id": str(code.pk)},
    )


def event_id_of(name: str, key: str) -> str:
    """Return the id by which receivers know a repetition: the issuance's own for a reward."""
    return key if name == REWARDED else str(uuid.uuid5(_NAMESPACE, f"{name}:{key}"))


def iso(at: datetime | None) -> str | None:
    """Return the moment as every event tells it: ISO 8601 in UTC with a Z."""
    return None if at is None else at.astimezone(UTC).isoformat(timespec="seconds")[:19] + "Z"


def moment(name: str, at: datetime | None) -> dict[str, Any]:
    """Return the moment under its name, and its epoch twin in seconds."""
    return {name: iso(at), f"{name}Epoch": None if at is None else int(at.timestamp())}


def code_of(issuance: Issuance) -> str:
    """Return the code that the recipient holds: the list's, or the one for everybody."""
    if issuance.is_fallback or issuance.code is None:
        return issuance.fallback_code
    return issuance.code.code


def properties_of(
    issuance: Issuance, *, at: datetime, name: str = REWARDED, code: str | None = None
) -> dict[str, Any]:
    """Return the properties of 6.1 for an issuance; `code` stands as `voucherCode` as it is given.

    Pass `code_of(issuance)` where the recipient may read it, a masked form or nothing elsewhere.
    """
    return (
        {
            "eventId": event_id_of(
                name, str(issuance.event_id if name == REWARDED else issuance.public_id)
            ),
            "schemaVersion": SCHEMA_VERSION,
            "systemSource": SYSTEM_SOURCE,
            "source": issuance.source,
            **moment("eventTimestamp", at),
        }
        | _campaign_of(issuance)
        | list_properties(issuance.voucher_list)
        | {
            "voucherCode": code,
            "redeemUntil": iso(issuance.redeem_until),
            "issuanceId": str(issuance.public_id),
            "recipientId": recipient_id_of(issuance),
            "recipientEmail": issuance.email or None,
            "ordinal": issuance.ordinal,
            "triggerRef": issuance.trigger_ref or None,
            "isFallback": issuance.is_fallback,
        }
    )


def recipient_id_of(row: Issuance | WaitEntry) -> str:
    """Return how outside systems know the recipient: the contact's public id, else the address."""
    return str(row.contact.public_id) if row.contact is not None else row.recipient_key


def _campaign_of(row: Issuance | WaitEntry) -> dict[str, Any]:
    return {"campaignId": row.campaign.reference, "campaignName": row.campaign.name}


def list_properties(voucher_list: VoucherList | None) -> dict[str, Any]:
    """Return what is told of a list and its partner; all empty for the code for everybody."""
    if voucher_list is None:
        names = ("voucherListId", "listTag", "listName", "listDescription", "partner")
        blank: dict[str, Any] = dict.fromkeys((*names, "partnerKind"))
        blank |= {"redemptionUrl": None, "redemptionInstructions": None}
        return blank | moment("listExpiry", None)
    partner = voucher_list.partner
    return {
        "voucherListId": voucher_list.list_id,
        "listTag": voucher_list.list_tag,
        "listName": voucher_list.name,
        "listDescription": voucher_list.description,
        **moment("listExpiry", voucher_list.expires_at),
        "partner": partner.name,
        "partnerKind": partner.kind,
        "redemptionUrl": partner.redemption_url or None,
        "redemptionInstructions": partner.redemption_instructions or None,
    }
