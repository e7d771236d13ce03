"""Money as whole minor units of one currency. No floats, no mixing, three operations that make
new amounts: a percentage (rounded half-up once), a split (largest remainder) and rounding up to a
unit (spare change). Digits per currency come from CLDR (Babel)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal, Inexact, InvalidOperation
from functools import cache, lru_cache

from babel.numbers import format_currency, get_currency_precision, list_currencies

# Arithmetic that refuses to round: 18 digits are what a column of whole minor units can hold.
EXACT = Context(prec=18, traps=[Inexact, InvalidOperation])


class CurrencyMismatch(TypeError):
    """Two currencies met in one sum."""


class NotMoney(ValueError):
    """The text or number is no amount of that currency."""


@cache
def known_currencies() -> frozenset[str]:
    return frozenset(list_currencies())


@cache
def digits(currency: str) -> int:
    """Return how many decimals the currency has (EUR 2, JPY 0, KWD 3)."""
    if currency not in known_currencies():
        raise NotMoney(f"{currency!r} is not an ISO 4217 currency code.")
    return get_currency_precision(currency)


@dataclass(frozen=True, slots=True)
class Money:
    """An amount: `minor` whole minor units (cents) of `currency` (ISO 4217, upper case)."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        if type(self.minor) is not int:
            raise NotMoney("Money is counted in whole minor units, never in floats.")
        digits(self.currency)

    @classmethod
    def zero(cls, currency: str) -> Money:
        return cls(0, currency)

    @classmethod
    def of(cls, amount: Decimal, currency: str) -> Money:
        """Return the exact amount; more decimals than the currency has are refused.

        So is an amount of more than 18 digits, which no column could hold.
        """
        if not amount.is_finite():
            raise NotMoney("Write the amount like 12.34.")
        try:
            return cls(int(EXACT.quantize(EXACT.scaleb(amount, digits(currency)), 1)), currency)
        except Inexact as error:
            raise NotMoney(f"{currency} has {digits(currency)} decimals.") from error
        except InvalidOperation as error:
            raise NotMoney("That amount is too large.") from error

    @classmethod
    def parse(cls, text: str, currency: str) -> Money:
        """Read a plain decimal such as "12.34" or "-0.5"; no grouping, no exponent."""
        stripped = text.strip()
        if not stripped.lstrip("+-").replace(".", "", 1).isdecimal() or not stripped.isascii():
            raise NotMoney("Write the amount like 12.34.")
        try:
            return cls.of(Decimal(stripped), currency)
        except InvalidOperation as error:
            raise NotMoney("Write the amount like 12.34.") from error

    @property
    def amount(self) -> Decimal:
        """The amount in major units, with exactly the currency's decimals."""
        return Decimal(self.minor).scaleb(-digits(self.currency))

    def percent(self, percentage: Decimal) -> Money:
        """Return that percentage of the amount, rounded half-up to the minor unit, once."""
        share = Decimal(self.minor) * percentage / 100
        return Money(int(share.quantize(Decimal(1), rounding=ROUND_HALF_UP)), self.currency)

    def split(self, weights: Sequence[int]) -> list[Money]:
        """Divide by weights so that the parts sum to the whole (largest remainder, first wins)."""
        total = sum(weights)
        if total <= 0 or min(weights) < 0:
            raise NotMoney("Weights must be non-negative and not all zero.")
        shares = [divmod(self.minor * weight, total) for weight in weights]
        missing = self.minor - sum(whole for whole, _ in shares)
        by_remainder = sorted(range(len(shares)), key=lambda i: (-shares[i][1], i))
        lucky = set(by_remainder[:missing])
        return [Money(whole + (i in lucky), self.currency) for i, (whole, _) in enumerate(shares)]

    def round_up(self, unit_minor: int) -> Money:
        """Return the next multiple of the unit at or above the amount (spare change)."""
        if unit_minor <= 0:
            raise NotMoney("The unit must be positive.")
        return Money(-(-self.minor // unit_minor) * unit_minor, self.currency)

    def format(self, locale: str = "en_GB") -> str:
        """Return the amount as people write it, e.g. "€12.34"."""
        return _written(self, locale)

    def _same(self, other: Money) -> int:
        if not isinstance(other, Money) or other.currency != self.currency:
            raise CurrencyMismatch(f"{self!r} and {other!r} do not mix.")
        return other.minor

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor - self._same(other), self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.minor < self._same(other)

    def __le__(self, other: Money) -> bool:
        return self.minor <= self._same(other)

    def __gt__(self, other: Money) -> bool:
        return self.minor > self._same(other)

    def __ge__(self, other: Money) -> bool:
        return self.minor >= self._same(other)

    def __bool__(self) -> bool:
        return self.minor != 0

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"


@lru_cache(maxsize=4096)
def _written(money: Money, locale: str) -> str:
    """Return the words of an amount; working them out takes longer than what they are part of."""
    return str(format_currency(money.amount, money.currency, locale=locale))
