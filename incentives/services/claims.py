"""What a recipient does with an e-mailed link (incentives.md 5.1, 5.2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import F
from django.db.models.functions import Coalesce

from core import references, tokens
from core.errors import Gone, NotFound
from core.models import LinkToken
from directory.models import User
from incentives.choices import GroupMemberStatus, OfferStatus
from incentives.guards import Payload
from incentives.models import GroupMember, Offer
from incentives.selectors import offer_by_pk
from incentives.selectors.groups import member_by_pk
from incentives.services import actors, memberships, notices, statuses, visitors
from incentives.services.actors import Actor, recipient

PURPOSES = ("claim", "access", "member")
MEMBER = "incentives.member"


class Withdrawn(Gone):
    """The provider cancelled the offer."""

    code = "offer_withdrawn"
    heading = "This offer was withdrawn"


class NotAMember(Gone):
    """The link named a place in a group that its holder gave back, or that was taken from them."""

    code = "not_a_member"
    heading = "You are not in this group"


@dataclass(frozen=True, slots=True)
class Claim:
    """An opened link: the offer that it names, the token and who thereby acts.

    A link of a group names one of its members, and only the lead answers for the group.
    """

    offer: Offer
    token: LinkToken
    actor: Actor
    member: GroupMember | None = None

    @property
    def answers(self) -> bool:
        """Whether the holder answers for the recipient's side: alone, or as the lead of a group."""
        return self.member is None or memberships.is_lead(self.member)

    @property
    def is_invitation(self) -> bool:
        """Whether the holder was invited to a group and has not joined yet."""
        return self.member is not None and self.member.status == GroupMemberStatus.PENDING

    def refuse_others(self) -> None:
        """Raise `NotFound` for a member who does not lead: to them there is nothing to answer."""
        if not self.answers:
            raise NotFound("Only the lead of the group can answer or write to the provider.")


def open_claim(*, secret: str, at: datetime) -> Claim:
    """Return what the link names; changes nothing.

    Raises the token errors of `core.tokens`, and `Withdrawn` once the provider cancelled.
    """
    try:
        token = tokens.resolve(secret, purposes=PURPOSES, at=at)
    except tokens.TokenExpired as late:
        if late.token is not None:
            _refuse_withdrawn(_named(late.token)[0])
        raise
    offer, member = _named(token)
    _refuse_withdrawn(offer)
    if member is not None:
        _refuse_gone(member)
    if offer.status == OfferStatus.EXPIRED:
        refusal = tokens.TokenExpired("This offer has expired before it was answered.")
        refusal.token = token
        raise refusal
    actor = recipient(offer) if member is None else actors.member(member)
    return Claim(offer, token, actor, member)


def _refuse_withdrawn(offer: Offer) -> None:
    if offer.status == OfferStatus.CANCELLED:
        raise Withdrawn("The provider withdrew this offer. Contact them if you have questions.")


def _refuse_gone(member: GroupMember) -> None:
    if member.status == GroupMemberStatus.DECLINED:
        raise NotAMember(
            "You declined, or left the group. While places are free you can join by its link again."
            if member.verified_at
            else "You declined the invitation. Nothing else is needed from you."
        )
    if member.status == GroupMemberStatus.REMOVED:
        raise NotAMember("The group goes on without you. Ask the provider if that is a mistake.")


def _named(token: LinkToken) -> tuple[Offer, GroupMember | None]:
    """Return the offer that the token opens, and in a group the member who holds it."""
    kind, pk = references.parse(token.subject)
    if kind == MEMBER:
        member = member_by_pk(pk=pk)
        if member is None:
            raise tokens.TokenUnknown("This link is not valid. Ask the sender for a new one.")
        assert member.offer_id is not None
        offer = offer_by_pk(pk=member.offer_id)
        member.offer = offer
        return offer, member
    offer = offer_by_pk(pk=pk)
    if offer.is_group:
        # A group is opened by its members, each with a link of their own.
        raise tokens.TokenUnknown("This link is not valid. Ask the sender for a new one.")
    return offer, None


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
            statuses.expire_now(offer=_named(refusal.token)[0], at=at)
        raise
    visitors.refuse_own_users(subject=claim.offer, user=user)
    if claim.member is not None and to == OfferStatus.CLAIMED:
        return memberships.claim(member=claim.member, at=at)
    claim.refuse_others()
    return statuses.transition(
        offer=claim.offer, to=to, actor=claim.actor, payload=payload, version=version, at=at
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
    offer, _ = _named(token)
    if offer.status in {OfferStatus.OFFERED, OfferStatus.EXPIRED}:
        notices.new_link_wanted(offer, at=at)
