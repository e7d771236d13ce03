"""Who acts on an offer: a provider's user, the recipient by a token, or the system."""

from __future__ import annotations

from dataclasses import dataclass

from directory.models import User
from incentives.choices import SenderKind, Side
from incentives.models import GroupMember, Offer


@dataclass(frozen=True, slots=True)
class Actor:
    """A side, the name shown in history and thread, and the row behind it where there is one."""

    kind: str
    name: str
    user: User | None = None
    member: GroupMember | None = None

    @property
    def sender_kind(self) -> str:
        """The code under which the side's messages are stored."""
        return {
            Side.PROVIDER.value: SenderKind.VENDOR.value,
            Side.RECIPIENT.value: SenderKind.REFERENT.value,
        }.get(self.kind, SenderKind.SYSTEM.value)


SYSTEM = Actor(Side.SYSTEM.value, "Largesse")


def provider(user: User) -> Actor:
    """Return the user as the provider's side."""
    return Actor(Side.PROVIDER.value, user.display_name, user=user)


def member(row: GroupMember) -> Actor:
    """Return a member of a group as the recipient's side; only its lead answers for the group."""
    return Actor(Side.RECIPIENT.value, row.name or "Member of the group", member=row)


def recipient(offer: Offer, name: str = "") -> Actor:
    """Return the offer's recipient, who is known by a token alone."""
    shown = name or offer.recipient_name or offer.recipient_email or "Recipient"
    return Actor(Side.RECIPIENT.value, shown)
