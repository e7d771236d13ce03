"""Telling contacts 30 and 7 days ahead that money will lapse, once for each lot (wallet.md 9.4).

All lots of a contact that are due on one run go into one mail. The link in it opens the contact's
pages; what lapsed meanwhile, or was spent, is no longer mentioned.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse

from core import mail
from core.calendar import local
from core.money import Money
from directory.services import portal
from wallet.choices import AccountKind
from wallet.models import Account, ExpiryWarning, Wallet

# Days ahead, the later warning first: who gets the second one needs no first one any more.
STEPS = (7, 30)
PAGE = 200


def warn_due(*, at: datetime, limit: int = 10_000) -> int:
    """Queue the mails that are due for up to `limit` wallets and return how many were queued.

    Two runs at once warn once: a wallet is locked while its lots are marked.
    """
    sent = looked_at = 0
    while looked_at < limit:
        with transaction.atomic():
            wallets = list(_wallets_due(at)[:PAGE])
            for wallet in wallets:
                sent += _warn(wallet, at)
        looked_at += len(wallets)
        if len(wallets) < PAGE:
            break
    return sent


def _accounts_due(at: datetime, days: int) -> QuerySet[Account]:
    """Return the lots' accounts with money that lapses within the days and was not announced so."""
    told = ExpiryWarning.objects.filter(
        lot=OuterRef("lot_id"), expires_at=OuterRef("lot__expires_at"), days__lte=days
    )
    return Account.objects.filter(
        ~Exists(told),
        kind=AccountKind.COMMERCE_LOT,
        balance__gt=0,
        lot__due__due_at__gt=at,
        lot__due__due_at__lte=at + timedelta(days=days),
    )


def _wallets_due(at: datetime) -> QuerySet[Wallet]:
    due = [Exists(_accounts_due(at, days).filter(wallet=OuterRef("pk"))) for days in STEPS]
    return (
        Wallet.objects.select_for_update(of=("self",), skip_locked=True, no_key=True)
        .select_related("contact", "business__provider_profile")
        .filter(due[0] | due[1])
        .order_by("pk")
    )


def _warn(wallet: Wallet, at: datetime) -> bool:
    """Mark the wallet's due lots and queue one mail about them; without an address only mark them."""
    marked: dict[int, int] = {}
    accounts: dict[int, Account] = {}
    for days in STEPS:
        for account in _accounts_due(at, days).filter(wallet=wallet).select_related("lot"):
            if account.lot_id is not None and account.lot_id not in marked:
                marked[account.lot_id] = days
                accounts[account.lot_id] = account
    ExpiryWarning.objects.bulk_create(
        [
            ExpiryWarning(lot_id=lot, days=days, expires_at=_expiry(accounts[lot]), warned_at=at)
            for lot, days in marked.items()
        ],
        ignore_conflicts=True,
    )
    address = portal.address_of(contact=wallet.contact)
    if not address or not accounts:
        return False
    _post(wallet, address, list(accounts.values()), at)
    return True


def _post(wallet: Wallet, address: str, accounts: Sequence[Account], at: datetime) -> None:
    business = wallet.business
    profile = getattr(business, "provider_profile", None)
    total = sum(account.balance for account in accounts)
    lines = list(_by_day(wallet, accounts))
    mail.queue(
        kind="wallet-expiry",
        key=f"wallet-expiry:{wallet.pk}:{at.date().isoformat()}:{accounts[0].lot_id}",
        to=address,
        template="wallet/expiry_warning",
        context={
            "provider_name": business.name,
            "recipient_name": wallet.contact.first_name,
            "total": _money(total, wallet),
            "first_day": lines[0]["day"],
            "lines": lines,
        },
        at=at,
        link=f"{reverse('portal_open')}?next={reverse('my_wallet')}",
        token=portal.link_token(
            contact=wallet.contact, address=address, at=at, lasts=portal.LETTER_LASTS
        ),
        reference=f"wallet.wallet:{wallet.pk}",
        owner_id=business.pk,
        reply_to=profile.email if profile else "",
        from_name=business.name,
    )


def _by_day(wallet: Wallet, accounts: Iterable[Account]) -> Iterable[dict[str, str]]:
    """Return how much lapses after which day, the first day first."""
    amounts: dict[datetime, int] = defaultdict(int)
    for account in accounts:
        amounts[_expiry(account)] += account.balance
    for expires_at, minor in sorted(amounts.items()):
        last = local(expires_at, wallet.business.time_zone) - timedelta(seconds=1)
        yield {
            "amount": _money(minor, wallet),
            "day": f"{last.day} {last:%B %Y}",
        }


def _expiry(account: Account) -> datetime:
    assert account.lot is not None
    assert account.lot.expires_at is not None
    return account.lot.expires_at


def _money(minor: int, wallet: Wallet) -> str:
    return Money(minor, wallet.currency).format("en_GB")
