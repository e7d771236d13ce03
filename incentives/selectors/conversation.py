"""Reading the conversation about an offer or a request."""

from __future__ import annotations

from django.db.models import QuerySet

from core.errors import NotFound
from incentives.choices import SenderKind, Side
from incentives.models import Message, MessageAttachment, Subject

PAGE = 50


def said(subject: Subject, *, among_members: bool = False) -> QuerySet[Message]:
    """Return what both sides wrote to each other, or what a group's members wrote among themselves."""
    if among_members:
        return subject.messages.filter(sender_kind=SenderKind.MEMBER)
    return subject.messages.exclude(sender_kind=SenderKind.MEMBER)


def thread(
    *,
    subject: Subject,
    before: int | None = None,
    after: int | None = None,
    limit: int = PAGE,
    among_members: bool = False,
) -> list[Message]:
    """Return up to `limit` messages oldest first: the newest, those before or those after an id."""
    rows = (
        said(subject, among_members=among_members)
        .select_related("sender_user")
        .prefetch_related("attachments")
    )
    if after is not None:
        return list(rows.filter(pk__gt=after).order_by("created_at", "id")[:limit])
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return list(reversed(rows.order_by("-created_at", "-id")[:limit]))


def message_count(*, subject: Subject, among_members: bool = False) -> int:
    return said(subject, among_members=among_members).count()


def unread(*, subject: Subject, reader_kind: str) -> QuerySet[Message]:
    """Return the other side's messages that the reader has not seen; system messages never count."""
    sender = SenderKind.REFERENT if reader_kind == Side.PROVIDER else SenderKind.VENDOR
    return subject.messages.filter(sender_kind=sender, read_at__isnull=True)


def unread_count(*, subject: Subject, reader_kind: str) -> int:
    return unread(subject=subject, reader_kind=reader_kind).count()


def message_of(*, subject: Subject, pk: int, among_members: bool = False) -> Message:
    """Return one message of the thread, or raise `NotFound`."""
    found = said(subject, among_members=among_members).filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no such message.")
    return found


def attachment_of(*, subject: Subject, key: str, among_members: bool = False) -> MessageAttachment:
    """Return one file of the thread; a deleted message's files are gone for readers."""
    readable = said(subject, among_members=among_members).filter(deleted_at__isnull=True)
    found = MessageAttachment.objects.filter(message__in=readable, key=key).first()
    if found is None:
        raise NotFound("There is no such file.")
    return found
