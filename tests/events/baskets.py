"""Facts for tests of pure rules: events at a café, made without a database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from events.facts import ContactFacts, LineFacts, PlaceFacts, ProductFacts, PurchaseFacts

NICOSIA = ZoneInfo("Asia/Nicosia")
BUSINESS, MERCHANT, VENUE_1, VENUE_2 = 1, 2, 3, 4
# The tree Drinks › Hot › Coffee, and Food beside it.
DRINKS, HOT, COFFEE, FOOD = 11, 12, 13, 14
SOFT, ACME = 21, 31
ESPRESSO = ProductFacts(
    id=101, sku="ESP", name="Espresso", category_ids=frozenset({COFFEE, HOT, DRINKS})
)
TEA = ProductFacts(id=102, sku="TEA", name="Tea", category_ids=frozenset({HOT, DRINKS}))
JUICE = ProductFacts(
    id=103, sku="JUI", name="Juice", family_id=SOFT, category_ids=frozenset({DRINKS})
)
CAKE = ProductFacts(id=104, sku="CAKE", name="Cake", brand_id=ACME, category_ids=frozenset({FOOD}))

KIOSK = PlaceFacts(
    business_id=BUSINESS,
    merchant_id=MERCHANT,
    venue_id=VENUE_1,
    country="CY",
    town="Nicosia",
    tags=frozenset({"Harbour"}),
    name="Kiosk Harbour",
)
HILL = PlaceFacts(
    business_id=BUSINESS, merchant_id=9, venue_id=VENUE_2, country="GR", name="Hill Street"
)
DIRECT = PlaceFacts(business_id=BUSINESS, country="CY", name="Coffee Club")
ANN = ContactFacts(id=7, registered_at=datetime(2026, 1, 5, tzinfo=UTC))


def line(product: ProductFacts, total_minor: int, quantity: str = "1") -> LineFacts:
    return LineFacts(
        product=product,
        quantity=Decimal(quantity),
        total_minor=total_minor,
        net_minor=total_minor,
    )


def local(text: str, zone: ZoneInfo = NICOSIA, *, fold: int = 0) -> datetime:
    """Read "2026-05-04 15:10:00" as a wall-clock time of the zone."""
    return datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold)


def purchase(*lines: LineFacts, at: datetime | None = None, **changes: Any) -> PurchaseFacts:
    """Return a purchase of Ann's at the kiosk on Monday 4 May 2026 at 15:10, seen at once."""
    local_at = at or local("2026-05-04 15:10:00")
    total = sum(one.total_minor for one in lines)
    values: dict[str, Any] = {
        "reference": "events.event:1",
        "contact": ANN,
        "place": KIOSK,
        "performed_at": local_at.astimezone(UTC),
        "local_at": local_at,
        "received_at": local_at.astimezone(UTC) + timedelta(seconds=2),
        "currency": "EUR",
        "total_minor": total,
        "net_minor": total,
        "lines": lines,
    }
    return PurchaseFacts(**{**values, **changes})
