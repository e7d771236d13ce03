"""What a new business gets (rewards.md 7)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from core import outbox
from core.models import OutboxEvent
from directory.models import Organisation
from rewards import tasks
from rewards.choices import (
    AwardForm,
    Beneficiary,
    Frequency,
    Occasion,
    RedeemMethod,
    ReferralMoment,
    SignUpOption,
)
from rewards.configuration import ReferralTerms
from rewards.models import Award, RewardOffer, RewardScheme
from rewards.selectors.readiness import problems_of
from rewards.services import defaults, offers, schemes
from rewards.services.offer_data import data_of
from tests.factories.directory import MORNING, make_business, make_contact
from tests.kit.concurrency import meeting

pytestmark = pytest.mark.django_db
LATER = MORNING + timedelta(days=1)


@pytest.fixture
def club(db: None) -> Organisation:
    return make_business("Coffee Club")


def deliver() -> None:
    """Hand the events of the outbox to the tasks of this app, as its workers do."""

    def send(task: str, event_id: int) -> None:
        for known in (tasks.set_up_businesses, tasks.award_registration):
            if task == known.name:
                known(event_id=event_id)

    outbox.dispatch(at=LATER, limit=100, send=send)


@pytest.mark.scenario("RWD-1", "RWD-2")
def test_a_business_that_registers_gets_one_scheme_and_four_offers_once(
    club: Organisation,
) -> None:
    deliver()
    scheme = RewardScheme.objects.get()
    assert (scheme.name, scheme.option, scheme.description) == (
        "Coffee Club",
        SignUpOption.AUTO_SIGN_UP,
        "",
    )
    assert not scheme.is_active
    made = {offer.name: offer for offer in RewardOffer.objects.order_by("number")}
    assert list(made) == [
        "€5 Registration Offer",
        "20% Birthday Offer",
        "5% Cashback on all Purchases",
        "€1 Referral Cashback",
    ]
    for offer in made.values():
        assert not offer.is_active
        assert (offer.scheme, offer.owner, offer.currency) == (scheme, club, "EUR")
        assert (offer.available_from, offer.available_to) == (None, None)
        assert offer.commerce_pool is not None
        assert offer.commerce_pool.is_default
        assert data_of(offer).rules.is_empty
        assert problems_of(offer=offer, at=LATER) == {}
    _is_as_specified(*made.values())
    OutboxEvent.objects.update(dispatched_at=None)
    deliver()
    assert (RewardScheme.objects.count(), RewardOffer.objects.count()) == (1, 4)


def _is_as_specified(
    registration: RewardOffer, birthday: RewardOffer, cashback: RewardOffer, referral: RewardOffer
) -> None:
    assert [offer.type for offer in (registration, birthday, cashback, referral)] == [
        "SIGNUP",
        "DISCOUNT",
        "DISCOUNT",
        "REFER",
    ]
    assert (registration.award_form, registration.award_amount_minor) == (AwardForm.AMOUNT, 500)
    assert registration.frequency == Frequency.ONCE
    assert (birthday.award_form, birthday.award_percentage) == (AwardForm.PERCENTAGE, Decimal(20))
    assert (birthday.occasion, birthday.days_before, birthday.days_after) == (
        Occasion.BIRTHDAY,
        0,
        0,
    )
    assert (cashback.award_percentage, cashback.occasion) == (Decimal(5), Occasion.NONE)
    assert cashback.frequency == Frequency.EVERY_TIME
    assert referral.award_amount_minor == 100
    assert data_of(referral).terms == ReferralTerms(
        Beneficiary.REFERRER, ReferralMoment.FIRST_PURCHASE
    )
    methods = [offer.redeem_method for offer in (registration, birthday, cashback, referral)]
    instant, deferred = RedeemMethod.INSTANT, RedeemMethod.DEFERRED
    assert methods == [deferred, instant, deferred, deferred]


def test_the_numbers_stay_in_a_currency_without_decimals(club: Organisation) -> None:
    club.base_currency = "JPY"
    club.save()
    defaults.set_up(business=club, actor=None, at=LATER)
    offer = RewardOffer.objects.get(made_as="registration")
    assert (offer.currency, offer.award_amount_minor) == ("JPY", 5)
    assert offer.name == "JP¥5 Registration Offer"


def test_what_was_deleted_since_is_not_made_again(club: Organisation) -> None:
    defaults.set_up(business=club, actor=None, at=LATER)
    for offer in RewardOffer.objects.all():
        offers.delete(offer=offer)
    schemes.delete(scheme=RewardScheme.objects.get())
    assert defaults.set_up(business=club, actor=None, at=LATER) is None
    assert not RewardOffer.objects.exists()


def test_a_contact_who_registers_is_in_the_scheme_and_gets_the_registration_offer_once(
    club: Organisation,
) -> None:
    scheme = defaults.set_up(business=club, actor=None, at=MORNING)
    assert scheme is not None
    offer = RewardOffer.objects.get(made_as="registration")
    offers.activate(offer=offer, actor=None, at=MORNING)
    schemes.activate(scheme=scheme, actor=None, at=MORNING)
    ann = make_contact(club, "Ann", at=LATER)
    deliver()
    OutboxEvent.objects.update(dispatched_at=None)
    deliver()
    award = Award.objects.get(contact=ann)
    assert (award.offer, award.amount_minor, award.scheme) == (offer, 500, scheme)


@pytest.mark.django_db(transaction=True)
def test_two_set_ups_at_once_make_everything_once() -> None:
    club = make_business("Coffee Club")

    def set_up() -> RewardScheme | None:
        return defaults.set_up(business=club, actor=None, at=LATER)

    first, second = meeting(set_up, set_up)
    assert first == second == RewardScheme.objects.get()
    assert RewardOffer.objects.count() == 4
