"""How much a contact and the business give (rewards.md 9.3)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from core.money import Money, digits


@dataclass(frozen=True, slots=True)
class Gift:
    """What one donation comes to; a contribution of nothing is simply absent."""

    contact: Money
    business: Money | None

    @property
    def total(self) -> Money:
        """What the charity gets."""
        return self.contact + self.business if self.business else self.contact


def spare_change(paid: Money) -> Money:
    """Return what is missing to the next whole unit of the currency; nothing when it is whole.

    `paid` is the whole purchase after its instant discounts. A currency without decimals has no
    spare change.
    """
    return paid.round_up(10 ** digits(paid.currency)) - paid


def gift(base: Money, *, multiplier: int = 1, contribution: Decimal = Decimal(0)) -> Gift | None:
    """Return the donation of `base` times the multiplier, or None when that is nothing.

    `base` is the fixed amount, the amount that the contact chose, or the spare change. The
    contribution of the business is a percentage of what the contact gives, rounded half-up once.
    """
    given = Money(base.minor * multiplier, base.currency)
    if not given:
        return None
    added = given.percent(contribution)
    return Gift(given, added or None)
