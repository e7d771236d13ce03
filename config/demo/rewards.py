"""Coffee Club's schemes, pools and offers: what its purchases of the last ninety days earn."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from config.demo.floor import Club
from core.money import Money
from directory.models import Category, Contact, Organisation
from directory.selectors import network
from events.conditions import (
    EVERYTHING,
    AmountCondition,
    ClassificationCondition,
    ConditionSet,
    LocationCondition,
    ProductCondition,
    TimeCondition,
    TimeRow,
)
from events.models import Classification
from rewards import offer_types
from rewards.choices import AwardForm, Occasion, RedeemMethod, SignUpOption
from rewards.configuration import AchievementTerms, OccasionTerms
from rewards.models import RewardScheme
from rewards.services import defaults, memberships, offers, schemes
from rewards.services.offer_data import OfferData, defaults_for
from rewards.services.schemes import SchemeData
from wallet.choices import EndRule, PeriodUnit
from wallet.services import pools
from wallet.services.pools import PoolRules

WORKDAYS = frozenset(range(5))
STUDENTS = 16


@dataclass(frozen=True, slots=True)
class Places:
    """What offers and pools name of the network and the menu."""

    merchants: dict[str, Organisation]
    categories: dict[str, Category]

    def at(self, merchant: str) -> LocationCondition:
        return LocationCondition(merchant_ids=frozenset({self.merchants[merchant].pk}))

    def of(self, category: str) -> ProductCondition:
        return ProductCondition(category_ids=frozenset({self.categories[category].pk}))


def build(*, club: Club, at: datetime) -> None:
    """Set the business up as a new one is, then give it two schemes of its own with offers."""
    business, clara = club.business, club.users["clara"]
    defaults.set_up(business=business, actor=clara, at=at)
    places = Places(
        {place.name: place for place in network.merchants_of(business=business)},
        {one.name: one for one in Category.objects.filter(business=business)},
    )
    pool_ids = _open_pools(business, places, at)
    regulars = schemes.create(
        business=business,
        data=SchemeData(name="Regulars", description="Everybody with a Coffee Club card."),
        actor=clara,
        at=at,
    )
    campus = schemes.create(
        business=business,
        data=SchemeData(
            name="Campus card",
            description="For who studies or works on campus.",
            sign_up_option=SignUpOption.SELF_SIGN_UP,
        ),
        actor=clara,
        at=at,
    )
    for scheme, kind, data in _offers(Sketch(business, pool_ids), places, regulars, campus):
        made = offers.create(
            business=business,
            kind=kind,
            data=replace(data, scheme_id=scheme.pk),
            actor=clara,
            at=at,
        )
        offers.activate(offer=made, actor=clara, at=at)
    schemes.activate(scheme=regulars, actor=clara, at=at)
    campus = schemes.activate(scheme=campus, actor=clara, at=at)
    for contact in Contact.objects.filter(business=business).order_by("pk")[:STUDENTS]:
        memberships.add(scheme=campus, contact=contact, actor=clara, at=at)


def _open_pools(business: Organisation, places: Places, at: datetime) -> dict[str, int]:
    """Open two pools beside the default one; return all by a short name."""
    hot = pools.create(
        business=business,
        name="Hot drinks before eleven",
        rules=PoolRules(
            description="A quiet morning's coffee.",
            end_rule=EndRule.RELATIVE,
            end_after=3,
            end_unit=PeriodUnit.MONTH,
        ),
        conditions=ConditionSet(
            time=TimeCondition(rows=(TimeRow(start_minute=6 * 60, end_minute=11 * 60),)),
            products=places.of("Hot"),
        ),
        actor=None,
        at=at,
    )
    roasters = pools.create(
        business=business,
        name="At the roasters",
        rules=PoolRules(end_rule=EndRule.RELATIVE, end_after=2, end_unit=PeriodUnit.MONTH),
        conditions=ConditionSet(location=places.at("Old Town Roasters")),
        actor=None,
        at=at,
    )
    anywhere = pools.ensure_default(business=business, at=at)
    return {"anywhere": anywhere.pk, "hot": hot.pk, "roasters": roasters.pk}


@dataclass(frozen=True, slots=True)
class Sketch:
    """What all offers of the business share, and the two ways of giving."""

    business: Organisation
    pool_ids: dict[str, int]

    def _blank(self, kind: str, name: str, rules: ConditionSet, pool: str) -> OfferData:
        empty = defaults_for(offer_types.get(kind), business=self.business, acting=self.business)
        return replace(empty, name=name, rules=rules, commerce_pool_id=self.pool_ids[pool])

    def amount(self, kind: str, name: str, text: str, rules: ConditionSet) -> OfferData:
        return replace(
            self._blank(kind, name, rules, "anywhere"),
            award_form=AwardForm.AMOUNT,
            award_amount_minor=self.minor(text),
        )

    def percent(
        self,
        kind: str,
        name: str,
        text: str,
        rules: ConditionSet = EVERYTHING,
        pool: str = "anywhere",
    ) -> OfferData:
        return replace(
            self._blank(kind, name, rules, pool),
            award_form=AwardForm.PERCENTAGE,
            award_percentage=Decimal(text),
        )

    def minor(self, text: str) -> int:
        return Money.parse(text, self.business.base_currency).minor


def _offers(
    sketch: Sketch, places: Places, regulars: RewardScheme, campus: RewardScheme
) -> Iterable[tuple[RewardScheme, str, OfferData]]:
    """Yield scheme, type and data of each offer; lunch on campus replays the seed's resolution."""
    least = AmountCondition(currency=sketch.business.base_currency, min_minor=sketch.minor("8"))
    lunch = ConditionSet(location=places.at("Campus Cafés"), amount=least)
    for scheme, name, text in (
        (regulars, "Lunch euro", "1.00"),
        (regulars, "Lunch fifty", "0.50"),
        (campus, "Lunch with the campus card", "3.00"),
    ):
        yield scheme, "DISCOUNT", sketch.amount("DISCOUNT", name, text, lunch)
    three_to_six = TimeRow(weekdays=WORKDAYS, start_minute=15 * 60, end_minute=18 * 60)
    harbour = ConditionSet(
        location=places.at("Harbour Kiosks"), time=TimeCondition(rows=(three_to_six,))
    )
    happy = sketch.percent("HAPPYHOUR", "Happy hour at the harbour", "20", harbour)
    yield (
        regulars,
        "HAPPYHOUR",
        replace(
            happy,
            redeem_method=RedeemMethod.INSTANT,
            short_description="A fifth off from three to six.",
            owner_id=places.merchants["Harbour Kiosks"].pk,
        ),
    )
    birthday = sketch.percent("DISCOUNT", "Birthday treat", "25")
    near = OccasionTerms(Occasion.BIRTHDAY, days_before=3, days_after=3)
    yield regulars, "DISCOUNT", replace(birthday, occasion=near)
    hot = ConditionSet(products=places.of("Hot"))
    tenth = sketch.percent("BUNDLE", "A tenth of every hot drink", "10", hot, "hot")
    yield regulars, "BUNDLE", tenth
    beans = ConditionSet(products=places.of("Beans"))
    home = sketch.percent("BUNDLE", "Beans to take home", "15", beans, "roasters")
    yield regulars, "BUNDLE", replace(home, featured=True)
    photos = sketch.amount(
        "ACHIEVEMENT", "Two photos, one coffee", "2.50", _photos(sketch.business)
    )
    yield regulars, "ACHIEVEMENT", replace(photos, terms=AchievementTerms(count=2))


def _photos(business: Organisation) -> ConditionSet:
    photo = Classification.objects.get(business=business, name="Photo shared")
    return ConditionSet(
        classification=ClassificationCondition(classification_ids=frozenset({photo.pk}))
    )
