"""What holds for everybody who types an address on a public page (incentives.md 5.3)."""

from __future__ import annotations

from core.errors import Conflict
from directory.choices import MemberStatus
from directory.models import Membership


class NotForYou(Conflict):
    """The address cannot claim this offer; the text does not say why."""

    code = "not_claimable"


def refuse_own_address(*, business_id: int, email: str) -> None:
    """Raise `NotForYou` for the address of one of the vendor's own users, in neutral words."""
    own = Membership.objects.filter(
        organisation=business_id, status=MemberStatus.ACTIVE, user__email__iexact=email
    )
    if own.exists():
        raise NotForYou("This offer cannot be claimed with this address.")
