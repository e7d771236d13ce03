"""The charts of voucher lists: how stock and use moved, and which lists are used up first."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse

from core.charts import Chart, Series
from vouchers.models import VoucherList
from vouchers.selectors.by_day import DAYS, Use, running_total
from vouchers.selectors.numbers import Numbers


def of_list(*, use: Use, numbers: Numbers) -> list[Chart]:
    """Return issued against uploaded as both stood on each day, and what was given out a day."""
    labels = [f"{day.day} {day:%b}" for day in use.days]
    each_day = [Series("Distributed", use.issued)]
    if any(use.redeemed):
        each_day.append(Series("Redeemed", use.redeemed, tone=3))
    stock = Chart(
        id="list-stock",
        title="Distributed against uploaded",
        label="End of",
        labels=labels,
        series=[
            Series("Uploaded", running_total(per_day=use.uploaded, total=numbers.uploaded), tone=5),
            Series("Distributed", running_total(per_day=use.issued, total=numbers.issued), tone=1),
        ],
        kind="line",
    )
    by_day = Chart(
        id="list-by-day",
        title=f"Codes distributed on each of the last {DAYS} days",
        label="Day",
        labels=labels,
        series=each_day,
    )
    return [stock, by_day]


def of_lists(*, rows: Sequence[VoucherList]) -> Chart:
    """Return what was given out and what is left of each list of `lists_listed`."""
    issued = tuple(int(row.issued_count) for row in rows)  # type: ignore[attr-defined]
    left = tuple(
        int(row.uploaded_count) - int(row.issued_count)  # type: ignore[attr-defined]
        for row in rows
    )
    return Chart(
        id="lists-use",
        title="Distributed against uploaded, by list",
        label="List",
        labels=[row.name for row in rows],
        series=[Series("Distributed", issued, tone=1), Series("Left", left, tone=5)],
        stacked=True,
        horizontal=True,
        links=[reverse("voucher_list", args=[row.list_id]) for row in rows],
    )
