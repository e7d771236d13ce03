"""Cancelling an event: everything it led to is taken back (rewards.md 11.4)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Sum

from directory.models import User
from events.choices import EventType
from events.models import BusinessEvent, GoodsReturn
from events.services import intake
from rewards.choices import LogCause, RedeemMethod
from rewards.models import Award
from rewards.selectors.payments import own_name, uses_of
from rewards.services import announcing, referrals, taking_back
from rewards.services.awarding import REWARDS, actor_for
from rewards.services.logbook import WITH_ALL
from rewards.services.people import lock_contacts
from rewards.services.results import ReversalResult
from rewards.services.transactions import whole
from wallet.selectors.lot_uses import answers_to
from wallet.services import returns

if TYPE_CHECKING:
    from wallet.models import PurchaseUse


def cancel(
    *,
    event: BusinessEvent,
    by: str = "till",
    reason: str = "",
    actor: User | None = None,
    at: datetime,
) -> ReversalResult:
    """Void the event (purchase, referral or achievement) and take back every award of it.

    What the wallet paid goes back where it came from, passes and slots are free again, and a referral
    that this first purchase completed waits for the next one. `by` is "till" or "staff". A second
    cancel answers the same, `replayed`.
    """

    def work() -> ReversalResult:
        locked, contacts, awards = taking_back.lock_all(event)
        if not locked.is_posted:
            return _answer(locked, _with_those_about(locked, awards), replayed=True)
        intake.cancel(event=locked, by=by, reason=reason, at=at)
        if referrals.call_off(event=locked, at=at):
            awards = _with_those_about(locked, awards)
            contacts |= lock_contacts({award.contact_id for award in awards} - contacts.keys())
        _pay_back(locked, actor, at)
        left = {award.pk: award.amount_minor - award.reversed_minor for award in awards}
        taking_back.take_back(
            left,
            awards,
            contacts,
            key=_key(locked),
            reason=reason or "The event was cancelled.",
            actor=actor,
            at=at,
        )
        taking_back.end(awards, at=at)
        referrals.wait_again(purchase=locked, at=at)
        announcing.taken_back(locked, key=f"cancel:{locked.pk}", at=at)
        return _answer(locked, awards)

    return whole(work)


def _key(event: BusinessEvent) -> str:
    return f"cancel-{event.pk}"


def _key_for(event: BusinessEvent, use: PurchaseUse) -> str:
    """Name the cancel of one payment: a basket that the till paid apart has a key of its own."""
    return _key(event) if use.reference == own_name(event) else f"{_key(event)}-basket"


def _with_those_about(event: BusinessEvent, awards: list[Award]) -> list[Award]:
    """Add what the first purchase of the contact whom the event referred had brought."""
    if event.type != EventType.REFERRAL:
        return awards
    rows = Award.objects.filter(cause=LogCause.REFERRAL, about=event.contact_id)
    found = {award.pk: award for award in awards}
    found |= {
        row.pk: row
        for row in rows.select_related(*WITH_ALL, "offer_version")
        if row.pk not in found
    }
    return [found[pk] for pk in sorted(found)]


def _pay_back(event: BusinessEvent, actor: User | None, at: datetime) -> None:
    """Undo what the wallet did for the purchase; its awards are taken back afterwards."""
    for use in uses_of(event):
        key = _key_for(event, use)
        returns.cancel(use=use, key=key, actor=actor_for(actor), at=at, awards={})


def _answer(
    event: BusinessEvent, awards: Sequence[Award], *, replayed: bool = False
) -> ReversalResult:
    """Say what this cancel took back, as the wallet's records have it, so that it is always the same.

    What goods returned before had brought back is not counted again, neither in awards nor in what the
    till refunds.
    """
    money = event.purchase.currency if event.is_purchase else event.business.base_currency
    own = {award.reference for award in awards}
    instant = {one.reference for one in awards if one.redeem_method == RedeemMethod.INSTANT}
    taken = _taken_back(event, awards)
    paid_back = _paid_back(event)
    return ReversalResult(
        event=event,
        currency=money,
        reverted_minor=sum(minor for name, (minor, _) in taken.items() if name in own),
        reverted_instant_minor=sum(minor for name, (minor, _) in taken.items() if name in instant),
        unrecovered_minor=sum(short for name, (_, short) in taken.items() if name in own),
        wallet_minor=paid_back,
        till_minor=_left_of(event) - paid_back,
        replayed=replayed,
    )


def _taken_back(event: BusinessEvent, awards: Sequence[Award]) -> dict[str, tuple[int, int]]:
    """Return by award what the cancel took back of it, and what of that was spent already."""
    answers = answers_to(
        business=event.business,
        caller=REWARDS,
        operation="awards_back",
        keys={f"{_key(event)}-{award.contact_id}" for award in awards},
    )
    return {
        name: (minor, short)
        for answer in answers.values()
        for name, (minor, short) in answer["by"].items()
    }


def _paid_back(event: BusinessEvent) -> int:
    """Return what the cancel brought back of what the purchase had been paid with.

    What was redeemed and not spent only went from one pocket to another.
    """
    uses = uses_of(event)
    answers = answers_to(
        business=event.business,
        caller=REWARDS,
        operation="purchase_cancel",
        keys={_key_for(event, use) for use in uses},
    )
    spent = [use for use in uses if use.is_spent]
    return sum(answers.get(_key_for(event, use), {}).get("wallet_minor", 0) for use in spent)


def _left_of(event: BusinessEvent) -> int:
    """Return what the purchase is worth without the goods that had come back before."""
    if not event.is_purchase:
        return 0
    returned = GoodsReturn.objects.filter(purchase=event.pk).aggregate(
        minor=Sum("amount_minor", default=0)
    )
    return int(event.purchase.total_minor - returned["minor"])
