"""Entries of the wait list: joined in the order of qualifying, ended with a reason (vouchers.md 5.6)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from core import jobs
from core.statements import insert_once
from directory.models import User
from vouchers import happenings
from vouchers.choices import Source, WaitState
from vouchers.models import Campaign, Issuance, WaitEntry
from vouchers.recipients import Recipient
from vouchers.services.issue_requests import KeyReused

# What is told of a wish; place and key belong to the entry.
OF_A_WISH = ("source", "trigger_ref", "reason", "created_by", "created_at", "updated_at")


def join(
    *,
    campaign: Campaign,
    recipient: Recipient,
    idempotency_key: str,
    source: str,
    trigger_ref: str,
    reason: str = "",
    actor: User | None = None,
    at: datetime,
) -> WaitEntry:
    """Put the recipient at the end of the list, with who of the desk wished for the code and why.

    Who waits already keeps the place; a wish by hand then stands instead of what brought them, since
    whoever gives by hand decides instead of the conditions. Raises `KeyReused` where somebody else
    waits under the key: only one of them could be given a code for it.
    """
    entry = WaitEntry(
        campaign=campaign,
        recipient_key=recipient.key,
        contact=recipient.contact,
        email=recipient.email,
        qualified_at=at,
        idempotency_key=idempotency_key,
        source=source,
        trigger_ref=trigger_ref,
        reason=reason[:300],
        created_by=actor,
        created_at=at,
        updated_at=at,
    )
    before = waiting_of(campaign).filter(recipient_key=recipient.key)
    found = before.first()
    if found is None:
        insert_once([entry])
        found = before.first()
        if found is None:
            raise KeyReused
        if found.qualified_at == at and found.idempotency_key == idempotency_key:
            happenings.waitlisted(found, at)
        jobs.enqueue("vouchers.serve_waiting", campaign_id=campaign.pk)
    elif source == Source.MANUAL and found.source != Source.MANUAL:
        _wished_for(found, entry)
    return found


def _wished_for(found: WaitEntry, wish: WaitEntry) -> None:
    """Let the wish by hand stand at the place of somebody who waits already, if they still do."""
    values: dict[str, Any] = {name: getattr(wish, name) for name in OF_A_WISH}
    WaitEntry.objects.filter(pk=found.pk, state=WaitState.WAITING).update(**values)
    for name, value in values.items():
        setattr(found, name, value)


def waiting_of(campaign: Campaign) -> QuerySet[WaitEntry]:
    """Return who waits, first qualified first."""
    rows = WaitEntry.objects.filter(campaign=campaign, state=WaitState.WAITING)
    return rows.select_related("campaign").order_by("qualified_at", "pk")


def end(
    entry: WaitEntry,
    state: WaitState,
    *,
    issuance: Issuance | None = None,
    reason: str = "",
    at: datetime,
) -> bool:
    """End one entry that waits; tell whether it still did."""
    values: dict[str, Any] = {
        "state": state,
        "issuance": issuance,
        "ended_reason": reason[:300],
        "ended_at": at,
        "updated_at": at,
    }
    changed = WaitEntry.objects.filter(pk=entry.pk, state=WaitState.WAITING).update(**values)
    for name, value in values.items():
        setattr(entry, name, value)
    return bool(changed)


def end_all(*, campaign: Campaign, at: datetime) -> int:
    """End every entry of a campaign that is over, and return how many there were."""
    return WaitEntry.objects.filter(campaign=campaign, state=WaitState.WAITING).update(
        state=WaitState.EXPIRED, ended_reason="campaign ended", ended_at=at, updated_at=at
    )
