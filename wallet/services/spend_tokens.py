"""Spend tokens: the contact shows one, the till pays with it once (wallet.md 2.4).

The wallet code only says who somebody is. A token says that they agree to pay: it lives five minutes
and pays for one purchase. It has an opaque value for the scanned code and a number of 16 digits for a
till without a scanner; of both only keyed digests are kept.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q

from directory.models import Organisation
from events.facts import PurchaseFacts
from wallet.commands import Actor
from wallet.errors import AmountInvalid, SpendBlocked, TokenExpired, TokenInvalid
from wallet.models import SpendToken, Wallet
from wallet.rules import codes
from wallet.services.spending import Paid, Wish, process

LASTS = timedelta(minutes=5)
# Long enough to answer a till that repeats a call whose answer it lost.
KEPT = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Issued:
    """A new token with its secrets, which nobody can read again afterwards."""

    token: SpendToken
    value: str
    number: str


def issue(*, wallet: Wallet, minor: int | None, at: datetime) -> Issued:
    """Make a token for an amount, or for as much as possible; raises `SpendBlocked`.

    The wallet's earlier tokens that nobody used end with it: only the newest code pays.
    """
    if minor is not None and minor <= 0:
        raise AmountInvalid
    if wallet.contact.spend_blocked:
        raise SpendBlocked
    SpendToken.objects.filter(wallet=wallet, used_at__isnull=True, expires_at__gt=at).update(
        expires_at=at
    )
    while True:
        value, number = secrets.token_urlsafe(24), codes.draw(first=codes.TOKEN)
        try:
            with transaction.atomic():
                token = SpendToken.objects.create(
                    wallet=wallet,
                    digest=_digest(value),
                    number_digest=_digest(number),
                    amount_minor=minor,
                    created_at=at,
                    expires_at=at + LASTS,
                )
        except IntegrityError:
            continue
        return Issued(token, value, number)


def wallet_of(*, business: Organisation, shown: str, at: datetime) -> Wallet:
    """Return whose token the till was shown, for a quote; raises `TokenInvalid`, `TokenExpired`."""
    token = _find(business, shown)
    _refuse_closed(token, at)
    return token.wallet


def pay(
    *,
    business: Organisation,
    shown: str,
    facts: PurchaseFacts,
    key: str,
    actor: Actor,
    at: datetime,
    also_named: Sequence[str] = (),
) -> Paid:
    """Pay the purchase with the token that the till was shown: its value or its number.

    A refused payment leaves the token as it was; the same purchase may be sent again with it. Raises
    `TokenInvalid` for one that is unknown here or paid for something else, and `TokenExpired`.
    """
    with transaction.atomic():
        token = _find(business, shown, lock=True)
        if not (token.used_at is not None and token.used_for == facts.reference):
            _refuse_closed(token, at)
            token.used_at, token.used_for = at, facts.reference
            token.save(update_fields=["used_at", "used_for"])
        return process(
            wallet=token.wallet,
            facts=facts,
            key=key,
            actor=actor,
            at=at,
            wish=Wish(token.amount_minor),
            also_named=also_named,
        )


def forget(*, at: datetime) -> int:
    """Delete tokens that ended long ago and return how many."""
    return SpendToken.objects.filter(expires_at__lt=at - KEPT).delete()[0]


def _find(business: Organisation, shown: str, *, lock: bool = False) -> SpendToken:
    typed = "".join(shown.split())
    digest = _digest(typed)
    found = SpendToken.objects.filter(
        Q(digest=digest) | Q(number_digest=digest), wallet__business=business
    ).select_related("wallet__contact", "wallet__business", "wallet__holder")
    if lock:
        found = found.select_for_update(of=("self",))
    token = found.first()
    if token is None:
        raise TokenInvalid
    return token


def _refuse_closed(token: SpendToken, at: datetime) -> None:
    if token.used_at is not None:
        raise TokenInvalid
    if token.expires_at <= at:
        raise TokenExpired


def _digest(secret: str) -> bytes:
    key = hashlib.sha256(b"largesse.spend-token:" + settings.SECRET_KEY.encode()).digest()
    return hmac.digest(key, secret.encode(), "sha256")
