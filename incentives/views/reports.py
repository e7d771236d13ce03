"""The report of what was promised and what was delivered (incentives.md 6.7)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from core import exports
from core.calendar import add_months, local
from core.charts import Chart, Series
from core.clock import now
from core.http import is_fragment
from core.money import Money
from directory.permissions import access
from directory.sessions import DeskRequest
from incentives.forms.reports import GROUPINGS, ReportForm
from incentives.selectors import fulfilment
from incentives.selectors.fulfilment import Grouping, Line, Scope
from incentives.views.dashboard_charts import address

OUTCOMES = ("promised", "delivered", "failed", "pending")
UNITS = {"percent": "Percentages", "none": "Words alone", "": "Words alone"}
CURRENCIES_DRAWN = 3


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure of the report: how many, how much, and where the rows behind it are listed."""

    name: str
    count: int
    money: Money | None
    url: str


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the report as it is shown."""

    label: str
    unit: str
    cells: list[Cell]
    share: int
    difference: str
    off: bool


@require_safe
@access("audit.read", needs_profile=True)
def reports(request: DeskRequest) -> HttpResponseBase:
    """Show the report, as a page or as the fragment in it, or send it as a file."""
    business = request.organisation
    form = ReportForm(request.GET, business=business, today=local(now(), business.time_zone).date())
    scope, by = form.scope, form.grouping
    lines = fulfilment.fulfilment(business=business, scope=scope, by=by)
    sums = fulfilment.totals(lines=lines)
    if (kind := request.GET.get("export", "")) in exports.KINDS:
        return _file(kind, by, [*lines, *sums])
    context = {
        "form": form,
        "by": dict(GROUPINGS)[by],
        "rows": [_row(line, scope, by) for line in lines],
        "totals": [_row(line, scope, by) for line in sums],
        "charts": _charts(lines, by),
        "export_kinds": exports.KINDS,
        "state": _state(request),
        "scope": scope,
        "all_url": _drill(scope),
        "tour": "reports",
    }
    name = "_report" if is_fragment(request) else "page"
    response: HttpResponse = render(request, f"incentives/reports/{name}.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _state(request: DeskRequest) -> str:
    """Return the query of the report that is shown, for the files of it."""
    query = request.GET.copy()
    query.pop("export", None)
    return query.urlencode()


def _row(line: Line, scope: Scope, by: Grouping) -> Row:
    """Return a line in words, each figure with the address of its rows."""
    cells = [
        Cell(name, tally.count, line.money(tally), _drill(_narrowed(line, scope, by), line, name))
        for name in OUTCOMES
        for tally in (getattr(line, name),)
    ]
    return Row(
        label=line.label,
        unit=_unit(line),
        cells=cells,
        share=round(100 * line.delivered.count / line.promised.count) if line.promised.count else 0,
        difference=_signed(line.difference),
        off=bool(line.difference),
    )


def _unit(line: Line) -> str:
    return line.currency or UNITS[line.unit]


def _signed(difference: Money | None) -> str:
    """Write a difference with its sign: `+€20.00`, `−€5.00`, `€0.00`."""
    if difference is None:
        return "–"
    if not difference:
        return difference.format()
    return f"+{difference.format()}" if difference.minor > 0 else f"−{(-difference).format()}"


def _narrowed(line: Line, scope: Scope, by: Grouping) -> dict[str, Any]:
    """Return the report's scope narrowed to the group of the line, as the list's filters name it."""
    query = _query(scope)
    if not line.key:
        return query
    if by == "month":
        first = date.fromisoformat(f"{line.key}-01")
        last = add_months(first, 1) - timedelta(days=1)
        return query | {
            "confirmed_after": max(first, scope.since).isoformat(),
            "confirmed_before": min(last, scope.until).isoformat(),
        }
    return query | {"incentive_type" if by == "type" else "program": line.key}


def _query(scope: Scope) -> dict[str, Any]:
    known = asdict(scope)
    return {
        "confirmed_after": scope.since.isoformat(),
        "confirmed_before": scope.until.isoformat(),
    } | {name: known[name] for name in ("program", "incentive_type", "direction") if known[name]}


def _drill(query: Scope | dict[str, Any], line: Line | None = None, name: str = "promised") -> str:
    """Return the address of the distributions behind a figure."""
    found = _query(query) if isinstance(query, Scope) else dict(query)
    if line is not None:
        found["unit"] = line.currency or line.unit or "none"
    if name != "promised":
        found["status"] = {"delivered": "success"}.get(name, name)
    return address("distributions", **found)


def _charts(lines: Sequence[Line], by: Grouping) -> list[Chart]:
    """Return the outcomes by group, and for each of the first currencies promised beside delivered."""
    groups = list(dict.fromkeys((line.key, line.label) for line in lines))
    if not groups:
        return []
    noun = dict(GROUPINGS)[by]

    def counts(outcome: str) -> tuple[int, ...]:
        return tuple(
            sum(getattr(line, outcome).count for line in lines if line.key == key)
            for key, _ in groups
        )

    labels = [label for _, label in groups]
    drawn = [
        Chart(
            id="report-outcomes",
            title=f"Distributions by {noun.lower()}",
            label=noun,
            labels=labels,
            series=[
                Series("Delivered", counts("delivered"), tone=3),
                Series("Pending", counts("pending"), tone=2),
                Series("Failed", counts("failed"), tone=4),
            ],
            stacked=True,
        )
    ]
    currencies = sorted({line.currency for line in lines if line.currency})
    return drawn + [_amounts(lines, groups, code, noun) for code in currencies[:CURRENCIES_DRAWN]]


def _amounts(
    lines: Sequence[Line], groups: Sequence[tuple[str, str]], currency: str, noun: str
) -> Chart:
    """Return what was promised beside what was delivered, in one currency."""
    found = {line.key: line for line in lines if line.currency == currency}

    def sums(outcome: str) -> list[Money]:
        return [
            Money(getattr(found[key], outcome).minor if key in found else 0, currency)
            for key, _ in groups
        ]

    columns = [sums("promised"), sums("delivered")]
    return Chart(
        id=f"report-{currency.lower()}",
        title=f"Promised and delivered in {currency}",
        label=noun,
        labels=[label for _, label in groups],
        series=[
            Series(name, tuple(float(money.amount) for money in column))
            for name, column in zip(("Promised", "Delivered"), columns, strict=True)
        ],
        shown=[[money.format() for money in column] for column in columns],
    )


def _file(kind: str, by: Grouping, lines: Sequence[Line]) -> HttpResponseBase:
    """Send the report as a sheet: counts and sums in columns of their own, one currency a line."""
    head = [dict(GROUPINGS)[by], "Given in"]
    for outcome in OUTCOMES:
        head += [outcome.capitalize(), f"{outcome.capitalize()}, sum"]
    head += ["Promised of the delivered, sum", "Delivered more than promised"]
    send = exports.csv_response if kind == "csv" else exports.xlsx_response
    return send("fulfilment-report", head, _cells(lines))


def _cells(lines: Sequence[Line]) -> Iterator[list[Any]]:
    for line in lines:
        row: list[Any] = [line.label, _unit(line)]
        for outcome in OUTCOMES:
            tally = getattr(line, outcome)
            money = line.money(tally)
            row += [tally.count, money.amount if money is not None else ""]
        kept = Money(line.kept, line.currency).amount if line.currency else ""
        row += [kept, line.difference.amount if line.difference is not None else ""]
        yield row
