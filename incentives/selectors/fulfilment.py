"""Reading what was promised and what was delivered, over all offers and requests of a business.

A distribution belongs to the month in which its terms were confirmed, whenever it was delivered: so
what was promised is always the sum of what was delivered, failed and is pending. Amounts are added
within one currency only; percentages and promises in words are counted (incentives.md 6.7).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Literal
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, TruncMonth

from core.calendar import day_bounds
from core.money import Money
from directory.models import Organisation
from incentives.choices import DistributionStatus, IncentiveType
from incentives.models import Distribution, Program
from incentives.terms import CURRENCY

Grouping = Literal["month", "type", "program"]
Direction = Literal["", "offers", "requests"]
WITHOUT_PROGRAM = "Without a program"
PROMISED = Coalesce("offer__confirmed_terms__value_minor", "request__confirmed_terms__value_minor")


@dataclass(frozen=True, slots=True)
class Scope:
    """Which distributions a report is about; days are those of the business, the last included."""

    since: date
    until: date
    program: int | None = None
    incentive_type: str = ""
    direction: Direction = ""


@dataclass(frozen=True, slots=True)
class Tally:
    """How many distributions, and their sum in minor units of the line's currency."""

    count: int = 0
    minor: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.count + other.count, self.minor + other.minor)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the report: a group (a month, a type, a program) in one currency or unit.

    `promised`, `failed` and `pending` add up the confirmed terms, `delivered` what was really given;
    `kept` is what had been promised of the delivered.
    """

    key: str
    label: str
    unit: str
    currency: str
    promised: Tally = field(default_factory=Tally)
    delivered: Tally = field(default_factory=Tally)
    failed: Tally = field(default_factory=Tally)
    pending: Tally = field(default_factory=Tally)
    kept: int = 0

    @property
    def difference(self) -> Money | None:
        """Return by how much more (or, below zero, less) was delivered than had been promised."""
        if self.unit != CURRENCY or not self.delivered.count:
            return None
        return Money(self.delivered.minor - self.kept, self.currency)

    def money(self, tally: Tally) -> Money | None:
        """Return the sum of a tally as money; percentages and words have none."""
        return Money(tally.minor, self.currency) if self.unit == CURRENCY else None

    def __add__(self, other: Line) -> Line:
        return replace(
            self,
            promised=self.promised + other.promised,
            delivered=self.delivered + other.delivered,
            failed=self.failed + other.failed,
            pending=self.pending + other.pending,
            kept=self.kept + other.kept,
        )


def distributions_of_business(*, business: Organisation) -> QuerySet[Distribution]:
    """Return all distributions of the business with what they are about, unordered."""
    return (
        Distribution.objects.filter(business=business)
        .select_related(
            "offer__program__product_service",
            "offer__confirmed_terms",
            "request__program__product_service",
            "request__confirmed_terms",
        )
        .annotate(incentive_type=Coalesce("offer__incentive_type", "request__incentive_type"))
    )


def fulfilment(*, business: Organisation, scope: Scope, by: Grouping) -> list[Line]:
    """Return the report's lines, by group and within it by currency and unit, in one query."""
    names = _program_names(business) if by == "program" else {}
    found = (
        _in_scope(business, scope)
        .annotate(group=_grouping(business, by))
        .order_by()
        .values("group", "unit", "currency")
        .annotate(**_sums())
    )
    lines = [_line(row, by, names) for row in found]
    return sorted(lines, key=lambda line: _place(line, by))


def totals(*, lines: Iterable[Line]) -> list[Line]:
    """Return the sum of the lines for each currency and unit."""
    found: dict[tuple[str, str], Line] = {}
    for line in lines:
        total = found.get((line.unit, line.currency))
        bare = replace(line, key="", label="Total")
        found[line.unit, line.currency] = bare if total is None else total + bare
    return [found[key] for key in sorted(found)]


def _in_scope(business: Organisation, scope: Scope) -> QuerySet[Distribution]:
    zone = business.time_zone
    rows = Distribution.objects.filter(
        business=business,
        created_at__gte=day_bounds(scope.since, zone).start,
        created_at__lt=day_bounds(scope.until, zone).end,
    )
    if scope.program is not None:
        rows = rows.filter(Q(offer__program=scope.program) | Q(request__program=scope.program))
    if scope.incentive_type:
        kind = scope.incentive_type
        rows = rows.filter(Q(offer__incentive_type=kind) | Q(request__incentive_type=kind))
    if scope.direction:
        rows = rows.filter(offer__isnull=scope.direction == "requests")
    return rows


def _grouping(business: Organisation, by: Grouping) -> Combinable:
    if by == "month":
        return TruncMonth("created_at", tzinfo=ZoneInfo(business.time_zone))
    if by == "type":
        return Coalesce("offer__incentive_type", "request__incentive_type")
    return Coalesce("offer__program", "request__program")


def _sums() -> dict[str, Any]:
    sums: dict[str, Any] = {
        "promised": Count("*"),
        "promised_minor": Sum(PROMISED),
        "kept": Sum(PROMISED, filter=Q(status=DistributionStatus.SUCCESS)),
        "delivered": Count("pk", filter=Q(status=DistributionStatus.SUCCESS)),
        "delivered_minor": Sum(F("value_minor"), filter=Q(status=DistributionStatus.SUCCESS)),
    }
    for name in (DistributionStatus.FAILED, DistributionStatus.PENDING):
        only = Q(status=name)
        sums |= {
            name.value: Count("pk", filter=only),
            f"{name.value}_minor": Sum(PROMISED, filter=only),
        }
    return sums


def _line(row: Mapping[str, Any], by: Grouping, names: dict[int, str]) -> Line:
    key, label = _named(row["group"], by, names)

    def tally(name: str) -> Tally:
        return Tally(row[name], row[f"{name}_minor"] or 0)

    return Line(
        key=key,
        label=label,
        unit=row["unit"],
        currency=row["currency"],
        promised=tally("promised"),
        delivered=tally("delivered"),
        failed=tally("failed"),
        pending=tally("pending"),
        kept=row["kept"] or 0,
    )


def _named(group: Any, by: Grouping, names: dict[int, str]) -> tuple[str, str]:
    """Return the key of a group, as the drill-down's address names it, and its words."""
    if by == "month":
        return f"{group:%Y-%m}", f"{group:%b %Y}"
    if by == "type":
        return (group, IncentiveType(group).label) if group else ("", "Not said")
    return (str(group), names[group]) if group is not None else ("none", WITHOUT_PROGRAM)


def _place(line: Line, by: Grouping) -> tuple[Any, ...]:
    """Order months by time, types as everywhere, programs by name; currencies within each."""
    if by == "month":
        return (line.key, line.unit, line.currency)
    if by == "type":
        kinds = [*IncentiveType.values, ""]
        return (kinds.index(line.key), line.unit, line.currency)
    return (line.key == "none", line.label.casefold(), line.key, line.unit, line.currency)


def _program_names(business: Organisation) -> dict[int, str]:
    rows = Program.objects.filter(business=business)
    return dict(rows.values_list("pk", "product_service__name"))
