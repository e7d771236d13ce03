"""The charts of the dashboard: counts over weeks and months, each leading to the rows behind it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from core import navigation
from core.calendar import add_months
from core.charts import Chart, Series
from directory.models import Organisation
from incentives.choices import DeliveryMethod, IncentiveType, SenderKind
from incentives.selectors import dashboard
from incentives.selectors.dashboard import Timeline

SIDES = {SenderKind.REFERENT.value: "Recipients", SenderKind.VENDOR.value: "Us"}


def address(url_name: str, *args: object, **query: Any) -> str:
    """Return a page's address with a query, or nothing where this installation lacks the page."""
    path = navigation.address(url_name, *args)
    text = urlencode(query, doseq=True)
    return f"{path}?{text}" if path and text else path


def charts_of(*, business: Organisation, at: datetime) -> list[Chart]:
    """Return the three charts: offers and messages by week, incentives provided by month."""
    return [
        _by_week(
            "offers-by-week",
            "Offers sent each week",
            dashboard.offers_by_week(business=business, at=at),
            dict(DeliveryMethod.choices),
            page="offers",
            days="offered",
        ),
        _provided(dashboard.provided_by_month(business=business, at=at)),
        _by_week(
            "messages-by-week",
            "Messages each week",
            dashboard.messages_by_week(business=business, at=at),
            SIDES,
            page="conversation_messages",
            days="sent",
        ),
    ]


def _by_week(
    key: str, title: str, found: Timeline, names: dict[str, str], *, page: str, days: str
) -> Chart:
    return Chart(
        id=key,
        title=title,
        label="Week of",
        labels=[f"{day.day} {day:%b}" for day in found.days],
        series=_series(found, names),
        stacked=True,
        links=[_rows(page, days, day, day + timedelta(days=6)) for day in found.days],
    )


def _provided(found: Timeline) -> Chart:
    ends = [add_months(day, 1) - timedelta(days=1) for day in found.days]
    return Chart(
        id="provided-by-month",
        title="Incentives provided each month",
        label="Month",
        labels=[f"{day:%b %Y}" for day in found.days],
        series=_series(found, dict(IncentiveType.choices)),
        stacked=True,
        links=[
            _rows("distributions", "delivered", day, end, status="success")
            for day, end in zip(found.days, ends, strict=True)
        ],
    )


def _series(found: Timeline, names: dict[str, str]) -> list[Series]:
    """Return a series for each known kind, in one order, so that each keeps its colour."""
    nothing = (0,) * len(found.days)
    return [Series(str(name), found.counts.get(kind, nothing)) for kind, name in names.items()]


def _rows(page: str, days: str, first: date, last: date, **more: str) -> str:
    between = {f"{days}_after": first.isoformat(), f"{days}_before": last.isoformat()}
    return address(page, **more, **between)
