"""A basket as a till sends it (rewards.md 11.3)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from pydantic import Field

from core.api.schemas import Amount, Code, Currency, Moment, Notes, Quantity, Sent, Words, minor_of
from core.money import NotMoney, digits
from events.drafts import MOST_LINES, CurrencyUnknown, LineData, PurchaseData


class TapRef(Sent):
    """The till, by the code under which it identifies itself."""

    code: Code = Field(examples=["POS-7"])


class ClassificationRef(Sent):
    code: Code = Field(examples=["DINE_IN"])


class AmountsIn(Sent):
    """What was bought in all; `total` is `net` + `tax` exactly, `discount` is information."""

    net: Amount
    tax: Amount
    discount: Amount = "0"
    total: Amount


class LineIn(Sent):
    """One line; name and family describe a product that is new to the catalogue."""

    sku: Code = Field(examples=["ESP"])
    name: Words = ""
    family: Words = ""
    quantity: Quantity
    net: Amount
    tax: Amount
    total: Amount


class BasketIn(Sent):
    """What was bought, where and when."""

    reference_number: Code = Field(
        description="The till's number of it, unique for its place", examples=["R-1001"]
    )
    tap: TapRef | None = Field(default=None, description="Default: the key's own organisation")
    performed_at: Moment | None = Field(default=None, description="Default: now")
    currency: Currency
    amounts: AmountsIn
    classification: ClassificationRef | None = None
    lines: list[LineIn] = Field(min_length=1, max_length=MOST_LINES)
    pass_code: Code | None = None
    payment_medium_identifier: Code | None = None
    notes: Notes | None = None


def purchase_data(body: BasketIn, *, sent: Any, at: datetime) -> PurchaseData:
    """Return the basket with its money in minor units; `sent` is kept beside it as it came.

    Raises `CurrencyUnknown`, and `Invalid` at the path of an amount with too many decimals.
    """
    currency = body.currency
    try:
        digits(currency)
    except NotMoney as error:
        raise CurrencyUnknown(str(error), fields={"currency": str(error)}) from error
    amounts = body.amounts
    return PurchaseData(
        performed_at=body.performed_at or at,
        currency=currency,
        net_minor=minor_of(amounts.net, currency, "amounts.net"),
        tax_minor=minor_of(amounts.tax, currency, "amounts.tax"),
        discount_minor=minor_of(amounts.discount, currency, "amounts.discount"),
        total_minor=minor_of(amounts.total, currency, "amounts.total"),
        lines=tuple(_line(line, currency, number) for number, line in enumerate(body.lines)),
        reference_number=body.reference_number,
        pass_code=body.pass_code or "",
        payment_medium=body.payment_medium_identifier or "",
        notes=body.notes or "",
        payload=sent if isinstance(sent, dict) else {},
    )


def _line(line: LineIn, currency: str, number: int) -> LineData:
    path = f"lines.{number}"
    return LineData(
        sku=line.sku,
        name=line.name,
        family=line.family,
        quantity=Decimal(line.quantity),
        net_minor=minor_of(line.net, currency, f"{path}.net"),
        tax_minor=minor_of(line.tax, currency, f"{path}.tax"),
        total_minor=minor_of(line.total, currency, f"{path}.total"),
    )
