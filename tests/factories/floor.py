"""What purchases stand on: a café's places, tills, catalogue, contacts and purchases, by services."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from directory.models import Category, Contact, Organisation, Product, Segment, Tap
from directory.people import YearDay
from directory.segments import Criterion
from directory.selectors.segments import Rule
from directory.services import catalogue, contacts, network, segments
from directory.services.catalogue import ProductData
from directory.services.contacts import ContactData
from directory.services.network import PlaceData
from directory.services.segments import SegmentData
from events.drafts import LineData, PurchaseData
from events.models import BusinessEvent
from events.services import intake
from tests.factories.directory import MORNING, make_business

# Monday 4 May 2026, 15:10 in Nicosia.
AFTERNOON = datetime(2026, 5, 4, 12, 10, tzinfo=UTC)
_numbers = count(1)


@dataclass
class Cafe:
    """Coffee Club in Cyprus: merchant M with venue V1 and till POS-7, and V2 of its own in Greece."""

    business: Organisation
    merchant: Organisation
    v1: Organisation
    v2: Organisation
    till: Tap
    drinks: Category
    hot: Category
    coffee: Category
    espresso: Product
    juice: Product
    cake: Product


def make_cafe(business: Organisation | None = None) -> Cafe:
    """Make the café that the rewards' scenarios speak of."""
    club = business or make_business("Coffee Club", zone="Asia/Nicosia")
    merchant = network.add_merchant(
        business=club, data=PlaceData(name="M", country="CY", town="Nicosia"), at=MORNING
    )
    v1 = network.add_venue(parent=merchant, data=PlaceData(name="V1", tags=["harbour"]), at=MORNING)
    v2 = network.add_venue(
        parent=club,
        data=PlaceData(name="V2", country="GR", town="Athens", time_zone="Europe/Athens"),
        at=MORNING,
    )
    drinks = make_category(club, "Drinks")
    hot = make_category(club, "Hot", parent=drinks)
    coffee = make_category(club, "Coffee", parent=hot)
    return Cafe(
        business=club,
        merchant=merchant,
        v1=v1,
        v2=v2,
        till=network.add_tap(place=v1, code="POS-7", at=MORNING),
        drinks=drinks,
        hot=hot,
        coffee=coffee,
        espresso=make_product(club, "ESP", "Espresso", categories=[coffee], price=250),
        juice=make_product(club, "JUI", "Juice", categories=[drinks], family="Soft", price=300),
        cake=make_product(club, "CAKE", "Cake", brand="Acme", price=420),
    )


def make_category(business: Organisation, name: str, *, parent: Category | None = None) -> Category:
    return catalogue.add_category(business=business, name=name, parent=parent, at=MORNING)


def make_product(
    business: Organisation,
    sku: str,
    name: str = "",
    *,
    categories: list[Category] | None = None,
    price: int = 0,
    **changes: Any,
) -> Product:
    data = ProductData(
        sku=sku,
        name=name or sku,
        category_ids=[one.pk for one in categories or []],
        prices={"EUR": price} if price else {},
        **changes,
    )
    return catalogue.create(business=business, data=data, at=MORNING)


def make_person(
    business: Organisation, *, born: tuple[int, int, int] | None = None, **changes: Any
) -> Contact:
    """Make a contact; `born` is year, month, day."""
    at = changes.pop("at", MORNING)
    data = ContactData(
        first_name=changes.pop("first_name", f"Ann {next(_numbers)}"),
        born=YearDay(born[1], born[2], born[0]) if born else None,
        **changes,
    )
    return contacts.create(business=business, data=data, at=at)


def line(sku: str, total_minor: int, quantity: str = "1", **changes: Any) -> LineData:
    return LineData(
        sku=sku,
        quantity=Decimal(quantity),
        net_minor=total_minor,
        tax_minor=0,
        total_minor=total_minor,
        **changes,
    )


def basket(*lines: LineData, at: datetime = AFTERNOON, **changes: Any) -> PurchaseData:
    """Return a purchase whose amounts are the sums of its lines."""
    total = sum(one.total_minor for one in lines)
    values: dict[str, Any] = {
        "performed_at": at,
        "currency": "EUR",
        "net_minor": total,
        "tax_minor": 0,
        "total_minor": total,
        "lines": lines,
    }
    return PurchaseData(**{**values, **changes})


def buy(
    place: Organisation,
    contact: Contact | None,
    *lines: LineData,
    at: datetime = AFTERNOON,
    received: datetime | None = None,
    **changes: Any,
) -> BusinessEvent:
    """Record a purchase at the place; the business hears of it seconds later unless told."""
    return intake.record_purchase(
        business=place.business or place,
        place=place,
        data=basket(*(lines or (line("ESP", 250),)), at=at),
        contact=contact,
        at=received or at + timedelta(seconds=5),
        **changes,
    )


def make_segment(
    business: Organisation, *criteria: Criterion, match: str = "all", excludes: bool = False
) -> Segment:
    data = SegmentData(
        name=f"Segment {next(_numbers)}",
        match=match,
        rules=[Rule(one, excludes) for one in criteria],
    )
    return segments.create(business=business, data=data, at=MORNING)
