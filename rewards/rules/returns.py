"""How much of each award falls back when goods come back (rewards.md 11.5).

Every award is judged by the version of the offer that made it, on what is left of the purchase after all
returns so far: the rule speaks of totals, so two half returns come to the same as a whole one. A return
never raises an award, and resolution is not repeated.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from core.errors import DomainError
from core.money import Money
from events.facts import LineFacts, PurchaseFacts
from rewards.choices import AwardForm, ConditionKind
from rewards.configuration import Offer
from rewards.rules.award_amounts import capped, percentage_of, round_half_up
from rewards.rules.validity import condition_of


class ReturnExceedsPurchase(DomainError):
    """More would come back than was bought and not returned yet."""

    code = "RETURN_EXCEEDS_PURCHASE"
    status = 422


@dataclass(frozen=True, slots=True)
class Remaining:
    """What is left of a purchase after its returns so far: `facts` as if only that were bought."""

    bought: PurchaseFacts
    facts: PurchaseFacts

    @property
    def is_empty(self) -> bool:
        """Whether everything came back, which has the effect of a cancel."""
        return self.facts.total_minor == 0

    def quantity_of(self, product_id: int) -> Decimal:
        """Return how much of a product is left."""
        return _quantity(self.facts.lines, product_id)


def after_return(
    bought: PurchaseFacts, *, quantities: Mapping[int, Decimal] | None = None, amount_minor: int = 0
) -> Remaining:
    """Return what is left when these quantities by product, or this amount, have come back in all.

    Both count everything returned so far, the present return included. An amount without lines is
    taken from every line in proportion. Raises ReturnExceedsPurchase.
    """
    returned = dict(quantities or {})
    for product_id, quantity in returned.items():
        if quantity > _quantity(bought.lines, product_id):
            raise ReturnExceedsPurchase("More would be returned than was bought. Check the lines.")
    lines = _without(bought.lines, returned)
    gone = sum(line.total_minor for line in bought.lines) - sum(line.total_minor for line in lines)
    left = max(0, bought.total_minor - gone) - amount_minor
    if left < 0:
        paid = Money(bought.total_minor, bought.currency).format()
        raise ReturnExceedsPurchase(f"At most {paid} can be returned in all. Check the amount.")
    if lines and not any(line.quantity for line in lines):
        left = 0  # line totals may differ from the total by cents, and nothing is left of them
    if amount_minor:
        lines = _in_proportion(lines, Money(left, bought.currency))
    net = round_half_up(Fraction(bought.net_minor * left, bought.total_minor or 1))
    return Remaining(bought, replace(bought, lines=lines, total_minor=left, net_minor=net))


def _quantity(lines: Iterable[LineFacts], product_id: int) -> Decimal:
    return sum((line.quantity for line in lines if line.product.id == product_id), Decimal(0))


def _without(lines: Iterable[LineFacts], returned: dict[int, Decimal]) -> tuple[LineFacts, ...]:
    """Return the lines less what came back; a product on several lines leaves the first one first.

    What remains of a line is its exact share, rounded once, so that the order of returns is nothing.
    """
    left = []
    for line in lines:
        back = min(line.quantity, returned.get(line.product.id, Decimal(0)))
        if back:
            returned[line.product.id] -= back
        left.append(_shrunk(line, line.quantity - back))
    return tuple(left)


def _shrunk(line: LineFacts, quantity: Decimal) -> LineFacts:
    if quantity == line.quantity:
        return line
    share = Fraction(quantity) / Fraction(line.quantity)
    return replace(
        line,
        quantity=quantity,
        total_minor=round_half_up(line.total_minor * share),
        net_minor=round_half_up(line.net_minor * share),
    )


def _in_proportion(lines: tuple[LineFacts, ...], left: Money) -> tuple[LineFacts, ...]:
    """Lower the totals of the lines to what is left in all, their quantities staying."""
    weights = [line.total_minor for line in lines]
    if not sum(weights):
        return lines
    shares = left.split(weights)
    return tuple(
        replace(line, total_minor=share.minor, net_minor=min(line.net_minor, share.minor))
        for line, share in zip(lines, shares, strict=True)
    )


def due_back(
    offer: Offer,
    remaining: Remaining,
    *,
    granted_minor: int,
    reversed_minor: int = 0,
    product_id: int | None = None,
) -> int:
    """Return how much of one award falls back now, in minor units; never less than nothing.

    `offer` is the version that made the award, `reversed_minor` what fell back before, `product_id` the
    product whose one unit was given free.
    """
    kept = _kept(offer, remaining, granted_minor, product_id)
    return max(0, granted_minor - kept - reversed_minor)


def _kept(offer: Offer, remaining: Remaining, granted_minor: int, product_id: int | None) -> int:
    """Return how much of the award the remaining purchase still bears."""
    if remaining.is_empty:
        return 0
    form = offer.award.form
    if form == AwardForm.PERCENTAGE:
        return min(granted_minor, _recomputed(offer, remaining.facts))
    if form == AwardForm.AMOUNT:
        return granted_minor if _still_holds(offer, remaining.facts) else 0
    return 0 if product_id is not None and _came_back(remaining, product_id) else granted_minor


def _recomputed(offer: Offer, facts: PurchaseFacts) -> int:
    """Return the percentage of the remaining base, under the same cap and the same limit to T."""
    assert offer.award.percentage is not None
    base = offer.conditions.base_minor(facts.lines) if _is_of_lines(offer) else facts.total_minor
    limit = facts.total_minor if offer.is_instant else None
    return capped(percentage_of(base, offer.award.percentage), offer.award, limit=limit)


def _is_of_lines(offer: Offer) -> bool:
    """Tell whether the percentage is taken of the matching lines rather than of the whole."""
    return condition_of(offer, ConditionKind.PRODUCTS) is not None


def _still_holds(offer: Offer, facts: PurchaseFacts) -> bool:
    """Tell whether what is left still meets the conditions on amount and products."""
    asked = (condition_of(offer, kind) for kind in (ConditionKind.AMOUNT, ConditionKind.PRODUCTS))
    return all(condition is None or condition.holds(facts) for condition in asked)


def _came_back(remaining: Remaining, product_id: int) -> bool:
    """Tell whether the unit that was given free came back: no whole one of its product is left.

    Of goods sold by weight, in quantities below one, the unit is the whole line. A product that
    was never in the basket cannot come back.
    """
    bought = _quantity(remaining.bought.lines, product_id)
    left = remaining.quantity_of(product_id)
    return left < min(bought, Decimal(1))
