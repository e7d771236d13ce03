"""Automatic payouts on redemption, and what becomes of them when the purchase is cancelled."""

from __future__ import annotations

import pytest

from directory.models import Organisation
from tests.wallet import money
from tests.wallet.money import NOW, TILL
from wallet.choices import (
    AccountKind,
    ClawbackPolicy,
    PayoutMethod,
    PayoutState,
    RedemptionMode,
)
from wallet.models import Payout, PurchaseUse, Wallet
from wallet.services import returns
from wallet.services.returns import Returned
from wallet.services.spending import Paid, process


def held(wallet: Wallet) -> tuple[int, int, int]:
    """Return commerce, business and open money."""
    return (
        money.balance(wallet, AccountKind.COMMERCE_LOT),
        money.balance(wallet, AccountKind.BUSINESS),
        money.balance(wallet, AccountKind.OPEN),
    )


def choose(business: Organisation, method: PayoutMethod, threshold: int | None = None) -> None:
    money.choose(
        business,
        redemption_mode=RedemptionMode.AUTOMATIC,
        pays_out_on_redemption=True,
        payout_method=method,
        payout_threshold_minor=threshold,
    )


def redeem(wallet: Wallet, minor: int, *, card: str = "") -> Paid:
    """Award so much and redeem it on the next purchase."""
    money.award(wallet, minor)
    facts = money.purchase(wallet, 2_000)
    return process(
        wallet=wallet, facts=facts, key=money.key(), actor=TILL, at=NOW, card_reference=card
    )


def cancel(paid: Paid) -> Returned:
    use = PurchaseUse.objects.get(pk=paid.use_id)
    return returns.cancel(use=use, key=money.key(), actor=TILL, at=NOW)


@pytest.mark.scenario("WAL-49", "WAL-93")
def test_a_payout_to_the_open_pocket_is_final_at_once(ana: Wallet, business: Organisation) -> None:
    choose(business, PayoutMethod.WALLET)
    money.top_up(ana, 200)
    paid = redeem(ana, 300)
    assert held(ana) == (0, 200, 300)
    assert (paid.payout_minor, paid.due_minor) == (300, 2_000)
    assert Payout.objects.get().state == PayoutState.PAID
    assert money.balance(ana, AccountKind.PAYOUT_TRANSIT) == 0


@pytest.mark.scenario("WAL-50")
def test_a_threshold_is_met_by_the_pocket_and_what_was_redeemed(
    ana: Wallet, business: Organisation
) -> None:
    choose(business, PayoutMethod.GATEWAY, 1_000)
    money.top_up(ana, 650)
    below = redeem(ana, 200)
    assert (below.payout_minor, below.no_payout_reason) == (0, "BELOW_THRESHOLD")
    assert held(ana) == (0, 850, 0)
    assert redeem(ana, 150).payout_minor == 1_000
    assert held(ana) == (0, 0, 0)
    assert money.balance(ana, AccountKind.PAYOUT_TRANSIT) == 1_000
    assert redeem(ana, 240).payout_minor == 0
    assert held(ana) == (0, 240, 0)


@pytest.mark.scenario("WAL-51")
def test_without_a_card_payment_nothing_goes_to_the_card(
    ana: Wallet, business: Organisation
) -> None:
    choose(business, PayoutMethod.CARD_USED)
    paid = redeem(ana, 300)
    assert (paid.payout_minor, paid.no_payout_reason) == (0, "NO_CARD_REFERENCE")
    assert held(ana) == (0, 300, 0)
    assert not Payout.objects.exists()
    assert redeem(ana, 100, card="pay_77").payout_minor == 100
    assert Payout.objects.get().destination == "pay_77"


@pytest.mark.scenario("WAL-80")
@pytest.mark.parametrize("policy", ClawbackPolicy)
def test_what_was_paid_out_stays_out_and_falls_short(
    ana: Wallet, business: Organisation, policy: ClawbackPolicy
) -> None:
    choose(business, PayoutMethod.WALLET)
    money.choose(business, clawback_policy=policy)
    back = cancel(redeem(ana, 1_000))
    assert (back.wallet_minor, back.shortfall_minor) == (0, 1_000)
    assert held(ana) == (0, 0, 1_000)
    assert Payout.objects.get().state == PayoutState.PAID
    owed = policy == ClawbackPolicy.OWE
    assert money.balance(ana, AccountKind.CONTACT_DEBT) == (-1_000 if owed else 0)
    assert money.books(business, AccountKind.SHORTFALL) == (0 if owed else -1_000)


@pytest.mark.scenario("WAL-81")
def test_a_reserved_payout_is_cancelled_and_its_money_goes_back_to_its_lots(
    ana: Wallet, business: Organisation
) -> None:
    choose(business, PayoutMethod.GATEWAY)
    paid = redeem(ana, 1_000)
    assert held(ana) == (0, 0, 0)
    back = cancel(paid)
    assert (back.wallet_minor, back.shortfall_minor) == (1_000, 0)
    assert held(ana) == (1_000, 0, 0)
    assert Payout.objects.get().state == PayoutState.CANCELLED
    assert money.balance(ana, AccountKind.PAYOUT_TRANSIT) == 0


def test_a_till_that_asks_again_hears_of_the_same_payout(
    ana: Wallet, business: Organisation
) -> None:
    choose(business, PayoutMethod.WALLET)
    money.award(ana, 300)
    facts = money.purchase(ana, 2_000)
    answers = [
        process(wallet=ana, facts=facts, key=money.key(), actor=TILL, at=NOW) for _ in range(2)
    ]
    assert [answer.payout_minor for answer in answers] == [300, 300]
    assert Payout.objects.count() == 1
