"""The banner over every page about money while the books of the business are frozen."""

from __future__ import annotations

from django.http import HttpRequest

from core.banners import Banner
from directory.permissions import may
from directory.sessions import membership_of
from wallet.selectors.overview import freeze_of

PATHS = ("/wallet", "/settings/redemption", "/settings/charges")


def frozen(request: HttpRequest) -> Banner | None:
    """Say since when the books are frozen, and who may release them."""
    if not request.path.startswith(PATHS) or not may(request, "wallet.read"):
        return None
    membership = membership_of(request)
    freeze = freeze_of(business=membership.organisation) if membership is not None else None
    if freeze is None:
        return None
    approves = may(request, "wallet.approve")
    return Banner("wallet/_freeze.html", {"freeze": freeze, "approves": approves})
