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
from vouchers.list_acts import ACTIVATE, EDIT, UPLOAD, acts_of
from vouchers.models import VoucherList
from vouchers.selectors import lists as selectors
from vouchers.selectors.alerts import alerts_of_list
from vouchers.views.desk import business_of

TITLE = "Voucher Lists"
# What stands in the heading itself; the rest is in the menu beside it.
BUTTONS = (ACTIVATE, EDIT, UPLOAD)
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
    open_alerts = alerts_of_list(voucher_list=row).filter(resolved_at=None).count()
    return {
        "voucher_list": row,
        "is_late": row.status in (ListStatus.ACTIVE, ListStatus.PAUSED) and row.expires_at <= now(),
        "days_left": _left(row.expires_at - now()),
        "tabs": [
            {
                "label": name,
                "url": reverse(url, args=[row.list_id]),
                "current": url == tab,
                "count": open_alerts if url == "voucher_list_alerts" else 0,
            }
            for url, name in TABS
        ],
        **acts(request, row),
        "crumbs": crumbs,
        "breadcrumbs": crumbs,
        "tour": "vouchers.list",
    }


def acts(request: DeskRequest, row: VoucherList) -> dict[str, list[dict[str, Any]]]:
    """Return what the status allows this member: the buttons of the heading, and its menu."""
    if not may(request, "vouchers.write"):
        return {"acts": [], "more_acts": []}
    known = [
        {"act": act, "url": url, "is_primary": act is UPLOAD}
        for act in acts_of(row.status, row.partner.kind)
        if (url := navigation.address(act.url_name, row.list_id))
    ]
    return {
        "acts": [one for one in known if one["act"] in BUTTONS],
        "more_acts": [one for one in known if one["act"] not in BUTTONS],
    }


def _left(span: timedelta) -> str:
    """Count down: "12 days left", on the last day the hours."""
    if span >= timedelta(days=2):
        return f"{span.days:,} days left"
    hours = max(0, int(span.total_seconds() // 3600))
    return "1 hour left" if hours == 1 else f"{hours} hours left"
