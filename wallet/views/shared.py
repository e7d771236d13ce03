"""What the wallet's pages share: who acts, the banner over frozen books, money for templates."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from core.money import Money
from directory.models import Contact
from directory.permissions import may
from directory.sessions import DeskRequest
from wallet.commands import Actor
from wallet.selectors.overview import freeze_of

HOME = "Wallet"
POOLS = "Commerce pools"
CONTACTS = "Contacts' wallets"
LEDGER = "Ledger"
JOURNALS = "Manual journals"
LOTS = "Lots"


def actor_of(request: DeskRequest) -> Actor:
    """Name the member as commands do."""
    return Actor(f"user:{request.user.pk}", request.user)


def rights(request: DeskRequest) -> dict[str, Any]:
    """Return what the member may do with money, and the freeze that would stop it."""
    return {
        "writes": may(request, "wallet.write"),
        "approves": may(request, "wallet.approve"),
        "freeze": freeze_of(business=request.organisation),
    }


def crumbs(*steps: tuple[str, str]) -> list[tuple[str, str]]:
    """Return the way to a page, from the wallet's front page on."""
    return [(HOME, reverse("wallet_home")), *steps]


def contact_crumbs(contact: Contact, *steps: tuple[str, str]) -> list[tuple[str, str]]:
    """Return the way to a page about a contact's wallet."""
    here = (str(contact), reverse("contact_wallet", args=[contact.pk]) if steps else "")
    return crumbs((CONTACTS, reverse("wallet_list")), here, *steps)


def wallet_url(contact_id: int) -> str:
    return reverse("contact_wallet", args=[contact_id])


def money(minor: int, currency: str) -> Money:
    return Money(minor, currency)
