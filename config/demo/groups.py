"""Two more groups of the town: one half full with a live link, one waiting for the second claim."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from core import references, tokens
from core.money import Money
from incentives.guards import Payload
from incentives.models import GroupMember, Offer
from incentives.selectors import offer_of
from incentives.selectors.groups import lead_of, seated_members
from incentives.services import claims, links, offers, statuses
from incentives.services.actors import provider
from incentives.terms import Terms

if TYPE_CHECKING:
    from config.demo.acme import Town

HALF_FULL = "Six wallboxes in one garage, one electrician, one visit: join your neighbours."
TWO = "You planned your batteries together, so each of you gets something back."
GROUPS = 2


def tell(town: Town, *, at: datetime) -> None:
    """Let three of six join a group by its link, and two be confirmed, of whom one has claimed."""
    half = _save(town, "battery", places=6, amount=12_000, message=HALF_FULL, at=at, days=2.2)
    began = at - timedelta(days=2.2)
    for hours, (name, email) in enumerate(
        (
            ("Thalia Remoundou", "thalia.r@example.com"),
            ("Panos Kyriazis", "panos.k@example.com"),
            ("Ines Duarte", "ines.d@example.com"),
        )
    ):
        _join(half, name, email, began + timedelta(hours=5 + 9 * hours))
    pair = _save(town, "battery", places=2, amount=30_000, message=TWO, at=at, days=6)
    began = at - timedelta(days=6)
    for hours, (name, email) in enumerate(
        (("Marina Kosta", "marina.k@example.com"), ("Jonas Weber", "jonas.weber@example.com"))
    ):
        _join(pair, name, email, began + timedelta(hours=4 + 3 * hours))
    _confirm(town, pair, began + timedelta(days=2))


def _save(
    town: Town, program: str, *, places: int, amount: int, message: str, at: datetime, days: float
) -> Offer:
    moment = at - timedelta(days=days)
    values = offers.OfferValues(
        program=town.programs[program],
        entity_type="individual",
        entity_stage="prospect_customer",
        incentive_type="cashback",
        terms=Terms.money(Money(amount, "EUR"), "Paid to each member with the first invoice"),
        offer_type="group",
        max_required_members=places,
        delivery_method="link",
        message=message,
        expires_at=moment + timedelta(days=30),
    )
    actor = provider(town.users["mara"])
    return offers.create_and_send(business=town.business, values=values, actor=actor, at=moment)


def _join(offer: Offer, name: str, email: str, at: datetime) -> None:
    """Ask for a place on the link's page, and press the button of the mail a little later."""
    fresh = offer_of(business=offer.business, pk=offer.pk)
    wish = links.request_place(offer=fresh, name=name, email=email, at=at)
    subject = references.reference("incentives.intent", wish.pk)
    links.confirm(secret=_secret(subject, "verify"), at=at + timedelta(minutes=6))


def _confirm(town: Town, offer: Offer, at: datetime) -> None:
    """The lead accepts, the desk confirms, and the lead is the first to claim."""
    lead = lead_of(offer=offer)
    assert lead is not None
    _answer(lead, "pre_claimed", at)
    statuses.transition(
        offer=offer_of(business=town.business, pk=offer.pk),
        to="approved_confirmed",
        actor=provider(town.users["mara"]),
        payload=Payload(text="Welcome, both of you. Please claim yours whenever it suits you."),
        at=at + timedelta(hours=5),
    )
    _answer(seated_members(offer=offer)[0], "claimed", at + timedelta(hours=9))


def _answer(member: GroupMember, to: str, at: datetime) -> None:
    secret = _secret(references.reference("incentives.member", member.pk), "access")
    claims.answer(secret=secret, to=to, payload=Payload(), at=at)


def _secret(subject: str, purpose: str) -> str:
    token = tokens.newest(subject=subject, purposes=[purpose])
    assert token is not None
    return tokens.secret_of(token)
