"""Vouchers on the dashboard of the business: figures, issued against uploaded, alerts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from directory.models import Organisation
from vouchers.selectors.glance import glance
from vouchers.tables.alerts import said
from vouchers.views import list_charts


def section(*, business: Organisation, at: datetime) -> dict[str, Any] | None:
    """Return what `vouchers/glance/_section.html` shows; None for who has no voucher list."""
    found = glance(business=business, at=at)
    if found is None:
        return None
    return {
        "overview": found.overview,
        "uploaded": found.uploaded,
        "issued": found.issued,
        "utilisation": found.utilisation,
        "chart": list_charts.of_lists(rows=found.lists),
        "alerts": [{"alert": one, "sentence": said(one)[0]} for one in found.alerts],
    }
