"""What the wallet's pages share: who acts, the way to a page, money for templates."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from core.money import Money
from directory.models import Contact
from directory.permissions import may
from directory.sessions import DeskRequest
from wallet.commands import Actor

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
    """Return what the member may do with money."""
    return {
        "writes": may(request, "wallet.write"),
        "approves": may(request, "wallet.approve"),
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


def asking_page(request: DeskRequest) -> str:
    """Return the path to lead back to; empty where none was named, or one of another house."""
    asked = request.GET.get("next", "").partition("?")[0]
    is_ours = asked.startswith("/") and url_has_allowed_host_and_scheme(asked, allowed_hosts=None)
    return asked if is_ours else ""
