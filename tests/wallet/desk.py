"""Acme Solar with wallets that have something of everything, for the tests of the desk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from core import clock
from directory.models import Contact, Organisation, User
from directory.selectors import catalogue
from events.conditions import ConditionSet, ProductCondition, TimeCondition, TimeRow
from tests.factories.directory import make_contact
from tests.factories.floor import Cafe, make_cafe
from tests.wallet import money
from wallet.choices import JournalDirection, Pocket
from wallet.models import CommercePool, Entry, Hold, Journal, Lot, PurchaseUse, Wallet
from wallet.services import holds, journals, pools, wallets
from wallet.services.journals import Line
from wallet.services.pools import PoolRules
from wallet.services.spending import Wish


@dataclass
class Desk:
    """Rita's wallet: 5.00 of a lunch pool, 1.00 of the default one, 25.00, 3.00 open, 7.00 on hold."""

    business: Organisation
    cafe: Cafe
    contact: Contact
    wallet: Wallet
    lunch: CommercePool
    lot: Lot
    hold: Hold
    use: PurchaseUse
    pending: Journal

    @property
    def entry(self) -> Entry:
        return Entry.objects.filter(business=self.business).earliest("pk")


def make_desk(business: Organisation, author: User, *, cafe: Cafe | None = None) -> Desk:
    """Grant, top up, spend, hold and propose a journal, all through the services."""
    at = clock.now()
    cafe = cafe or make_cafe(business)
    pools.ensure_default(business=business, at=at)
    contact = make_contact(business, "Rita Rossi", email="rita.rossi@home.example")
    wallet = wallets.register(contact=contact, at=at)
    lunch = make_lunch(cafe)
    lot = money.award(wallet, 500, lunch.versions.get(), at=at, reference="rewards.award:1")
    money.award(wallet, 2000, at=at, reference="rewards.award:2")
    money.top_up(wallet, 2500, at=at)
    money.top_up(wallet, 300, Pocket.OPEN, at=at)
    paid = money.spend(
        wallet, 1200, total=4000, at=at, reference="events.event:7",
        lines=[money.line(1000, sku="X"), money.line(3000, sku="Y")],
    )  # fmt: skip
    quote = holds.place(
        wallet=wallet,
        facts=money.purchase(wallet, 700, at=at, reference="events.event:8"),
        wish=Wish(700),
        key=money.key("hold"),
        actor=money.TILL,
        at=at,
    )
    pending = journals.write(
        wallet=wallet,
        line=Line(JournalDirection.CREDIT, Pocket.BUSINESS, 15_000, "Sorry for the flood"),
        by=author,
        key=money.key("journal"),
        at=at,
    )
    return Desk(
        business=business,
        cafe=cafe,
        contact=contact,
        wallet=wallet,
        lunch=lunch,
        lot=lot,
        hold=Hold.objects.get(public_id=quote.hold),
        use=PurchaseUse.objects.get(pk=paid.use_id),
        pending=pending,
    )


def make_lunch(cafe: Cafe) -> CommercePool:
    """Make a pool for drinks on workdays between 11:00 and 15:00, good for 30 days."""
    drinks = catalogue.below(business=cafe.business, category_ids=[cafe.drinks.pk])
    return pools.create(
        business=cafe.business,
        name="Lunch drinks",
        rules=PoolRules(
            description="For a drink at lunch.",
            end_rule="RELATIVE",
            end_after=30,
            end_unit="DAY",
        ),
        conditions=ConditionSet(
            time=TimeCondition(
                (TimeRow(weekdays=frozenset(range(5)), start_minute=660, end_minute=900),)
            ),
            products=ProductCondition(category_ids=frozenset(drinks)),
        ),
        actor=None,
        at=clock.now() - timedelta(seconds=1),
    )
