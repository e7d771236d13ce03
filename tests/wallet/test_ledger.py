"""Commands and entries: keys, refusals, reversals, balances of the past, the proof of the books."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

import pytest
from django.db import connection

from core.errors import DomainError
from directory.models import Organisation
from tests.wallet import money
from tests.wallet.money import NOW, TILL
from wallet import errors, ledger
from wallet.choices import AccountKind, Operation, Pocket
from wallet.commands import Actor
from wallet.models import Account, Command, Entry, LedgerFreeze, Posting, PurchaseUse, Wallet
from wallet.services import integrity, reversals, spending, top_ups
from wallet.verification import verify


def top_up_entry(wallet: Wallet) -> Entry:
    return Entry.objects.filter(operation=Operation.TOP_UP, business=wallet.business_id).latest(
        "pk"
    )


def reverse(entry: Entry) -> None:
    reversals.reverse(entry=entry, reason="mistake", key=money.key(), actor=TILL, at=NOW)


@pytest.mark.scenario("WAL-9")
def test_after_200_random_commands_the_books_add_up(business: Organisation) -> None:
    chance = random.Random(9)
    wallets = [money.wallet(business, name) for name in ("Ana", "Ben", "Cleo")]
    for _ in range(200):
        wallet, minor = chance.choice(wallets), chance.randint(1, 900)
        act = chance.choice([money.top_up, money.award, money.spend, money.spend])
        try:
            act(wallet, minor)
        except DomainError as refusal:
            assert refusal.code == "INSUFFICIENT_FUNDS"
    assert Command.objects.count() == 200
    assert verify() == []
    for account in Account.objects.all():
        came = sum(Posting.objects.filter(target=account).values_list("amount", flat=True))
        went = sum(Posting.objects.filter(source=account).values_list("amount", flat=True))
        assert account.balance == came - went


@pytest.mark.scenario("WAL-10")
def test_an_entry_is_reversed_once(ana: Wallet) -> None:
    money.top_up(ana, 1000)
    entry = top_up_entry(ana)
    reverse(entry)
    assert money.balance(ana, AccountKind.BUSINESS) == 0
    with pytest.raises(errors.AlreadyReversed):
        reverse(entry)
    with pytest.raises(errors.AlreadyReversed):
        reverse(Entry.objects.get(reverses=entry))
    assert money.balance(ana, AccountKind.BUSINESS) == 0


@pytest.mark.scenario("WAL-11")
def test_money_that_was_used_is_not_reversed(ana: Wallet, business: Organisation) -> None:
    money.top_up(ana, 1000)
    entry = top_up_entry(ana)
    money.spend(ana, 800)
    before = money.everything(business)
    with pytest.raises(errors.ReversalShort):
        reverse(entry)
    assert money.everything(business) == before


@pytest.mark.scenario("WAL-12")
def test_the_balance_of_any_past_moment_is_known(ana: Wallet) -> None:
    def moment() -> datetime:
        with connection.cursor() as cursor:
            cursor.execute("SELECT clock_timestamp()")
            return cursor.fetchone()[0]

    moments = [moment()]
    for act in (
        lambda: money.top_up(ana, 1000),
        lambda: money.spend(ana, 600),
        lambda: money.top_up(ana, 500),
    ):
        act()
        moments.append(moment())
    account = Account.objects.get(wallet=ana, kind=AccountKind.BUSINESS)
    history = [ledger.balance_at(account=account, moment=at) for at in moments]
    assert history == [0, 1000, 400, 900]


@pytest.mark.scenario("WAL-17")
def test_a_key_serves_one_request_only(ana: Wallet) -> None:
    money.top_up(ana, 1000)
    facts = money.purchase(ana, 1000)

    def spend(minor: int) -> spending.Paid:
        return spending.spend(wallet=ana, facts=facts, key="k", actor=TILL, at=NOW, minor=minor)

    assert spend(400).business_minor == 400
    again = spend(400)
    assert again.replayed
    assert again.business_minor == 400
    with pytest.raises(errors.KeyReused) as refusal:
        spend(500)
    assert refusal.value.status == 422
    assert money.balance(ana, AccountKind.BUSINESS) == 600


@pytest.mark.scenario("WAL-18")
def test_a_refusal_is_answered_again_for_its_key(ana: Wallet) -> None:
    facts = money.purchase(ana, 5000)

    def spend(key: str) -> spending.Paid:
        return spending.spend(
            wallet=ana, facts=facts, key=key, actor=TILL, at=NOW, minor=2000, exact=True
        )

    with pytest.raises(errors.InsufficientFunds):
        spend("k")
    money.top_up(ana, 5000)
    with pytest.raises(errors.InsufficientFunds) as refusal:
        spend("k")
    assert refusal.value.is_replayed
    assert spend("a new one").business_minor == 2000


def test_keys_of_different_callers_never_meet(ana: Wallet, ben: Wallet) -> None:
    money.top_up(ana, 1000)
    for caller in ("till:1", "till:2"):
        spending.spend(
            wallet=ana,
            facts=money.purchase(ana, 100),
            key="same",
            actor=Actor(caller),
            at=NOW,
            minor=100,
        )
    assert money.balance(ana, AccountKind.BUSINESS) == 800


@pytest.mark.scenario("WAL-19")
def test_a_purchase_reported_under_two_keys_is_one(ana: Wallet) -> None:
    money.top_up(ana, 1000)
    first = money.spend(ana, 400, reference="till.purchase:77")
    second = money.spend(ana, 400, reference="till.purchase:77")
    assert second.use_id == first.use_id
    assert PurchaseUse.objects.count() == 1
    assert money.balance(ana, AccountKind.BUSINESS) == 600


@pytest.mark.parametrize("key", ["", "x" * 65])
def test_a_command_needs_a_key(ana: Wallet, key: str) -> None:
    with pytest.raises(errors.KeyRequired):
        spending.spend(
            wallet=ana, facts=money.purchase(ana, 1), key=key, actor=TILL, at=NOW, minor=1
        )


def test_a_frozen_business_takes_no_entries_and_others_do(
    ana: Wallet, business: Organisation
) -> None:
    money.top_up(ana, 1000)
    other = money.wallet(money.business(), "Otto")
    freeze = LedgerFreeze.objects.create(business=business, frozen_at=NOW)
    with pytest.raises(errors.LedgerFrozen):
        money.spend(ana, 100, with_key="k", reference="till.purchase:1")
    money.top_up(other, 100)
    assert freeze.released_at is None
    integrity.release(business=business, by=money.directory.make_user(), note="a test", at=NOW)
    paid = money.spend(ana, 100, with_key="k", reference="till.purchase:1")
    assert paid.business_minor == 100
    assert not paid.replayed


@pytest.mark.broken_books
@pytest.mark.parametrize(
    ("harm", "code"),
    [
        ("UPDATE wallet_account SET balance = balance + 5 WHERE kind = 'BUSINESS'", "TOTAL"),
        ("UPDATE wallet_account SET version = version + 1 WHERE kind = 'BUSINESS'", "BALANCE"),
        ("DELETE FROM wallet_posting WHERE seq = 1", "ENTRY_INCOMPLETE"),
        ("UPDATE wallet_posting SET source_after = source_after - 1", "CHAIN_BROKEN"),
        ("UPDATE wallet_posting SET currency = 'USD'", "CURRENCIES_MIXED"),
    ],
)
def test_the_verifier_finds_what_bypassed_the_guards(
    ana: Wallet, business: Organisation, harm: str, code: str
) -> None:
    money.top_up(ana, 1000)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE wallet_account DISABLE TRIGGER USER")
        cursor.execute("ALTER TABLE wallet_posting DISABLE TRIGGER USER")
        cursor.execute(harm)
    findings = integrity.check(at=NOW)
    assert any(finding.code.startswith(code) for finding in findings)
    assert LedgerFreeze.objects.filter(business=business).count() == 1
    integrity.check(at=NOW + timedelta(hours=1))
    assert LedgerFreeze.objects.filter(business=business).count() == 1
    with pytest.raises(errors.LedgerFrozen):
        money.spend(ana, 100)


@pytest.mark.broken_books
def test_the_verifier_replays_each_choice_of_lots(ana: Wallet) -> None:
    first, second = money.award(ana, 300), money.award(ana, 300)
    money.spend(ana, 400)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE wallet_usepart SET amount_minor = 100 WHERE lot_id = %s", [first.pk])
        cursor.execute(
            "UPDATE wallet_usepart SET amount_minor = 300 WHERE lot_id = %s", [second.pk]
        )
    assert [finding.code for finding in verify()] == ["NOT_EARLIEST_FIRST"]


def test_a_spend_takes_a_fixed_number_of_statements(
    ana: Wallet, django_assert_max_num_queries: object
) -> None:
    money.top_up(ana, 1000)
    for _ in range(4):
        money.award(ana, 100)
    money.spend(ana, 10)
    with django_assert_max_num_queries(14):  # type: ignore[operator]
        money.spend(ana, 700)


def test_an_organisation_is_locked_after_every_contact(ana: Wallet) -> None:
    money.top_up(ana, 1000)
    money.spend(ana, 100)
    kinds = list(Account.objects.order_by("pk").values_list("kind", flat=True))
    assert kinds == ["BUSINESS", "GATEWAY", "SALES"]


@pytest.mark.parametrize("pocket", [Pocket.OPEN, Pocket.BUSINESS])
def test_a_top_up_is_credited_once_however_often_it_is_reported(
    ana: Wallet, pocket: Pocket
) -> None:
    payment = top_ups.Payment("sandbox", "p-1", 2000, "EUR")
    first = top_ups.confirm(wallet=ana, payment=payment, to=pocket, at=NOW)
    second = top_ups.confirm(wallet=ana, payment=payment, to=pocket, at=NOW)
    assert (first.replayed, second.replayed) == (False, True)
    assert money.balance(ana, AccountKind(pocket)) == 2000
