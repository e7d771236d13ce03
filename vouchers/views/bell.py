"""The bell of vouchers: alerts that nobody has looked at yet (vouchers.md 7.3)."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest

from core import navigation
from core.bells import Bell
from core.clock import now
from directory.permissions import may
from directory.sessions import DeskRequest, membership_of
from vouchers.selectors.alerts import loud_count
from vouchers.views.desk import business_of

# Under which the number is noted on the membership.
NOTE = "loud_voucher_alerts"


def rung(request: HttpRequest) -> Bell | None:
    """Tell how many alerts are open, neither acknowledged nor snoozed, to who may read them.

    The number was read along with the membership, and costs no query of its own.
    """
    url = navigation.address("voucher_alerts")
    if not url or not may(request, "vouchers.read"):
        return None
    count = getattr(membership_of(request), NOTE, None)
    if count is None:
        count = loud_count(business=business_of(cast("DeskRequest", request)), at=now())
    if not count:
        return Bell(0, url, "No voucher alert waits for you")
    words = "1 voucher alert waits" if count == 1 else f"{count:,} voucher alerts wait"
    return Bell(count, f"{url}?state=open", f"{words} for you")
