"""Messages that keep the status, and what their authors may still do with them
(incentives.md 2.6, 3.7)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from core import ratelimit
from core.errors import Conflict, Invalid
from incentives.choices import OPEN, OfferStatus, SenderKind, Side
from incentives.models import Acknowledgement, IncentiveRequest, Message, Offer, Subject
from incentives.selectors import unread
from incentives.services import posts
from incentives.services.actors import Actor
from incentives.services.attachments import MAX_FILE_BYTES, MAX_FILES
from incentives.services.attachments import check as check_files
from incentives.services.notices import either
from incentives.services.subjects import lock
from incentives.workflow.offers import OFFER

__all__ = [
    "MAX_BODY",
    "MAX_FILES",
    "MAX_FILE_BYTES",
    "check_body",
    "count_towards_limit",
    "delete",
    "edit",
    "mark_read",
    "may_change",
    "may_post",
    "post",
]

MAX_BODY = 1024
EDIT_WINDOW = timedelta(minutes=15)
PER_HOUR = 20


class Closed(Conflict):
    """The thread takes no more messages."""

    code = "thread_closed"


class NotYours(Conflict):
    """The message can no longer be changed by the one who asks."""

    code = "message_fixed"


def check_body(body: str) -> str:
    """Return the trimmed text, 1 to 1024 characters, or raise `Invalid` at `body`."""
    text = body.replace("\r\n", "\n").strip()
    if not text:
        raise Invalid("Write a message.", fields={"body": "Write a message."})
    if len(text) > MAX_BODY:
        sentence = f"Use at most {MAX_BODY} characters; these are {len(text)}."
        raise Invalid(sentence, fields={"body": sentence})
    return text


def may_post(subject: Subject) -> str:
    """Return why no message that keeps the status can be sent now, or an empty text."""
    if isinstance(subject, IncentiveRequest):
        return _may_post_on_request(subject)
    return _may_post_on_offer(subject)


def _may_post_on_request(request: IncentiveRequest) -> str:
    if request.is_draft:
        return "The request is a draft: the conversation begins once it is sent."
    return "The conversation is closed." if request.is_closed else ""


def _may_post_on_offer(offer: Offer) -> str:
    if offer.is_draft:
        return "The offer is a draft: send it before you write to the recipient."
    if offer.status not in OPEN:
        return "The conversation is closed."
    if offer.status == OfferStatus.COMPLETED and not _receipt_confirmed(offer):
        return "The offer is completed. The conversation goes on once receipt was confirmed."
    if not offer.is_bound and offer.is_link:
        return "Nobody has claimed this link yet, so there is nobody to write to."
    return ""


def _receipt_confirmed(offer: Offer) -> bool:
    return Acknowledgement.objects.filter(offer=offer, submitted_at__isnull=False).exists()


def count_towards_limit(*, subject: Subject, kind: str, at: datetime) -> None:
    """Count one message of the side; more than 20 an hour raise `TooMany` (incentives.md 5.5)."""
    bucket = f"messages:{subject.noun}:{subject.pk}:{kind}"
    ratelimit.hit(bucket=bucket, limit=PER_HOUR, per=timedelta(hours=1), at=at)


def post(
    *, subject: Subject, actor: Actor, body: str, attachments: Sequence[Any] = (), at: datetime
) -> Message:
    """Write a message without changing the status (Keep current status) and tell the other side.

    The provider's message restarts a running response clock; the recipient's stops it until the
    provider writes again (incentives.md 4.3).
    """
    text = check_body(body)
    files = check_files(attachments)
    with transaction.atomic():
        locked = lock(subject)
        if refusal := may_post(locked):
            raise Closed(refusal)
        message = posts.write(
            subject=locked,
            sender_kind=actor.sender_kind,
            sender_name=actor.name,
            sender_user=actor.user,
            body=text,
            attachments=files,
            at=at,
        )
        if isinstance(locked, Offer):
            locked.answer_due_at = _clock_after(locked, actor, at)
        locked.updated_at = at
        locked.save(update_fields=["updated_at", *_clock_columns(locked)])
        event = f"message-{message.pk}"
        if actor.kind == Side.PROVIDER:
            either.provider_acted(locked, event=event, text=text, at=at)
        else:
            either.recipient_acted(locked, event=event, old_status=locked.status, text=text, at=at)
    return message


def _clock_columns(subject: Subject) -> list[str]:
    """A request has no response clock: nothing ends it but one of its two sides."""
    return ["answer_due_at"] if isinstance(subject, Offer) else []


def _clock_after(offer: Offer, actor: Actor, at: datetime) -> datetime | None:
    if actor.kind != Side.PROVIDER:
        return None
    clocked = OFFER.available(status=offer.status, actor=Side.SYSTEM, set_by=offer.status_set_by)
    if not any("window passed" in row.guards for row in clocked):
        return offer.answer_due_at
    return at + timedelta(days=offer.business.response_window_days)


def edit(*, message: Message, actor: Actor, body: str, at: datetime) -> Message:
    """Change the text of one's own plain message within 15 minutes; it then shows "(edited)"."""
    text = check_body(body)
    with transaction.atomic():
        locked = Message.objects.select_for_update().get(pk=message.pk)
        _refuse_fixed(locked, actor, at)
        locked.body, locked.edited_at = text, at
        locked.save(update_fields=["body", "edited_at"])
    return locked


def delete(*, message: Message, actor: Actor, at: datetime) -> Message:
    """Blank one's own plain message within 15 minutes; it is kept for audit."""
    with transaction.atomic():
        locked = Message.objects.select_for_update().get(pk=message.pk)
        _refuse_fixed(locked, actor, at)
        locked.deleted_at = at
        locked.save(update_fields=["deleted_at"])
    return locked


def may_change(message: Message, actor: Actor, at: datetime) -> bool:
    """Tell whether the actor may edit or delete the message now."""
    return (
        _is_own(message, actor)
        and message.sender_kind != SenderKind.SYSTEM
        and not message.changed_status
        and message.deleted_at is None
        and at < message.created_at + EDIT_WINDOW
    )


def _is_own(message: Message, actor: Actor) -> bool:
    if message.sender_kind == SenderKind.MEMBER:
        return actor.member is not None and message.sender_member_id == actor.member.pk
    return message.sender_kind == actor.sender_kind and (
        actor.user is None or message.sender_user_id == actor.user.pk
    )


def _refuse_fixed(message: Message, actor: Actor, at: datetime) -> None:
    if may_change(message, actor, at):
        return
    if message.changed_status:
        raise NotYours("This message changed the status, so it stays as it is.")
    raise NotYours("A message can be changed by its author within 15 minutes.")


def mark_read(*, subject: Subject, reader_kind: str, at: datetime) -> int:
    """Mark the other side's messages as seen and return how many were new."""
    return unread(subject=subject, reader_kind=reader_kind).update(read_at=at)
