"""The terms of an offer as a value: what is promised, in which unit, in which words. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from core.money import Money, known_currencies

CURRENCY, PERCENT, NONE = "currency", "percent", "none"
MAX_DESCRIPTION = 255
MAX_AMOUNT = Decimal("999999999999.99")


@dataclass(frozen=True, slots=True)
class Terms:
    """What is promised: money, a percentage (up to 100, two decimals) or words alone.

    `minor` counts minor units of `currency` when the unit is "currency", `percent` is set when it is
    "percent"; both are None when the unit is "none", and then the description must say it all.
    """

    unit: str
    minor: int | None = None
    percent: Decimal | None = None
    currency: str = ""
    description: str = ""

    @classmethod
    def money(cls, amount: Money, description: str = "") -> Terms:
        return cls(CURRENCY, minor=amount.minor, currency=amount.currency, description=description)

    @classmethod
    def percentage(cls, percent: Decimal, description: str = "") -> Terms:
        return cls(PERCENT, percent=percent, description=description)

    @classmethod
    def words(cls, description: str) -> Terms:
        return cls(NONE, description=description)

    @property
    def is_known_money(self) -> bool:
        """Whether the currency of a sum of money is one that exists."""
        return self.unit != CURRENCY or self.currency in known_currencies()

    def is_like(self, other: Terms) -> bool:
        """Tell whether the numbers of both can be compared: the same unit and currency."""
        return (self.unit, self.currency) == (other.unit, other.currency)

    @property
    def number(self) -> Decimal | None:
        """The number that proposals are compared by; None when there is none."""
        if self.unit == CURRENCY and self.minor is not None:
            return Money(self.minor, self.currency).amount
        return self.percent if self.unit == PERCENT else None

    @property
    def amount(self) -> Money | None:
        """The money promised, or None."""
        if self.unit == CURRENCY and self.minor is not None:
            return Money(self.minor, self.currency)
        return None

    @property
    def has_number(self) -> bool:
        return self.number is not None

    @property
    def value_text(self) -> str:
        """The value as people write it: "€50.00", "12.5%" or an empty text."""
        if (amount := self.amount) is not None:
            return amount.format()
        if self.unit == PERCENT and self.percent is not None:
            return f"{self.percent.normalize():f}%"
        return ""

    def describe(self, incentive: str) -> str:
        """Say the terms in one line, e.g. "€50.00 cashback: paid to your bank account"."""
        words = f"{self.value_text} {incentive}".strip() if self.has_number else ""
        return ": ".join(part for part in (words, self.description) if part)

    def problems(self) -> dict[str, str]:
        """Return what keeps the terms from being offered, by field (incentives.md 3.4)."""
        found: dict[str, str] = {}
        if self.unit not in {CURRENCY, PERCENT, NONE}:
            found["value_unit"] = "Choose money, a percentage or no number."
        elif not self.is_known_money:
            found["currency"] = "Choose the currency of the value."
        elif self.number is not None:
            found |= self._number_problem(self.number)
        elif not self.description.strip():
            found["value"] = "Enter a value, a description, or both."
            found["value_description"] = "Enter a description, a value, or both."
        elif self.unit != NONE:
            found["value"] = "Enter the value, or choose “No number”."
        if len(self.description.strip()) > MAX_DESCRIPTION:
            found["value_description"] = f"Use at most {MAX_DESCRIPTION} characters."
        return found

    def _number_problem(self, number: Decimal) -> dict[str, str]:
        if number <= 0:
            return {"value": "Enter a value above 0."}
        if self.unit == CURRENCY and number > MAX_AMOUNT:
            return {"value": "That is too large."}
        if self.unit == PERCENT and number > 100:
            return {"value": "A percentage can be at most 100."}
        if self.unit == PERCENT and number != round(number, 2):
            return {"value": "A percentage can have at most two decimals."}
        return {}
