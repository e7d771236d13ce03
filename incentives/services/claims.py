"""What a recipient does with an e-mailed link (incentives.md 5.1, 5.2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import F
from django.db.models.functions import Coalesce

from core import references, tokens
from core.errors import Forbidden, Gone
from core.models import LinkToken
from directory.models import Membership, User
from incentives.choices import OfferStatus
from incentives.guards import Payload
from incentives.models import Offer
from incentives.selectors import offer_by_pk
from incentives.services import notices, statuses
from incentives.services.actors import Actor, recipient

PURPOSES = ("claim", "access")


class Withdrawn(Gone):
    """The provider cancelled the offer."""

    code = "offer_withdrawn"
    heading = "This offer was withdrawn"


@dataclass(frozen=True, slots=True)
class Claim:
    """An opened link: the offer that it names, the token and who thereby acts."""

    offer: Offer
    token: LinkToken
    actor: Actor


def open_claim(*, secret: str, at: datetime) -> Claim:
    """Return what the link names; changes nothing.

    Raises the token errors of `core.tokens`, and `Withdrawn` once the provider cancelled.
    """
    try:
        token = tokens.resolve(secret, purposes=PURPOSES, at=at)
    except tokens.TokenExpired as late:
        if late.token is not None:
            _refuse_withdrawn(_offer_of(late.token))
        raise
    offer = _offer_of(token)
    _refuse_withdrawn(offer)
    if offer.status == OfferStatus.EXPIRED:
        refusal = tokens.TokenExpired("This offer has expired before it was answered.")
        refusal.token = token
        raise refusal
    return Claim(offer, token, recipient(offer))


def _refuse_withdrawn(offer: Offer) -> None:
    if offer.status == OfferStatus.CANCELLED:
        raise Withdrawn("The provider withdrew this offer. Contact them if you have questions.")


def _offer_of(token: LinkToken) -> Offer:
    _, pk = references.parse(token.subject)
    return offer_by_pk(pk=pk)


def note_opened(*, offer: Offer, at: datetime) -> None:
    """Count an opening of the page; the first moment is kept. No status ever changes by this."""
    Offer.objects.filter(pk=offer.pk).update(
        first_opened_at=Coalesce("first_opened_at", at), open_count=F("open_count") + 1
    )


def answer(
    *,
    secret: str,
    to: str,
    payload: Payload,
    at: datetime,
    version: int | None = None,
    user: User | None = None,
) -> Offer:
    """Carry out the recipient's answer; a late one is refused and expires the offer on the spot.

    `user` is whoever happens to be signed in: the vendor's own users may look but not answer.
    """
    try:
        claim = open_claim(secret=secret, at=at)
    except tokens.TokenExpired as refusal:
        if refusal.token is not None:
            statuses.expire_now(offer=_offer_of(refusal.token), at=at)
        raise
    refuse_own_users(offer=claim.offer, user=user)
    return statuses.transition(
        offer=claim.offer, to=to, actor=claim.actor, payload=payload, version=version, at=at
    )


def refuse_own_users(*, offer: Offer, user: User | None) -> None:
    """Refuse an answer by somebody signed in as a member of the offer's own business."""
    if user is None or not user.is_authenticated:
        return
    if Membership.objects.filter(organisation=offer.business_id, user=user).exists():
        raise Forbidden(
            "You are signed in as a member of the provider, so you cannot answer this offer."
        )


def ask_for_new_link(*, secret: str, at: datetime) -> None:
    """Have the provider told that an expired link is wanted anew; silent about everything else."""
    try:
        token = tokens.resolve(secret, purposes=PURPOSES, at=at)
    except tokens.TokenExpired as refusal:
        found = refusal.token
        if found is None:
            return
        token = found
    except tokens.TokenError:
        return
    offer = _offer_of(token)
    if offer.status in {OfferStatus.OFFERED, OfferStatus.EXPIRED}:
        notices.new_link_wanted(offer, at=at)
