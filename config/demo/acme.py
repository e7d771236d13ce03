"""Acme Solar, Athens: its people, products and programs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress

from config.demo import acknowledgements, groups, link_templates, people, requests, stories
from core import mail, tokens
from directory.choices import Role
from directory.models import Membership, Organisation, User
from directory.services import members, organisations, products, profiles
from incentives.models import Program
from incentives.services import programs, sweeps

PASSWORD = "largesse-demo"  # noqa: S105 - a demo login, refused when DEBUG is off
TEAM = (
    ("ada", Role.ADMIN),
    ("oscar", Role.OFFERS),
    ("mara", Role.MARKETING),
    ("finn", Role.FINANCE),
    ("ana", Role.ANALYST),
)
NAMES = {
    "ada": ("Ada", "Georgiou"),
    "oscar": ("Oscar", "Lindholm"),
    "mara": ("Mara", "Stavrou"),
    "finn": ("Finn", "Brennan"),
    "ana": ("Ana", "Petrou"),
}
PRODUCTS = {
    "survey": ("Home energy survey", "service", "Consulting", "one_time"),
    "roof": ("Rooftop solar 6 kW", "product", "Solar energy", "one_time"),
    "battery": ("Home battery 10 kWh", "product", "Storage", "one_time"),
    "pump": ("Heat pump installation", "service", "Heating", "one_time"),
    "care": ("Panel care plan", "service", "Maintenance", "subscription"),
    "wallbox": ("Wallbox 11 kW", "product", "E-mobility", "one_time"),
}
ABOUT = {
    "survey": "An engineer walks through your home, measures and hands you a plan on paper.",
    "roof": "Fifteen panels with inverter, mounted and connected within two days.",
    "battery": "Keeps the noon's sun for the evening. Ten years of guarantee.",
    "pump": "Replaces oil and gas heating, with papers for the state's grant.",
    "care": "Cleaning twice a year, remote watch and a call-out within 48 hours.",
    "wallbox": "Charges from your own roof first. Load management included.",
}


@dataclass(frozen=True, slots=True)
class Town:
    """What the stories need: the business, its people and its programs by short names."""

    business: Organisation
    users: dict[str, User]
    programs: dict[str, Program]


def build(*, at: datetime) -> Town:
    """Build the business, then tell its stories, then let time catch up."""
    begin = at - timedelta(days=400)
    town = _found(begin)
    people.settle(business=town.business, at=begin, until=at)
    stories.tell(town, at=at)
    groups.tell(town, at=at)
    link_templates.tell(town, at=at)
    acknowledgements.tell(town, at=at)
    requests.tell(town, at=at)
    sweeps.expire_due(at=at)
    sweeps.close_silent(at=at)
    sweeps.remind(at=at)
    while mail.send_due(at=at, limit=200):
        pass
    programs.deactivate(program=town.programs["wallbox"], at=at - timedelta(days=20))
    return town


def _found(at: datetime) -> Town:
    users = {"ada": _user("ada", at)}
    membership = organisations.register(
        name="Acme Solar",
        website="https://acme-solar.example",
        time_zone="Europe/Athens",
        base_currency="EUR",
        admin=users["ada"],
        at=at,
    )
    business = membership.organisation
    profiles.save(organisation=business, data=_profile(), logo=None, version=1, at=at)
    for name, role in TEAM[1:]:
        users[name] = _invite(business, name, role, users["ada"], at).user
    opened = {
        key: programs.create(
            business=business,
            product_service=products.create(
                business=business,
                data=products.ProductData(
                    name=name,
                    kind=kind,
                    category=category,
                    description=ABOUT[key],
                    purchase_model=model,
                    url=f"https://acme-solar.example/{key}",
                ),
                actor=users["ada"],
                at=at,
            ),
            allowed_incentive_types=[],
            at=at,
        )
        for key, (name, kind, category, model) in PRODUCTS.items()
    }
    return Town(business, users, opened)


def _user(name: str, at: datetime) -> User:
    first, last = NAMES[name]
    user = User.objects.create_user(
        username=name,
        email=f"{name}@acme-solar.example",
        password=PASSWORD,
        first_name=first,
        last_name=last,
        date_joined=at,
    )
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def _invite(business: Organisation, name: str, role: Role, admin: User, at: datetime) -> Membership:
    """Invite the colleague by mail, and let them join by the link in it."""
    first, last = NAMES[name]
    invitation = members.invite(
        organisation=business, email=f"{name}@acme-solar.example", role=role, actor=admin, at=at
    )
    token = tokens.newest(subject=members.subject_of(invitation), purposes=["invitation"])
    assert token is not None
    return members.join(
        token=token,
        username=name,
        password=PASSWORD,
        first_name=first,
        last_name=last,
        at=at + timedelta(hours=3),
    )


def _profile() -> profiles.ProfileData:
    return profiles.ProfileData(
        name="Acme Solar",
        website="https://acme-solar.example",
        email="offers@acme-solar.example",
        phone="+30 21 0555 0100",
        address="Leoforos Syngrou 120, 117 41 Athens",
        description="Solar roofs, batteries and heat pumps for homes in Attica since 2009.",
        social_links=["https://social.example/@acmesolar"],
        notification_email="offers@acme-solar.example",
        response_window_days=14,
        time_zone="Europe/Athens",
        default_currency="EUR",
    )
