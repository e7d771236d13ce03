"""The reports of vouchers: use, what was left over, who waits (vouchers.md 8, page 17)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, cast
from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from core import exports
from core.calendar import add_months, local
from core.charts import Chart
from core.clock import now
from core.http import is_fragment
from directory.models import Organisation
from directory.permissions import access
from directory.sessions import DeskRequest
from vouchers.forms.reports import ReportForm
from vouchers.selectors import report_ends
from vouchers.selectors import reports as figures
from vouchers.selectors.reports import Grouping, Scope
from vouchers.tables.reports import Sheet, sheet
from vouchers.views import report_charts
from vouchers.views.desk import business_of

TITLES = {
    "month": "Use of codes by month",
    "partner": "Use of codes by partner",
    "list": "Use of codes by list",
    "campaign": "Use of codes by campaign",
    "unused": "Unused at expiry",
    "waiting": "Aged wait list",
}


@dataclass(frozen=True, slots=True)
class Report:
    """What is shown: the table and its charts."""

    sheet: Sheet
    charts: list[Chart]


@require_safe
@access("vouchers.read")
def voucher_reports(request: DeskRequest) -> HttpResponseBase:
    """Show a report, as a page or as the fragment in it, or send it as a file."""
    business, at = business_of(request), now()
    form = ReportForm(request.GET, business=business, today=local(at, business.time_zone).date())
    kind, scope = form.kind, form.scope
    report = _report(business=business, scope=scope, kind=kind, at=at)
    if (file := request.GET.get("export", "")) in exports.KINDS:
        return _file(file, kind, report.sheet)
    context = {
        "form": form,
        "kind": kind,
        "title": TITLES[kind],
        "scope": scope,
        "sheet": report.sheet,
        "charts": report.charts,
        "export_kinds": exports.KINDS,
        "state": _state(request),
        "is_of_now": kind == "waiting",
        "tour": "vouchers.reports",
        "history_url": _history(since=scope.since, until=scope.until, partner=scope.partner),
    }
    name = "_report" if is_fragment(request) else "page"
    response: HttpResponse = render(request, f"vouchers/reports/{name}.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _report(*, business: Organisation, scope: Scope, kind: str, at: datetime) -> Report:
    """Read the figures of the report, and lay them out."""
    address = _addresses(kind, scope)
    if kind == "unused":
        left = report_ends.unused_at_expiry(business=business, scope=scope, at=at)
        table = sheet(
            kind=kind, lines=left, total=report_ends.all_unused(lines=left), address=address
        )
        return Report(table, report_charts.of_unused(lines=left))
    if kind == "waiting":
        queues = report_ends.aged_wait_list(business=business, scope=scope, at=at)
        everybody = report_ends.all_waiting(lines=queues)
        table = sheet(kind=kind, lines=queues, total=everybody, address=address)
        return Report(table, report_charts.of_waiting(total=everybody))
    lines = figures.use(business=business, scope=scope, by=cast("Grouping", kind), at=at)
    total = figures.total(lines=lines, business=business, scope=scope)
    table = sheet(kind=kind, lines=lines, total=total, address=address)
    return Report(table, report_charts.of_use(lines=lines, kind=kind, noun=kind))


def _addresses(kind: str, scope: Scope) -> Callable[[Any], str]:
    """Return what leads from a line to the page of its thing, a month to the codes given in it."""

    def month(line: Any) -> str:
        first = date.fromisoformat(f"{line.reference}-01")
        last = add_months(first, 1) - timedelta(days=1)
        since, until = max(first, scope.since), min(last, scope.until)
        return _history(since=since, until=until, partner=scope.partner)

    def partner(line: Any) -> str:
        days = {"since": scope.since.isoformat(), "until": scope.until.isoformat()}
        query = {"by": "list", "partner": line.reference} | days
        return f"{reverse('voucher_reports')}?{urlencode(query)}"

    if kind in ("month", "partner"):
        return month if kind == "month" else partner
    name = {"campaign": "voucher_campaign", "waiting": "voucher_campaign_waiting"}
    return lambda line: reverse(name.get(kind, "voucher_list"), args=[line.reference])


def _history(*, since: date, until: date, partner: int | None) -> str:
    """Return the address of the codes given out in a time, to whom and when."""
    query = {"given_after": since.isoformat(), "given_before": until.isoformat()}
    if partner is not None:
        query["partner"] = str(partner)
    return f"{reverse('voucher_issuances')}?{urlencode(query)}"


def _state(request: DeskRequest) -> str:
    """Return the query of the report that is shown, for the files of it."""
    query = request.GET.copy()
    query.pop("export", None)
    return query.urlencode()


def _file(file: str, kind: str, table: Sheet) -> HttpResponseBase:
    """Send the whole table, with bare numbers that can be summed."""
    send = exports.csv_response if file == "csv" else exports.xlsx_response
    return send(f"voucher-report-{kind}", table.export_head(), table.export_rows())
