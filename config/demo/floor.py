"""Coffee Club, Nicosia: three merchants, six venues, their tills and terms, a catalogue, segments."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from io import BytesIO

from allauth.account.models import EmailAddress

from config.demo import people
from core import mail, tokens
from directory.choices import Role, SettlementMethod
from directory.models import Category, Organisation, User
from directory.segments import Age, BirthdayIn, RecentlyRegistered, Tagged
from directory.selectors import network as places
from directory.selectors.segments import Rule
from directory.services import (
    catalogue_imports,
    members,
    network,
    organisations,
    profiles,
    segments,
    terms,
)
from directory.services.network import PlaceData
from directory.services.segments import SegmentData
from directory.services.terms import TermsData
from events.choices import ClassificationType
from events.segments import BoughtCategory, PurchaseCount
from events.services import classifications

PASSWORD = "largesse-demo"  # noqa: S105 - a demo login, refused when DEBUG is off
TEAM = (
    ("clara", "Clara", "Christou", Role.ADMIN),
    ("theo", "Theo", "Markides", Role.MARKETING),
    ("rita", "Rita", "Pavlou", Role.FINANCE),
)
# Somebody of the merchant Harbour Kiosks: sees its own offers, events and awards, and its team.
OF_MERCHANT = ("hara", "Hara", "Nicolaou")
# Merchant, its contribution in percent, and its venues with town and tags.
NETWORK = (
    ("Old Town Roasters", 100, (("Ledra Street", "Nicosia", "old town"),
                                ("Chrysaliniotissa", "Nicosia", "old town, quiet"))),
    ("Harbour Kiosks", 60, (("Kiosk Harbour", "Limassol", "harbour, take away"),
                            ("Kiosk Marina", "Limassol", "harbour, take away"))),
    ("Campus Cafés", 80, (("Library Bar", "Nicosia", "campus"), ("Gym Corner", "Nicosia", "campus"))),
)  # fmt: skip
# Category path, brand, then products as SKU, name and price.
MENU = (
    ("Drinks > Hot > Coffee", "Coffee Club", ("ESP Espresso 2.50|ESD Double espresso 3.20|AME Americano"
     " 2.80|CAP Cappuccino 3.40|LAT Latte 3.60|FLW Flat white 3.70|MOC Mocha 3.90|CYP Cyprus coffee 2.20"
     "|COR Cortado 3.10|MAC Macchiato 2.90|DEC Decaf 2.90")),
    ("Drinks > Hot > Tea", "Leaf & Co", ("TEB Black tea 2.20|TEG Green tea 2.30|TEM Mountain tea 2.40"
     "|CHA Chai 3.20|MAT Matcha latte 4.10|CAM Camomile 2.20")),
    ("Drinks > Hot", "Coffee Club", "HOT Hot chocolate 3.60|WHI White chocolate 3.80"),
    ("Drinks > Cold", "Coffee Club", ("FRP Frappé 3.20|FRE Freddo espresso 3.50|FRC Freddo cappuccino"
     " 3.80|CBR Cold brew 4.00|ICT Iced tea 3.10|LEM Lemonade 3.40")),
    ("Drinks > Cold > Juice", "Grove", ("ORA Orange juice 3.90|APP Apple juice 3.40|POM Pomegranate"
     " juice 4.50|GIN Ginger shot 2.90")),
    ("Drinks > Cold > Soft drinks", "Fizz", ("COL Cola 2.40|COZ Cola zero 2.40|TON Tonic 2.50|SOD Soda"
     " water 1.90|WAT Still water 1.20|SPA Sparkling water 1.80")),
    ("Food > Sweet", "Bakehouse", ("CAK Carrot cake 4.20|CHE Cheesecake 4.80|BRO Brownie 3.20|COO Cookie"
     " 2.10|MUF Blueberry muffin 2.90|BAK Baklava 3.30|CRO Croissant 2.20|PAI Pain au chocolat 2.60")),
    ("Food > Savoury", "Bakehouse", ("HAL Halloumi toast 4.90|TUN Tuna sandwich 5.20|CLU Club sandwich"
     " 6.40|SPI Spinach pie 3.40|OLI Olive bread 2.80|AVO Avocado toast 6.90|SAL Village salad 7.20")),
    ("Goods > Beans", "Coffee Club", ("B25 House blend 250 g 8.90|B1K House blend 1 kg 29.90|BET"
     " Ethiopia 250 g 11.50|BDE Decaf beans 250 g 9.90")),
    ("Goods > Equipment", "Coffee Club", ("CUP Travel cup 14.90|MUG Club mug 9.90|AER Hand press 34.90"
     "|GRI Hand grinder 59.00|FIL Paper filters 3.90|KET Pour-over kettle 49.00")),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Club:
    """What the rewards' stories need of the business."""

    business: Organisation
    users: dict[str, User]


def build(*, at: datetime) -> Club:
    """Build the business with its places, catalogue, people and segments."""
    begin = at - timedelta(days=200)
    club = _found(begin)
    _open_places(club, begin)
    kiosks = places.merchants_of(business=club.business).get(name="Harbour Kiosks")
    club.users[OF_MERCHANT[0]] = _join(kiosks, OF_MERCHANT, Role.ADMIN, club.users["clara"], begin)
    _fill_catalogue(club.business, begin)
    people.settle(business=club.business, at=begin, until=at)
    for kind, name in (
        (ClassificationType.PURCHASE, "Dine in"),
        (ClassificationType.PURCHASE, "Take away"),
        (ClassificationType.PURCHASE, "Delivery"),
        (ClassificationType.ACHIEVEMENT, "Photo shared"),
    ):
        classifications.create(business=club.business, kind=kind, name=name, at=begin)
    _draw_segments(club.business, begin)
    while mail.send_due(at=at, limit=200):
        pass
    return club


def _found(at: datetime) -> Club:
    users: dict[str, User] = {}
    name, first, last, _ = TEAM[0]
    admin = User.objects.create_user(
        username=name,
        email=address(name),
        password=PASSWORD,
        first_name=first,
        last_name=last,
        date_joined=at,
    )
    EmailAddress.objects.create(user=admin, email=admin.email, verified=True, primary=True)
    business = organisations.register(
        name="Coffee Club",
        website="https://coffee-club.example",
        time_zone="Asia/Nicosia",
        base_currency="EUR",
        admin=admin,
        at=at,
    ).organisation
    profiles.save(organisation=business, data=_profile(), logo=None, version=1, at=at)
    users[name] = admin
    for name, first, last, role in TEAM[1:]:
        users[name] = _join(business, (name, first, last), role, admin, at)
    return Club(business, users)


def _join(
    organisation: Organisation, person: tuple[str, str, str], role: Role, admin: User, at: datetime
) -> User:
    """Invite somebody, and have them accept an hour later."""
    name, first, last = person
    invitation = members.invite(
        organisation=organisation, email=address(name), role=role, actor=admin, at=at
    )
    token = tokens.newest(subject=members.subject_of(invitation), purposes=["invitation"])
    assert token is not None
    return members.join(
        token=token,
        username=name,
        password=PASSWORD,
        first_name=first,
        last_name=last,
        at=at + timedelta(hours=1),
    ).user


def address(name: str) -> str:
    return f"{name}@coffee-club.example"


def _open_places(club: Club, at: datetime) -> None:
    """Open merchants with their terms, venues with two tills each."""
    number = 0
    for name, percent, venues in NETWORK:
        merchant = network.add_merchant(
            business=club.business, data=PlaceData(name=name, country="CY"), at=at
        )
        terms.agree(
            business=club.business,
            organisation=merchant,
            data=TermsData(method=SettlementMethod.ON_AWARD, contribution_percent=Decimal(percent)),
            actor=club.users["rita"],
            at=at,
        )
        for venue, town, tags in venues:
            data = PlaceData(name=venue, country="CY", town=town, tags=tags.split(","))
            place = network.add_venue(parent=merchant, data=data, at=at)
            for label in ("Counter", "Terrace"):
                number += 1
                network.add_tap(place=place, code=f"POS-{number}", label=label, at=at)


def _fill_catalogue(business: Organisation, at: datetime) -> None:
    """Import the menu, as the business would: from a file."""
    lines = ["sku;name;type;brand;categories;prices"]
    for path, brand, entries in MENU:
        for entry in entries.split("|"):
            sku, *words, price = entry.split()
            lines.append(f"{sku};{' '.join(words)};Goods;{brand};{path};{price}")
    stream = BytesIO("\n".join(lines).encode())
    catalogue_imports.work(business=business, stream=stream, write=True, at=at)


def _draw_segments(business: Organisation, at: datetime) -> None:
    coffee = Category.objects.get(business=business, name="Coffee")
    for name, description, rules in (
        ("Newcomers", "To greet them.", [Rule(RecentlyRegistered(days=30))]),
        (
            "Coffee lovers",
            "They come for the coffee.",
            [
                Rule(BoughtCategory(days=60, categories=(coffee.pk,))),
                Rule(PurchaseCount(days=60, min_count=3)),
            ],
        ),
        (
            "Grown-up readers",
            "Those who want to hear from us.",
            [Rule(Tagged(tags=("newsletter",))), Rule(Age(min_years=18))],
        ),
        ("Birthday tomorrow", "For the card.", [Rule(BirthdayIn(days=1))]),
    ):
        data = SegmentData(name=name, description=description, rules=rules)
        segments.create(business=business, data=data, at=at)


def _profile() -> profiles.ProfileData:
    return profiles.ProfileData(
        name="Coffee Club",
        website="https://coffee-club.example",
        email="hello@coffee-club.example",
        phone="+357 22 555 010",
        address="Ledra 88, 1011 Nicosia",
        description="Three roasters, six counters, one card.",
        social_links=[],
        notification_email="hello@coffee-club.example",
        response_window_days=14,
        time_zone="Asia/Nicosia",
        default_currency="EUR",
    )
