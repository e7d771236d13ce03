"""Schemes, offers and passes, made through the services.

The fixture F0 of rewards.md 12: `club = make_cafe()`, `s1 = make_scheme(club.business)`,
`make_offer(s1, percentage="5")`. Everything is active since 2026-01-01 unless asked otherwise.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from itertools import count
from typing import Any

from core.money import Money
from directory.models import Contact, Organisation
from events.conditions import AmountCondition, ConditionSet
from rewards import offer_types
from rewards.choices import AwardForm, LogCause, SignUpOption
from rewards.models import Award, Pass, RewardOffer, RewardScheme
from rewards.services import memberships, offers, passes, schemes
from rewards.services.offer_data import OfferData, data_of, defaults_for
from rewards.services.passes import PassData
from rewards.services.schemes import SchemeData
from wallet.selectors import current_version
from wallet.services import pools

SINCE = datetime(2026, 1, 1, tzinfo=UTC)
_numbers = count(1)


def make_scheme(
    business: Organisation,
    name: str = "",
    *,
    option: str = SignUpOption.AUTO_SIGN_UP,
    active: bool = True,
    at: datetime = SINCE,
    **changes: Any,
) -> RewardScheme:
    """Make a scheme; contacts registered later are members of an automatic one from then on."""
    data = SchemeData(name=name or f"Scheme {next(_numbers)}", sign_up_option=option, **changes)
    made = schemes.create(business=business, data=data, actor=None, at=at)
    return schemes.activate(scheme=made, actor=None, at=at) if active else made


def offer_data(
    business: Organisation,
    type: str = "DISCOUNT",  # noqa: A002 - the word of the specification
    *,
    amount: str = "",
    percentage: str = "",
    minimum: str = "",
    **changes: Any,
) -> OfferData:
    """Return a whole offer: 5 % unless an amount is given; `minimum` is the smallest purchase."""
    kind = offer_types.get(type)
    data = defaults_for(kind, business=business, acting=business)
    currency = changes.get("currency", data.currency)
    has_percentage = AwardForm.PERCENTAGE in kind.award_forms and not amount
    values: dict[str, Any] = {
        "name": f"Offer {next(_numbers)}",
        "commerce_pool_id": pools.ensure_default(business=business, at=SINCE).pk,
        "award_form": AwardForm.PERCENTAGE if has_percentage else AwardForm.AMOUNT,
    }
    if has_percentage:
        values["award_percentage"] = Decimal(percentage or "5")
    else:
        values["award_amount_minor"] = Money.parse(amount or "1.00", currency).minor
    if minimum:
        least = Money.parse(minimum, currency).minor
        values["rules"] = ConditionSet(amount=AmountCondition(currency=currency, min_minor=least))
    return replace(data, **{**values, **changes})


def make_offer(
    scheme: RewardScheme,
    name: str = "",
    *,
    type: str = "DISCOUNT",  # noqa: A002 - the word of the specification
    active: bool = True,
    at: datetime = SINCE,
    **changes: Any,
) -> RewardOffer:
    """Make an offer of the scheme: `amount="3.00"` or `percentage="5"`, `rules=`, `terms=`, ….

    Whatever `OfferData` has can be given. An award form that needs more (`award_form`,
    `award_product_id`, `award_group`) replaces the percentage.
    """
    business = scheme.business
    if name:
        changes["name"] = name
    data = offer_data(business, type, **{"scheme_id": scheme.pk, **changes})
    made = offers.create(business=business, kind=type, data=data, actor=None, at=at)
    return offers.activate(offer=made, actor=None, at=at) if active else made


def change_offer(offer: RewardOffer, *, at: datetime = SINCE, **changes: Any) -> RewardOffer:
    """Save the offer with something changed."""
    data = replace(data_of(offer), **changes)
    return offers.update(offer=offer, data=data, version=offer.version, actor=None, at=at)


def join(scheme: RewardScheme, contact: Contact, *, at: datetime = SINCE) -> None:
    """Put the contact into the scheme, as staff do."""
    memberships.add(scheme=scheme, contact=contact, actor=None, at=at)


def give_pass(offer: RewardOffer, code: str = "", *, at: datetime = SINCE, **changes: Any) -> Pass:
    """Make a pass of the offer, good for one use unless asked otherwise."""
    return passes.create(offer=offer, data=PassData(code=code, **changes), actor=None, at=at)


def give_award(
    offer: RewardOffer, contact: Contact, *, minor: int = 100, at: datetime = SINCE
) -> Award:
    """Write that the offer has awarded, without event and money: enough to freeze the offer."""
    assert offer.scheme is not None
    assert offer.commerce_pool is not None
    return Award.objects.create(
        business=offer.business,
        reference=f"test.award:{next(_numbers)}",
        cause=LogCause.PURCHASE,
        offer=offer,
        offer_version=offer.versions.get(number=offer.version),
        scheme=offer.scheme,
        contact=contact,
        amount_minor=minor,
        currency=offer.currency,
        redeem_method=offer.redeem_method,
        pool_version=current_version(pool=offer.commerce_pool),
        status_changed_at=at,
        performed_at=at,
        posted_at=at,
    )
