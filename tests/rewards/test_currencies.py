"""A wallet keeps its currency, whatever the business changes later (rewards.md 4.1, wallet.md 2.2)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from directory.models import Contact, Organisation
from events.conditions import ClassificationCondition, ConditionSet
from events.models import BusinessEvent, Classification
from rewards.choices import ReferralMoment, TraceReason
from rewards.configuration import AchievementTerms, ReferralTerms
from rewards.models import Award, GiftRun
from rewards.selectors.traces import traces_of
from rewards.services import achievements, gifts, purchases, referrals, sign_ups
from tests.factories.rewards import make_offer
from tests.rewards import till
from tests.rewards.till import NOW, Club, buy
from tests.wallet import money
from wallet import errors
from wallet.choices import AccountKind
from wallet.models import Lot
from wallet.services import awards, wallets

pytestmark = pytest.mark.django_db


@pytest.fixture
def moved(club: Club) -> Organisation:
    """The business has changed to yen; Ann's wallet is in euros, as it was opened."""
    wallets.register(contact=club.ann, at=NOW)
    club.business.base_currency = "JPY"
    club.business.save(update_fields=["base_currency"])
    club.ann.business.refresh_from_db()
    club.s1.business.refresh_from_db()
    return club.business


def in_euros(contact: Contact) -> int:
    """Return what the contact has in the commerce pocket, asserting that it is in euros."""
    wallet = wallets.register(contact=contact, at=NOW)
    assert wallet.currency == "EUR"
    return money.balance(wallet, AccountKind.COMMERCE_LOT)


def test_the_wallet_refuses_an_award_in_another_currency(club: Club) -> None:
    wallet = wallets.register(contact=club.ann, at=NOW)
    award = awards.Award("rewards.award:1", 500, money._default(club.business), currency="JPY")
    with pytest.raises(errors.CurrencyMismatch):
        awards.grant(wallet=wallet, award=award, key="k", actor=money.TILL, at=NOW)
    assert not Lot.objects.exists()


def test_a_gift_in_yen_is_no_gift_of_cents(club: Club, moved: Organisation) -> None:
    offer = make_offer(club.s1, type="GIFT", amount="500", currency="JPY")
    run = gifts.grant_now(offer=offer, actor=None, at=NOW)
    bob = till.person(moved, "Bob Example")
    gifts.carry_out(run=run, at=NOW)
    assert in_euros(club.ann) == 0
    assert GiftRun.objects.get().awarded_count == 1
    assert [(row.contact, row.amount_minor) for row in Award.objects.all()] == [(bob, 500)]


def test_an_achievement_is_awarded_in_the_currency_of_the_wallet(
    club: Club, moved: Organisation
) -> None:
    visit = Classification.objects.create(
        business=moved,
        name="Visit",
        code="VISIT",
        type="achievement",
        created_at=NOW,
        updated_at=NOW,
    )
    rules = ConditionSet(
        classification=ClassificationCondition(classification_ids=frozenset({visit.pk}))
    )
    for currency, amount in (("JPY", "500"), ("EUR", "1.00")):
        make_offer(
            club.s1,
            type="ACHIEVEMENT",
            amount=amount,
            currency=currency,
            rules=rules,
            terms=AchievementTerms(),
        )
    result = achievements.post(
        business=moved, contact=club.ann, classification=visit, performed_at=NOW, at=NOW
    )
    assert [(one.amount_minor, one.currency) for one in result.awards] == [(100, "EUR")]
    assert in_euros(club.ann) == 100


def test_signing_up_and_referring_follow_the_wallet_too(club: Club, moved: Organisation) -> None:
    make_offer(club.s1, type="SIGNUP", amount="500", currency="JPY")
    terms = ReferralTerms(moment=ReferralMoment.REGISTRATION)
    make_offer(club.s1, type="REFER", amount="300", currency="JPY", terms=terms)
    assert sign_ups.registered(contact=club.ann, at=NOW).awards == ()
    bob = till.person(moved, "Bob Example", at=NOW - timedelta(hours=1))
    result = referrals.refer(
        business=moved, code=club.ann.referral_code, contact=bob, performed_at=NOW, at=NOW
    )
    assert result.awards == ()
    assert in_euros(club.ann) == 0
    kept = BusinessEvent.objects.filter(trace__isnull=False)
    reasons = {one.reason for event in kept for one in traces_of(event=event)}
    assert reasons == {TraceReason.CURRENCY_MISMATCH}


def test_an_estimate_says_what_the_purchase_will_earn(club: Club, moved: Organisation) -> None:
    make_offer(club.s1, percentage="5", currency="EUR")
    estimated = purchases.estimate(
        business=moved,
        place=club.cafe.v1,
        data=till.basket("20.00"),
        contact=club.ann,
        at=NOW + timedelta(seconds=2),
    )
    assert till.given(estimated) == till.given(buy(club)) == ["1.00"]
