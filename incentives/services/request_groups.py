"""Joining a group request, and its members' chat among themselves (incentives.md 8.1)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from core import ratelimit, references, tokens
from core.errors import Forbidden, Invalid, NotFound
from incentives.choices import SEATED, GroupMemberStatus, SenderKind, Side
from incentives.choices.requests import REQUEST_JOINABLE
from incentives.models import GroupMember, IncentiveRequest, Message
from incentives.selectors.requests import own_request, request_by_pk, request_seats_taken
from incentives.services import messages, posts, visitors
from incentives.services.actors import Actor
from incentives.services.attachments import check as check_files
from incentives.services.groups import GroupClosed, GroupFull
from incentives.services.notices import requests as notices
from incentives.services.requests import VERIFICATIONS_PER_HOUR
from incentives.services.subjects import lock


class NotAMember(Forbidden):
    """Only the creator and Active members read and write in a group's chat."""

    code = "not_a_member"
    heading = "Only members can open this page"


def refuse_unjoinable(request: IncentiveRequest) -> None:
    """Raise `GroupClosed` or `GroupFull` unless somebody can join now."""
    if not request.is_group or request.status not in REQUEST_JOINABLE:
        raise GroupClosed("This group takes no more members. Ask whoever sent you the link.")
    if request_seats_taken(request=request) >= (request.max_required_members or 0):
        raise GroupFull("All places are taken. Ask whoever sent you the link.")


def ask_to_join(*, request: IncentiveRequest, name: str, email: str, at: datetime) -> None:
    """Keep a Pending place for the visitor and mail a link that confirms the address.

    Neutral about addresses that are members already: they get their way back by e-mail. More than 3
    mails an hour to one address raise `TooMany`.
    """
    address = email.strip().lower()
    if len(name.strip()) < 2:
        raise Invalid("Enter your name.", fields={"name": "Enter your name."})
    refuse_unjoinable(request)
    visitors.refuse_own_address(business_id=request.business_id, email=address)
    ratelimit.hit(
        bucket=f"verify:{address}", limit=VERIFICATIONS_PER_HOUR, per=timedelta(hours=1), at=at
    )
    with transaction.atomic():
        locked = lock(request)
        member, _ = GroupMember.objects.get_or_create(
            request=locked, email=address, defaults={"name": name.strip(), "invited_at": at}
        )
        member.request = locked
        if member.status in SEATED:
            notices.joined(member, at=at)
        elif member.status == GroupMemberStatus.PENDING:
            notices.verify_member(member, at=at)


def _member_by(token_subject: str) -> GroupMember:
    member = GroupMember.objects.get(pk=references.parse(token_subject)[1])
    assert member.request_id is not None
    member.request = request_by_pk(pk=member.request_id)
    return member


def open_joining(*, secret: str, at: datetime) -> GroupMember:
    """Return the Pending member whom the link would seat; changes nothing; raises token errors."""
    return _member_by(tokens.resolve(secret, purposes=[notices.JOIN], at=at).subject)


def join(*, secret: str, at: datetime) -> tuple[GroupMember, str]:
    """Seat the member behind the link and return them with the secret of their way back.

    The request's row is locked, so the last place goes to exactly one; who comes too late meets
    `GroupFull`.
    """
    member = open_joining(secret=secret, at=at)
    assert member.request is not None
    with transaction.atomic():
        tokens.consume(tokens.resolve(secret, purposes=[notices.JOIN], at=at), at=at)
        request = lock(member.request)
        refuse_unjoinable(request)
        contact = posts.contact_of(request, address=member.email, name=member.name, at=at)
        member.request, member.contact = request, contact
        member.status, member.verified_at = GroupMemberStatus.ACTIVE, at
        member.save(update_fields=["contact", "status", "verified_at"])
        taken = request_seats_taken(request=request)
        note = f"{member.name} joined: {taken} of {request.max_required_members} places are taken."
        posts.system_note(subject=request, body=note, at=at)
        return member, notices.joined(member, at=at)


def open_membership(*, secret: str, at: datetime) -> GroupMember:
    """Return the member behind an access link; one who no longer is Active is refused.

    Raises the token errors of `core.tokens`, and `NotAMember` (403).
    """
    member = _member_by(tokens.resolve(secret, purposes=[notices.MEMBER], at=at).subject)
    if member.status not in SEATED:
        raise NotAMember("You are no longer a member of this group.")
    return member


def open_chat(*, secret: str, pk: int, at: datetime) -> GroupMember:
    """Return as whom the holder of the link reads the chat of the group request `pk`.

    A member comes by their own link, the creator by the link to their requests.
    """
    purposes = [notices.MEMBER, notices.ACCESS]
    token = tokens.resolve(secret, purposes=purposes, at=at)
    if token.purpose == notices.ACCESS:
        return creators_membership(own_request(address=token.address, pk=pk))
    member = open_membership(secret=secret, at=at)
    if member.request_id != pk:
        raise NotFound("There is no such group.")
    return member


def creators_membership(request: IncentiveRequest) -> GroupMember:
    """Return the creator's own membership, by which they write to the group."""
    member = request.members.filter(email=request.recipient_email, status__in=SEATED).first()
    if member is None:
        raise NotAMember("This request has no group.")
    member.request = request
    return member


def chatter(member: GroupMember) -> Actor:
    """Return the member as the one who reads and writes the group's chat."""
    return Actor(Side.RECIPIENT.value, member.name or member.email, member=member)


def say(
    *, member: GroupMember, body: str, attachments: Sequence[Any] = (), at: datetime
) -> Message:
    """Write to the other members; the provider does not see it. 20 messages an hour each.

    Raises `Closed` once the request is closed, and `NotAMember` to a Pending or former member.
    """
    text = messages.check_body(body)
    files = check_files(attachments)
    assert member.request is not None
    with transaction.atomic():
        request = lock(member.request)
        seated = request.members.filter(pk=member.pk, status__in=SEATED).exists()
        if not seated:
            raise NotAMember("Only the creator and active members can write here.")
        if refusal := messages.may_post(request):
            raise messages.Closed(refusal)
        messages.count_towards_limit(subject=request, kind=f"member-{member.pk}", at=at)
        return posts.write(
            subject=request,
            sender_kind=SenderKind.MEMBER,
            sender_name=member.name or member.email,
            sender_member=member,
            body=text,
            attachments=files,
            at=at,
        )
