"""Ninety days at Coffee Club's tills, sent through the same intake as a real till's calls.

The dice are fixed. Most purchases are of a few dozen regulars, who pay some of them from their wallets;
some are cancelled or come back in part, one is reported too late, and one earns nothing at all.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

from config.demo.floor import MENU, Club
from directory.models import Contact, Organisation, Tap
from directory.selectors import network
from events.choices import ClassificationType
from events.drafts import LineData, PurchaseData
from events.models import Classification
from rewards.services import achievements, cancelling, purchases, returning
from rewards.services.results import PurchaseResult
from rewards.services.returning import ReturnData
from wallet.choices import Pocket
from wallet.services import expiry, top_ups
from wallet.services.spending import Wish
from wallet.services.wallets import register

DAYS = 90
A_DAY = 3
REGULARS = 48
TAX = Decimal("1.19")
SOON = timedelta(seconds=3)
EXPIRES_EVERY = 10


@dataclass(frozen=True, slots=True)
class Item:
    sku: str
    name: str
    minor: int


class Floor:
    """The tills, the menu and the people, drawn from by fixed dice."""

    def __init__(self, club: Club) -> None:
        business = club.business
        self.business: Organisation = business
        self.dice = random.Random(411)
        self.zone = ZoneInfo(business.time_zone)
        self.taps: Sequence[Tap] = list(
            Tap.objects.filter(business=business).select_related("organisation").order_by("pk")
        )
        self.menu = [item for _, _, entries in MENU for item in _items(entries)]
        self.regulars = list(Contact.objects.filter(business=business).order_by("pk")[:REGULARS])
        labels = Classification.objects.filter(business=business, type=ClassificationType.PURCHASE)
        self.labels: list[Classification | None] = [None, *labels.order_by("pk")]
        self.number = 1000

    def buy(
        self,
        at: datetime,
        contact: Contact | None,
        basket: dict[str, int],
        *,
        tap: Tap | None = None,
        wish: Wish | None = None,
        sent_at: datetime | None = None,
    ) -> PurchaseResult:
        """Send one purchase; the basket says how many of which SKU."""
        self.number += 1
        tap = tap or self.dice.choice(self.taps)
        return purchases.post(
            business=self.business,
            place=tap.organisation,
            tap=tap,
            data=self.data(at, basket),
            contact=contact,
            classification=self.dice.choice(self.labels),
            wish=wish,
            at=sent_at or at + SOON,
        )

    def data(self, at: datetime, basket: dict[str, int]) -> PurchaseData:
        prices = {item.sku: item for item in self.menu}
        lines = tuple(_line(prices[sku], count) for sku, count in basket.items())
        return PurchaseData(
            performed_at=at,
            currency=self.business.base_currency,
            net_minor=sum(line.net_minor for line in lines),
            tax_minor=sum(line.tax_minor for line in lines),
            total_minor=sum(line.total_minor for line in lines),
            lines=lines,
            reference_number=f"R-{self.number}",
        )

    def basket(self) -> dict[str, int]:
        """Draw one to four products, now and then two of one."""
        chosen = self.dice.sample(self.menu, self.dice.choice((1, 1, 2, 2, 3, 4)))
        return {item.sku: self.dice.choice((1, 1, 1, 2)) for item in chosen}

    def moments(self, day: datetime) -> Iterator[datetime]:
        """Yield the day's moments in order, between seven and nine on the wall clock."""
        local = day.astimezone(self.zone).date()
        minutes = sorted(self.dice.randrange(14 * 60) for _ in range(A_DAY))
        for minute in minutes:
            opening = datetime.combine(local, time(7), tzinfo=self.zone)
            yield (opening + timedelta(minutes=minute)).astimezone(UTC)


def build(*, club: Club, at: datetime) -> None:
    """Live through the last ninety days, then a few purchases worth looking at."""
    floor = Floor(club)
    begin = at - timedelta(days=DAYS)
    for day in range(DAYS):
        if day % EXPIRES_EVERY == 0:
            expiry.expire_due(at=begin + timedelta(days=day))
        for moment in floor.moments(begin + timedelta(days=day)):
            if moment < at - timedelta(hours=2):
                _ordinary(floor, moment)
    _remarkable(floor, club, at)


def _ordinary(floor: Floor, moment: datetime) -> None:
    """Sell something to a regular, a visitor or nobody known; every sixth pays from the wallet."""
    dice = floor.dice
    known = dice.random() < 0.9
    contact = dice.choice(floor.regulars) if known else None
    wish = Wish(dice.choice((100, 200, 300)), exact=False) if dice.random() < 0.16 else None
    sold = floor.buy(moment, contact, floor.basket(), wish=wish if contact else None)
    if sold.event is not None and dice.random() < 0.02:
        cancelling.cancel(
            event=sold.event, reason="Rung up twice", at=moment + timedelta(minutes=4)
        )


def _remarkable(floor: Floor, club: Club, at: datetime) -> None:
    """Tell the stories that the guide through the town points at."""
    ana, ben, cleo = floor.regulars[:3]
    yesterday = at - timedelta(days=1)
    campus = _till(floor, "Library Bar")
    roasters = _till(floor, "Ledra Street")
    lunch = floor.buy(yesterday, ana, {"CLU": 1, "ORA": 1}, tap=campus)
    assert lunch.event is not None
    back = floor.buy(yesterday + timedelta(minutes=5), ben, {"B25": 2, "MUG": 1}, tap=roasters)
    assert back.event is not None
    returning.return_goods(
        event=back.event,
        data=ReturnData(
            performed_at=yesterday + timedelta(hours=2),
            reference_number="RET-1",
            lines=(("B25", Decimal(1)),),
        ),
        at=yesterday + timedelta(hours=2, seconds=3),
    )
    # Still water at the roasters: no offer is on it, and the page of the event says so for each.
    floor.buy(yesterday + timedelta(minutes=9), cleo, {"WAT": 1}, tap=roasters)
    floor.buy(at - timedelta(days=36), cleo, {"CAP": 2}, sent_at=at - timedelta(hours=3))
    photo = Classification.objects.get(business=club.business, name="Photo shared")
    for hours in (5, 4):
        moment = at - timedelta(hours=hours)
        achievements.post(
            business=club.business,
            contact=ana,
            classification=photo,
            performed_at=moment,
            place=campus.organisation,
            at=moment + SOON,
        )
    for number, contact in enumerate((ana, ben)):
        top_ups.confirm(
            wallet=register(contact=contact, at=at),
            payment=top_ups.Payment("sandbox", f"demo-{number}", 2000, club.business.base_currency),
            to=Pocket.BUSINESS,
            at=at - timedelta(hours=1),
        )


def _till(floor: Floor, venue: str) -> Tap:
    return network.taps_of(
        organisation=next(tap.organisation for tap in floor.taps if tap.organisation.name == venue)
    )[0]


def _items(entries: str) -> Iterator[Item]:
    for entry in entries.split("|"):
        sku, *words, price = entry.split()
        yield Item(sku, " ".join(words), int(Decimal(price) * 100))


def _line(item: Item, count: int) -> LineData:
    total = item.minor * count
    net = int((Decimal(total) / TAX).quantize(Decimal(1), rounding=ROUND_HALF_UP))
    return LineData(
        sku=item.sku,
        name=item.name,
        quantity=Decimal(count),
        net_minor=net,
        tax_minor=total - net,
        total_minor=total,
    )
