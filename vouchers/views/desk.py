"""What the pages of vouchers share: for whom somebody acts."""

from __future__ import annotations

from directory.models import Organisation
from directory.sessions import DeskRequest


def business_of(request: DeskRequest) -> Organisation:
    """Return the tenant: the organisation acted for, or the business of that merchant."""
    acting = request.organisation
    return acting if acting.business is None else acting.business
