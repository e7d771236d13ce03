"""What a new business gets: a scheme, four offers and a pool, all inactive (rewards.md 7)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from core.money import Money
from directory.choices import OrganisationKind
from directory.models import Organisation, User
from rewards import offer_types
from rewards.choices import AwardForm, Beneficiary, Occasion, RedeemMethod, ReferralMoment
from rewards.configuration import OccasionTerms, ReferralTerms
from rewards.models import RewardScheme
from rewards.services import offers, schemes
from rewards.services.changes import lock_for_change
from rewards.services.offer_data import OfferData, defaults_for
from rewards.services.schemes import LONGEST_NAME, SchemeData
from wallet.services import pools

AT_ONCE = 100


def set_up(*, business: Organisation, actor: User | None, at: datetime) -> RewardScheme | None:
    """Give a new business its scheme, its offers and the default pool; a second time does nothing.

    The scheme has the name of the business, and everybody is in it. The numbers of the amounts stay
    whatever the base currency is. What was made and deleted since is not made again: returns None.
    """
    with transaction.atomic():
        settings = lock_for_change(business=business)
        pool = pools.ensure_default(business=business, at=at)
        if settings.set_up_at is not None:
            return business.reward_schemes.filter(is_default=True).first()
        scheme = schemes.create(
            business=business,
            data=SchemeData(name=business.name[:LONGEST_NAME]),
            actor=actor,
            at=at,
            is_default=True,
        )
        for made_as, kind, data in _offers(business):
            offers.create(
                business=business,
                kind=kind,
                data=replace(data, scheme_id=scheme.pk, commerce_pool_id=pool.pk),
                actor=actor,
                at=at,
                made_as=made_as,
            )
        settings.refresh_from_db()
        settings.set_up_at = at
        settings.save(update_fields=["set_up_at"])
        return scheme


def set_up_missing(*, at: datetime) -> int:
    """Set up every business that was not yet, each in a transaction of its own; return how many.

    A business that registers is told of by the outbox; this finds the ones whose message was lost.
    """
    waiting = Organisation.objects.filter(
        kind=OrganisationKind.BUSINESS, reward_settings__set_up_at__isnull=True
    )
    found = list(waiting.order_by("pk")[:AT_ONCE])
    for business in found:
        set_up(business=business, actor=None, at=at)
    return len(found)


def _offers(business: Organisation) -> list[tuple[str, str, OfferData]]:
    """Return the four offers of rewards.md 7: their key, type and what they say."""

    def of(kind: str) -> OfferData:
        return defaults_for(offer_types.get(kind), business=business, acting=business)

    def amount(text: str) -> int:
        return Money.parse(text, business.base_currency).minor

    def money(text: str) -> str:
        return Money.parse(text, business.base_currency).format().removesuffix(".00")

    return [
        (
            "registration",
            "SIGNUP",
            replace(
                of("SIGNUP"),
                name=f"{money('5')} Registration Offer",
                award_amount_minor=amount("5"),
            ),
        ),
        (
            "birthday",
            "DISCOUNT",
            replace(
                of("DISCOUNT"),
                name="20% Birthday Offer",
                award_form=AwardForm.PERCENTAGE,
                award_percentage=Decimal("20.00"),
                redeem_method=RedeemMethod.INSTANT,
                occasion=OccasionTerms(Occasion.BIRTHDAY),
            ),
        ),
        (
            "cashback",
            "DISCOUNT",
            replace(
                of("DISCOUNT"),
                name="5% Cashback on all Purchases",
                award_form=AwardForm.PERCENTAGE,
                award_percentage=Decimal("5.00"),
            ),
        ),
        (
            "referral",
            "REFER",
            replace(
                of("REFER"),
                name=f"{money('1')} Referral Cashback",
                award_amount_minor=amount("1"),
                terms=ReferralTerms(Beneficiary.REFERRER, ReferralMoment.FIRST_PURCHASE),
            ),
        ),
    ]
