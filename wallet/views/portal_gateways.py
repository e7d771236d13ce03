"""Topping up from a contact's own pages, through the gateway that is installed.

The sandbox takes no money: its page stands for the gateway's and says so.
"""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from core.errors import DomainError
from core.http import see_other
from core.money import Money
from directory.forms import refusals
from directory.portal import Visit
from wallet.choices import ChargedOn, Pocket, TopUpState
from wallet.forms.portal import TopUpForm
from wallet.models import TopUp, Wallet, WalletSettings
from wallet.selectors import settings_of
from wallet.selectors.mine import pools_for_top_ups, top_up_of_mine
from wallet.services import fees, top_up_orders
from wallet.views.portal_pages import page_of, wallet_page

SANDBOX = "sandbox"


def offers_top_ups(chosen: WalletSettings) -> bool:
    """Tell whether contacts may top up: a gateway is installed and amounts are offered."""
    return bool(settings.WALLET_GATEWAY and chosen.top_up_amounts)


@wallet_page
def my_top_up(request: HttpRequest, visit: Visit, wallet: Wallet) -> HttpResponse:
    """Choose an amount, then go on to the gateway."""
    chosen = settings_of(business=wallet.business)
    if not offers_top_ups(chosen):
        raise Http404
    amounts = [Money(minor, wallet.currency) for minor in sorted(chosen.top_up_amounts)]
    pools = pools_for_top_ups(business=wallet.business)
    form = TopUpForm(request.POST or None, amounts=amounts, pools=pools)
    status = 200
    if request.method == "POST":
        if form.is_valid():
            try:
                return _begin(form, visit, wallet)
            except DomainError as refusal:
                refusals.show(form, refusal)
        status = 422
    context = page_of(visit, wallet, form=form, has_pools=bool(pools))
    return render(request, "wallet/me/top_up.html", context, status=status)


def _begin(form: TopUpForm, visit: Visit, wallet: Wallet) -> HttpResponse:
    into = form.cleaned_data["into"]
    pools = {str(pool.pk): pool for pool in pools_for_top_ups(business=wallet.business)}
    order = top_up_orders.begin(
        wallet=wallet,
        minor=form.cleaned_data["amount"],
        gateway=settings.WALLET_GATEWAY,
        pool=None if into == Pocket.BUSINESS else pools[into],
        at=visit.at,
    )
    return see_other(reverse("my_top_up_pay", args=[order.public_id]))


@wallet_page
def my_top_up_pay(
    request: HttpRequest, visit: Visit, wallet: Wallet, public_id: UUID
) -> HttpResponse:
    """Stand in for the gateway's page: a button for "paid", and one for going back."""
    order = _order(wallet, public_id)
    if order.gateway != SANDBOX or not settings.WALLET_GATEWAY:
        raise Http404
    if request.method == "POST":
        top_up_orders.paid(order=order, payment_id=str(order.public_id), at=visit.at)
        amount = Money(order.amount_minor, order.currency).format()
        messages.success(request, f"{amount} is in your wallet.")
        return see_other(reverse("my_wallet"))
    if order.state != TopUpState.PENDING:
        return see_other(reverse("my_wallet"))
    fee = fees.fee_for(wallet=wallet, on=ChargedOn.CREDIT, minor=order.amount_minor)
    context = page_of(
        visit,
        wallet,
        order=order,
        amount=Money(order.amount_minor, order.currency),
        fee=Money(fee, order.currency) if fee else None,
    )
    return render(request, "wallet/me/top_up_pay.html", context)


@wallet_page
@require_POST
def my_top_up_cancel(
    request: HttpRequest, visit: Visit, wallet: Wallet, public_id: UUID
) -> HttpResponse:
    """Give the top-up up; nothing was paid."""
    top_up_orders.cancel(order=_order(wallet, public_id), at=visit.at)
    messages.success(request, "The top-up is cancelled. Nothing was paid.")
    return see_other(reverse("my_wallet"))


def _order(wallet: Wallet, public_id: UUID) -> TopUp:
    order = top_up_of_mine(wallet=wallet, public_id=public_id)
    if order is None:
        raise Http404
    return order
