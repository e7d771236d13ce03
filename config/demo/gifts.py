"""A gift from Coffee Club to its regulars, granted just now and given to everybody."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from config.demo.floor import Club
from rewards import offer_types
from rewards.models import RewardOffer, RewardScheme
from rewards.services import gifts, offers
from rewards.services.offer_data import defaults_for

NAME = "A coffee on us"
MINOR = 150


def build(*, club: Club, at: datetime) -> None:
    """Make the gift, activate it, and grant it once, as Theo of marketing does."""
    offer = _gift(club, at - timedelta(days=1))
    run = gifts.grant_now(offer=offer, actor=club.users["theo"], at=at)
    gifts.carry_out(run=run, at=at)


def _gift(club: Club, at: datetime) -> RewardOffer:
    business, theo = club.business, club.users["theo"]
    regulars = RewardScheme.objects.get(business=business, name="Regulars")
    pools = business.reward_offers.exclude(commerce_pool=None).values_list(
        "commerce_pool", flat=True
    )
    blank = defaults_for(offer_types.get("GIFT"), business=business, acting=business)
    data = replace(
        blank,
        name=NAME,
        scheme_id=regulars.pk,
        commerce_pool_id=pools.filter(commerce_pool__is_default=True).first(),
        award_amount_minor=MINOR,
        short_description="Because you keep coming back.",
    )
    made = offers.create(business=business, kind="GIFT", data=data, actor=theo, at=at)
    return offers.activate(offer=made, actor=theo, at=at)
