"""Changing the status of a request: `transition` is the only way (incentives.md 8.2, 4.4).

It locks the row, then checks version, table row, needs and guards, then carries out the effects; mails
leave when the transaction commits.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction as db

from core import outbox, workflow
from core.codes import slug
from core.transitions import Transition
from incentives import guards
from incentives.choices import GroupMemberStatus, SenderKind, Side, TermsKind
from incentives.choices.requests import REQUEST_CLOSED
from incentives.guards import Payload
from incentives.models import IncentiveRequest, Message, RequestStatusChange
from incentives.selectors.requests import request_situation_of
from incentives.services import acknowledgements, deliveries, posts, proposals
from incentives.services.actors import SYSTEM, Actor
from incentives.services.attachments import check as check_files
from incentives.services.notices import requests as notices
from incentives.services.statuses import GuardFailed, NotAvailable
from incentives.services.subjects import lock
from incentives.workflow.requests import REQUEST

Columns = dict[str, Any]


def transition(
    *,
    request: IncentiveRequest,
    to: str,
    actor: Actor,
    at: datetime,
    payload: Payload | None = None,
    version: int | None = None,
) -> IncentiveRequest:
    """Change the request's status to `to` on behalf of the actor and return the fresh request.

    Raises `NotAvailable` (409) when the table has no such row now, `GuardFailed` (422) with the
    sentence at its field, `StaleVersion` (409) when the request changed since `version`.
    """
    payload = payload or Payload()
    with db.atomic():
        locked = lock(request, version=version)
        row = REQUEST.find(
            status=locked.status, target=to, actor=actor.kind, set_by=locked.status_set_by
        )
        if row is None:
            raise NotAvailable("That status is not available now. Reload to see what is.")
        if payload.attachments:
            payload = replace(payload, attachments=tuple(check_files(payload.attachments)))
        if wrong := guards.refusal_of(row, request_situation_of(locked, at=at), payload):
            raise GuardFailed(next(iter(wrong.values())), fields=wrong)
        _carry_out(locked, row, actor, payload, at)
    return locked


def send(
    *, request: IncentiveRequest, actor: Actor, at: datetime, from_nothing: bool
) -> IncentiveRequest:
    """Bring a complete, verified draft to Requested: A03, or A02 where it never was one to anybody."""
    with db.atomic():
        locked = lock(request)
        row = REQUEST["A03"]
        if locked.status != row.source:
            raise NotAvailable("This request was sent already.")
        if wrong := guards.refusal_of(row, request_situation_of(locked, at=at), Payload()):
            raise GuardFailed(next(iter(wrong.values())), fields=wrong)
        _carry_out(locked, row, actor, Payload(), at, code="A02" if from_nothing else row.code)
    return locked


def _carry_out(
    request: IncentiveRequest,
    row: Transition,
    actor: Actor,
    payload: Payload,
    at: datetime,
    *,
    code: str = "",
) -> None:
    """Write the new status with its columns, message and history, then do what follows from it."""
    left = "" if code == "A02" else request.status
    changes: list[RequestStatusChange] = []

    def history(changed: Any, _left: str) -> None:
        changes.append(
            RequestStatusChange.objects.create(
                request=changed,
                transition=code or row.code,
                from_status=left,
                to_status=changed.status,
                actor_kind=actor.kind,
                actor_user=actor.user,
                actor_name=actor.name,
                message=_message(changed, row, actor, payload, at),
                terms_id=changed.terms_id,
                at=at,
            )
        )

    workflow.perform(
        request, row, at=at, history=history, values=_columns(request, row, payload, at)
    )
    outbox.record(
        topic="incentives.request_status_changed",
        key=f"{request.pk}:{changes[0].pk}",
        payload={"request": request.pk, "from": left, "to": request.status},
        at=at,
    )
    for effect in row.effects:
        if effect in _AFTER:
            _AFTER[effect](request, changes[0], payload, at)


def _columns(request: IncentiveRequest, row: Transition, payload: Payload, at: datetime) -> Columns:
    """Return the further columns that change together with the status."""
    values: Columns = {"updated_at": at}
    if row.target in REQUEST_CLOSED:
        values["closed_at"] = at
    for effect in row.effects:
        if effect in _COLUMNS:
            values |= _COLUMNS[effect](request, row, payload, at)
    if "consent set" in row.effects:
        values["agreed_terms"] = values.get("terms", request.terms)
        values["recipient_agreed_at"] = at
    return values


def _tabled(request: IncentiveRequest, row: Transition, payload: Payload, at: datetime) -> Columns:
    by_recipient = row.actor == Side.RECIPIENT
    proposed = payload.counter if by_recipient else payload.terms
    assert proposed is not None
    if proposed.has_number and not proposed.description.strip() and request.terms is not None:
        # A number alone changes the number alone: how and when it is given stays as it was said.
        proposed = replace(proposed, description=request.terms.value.description)
    kind = TermsKind.COUNTER if by_recipient else TermsKind.OFFER
    return {
        "terms": proposals.table(
            subject=request, terms=proposed, kind=kind, proposed_by=row.actor, at=at
        )
    }


def _requested(
    request: IncentiveRequest, row: Transition, payload: Payload, at: datetime
) -> Columns:
    """A request that others shall see or join gets a link that nobody can guess."""
    values: Columns = {"requested_at": at, "send_when_verified": False}
    if request.is_link or request.is_group:
        values["link_slug"] = slug()
    return values


_COLUMNS: dict[str, Callable[[IncentiveRequest, Transition, Payload, datetime], Columns]] = {
    "requested": _requested,
    "terms tabled": _tabled,
    "consent cleared": lambda request, row, payload, at: {
        "agreed_terms": None,
        "recipient_agreed_at": None,
    },
    "terms confirmed": lambda request, row, payload, at: {"confirmed_terms": request.terms},
    "completed": lambda request, row, payload, at: {"completed_at": at},
}


def _message(
    request: IncentiveRequest, row: Transition, actor: Actor, payload: Payload, at: datetime
) -> Message | None:
    """Write the message that carries the new status: the actor's words, or the system's."""
    if row.source == "draft" and row.target == "cancelled":
        return None
    text = request.message if row.target == "requested" else payload.text.strip()
    common: dict[str, Any] = {
        "subject": request,
        "changed_status": True,
        "attachments": payload.attachments,
        "at": at,
    }
    if text:
        return posts.write(
            sender_kind=actor.sender_kind,
            sender_name=actor.name,
            sender_user=actor.user,
            body=text,
            **common,
        )
    body = posts.sentence(request, row, actor.name)
    return posts.write(sender_kind=SenderKind.SYSTEM, sender_name=SYSTEM.name, body=body, **common)


After = Callable[[IncentiveRequest, RequestStatusChange, Payload, datetime], None]


def _seat_creator(
    request: IncentiveRequest, change: RequestStatusChange, payload: Payload, at: datetime
) -> None:
    """The creator of a group request is its first Active member and answers for the group."""
    if request.is_group:
        request.members.get_or_create(
            email=request.recipient_email,
            defaults={
                "name": request.recipient_name,
                "contact": request.contact,
                "role": "lead",
                "status": GroupMemberStatus.ACTIVE,
                "invited_at": at,
                "verified_at": at,
            },
        )


def _tell_provider(
    request: IncentiveRequest, change: RequestStatusChange, payload: Payload, at: datetime
) -> None:
    """By Shared Link no e-mail announces the request: its creator shows the link around instead."""
    if change.to_status == "requested" and request.is_link:
        return
    notices.recipient_acted(
        request,
        event=notices.event_of(change),
        old_status=change.from_status,
        text=payload.text or (request.message if change.to_status == "requested" else ""),
        at=at,
    )


def _close_group(
    request: IncentiveRequest, change: RequestStatusChange, payload: Payload, at: datetime
) -> None:
    """Whoever has not confirmed their address by now gets no place."""
    request.members.filter(status=GroupMemberStatus.PENDING).update(
        status=GroupMemberStatus.REMOVED, left_at=at
    )


_AFTER: dict[str, After] = {
    "requested": _seat_creator,
    "mail to provider": _tell_provider,
    "mail to recipient": lambda request, change, payload, at: notices.provider_acted(
        request, event=notices.event_of(change), text=payload.text, at=at
    ),
    "distributions created": lambda request, change, payload, at: deliveries.create(
        subject=request, at=at
    ),
    "group closed": _close_group,
    "acknowledgements invited": lambda request, change, payload, at: acknowledgements.invite(
        subject=request, text="", at=at
    ),
    "confirmed by mail": lambda request, change, payload, at: notices.confirmed(
        request, event=notices.event_of(change), at=at
    ),
}
# Every name that stands in the table is carried out here, which a test asserts.
KNOWN = frozenset(_COLUMNS) | frozenset(_AFTER) | {"consent set"}
