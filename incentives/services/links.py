"""Claiming a shared link: a wish, an e-mailed confirmation, and the first confirmation wins
(incentives.md 5.3). The link of a group seats people until its places are taken (5.4)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from core.errors import Conflict, Gone, Invalid
from incentives.choices import OfferStatus, Side
from incentives.guards import Payload, refusal_of
from incentives.models import ClaimIntent, Offer
from incentives.selectors import available_statuses, situation_of
from incentives.services import groups, intents, notices, posts, statuses, visitors
from incentives.services.actors import recipient
from incentives.services.intents import TermsChanged, open_intent, wish_of
from incentives.services.visitors import NotForYou

__all__ = [
    "AlreadyClaimed",
    "LinkClosed",
    "NotForYou",
    "TermsChanged",
    "bind",
    "carry_out",
    "claim",
    "confirm",
    "join",
    "open_intent",
    "refuse_closed",
    "request",
    "request_place",
    "wish_of",
]


class AlreadyClaimed(Conflict):
    """Somebody else confirmed first."""

    code = "already_claimed"
    heading = "This offer has already been claimed"


class LinkClosed(Gone):
    """The link's program is not active, or the offer is over."""

    code = "link_closed"


def refuse_closed(offer: Offer, *, at: datetime) -> None:
    """Raise unless somebody can claim the link now, or join its group."""
    if not offer.is_group and offer.is_bound:
        raise AlreadyClaimed("This offer has already been claimed.")
    if offer.status == OfferStatus.CANCELLED:
        raise LinkClosed("The provider withdrew this offer.")
    if not _is_in_time(offer, at):
        raise LinkClosed("The time to claim this offer has passed.")
    if not offer.program.is_active:
        raise LinkClosed("This program is not active at the moment. Please try again later.")
    if offer.is_group:
        groups.refuse_unjoinable(offer, at=at)


def _is_in_time(offer: Offer, at: datetime) -> bool:
    """Tell whether the offer waits for its first answer; a group may be joined also later."""
    if offer.is_group and offer.status not in {OfferStatus.OFFERED, OfferStatus.EXPIRED}:
        return True
    return (
        offer.status == OfferStatus.OFFERED
        and offer.expires_at is not None
        and at < offer.expires_at
    )


def request(
    *, offer: Offer, target: str, name: str, email: str, payload: Payload, at: datetime
) -> ClaimIntent:
    """Store what the visitor wishes and mail a link to confirm the address; no status changes.

    A target that a stranger may not choose, such as declining, raises `Invalid` (422); so does a
    counter or question without its parts. More than 3 mails an hour to an address raise `TooMany`.
    """
    refuse_closed(offer, at=at)
    rows = {
        choice.status: choice.transition
        for choice in available_statuses(offer=offer, actor_kind=Side.RECIPIENT, at=at)
        if choice.status != OfferStatus.REJECTED
    }
    if target not in rows or offer.is_group:
        sentence = "That cannot be done with this link."
        raise Invalid(sentence, fields={"target": sentence})
    # The address is verified when the wish is confirmed; all else is judged now, and then again.
    now = replace(situation_of(offer, at=at), is_verified=True)
    if wrong := refusal_of(rows[target], now, payload):
        raise Invalid(next(iter(wrong.values())), fields=wrong)
    packed = intents.pack(payload, terms_id=offer.terms_id)
    wish = ClaimIntent(offer=offer, target=target, name=name, email=email, payload=packed)
    return intents.store(wish, at=at)


def request_place(*, offer: Offer, name: str, email: str, at: datetime) -> ClaimIntent:
    """Store that the visitor wishes to join the group and mail a link to confirm the address.

    Raises `GroupFull` when every place is taken, `Invalid` for an offer that is no group, `TooMany`
    after 3 mails an hour to an address.
    """
    refuse_closed(offer, at=at)
    if not offer.is_group:
        raise Invalid("This offer is for one person. It cannot be joined.")
    packed = intents.pack(Payload(), terms_id=offer.terms_id)
    wish = ClaimIntent(offer=offer, target=ClaimIntent.JOIN, name=name, email=email, payload=packed)
    return intents.store(wish, at=at)


def confirm(*, secret: str, at: datetime) -> tuple[Offer, str]:
    """Carry out the wish for a shared link; return the offer and the secret of the way back to it.

    A refused wish is closed; one that comes after the offer's end expires the offer on the spot.
    """
    return intents.confirm(secret=secret, at=at, carry_out=carry_out)


def carry_out(intent: ClaimIntent, at: datetime) -> tuple[Offer, str]:
    """Do what the confirmed wish for an offer's own link is about: claim it, or join its group."""
    return join(intent, at) if intent.is_join else claim(intent, at)


def claim(intent: ClaimIntent, at: datetime) -> tuple[Offer, str]:
    """Bind the recipient and change the status as they wish; E03 carries the link back.

    The offer's row is locked first, so the first confirmation wins; a later one raises
    `AlreadyClaimed`.
    """
    assert intent.offer is not None
    offer = statuses.lock(intent.offer)
    refuse_closed(offer, at=at)
    visitors.refuse_own_address(business_id=offer.business_id, email=intent.email)
    intents.refuse_changed_terms(intent, offer)
    bind(offer, email=intent.email, name=intent.name, at=at)
    offer = statuses.transition(
        offer=offer,
        to=intent.target,
        actor=recipient(offer),
        payload=wish_of(intent),
        at=at,
    )
    return offer, notices.claimed_by_link(offer, at=at)


def join(intent: ClaimIntent, at: datetime) -> tuple[Offer, str]:
    """Seat the visitor in the group; E03 carries the link to their own page of it."""
    assert intent.offer is not None
    offer = statuses.lock(intent.offer)
    refuse_closed(offer, at=at)
    intents.refuse_changed_terms(intent, offer)
    member = groups.join(offer=offer, email=intent.email, name=intent.name, at=at)
    offer = statuses.lock(offer)
    return offer, notices.joined(offer, member, at=at)


def bind(offer: Offer, *, email: str, name: str, at: datetime) -> None:
    """Attach the verified person to the offer; the contact is found or made by the address."""
    offer.recipient_email = email
    offer.recipient_name = name
    offer.recipient_verified_at = at
    offer.contact = posts.contact_of(offer, address=email, name=name, at=at)
    Offer.objects.filter(pk=offer.pk).update(
        recipient_email=email,
        recipient_name=name,
        recipient_verified_at=at,
        contact=offer.contact,
    )
