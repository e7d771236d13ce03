"""Claiming a shared link: a wish, an e-mailed confirmation, and the first confirmation wins
(incentives.md 5.3)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction

from core import ratelimit, references, tokens
from core.errors import Conflict, Gone, Invalid
from directory.choices import MemberStatus
from directory.models import Membership
from incentives.choices import OfferStatus, Side
from incentives.guards import Payload, refusal_of
from incentives.models import ClaimIntent, Offer
from incentives.selectors import available_statuses, offer_by_pk, situation_of
from incentives.services import notices, posts, statuses
from incentives.services.actors import recipient
from incentives.terms import Terms

VERIFICATIONS_PER_HOUR = 3


class AlreadyClaimed(Conflict):
    """Somebody else confirmed first."""

    code = "already_claimed"
    heading = "This offer has already been claimed"


class LinkClosed(Gone):
    """The link's program is not active, or the offer is over."""

    code = "link_closed"


class TermsChanged(Conflict):
    """The provider changed the offer after the visitor asked."""

    code = "terms_changed"


class NotForYou(Conflict):
    """The address cannot claim this offer; the text does not say why."""

    code = "not_claimable"


def refuse_closed(offer: Offer, *, at: datetime) -> None:
    """Raise unless the link can be claimed by somebody now."""
    if offer.is_bound:
        raise AlreadyClaimed("This offer has already been claimed.")
    if offer.status == OfferStatus.CANCELLED:
        raise LinkClosed("The provider withdrew this offer.")
    if offer.status != OfferStatus.OFFERED or not _is_in_time(offer, at):
        raise LinkClosed("The time to claim this offer has passed.")
    if not offer.program.is_active:
        raise LinkClosed("This program is not active at the moment. Please try again later.")


def _is_in_time(offer: Offer, at: datetime) -> bool:
    return offer.expires_at is not None and at < offer.expires_at


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
    if target not in rows:
        sentence = "That cannot be done with this link."
        raise Invalid(sentence, fields={"target": sentence})
    # The address is verified when the wish is confirmed; all else is judged now, and then again.
    now = replace(situation_of(offer, at=at), is_verified=True)
    if wrong := refusal_of(rows[target], now, payload):
        raise Invalid(next(iter(wrong.values())), fields=wrong)
    ratelimit.hit(
        bucket=f"verify:{email.lower()}",
        limit=VERIFICATIONS_PER_HOUR,
        per=timedelta(hours=1),
        at=at,
    )
    with transaction.atomic():
        intent = ClaimIntent.objects.create(
            offer=offer,
            target=target,
            name=name.strip(),
            email=email.strip().lower(),
            payload=_pack(payload, offer),
            created_at=at,
        )
        notices.verify(intent, at=at)
    return intent


def _pack(payload: Payload, offer: Offer) -> dict[str, Any]:
    packed: dict[str, Any] = {"text": payload.text, "terms_id": offer.terms_id}
    if payload.counter is not None:
        counter = payload.counter
        packed["counter"] = {
            "unit": counter.unit,
            "minor": counter.minor,
            "percent": str(counter.percent) if counter.percent is not None else None,
            "currency": counter.currency,
            "description": counter.description,
        }
    return packed


def _unpack(packed: dict[str, Any]) -> Payload:
    counter = None
    if parts := packed.get("counter"):
        percent = parts["percent"]
        counter = Terms(
            parts["unit"],
            minor=parts["minor"],
            percent=Decimal(percent) if percent is not None else None,
            currency=parts["currency"],
            description=parts["description"],
        )
    return Payload(text=packed.get("text", ""), counter=counter)


def wish_of(intent: ClaimIntent) -> Payload:
    """Return what the visitor wishes to send along: their words and, for a counter, their terms."""
    return _unpack(intent.payload)


def open_intent(*, secret: str, at: datetime) -> ClaimIntent:
    """Return the wish behind a verification link; changes nothing; raises the token errors."""
    token = tokens.resolve(secret, purposes=["verify"], at=at)
    _, pk = references.parse(token.subject)
    intent = ClaimIntent.objects.get(pk=pk)
    intent.offer = offer_by_pk(pk=intent.offer_id)
    return intent


def confirm(*, secret: str, at: datetime) -> tuple[Offer, str]:
    """Bind the recipient and carry out the wish, in one transaction; return offer and link secret.

    The offer's row is locked first, so the first confirmation wins; a later one raises
    `AlreadyClaimed` and its intent is closed. One that comes after the offer's end is refused and
    expires the offer on the spot. E03 carries the link by which the recipient comes back.
    """
    intent = open_intent(secret=secret, at=at)
    try:
        with transaction.atomic():
            tokens.consume(tokens.resolve(secret, purposes=["verify"], at=at), at=at)
            offer = statuses.lock(intent.offer)
            refuse_closed(offer, at=at)
            _refuse_own_address(intent)
            if intent.payload.get("terms_id") != offer.terms_id:
                raise TermsChanged(
                    "The provider changed the offer meanwhile. Open the link again to see it."
                )
            _bind(offer, intent, at)
            offer = statuses.transition(
                offer=offer,
                to=intent.target,
                actor=recipient(offer),
                payload=_unpack(intent.payload),
                at=at,
            )
            access = notices.claimed_by_link(offer, at=at)
            ClaimIntent.objects.filter(pk=intent.pk).update(confirmed_at=at, closed_at=at)
    except (AlreadyClaimed, LinkClosed, NotForYou, TermsChanged):
        ClaimIntent.objects.filter(pk=intent.pk).update(closed_at=at)
        statuses.expire_now(offer=intent.offer, at=at)
        raise
    return offer, access


def _bind(offer: Offer, intent: ClaimIntent, at: datetime) -> None:
    """Attach the verified person to the offer; the contact is found or made by the address."""
    offer.recipient_email = intent.email
    offer.recipient_name = intent.name
    offer.recipient_verified_at = at
    offer.contact = posts.contact_of(offer, address=intent.email, name=intent.name, at=at)
    Offer.objects.filter(pk=offer.pk).update(
        recipient_email=offer.recipient_email,
        recipient_name=offer.recipient_name,
        recipient_verified_at=at,
        contact=offer.contact,
    )


def _refuse_own_address(intent: ClaimIntent) -> None:
    own = Membership.objects.filter(
        organisation=intent.offer.business_id,
        status=MemberStatus.ACTIVE,
        user__email__iexact=intent.email,
    )
    if own.exists():
        raise NotForYou("This offer cannot be claimed with this address.")
