"""The wallet's front page, the proof of the books, and the way from a reference to its page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Literal
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from core import jobs
from core.calendar import add_months, local
from core.charts import Chart, Series
from core.clock import now
from core.errors import NotFound
from core.http import see_other
from core.money import Money
from directory.models import Organisation
from directory.permissions import access
from directory.sessions import DeskRequest
from directory.views.pages import done, form_page
from wallet import words
from wallet.forms.contacts import NoteForm
from wallet.selectors import desk, overview
from wallet.selectors import pools as pool_selectors
from wallet.selectors.overview import Flows
from wallet.selectors.pools import Bucket
from wallet.services import integrity
from wallet.views.shared import HOME, crumbs, rights

POOLS_SHOWN = 5
TONES: dict[str, Literal[1, 3, 4, 5]] = {
    "Granted": 1,
    "Redeemed": 5,
    "Spent": 3,
    "Expired": 4,
}


@access("wallet.read")
@require_safe
def wallet_home(request: DeskRequest) -> HttpResponse:
    """Show what is owed, what moved, what expires next, and whether the books add up."""
    business, at = request.organisation, now()
    currency = business.base_currency
    buckets = pool_selectors.buckets(business=business, currency=currency, at=at)
    liabilities = overview.liabilities(business=business)
    pending = desk.pending_journals(business=business).order_by("created_at", "pk")
    return render(
        request,
        "wallet/home.html",
        {
            "title": HOME,
            "tour": "wallet.home",
            "liabilities": [_in_money(one) for one in liabilities],
            "counts": overview.wallet_counts(business=business),
            "charts": [
                _flows_chart(overview.flows(business=business, currency=currency, at=at), currency),
                expiry_chart(business, buckets, currency),
            ],
            "pools": [
                (pool, Money(minor, currency))
                for pool, minor in pool_selectors.largest(business=business, limit=POOLS_SHOWN)
            ],
            "pending": [(row, words.journal_line(row)) for row in pending[:5]],
            "proof": overview.proof(business=business),
            **rights(request),
        },
    )


@access("wallet.write")
@require_POST
def wallet_check(request: DeskRequest) -> HttpResponse:
    """Ask for a run of the verifier now; a worker does it."""
    jobs.enqueue("wallet.verify_ledger")
    return done(
        request,
        reverse("wallet_home"),
        "The books are being checked. Open this page again in a moment to see the outcome.",
    )


@access("wallet.approve")
def wallet_release(request: DeskRequest) -> HttpResponse:
    """Release frozen books, on somebody's word."""
    freeze = overview.freeze_of(business=request.organisation)
    if freeze is None:
        raise NotFound("The books are not frozen. There is nothing to release.")
    form = NoteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        note = form.cleaned_data["note"]
        integrity.release(business=request.organisation, by=request.user, note=note, at=now())
        return done(request, reverse("wallet_home"), "The books take entries again.")
    return form_page(
        request,
        form,
        title="Release the books",
        intro="Say what was found and put right. The next run of the check freezes them again if"
        " something still does not add up.",
        submit_label="Release",
        cancel_url=reverse("wallet_home"),
        crumbs=crumbs(("Release", "")),
    )


@access("wallet.read")
@require_safe
def wallet_reason(request: DeskRequest) -> HttpResponse:
    """Lead from an entry's reference to the page that explains it."""
    reference = request.GET.get("of", "")[:80]
    business = request.organisation
    if use := desk.use_by_reference(business=business, reference=reference):
        return see_other(reverse("use_detail", args=[use.pk]))
    if lot := desk.lot_by_reference(business=business, reference=reference):
        return see_other(reverse("lot_detail", args=[lot.pk]))
    if url := words.own_page(reference):
        return see_other(url)
    return see_other(f"{reverse('ledger')}?{urlencode({'q': reference})}")


def _in_money(one: overview.Liability) -> dict[str, object]:
    return {
        "currency": one.currency,
        "total": Money(one.minor, one.currency),
        "business": Money(one.business_minor, one.currency),
        "commerce": Money(one.commerce_minor, one.currency),
        "held": Money(one.held_minor, one.currency),
        "debt": Money(one.debt_minor, one.currency),
        "has_debt": bool(one.debt_minor),
    }


def _flows_chart(found: Flows, currency: str) -> Chart:
    """Draw what happened to granted money, each month leading to its entries."""
    columns = {
        name: [Money(minor, currency) for minor in minors] for name, minors in found.series.items()
    }
    return Chart(
        id="wallet-flows",
        title=f"Granted, redeemed, spent and expired each month ({currency})",
        label="Month",
        labels=[f"{month:%b %Y}" for month in found.months],
        series=[
            Series(name, tuple(float(one.amount) for one in column), tone=TONES[name])
            for name, column in columns.items()
        ],
        links=[
            f"{reverse('ledger')}?effective_after={month:%Y-%m-%d}"
            f"&effective_before={_last_of(month):%Y-%m-%d}"
            for month in found.months
        ],
        shown=[[words.minus(one) for one in column] for column in columns.values()],
    )


def _last_of(month: date) -> date:
    return add_months(month, 1) - timedelta(days=1)


def expiry_chart(
    business: Organisation,
    buckets: Sequence[Bucket],
    currency: str,
    *,
    pool: int | None = None,
    wallet: str = "",
) -> Chart:
    """Draw how much money expires when, each span leading to its lots."""
    amounts = [Money(bucket.minor, currency) for bucket in buckets]
    return Chart(
        id="wallet-expiries",
        title=f"Commerce money by when it expires ({currency})",
        label="Expires",
        labels=[bucket.label for bucket in buckets],
        series=[Series("Commerce money", tuple(float(one.amount) for one in amounts), tone=2)],
        links=_span_links(business, pool, wallet),
        shown=[[one.format() for one in amounts]],
    )


def _span_links(business: Organisation, pool: int | None, wallet: str) -> list[str]:
    """Return the addresses of the lots behind the spans of `selectors.pools.buckets`."""
    today = local(now(), business.time_zone).date()
    base = f"{reverse('lot_list')}?money=with"
    base += f"&pool={pool}" if pool else ""
    base += f"&q={wallet}" if wallet else ""
    links = []
    for _, first, last in pool_selectors.BUCKETS:
        start, end = today + timedelta(days=first), today + timedelta(days=last - 1)
        links.append(f"{base}&usable_after={start:%Y-%m-%d}&usable_before={end:%Y-%m-%d}")
    later = today + timedelta(days=pool_selectors.BUCKETS[-1][2])
    return [*links, f"{base}&usable_after={later:%Y-%m-%d}", f"{base}&never=true"]
