"""A purchase as a till sends it: read, held against the rules of the intake, not yet stored. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from core.errors import Invalid
from core.money import NotMoney, digits

CLOCKS_DIFFER_BY = timedelta(minutes=5)
MOST_LINES = 500
MOST_QUANTITY = Decimal(10) ** 8
# Lines of one product are joined, and the column holds no more.
MOST_IN_ALL = 9 * MOST_QUANTITY
MOST_MINOR = 10**15


class AmountsMismatch(Invalid):
    """The amounts of a purchase do not add up (rewards.md 11.3)."""

    code = "AMOUNTS_MISMATCH"


class FutureEvent(Invalid):
    """The event claims to happen more than five minutes from now."""

    code = "FUTURE_EVENT"


class UnusableLines(Invalid):
    """A line has no positive quantity, a negative amount or no SKU, or there are too many or none."""

    code = "VALIDATION"


class CurrencyUnknown(Invalid):
    """The currency is none that we know."""

    code = "CURRENCY_NOT_ENABLED"


@dataclass(frozen=True, slots=True, kw_only=True)
class LineData:
    """A line as it was sent; name and family serve a product that is new to the catalogue."""

    sku: str
    quantity: Decimal
    net_minor: int
    tax_minor: int
    total_minor: int
    name: str = ""
    family: str = ""

    @property
    def unit_price(self) -> Fraction:
        return Fraction(self.total_minor) / Fraction(self.quantity)


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseData:
    """A purchase as it was sent; money in minor units of `currency`."""

    performed_at: datetime
    currency: str
    net_minor: int
    tax_minor: int
    total_minor: int
    discount_minor: int = 0
    lines: tuple[LineData, ...] = ()
    reference_number: str = ""
    pass_code: str = ""
    payment_medium: str = ""
    notes: str = ""
    payload: Mapping[str, Any] = field(default_factory=dict)


def check_purchase(data: PurchaseData, *, at: datetime, lines_required: bool = True) -> None:
    """Hold a purchase against the rules of rewards.md 11.3.

    Raises `FutureEvent`, `CurrencyUnknown`, `UnusableLines` and `AmountsMismatch`. Without lines only
    what the business itself corrects in its back office is accepted.
    """
    check_moment(data.performed_at, at=at)
    try:
        digits(data.currency)
    except NotMoney as error:
        raise CurrencyUnknown(str(error), fields={"currency": str(error)}) from error
    if lines_required and not data.lines:
        sentence = "Send the lines of the basket."
        raise UnusableLines(sentence, fields={"lines": sentence})
    if len(data.lines) > MOST_LINES:
        sentence = f"A basket has at most {MOST_LINES} lines. Join those of one product."
        raise UnusableLines(sentence, fields={"lines": sentence})
    for number, line in enumerate(data.lines):
        if problem := _line_problem(line):
            raise UnusableLines(problem, fields={f"lines.{number}": problem})
    if sum(line.quantity for line in data.lines) > MOST_IN_ALL:
        sentence = "These are too many pieces in all. Check the quantities."
        raise UnusableLines(sentence, fields={"lines": sentence})
    _check_sums(data)


def check_moment(performed_at: datetime, *, at: datetime) -> None:
    """Raise `FutureEvent` for a moment more than five minutes ahead: clocks differ, but not so far."""
    if performed_at > at + CLOCKS_DIFFER_BY:
        sentence = "This lies in the future. Check the clock of the till."
        raise FutureEvent(sentence, fields={"performed_at": sentence})


def merged(lines: Iterable[LineData]) -> tuple[LineData, ...]:
    """Join lines of the same SKU and unit price, in the order of their first (rewards.md 2.9)."""
    found: dict[tuple[str, Fraction], LineData] = {}
    for line in lines:
        key = (line.sku, line.unit_price)
        there = found.get(key)
        found[key] = line if there is None else _sum(there, line)
    return tuple(found.values())


def _sum(one: LineData, other: LineData) -> LineData:
    return replace(
        one,
        quantity=one.quantity + other.quantity,
        net_minor=one.net_minor + other.net_minor,
        tax_minor=one.tax_minor + other.tax_minor,
        total_minor=one.total_minor + other.total_minor,
    )


def _line_problem(line: LineData) -> str:
    if not line.sku.strip() or len(line.sku) > 64:
        return "A line needs a SKU of at most 64 characters."
    if not 0 < line.quantity <= MOST_QUANTITY or line.quantity != round(line.quantity, 3):
        return "A quantity is more than 0 and has at most three decimals. Send returns as returns."
    if min(line.net_minor, line.tax_minor, line.total_minor) < 0:
        return "An amount is negative. Send returns as returns."
    return ""


def _check_sums(data: PurchaseData) -> None:
    """Total is net + tax exactly; the lines sum to it, give or take one minor unit for each."""
    amounts = (data.net_minor, data.tax_minor, data.discount_minor, data.total_minor)
    if min(amounts) < 0 or max(amounts) > MOST_MINOR:
        sentence = "An amount is negative or too large. Send returns as returns."
        raise AmountsMismatch(sentence, fields={"amounts": sentence})
    if data.total_minor != data.net_minor + data.tax_minor:
        sentence = "The total must be net plus tax. Send all three as the receipt has them."
        raise AmountsMismatch(sentence, fields={"amounts.total": sentence})
    sum_of_lines = sum(line.total_minor for line in data.lines)
    if data.lines and abs(sum_of_lines - data.total_minor) > len(data.lines):
        sentence = (
            "The totals of the lines do not sum to the total of the purchase. Send every line,"
            " discounts taken off."
        )
        raise AmountsMismatch(sentence, fields={"lines": sentence})
