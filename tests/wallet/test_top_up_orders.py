"""Top-ups that contacts begin themselves (wallet.md 10)."""

from __future__ import annotations

from decimal import Decimal

import pytest

from directory.models import Organisation
from tests.wallet import money
from tests.wallet.money import NOW
from wallet import errors
from wallet.choices import AccountKind, ChargedOn, LimitOn, LimitPeriod, TopUpState
from wallet.models import CommercePool, Lot, TopUp, Wallet
from wallet.services import fees, limits, pools, top_up_orders
from wallet.services.fees import Fee
from wallet.services.limits import Limit


@pytest.fixture(autouse=True)
def _offered(business: Organisation) -> None:
    money.choose(business, top_up_amounts=[1_000, 2_000])


def begin(wallet: Wallet, minor: int = 2_000, pool: CommercePool | None = None) -> TopUp:
    return top_up_orders.begin(wallet=wallet, minor=minor, gateway="sandbox", pool=pool, at=NOW)


def paid(order: TopUp, payment_id: str = "p-1") -> TopUp:
    return top_up_orders.paid(order=order, payment_id=payment_id, at=NOW)


@pytest.mark.scenario("WAL-108")
def test_a_payment_that_is_confirmed_twice_is_credited_once(ana: Wallet) -> None:
    order = begin(ana)
    assert money.balance(ana, AccountKind.BUSINESS) == 0
    assert [paid(order).state, paid(order).state] == [TopUpState.PAID, TopUpState.PAID]
    assert money.balance(ana, AccountKind.BUSINESS) == 2_000


def test_only_offered_amounts_are_taken(ana: Wallet) -> None:
    with pytest.raises(errors.AmountInvalid):
        begin(ana, 1_500)


def test_it_goes_into_a_pool_that_is_listed_for_it(ana: Wallet, business: Organisation) -> None:
    lunch = money.pool(business, "Lunch").pool
    with pytest.raises(errors.PoolRetired):
        begin(ana, pool=lunch)
    pools.set_usage(
        pool=lunch, is_published=False, is_transferable=False, is_for_top_ups=True, at=NOW
    )
    lunch.refresh_from_db()
    paid(begin(ana, pool=lunch))
    assert money.left_in(Lot.objects.get(pool_version__pool=lunch)) == 2_000


def test_a_new_one_cancels_the_one_before_and_late_money_still_arrives(ana: Wallet) -> None:
    first, second = begin(ana), begin(ana, 1_000)
    first.refresh_from_db()
    assert (first.state, second.state) == (TopUpState.CANCELLED, TopUpState.PENDING)
    assert paid(first).state == TopUpState.PAID
    assert money.balance(ana, AccountKind.BUSINESS) == 2_000


def test_a_closed_one_is_not_cancelled(ana: Wallet) -> None:
    order = begin(ana)
    paid(order)
    with pytest.raises(errors.TopUpClosed):
        top_up_orders.cancel(order=order, at=NOW)


def test_a_limit_stops_it_before_anything_is_paid(ana: Wallet, business: Organisation) -> None:
    rule = Limit(LimitOn.TOP_UP, LimitPeriod.DAILY, 2_500)
    limits.set_for_all(business=business, limit=rule, at=NOW)
    paid(begin(ana))
    with pytest.raises(errors.LimitExceeded):
        begin(ana, 1_000)


def test_topping_up_may_cost_a_fee(ana: Wallet, business: Organisation) -> None:
    fee = Fee("Card", ChargedOn.CREDIT, percent=Decimal("1.5"), fixed_minor=10)
    fees.add(business=business, fee=fee, at=NOW)
    paid(begin(ana))
    assert money.balance(ana, AccountKind.BUSINESS) == 1_960
    assert money.books(business, AccountKind.FEE_INCOME) == 40
