"""Late, claimed, estimated and doubled purchases (rewards.md 11.3, 11.7, 11.8)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.apps import apps

from core.errors import DomainError
from directory.models import Product
from events.choices import EvaluationState
from events.models import BusinessEvent
from events.services.intake import DuplicateReference
from rewards.choices import RedeemMethod
from rewards.models import Pass
from rewards.services import pending, purchases
from rewards.services.results import PurchaseResult
from tests.factories.rewards import give_pass, make_offer
from tests.rewards import till
from tests.rewards.till import NOW, Club, basket, buy, given, line, why

pytestmark = pytest.mark.django_db


@pytest.mark.scenario("RWD-138")
def test_a_late_purchase_earns_cashback_and_no_instant_discount(club: Club) -> None:
    make_offer(club.s1, percentage="5")
    instant = make_offer(club.s1, percentage="20", redeem_method=RedeemMethod.INSTANT)
    bought = buy(club, "100.00", received=NOW + timedelta(days=10))
    assert bought.is_late
    assert (given(bought), why(bought, instant)) == (["5.00"], "LATE_INSTANT")
    back = till.cancel(bought, at=NOW + timedelta(days=11))
    assert (back.reverted_minor, till.commerce(club.ann)) == (500, "0.00")


def test_a_purchase_beyond_the_late_window_is_stored_and_earns_nothing(club: Club) -> None:
    make_offer(club.s1, percentage="5")
    bought = buy(club, "100.00", received=NOW + timedelta(days=31))
    assert bought.event is not None
    assert (bought.event.evaluation_state, bought.event.evaluation_reason) == (
        EvaluationState.SKIPPED,
        "TOO_LATE",
    )
    assert given(bought) == []


@pytest.mark.scenario("RWD-144")
def test_a_purchase_without_contact_is_claimed_once(club: Club) -> None:
    make_offer(club.s1, percentage="5", available_to=NOW + timedelta(hours=1))
    make_offer(club.s1, percentage="20", redeem_method=RedeemMethod.INSTANT)
    bought = buy(club, "100.00", nobody=True)
    assert bought.event is not None
    assert (given(bought), bought.skipped) == ([], "NO_CONTACT")
    later = NOW + timedelta(days=3)
    claimed = purchases.reclaim(event=bought.event, contact=club.ann, at=later)
    assert (given(claimed), claimed.due_minor) == (["5.00"], 10_000)
    with pytest.raises(DomainError) as refused:
        purchases.reclaim(event=bought.event, contact=club.ann, at=later)
    assert (refused.value.code, refused.value.status) == ("ALREADY_CLAIMED", 409)


def test_a_purchase_older_than_the_window_is_not_claimed(club: Club) -> None:
    bought = buy(club, "100.00", nobody=True)
    assert bought.event is not None
    with pytest.raises(DomainError) as refused:
        purchases.reclaim(event=bought.event, contact=club.ann, at=NOW + timedelta(days=31))
    assert refused.value.code == "ALREADY_CLAIMED"


@pytest.mark.scenario("RWD-145")
def test_an_unknown_sku_becomes_a_product_to_review(club: Club) -> None:
    make_offer(club.s1, percentage="5")
    assert given(buy(club, lines=(line("NEW-1", "20.00"),))) == ["1.00"]
    assert Product.objects.get(business=club.business, sku="NEW-1").needs_review


def rows() -> dict[str, int]:
    """Count every table, to see that nothing was written."""
    return {model._meta.label: model.objects.count() for model in apps.get_models()}


@pytest.mark.scenario("RWD-147")
def test_an_estimate_says_what_the_purchase_would_earn_and_leaves_no_row(club: Club) -> None:
    make_offer(club.s1, percentage="5")
    offer = make_offer(
        club.s1, percentage="20", redeem_method=RedeemMethod.INSTANT, requires_pass=True
    )
    give_pass(offer, "SPRING")
    data = basket("100.00", lines=(line("NEW-1", "100.00"),), pass_code="SPRING")
    before = rows()
    estimate = purchases.estimate(
        business=club.business, place=club.cafe.v1, data=data, contact=club.ann, at=NOW
    )
    assert rows() == before
    assert Pass.objects.get().used == 0
    real = purchases.post(
        business=club.business, place=club.cafe.v1, data=data, contact=club.ann, at=NOW
    )
    assert given(estimate) == given(real) == ["20.00", "5.00"]
    assert (estimate.instant_minor, estimate.due_minor) == (real.instant_minor, real.due_minor)
    assert [award.award_id for award in estimate.awards] == [None, None]


def test_the_same_number_of_a_place_is_one_purchase(club: Club) -> None:
    make_offer(club.s1, percentage="5")
    first = buy(club, reference_number="R-1001")
    with pytest.raises(DuplicateReference) as refused:
        buy(club, reference_number="R-1001")
    assert refused.value.existing == first.event
    assert till.commerce(club.ann) == "1.00"


def test_a_purchase_that_nobody_waits_for_is_evaluated_by_a_worker(club: Club) -> None:
    make_offer(club.s1, percentage="5")
    make_offer(club.s1, percentage="20", redeem_method=RedeemMethod.INSTANT)
    posted: PurchaseResult = purchases.post(
        business=club.business,
        place=club.cafe.v1,
        data=basket("100.00"),
        contact=club.ann,
        evaluate=False,
        at=NOW,
    )
    assert (posted.is_pending, given(posted), till.commerce(club.ann)) == (True, [], "0.00")
    assert pending.evaluate_due(at=NOW) == 1
    assert pending.evaluate_due(at=NOW) == 0
    # The customer had paid the whole price, so there is no instant discount any more.
    assert till.awards_of(club.ann) == [("5.00", "POSTED")]
    assert BusinessEvent.objects.get().evaluation_state == EvaluationState.DONE
