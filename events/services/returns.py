"""Recording goods that came back. What they take along with them is the caller's to decide."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from core.errors import Conflict, Invalid
from directory.models import User
from events.drafts import check_moment
from events.models import BusinessEvent, GoodsReturn, PurchaseLine, ReturnedLine

Quantities = Mapping[int, Decimal]


class ReturnRepeated(Conflict):
    """The purchase has a return of this number already; `existing` is that one."""

    code = "DUPLICATE_REFERENCE"

    def __init__(self, existing: GoodsReturn) -> None:
        super().__init__(
            f"Return {existing.public_id} carries the number already. Give this one a new number."
        )
        self.existing = existing


class UnusableReturn(Invalid):
    """A return names lines of the purchase or an amount, one of both."""

    code = "VALIDATION"


@dataclass(frozen=True, slots=True)
class SoFar:
    """Everything that came back of a purchase: by product, and the amounts named without lines."""

    quantities: Quantities = field(default_factory=dict)
    amount_minor: int = 0


def so_far(*, event: BusinessEvent) -> SoFar:
    """Return what came back of the purchase until now; two queries."""
    quantities: dict[int, Decimal] = {}
    rows = ReturnedLine.objects.filter(goods_return__purchase=event.pk)
    for product_id, quantity in rows.values_list("product_id", "quantity"):
        quantities[product_id] = quantities.get(product_id, Decimal(0)) + quantity
    named = GoodsReturn.objects.filter(purchase=event.pk, is_by_amount=True)
    return SoFar(quantities, sum(named.values_list("amount_minor", flat=True)))


def quantities_of(
    *, event: BusinessEvent, lines: tuple[tuple[str, Decimal], ...], amount_minor: int
) -> dict[int, Decimal]:
    """Return the quantities that come back by product, empty where an amount is named.

    Raises `UnusableReturn` for both or neither, for a SKU that was not bought, and for a quantity that
    is not positive.
    """
    if bool(lines) == (amount_minor > 0) or amount_minor < 0:
        raise UnusableReturn("Send the lines that come back, or an amount, but not both.")
    bought = dict(
        PurchaseLine.objects.filter(purchase=event.pk).values_list("product__sku", "product_id")
    )
    found: dict[int, Decimal] = {}
    for number, (sku, quantity) in enumerate(lines):
        problem = ""
        if sku not in bought:
            problem = "This SKU was not bought. Check the receipt."
        elif quantity <= 0 or quantity != round(quantity, 3):
            problem = "A quantity is more than 0 and has at most three decimals."
        if problem:
            raise UnusableReturn(problem, fields={f"lines.{number}": problem})
        found[bought[sku]] = found.get(bought[sku], Decimal(0)) + quantity
    return found


def record(
    *,
    event: BusinessEvent,
    quantities: Quantities,
    amount_minor: int,
    reference_number: str = "",
    performed_at: datetime,
    actor: User | None = None,
    at: datetime,
) -> GoodsReturn:
    """Store a return worth `amount_minor`; without quantities the caller named that amount itself.

    The event must be locked and the sum of its returns looked at by the caller. Raises `FutureEvent`
    and `ReturnRepeated`.
    """
    check_moment(performed_at, at=at)
    if reference_number:
        existing = GoodsReturn.objects.filter(
            purchase=event.pk, reference_number=reference_number
        ).first()
        if existing is not None:
            raise ReturnRepeated(existing)
    with transaction.atomic():
        made = GoodsReturn.objects.create(
            business=event.business,
            purchase=event.purchase,
            reference_number=reference_number,
            amount_minor=amount_minor,
            is_by_amount=not quantities,
            performed_at=performed_at,
            received_at=at,
            created_by=actor,
        )
        ReturnedLine.objects.bulk_create(
            ReturnedLine(goods_return=made, product_id=product_id, quantity=quantity)
            for product_id, quantity in quantities.items()
        )
    return made
