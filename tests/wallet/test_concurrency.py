"""Many at once: real connections, meetings made certain, processes killed in the middle."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, connections, transaction

from core.errors import DomainError
from tests.kit.concurrency import meeting, split, together
from tests.wallet import money
from tests.wallet.money import NOW, TILL
from wallet import errors, ledger
from wallet.choices import AccountKind, LotSource, Operation, Pocket
from wallet.commands import Request, run
from wallet.ledger import Draft, Move, books_of, pocket
from wallet.models import Account, Command, CommercePoolVersion, Entry, PurchaseUse, Wallet
from wallet.services import expiry, reversals, spending, transfers
from wallet.services.lots import Credit, open_lot
from wallet.services.spending import Paid

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ana(transactional_db: None) -> Wallet:
    return money.wallet(money.business())


def business_money(wallet: Wallet) -> int:
    return money.balance(wallet, AccountKind.BUSINESS)


def paying(wallet: Wallet, minor: int, *, exact: bool, key: str = "") -> Callable[[], Paid]:
    """Return a spend of that amount, ready to be called; with a key, always of one purchase."""
    facts = money.purchase(wallet, minor)

    def call() -> Paid:
        return spending.spend(
            wallet=wallet,
            facts=facts,
            key=key or money.key(),
            actor=TILL,
            at=NOW,
            minor=minor,
            exact=exact,
        )

    return call


@pytest.mark.scenario("WAL-13")
def test_of_two_exact_spends_only_one_fits(ana: Wallet) -> None:
    money.top_up(ana, 1000)
    done, refused = split(list(meeting(paying(ana, 700, exact=True), paying(ana, 700, exact=True))))
    assert [paid.paid_minor for paid in done] == [700]
    assert [type(refusal) for refusal in refused] == [errors.InsufficientFunds]
    assert business_money(ana) == 300


@pytest.mark.scenario("WAL-14")
def test_two_spends_of_up_to_an_amount_share_what_is_there(ana: Wallet) -> None:
    money.top_up(ana, 1000)
    outcomes = meeting(paying(ana, 700, exact=False), paying(ana, 700, exact=False))
    assert sorted(paid.paid_minor for paid in outcomes) == [300, 700]
    assert business_money(ana) == 0


@pytest.mark.scenario("WAL-15")
def test_of_twenty_parallel_spends_ten_fit(ana: Wallet) -> None:
    money.top_up(ana, 1000)
    done, refused = split(together(*(paying(ana, 100, exact=True) for _ in range(20))))
    assert len(done) == 10
    assert Counter(map(type, refused)) == {errors.InsufficientFunds: 10}
    assert business_money(ana) == 0


@pytest.mark.scenario("WAL-16")
def test_one_key_sent_five_times_at_once_has_one_effect(ana: Wallet) -> None:
    money.top_up(ana, 1000)
    call = paying(ana, 400, exact=False, key="k")
    answers = together(*[call] * 5)
    assert sorted(answer.replayed for answer in answers) == [False, True, True, True, True]
    assert {answer.paid_minor for answer in answers} == {400}
    assert business_money(ana) == 600


@pytest.mark.scenario("WAL-23")
def test_transfers_in_both_directions_never_deadlock(ana: Wallet) -> None:
    ben = money.wallet(ana.business, "Ben")
    for wallet in (ana, ben):
        money.top_up(wallet, 300_000)

    def send(origin: Wallet, target: Wallet, minor: int) -> Callable[[], int]:
        def rounds() -> int:
            for _ in range(125):
                transfers.send(
                    origin=origin,
                    target=target,
                    transfer=transfers.Transfer(minor, Pocket.BUSINESS),
                    key=money.key("round"),
                    actor=TILL,
                    at=NOW,
                )
            return 125

        return rounds

    there, back = send(ana, ben, 500), send(ben, ana, 300)
    assert together(there, back, there, back, there, back, there, back) == [125] * 8
    assert business_money(ana) == 300_000 + 500 * (300 - 500)
    assert business_money(ana) + business_money(ben) == 600_000


def unlocked(place: ledger.Place) -> Account:
    return Account.objects.get(
        kind=place.kind, wallet=place.wallet_id, business=place.business_id, currency="EUR"
    )


@pytest.mark.scenario("WAL-24")
def test_a_forgotten_lock_ends_in_a_second_attempt(ana: Wallet) -> None:
    money.top_up(ana, 1000)
    attempts: list[str] = []
    places = pocket(AccountKind.BUSINESS, ana), books_of(AccountKind.SALES, ana)
    money.spend(ana, 100)

    def careless(name: str) -> Callable[[], Any]:
        """Return a command that reads its accounts without locking them."""

        def effect(command: Command) -> dict[str, Any]:
            attempts.append(name)
            source, target = map(unlocked, places)
            move = Move(source, target, 100)
            draft = Draft(Operation.SPEND, [move])
            ledger.post(command=command, drafts=[draft], actor=None, at=NOW)
            return {}

        request = Request(ana.business, "careless", name, TILL, {})
        return lambda: run(request, effect)

    done, refused = split(list(meeting(careless("first"), careless("second"))))
    assert len(done) == 2
    assert refused == []
    assert attempts == ["first", "second", "second"]
    assert business_money(ana) == 700


@pytest.mark.scenario("WAL-25")
@pytest.mark.parametrize("first", ["spend", "expire"])
def test_a_lot_is_spent_or_expires(ana: Wallet, first: str) -> None:
    midnight = NOW.replace(hour=0, minute=0) + timedelta(days=1)
    money.lot_until(ana, 500, midnight)
    facts = money.purchase(ana, 500, at=midnight - timedelta(seconds=1))

    def spend() -> int:
        paid = spending.spend(wallet=ana, facts=facts, key="k", actor=TILL, at=midnight, minor=500)
        return paid.redeemed_minor

    def expire() -> int:
        return expiry.expire_due(at=midnight)

    calls = (spend, expire) if first == "spend" else (expire, spend)
    meeting(*calls)
    expire()
    spent = money.books(ana.business, AccountKind.SALES)
    lapsed = money.books(ana.business, AccountKind.EXPIRED)
    assert sorted([spent, lapsed]) == [0, 500]


def grant_many(wallet: Wallet, version: CommercePoolVersion, *, lots: int, minor: int) -> None:
    """Grant many lots by one command, in one entry."""

    def effect(command: Command) -> dict[str, Any]:
        (locked,) = ledger.lock_wallets(wallet)
        place = books_of(AccountKind.REWARD_COST, locked)
        cost = ledger.lock(place)[place]
        credit = Credit(minor, version, LotSource.AWARD)
        moves = [
            Move(cost, open_lot(wallet=locked, credit=credit, at=NOW)[1], minor)
            for _ in range(lots)
        ]
        draft = Draft(Operation.AWARD, moves)
        ledger.post(command=command, drafts=[draft], actor=None, at=NOW)
        return {}

    run(Request(wallet.business, "award", money.key(), TILL, {}), effect)


@pytest.mark.scenario("WAL-26")
def test_two_expiry_jobs_take_each_lot_once(ana: Wallet) -> None:
    midnight = NOW.replace(hour=0, minute=0) + timedelta(days=1)
    version = money.pool(ana.business, end_rule="FIXED", ends_on=midnight.date())
    for wallet in [ana, *(money.wallet(ana.business, f"P{i}") for i in range(9))]:
        grant_many(wallet, version, lots=100, minor=10)

    def job() -> int:
        return expiry.expire_due(at=midnight)

    assert sum(together(job, job)) + job() == 1_000
    assert money.books(ana.business, AccountKind.EXPIRED) == 10_000


@pytest.mark.scenario("WAL-27")
def test_a_lock_that_is_not_got_in_time_stores_nothing(ana: Wallet, settings: Any) -> None:
    settings.WALLET_LOCK_WAIT_MS = 20
    money.top_up(ana, 1000)
    call = paying(ana, 400, exact=False, key="k")
    stored = Command.objects.count()

    def hold_the_wallet() -> None:
        ledger.lock_wallets(ana)

    _, outcome = meeting_longer(hold_the_wallet, call)
    assert isinstance(outcome, errors.Busy)
    assert outcome.status == 503
    assert Command.objects.count() == stored
    paid = call()
    assert (paid.paid_minor, paid.replayed) == (400, False)


def meeting_longer(first: Callable[[], Any], second: Callable[[], Any]) -> tuple[Any, Any]:
    """Run `second` from beginning to end while the transaction of `first` stays open."""
    with transaction.atomic():
        outcome = first()
        (other,) = together(second)
    return outcome, other


@pytest.mark.scenario("WAL-27a")
def test_each_of_100_entries_is_reversed_once(ana: Wallet) -> None:
    before = business_money(ana)
    for _ in range(100):
        money.top_up(ana, 10)
    entries = list(Entry.objects.filter(operation=Operation.TOP_UP))
    assert len(entries) == 100

    def reverse_all(name: str) -> Callable[[], Counter[str]]:
        def work() -> Counter[str]:
            outcomes: Counter[str] = Counter()
            for entry in entries:
                try:
                    reversals.reverse(
                        entry=entry, reason="test", key=f"{name}-{entry.pk}", actor=TILL, at=NOW
                    )
                    outcomes["done"] += 1
                except DomainError as refusal:
                    outcomes[refusal.code] += 1
            return outcomes

        return work

    counted = sum(together(*(reverse_all(name) for name in "abc")), Counter())
    assert counted == {"done": 100, "ALREADY_REVERSED": 200}
    assert business_money(ana) == before


def killed_while(work: Callable[[], Any]) -> None:
    """Run the work in a process of its own that kills itself where the work says so."""
    connections.close_all()
    child = multiprocessing.get_context("fork").Process(target=work)
    child.start()
    child.join(30)
    assert child.exitcode == -signal.SIGKILL


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.scenario("WAL-20")
def test_who_dies_before_the_answer_gets_it_for_the_same_key(ana: Wallet) -> None:
    money.top_up(ana, 1000)
    call = paying(ana, 400, exact=False, key="k")

    def work() -> None:
        call()
        die()

    killed_while(work)
    answer = call()
    assert (answer.replayed, answer.paid_minor) == (True, 400)
    assert business_money(ana) == 600


@pytest.mark.scenario("WAL-21")
def test_who_dies_between_two_entries_leaves_neither(ana: Wallet) -> None:
    lot = money.award(ana, 500)
    call = paying(ana, 500, exact=False, key="k")

    def dying(execute: Any, sql: str, *rest: Any) -> Any:
        """Let the redemption be written, then die before the spend is."""
        if "INSERT INTO wallet_posting" in sql:
            with connection.cursor() as cursor:
                cursor.execute("SELECT count(*) FROM wallet_entry WHERE operation = 'REDEEM'")
                assert cursor.fetchone() == (1,)
            die()
        return execute(sql, *rest)

    def work() -> None:
        with connection.execute_wrapper(dying):
            call()

    killed_while(work)
    assert not Entry.objects.exclude(operation=Operation.AWARD).exists()
    assert not PurchaseUse.objects.exists()
    assert money.left_in(lot) == 500
    assert call().redeemed_minor == 500


def test_parallel_commands_on_shared_wallets_end_in_sound_books(ana: Wallet) -> None:
    wallets = [ana, *(money.wallet(ana.business, f"P{i}") for i in range(3))]
    for wallet in wallets:
        money.top_up(wallet, 2_000)

    def worker(seed: int) -> Callable[[], Counter[str]]:
        chance = random.Random(seed)

        def work() -> Counter[str]:
            outcomes: Counter[str] = Counter()
            for number in range(40):
                wallet, other = chance.sample(wallets, 2)
                minor, key = chance.randint(1, 400), f"shared-{chance.randint(0, 60)}"
                call = chance.choice(
                    [
                        lambda w=wallet, m=minor, k=key: run_spend(w, m, k),
                        lambda w=wallet, m=minor: money.award(w, m),
                        lambda w=wallet, o=other, m=minor, n=number: send(w, o, m, f"{seed}-{n}"),
                    ]
                )
                try:
                    call()
                    outcomes["done"] += 1
                except DomainError as refusal:
                    outcomes[refusal.code] += 1
            return outcomes

        return work

    counted = sum(together(*(worker(seed) for seed in range(4))), Counter())
    assert set(counted) <= {"done", "INSUFFICIENT_FUNDS", "KEY_REUSED"}
    assert counted["done"] > 40


def run_spend(wallet: Wallet, minor: int, key: str) -> Paid:
    facts = money.purchase(wallet, minor, reference=f"till.purchase:{wallet.pk}-{key}")
    return spending.spend(
        wallet=wallet, facts=facts, key=key, actor=TILL, at=NOW, minor=minor, exact=True
    )


def send(origin: Wallet, target: Wallet, minor: int, key: str) -> None:
    transfers.send(
        origin=origin,
        target=target,
        transfer=transfers.Transfer(minor, Pocket.BUSINESS),
        key=key,
        actor=TILL,
        at=NOW,
    )
