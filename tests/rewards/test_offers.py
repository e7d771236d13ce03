"""Reward offers on the desk: made, activated, changed, copied, deleted (rewards.md 2.4, 12.1)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from directory.models import Organisation
from directory.segments import Tagged
from directory.services import network
from directory.services.network import PlaceData
from events.conditions import (
    AmountCondition,
    ConditionSet,
    ProductCondition,
    SegmentCondition,
)
from events.services.conditions import TooManySkus
from rewards import versions
from rewards.choices import (
    AwardForm,
    Beneficiary,
    Occasion,
    ProductGroupKind,
    RedeemMethod,
    SignUpOption,
)
from rewards.configuration import OccasionTerms, ProductGroup, ReferralTerms
from rewards.models import RewardOffer, RewardScheme
from rewards.selectors.offers import offers_visible_to
from rewards.selectors.readiness import problems_of
from rewards.services import copying, offers, settings
from rewards.services.offer_data import data_of
from rewards.services.refusals import (
    CodeTaken,
    DigitsDoNotFit,
    Frozen,
    InUse,
    NameTaken,
    NotTheirs,
    OfferIncomplete,
    OfferWrong,
    PoolMissing,
    Restricted,
    StillActive,
    UnknownChoice,
)
from rewards.services.settings import SettingsData
from tests.factories.directory import MORNING, make_business, make_contact
from tests.factories.floor import make_product, make_segment
from tests.factories.rewards import (
    change_offer,
    give_award,
    give_pass,
    join,
    make_offer,
    make_scheme,
    offer_data,
)
from wallet.services import pools

pytestmark = pytest.mark.django_db
LATER = MORNING + timedelta(days=30)


@pytest.fixture
def club() -> Organisation:
    return make_business("Coffee Club")


@pytest.fixture
def scheme(club: Organisation) -> RewardScheme:
    return make_scheme(club, "Regulars")


@pytest.fixture
def merchant(club: Organisation) -> Organisation:
    return network.add_merchant(business=club, data=PlaceData(name="M"), at=MORNING)


def create(scheme: RewardScheme, kind: str = "DISCOUNT", **changes: Any) -> RewardOffer:
    data = offer_data(scheme.business, kind, **{"scheme_id": scheme.pk, **changes})
    return offers.create(business=scheme.business, kind=kind, data=data, actor=None, at=MORNING)


def activate(offer: RewardOffer) -> RewardOffer:
    return offers.activate(offer=offer, actor=None, at=LATER)


@pytest.mark.scenario("RWD-3", "RWD-4")
def test_a_new_offer_is_inactive_and_seen_by_members_once_it_is_activated(
    scheme: RewardScheme,
) -> None:
    ann = make_contact(scheme.business, "Ann")
    offer = create(scheme)
    assert not offer.is_active
    assert not offers_visible_to(contact=ann, at=LATER).exists()
    active = activate(offer)
    assert active.is_active
    assert active.activated_at == LATER
    assert list(offers_visible_to(contact=ann, at=LATER)) == [offer]
    assert not offers_visible_to(contact=ann, at=LATER - timedelta(seconds=1)).exists()


@pytest.mark.scenario("RWD-5")
def test_an_offer_without_a_pool_is_not_activated(scheme: RewardScheme) -> None:
    offer = create(scheme, commerce_pool_id=None)
    with pytest.raises(OfferIncomplete) as refused:
        activate(offer)
    assert "commerce pool" in refused.value.fields["commerce_pool"]
    offer.refresh_from_db()
    assert not offer.is_active


@pytest.mark.scenario("WAL-43")
def test_no_offer_that_awards_is_saved_without_a_pool(scheme: RewardScheme) -> None:
    draft, running = create(scheme, commerce_pool_id=None), make_offer(scheme, "Running")
    pool, version = running.commerce_pool, running.version
    with pytest.raises(PoolMissing) as refused:
        activate(draft)
    assert refused.value.code == "POOL_REQUIRED"
    with pytest.raises(PoolMissing) as refused:
        change_offer(running, commerce_pool_id=None)
    assert refused.value.code == "POOL_REQUIRED"
    running.refresh_from_db()
    assert (running.commerce_pool, running.version, running.is_active) == (pool, version, True)


def test_everything_that_is_missing_is_listed_at_once(club: Organisation) -> None:
    draft = offers.create(business=club, kind="BUNDLE", actor=None, at=MORNING)
    with pytest.raises(OfferIncomplete) as refused:
        activate(draft)
    assert set(refused.value.fields) == {"name", "scheme", "award", "products", "commerce_pool"}
    assert refused.value.fields == problems_of(offer=draft, at=LATER)
    assert draft.title == "Untitled Products Discount"


def test_an_offer_whose_availability_has_ended_is_not_activated(scheme: RewardScheme) -> None:
    offer = create(scheme, available_to=LATER)
    with pytest.raises(OfferIncomplete) as refused:
        activate(offer)
    assert set(refused.value.fields) == {"available_to"}


def test_a_retired_pool_is_said_to_take_no_new_money(scheme: RewardScheme) -> None:
    pool = pools.create(
        business=scheme.business, name="Summer", rules=pools.PoolRules(), actor=None, at=MORNING
    )
    offer = create(scheme, commerce_pool_id=pool.pk)
    pools.retire(pool=pool, at=MORNING)
    with pytest.raises(OfferIncomplete, match="One thing") as refused:
        activate(offer)
    assert "no new money" in refused.value.fields["commerce_pool"]


def test_activating_twice_keeps_the_first_moment(scheme: RewardScheme) -> None:
    offer = activate(create(scheme))
    again = offers.activate(offer=offer, actor=None, at=LATER + timedelta(days=1))
    assert again.activated_at == LATER
    assert again.version == offer.version


def test_deactivating_and_activating_again_counts_from_the_latest_activation(
    scheme: RewardScheme,
) -> None:
    offer = offers.deactivate(offer=activate(create(scheme)), actor=None, at=LATER)
    assert not offer.is_active
    again = offers.activate(offer=offer, actor=None, at=LATER + timedelta(days=1))
    assert again.activated_at == LATER + timedelta(days=1)


@pytest.mark.scenario("RWD-6", "RWD-7", "RWD-8")
def test_an_offer_names_at_most_fifty_products(scheme: RewardScheme) -> None:
    goods = [make_product(scheme.business, f"SKU-{number}").pk for number in range(51)]

    def on(product_ids: list[int]) -> ConditionSet:
        return ConditionSet(products=ProductCondition(product_ids=frozenset(product_ids)))

    assert create(scheme, "BUNDLE", rules=on(goods[:50])).pk
    with pytest.raises(TooManySkus) as refused:
        create(scheme, "BUNDLE", rules=on(goods))
    assert refused.value.fields["products"] == (
        "At most 50 products; these are 51. Use a category instead."
    )
    twice = create(scheme, "BUNDLE", rules=on([*goods[:50], goods[0]]))
    assert len(data_of(twice).rules.products.product_ids) == 50


@pytest.mark.scenario("RWD-9")
def test_an_offer_that_awarded_is_deactivated_instead_of_deleted(scheme: RewardScheme) -> None:
    offer = make_offer(scheme)
    give_award(offer, make_contact(scheme.business))
    with pytest.raises(InUse, match="Deactivate it instead"):
        offers.delete(offer=offer)
    offers.deactivate(offer=offer, actor=None, at=LATER)
    with pytest.raises(InUse):
        offers.delete(offer=offer)


@pytest.mark.scenario("RWD-10")
def test_an_inactive_offer_that_never_awarded_is_deleted_with_its_passes(
    scheme: RewardScheme,
) -> None:
    offer = make_offer(scheme)
    give_pass(offer)
    with pytest.raises(StillActive, match="Deactivate it first"):
        offers.delete(offer=offer)
    offers.deactivate(offer=offer, actor=None, at=LATER)
    offers.delete(offer=offer)
    assert not RewardOffer.objects.exists()


@pytest.mark.scenario("RWD-11", "RWD-12")
def test_a_copy_has_the_same_digits_in_the_other_currency_and_a_name_of_its_own(
    scheme: RewardScheme,
) -> None:
    offer = make_offer(scheme, "Five", amount="5.00", minimum="20.00", code="FIVE", featured=True)
    give_award(offer, make_contact(scheme.business))
    copy = copying.copy(offer=offer, currency="USD", actor=None, at=LATER)
    assert (copy.name, copy.currency, copy.award_amount_minor) == ("Copy of Five", "USD", 500)
    assert data_of(copy).rules.amount == AmountCondition(currency="USD", min_minor=2000)
    assert (copy.is_active, copy.activated_at, copy.code, copy.featured) == (False, None, "", True)
    assert copy.number == offer.number + 1
    assert not copy.awards.exists()
    assert copying.copy(offer=offer, actor=None, at=LATER).name == "Copy of Five (2)"
    assert copying.copy(offer=copy, actor=None, at=LATER).name == "Copy of Copy of Five"


def test_digits_that_do_not_fit_are_asked_for_anew(scheme: RewardScheme) -> None:
    offer = make_offer(scheme, amount="9.99", minimum="20.00")
    with pytest.raises(DigitsDoNotFit) as refused:
        copying.copy(offer=offer, currency="JPY", actor=None, at=LATER)
    assert set(refused.value.fields) == {"award_amount"}
    assert RewardOffer.objects.count() == 1
    copy = copying.copy(
        offer=offer, currency="JPY", amounts={"award_amount": 1000}, actor=None, at=LATER
    )
    assert copy.award_amount_minor == 1000
    assert data_of(copy).rules.amount == AmountCondition(currency="JPY", min_minor=20)


def test_a_copy_of_a_referral_keeps_both_amounts(scheme: RewardScheme) -> None:
    terms = ReferralTerms(Beneficiary.BOTH, referred_minor=300)
    offer = make_offer(scheme, type="REFER", amount="2.00", terms=terms)
    copy = copying.copy(offer=offer, currency="USD", actor=None, at=LATER)
    assert data_of(copy).terms == terms
    assert copying.amounts_of(copy)["referred_amount"].format() == "US$3.00"


def test_a_copy_of_an_offer_with_a_retired_pool_gets_the_default_pool(scheme: RewardScheme) -> None:
    business = scheme.business
    pool = pools.create(
        business=business, name="Summer", rules=pools.PoolRules(), actor=None, at=MORNING
    )
    offer = make_offer(scheme, commerce_pool_id=pool.pk)
    assert copying.copy(offer=offer, actor=None, at=LATER).commerce_pool_id == pool.pk
    pools.retire(pool=pool, at=LATER)
    default = pools.ensure_default(business=business, at=LATER)
    assert copying.copy(offer=offer, actor=None, at=LATER).commerce_pool_id == default.pk


@pytest.mark.scenario("RWD-13")
def test_names_are_unique_whatever_their_case(scheme: RewardScheme) -> None:
    make_offer(scheme, "Spring", code="S1")
    with pytest.raises(NameTaken) as refused:
        create(scheme, name="spring")
    assert "another name" in refused.value.fields["name"]
    with pytest.raises(CodeTaken):
        create(scheme, code="s1")
    assert create(make_scheme(make_business()), name="spring").pk
    assert [create(scheme, name="").name, create(scheme, name="").name] == ["", ""]


@pytest.mark.scenario("RWD-15")
def test_a_sign_up_offer_is_never_instant(scheme: RewardScheme) -> None:
    with pytest.raises(OfferWrong) as refused:
        create(scheme, "SIGNUP", redeem_method=RedeemMethod.INSTANT)
    assert "redeem_method" in refused.value.fields
    assert not RewardOffer.objects.exists()


@pytest.mark.parametrize("form", [AwardForm.PERCENTAGE, AwardForm.FREE_PRODUCT, "NONSENSE"])
def test_an_award_form_that_the_type_does_not_have_is_refused(
    scheme: RewardScheme, form: str
) -> None:
    with pytest.raises(OfferWrong) as refused:
        create(scheme, "SIGNUP", award_form=form)
    assert "award_form" in refused.value.fields
    assert not RewardOffer.objects.exists()


@pytest.mark.scenario("RWD-16")
@pytest.mark.parametrize(
    ("percentage", "is_accepted"),
    [("0", False), ("100.01", False), ("100", True), ("0.01", True), ("0.005", False)],
)
def test_a_percentage_lies_between_a_hundredth_and_a_hundred(
    scheme: RewardScheme, percentage: str, is_accepted: bool
) -> None:
    if is_accepted:
        assert create(scheme, percentage=percentage).award_percentage == Decimal(percentage)
        return
    with pytest.raises(OfferWrong) as refused:
        create(scheme, percentage=percentage)
    assert "award_percentage" in refused.value.fields


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"amount": "1000000.01"}, "award_amount"),
        ({"max_award_minor": 0}, "max_award_amount"),
        ({"available_from": LATER, "available_to": LATER}, "available_to"),
        ({"occasion": OccasionTerms(Occasion.BIRTHDAY, 31, 0)}, "occasion"),
        ({"currency": "XXY"}, "currency"),
        ({"short_description": "a" * 256}, "short_description"),
        ({"name": "a" * 151}, "name"),
        ({"rules": ConditionSet(products=ProductCondition(type_ids=frozenset({1})))}, "products"),
        (
            {"rules": ConditionSet(amount=AmountCondition(currency="USD", min_minor=1))},
            "amount",
        ),
    ],
)
def test_no_draft_is_saved_with_something_wrong(
    scheme: RewardScheme, changes: dict[str, Any], field: str
) -> None:
    currency = changes.pop("currency", "")
    data = offer_data(scheme.business, **changes)
    data = replace(data, currency=currency) if currency else data
    with pytest.raises(OfferWrong) as refused:
        offers.create(business=scheme.business, kind="DISCOUNT", data=data, actor=None, at=MORNING)
    assert set(refused.value.fields) == {field}


def test_what_belongs_to_another_business_is_refused(scheme: RewardScheme) -> None:
    other = make_scheme(make_business())
    pool = pools.ensure_default(business=other.business, at=MORNING)
    strange = make_product(other.business, "SKU").pk
    for field, changes in {
        "scheme": {"scheme_id": other.pk},
        "commerce_pool": {"commerce_pool_id": pool.pk},
        "award_product": {"award_product_id": strange},
        "award_group": {"award_group": ProductGroup(ProductGroupKind.BRAND, 1)},
        "owner": {"owner_id": other.business.pk},
    }.items():
        with pytest.raises(UnknownChoice) as refused:
            create(scheme, "BUNDLE", **changes)
        assert set(refused.value.fields) == {field}


@pytest.mark.scenario("RWD-17")
def test_merchants_make_only_what_the_business_lets_them(
    scheme: RewardScheme, merchant: Organisation
) -> None:
    club = scheme.business
    data = SettingsData(
        restricts_merchants=True,
        allowed_types=["HAPPYHOUR"],
        allowed_methods=[RedeemMethod.DEFERRED],
    )
    settings.update(business=club, data=data, version=1, at=MORNING)

    def make(kind: str, acting: Organisation, **changes: Any) -> RewardOffer:
        wanted = offer_data(club, kind, owner_id=acting.pk, **changes)
        return offers.create(
            business=club, kind=kind, data=wanted, acting=acting, actor=None, at=MORNING
        )

    with pytest.raises(Restricted, match="Happy Hour"):
        make("DISCOUNT", merchant)
    with pytest.raises(Restricted, match="cashback"):
        make("HAPPYHOUR", merchant, redeem_method=RedeemMethod.INSTANT)
    assert make("HAPPYHOUR", merchant).owner == merchant
    assert make("DISCOUNT", club).owner == club


def test_restrictions_leave_existing_offers_but_do_not_let_them_be_activated_again(
    scheme: RewardScheme, merchant: Organisation
) -> None:
    club = scheme.business
    mine = make_offer(scheme, owner_id=merchant.pk)
    data = SettingsData(
        restricts_merchants=True, allowed_types=["HAPPYHOUR"], allowed_methods=["DEFERRED"]
    )
    settings.update(business=club, data=data, version=1, at=MORNING)
    mine.refresh_from_db()
    assert mine.is_active
    offers.deactivate(offer=mine, acting=merchant, actor=None, at=LATER)
    with pytest.raises(Restricted):
        offers.activate(offer=mine, acting=merchant, actor=None, at=LATER)
    assert offers.activate(offer=mine, acting=club, actor=None, at=LATER).is_active


def test_a_merchant_changes_only_offers_of_its_own(
    scheme: RewardScheme, merchant: Organisation
) -> None:
    theirs = make_offer(scheme)
    with pytest.raises(NotTheirs):
        offers.deactivate(offer=theirs, acting=merchant, actor=None, at=LATER)
    data = offer_data(scheme.business, owner_id=scheme.business.pk)
    with pytest.raises(NotTheirs):
        offers.create(
            business=scheme.business,
            kind="DISCOUNT",
            data=data,
            acting=merchant,
            actor=None,
            at=MORNING,
        )


@pytest.mark.scenario("RWD-18")
def test_the_currency_and_the_scheme_stay_once_the_offer_has_awarded(scheme: RewardScheme) -> None:
    offer = make_offer(scheme)
    other = make_scheme(scheme.business)
    moved = change_offer(offer, scheme_id=other.pk)
    award = give_award(moved, make_contact(scheme.business))
    for field, changes in {
        "currency": {"currency": "USD"},
        "scheme": {"scheme_id": scheme.pk},
    }.items():
        with pytest.raises(Frozen, match="Copy the offer") as refused:
            change_offer(moved, **changes)
        assert set(refused.value.fields) == {field}
    changed = change_offer(moved, award_percentage=Decimal(7))
    assert changed.version == moved.version + 1
    award.refresh_from_db()
    assert award.offer_version.number == moved.version
    assert versions.load(award.offer_version.snapshot).award.percentage == Decimal(5)


@pytest.mark.scenario("RWD-20")
def test_featured_offers_come_first(scheme: RewardScheme) -> None:
    ann = make_contact(scheme.business, "Ann")
    make_offer(scheme, "A")
    make_offer(scheme, "Z", featured=True)
    assert [offer.name for offer in offers_visible_to(contact=ann, at=LATER)] == ["Z", "A"]


def test_a_contact_sees_what_is_meant_for_it(scheme: RewardScheme) -> None:
    club = scheme.business
    ann, ben = make_contact(club, "Ann"), make_contact(club, "Ben", tags=["vip"])
    chosen = make_scheme(club, option=SignUpOption.SELF_SIGN_UP)
    vip = ConditionSet(
        segments=SegmentCondition(frozenset({make_segment(club, Tagged(tags=("vip",))).pk}))
    )
    make_offer(scheme, "For VIPs", rules=vip)
    make_offer(chosen, "For the few")
    make_offer(scheme, "Over", available_to=LATER)
    make_offer(scheme, "Not yet", available_from=LATER + timedelta(seconds=1))
    make_offer(make_scheme(club, active=False), "Switched off")
    join(chosen, ann, at=MORNING)
    assert [offer.name for offer in offers_visible_to(contact=ann, at=LATER)] == ["For the few"]
    assert [offer.name for offer in offers_visible_to(contact=ben, at=LATER)] == ["For VIPs"]
