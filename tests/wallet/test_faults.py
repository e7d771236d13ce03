"""Faults at every boundary of a command (wallet.md 12.3.6): a process that is killed, a connection that
breaks, a database that refuses. Afterwards the books add up, and the key has exactly one effect.

A command is a row of statements. For each of them in turn a process is killed just before it and just
after it; repeating the command with its key must end where it would have ended without a fault.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection, connections
from django.db.models import Q

from tests.wallet import money
from tests.wallet.money import NOW, TILL
from wallet.choices import Operation, Pocket
from wallet.models import Account, Command, Entry, Hold, PurchaseUse, Wallet
from wallet.services import awards, expiry, holds, returns, spending, top_ups, transfers
from wallet.services.spending import Wish
from wallet.verification import verify

pytestmark = pytest.mark.django_db(transaction=True)

MIDNIGHT = NOW.replace(hour=0, minute=0) + timedelta(days=1)
Call = Callable[[], Any]


def spending_from_everything(ana: Wallet) -> Call:
    """Spend a lot and business money: two entries, three parts."""
    money.lot_until(ana, 500, MIDNIGHT)
    facts = money.purchase(ana, 700, reference="till.purchase:1")
    return lambda: spending.spend(
        wallet=ana, facts=facts, key="k", actor=TILL, at=NOW, minor=700, exact=True
    )


def granting(ana: Wallet) -> Call:
    given = awards.Award("rewards.award:1", 400, money.pool(ana.business))
    return lambda: awards.grant(wallet=ana, award=given, key="k", actor=TILL, at=NOW)


def topping_up(ana: Wallet) -> Call:
    payment = top_ups.Payment("sandbox", "p-1", 900, "EUR")
    return lambda: top_ups.confirm(wallet=ana, payment=payment, to=Pocket.OPEN, at=NOW)


def sending(ana: Wallet) -> Call:
    ben = money.wallet(ana.business, "Ben")
    sent = transfers.Transfer(300, Pocket.BUSINESS)
    return lambda: transfers.send(
        origin=ana, target=ben, transfer=sent, key="k", actor=TILL, at=NOW
    )


def holding(ana: Wallet) -> Call:
    facts = money.purchase(ana, 400, reference="till.purchase:1")
    return lambda: holds.place(wallet=ana, facts=facts, wish=Wish(400), key="k", actor=TILL, at=NOW)


def capturing(ana: Wallet) -> Call:
    money.lot_until(ana, 500, MIDNIGHT)
    quote = holds.place(
        wallet=ana,
        facts=money.purchase(ana, 700),
        wish=Wish(700),
        key=money.key("hold"),
        actor=TILL,
        at=NOW,
    )
    hold = holds.hold_by(wallet=ana, public_id=quote.hold)
    facts = money.purchase(ana, 600, reference="till.purchase:1")
    return lambda: holds.capture(hold=hold, facts=facts, key="k", actor=TILL, at=NOW)


def cancelling(ana: Wallet) -> Call:
    money.lot_until(ana, 500, MIDNIGHT)
    paid = money.spend(ana, 700, reference="till.purchase:1")
    money.award(ana, 50, earned_by="till.purchase:1")
    use = PurchaseUse.objects.get(pk=paid.use_id)
    return lambda: returns.cancel(use=use, key="k", actor=TILL, at=NOW)


def expiring(ana: Wallet) -> Call:
    money.lot_until(ana, 500, MIDNIGHT)
    return lambda: expiry.expire_due(at=MIDNIGHT)


COMMANDS: dict[str, Callable[[Wallet], Call]] = {
    "spend": spending_from_everything,
    "grant": granting,
    "top up": topping_up,
    "send": sending,
    "hold": holding,
    "capture": capturing,
    "cancel": cancelling,
    "expire": expiring,
}


@pytest.fixture
def ana(transactional_db: None) -> Wallet:
    return rich()


def rich() -> Wallet:
    wallet = money.wallet(money.business())
    money.top_up(wallet, 1_000)
    return wallet


def standing(of: Wallet) -> dict[str, Any]:
    """Return what the business's books and its contacts have, whatever the rows are called."""
    owner = of.business
    accounts = Account.objects.filter(
        Q(wallet__business=owner) | Q(business=owner) | Q(holder__wallets__business=owner)
    )
    balances = accounts.exclude(balance=0).values_list("kind", "balance")
    return {
        "balances": sorted(balances),
        "entries": sorted(Entry.objects.filter(business=owner).values_list("operation", flat=True)),
        "uses": sorted(PurchaseUse.objects.filter(business=owner).values_list("state", flat=True)),
        "holds": sorted(Hold.objects.filter(business=owner).values_list("state", flat=True)),
    }


def statements_of(call: Call) -> int:
    """Return how many statements the command takes."""
    count = 0

    def counting(execute: Any, *args: Any) -> Any:
        nonlocal count
        count += 1
        return execute(*args)

    with connection.execute_wrapper(counting):
        call()
    return count


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def killed_at(call: Call, boundary: int, *, after: bool) -> None:
    """Run the command in a process of its own that is killed at that statement."""
    seen = 0

    def dying(execute: Any, *args: Any) -> Any:
        nonlocal seen
        seen += 1
        if seen == boundary and not after:
            die()
        answer = execute(*args)
        if seen == boundary:
            die()
        return answer

    def work() -> None:
        with connection.execute_wrapper(dying):
            call()
        # The last boundary of all: committed, and nobody was told.
        die()

    connections.close_all()
    child = multiprocessing.get_context("fork").Process(target=work)
    child.start()
    child.join(60)
    assert child.exitcode == -signal.SIGKILL


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_killed_at_any_statement_has_one_effect_when_it_is_repeated(name: str) -> None:
    undisturbed = rich()
    statements = statements_of(COMMANDS[name](undisturbed))
    expected = standing(undisturbed)
    assert statements >= 5
    for boundary in range(1, statements + 2):
        ana = rich()
        call = COMMANDS[name](ana)
        before = standing(ana)
        killed_at(call, boundary, after=bool(boundary % 2))
        # The expiry job commits before it looks for a second page; all others commit in the end.
        left = standing(ana)
        assert left in (before, expected), boundary
        if boundary > statements or name != "expire":
            assert (left == expected) == (boundary > statements), boundary
        assert verify() == []
        call()
        assert standing(ana) == expected, boundary
        call()
        assert standing(ana) == expected, boundary


@pytest.mark.parametrize("name", COMMANDS)
def test_a_connection_that_breaks_anywhere_leaves_no_half_command(name: str) -> None:
    undisturbed = rich()
    statements = statements_of(COMMANDS[name](undisturbed))
    expected = standing(undisturbed)
    for boundary in range(1, statements + 1):
        ana = rich()
        call = COMMANDS[name](ana)
        seen = 0

        def breaking(execute: Any, *args: Any, boundary: int = boundary) -> Any:
            nonlocal seen
            seen += 1
            if seen == boundary:
                raise OperationalError("server closed the connection unexpectedly")
            return execute(*args)

        before = standing(ana)
        with connection.execute_wrapper(breaking), pytest.raises(OperationalError):
            call()
        # The expiry job may have committed a page before.
        assert standing(ana) in ([before, expected] if name == "expire" else [before]), boundary
        call()
        assert standing(ana) == expected, boundary


def test_what_the_server_was_told_to_end_is_undone_and_may_be_repeated(ana: Wallet) -> None:
    call = spending_from_everything(ana)
    before = standing(ana)

    def ended(execute: Any, sql: str, *rest: Any) -> Any:
        """Have another connection end this one just before its postings are written."""
        if "INSERT INTO wallet_posting" in sql:
            pid = connection.connection.info.backend_pid
            other = connections.create_connection("default")
            with other.cursor() as cursor:
                cursor.execute("SELECT pg_terminate_backend(%s)", [pid])
            other.close()
        return execute(sql, *rest)

    with connection.execute_wrapper(ended), pytest.raises(OperationalError):
        call()
    connection.close()
    assert standing(ana) == before
    assert not Command.objects.filter(key="k").exists()
    assert call().replayed is False
    assert call().replayed is True


def test_a_key_whose_first_holder_was_killed_is_free_at_once(ana: Wallet) -> None:
    call = granting(ana)
    killed_at(call, statements_of(granting(rich())), after=True)
    assert not Entry.objects.filter(business=ana.business, operation=Operation.AWARD).exists()
    assert call().amount_minor == 400
    assert Entry.objects.filter(business=ana.business, operation=Operation.AWARD).count() == 1
