"""Writing into the thread of an offer or request, and the contact behind a recipient."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from core.transitions import Transition
from directory.models import Contact, User
from directory.services import contacts
from incentives.choices import SenderKind
from incentives.models import GroupMember, Message, Subject, about
from incentives.services import attachments as files


def write(
    *,
    subject: Subject,
    sender_kind: str,
    sender_name: str,
    body: str,
    at: datetime,
    sender_user: User | None = None,
    sender_member: GroupMember | None = None,
    changed_status: bool = False,
    attachments: Sequence[Any] = (),
) -> Message:
    """Store one message with the subject's status as its badge, and its checked files.

    What the system or a member says to the group is nobody's unread message.
    """
    message = Message.objects.create(
        business_id=subject.business_id,
        **about(subject),
        sender_kind=sender_kind,
        sender_name=sender_name,
        sender_user=sender_user,
        sender_member=sender_member,
        body=body,
        status_at_send=subject.status,
        changed_status=changed_status,
        created_at=at,
        read_at=at if sender_kind in {SenderKind.SYSTEM, SenderKind.MEMBER} else None,
    )
    files.store(message=message, files=attachments)
    return message


def system_note(*, subject: Subject, body: str, at: datetime) -> Message:
    """Post a yellow message of the system."""
    return write(
        subject=subject,
        sender_kind=SenderKind.SYSTEM,
        sender_name="Largesse",
        body=body,
        at=at,
    )


def sentence(subject: Subject, row: Transition, name: str) -> str:
    """Say a change of status that came without words."""
    label = subject.status_face.label
    if row.actor == "system":
        return {
            "expired": "The offer expired: nobody answered in time.",
            "no_response": "The offer was closed: no answer came in time.",
        }[subject.status]
    return f"{name} set the status to {label}."


def contact_of(subject: Subject, *, address: str, name: str, at: datetime) -> Contact:
    """Find or make the contact with the verified address in the subject's business (D4)."""
    return contacts.find_or_create_by_verified_address(
        business=subject.business, address=address, name=name, at=at
    )
