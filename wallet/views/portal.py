"""My wallet: what is in it, where it is good, activation, and the code to show at the till."""

from __future__ import annotations

from typing import Any

import segno
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_POST, require_safe

from core.errors import NotFound
from core.http import see_other
from core.money import Money
from directory.portal import Visit
from wallet import my_words
from wallet.choices import PoolState
from wallet.forms.portal import PayForm
from wallet.models import CommercePool, Wallet, WalletSettings
from wallet.selectors import pockets, settings_of
from wallet.selectors.mine import (
    PoolLine,
    lapsing,
    pool_lines,
    pool_of_mine,
    spots,
)
from wallet.services import activations, spend_tokens
from wallet.views.portal_gateways import offers_top_ups
from wallet.views.portal_pages import page_of, wallet_page

QUIET_ZONE = 4


class NoSuchMoney(NotFound):
    """The wallet never had money of that pool, or has none left."""

    code = "no_such_money"


@wallet_page
@require_safe
def my_wallet(request: HttpRequest, visit: Visit, wallet: Wallet) -> HttpResponse:
    """Show the pockets, the rewards by pool, what lapses when, and what can be done."""
    has, lines = pockets(wallet=wallet), pool_lines(wallet=wallet, at=visit.at)
    currency, chosen = wallet.currency, settings_of(business=wallet.business)
    rewards = sum(line.minor for line in lines)
    context = page_of(
        visit,
        wallet,
        total=Money(has.open_minor + has.business_minor + rewards, currency),
        business=Money(has.business_minor, currency),
        opened=Money(has.open_minor, currency) if has.open_minor else None,
        held=Money(has.held_minor, currency) if has.held_minor else None,
        debt=Money(has.debt_minor, currency) if has.debt_minor else None,
        rewards=Money(rewards, currency),
        pools=[_pool_card(line, visit, wallet) for line in lines],
        buckets=_buckets(lines, visit, currency),
        can_send=has.business_minor or has.open_minor or _can_send_rewards(chosen, lines),
        can_top_up=offers_top_ups(chosen),
    )
    return render(request, "wallet/me/wallet.html", context)


def _can_send_rewards(chosen: WalletSettings, lines: list[PoolLine]) -> bool:
    return chosen.commerce_is_transferable and any(
        line.version.pool.is_transferable for line in lines
    )


def _buckets(lines: list[PoolLine], visit: Visit, currency: str) -> list[tuple[str, Money]]:
    labels = ("Within 30 days", "In 30 to 60 days", "In 60 to 90 days", "Later or never")
    sums = lapsing(lines=lines, at=visit.at)
    return [(label, Money(minor, currency)) for label, minor in zip(labels, sums, strict=True)]


def _pool_card(line: PoolLine, visit: Visit, wallet: Wallet) -> dict[str, Any]:
    next_expiry = line.next_expiry
    return {
        "line": line,
        "name": line.version.pool.name,
        "amount": Money(line.minor, wallet.currency),
        "rules": my_words.rules_of(line),
        "next_amount": Money(line.next_minor, wallet.currency),
        "next_day": my_words.expiry(next_expiry, wallet) if next_expiry else "",
        "next_left": my_words.days_left(next_expiry, visit.at) if next_expiry else "",
        "is_soon": next_expiry is not None and (next_expiry - visit.at).days < 7,
        "minutes_left": my_words.minutes_left(line.activation.expires_at, visit.at)
        if line.activation
        else "",
        "url": reverse("my_pool", args=[line.version.pk]),
    }


@wallet_page
@require_safe
def my_pool(request: HttpRequest, visit: Visit, wallet: Wallet, pk: int) -> HttpResponse:
    """Show one pool's money: where it is good now, its rules, each lot with its expiry."""
    lines = pool_lines(wallet=wallet, at=visit.at, version_id=pk)
    if not lines:
        raise NoSuchMoney("You have no money of this kind. Look at your wallet for what you have.")
    (line,) = lines
    places = spots(business=wallet.business, conditions=line.conditions, at=visit.at)
    lots = [
        {
            "amount": Money(account.balance, wallet.currency),
            "source": my_words.source_of(account.lot, wallet),
        }
        for account in line.accounts
        if account.lot is not None
    ]
    context = page_of(
        visit,
        wallet,
        card=_pool_card(line, visit, wallet),
        now_words=my_words.usable_now(line, places, visit.at),
        is_now=any(spot.is_now for spot in places),
        spots=places,
        lots=lots,
        description=line.version.description,
        is_retired=line.version.pool.state == PoolState.RETIRED,
    )
    return render(request, "wallet/me/pool.html", context)


def _pool(wallet: Wallet, pk: int) -> CommercePool:
    pool = pool_of_mine(wallet=wallet, version_id=pk)
    if pool is None:
        raise NoSuchMoney("You have no money of this kind. Look at your wallet for what you have.")
    return pool


@wallet_page
@require_POST
def my_pool_activate(request: HttpRequest, visit: Visit, wallet: Wallet, pk: int) -> HttpResponse:
    """Choose the pool for the next purchase, for an hour."""
    activations.activate(wallet=wallet, pool=_pool(wallet, pk), at=visit.at)
    return see_other(_back(request, pk))


@wallet_page
@require_POST
def my_pool_deactivate(request: HttpRequest, visit: Visit, wallet: Wallet, pk: int) -> HttpResponse:
    """Take the choice back before it is used."""
    activations.deactivate(wallet=wallet, pool=_pool(wallet, pk), at=visit.at)
    return see_other(_back(request, pk))


def _back(request: HttpRequest, pk: int) -> str:
    """Return where the button stood: the wallet, or the pool's own page."""
    if request.POST.get("from") == "wallet":
        return f"{reverse('my_wallet')}#pool-{pk}"
    return reverse("my_pool", args=[pk])


@wallet_page
def my_code(request: HttpRequest, visit: Visit, wallet: Wallet) -> HttpResponse:
    """Show the code that says who somebody is; a POST makes one that also pays, for five minutes.

    The paying code is drawn with this answer and cannot be read again: a reload makes a new one.
    """
    form = PayForm(request.POST or None, currency=wallet.currency)
    context = page_of(
        visit,
        wallet,
        form=form,
        digits=in_fours(wallet.holder.code),
        picture=qr(wallet.holder.code),
        blocked=visit.contact.spend_blocked,
    )
    if request.method != "POST":
        return render(request, "wallet/me/code.html", context)
    if not form.is_valid():
        return render(request, "wallet/me/code.html", context, status=422)
    amount: Money | None = form.cleaned_data["amount"]
    issued = spend_tokens.issue(wallet=wallet, minor=amount.minor if amount else None, at=visit.at)
    context |= {
        "amount": amount,
        "digits": in_fours(issued.number),
        "picture": qr(issued.value),
        "expires_at": issued.token.expires_at,
    }
    return render(request, "wallet/me/pay.html", context)


def in_fours(digits: str) -> str:
    """Write 16 digits as people read them aloud."""
    return " ".join(digits[begin : begin + 4] for begin in range(0, len(digits), 4))


def qr(text: str) -> SafeString:
    """Draw the text as a QR code, black on white in every look, so that scanners can read it."""
    code = segno.make(text, error="m", micro=False, boost_error=False)
    drawn: str = code.svg_inline(border=QUIET_ZONE, light="#fff", dark="#000", omitsize=True)
    return mark_safe(drawn)  # noqa: S308 - drawn by us from digits alone
