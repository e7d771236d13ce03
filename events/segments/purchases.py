"""How often and for how much the contact has bought lately."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from core.money import Money
from directory.segments.base import AsOf, Criterion, Field, Labels, Person, Unusable, bounds_check
from events.segments import window


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseCount(Criterion):
    """min ≤ number of standing purchases ≤ max; who bought nothing has bought zero times."""

    days: int
    min_count: int | None = None
    max_count: int | None = None

    KIND: ClassVar[str] = "purchase_count"
    LABEL: ClassVar[str] = "Number of purchases"
    FIELDS: ClassVar[tuple[Field, ...]] = (
        window.DAYS,
        Field("min_count", "At least (purchases)", "number", required=False),
        Field("max_count", "At most (purchases)", "number", required=False),
    )

    def check(self) -> None:
        window.check_days(self.days)
        bounds_check(self.min_count, self.max_count, field_name="min_count")

    def holds(self, person: Person, now: AsOf) -> bool:
        count = sum(1 for _ in window.purchases_in(person, self.days, now))
        return (self.min_count is None or self.min_count <= count) and (
            self.max_count is None or count <= self.max_count
        )

    def words(self, labels: Labels) -> str:
        low, high = self.min_count, self.max_count
        if low is not None and high is not None:
            many = f"{low} to {high} times" if low != high else f"exactly {low} times"
        elif low is not None:
            many = f"{low} times or more"
        else:
            many = f"at most {high} times"
        return f"have bought {many} {window.words(self.days)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseSum(Criterion):
    """least ≤ sum of the totals ≤ most, counting purchases of that currency alone."""

    days: int
    least: tuple[int, str] | None = None
    most: tuple[int, str] | None = None

    KIND: ClassVar[str] = "purchase_sum"
    LABEL: ClassVar[str] = "Sum of purchases"
    FIELDS: ClassVar[tuple[Field, ...]] = (
        window.DAYS,
        Field("least", "At least (amount)", "money", required=False),
        Field("most", "At most (amount)", "money", required=False),
    )

    @property
    def currency(self) -> str:
        bound = self.least or self.most
        assert bound is not None
        return bound[1]

    def check(self) -> None:
        window.check_days(self.days)
        low, high = self.least, self.most
        bounds_check(low and low[0], high and high[0], field_name="least")
        if low and high and low[1] != high[1]:
            raise Unusable("most", "Both amounts are in one currency.")

    def holds(self, person: Person, now: AsOf) -> bool:
        total = sum(
            one.total_minor
            for one in window.purchases_in(person, self.days, now)
            if one.currency == self.currency
        )
        return (self.least is None or self.least[0] <= total) and (
            self.most is None or total <= self.most[0]
        )

    def words(self, labels: Labels) -> str:
        low = self.least and Money(*self.least).format()
        high = self.most and Money(*self.most).format()
        if low and high:
            much = f"between {low} and {high}"
        else:
            much = f"{low} or more" if low else f"at most {high}"
        return f"have spent {much} {window.words(self.days)}"
