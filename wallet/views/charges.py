"""Settings › Limits and fees: each rule in plain words, with an example that follows what is typed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.clock import now
from directory.permissions import access
from directory.sessions import DeskRequest
from directory.views.pages import confirm_page, done
from wallet.charge_words import fee_example, fee_line, limit_example, limit_line
from wallet.choices import ChargedOn, LimitOn, LimitPeriod
from wallet.forms.charges import FeeForm, LimitForm
from wallet.models import FeeRule, LimitRule
from wallet.selectors import charges
from wallet.services import fees, limits
from wallet.services.fees import Fee
from wallet.services.limits import Limit
from wallet.views.shared import HOME

TITLE = "Limits and fees"
METHODS = ["GET", "HEAD", "POST"]


@access("redemption.settings")
@require_safe
def charge_list(request: DeskRequest) -> HttpResponse:
    """Show every limit and fee as a sentence."""
    business = request.organisation
    currency = business.base_currency
    context = {
        "title": TITLE,
        "limits": [
            (row, limit_line(_limit(row), currency)) for row in charges.limits_of(business=business)
        ],
        "fees": [
            (row, fee_line(_fee(row), currency)) for row in charges.fees_of(business=business)
        ],
        "crumbs": _crumbs(),
        "tour": "wallet.charges",
    }
    return render(request, "wallet/charges/page.html", context)


@access("redemption.settings")
@require_http_methods(METHODS)
def limit_add(request: DeskRequest) -> HttpResponse:
    """Set a limit; one of the same kind and period is replaced."""
    form = LimitForm(request.POST or None, currency=request.organisation.base_currency)
    if _wants_saving(request) and form.is_valid():
        limit = form.limit()
        assert limit is not None
        limits.set_for_all(business=request.organisation, limit=limit, at=now())
        words = limit_line(limit, form.currency)
        return done(request, reverse("charge_list"), f"From now on: {words}")
    lines = _limit_lines(form)
    return _page(request, form, lines, title="Set a limit", example=reverse("limit_example"))


@access("redemption.settings")
@require_POST
def limit_try(request: DeskRequest) -> HttpResponse:
    """Work the limit through as typed so far; nothing is stored."""
    form = LimitForm(request.POST, currency=request.organisation.base_currency)
    return render(request, "wallet/charges/_worked.html", {"lines": _limit_lines(form)})


@access("redemption.settings")
@require_http_methods(METHODS)
def limit_remove(request: DeskRequest, pk: int) -> HttpResponse:
    """Ask, then take a limit away."""
    business = request.organisation
    rule = charges.limit(business=business, pk=pk)
    if request.method == "POST":
        limits.remove(business=business, rule=rule)
        return done(request, reverse("charge_list"), "The limit is gone.")
    words = limit_line(_limit(rule), business.base_currency)
    return confirm_page(
        request,
        title="Remove this limit?",
        message=words,
        consequences=[
            "Contacts may move more from now on.",
            "Limits that contacts set stay theirs.",
        ],
        submit_label="Remove limit",
        cancel_url=reverse("charge_list"),
        danger=True,
        crumbs=_crumbs("Remove a limit"),
    )


@access("redemption.settings")
@require_http_methods(METHODS)
def fee_add(request: DeskRequest) -> HttpResponse:
    """Charge a fee from now on."""
    form = FeeForm(request.POST or None, currency=request.organisation.base_currency)
    if _wants_saving(request) and form.is_valid():
        fee = form.fee()
        assert fee is not None
        fees.add(business=request.organisation, fee=fee, at=now())
        words = fee_line(fee, form.currency)
        return done(request, reverse("charge_list"), f"From now on: {words}")
    lines = _fee_lines(request, form)
    return _page(request, form, lines, title="Charge a fee", example=reverse("fee_example"))


@access("redemption.settings")
@require_POST
def fee_try(request: DeskRequest) -> HttpResponse:
    """Work the fee through as typed so far, beside those that are charged; nothing is stored."""
    form = FeeForm(request.POST, currency=request.organisation.base_currency)
    return render(request, "wallet/charges/_worked.html", {"lines": _fee_lines(request, form)})


@access("redemption.settings")
@require_http_methods(METHODS)
def fee_remove(request: DeskRequest, pk: int) -> HttpResponse:
    """Ask, then charge a fee no longer."""
    business = request.organisation
    rule = charges.fee(business=business, pk=pk)
    if request.method == "POST":
        fees.remove(business=business, rule=rule)
        return done(request, reverse("charge_list"), f"“{rule.name}” is charged no longer.")
    return confirm_page(
        request,
        title=f"Charge “{rule.name}” no longer?",
        message=fee_line(_fee(rule), business.base_currency),
        consequences=["What was charged stays in the books.", "Nobody pays it from now on."],
        submit_label="Remove fee",
        cancel_url=reverse("charge_list"),
        danger=True,
        crumbs=_crumbs("Remove a fee"),
    )


def _wants_saving(request: DeskRequest) -> bool:
    return request.method == "POST" and request.POST.get("action") != "example"


def _page(
    request: DeskRequest, form: LimitForm | FeeForm, lines: Sequence[str], **context: Any
) -> HttpResponse:
    wrong = _wants_saving(request) and bool(form.errors)
    shown = {
        "form": form,
        "lines": lines,
        "shows_errors": wrong,
        "cancel_url": reverse("charge_list"),
        "crumbs": _crumbs(context["title"]),
        **context,
    }
    return render(request, "wallet/charges/form.html", shown, status=422 if wrong else 200)


def _limit_lines(form: LimitForm) -> list[str]:
    limit = form.limit()
    if limit is None:
        return ["Say how much or how often, and read here what it means."]
    said = limit_line(limit, form.currency)
    return [said, *limit_example(limit, form.example_minor(), form.currency)]


def _fee_lines(request: DeskRequest, form: FeeForm) -> list[str]:
    fee = form.fee()
    if fee is None:
        return ["Say how much, and read here what it means."]
    others = [
        _fee(row) for row in charges.fees_of(business=request.organisation, on=fee.charged_on)
    ]
    worked = fee_example([*others, fee], form.example_minor(), form.currency)
    return [fee_line(fee, form.currency), *worked]


def _limit(row: LimitRule) -> Limit:
    return Limit(
        LimitOn(row.applies_to), LimitPeriod(row.period), row.most_minor, row.most_times, row.name
    )


def _fee(row: FeeRule) -> Fee:
    return Fee(row.name, ChargedOn(row.charged_on), row.percent, row.fixed_minor)


def _crumbs(last: str = "") -> list[tuple[str, str]]:
    here = (TITLE, reverse("charge_list") if last else "")
    return [(HOME, reverse("wallet_home")), here, *([(last, "")] if last else [])]
