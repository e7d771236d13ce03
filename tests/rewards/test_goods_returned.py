"""Goods that come back: how much of each award falls back, and what is stored (rewards.md 11.5)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from core.errors import DomainError
from events.models import GoodsReturn
from rewards.services.results import PurchaseResult, ReversalResult
from rewards.services.returning import ReturnData, return_goods
from tests.factories.rewards import change_offer, make_offer
from tests.rewards import till
from tests.rewards.till import NOW, Club, buy, line
from wallet.services.spending import Wish

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)


def back(
    bought: PurchaseResult,
    amount: str = "",
    *,
    lines: dict[str, str] | None = None,
    number: str = "",
) -> ReversalResult:
    assert bought.event is not None
    data = ReturnData(
        performed_at=LATER,
        reference_number=number,
        amount_minor=till.minor(amount) if amount else 0,
        lines=tuple((sku, Decimal(quantity)) for sku, quantity in (lines or {}).items()),
    )
    return return_goods(event=bought.event, data=data, at=LATER)


def refusal(bought: PurchaseResult, amount: str = "", **kind: object) -> str:
    with pytest.raises(DomainError) as refused:
        back(bought, amount, **kind)  # type: ignore[arg-type]
    return refused.value.code


@pytest.mark.scenario("RWD-141")
def test_a_percentage_falls_back_in_step_with_the_goods(club: Club) -> None:
    make_offer(club.s1, percentage="5")
    bought = buy(club, "100.00")
    assert back(bought, "40.00").reverted_minor == 200
    assert till.commerce(club.ann) == "3.00"
    assert back(bought, "60.00").reverted_minor == 300
    assert till.awards_of(club.ann) == [("5.00", "CANCELLED")]
    assert bought.event is not None
    bought.event.refresh_from_db()
    assert bought.event.is_posted


@pytest.mark.scenario("RWD-142")
@pytest.mark.parametrize(("returned", "reverted"), [("5.00", 0), ("5.01", 300)])
def test_a_fixed_award_stands_while_the_rest_meets_its_conditions(
    club: Club, returned: str, reverted: int
) -> None:
    make_offer(club.s1, amount="3.00", minimum="20.00")
    assert back(buy(club, "25.00"), returned).reverted_minor == reverted


@pytest.mark.scenario("RWD-143")
def test_no_more_comes_back_than_was_bought(club: Club) -> None:
    bought = buy(club, "50.00")
    assert refusal(bought, "60.00") == "RETURN_EXCEEDS_PURCHASE"
    back(bought, "30.00")
    assert refusal(bought, "20.01") == "RETURN_EXCEEDS_PURCHASE"
    assert GoodsReturn.objects.count() == 1


@pytest.mark.scenario("RWD-148")
def test_nothing_comes_back_of_a_cancelled_purchase(club: Club) -> None:
    bought = buy(club, "50.00")
    till.cancel(bought, at=LATER)
    assert refusal(bought, "10.00") == "EVENT_CANCELLED"


def test_lines_come_back_by_sku_up_to_what_was_bought(club: Club) -> None:
    make_offer(club.s1, percentage="10")
    bought = buy(club, "9.20", lines=(line("ESP", "5.00", "2"), line("CAKE", "4.20")))
    first = back(bought, lines={"ESP": "1"})
    assert (first.reverted_minor, first.till_minor) == (25, 250)
    assert refusal(bought, lines={"ESP": "1.5"}) == "RETURN_EXCEEDS_PURCHASE"
    assert refusal(bought, lines={"TEA": "1"}) == "VALIDATION"
    assert refusal(bought, "1.00", lines={"ESP": "1"}) == "VALIDATION"
    last = back(bought, lines={"ESP": "1", "CAKE": "1"})
    assert (last.reverted_minor, last.till_minor) == (67, 670)


def test_the_version_that_made_the_award_judges_its_return(club: Club) -> None:
    offer = make_offer(club.s1, percentage="5")
    bought = buy(club, "100.00")
    change_offer(offer, award_percentage=Decimal(50))
    assert back(bought, "40.00").reverted_minor == 200


def test_a_return_number_is_taken_once(club: Club) -> None:
    bought = buy(club, "50.00")
    back(bought, "10.00", number="X-1")
    assert refusal(bought, "10.00", number="X-1") == "DUPLICATE_REFERENCE"


def test_the_wallet_gets_its_share_and_the_till_refunds_the_rest(club: Club) -> None:
    make_offer(club.s1, amount="10.00", minimum="100.00")
    buy(club, "100.00")
    paid = buy(club, "40.00", at=NOW + timedelta(minutes=5), wish=Wish())
    assert paid.due_minor == 3000
    returned = back(paid, "20.00")
    assert (returned.wallet_minor, returned.till_minor) == (500, 1500)
    assert till.commerce(club.ann) == "5.00"


def test_three_returns_of_a_small_purchase_come_to_the_whole_award(club: Club) -> None:
    make_offer(club.s1, percentage="1")
    bought = buy(club, "10.00")
    fallen = [back(bought, amount).reverted_minor for amount in ("3.33", "3.33", "3.34")]
    assert fallen == [3, 4, 3]


def test_returns_are_append_only(club: Club) -> None:
    back(buy(club, "50.00"), "10.00")
    with pytest.raises(DatabaseError), transaction.atomic():
        GoodsReturn.objects.update(amount_minor=1)
    with pytest.raises(DatabaseError), transaction.atomic():
        GoodsReturn.objects.all().delete()


def test_a_cancel_after_a_return_refunds_what_is_left(club: Club) -> None:
    make_offer(club.s1, percentage="5")
    bought = buy(club, "100.00")
    assert back(bought, "40.00").till_minor == 4_000
    for at in (LATER, LATER + timedelta(days=1)):
        rest = till.cancel(bought, at=at)
        assert (rest.till_minor, rest.reverted_minor, rest.wallet_minor) == (6_000, 300, 0)


def test_what_the_wallet_paid_comes_back_once_over_returns_and_a_cancel(club: Club) -> None:
    make_offer(club.s1, amount="10.00", minimum="100.00")
    buy(club, "100.00")
    paid = buy(club, "40.00", at=NOW + timedelta(minutes=5), wish=Wish())
    first, rest = back(paid, "20.00"), till.cancel(paid, at=LATER)
    assert (first.wallet_minor, first.till_minor) == (500, 1_500)
    assert (rest.wallet_minor, rest.till_minor) == (500, 1_500)
    assert till.commerce(club.ann) == "10.00"
