"""Coming into the recipients' portal as the owner of a wallet."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.test import Client

from core import clock, tokens
from directory.models import Contact
from directory.services import portal
from directory.views.portal_pages import COOKIE
from tests.wallet import money
from wallet.models import CommercePoolVersion, Wallet


def session_of(contact: Contact) -> str:
    """Return the secret of a new session of the contact."""
    at = clock.now()
    address = portal.address_of(contact=contact)
    token = portal.link_token(contact=contact, address=address, at=at)
    return portal.begin(secret=tokens.secret_of(token), at=at)


def client_of(wallet: Wallet) -> Client:
    """Return a client in which the wallet's owner has come in."""
    client = Client()
    client.cookies[COOKIE] = session_of(wallet.contact)
    return client


def award_until(
    wallet: Wallet, minor: int, days: int, pool: CommercePoolVersion | None = None
) -> datetime:
    """Award money now that lapses in so many days, unless the pool says otherwise."""
    now = clock.now()
    end = now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=days)
    if pool is None:
        pool = money.pool(wallet.business, f"For {days} days", end_rule="FIXED", ends_on=end.date())
    money.award(wallet, minor, pool, at=now)
    return end
