"""Why an award is of that amount: the steps from its base to what stands today, in plain words.

Pure. The same definition and the same rules that made the award say how (rewards.md 3.2, 6.2, 11.5).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from core.money import Money, digits
from events.conditions.product import quantity_words
from events.facts import EventFacts, PurchaseFacts
from rewards.choices import AwardForm, Beneficiary, TraceReason
from rewards.configuration import Offer, ReferralTerms
from rewards.offer_types.purchases import Discount
from rewards.rules.award_amounts import percentage_of, round_half_up


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the way to the amount; `result` is where it leads, None where it changes nothing."""

    label: str
    text: str
    result: Money | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """An award as it was made, and what is left of it.

    `candidate_minor` is its amount before resolution where that was kept, `product` the name of the
    product whose one unit was given, `beaten` why resolution dropped other matching offers.
    """

    amount: Money
    candidate_minor: int | None = None
    product: str = ""
    is_referred: bool = False
    reversed_minor: int = 0
    unrecovered_minor: int = 0
    beaten: tuple[TraceReason, ...] = ()

    @property
    def standing(self) -> Money:
        return self.amount - self.money(self.reversed_minor)

    def money(self, minor: int) -> Money:
        return Money(minor, self.amount.currency)


def steps(offer: Offer, facts: EventFacts | None, given: Given) -> tuple[Step, ...]:
    """Return the way from the base to what stands today; `facts` are None for what no event caused."""
    return (
        *_value(offer, facts, given),
        *_bounds(offer, facts, given),
        *_resolution(offer, given),
        *_after(given),
    )


def _value(offer: Offer, facts: EventFacts | None, given: Given) -> Iterator[Step]:
    form = offer.award.form
    if form == AwardForm.PERCENTAGE and isinstance(facts, PurchaseFacts):
        yield from _percentage(offer, facts, given)
    elif form == AwardForm.AMOUNT:
        minor = _fixed(offer, given)
        text = "The offer gives a fixed amount, whatever the purchase comes to."
        if given.is_referred:
            text = "The offer gives the referred contact a fixed amount of their own."
        yield Step("Fixed amount", text, given.money(minor))
    else:
        product = given.product or "the product"
        kind = "of the group" if form == AwardForm.CHEAPEST_IN_GROUP else "that is given free"
        text = f"One unit of {product}, the product {kind}, at its price."
        yield Step("Price of one unit", text, given.money(_found(given)))


def _percentage(offer: Offer, facts: PurchaseFacts, given: Given) -> Iterator[Step]:
    assert offer.award.percentage is not None
    base = _base(offer, facts)
    is_whole = base == facts.total_minor
    text = (
        "The total of the purchase. Discounts of other offers do not lower it."
        if is_whole
        else f"The lines that match the offer, out of a total of"
        f" {given.money(facts.total_minor).format()}."
    )
    yield Step("Base", text, given.money(base))
    exact = percentage_of(base, offer.award.percentage)
    rounded = given.money(round_half_up(exact))
    words = f"{quantity_words(offer.award.percentage)}% of {given.money(base).format()}"
    if exact != rounded.minor:
        words += f" is {_decimals(exact, given)}, rounded half up to"
    yield Step("Percentage", f"{words}." if exact == rounded.minor else f"{words}:", rounded)


def _base(offer: Offer, facts: PurchaseFacts) -> int:
    kind = offer.type
    return kind.base_minor(offer, facts) if isinstance(kind, Discount) else facts.total_minor


def _decimals(exact: Fraction, given: Given) -> str:
    """Write an exact share in major units, without the zeros at its end."""
    minor = Decimal(exact.numerator) / Decimal(exact.denominator)
    return f"{minor.scaleb(-digits(given.amount.currency)).normalize():f}"


def _fixed(offer: Offer, given: Given) -> int:
    terms = offer.terms
    if (
        given.is_referred
        and isinstance(terms, ReferralTerms)
        and terms.beneficiary == Beneficiary.BOTH
        and terms.referred_minor is not None
    ):
        return terms.referred_minor
    return offer.award.amount_minor or _found(given)


def _found(given: Given) -> int:
    return given.amount.minor if given.candidate_minor is None else given.candidate_minor


def _bounds(offer: Offer, facts: EventFacts | None, given: Given) -> Iterator[Step]:
    """Tell the cap of one award, and the limit of an instant discount to the purchase."""
    cap, found = offer.award.max_minor, _found(given)
    if cap is not None:
        reached = "That was reached." if found >= cap else "That was not reached."
        text = f"One award of the offer is never more than {given.money(cap).format()}. {reached}"
        yield Step("Cap", text, given.money(min(found, cap)) if found >= cap else None)
    if offer.is_instant and isinstance(facts, PurchaseFacts):
        total = given.money(facts.total_minor).format()
        yield Step("Instant discount", f"It is never more than the purchase of {total}.")


def _resolution(offer: Offer, given: Given) -> Iterator[Step]:
    """Tell what resolution made of the candidate (rewards.md 6.2)."""
    if not offer.type.resolves:
        text = "Offers of this type do not compete with others."
        yield Step("Resolution", text, given.amount)
        return
    if _found(given) != given.amount.minor:
        text = (
            f"Better discounts left only {given.amount.format()} of the purchase to be discounted."
        )
        yield Step("Resolution", text, given.amount)
        return
    text = "It was kept, and no other offer was dropped for it."
    if given.beaten:
        count = len(given.beaten)
        dropped = f"{count} other matching offer{' was' if count == 1 else 's were'}"
        rules = " ".join(dict.fromkeys(reason.explanation for reason in given.beaten))
        text = f"It was kept; {dropped} dropped. {rules}"
    yield Step("Resolution", text, given.amount)


def _after(given: Given) -> Iterator[Step]:
    if not given.reversed_minor:
        return
    back = given.money(given.reversed_minor).format()
    text = f"{back} fell back by a cancel or by goods that came back."
    if given.unrecovered_minor:
        lost = given.money(given.unrecovered_minor).format()
        text += f" {lost} of it had been spent already; the redemption settings say who bears it."
    yield Step("Taken back", text, given.standing)
