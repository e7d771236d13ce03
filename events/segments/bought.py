"""What the contact has bought lately."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from directory.segments.base import AsOf, Criterion, Field, Labels, Person
from events.segments import window


@dataclass(frozen=True, slots=True, kw_only=True)
class BoughtProduct(Criterion):
    """At least one of the products."""

    days: int
    products: tuple[int, ...]

    KIND: ClassVar[str] = "bought_product"
    LABEL: ClassVar[str] = "Bought a product"
    FIELDS: ClassVar[tuple[Field, ...]] = (
        Field("products", "Products", "references", source="product"),
        window.DAYS,
    )

    def check(self) -> None:
        window.check_days(self.days)

    def holds(self, person: Person, now: AsOf) -> bool:
        return any(
            not one.product_ids.isdisjoint(self.products)
            for one in window.purchases_in(person, self.days, now)
        )

    def words(self, labels: Labels) -> str:
        return f"have bought {labels.either('product', self.products)} {window.words(self.days)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class BoughtCategory(Criterion):
    """Something of at least one of the categories, or of what stands below them."""

    days: int
    categories: tuple[int, ...]

    KIND: ClassVar[str] = "bought_category"
    LABEL: ClassVar[str] = "Bought from a category"
    FIELDS: ClassVar[tuple[Field, ...]] = (
        Field("categories", "Categories", "references", source="category"),
        window.DAYS,
    )

    def check(self) -> None:
        window.check_days(self.days)

    def holds(self, person: Person, now: AsOf) -> bool:
        return any(
            not one.category_ids.isdisjoint(self.categories)
            for one in window.purchases_in(person, self.days, now)
        )

    def words(self, labels: Labels) -> str:
        things = labels.either("category", self.categories)
        return f"have bought something of {things} {window.words(self.days)}"
