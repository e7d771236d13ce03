"""What stands around every tab of a list: heading, tabs, and what may be done now."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.urls import reverse

from core import navigation
from core.clock import now
from directory.permissions import may
from directory.sessions import DeskRequest
from vouchers.choices import ListStatus
from vouchers.list_acts import UPLOAD, acts_of
from vouchers.models import VoucherList
from vouchers.selectors import lists as selectors
from vouchers.views.desk import business_of

TITLE = "Voucher Lists"
TABS = (
    ("voucher_list", "Overview"),
    ("voucher_list_codes", "Codes"),
    ("voucher_list_uploads", "Uploads"),
    ("voucher_list_campaigns", "Campaigns"),
    ("voucher_list_alerts", "Alerts"),
    ("voucher_list_activity", "Activity"),
)


def list_of(request: DeskRequest, list_id: str) -> VoucherList:
    """Return a list of the business that asks; raises `NotFound`."""
    return selectors.voucher_list(business=business_of(request), list_id=list_id)


def frame(request: DeskRequest, row: VoucherList, tab: str) -> dict[str, Any]:
    """Return heading, tabs and acts of a list."""
    label = dict(TABS)[tab]
    crumbs = [(TITLE, reverse("voucher_lists"))]
    if tab == "voucher_list":
        crumbs.append((row.name, ""))
    else:
        crumbs += [(row.name, reverse("voucher_list", args=[row.list_id])), (label, "")]
    return {
        "voucher_list": row,
        "is_late": row.status in (ListStatus.ACTIVE, ListStatus.PAUSED) and row.expires_at <= now(),
        "days_left": _left(row.expires_at - now()),
        "tabs": [
            {"label": name, "url": reverse(url, args=[row.list_id]), "current": url == tab}
            for url, name in TABS
        ],
        "acts": acts(request, row),
        "crumbs": crumbs,
        "breadcrumbs": crumbs,
        "tour": "vouchers.list",
    }


def acts(request: DeskRequest, row: VoucherList) -> list[dict[str, Any]]:
    """Return the buttons of the heading: what the status allows this member."""
    if not may(request, "vouchers.write"):
        return []
    addresses = [
        (act, navigation.address(act.url_name, row.list_id))
        for act in acts_of(row.status, row.partner.kind)
    ]
    return [{"act": act, "url": url, "is_primary": act is UPLOAD} for act, url in addresses if url]


def _left(span: timedelta) -> str:
    """Count down: "12 days left", on the last day the hours."""
    if span >= timedelta(days=2):
        return f"{span.days:,} days left"
    hours = max(0, int(span.total_seconds() // 3600))
    return "1 hour left" if hours == 1 else f"{hours} hours left"
