"""What an offer said from one change to the next, and who changes it at the same time."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from core.errors import StaleVersion
from directory.segments import Tagged
from events.conditions import (
    AmountCondition,
    ConditionSet,
    LocationCondition,
    ProductCondition,
    SegmentCondition,
    TimeCondition,
    TimeRow,
)
from rewards.choices import AwardForm, Beneficiary, Occasion
from rewards.configuration import OccasionTerms, ReferralTerms
from rewards.models import RewardScheme
from rewards.selectors.definitions import definition_at, definition_of
from rewards.services import copying, offers
from rewards.services.offer_data import data_of
from rewards.services.refusals import Frozen, OfferIncomplete
from tests.factories.directory import MORNING, make_business, make_contact
from tests.factories.floor import make_product, make_segment
from tests.factories.rewards import SINCE, change_offer, give_award, make_offer, make_scheme
from tests.kit.concurrency import meeting, split, together

pytestmark = pytest.mark.django_db
LATER = MORNING + timedelta(days=30)


@pytest.fixture
def scheme(db: None) -> RewardScheme:
    return make_scheme(make_business("Coffee Club"), "Regulars")


def test_a_saved_change_is_a_version_from_which_the_definition_is_rebuilt(
    scheme: RewardScheme,
) -> None:
    business = scheme.business
    product = make_product(business, "ESP", price=250)
    rules = ConditionSet(
        segments=SegmentCondition(
            frozenset({make_segment(business, Tagged(tags=("vip",))).pk}),
        ),
        location=LocationCondition(countries=frozenset({"CY"})),
        time=TimeCondition((TimeRow(weekdays=frozenset({0, 4}), start_minute=900),)),
        amount=AmountCondition(currency="EUR", min_minor=2000),
        products=ProductCondition(product_ids=frozenset({product.pk}), min_quantity=Decimal("1.5")),
    )
    offer = make_offer(
        scheme,
        type="BUNDLE",
        active=False,
        rules=rules,
        award_form=AwardForm.FREE_PRODUCT,
        award_product_id=product.pk,
        award_percentage=None,
        occasion=OccasionTerms(Occasion.NAME_DAY, 2, 3),
        available_from=MORNING,
    )
    steps = [offer, change_offer(offer, max_award_minor=100)]
    steps.append(offers.activate(offer=steps[-1], actor=None, at=LATER))
    stored = list(offer.versions.order_by("number"))
    assert [row.number for row in stored] == [1, 2, 3]
    first, second, third = (definition_at(version=row) for row in stored)
    as_stored = replace(third, version_id=stored[2].pk, public_id=offer.public_id)
    assert as_stored == definition_of(steps[-1])
    assert third.conditions.describe() == definition_of(steps[-1]).conditions.describe()
    assert third.conditions == first.conditions == rules
    assert third.award.price_minor == 250
    assert [one.award.max_minor for one in (first, second, third)] == [None, 100, 100]
    assert [one.is_active for one in (first, second, third)] == [False, False, True]


def test_terms_of_a_type_are_part_of_its_versions(scheme: RewardScheme) -> None:
    terms = ReferralTerms(Beneficiary.BOTH, referred_minor=300)
    offer = make_offer(scheme, type="REFER", amount="2.00", terms=terms)
    assert definition_at(version=offer.versions.get(number=2)).terms == terms
    assert data_of(offer).terms == terms


def test_a_step_saved_over_a_newer_one_is_refused(scheme: RewardScheme) -> None:
    offer = make_offer(scheme, active=False)
    change_offer(offer, name="First")
    with pytest.raises(StaleVersion):
        change_offer(offer, name="Second")


def test_an_active_offer_is_never_saved_incomplete_but_may_have_ended(scheme: RewardScheme) -> None:
    offer = make_offer(scheme, available_to=LATER)
    with pytest.raises(OfferIncomplete):
        change_offer(offer, award_percentage=None)
    ended = change_offer(offer, short_description="Thank you all", at=LATER)
    assert ended.is_active


def test_the_steps_of_the_wizard_that_were_saved_are_known(scheme: RewardScheme) -> None:
    draft = offers.create(business=scheme.business, kind="DISCOUNT", actor=None, at=MORNING)
    for step in ("details", "conditions", "details"):
        draft = offers.update(
            offer=draft,
            data=data_of(draft),
            version=draft.version,
            actor=None,
            at=MORNING,
            steps_done=(step,),
        )
    assert draft.steps_done == ["details", "conditions"]


@pytest.mark.django_db(transaction=True)
def test_two_copies_at_once_get_two_names_and_numbers() -> None:
    offer = make_offer(make_scheme(make_business(), "Regulars"), "Five")
    done, refused = split(together(*[lambda: copying.copy(offer=offer, actor=None, at=LATER)] * 2))
    assert refused == []
    assert {copy.name for copy in done} == {"Copy of Five", "Copy of Five (2)"}
    assert len({copy.number for copy in done}) == 2


@pytest.mark.django_db(transaction=True)
def test_of_two_who_activate_at_once_the_first_moment_counts() -> None:
    offer = make_offer(make_scheme(make_business(), "Regulars"), active=False)
    first, second = meeting(
        lambda: offers.activate(offer=offer, actor=None, at=SINCE),
        lambda: offers.activate(offer=offer, actor=None, at=LATER),
    )
    assert first.activated_at == second.activated_at == SINCE
    assert offer.versions.count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_change_of_currency_waits_for_the_award_that_is_being_written() -> None:
    scheme = make_scheme(make_business(), "Regulars")
    offer, ann = make_offer(scheme), make_contact(scheme.business)
    _, refused = meeting(
        lambda: give_award(offer, ann), lambda: change_offer(offer, currency="USD")
    )
    assert isinstance(refused, Frozen)
