"""Returns, cancelled purchases and claw-backs (wallet.md 6.3-6.6)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from directory.models import Organisation
from tests.wallet import money
from tests.wallet.money import NOW, TILL
from wallet import errors
from wallet.choices import AccountKind, ClawbackPolicy, RedemptionMode
from wallet.models import Lot, PurchaseUse, Wallet
from wallet.services import awards, returns
from wallet.services.returns import Returned


def give_back(use: PurchaseUse, minor: int, *, at: datetime = NOW) -> Returned:
    return returns.take_back(use=use, minor=minor, key=money.key(), actor=TILL, at=at)


def cancel(use: PurchaseUse, *, at: datetime = NOW) -> Returned:
    return returns.cancel(use=use, key=money.key(), actor=TILL, at=at)


def use_of(paid_id: int) -> PurchaseUse:
    return PurchaseUse.objects.get(pk=paid_id)


class TestOfEighty:
    """T 80.00 paid with 12.00 commerce and 8.00 business money, earning an award of 4.00."""

    @pytest.fixture
    def use(self, ana: Wallet) -> PurchaseUse:
        self.wallet = ana
        self.spent = money.award(ana, 1200)
        money.top_up(ana, 800)
        use = use_of(money.spend(ana, total=8000).use_id)
        assert (use.commerce_minor, use.business_minor) == (1200, 800)
        self.earned = money.award(ana, 400, earned_by=use.reference)
        return use

    def totals(self) -> tuple[int, int, int]:
        return (
            money.left_in(self.spent),
            money.balance(self.wallet, AccountKind.BUSINESS),
            money.left_in(self.earned),
        )

    @pytest.mark.scenario("WAL-73")
    def test_a_quarter_goes_back_where_it_came_from(self, use: PurchaseUse) -> None:
        back = give_back(use, 2000)
        assert (back.wallet_minor, back.till_minor, back.clawed_back_minor) == (500, 1500, 100)
        assert self.totals() == (300, 200, 300)

    @pytest.mark.scenario("WAL-74")
    def test_both_returns_add_up_exactly(self, use: PurchaseUse) -> None:
        give_back(use, 2000)
        give_back(use, 6000)
        assert self.totals() == (1200, 800, 0)

    def test_a_cancel_after_a_return_takes_the_rest(self, use: PurchaseUse) -> None:
        give_back(use, 2000)
        cancel(use)
        assert self.totals() == (1200, 800, 0)
        with pytest.raises(errors.AlreadyCancelled):
            cancel(use)


@pytest.mark.scenario("WAL-75", "WAL-76")
def test_the_parts_of_a_small_award_add_up(ana: Wallet) -> None:
    use = use_of(money.buy(ana, 1000).use_id)
    money.award(ana, 10, earned_by=use.reference)
    clawed = [give_back(use, minor).clawed_back_minor for minor in (333, 333, 334)]
    assert clawed == [3, 4, 3]
    with pytest.raises(errors.ReturnExceedsPurchase):
        give_back(use, 1)


def used_award(ana: Wallet) -> tuple[PurchaseUse, Lot]:
    """Let a purchase earn 5.00, of which 3.00 are spent elsewhere."""
    use = use_of(money.buy(ana, 10000).use_id)
    lot = money.award(ana, 500, earned_by=use.reference)
    money.spend(ana, 300)
    return use, lot


@pytest.mark.scenario("WAL-77")
def test_the_business_bears_what_was_spent(ana: Wallet, business: Organisation) -> None:
    use, lot = used_award(ana)
    back = cancel(use)
    assert (back.clawed_back_minor, back.shortfall_minor) == (500, 300)
    assert money.left_in(lot) == 0
    assert money.books(business, AccountKind.SHORTFALL) == -300
    assert money.balance(ana, AccountKind.BUSINESS) == 0


@pytest.mark.scenario("WAL-78")
def test_the_contact_owes_what_was_spent(ana: Wallet, business: Organisation) -> None:
    money.choose(business, clawback_policy=ClawbackPolicy.OWE)
    use, _ = used_award(ana)
    cancel(use)
    assert money.balance(ana, AccountKind.CONTACT_DEBT) == -300
    lot = money.award(ana, 400)
    assert money.left_in(lot) == 100
    assert money.balance(ana, AccountKind.CONTACT_DEBT) == 0
    assert money.spend(ana).paid_minor == 0


def test_a_top_up_of_the_open_pocket_repays_nothing(ana: Wallet, business: Organisation) -> None:
    money.choose(business, clawback_policy=ClawbackPolicy.OWE)
    cancel(used_award(ana)[0])
    money.top_up(ana, 500, money.Pocket.OPEN)
    assert money.balance(ana, AccountKind.CONTACT_DEBT) == -300
    money.top_up(ana, 500)
    assert money.balance(ana, AccountKind.CONTACT_DEBT) == 0
    assert money.balance(ana, AccountKind.BUSINESS) == 200


@pytest.mark.scenario("WAL-79")
def test_money_that_expired_meanwhile_gets_the_grace(ana: Wallet) -> None:
    midnight = NOW.replace(hour=0, minute=0) + timedelta(days=1)
    lot = money.lot_until(ana, 500, midnight)
    use = use_of(money.spend(ana, 500).use_id)
    today = midnight + timedelta(hours=12)
    cancel(use, at=today)
    lot.refresh_from_db()
    assert lot.expires_at == today + timedelta(days=7)
    last = lot.expires_at - timedelta(seconds=1)
    assert money.spend(ana, 500, at=last).redeemed_minor == 500


def test_redeemed_money_goes_back_as_far_as_it_is_there(
    ana: Wallet, business: Organisation
) -> None:
    money.choose(business, redemption_mode=RedemptionMode.AUTOMATIC)
    lot = money.award(ana, 500)
    use = use_of(money.buy(ana, 2000).use_id)
    money.choose(business, redemption_mode=RedemptionMode.ON_SPEND)
    money.spend(ana, 200)
    assert cancel(use).wallet_minor == 300
    assert money.left_in(lot) == 300
    assert money.balance(ana, AccountKind.BUSINESS) == 0


def test_an_award_is_cancelled_once_and_not_after_its_expiry(ana: Wallet) -> None:
    lot, other = money.award(ana, 500), money.lot_until(ana, 100, NOW + timedelta(days=1))

    def annul(which: Lot, at: datetime) -> None:
        awards.cancel(lot=which, reason="wrong", key=money.key(), actor=TILL, at=at)

    annul(lot, NOW)
    assert money.left_in(lot) == 0
    with pytest.raises(errors.AlreadyCancelled):
        annul(lot, NOW)
    with pytest.raises(errors.LotExpired):
        annul(other, NOW + timedelta(days=2))


def test_whoever_knows_the_offer_says_how_much_falls_back(ana: Wallet) -> None:
    use = use_of(money.buy(ana, 1000).use_id)
    money.award(ana, 100, earned_by=use.reference, reference="rewards.award:a")
    back = returns.take_back(
        use=use,
        minor=500,
        key=money.key(),
        actor=TILL,
        at=NOW,
        awards={"rewards.award:a": 80},
    )
    assert back.clawed_back_minor == 80
