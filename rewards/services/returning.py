"""Goods that come back: each award falls back as its own version of the offer says (rewards.md 11.5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from directory.models import User
from events.models import BusinessEvent, GoodsReturn
from events.selectors.facts import purchase_facts
from events.services import returns as goods
from events.services.intake import EventCancelled
from rewards.choices import AwardStatus, LogCause, RedeemMethod
from rewards.models import Award
from rewards.rules.returns import Remaining, after_return, due_back
from rewards.selectors.definitions import definition_at
from rewards.selectors.payments import own_name, uses_of
from rewards.services import announcing, referrals, taking_back
from rewards.services.awarding import actor_for
from rewards.services.results import ReversalResult
from rewards.services.transactions import whole
from wallet.services import returns as wallet_returns


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnData:
    """What came back: lines as (SKU, quantity), or an amount in minor units of the purchase."""

    performed_at: datetime
    reference_number: str = ""
    lines: tuple[tuple[str, Decimal], ...] = ()
    amount_minor: int = 0


def return_goods(
    *, event: BusinessEvent, data: ReturnData, actor: User | None = None, at: datetime
) -> ReversalResult:
    """Record the return and take back what of each award falls back; the purchase stays posted.

    Raises `ReturnExceedsPurchase`, `EventCancelled`, `ReturnRepeated` and `UnusableReturn`.
    """

    def work() -> ReversalResult:
        locked, contacts, awards = taking_back.lock_all(event)
        if not locked.is_purchase:
            raise goods.UnusableReturn("Only purchases have goods that come back. Name one.")
        if not locked.is_posted:
            raise EventCancelled("The purchase was cancelled. All of it went back then.")
        made, remaining = _record(locked, data, actor, at)
        before = {award.pk: award.reversed_minor for award in awards}
        unrecovered = sum(award.unrecovered_minor for award in awards)
        to_wallet, to_till = _pay_back(locked, made, actor, at)
        due = {award.pk: _due(award, remaining) for award in awards}
        taking_back.take_back(
            due,
            awards,
            contacts,
            key=f"return-{made.pk}",
            reason="Goods of the purchase came back.",
            actor=actor,
            at=at,
        )
        _end(awards, due, remaining, locked, at)
        announcing.taken_back(locked, key=f"return:{made.pk}", at=at)
        fallen = {award.pk: award.reversed_minor - before[award.pk] for award in awards}
        return ReversalResult(
            event=locked,
            currency=locked.purchase.currency,
            reverted_minor=sum(fallen.values()),
            reverted_instant_minor=sum(
                fallen[award.pk] for award in awards if award.redeem_method == RedeemMethod.INSTANT
            ),
            unrecovered_minor=sum(award.unrecovered_minor for award in awards) - unrecovered,
            wallet_minor=to_wallet,
            till_minor=to_till,
            return_id=made.pk,
        )

    return whole(work)


def _record(
    event: BusinessEvent, data: ReturnData, actor: User | None, at: datetime
) -> tuple[GoodsReturn, Remaining]:
    """Store the return and give back what is left of the purchase after it."""
    quantities = goods.quantities_of(event=event, lines=data.lines, amount_minor=data.amount_minor)
    bought = purchase_facts(event=event, at=at)
    so_far = goods.so_far(event=event)
    left = after_return(bought, quantities=so_far.quantities, amount_minor=so_far.amount_minor)
    remaining = after_return(
        bought,
        quantities={
            pk: so_far.quantities.get(pk, Decimal(0)) + quantities.get(pk, Decimal(0))
            for pk in {*so_far.quantities, *quantities}
        },
        amount_minor=so_far.amount_minor + data.amount_minor,
    )
    made = goods.record(
        event=event,
        quantities=quantities,
        amount_minor=left.facts.total_minor - remaining.facts.total_minor,
        reference_number=data.reference_number,
        performed_at=data.performed_at,
        actor=actor,
        at=at,
    )
    return made, remaining


def _pay_back(
    event: BusinessEvent, made: GoodsReturn, actor: User | None, at: datetime
) -> tuple[int, int]:
    """Give the wallet its share of what came back, and say what the till refunds."""
    to_wallet, to_till = 0, made.amount_minor
    for use in uses_of(event):
        # A basket that was paid apart may have been smaller than the purchase that was posted.
        worth = min(made.amount_minor, use.total_minor - use.returned_minor)
        if worth <= 0:
            continue
        apart = "" if use.reference == own_name(event) else "-basket"
        back = wallet_returns.take_back(
            use=use,
            minor=worth,
            key=f"return-{made.pk}{apart}",
            actor=actor_for(actor),
            at=at,
            awards={},
        )
        # What was redeemed and not spent only goes from one pocket to another.
        to_wallet += back.wallet_minor if use.is_spent else 0
        to_till -= worth - back.till_minor
    return to_wallet, to_till


def _due(award: Award, remaining: Remaining) -> int:
    """Return how much of the award falls back now; others than discounts stand until all is returned."""
    if award.status == AwardStatus.CANCELLED:
        return 0
    if award.cause != LogCause.PURCHASE:
        return award.amount_minor - award.reversed_minor if remaining.is_empty else 0
    return due_back(
        definition_at(version=award.offer_version),
        remaining,
        granted_minor=award.amount_minor,
        reversed_minor=award.reversed_minor,
        product_id=award.product_id,
    )


def _end(
    awards: list[Award],
    due: Mapping[int, int],
    remaining: Remaining,
    event: BusinessEvent,
    at: datetime,
) -> None:
    """Cancel the awards of which nothing is left; when everything came back, all of them."""
    if remaining.is_empty:
        taking_back.end(awards, at=at)
        referrals.wait_again(purchase=event, at=at)
        return
    taking_back.end(
        [award for award in awards if due[award.pk] and award.reversed_minor == award.amount_minor],
        at=at,
    )
