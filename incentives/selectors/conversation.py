"""Reading an offer's conversation."""

from __future__ import annotations

from django.db.models import QuerySet

from core.errors import NotFound
from incentives.choices import SenderKind, Side
from incentives.models import Message, MessageAttachment, Offer

PAGE = 50


def thread(
    *, offer: Offer, before: int | None = None, after: int | None = None, limit: int = PAGE
) -> list[Message]:
    """Return up to `limit` messages oldest first: the newest, those before or those after an id."""
    rows = (
        Message.objects.filter(offer=offer)
        .select_related("sender_user")
        .prefetch_related("attachments")
    )
    if after is not None:
        return list(rows.filter(pk__gt=after).order_by("created_at", "id")[:limit])
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return list(reversed(rows.order_by("-created_at", "-id")[:limit]))


def message_count(*, offer: Offer) -> int:
    return Message.objects.filter(offer=offer).count()


def unread(*, offer: Offer, reader_kind: str) -> QuerySet[Message]:
    """Return the other side's messages that the reader has not seen; system messages never count."""
    sender = SenderKind.REFERENT if reader_kind == Side.PROVIDER else SenderKind.VENDOR
    return Message.objects.filter(offer=offer, sender_kind=sender, read_at__isnull=True)


def unread_count(*, offer: Offer, reader_kind: str) -> int:
    return unread(offer=offer, reader_kind=reader_kind).count()


def message_of(*, offer: Offer, pk: int) -> Message:
    """Return one message of the offer, or raise `NotFound`."""
    found = Message.objects.filter(offer=offer, pk=pk).first()
    if found is None:
        raise NotFound("There is no such message.")
    return found


def attachment_of(*, offer: Offer, key: str) -> MessageAttachment:
    """Return one file of the offer's thread; a deleted message's files are gone for readers."""
    found = MessageAttachment.objects.filter(
        message__offer=offer, message__deleted_at__isnull=True, key=key
    ).first()
    if found is None:
        raise NotFound("There is no such file.")
    return found
