"""What holds for everybody who comes to a public page or by a link (incentives.md 1, rule 3; 5.3)."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser

from core.errors import Conflict, Forbidden
from directory.choices import MemberStatus
from directory.models import Membership, User
from incentives.models import Subject


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


def is_own_user(*, subject: Subject, user: User | AnonymousUser | None) -> bool:
    """Tell whether whoever is signed in belongs to the vendor whose offer or request it is."""
    if user is None or not user.is_authenticated:
        return False
    return Membership.objects.filter(organisation=subject.business_id, user=user).exists()


def refuse_own_users(*, subject: Subject, user: User | AnonymousUser | None) -> None:
    """Raise `Forbidden` for the vendor's own users: they may look at a recipient's page, not act."""
    if is_own_user(subject=subject, user=user):
        raise Forbidden(
            "You are signed in as a member of the provider, so you cannot answer this"
            f" {subject.noun}. Sign out first if the link was sent to you."
        )
