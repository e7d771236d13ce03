"""Copying an offer, into another currency if wanted (rewards.md 2.4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from itertools import count
from typing import Any

from django.db import transaction
from django.db.models.functions import Lower

from core.money import Money, NotMoney, digits
from directory.models import Organisation, User
from rewards.configuration import ReferralTerms
from rewards.models import RewardOffer
from rewards.services import offers
from rewards.services.changes import lock_for_change
from rewards.services.offer_data import OfferData, data_of
from rewards.services.refusals import DigitsDoNotFit, OfferWrong
from wallet.choices import PoolState
from wallet.services import pools

LONGEST_NAME = 150


def copy(
    *,
    offer: RewardOffer,
    currency: str = "",
    amounts: Mapping[str, int] | None = None,
    acting: Organisation | None = None,
    actor: User | None,
    at: datetime,
) -> RewardOffer:
    """Make an inactive copy: "Copy of …", a number of its own, no code, no passes, nothing awarded.

    Amounts carry over digit for digit: €5.00 becomes $5.00. Those that the currency cannot write are
    named by `DigitsDoNotFit`; `amounts` gives them anew, by field and in minor units of the currency:
    award_amount, max_award_amount, referred_amount, min_amount, max_amount. A pool that takes no money
    any more is replaced by the default one. Raises what `offers.create` raises.
    """
    with transaction.atomic():
        lock_for_change(business=offer.business)
        original = RewardOffer.objects.select_related("business", "commerce_pool").get(pk=offer.pk)
        data = data_of(original)
        data = _in_currency(data, currency or original.currency, amounts or {})
        if acting is not None and not acting.is_business:
            data = replace(data, owner_id=acting.pk)
        made = offers.create(
            business=original.business,
            kind=original.type,
            data=replace(
                data,
                name=_free_name(original),
                code="",
                commerce_pool_id=_usable_pool(original, at),
            ),
            acting=acting,
            actor=actor,
            at=at,
            like=data.rules,
        )
        if original.image:
            made = offers.set_image(offer=made, image=original.image, actor=actor, at=at)
        return made


def amounts_of(offer: RewardOffer) -> dict[str, Money]:
    """Return every amount of the offer by the name of its field."""
    return {
        name: Money(minor, offer.currency)
        for name, minor in _amounts(data_of(offer)).items()
        if minor is not None
    }


def _amounts(data: OfferData) -> dict[str, int | None]:
    amount = data.rules.amount
    terms = data.terms
    return {
        "award_amount": data.award_amount_minor,
        "max_award_amount": data.max_award_minor,
        "referred_amount": terms.referred_minor if isinstance(terms, ReferralTerms) else None,
        "min_amount": amount.min_minor if amount is not None else None,
        "max_amount": amount.max_minor if amount is not None else None,
    }


def _in_currency(data: OfferData, currency: str, given: Mapping[str, int]) -> OfferData:
    """Return the offer with the same digits in another currency."""
    if currency == data.currency:
        return data
    try:
        digits(currency)
    except NotMoney as error:
        raise OfferWrong(str(error), fields={"currency": str(error)}) from error
    minor: dict[str, int | None] = {}
    problems: dict[str, str] = {}
    for name, old in _amounts(data).items():
        try:
            new = None if old is None else Money.of(Money(old, data.currency).amount, currency)
            minor[name] = given.get(name, new.minor if new is not None else None)
        except NotMoney:
            if name in given:
                minor[name] = given[name]
            else:
                problems[name] = _does_not_fit(Money(old or 0, data.currency), currency)
    if problems:
        raise DigitsDoNotFit("Some amounts cannot be copied as they are.", fields=problems)
    return _with_amounts(data, currency, minor)


def _does_not_fit(money: Money, currency: str) -> str:
    decimals = digits(currency) or "no"
    return f"{money.amount} has more decimals than {currency}, which has {decimals}. Enter it anew."


def _with_amounts(data: OfferData, currency: str, minor: Mapping[str, int | None]) -> OfferData:
    changes: dict[str, Any] = {
        "currency": currency,
        "award_amount_minor": minor["award_amount"],
        "max_award_minor": minor["max_award_amount"],
    }
    if isinstance(data.terms, ReferralTerms):
        changes["terms"] = replace(data.terms, referred_minor=minor["referred_amount"])
    if data.rules.amount is not None:
        bounds = replace(
            data.rules.amount,
            currency=currency,
            min_minor=minor["min_amount"],
            max_minor=minor["max_amount"],
        )
        changes["rules"] = replace(data.rules, amount=bounds)
    return replace(data, **changes)


def _free_name(original: RewardOffer) -> str:
    """Return "Copy of <name>", with " (2)", " (3)" … until no offer of the business has it."""
    base = f"Copy of {original.title}"
    taken = set(
        RewardOffer.objects.filter(business=original.business_id)
        .annotate(folded=Lower("name"))
        .values_list("folded", flat=True)
    )
    for number in count(1):
        end = f" ({number})" if number > 1 else ""
        name = base[: LONGEST_NAME - len(end)] + end
        if name.lower() not in taken:
            return name
    raise AssertionError


def _usable_pool(original: RewardOffer, at: datetime) -> int | None:
    pool = original.commerce_pool
    if pool is None or pool.state == PoolState.ACTIVE:
        return original.commerce_pool_id
    return pools.ensure_default(business=original.business, at=at).pk
