"""Referrals: who may refer whom, and when it is awarded (rewards.md 3.3)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.errors import DomainError
from directory.models import Contact
from rewards.choices import Beneficiary, ReferralMoment, ReferralStatus, ResolutionMode
from rewards.configuration import ReferralTerms
from rewards.models import ReferralCase, RewardOffer
from rewards.services import cancelling, referrals
from rewards.services.results import ReferralResult
from tests.factories.rewards import make_offer
from tests.rewards import till
from tests.rewards.till import NOW, Club, buy, given

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=2)


@pytest.fixture
def bob(club: Club) -> Contact:
    """Somebody who registered an hour ago."""
    return till.person(club.business, "Bob Example", at=NOW - timedelta(hours=1))


def refer(club: Club, contact: Contact, by: Contact | None = None) -> ReferralResult:
    return referrals.refer(
        business=club.business,
        code=(by or club.ann).referral_code.lower(),
        contact=contact,
        performed_at=NOW,
        at=NOW,
    )


def refusal(club: Club, contact: Contact, by: Contact | None = None) -> tuple[str, int]:
    with pytest.raises(DomainError) as refused:
        refer(club, contact, by)
    return refused.value.code, refused.value.status


def cashback(club: Club, **terms: object) -> RewardOffer:
    """Return the €1 referral offer."""
    return make_offer(club.s1, type="REFER", amount="1.00", terms=ReferralTerms(**terms))  # type: ignore[arg-type]


@pytest.mark.scenario("RWD-71")
def test_the_referrer_is_awarded_at_the_first_purchase_alone(club: Club, bob: Contact) -> None:
    cashback(club)
    assert refer(club, bob).is_waiting
    first = buy(club, "12.00", by=bob)
    assert (given(first), [one.amount_minor for one in first.others]) == ([], [100])
    assert till.commerce(club.ann) == "1.00"
    assert buy(club, "12.00", by=bob, at=LATER).others == ()
    assert till.awards_of(club.ann) == [("1.00", "POSTED")]


@pytest.mark.scenario("RWD-72")
def test_registering_alone_awards_nothing_for_the_first_purchase(club: Club, bob: Contact) -> None:
    cashback(club)
    assert refer(club, bob).awards == ()
    assert till.awards_of(club.ann) == []


@pytest.mark.scenario("RWD-73")
def test_a_cancelled_first_purchase_lets_the_referral_wait_for_the_next(
    club: Club, bob: Contact
) -> None:
    cashback(club)
    refer(club, bob)
    first = buy(club, "12.00", by=bob)
    till.cancel(first, at=LATER)
    assert till.commerce(club.ann) == "0.00"
    assert ReferralCase.objects.get().status == ReferralStatus.WAITING
    buy(club, "12.00", by=bob, at=LATER)
    assert till.awards_of(club.ann) == [("1.00", "CANCELLED"), ("1.00", "POSTED")]
    assert till.commerce(club.ann) == "1.00"


@pytest.mark.scenario("RWD-74")
def test_nobody_refers_themselves(club: Club) -> None:
    assert refusal(club, club.ann) == ("SELF_REFERRAL", 422)


def test_nobody_refers_a_second_record_with_their_own_phone(club: Club) -> None:
    ann = till.person(club.business, "Ann Two", phone="+35799123456")
    double = till.person(
        club.business, "Ann Three", phone="+35799123456", at=NOW - timedelta(hours=1)
    )
    for contact in (ann, double):
        contact.phones.update(verified_at=NOW)
    assert refusal(club, double, by=ann) == ("SELF_REFERRAL", 422)


@pytest.mark.scenario("RWD-75")
def test_each_contact_is_referred_once(club: Club, bob: Contact) -> None:
    cy = till.person(club.business, "Cy Example")
    refer(club, bob)
    assert refusal(club, bob, by=cy) == ("ALREADY_REFERRED", 409)


@pytest.mark.scenario("RWD-76")
def test_only_new_contacts_are_referred(club: Club) -> None:
    old = till.person(club.business, "Bob Example", at=NOW - timedelta(days=30))
    assert refusal(club, old) == ("NOT_NEW_CONTACT", 422)


def test_who_has_bought_already_is_not_new(club: Club, bob: Contact) -> None:
    buy(club, by=bob)
    assert refusal(club, bob) == ("NOT_NEW_CONTACT", 422)


def test_an_unknown_code_is_not_found(club: Club, bob: Contact) -> None:
    with pytest.raises(DomainError) as refused:
        referrals.refer(
            business=club.business, code="NOBODY", contact=bob, performed_at=NOW, at=NOW
        )
    assert refused.value.code == "REFERRAL_CODE_NOT_FOUND"


@pytest.mark.scenario("RWD-77")
def test_both_are_awarded_on_registration(club: Club, bob: Contact) -> None:
    cashback(
        club,
        beneficiary=Beneficiary.BOTH,
        moment=ReferralMoment.REGISTRATION,
        referred_minor=300,
    )
    RewardOffer.objects.get().refresh_from_db()
    refer(club, bob)
    assert (till.commerce(club.ann), till.commerce(bob)) == ("1.00", "3.00")
    assert ReferralCase.objects.get().status == ReferralStatus.AWARDED


@pytest.mark.scenario("RWD-108")
def test_resolution_limits_discounts_and_not_the_referral(club: Club, bob: Contact) -> None:
    till.choose(club, mode=ResolutionMode.BEST)
    make_offer(club.s1, percentage="5")
    make_offer(club.s1, percentage="10")
    cashback(club)
    refer(club, bob)
    first = buy(club, "12.00", by=bob)
    assert given(first) == ["1.20"]
    assert [one.amount_minor for one in first.others] == [100]


def test_a_referrer_has_as_many_referrals_as_the_business_accepts(club: Club, bob: Contact) -> None:
    till.choose(club, referral_cap=1)
    dan = till.person(club.business, "Dan Example", at=NOW - timedelta(hours=1))
    refer(club, bob)
    assert refusal(club, dan) == ("REFERRAL_LIMIT", 409)


def test_a_cancelled_referral_takes_back_what_the_first_purchase_brought(
    club: Club, bob: Contact
) -> None:
    cashback(club)
    referral = refer(club, bob)
    buy(club, "12.00", by=bob)
    back = cancelling.cancel(event=referral.event, at=LATER)
    assert (back.reverted_minor, till.commerce(club.ann)) == (100, "0.00")
    assert ReferralCase.objects.get().status == ReferralStatus.CANCELLED
