"""What a cancel or a return would take back, before anybody does it (rewards.md 11.4, 11.5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q

from core.money import Money
from events.models import BusinessEvent
from events.selectors.facts import purchase_facts
from events.services.returns import so_far
from rewards.choices import AwardStatus, LogCause
from rewards.models import Award, PassUse, UsedAchievement
from rewards.rules.returns import Remaining, after_return, due_back
from rewards.selectors.definitions import definition_at
from rewards.selectors.payments import uses_of
from wallet.selectors.lot_uses import moved_back_of


@dataclass(frozen=True, slots=True)
class FallsBack:
    """How much of an award would fall back."""

    award: Award
    minor: int

    @property
    def amount(self) -> Money:
        return Money(self.minor, self.award.currency)


@dataclass(frozen=True, slots=True)
class Undone:
    """What a cancel would undo: awards, what the wallet paid, and passes that are free again."""

    awards: tuple[FallsBack, ...]
    paid: Money | None
    pass_count: int


@dataclass(frozen=True, slots=True)
class Returned:
    """What a return would be worth, and what of the awards would fall back with it."""

    worth: Money
    awards: tuple[FallsBack, ...]


def undone_by_cancel(*, event: BusinessEvent) -> Undone:
    """Return what cancelling the event now would take back; a fixed number of queries."""
    awards = _standing(event)
    paid = [use for use in uses_of(event) if use.is_spent]
    left = sum(use.paid_minor - moved_back_of(use_id=use.pk) for use in paid)
    passes = PassUse.objects.filter(award__in=awards, returned_at__isnull=True)
    return Undone(
        awards=tuple(FallsBack(row, row.standing.minor) for row in awards if row.standing.minor),
        paid=Money(left, paid[0].currency) if left > 0 else None,
        pass_count=passes.count(),
    )


def returned_with(*, event: BusinessEvent, quantities: Mapping[int, Decimal]) -> Returned:
    """Return what taking these quantities back now would be worth, and what would fall back.

    `event` comes with its purchase. Raises `ReturnExceedsPurchase`.
    """
    bought = purchase_facts(event=event, at=event.received_at)
    before = so_far(event=event)
    left = after_return(bought, quantities=before.quantities, amount_minor=before.amount_minor)
    keys = {*before.quantities, *quantities}
    in_all = {
        pk: before.quantities.get(pk, Decimal(0)) + quantities.get(pk, Decimal(0)) for pk in keys
    }
    remaining = after_return(bought, quantities=in_all, amount_minor=before.amount_minor)
    worth = left.facts.total_minor - remaining.facts.total_minor
    rows = [FallsBack(row, _due(row, remaining)) for row in _standing(event)]
    return Returned(Money(worth, event.purchase.currency), tuple(row for row in rows if row.minor))


def _standing(event: BusinessEvent) -> list[Award]:
    """Return the awards that rest on the event and were not cancelled."""
    used = UsedAchievement.objects.filter(event=event).values("award_id")
    rows = Award.objects.filter(Q(event=event) | Q(pk__in=used))
    rows = rows.exclude(status=AwardStatus.CANCELLED)
    return list(rows.select_related("offer", "offer_version", "contact").order_by("pk"))


def _due(award: Award, remaining: Remaining) -> int:
    if award.cause != LogCause.PURCHASE:
        return award.standing.minor if remaining.is_empty else 0
    return due_back(
        definition_at(version=award.offer_version),
        remaining,
        granted_minor=award.amount_minor,
        reversed_minor=award.reversed_minor,
        product_id=award.product_id,
    )
