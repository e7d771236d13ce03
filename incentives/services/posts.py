"""Writing into an offer's thread, and the contact behind a recipient."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from core.transitions import Transition
from directory.models import Contact, User
from directory.services import contacts
from incentives.choices import OfferStatus, SenderKind
from incentives.models import Message, Offer
from incentives.services import attachments as files


def write(
    *,
    offer: Offer,
    sender_kind: str,
    sender_name: str,
    body: str,
    at: datetime,
    sender_user: User | None = None,
    changed_status: bool = False,
    attachments: Sequence[Any] = (),
) -> Message:
    """Store one message with the offer's status as its badge, and its checked files."""
    message = Message.objects.create(
        offer=offer,
        sender_kind=sender_kind,
        sender_name=sender_name,
        sender_user=sender_user,
        body=body,
        status_at_send=offer.status,
        changed_status=changed_status,
        created_at=at,
        read_at=at if sender_kind == SenderKind.SYSTEM else None,
    )
    files.store(message=message, files=attachments)
    return message


def system_note(*, offer: Offer, body: str, at: datetime) -> Message:
    """Post a yellow message of the system."""
    return write(
        offer=offer,
        sender_kind=SenderKind.SYSTEM,
        sender_name="Largesse",
        body=body,
        at=at,
    )


def sentence(offer: Offer, row: Transition, name: str) -> str:
    """Say a change of status that came without words."""
    label = OfferStatus(offer.status).label
    if row.actor == "system":
        return {
            "expired": "The offer expired: nobody answered in time.",
            "no_response": "The offer was closed: no answer came in time.",
        }[offer.status]
    return f"{name} set the status to {label}."


def contact_of(offer: Offer, *, address: str, name: str, at: datetime) -> Contact:
    """Find or make the contact with the verified address in the offer's business (D4)."""
    return contacts.find_or_create_by_verified_address(
        business=offer.business, address=address, name=name, at=at
    )
