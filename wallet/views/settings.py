"""Redemption settings with a worked example that follows what is chosen (wallet.md 5.1)."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from core.errors import DomainError
from core.money import Money
from directory.forms import refusals
from directory.models import Organisation
from directory.permissions import access
from directory.sessions import DeskRequest
from directory.views.pages import done
from wallet.forms.settings import ExampleForm, RedemptionForm
from wallet.rules.examples import Amounts, Options, Result, work_through
from wallet.selectors import settings_of
from wallet.services import settings as services
from wallet.views.shared import HOME

TITLE = "Redemption"


@access("redemption.settings")
def redemption_settings(request: DeskRequest) -> HttpResponse:
    """Show and save what is chosen; the example stands beside the form."""
    business = request.organisation
    chosen = settings_of(business=business)
    data = request.POST if request.method == "POST" else None
    form = RedemptionForm(data, business=business, chosen=chosen)
    example = ExampleForm(data, currency=business.base_currency)
    wants_saving = request.method == "POST" and request.POST.get("action") != "example"
    if wants_saving and form.is_valid():
        try:
            services.choose(
                business=business, choices=form.choices(), version=form.cleaned_data["version"]
            )
        except DomainError as error:
            refusals.show(form, error)
        else:
            message = "The settings hold for purchases from now on."
            return done(request, reverse("redemption_settings"), message)
    return render(
        request,
        "wallet/settings/page.html",
        {
            "title": TITLE,
            "form": form,
            "shows_errors": wants_saving and bool(form.errors),
            "crumbs": [(HOME, reverse("wallet_home")), (TITLE, "")],
            "tour": "wallet.redemption",
            **_worked(business, form, example),
        },
        status=422 if wants_saving and form.errors else 200,
    )


@access("redemption.settings")
@require_POST
def redemption_example(request: DeskRequest) -> HttpResponse:
    """Work the example through under what is typed so far; nothing is stored."""
    business = request.organisation
    form = RedemptionForm(request.POST, business=business, chosen=settings_of(business=business))
    example = ExampleForm(request.POST, currency=business.base_currency)
    return render(request, "wallet/settings/_worked.html", _worked(business, form, example))


def _worked(business: Organisation, form: RedemptionForm, example: ExampleForm) -> dict[str, Any]:
    options, amounts = form.options(), example.amounts()
    result = work_through(options, amounts)
    currency = business.base_currency
    return {
        "example": example,
        "needs_activation": options.needs_activation,
        "lines": _sentences(options, amounts, result, currency),
        "figures": [
            ("Commerce money redeemed", Money(result.redeemed, currency)),
            ("From the business pocket", Money(result.from_business, currency)),
            ("From the open pocket", Money(result.from_open, currency)),
            ("Paid by other means", Money(result.due, currency)),
        ],
        "after": [
            ("Commerce pocket", Money(result.commerce_left, currency)),
            ("Business pocket", Money(result.business_left, currency)),
            ("Open pocket", Money(result.open_left, currency)),
        ],
    }


def _sentences(options: Options, amounts: Amounts, result: Result, currency: str) -> list[str]:
    """Say in words why the example comes out as it does."""

    def show(minor: int) -> str:
        return Money(minor, currency).format()

    said = [_beginning(options, amounts)]
    if options.at_90 and amounts.asks:
        said.append(
            f"Commerce money pays at most 90 % of {show(amounts.total)}, less instant discounts:"
            f" {show(result.cap)}."
        )
    if result.redeemed and not result.is_spent:
        said.append(
            f"The price was paid in full, so {show(result.redeemed)} moves from the commerce pocket"
            " to the business pocket."
        )
    elif result.redeemed:
        said.append(f"{show(result.redeemed)} of commerce money pays for the purchase.")
    else:
        said.append("No commerce money is redeemed.")
    if result.payout:
        said.append(f"{show(result.payout)} is paid out at once.")
    elif result.below_threshold:
        said.append("Nothing is paid out yet: together it is less than the amount to pay out from.")
    said.append(f"{show(result.due)} is due by other means." if result.due else "Nothing is due.")
    return said


def _beginning(options: Options, amounts: Amounts) -> str:
    if options.needs_activation and not amounts.activated:
        return "The contact activated no pool, so commerce money is left alone."
    if options.needs_activation:
        return "The contact activated the pool, so its money may be used on this purchase."
    if amounts.asks:
        return "The contact asks to pay with the wallet."
    if options.is_automatic:
        return "Nobody asks, but matching money is redeemed on every purchase."
    return "The contact does not ask to spend, so nothing is redeemed."
