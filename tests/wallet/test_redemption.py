"""Redemption and spending: which money pays for what (wallet.md 5, 6.1)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from directory.models import Organisation
from tests.wallet import money
from tests.wallet.money import NOW
from wallet import errors
from wallet.choices import (
    AccountKind,
    EndRule,
    Pocket,
    RedeemMethod,
    RedemptionMode,
    Reduction,
)
from wallet.models import Entry, PurchaseUse, Wallet
from wallet.services import blocks
from wallet.services.spending import Paid, process

DEC_1 = datetime(2026, 12, 1, tzinfo=UTC)
FEB_1 = datetime(2027, 2, 1, tzinfo=UTC)
NOV_1 = datetime(2027, 11, 1, tzinfo=UTC)


def held(wallet: Wallet) -> tuple[int, int, int]:
    """Return commerce, business and open money."""
    return (
        money.balance(wallet, AccountKind.COMMERCE_LOT),
        money.balance(wallet, AccountKind.BUSINESS),
        money.balance(wallet, AccountKind.OPEN),
    )


@pytest.mark.scenario("WAL-47")
def test_of_two_lots_with_one_expiry_the_older_award_goes_first(ana: Wallet) -> None:
    pool = money.pool(ana.business, end_rule=EndRule.FIXED, ends_on=FEB_1.date())
    second = money.award(ana, 300, pool, at=datetime(2026, 11, 2, 9, tzinfo=UTC))
    first = money.award(ana, 300, pool, at=datetime(2026, 11, 1, 9, tzinfo=UTC))
    money.spend(ana, 400)
    assert (money.left_in(first), money.left_in(second)) == (0, 200)


@pytest.mark.scenario("WAL-48")
def test_money_that_never_expires_goes_last(ana: Wallet) -> None:
    forever = money.lot_until(ana, 500, None)
    tomorrow = money.lot_until(ana, 500, NOW + timedelta(days=1))
    money.spend(ana, 600)
    assert (money.left_in(tomorrow), money.left_in(forever)) == (0, 400)


@pytest.mark.scenario("WAL-52")
def test_nothing_is_redeemed_unless_the_contact_asks(ana: Wallet) -> None:
    money.award(ana, 2000)
    paid = money.buy(ana, 1500)
    assert (paid.redeemed_minor, paid.due_minor, paid.reason) == (0, 1500, "NOT_ASKED")
    assert held(ana) == (2000, 0, 0)


def fill(wallet: Wallet) -> None:
    money.award(wallet, 9500)
    money.top_up(wallet, 400)
    money.top_up(wallet, 300, Pocket.OPEN)


@pytest.mark.scenario("WAL-53")
def test_commerce_money_pays_at_most_90_percent(ana: Wallet, business: Organisation) -> None:
    money.choose(business, caps_commerce_at_90=True)
    fill(ana)
    paid = money.spend(ana, total=10000)
    assert (paid.commerce_minor, paid.business_minor, paid.open_minor) == (9000, 400, 300)
    assert paid.due_minor == 300
    assert held(ana) == (500, 0, 0)


@pytest.mark.scenario("WAL-54")
def test_without_the_cap_commerce_money_pays_all_it_can(ana: Wallet) -> None:
    fill(ana)
    paid = money.spend(ana, total=10000)
    assert (paid.commerce_minor, paid.business_minor, paid.open_minor) == (9500, 400, 100)
    assert paid.due_minor == 0
    assert held(ana) == (0, 0, 200)


@pytest.mark.scenario("WAL-55")
def test_the_cap_is_rounded_down(ana: Wallet, business: Organisation) -> None:
    money.choose(business, caps_commerce_at_90=True)
    money.award(ana, 500)
    assert money.spend(ana, total=99).redeemed_minor == 89


@pytest.mark.scenario("WAL-56")
def test_less_than_asked_is_paid_where_that_is_all_there_is(ana: Wallet) -> None:
    money.top_up(ana, 600)
    paid = money.spend(ana, 1000, total=3000)
    assert (paid.paid_minor, paid.due_minor, paid.requested_minor) == (600, 2400, 1000)
    assert PurchaseUse.objects.get(pk=paid.use_id).requested_minor == 1000


@pytest.mark.scenario("WAL-117")
def test_a_purchase_in_another_currency_is_refused(ana: Wallet) -> None:
    money.top_up(ana, 1000)
    with pytest.raises(errors.CurrencyMismatch):
        money.spend(ana, 500, currency="USD")
    assert held(ana) == (0, 1000, 0)


@pytest.mark.scenario("WAL-66")
def test_blocked_terms_let_nothing_happen(ana: Wallet) -> None:
    money.award(ana, 500)
    paid = money.spend(ana, total=2000, terms_blocked=True)
    assert (paid.paid_minor, paid.redeemed_minor, paid.reason) == (0, 0, "TERMS_BLOCKED")
    assert held(ana) == (500, 0, 0)


@pytest.mark.parametrize("mode", [RedemptionMode.AUTOMATIC, RedemptionMode.ON_SPEND])
def test_a_blocked_contact_spends_nothing(
    ana: Wallet, business: Organisation, mode: RedemptionMode
) -> None:
    money.choose(business, redemption_mode=mode)
    money.award(ana, 500)
    blocks.block(wallet=ana, reason="lost phone", by=None, at=NOW)
    with pytest.raises(errors.SpendBlocked):
        money.spend(ana, 100)
    bought = money.buy(ana, 2000)
    assert bought.redeemed_minor == 0
    money.award(ana, 200)
    assert held(ana) == (700, 0, 0)
    blocks.lift(wallet=ana, by=None, at=NOW)
    assert money.spend(ana, 100).redeemed_minor == 100


class TestAutomatic:
    @pytest.fixture(autouse=True)
    def _automatic(self, business: Organisation) -> None:
        money.choose(business, redemption_mode=RedemptionMode.AUTOMATIC)

    def test_matching_money_moves_to_the_business_pocket(self, ana: Wallet) -> None:
        lots = [
            money.lot_until(ana, 500, DEC_1),
            money.lot_until(ana, 700, FEB_1),
            money.lot_until(ana, 2000, NOV_1),
        ]
        paid = money.buy(ana, 2000)
        assert [money.left_in(lot) for lot in lots] == [0, 0, 1200]
        assert held(ana) == (1200, 2000, 0)
        assert (paid.redeemed_minor, paid.paid_minor, paid.due_minor) == (2000, 0, 2000)

    def test_at_the_till_it_lowers_the_price(self, ana: Wallet, business: Organisation) -> None:
        money.choose(business, reduction=Reduction.FRONT_END)
        money.award(ana, 500)
        paid = money.buy(ana, 2000)
        assert (paid.commerce_minor, paid.due_minor) == (500, 1500)
        assert held(ana) == (0, 0, 0)
        assert money.books(business, AccountKind.SALES) == 500

    @pytest.mark.scenario("WAL-63")
    def test_an_award_waits_for_a_later_purchase_than_its_own(self, ana: Wallet) -> None:
        money.award(ana, 100)
        money.award(ana, 200, earned_by="till.purchase:1")
        assert money.buy(ana, 2000, reference="till.purchase:1").redeemed_minor == 100
        assert money.buy(ana, 2000).redeemed_minor == 200

    @pytest.mark.scenario("WAL-65")
    def test_a_blocked_contact_redeems_nothing_and_still_earns(self, ana: Wallet) -> None:
        money.award(ana, 500)
        blocks.block(wallet=ana, reason="lost phone", by=None, at=NOW)
        paid = money.buy(ana, 2000, reference="till.purchase:1")
        assert (paid.redeemed_minor, paid.reason) == (0, "SPEND_BLOCKED")
        money.award(ana, 200, earned_by="till.purchase:1")
        assert held(ana) == (700, 0, 0)

    @pytest.mark.scenario("WAL-64")
    def test_an_instant_award_goes_before_earlier_lots(
        self, ana: Wallet, business: Organisation
    ) -> None:
        money.choose(business, reduction=Reduction.FRONT_END)
        money.award(ana, 2500)
        paid = buy_with_instant(ana, 3000, 1000)
        assert (paid.commerce_minor, paid.due_minor) == (3000, 0)
        assert held(ana) == (500, 0, 0)


def buy_with_instant(of: Wallet, total: int, discount: int) -> Paid:
    """Buy something that earns an instant award on itself."""
    facts = money.purchase(of, total)
    instant = money.award(
        of, discount, earned_by=facts.reference, redeem_method=RedeemMethod.INSTANT
    )
    paid = process(
        wallet=of, facts=facts, key=money.key(), actor=money.TILL, at=NOW, instant=[discount]
    )
    assert money.left_in(instant) == 0
    return paid


@pytest.mark.scenario("WAL-61")
def test_an_instant_award_lowers_the_price_at_the_till(ana: Wallet, business: Organisation) -> None:
    money.choose(business, reduction=Reduction.FRONT_END)
    paid = buy_with_instant(ana, 5000, 1000)
    assert (paid.redeemed_minor, paid.due_minor) == (1000, 4000)
    entries = Entry.objects.order_by("pk").values_list("operation", "postings__amount")
    assert list(entries) == [("AWARD", 1000), ("REDEEM", 1000), ("SPEND", 1000)]


@pytest.mark.scenario("WAL-62")
def test_an_instant_award_on_a_paid_purchase_is_credited(ana: Wallet) -> None:
    paid = buy_with_instant(ana, 5000, 1000)
    assert (paid.paid_minor, paid.due_minor) == (0, 5000)
    assert held(ana) == (0, 1000, 0)


@pytest.mark.parametrize("net", [1000, 1200])
def test_money_before_tax_pays_the_net_amount_of_a_line(ana: Wallet, net: int) -> None:
    money.award(ana, 5000, money.pool(ana.business, classification="SALES_REDUCTION"))
    paid = money.spend(ana, total=1200, lines=[money.line(1200, net)])
    assert paid.commerce_minor == net


def test_a_traced_award_keeps_its_redeemed_money_apart(ana: Wallet, business: Organisation) -> None:
    money.choose(business, redemption_mode=RedemptionMode.AUTOMATIC)
    lot = money.award(ana, 500, is_traced=True)
    money.top_up(ana, 300)
    money.buy(ana, 400)
    assert money.balance(ana, AccountKind.BUSINESS_REDEEMED) == 400
    money.choose(business, redemption_mode=RedemptionMode.ON_SPEND)
    paid = money.spend(ana, 600, total=600)
    assert (paid.commerce_minor, paid.business_minor) == (100, 500)
    assert money.left_in(lot) == 0
    assert held(ana) == (0, 200, 0)


def test_money_spent_elsewhere_is_owed_to_the_merchant(ana: Wallet, business: Organisation) -> None:
    merchant = money.merchant(business)
    money.top_up(ana, 1000)
    money.spend(ana, 400, merchant_id=merchant.pk)
    assert money.books(business, AccountKind.SETTLEMENT) == 400


def test_lines_that_cost_nothing_take_no_money(ana: Wallet) -> None:
    money.award(ana, 500)
    with_free_line = [money.line(0), money.line(300)]
    assert money.spend(ana, total=300, lines=with_free_line).commerce_minor == 300
