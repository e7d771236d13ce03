"""Changing the status of an offer: `transition` is the only way (incentives.md 4.4).

It locks the row, then checks version, table row, needs and guards, then carries out the effects; mails
and tasks leave when the transaction commits.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction as db

from core import outbox, workflow
from core.errors import Conflict, Gone, Invalid
from core.transitions import Transition
from incentives import guards
from incentives.choices import GroupRole, Side
from incentives.guards import Payload
from incentives.models import Message, Offer, OfferStatusChange
from incentives.selectors import situation_of
from incentives.services import effects, notices
from incentives.services.actors import Actor
from incentives.services.attachments import check as check_files
from incentives.services.subjects import lock
from incentives.workflow.offers import OFFER

__all__ = ["GuardFailed", "NotAvailable", "OfferExpired", "Payload", "lock", "transition"]


class NotAvailable(Conflict):
    """The table holds no such change now."""

    code = "status_not_available"


class GuardFailed(Invalid):
    """A guard or a missing part of the payload refuses; `fields` says where."""

    code = "status_guard"


class OfferExpired(Gone):
    """The answer came after the offer's end."""

    code = "offer_expired"


def transition(
    *,
    offer: Offer,
    to: str,
    actor: Actor,
    at: datetime,
    payload: Payload | None = None,
    version: int | None = None,
) -> Offer:
    """Change the offer's status to `to` on behalf of the actor and return the fresh offer.

    Raises `NotAvailable` (409) when the table has no such row now, `GuardFailed` (422) with the
    sentence at its field, `StaleVersion` (409) when the offer changed since `version`, and
    `OfferExpired` (410) for an answer after the end, which also sets the offer to Expired.
    """
    try:
        with db.atomic():
            return _perform(lock(offer, version=version), to, actor, at, payload or Payload())
    except OfferExpired:
        expire_now(offer=offer, at=at)
        raise


def send(*, offer: Offer, actor: Actor, at: datetime, from_nothing: bool) -> Offer:
    """Bring a complete, stored draft to Offered: P03, or P02 where it was never a draft to anybody."""
    with db.atomic():
        locked = lock(offer)
        row = OFFER["P03"]
        if wrong := guards.refusal_of(row, situation_of(locked, at=at), Payload()):
            raise GuardFailed(next(iter(wrong.values())), fields=wrong)
        change = write(locked, row, actor, Payload(), at, from_nothing=from_nothing)
        effects.follow(locked, row, change, Payload(), at)
        return locked


def expire_now(*, offer: Offer, at: datetime) -> bool:
    """Set one overdue offer to Expired and tell the provider; False when it no longer is due."""
    with db.atomic():
        locked = lock(offer)
        row = OFFER["S01"]
        if locked.status != row.source or guards.refusal_of(
            row, situation_of(locked, at=at), Payload()
        ):
            return False
        write(locked, row, effects.SYSTEM, Payload(), at)
        notices.expired(locked.business, [locked], at=at)
    return True


def _perform(offer: Offer, to: str, actor: Actor, at: datetime, payload: Payload) -> Offer:
    row = OFFER.find(status=offer.status, target=to, actor=actor.kind, set_by=offer.status_set_by)
    if row is None:
        raise NotAvailable("That status is not available now. Reload to see what is.")
    if payload.attachments:
        payload = replace(payload, attachments=tuple(check_files(payload.attachments)))
    lead = actor.member is None or actor.member.role == GroupRole.LEAD
    now = situation_of(offer, at=at, actor_is_lead=lead)
    if actor.kind == Side.RECIPIENT and not offer.is_link:
        # Whoever answers with the e-mailed token has shown that the address is theirs.
        now = replace(now, is_verified=True)
    if wrong := guards.refusal_of(row, now, payload):
        if "expired" in wrong:
            raise OfferExpired(wrong["expired"])
        raise GuardFailed(next(iter(wrong.values())), fields=wrong)
    change = write(offer, row, actor, payload, at)
    effects.follow(offer, row, change, payload, at)
    return offer


def write(
    offer: Offer,
    row: Transition,
    actor: Actor,
    payload: Payload,
    at: datetime,
    *,
    from_nothing: bool = False,
) -> OfferStatusChange:
    """Write the new status with its columns, its message and its line of history."""
    left = "" if from_nothing else offer.status
    code = "P02" if from_nothing else row.code
    values = effects.columns(offer, row, actor, payload, at)
    changes: list[OfferStatusChange] = []

    def history(changed: Any, _left: str) -> None:
        message = effects.message_of_change(changed, row, actor, payload, left, at)
        changes.append(_history(changed, code, actor, message, left, at))

    workflow.perform(offer, row, at=at, history=history, values=values)
    outbox.record(
        topic="incentives.offer_status_changed",
        key=f"{offer.pk}:{changes[0].pk}",
        payload={"offer": offer.pk, "from": left, "to": offer.status},
        at=at,
    )
    return changes[0]


def _history(
    offer: Offer,
    code: str,
    actor: Actor,
    message: Message | None,
    left: str,
    at: datetime,
) -> OfferStatusChange:
    return OfferStatusChange.objects.create(
        offer=offer,
        transition=code,
        from_status=left,
        to_status=offer.status,
        actor_kind=actor.kind,
        actor_user=actor.user,
        actor_name=actor.name,
        message=message,
        terms_id=offer.terms_id,
        at=at,
    )
