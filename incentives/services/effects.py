"""What follows from each status change, by the names that stand in the transition table.

`columns` are written together with the status, in the same UPDATE; `follow` comes after it, top to
bottom. Every name used in the table is known here, which a test asserts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from core.codes import slug
from core.transitions import Transition
from incentives.choices import CLOSED, SenderKind, Side, TermsKind
from incentives.completeness.offers import DEFAULT_DAYS
from incentives.guards import Payload
from incentives.models import Message, Offer, OfferStatusChange
from incentives.services import (
    acknowledgements,
    deliveries,
    notices,
    posts,
    proposals,
    publications,
    seats,
)
from incentives.services.actors import SYSTEM, Actor
from incentives.words import groups as group_words

__all__ = ["KNOWN", "SYSTEM", "columns", "follow", "message_of_change"]

ANSWERED_LIFETIME = timedelta(days=3650)
AFTER_CLOSING = timedelta(days=30)

Columns = dict[str, Any]


def columns(offer: Offer, row: Transition, actor: Actor, payload: Payload, at: datetime) -> Columns:
    """Return the further columns that change together with the status."""
    values: Columns = {"updated_at": at, "answer_due_at": None}
    if actor.kind == Side.RECIPIENT:
        values |= {"recipient_has_moved": True} | _binding(offer, at)
    if row.target in CLOSED:
        values["closed_at"] = at
    for effect in row.effects:
        if effect in _COLUMNS:
            values |= _COLUMNS[effect](offer, row, payload, at)
    if "consent set" in row.effects:
        values["agreed_terms"] = values.get("terms", offer.terms)
        values["recipient_agreed_at"] = at
    return values


def _binding(offer: Offer, at: datetime) -> Columns:
    """The first answer by an e-mailed token binds the recipient: the address is verified."""
    if offer.is_bound:
        return {}
    return {
        "recipient_verified_at": at,
        "contact": posts.contact_of(
            offer, address=offer.recipient_email, name=offer.recipient_name, at=at
        ),
    }


def _tabled(offer: Offer, row: Transition, payload: Payload, at: datetime) -> Columns:
    kinds = {"counter": TermsKind.COUNTER, "partial_granted": TermsKind.PARTIAL_GRANT}
    kind = kinds.get(row.target, TermsKind.OFFER)
    proposed = {
        TermsKind.COUNTER: payload.counter,
        TermsKind.PARTIAL_GRANT: payload.granted,
        TermsKind.OFFER: payload.terms,
    }[kind]
    if proposed is None:
        return {}
    if proposed.has_number and not proposed.description.strip() and offer.terms is not None:
        # A number alone changes the number alone: how and when it is given stays as it was said.
        proposed = replace(proposed, description=offer.terms.value.description)
    return {
        "terms": proposals.table(
            subject=offer, terms=proposed, kind=kind, proposed_by=row.actor, at=at
        )
    }


def _new_expiry(offer: Offer, row: Transition, payload: Payload, at: datetime) -> Columns:
    default = at + timedelta(days=DEFAULT_DAYS[offer.delivery_method])
    return {"expires_at": payload.expires_at or default, "reminded_at": None}


def _offered(offer: Offer, row: Transition, payload: Payload, at: datetime) -> Columns:
    values: Columns = {"offered_at": offer.offered_at or at, "closed_at": None, "reminded_at": None}
    if payload.expires_at is not None:
        values["expires_at"] = payload.expires_at
    return values


def _token_or_slug(offer: Offer, row: Transition, payload: Payload, at: datetime) -> Columns:
    """A re-offered link that nobody claimed gets a fresh slug; the old address is closed."""
    return {"link_slug": slug()} if offer.is_link and not offer.is_bound else {}


def _clock(offer: Offer, row: Transition, payload: Payload, at: datetime) -> Columns:
    return {"answer_due_at": at + timedelta(days=offer.business.response_window_days)}


_COLUMNS: dict[str, Callable[[Offer, Transition, Payload, datetime], Columns]] = {
    "terms tabled": _tabled,
    "consent cleared": lambda offer, row, payload, at: {
        "agreed_terms": None,
        "recipient_agreed_at": None,
    },
    "new expiry": _new_expiry,
    "offered": _offered,
    "claim token or slug": _token_or_slug,
    "response clock": _clock,
    "terms confirmed": lambda offer, row, payload, at: {"confirmed_terms": offer.terms},
    "claimed": lambda offer, row, payload, at: {"claimed_at": at},
    "completed": lambda offer, row, payload, at: {"completed_at": at},
}


def message_of_change(
    offer: Offer,
    row: Transition,
    actor: Actor,
    payload: Payload,
    left: str,
    at: datetime,
) -> Message | None:
    """Write the message that carries the new status: the actor's words, or the system's."""
    if offer.is_draft:
        return None
    first = row.code in {"P02", "P03"}
    text = offer.message if first else payload.text.strip()
    if text:
        return posts.write(
            subject=offer,
            sender_kind=actor.sender_kind,
            sender_name=actor.name,
            sender_user=actor.user,
            body=text,
            changed_status=True,
            attachments=payload.attachments,
            at=at,
        )
    return posts.write(
        subject=offer,
        sender_kind=SenderKind.SYSTEM,
        sender_name=SYSTEM.name,
        body=posts.sentence(offer, row, _name_of(actor, offer)),
        changed_status=True,
        attachments=payload.attachments,
        at=at,
    )


def _name_of(actor: Actor, offer: Offer) -> str:
    """Return the name for all to read; members of a group know each other by the first one."""
    is_member = offer.is_group and actor.kind == Side.RECIPIENT
    return group_words.first_name(actor.name) if is_member else actor.name


def follow(
    offer: Offer, row: Transition, change: OfferStatusChange, payload: Payload, at: datetime
) -> None:
    """Carry out what comes after the change: distributions, links, invitations, mails."""
    event = notices.event_of(change)
    for effect in row.effects:
        if effect in _AFTER:
            _AFTER[effect](offer, change, payload, at)
    if row.actor == Side.RECIPIENT:
        notices.extend_links(offer, expires_at=at + ANSWERED_LIFETIME)
        notices.recipient_acted(
            offer,
            event=event,
            old_status=change.from_status,
            text=payload.text,
            at=at,
        )
    if row.target in CLOSED and offer.recipient_has_moved:
        notices.extend_links(offer, expires_at=at + AFTER_CLOSING)


After = Callable[[Offer, OfferStatusChange, Payload, datetime], None]


def _send_offer(offer: Offer, change: OfferStatusChange, payload: Payload, at: datetime) -> None:
    if offer.recipient_email:
        notices.offered(offer, at=at)


def _answer_recipient(
    offer: Offer, change: OfferStatusChange, payload: Payload, at: datetime
) -> None:
    notices.provider_acted(offer, event=notices.event_of(change), text=payload.text, at=at)


def _confirm_by_mail(
    offer: Offer, change: OfferStatusChange, payload: Payload, at: datetime
) -> None:
    notices.confirmed(offer, event=notices.event_of(change), at=at)


def _withdraw_by_mail(
    offer: Offer, change: OfferStatusChange, payload: Payload, at: datetime
) -> None:
    notices.cancelled(offer, event=notices.event_of(change), text=payload.text, at=at)


_AFTER: dict[str, After] = {
    "E01": _send_offer,
    "E05": _answer_recipient,
    "E06": _confirm_by_mail,
    "E13": _withdraw_by_mail,
    "distributions created": lambda offer, change, payload, at: deliveries.create(
        subject=offer, at=at
    ),
    "group closed": lambda offer, change, payload, at: seats.close(offer, at=at),
    "distributions failed": lambda offer, change, payload, at: deliveries.fail_pending(
        subject=offer, reason=f"The offer ended as {change.to_status}.", at=at
    ),
    "acknowledgements invited": lambda offer, change, payload, at: acknowledgements.invite(
        subject=offer, text=payload.text, at=at
    ),
    "acknowledgement published": lambda offer, change, payload, at: publications.publish_chosen(
        offer=offer, pk=payload.acknowledgement_id, at=at
    ),
}
# Carried out elsewhere: by the columns above, by `links.confirm`, by the sweeps, or by the status.
KNOWN = (
    frozenset(_COLUMNS)
    | frozenset(_AFTER)
    | {
        "consent set",
        "recipient bound",
        "response clock stops",
        "links closed",
        "tokens read only",
        "E03",
        "E04",
        "E08",
        "E10",
        "E11",
    }
)
