"""How much one award comes to (rewards.md 3.2): one rounding, half-up, at the very end."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction

from events.facts import LineFacts, PurchaseFacts
from rewards.choices import AwardForm, TraceReason
from rewards.configuration import AwardTerms, Offer, ProductGroup

# Per hundred and two decimals: 12.5 % of 1999 minor units is 1999 × 1250 / 10 000.
HUNDREDTHS = 10_000


def round_half_up(value: Fraction | int) -> int:
    """Return the nearest whole minor unit of a value that is not negative; a half goes up."""
    if isinstance(value, int):
        return value
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)


def percentage_of(base_minor: int, percentage: Decimal) -> Fraction:
    """Return the exact share; the percentage has at most two decimals."""
    return Fraction(base_minor * int(percentage * 100), HUNDREDTHS)


def purchase_amount(
    offer: Offer, facts: PurchaseFacts, base_minor: int
) -> tuple[int, int | None] | TraceReason:
    """Return what the offer awards for the purchase and the product given free, or why nothing.

    `base_minor` is what a percentage is taken of: T, or M for a products discount. The order is cap,
    limit of an instant award to T, one rounding; an award that rounds to nothing is not granted
    (`ZERO_AMOUNT`, rewards.md 0.4).
    """
    award = offer.award
    product_id: int | None = None
    value: Fraction | int
    if award.form == AwardForm.PERCENTAGE and award.percentage is not None:
        value = percentage_of(base_minor, award.percentage)
    elif award.form == AwardForm.AMOUNT:
        value = award.amount_minor or 0
    else:
        found = _one_unit(offer, facts)
        if isinstance(found, TraceReason):
            return found
        value, product_id = found
    amount = capped(value, award, limit=facts.total_minor if offer.is_instant else None)
    return (amount, product_id) if amount else TraceReason.ZERO_AMOUNT


def capped(value: Fraction | int, award: AwardTerms, *, limit: int | None = None) -> int:
    """Return the value under the offer's cap and the limit, rounded once."""
    if award.max_minor is not None and value > award.max_minor:
        value = award.max_minor
    if limit is not None and value > limit:
        value = limit
    return round_half_up(value)


def _one_unit(offer: Offer, facts: PurchaseFacts) -> tuple[Fraction | int, int] | TraceReason:
    """Return price and product of the one unit that is given free."""
    if offer.award.form == AwardForm.FREE_PRODUCT:
        return _free_product(offer, facts)
    assert offer.award.group is not None
    line = cheapest_in_group(facts.lines, offer.award.group)
    if line is None:
        return TraceReason.PRODUCT_NOT_IN_BASKET
    return line.unit_price_minor, line.product.id


def _free_product(offer: Offer, facts: PurchaseFacts) -> tuple[Fraction | int, int] | TraceReason:
    """Return its unit price in the basket, else its catalogue price when the award is cashback."""
    award = offer.award
    assert award.product_id is not None
    line = _cheapest(line for line in facts.lines if line.product.id == award.product_id)
    if line is not None:
        return line.unit_price_minor, award.product_id
    if offer.is_instant:
        return TraceReason.PRODUCT_NOT_IN_BASKET
    if award.price_minor is None:
        return TraceReason.NO_PRICE
    return award.price_minor, award.product_id


def cheapest_in_group(lines: Iterable[LineFacts], group: ProductGroup) -> LineFacts | None:
    """Return the line of the lowest unit price among those of the group; the first of equals."""
    return _cheapest(line for line in lines if group.holds(line.product))


def _cheapest(lines: Iterable[LineFacts]) -> LineFacts | None:
    return min(
        (line for line in lines if line.quantity > 0),
        key=lambda line: line.unit_price_minor,
        default=None,
    )
