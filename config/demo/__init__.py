"""The demo town: a provider with a year's worth of real-looking business, and a café for rewards.

Built only through the services, step by step at moments relative to now, so that it is an end-to-end
test of its own. Names, amounts and stories are fixed; references and link secrets are random, as they
must be.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.urls import reverse

from config.demo import (
    acme,
    floor,
    gifts,
    purchases,
    rewards,
    voucher_campaigns,
    voucher_links,
    voucher_tills,
    vouchers,
)
from core import references, tokens
from directory.choices import Role
from directory.models import Organisation
from incentives.models import Offer

PASSWORD = acme.PASSWORD
OPEN, EXPIRED, ANSWERED = (
    "maria.kallergi@example.com",
    "j.papadopoulos@example.com",
    "li.wei@example.com",
)


@dataclass(frozen=True, slots=True)
class Login:
    """Who signs in to see the demo from which side."""

    role: Role
    email: str


def is_empty() -> bool:
    """Tell whether the town still has to be built."""
    return not Organisation.objects.exists()


def build(*, at: datetime) -> None:
    """Build the whole town as of `at`, or nothing of it."""
    with transaction.atomic():
        acme.build(at=at)
        club = floor.build(at=at)
        rewards.build(club=club, at=at - timedelta(days=purchases.DAYS + 1))
        purchases.build(club=club, at=at)
        gifts.build(club=club, at=at)
        vouchers.build(club=club, at=at)
        voucher_campaigns.build(club=club, at=at)
        voucher_tills.build(club=club, at=at)
        voucher_links.build(club=club, at=at)


def logins() -> list[Login]:
    """Return the logins of both businesses, each with a role; all share one password."""
    provider = [Login(role, f"{name}@acme-solar.example") for name, role in acme.TEAM]
    club = [Login(role, floor.address(name)) for name, _, _, role in floor.TEAM]
    return [*provider, *club, Login(Role.ADMIN, floor.address(floor.OF_MERCHANT[0]))]


def claim_links() -> dict[str, str]:
    """Return the paths of the town's three claim links by what they show: open, expired, answered."""
    found = {}
    for label, address in (("open", OPEN), ("expired", EXPIRED), ("answered", ANSWERED)):
        if path := _claim_path(address):
            found[label] = path
    return found


def _claim_path(address: str) -> str:
    offer = Offer.objects.filter(recipient_email=address).order_by("-id").first()
    if offer is None:
        return ""
    subject = references.reference("incentives.offer", offer.pk)
    token = tokens.newest(subject=subject, purposes=["claim"])
    if token is None:
        return ""
    return f"{reverse('offer_claim')}?token={tokens.secret_of(token)}"


def summary(*, site: str) -> str:
    """Return what is printed when the demo is up at `site`: addresses, logins, one live claim link."""
    link = claim_links().get("open")
    lines = [
        f"  Largesse      {site}/",
        f"  Try first     {site}{reverse('demo_overview')}",
        f"  Mail outbox   {site}{reverse('outbox')}",
        "",
        f"  Sign in with the password  {PASSWORD}",
        *[f"    {login.email:<28} {login.role.label}" for login in logins()],
        "",
        f"  A live claim link: {site}{link}"
        if link
        else "  No claim link is open any more: make reset-demo",
    ]
    return "\n".join(lines)
