"""The compiled configuration: what is in it, when it is read anew, and what that costs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest

from directory.models import ProductPrice
from events.conditions import ConditionSet, ProductCondition
from rewards.choices import AwardForm, ResolutionMode, Trigger
from rewards.models import RewardScheme
from rewards.rules.snapshot import Snapshot
from rewards.selectors.snapshots import snapshot_of
from rewards.services import offers, schemes, settings
from rewards.services.changes import lock_for_change
from rewards.services.settings import SettingsData
from tests.factories.directory import MORNING, make_business
from tests.factories.floor import make_product
from tests.factories.rewards import SINCE, change_offer, make_offer, make_scheme
from wallet.services import pools

pytestmark = pytest.mark.django_db
Counted = Callable[..., object]


@pytest.fixture
def scheme(db: None) -> RewardScheme:
    return make_scheme(make_business("Coffee Club"), "Regulars")


def read(scheme: RewardScheme) -> Snapshot:
    return snapshot_of(business=scheme.business)


def test_only_active_offers_are_in_it_each_with_its_stored_version(scheme: RewardScheme) -> None:
    offer = make_offer(scheme)
    make_offer(scheme, active=False)
    make_offer(make_scheme(make_business()))
    (found,) = read(scheme).listening_to(Trigger.PURCHASE)
    assert found.id == offer.pk
    assert found.version_id == offer.versions.get(number=offer.version).pk
    assert found.scheme_id == scheme.pk


def test_a_warm_snapshot_costs_one_query_and_a_cold_one_the_same_for_any_number_of_offers(
    scheme: RewardScheme, django_assert_num_queries: Counted, django_assert_max_num_queries: Counted
) -> None:
    make_offer(scheme)
    with django_assert_max_num_queries(16):
        first = read(scheme)
    with django_assert_num_queries(1):
        assert read(scheme) is first
    for _ in range(10):
        make_offer(scheme)
    with django_assert_max_num_queries(16):
        read(scheme)


def test_every_change_of_the_configuration_is_seen_at_once(scheme: RewardScheme) -> None:
    business = scheme.business
    offer = make_offer(scheme)
    assert [one.award.percentage for one in read(scheme).offers()] == [Decimal(5)]
    offer = change_offer(offer, award_percentage=Decimal(7))
    assert [one.award.percentage for one in read(scheme).offers()] == [Decimal(7)]
    offers.deactivate(offer=offer, actor=None, at=SINCE)
    assert read(scheme).offers() == ()
    schemes.deactivate(scheme=scheme, actor=None, at=SINCE)
    assert read(scheme).closed_schemes == {scheme.pk}
    settings.update(
        business=business, data=SettingsData(mode=ResolutionMode.BEST), version=1, at=SINCE
    )
    assert read(scheme).settings.mode == ResolutionMode.BEST


def test_a_new_version_of_the_pool_and_its_retirement_are_seen_at_once(
    scheme: RewardScheme,
) -> None:
    pool = pools.create(
        business=scheme.business, name="Summer", rules=pools.PoolRules(), actor=None, at=SINCE
    )
    make_offer(scheme, commerce_pool_id=pool.pk)
    (before,) = read(scheme).offers()
    newest = pools.revise(pool=pool, rules=pools.WITHIN_A_YEAR, actor=None, at=SINCE)
    (after,) = read(scheme).offers()
    assert before.pool_version_id != after.pool_version_id == newest.pk
    pools.retire(pool=pool, at=MORNING)
    assert [one.is_active for one in read(scheme).offers()] == [False]
    pools.reactivate(pool=pool, at=MORNING + timedelta(minutes=1))
    assert [one.is_active for one in read(scheme).offers()] == [True]


def test_the_price_of_a_product_given_away_is_that_of_today(scheme: RewardScheme) -> None:
    product = make_product(scheme.business, "MUF", price=310)
    make_offer(
        scheme,
        type="BUNDLE",
        award_form=AwardForm.FREE_PRODUCT,
        award_percentage=None,
        award_product_id=product.pk,
        rules=ConditionSet(products=ProductCondition(product_ids=frozenset({product.pk}))),
    )
    assert [one.award.price_minor for one in read(scheme).offers()] == [310]
    ProductPrice.objects.filter(product=product).update(price_minor=330)
    assert [one.award.price_minor for one in read(scheme).offers()] == [330]


def test_a_revision_that_was_rolled_back_is_not_met_again(scheme: RewardScheme) -> None:
    seen = {lock_for_change(business=scheme.business).revision for _ in range(50)}
    gaps = {later - earlier for earlier, later in zip(sorted(seen), sorted(seen)[1:], strict=False)}
    assert len(seen) == 50
    assert len(gaps) > 40
