"""Sending money to another contact: fill in, look at it once more, send."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from core import ratelimit
from core.errors import DomainError
from core.http import see_other
from core.money import Money
from directory.forms import refusals
from directory.portal import Visit
from wallet import my_words
from wallet.choices import ChargedOn, Pocket
from wallet.commands import Actor
from wallet.forms.portal import SendForm
from wallet.models import Wallet
from wallet.selectors import Pockets, pockets, settings_of, wallet_by_code
from wallet.selectors.mine import pool_lines
from wallet.services import fees, transfers
from wallet.views.portal_pages import page_of, wallet_page

# Looking codes up says whose they are; nobody needs many friends an hour.
LOOKS_PER_HOUR = 20
SEND = "send"


def amounts_to_send(wallet: Wallet, visit: Visit) -> dict[str, int]:
    """Return how much of each kind of money the contact could send."""
    has: Pockets = pockets(wallet=wallet)
    found = {Pocket.BUSINESS.value: has.business_minor, Pocket.OPEN.value: has.open_minor}
    if settings_of(business=wallet.business).commerce_is_transferable:
        found[Pocket.COMMERCE.value] = sum(
            line.minor
            for line in pool_lines(wallet=wallet, at=visit.at)
            if line.version.pool.is_transferable
        )
    return {pocket: minor for pocket, minor in found.items() if minor}


_LABELS = {
    Pocket.BUSINESS.value: "Money for anything here",
    Pocket.OPEN.value: "My own cash",
    Pocket.COMMERCE.value: "Rewards; they keep their rules and their last day",
}


@wallet_page
def my_send(request: HttpRequest, visit: Visit, wallet: Wallet) -> HttpResponse:
    """Ask whom and how much, show what will be left, then send; each form sends once."""
    amounts = amounts_to_send(wallet, visit)
    choices = [
        (pocket, f"{_LABELS[pocket]} ({Money(minor, wallet.currency).format()})")
        for pocket, minor in amounts.items()
    ]
    form = SendForm(request.POST or None, currency=wallet.currency, pockets=choices)
    context = page_of(visit, wallet, form=form, has_money=bool(choices))
    if request.method != "POST":
        return render(request, "wallet/me/send.html", context)
    if form.is_valid():
        try:
            return _go_on(request, visit, wallet, form, amounts)
        except DomainError as refusal:
            refusals.show(form, refusal)
    return render(request, "wallet/me/send.html", context, status=422)


def _go_on(
    request: HttpRequest,
    visit: Visit,
    wallet: Wallet,
    form: SendForm,
    amounts: dict[str, int],
) -> HttpResponse:
    """Show the form's answers once more, or send where that was done."""
    ratelimit.hit(
        bucket=f"wallet-send:{wallet.pk}",
        limit=LOOKS_PER_HOUR * 2,
        per=timedelta(hours=1),
        at=visit.at,
    )
    data = form.cleaned_data
    amount: Money = data["amount"]
    target = wallet_by_code(business=wallet.business, code=data["code"])
    if request.POST.get("step") == SEND:
        return _send(request, visit, wallet, target, form)
    fee = fees.fee_for(wallet=wallet, on=ChargedOn.DEBIT, minor=amount.minor)
    before = amounts[data["pocket"]]
    context = page_of(
        visit,
        wallet,
        form=form,
        to=my_words.short_name(target),
        amount=amount,
        fee=Money(fee, wallet.currency) if fee else None,
        before=Money(before, wallet.currency),
        after=Money(before - amount.minor, wallet.currency),
        is_short=amount.minor > before,
        label=_LABELS[data["pocket"]],
        raw_amount=request.POST.get("amount_amount", ""),
    )
    return render(request, "wallet/me/send_check.html", context)


def _send(
    request: HttpRequest, visit: Visit, wallet: Wallet, target: Wallet, form: SendForm
) -> HttpResponse:
    data = form.cleaned_data
    outcome = transfers.send(
        origin=wallet,
        target=target,
        transfer=transfers.Transfer(
            data["amount"].minor, Pocket(data["pocket"]), note=data["note"]
        ),
        key=data["key"],
        actor=Actor(f"contact:{visit.contact.pk}"),
        at=visit.at,
    )
    sent = data["amount"].format()
    messages.success(request, f"{my_words.short_name(target)} has your {sent}.")
    return see_other(reverse("my_entry", args=[outcome.response["entry"]]))
