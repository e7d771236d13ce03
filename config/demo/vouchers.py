"""Partners and voucher lists of the demo town: every status, codes from files and the generator.

The bakery's list is short, so that the campaigns bring it over its threshold.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.files.base import ContentFile

from config.demo.floor import Club
from core.codes import ALPHABET
from vouchers.choices import PartnerKind
from vouchers.generating import READABLE, Recipe
from vouchers.models import Partner, VoucherList
from vouchers.services import drawing, imports, list_statuses, list_upkeep, lists, partners, uploads
from vouchers.services.lists import ListData
from vouchers.services.partners import PartnerData

CINEMA = PartnerData(
    name="Blue Wave Cinemas",
    redemption_url="https://bluewave.example/redeem",
    redemption_instructions="Enter the code when you book, or show it at the box office.",
    contact_email="partners@bluewave.example",
    is_told_of_low_stock=True,
)
BAKERY = PartnerData(
    name="Olive & Thyme",
    redemption_instructions="Show the code at the counter before you pay.",
    contact_email="hello@oliveandthyme.example",
)
BOOKS = PartnerData(name="Harbour Books", redemption_url="https://harbourbooks.example/voucher")
OWN = PartnerData(name="Coffee Club", kind=PartnerKind.INTERNAL)
CONTACT = ("partners@bluewave.example", "Iris Vell")


@dataclass(frozen=True, slots=True)
class Pool:
    """One list: whose, its words, age and days to expiry, and how many codes of which prefix."""

    partner: str
    tag: str
    name: str
    description: str
    age: int
    left: int
    codes: int
    prefix: str


POOLS = (
    Pool("Blue Wave Cinemas", "two-for-one", "Two for one at the cinema",
         "One free ticket with every full-price ticket. Not on Saturdays.", 40, 120, 400, "BW"),
    Pool("Olive & Thyme", "welcome", "A pastry on the house",
         "One pastry of your choice with any drink.", 30, 60, 14, "OLIVE"),
    Pool("Harbour Books", "summer-reading", "5.00 off a book",
         "For one book of 15.00 or more.", 25, 45, 150, "HB5"),
    Pool("Blue Wave Cinemas", "winter-matinee", "Winter matinée",
         "Any film before 17:00 in winter.", 120, -6, 80, "BWM"),
    Pool("Harbour Books", "opening", "Opening week",
         "10 % off in the first week.", 200, -150, 60, "HBO"),
)  # fmt: skip
PATTERN = "CLUB-####-####"


def build(*, club: Club, at: datetime) -> None:
    """Build partners and lists over the past months; then let the clock and the desk do their part."""
    theo, began = club.users["theo"], at - timedelta(days=210)
    known = {
        data.name: partners.create(business=club.business, data=data, actor=theo, at=began)
        for data in (CINEMA, BAKERY, BOOKS, OWN)
    }
    partners.add_contact(partner=known[CINEMA.name], email=CONTACT[0], name=CONTACT[1], at=began)
    made = {pool.tag: _pool(known[pool.partner], pool, club, at) for pool in POOLS}
    _generated(known[OWN.name], club, at - timedelta(days=20))
    list_statuses.expire_due(at=at - timedelta(days=5))
    list_statuses.pause(voucher_list=made["summer-reading"], actor=theo, at=at - timedelta(days=4))
    gone = list_statuses.archive(
        voucher_list=made["opening"], typed_tag="opening", actor=theo, at=at - timedelta(days=3)
    )
    list_upkeep.release_codes(voucher_list=gone, at=at - timedelta(days=3))


def _pool(partner: Partner, pool: Pool, club: Club, at: datetime) -> VoucherList:
    """Make a list and import its codes from a file, as Theo did then."""
    theo, then = club.users["theo"], at - timedelta(days=pool.age)
    made = lists.create(
        partner=partner,
        data=ListData(
            list_tag=pool.tag,
            name=pool.name,
            description=pool.description,
            expires_at=at + timedelta(days=pool.left),
        ),
        actor=theo,
        at=then,
    )
    text = "Voucher code\n" + "\n".join(_codes(pool)) + "\n"
    uploads.receive(
        voucher_list=made,
        file=ContentFile(text.encode(), name=f"{pool.tag}.csv"),
        actor=theo,
        at=then,
    )
    imports.advance(clock=lambda: then)
    return made


def _codes(pool: Pool) -> list[str]:
    """Return the pool's codes, the same in every town."""
    draw = random.Random(pool.tag)
    found: dict[str, None] = {}
    while len(found) < pool.codes:
        found[f"{pool.prefix}-{''.join(draw.choices(ALPHABET, k=8))}"] = None
    return list(found)


def _generated(partner: Partner, club: Club, at: datetime) -> None:
    """Make a list of the club's own engine and let the generator fill it."""
    theo = club.users["theo"]
    made = lists.create(
        partner=partner,
        data=ListData(
            list_tag="free-coffee",
            name="A coffee of your choice",
            description="Any coffee up to 4.00, at every venue of the club.",
            expires_at=at + timedelta(days=200),
        ),
        actor=theo,
        at=at,
    )
    drawing.generate(voucher_list=made, recipe=Recipe(PATTERN, READABLE, 250), actor=theo, at=at)
    imports.advance(clock=lambda: at)
