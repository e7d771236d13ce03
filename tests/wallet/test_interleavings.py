"""Forced meetings of two commands (wallet.md 12.3.5): whichever comes first, some order explains it.

The first command has acted but not committed when the second begins; the second waits for its locks.
Each pair is met in both orders, and once more with the first one dying instead of committing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import combinations_with_replacement, product
from threading import Barrier
from typing import Any

import pytest

from tests.factories import directory
from tests.kit.concurrency import meeting, split, together
from tests.wallet import money
from tests.wallet.money import NOW, TILL
from wallet import errors, ledger
from wallet.choices import AccountKind, HoldState, JournalDirection, Pocket, UseState
from wallet.commands import Actor, Outcome, Request, run
from wallet.models import Account, Command, Hold, Journal, Lot, PurchaseUse, SpendBlock, Wallet
from wallet.services import (
    blocks,
    expiry,
    holds,
    journals,
    returns,
    reversals,
    spending,
    top_ups,
    transfers,
)
from wallet.services.journals import Line
from wallet.services.spending import Wish

pytestmark = pytest.mark.django_db(transaction=True)

MIDNIGHT = NOW.replace(hour=0, minute=0) + timedelta(days=1)
JUST_BEFORE = MIDNIGHT - timedelta(seconds=1)


@dataclass
class Scene:
    """Ana with 10.00 of business money, a lot of 5.00, a purchase of 3.00 and a hold of 2.00."""

    ana: Wallet
    ben: Wallet
    lot: Lot
    use: PurchaseUse
    hold: Hold
    journal: Journal
    approvers: list[Any] = field(default_factory=list)


@pytest.fixture
def scene(transactional_db: None) -> Scene:
    return set_up()


def set_up() -> Scene:
    owner = money.business()
    money.choose(owner, grace_days=0, four_eyes_above_minor=1)
    ana, ben = money.wallet(owner, "Ana"), money.wallet(owner, "Ben")
    for wallet in (ana, ben):
        money.top_up(wallet, 1_500)
    paid = money.spend(ana, 300)
    quote = holds.place(
        wallet=ana,
        facts=money.purchase(ana, 200, at=JUST_BEFORE),
        wish=Wish(200),
        key=money.key("hold"),
        actor=TILL,
        at=JUST_BEFORE,
    )
    lot = money.lot_until(ana, 500, MIDNIGHT)
    author = directory.make_user()
    journal = journals.write(
        wallet=ana,
        line=Line(JournalDirection.CREDIT, Pocket.BUSINESS, 50, "goodwill"),
        by=author,
        key=money.key("journal"),
        at=NOW,
    )
    return Scene(
        ana,
        ben,
        lot,
        PurchaseUse.objects.get(pk=paid.use_id),
        holds.hold_by(wallet=ana, public_id=quote.hold),
        journal,
        [directory.make_user(), directory.make_user()],
    )


def spend(scene: Scene, key: str) -> Any:
    """Pay 12.00 exactly of what is there before midnight, which once is possible and twice not."""
    facts = money.purchase(scene.ana, 1_200, at=JUST_BEFORE, reference=f"till.purchase:{key}")
    return spending.spend(
        wallet=scene.ana, facts=facts, key=key, actor=TILL, at=MIDNIGHT, minor=1_200, exact=True
    )


def capture(scene: Scene, key: str) -> Any:
    facts = money.purchase(scene.ana, 150, at=MIDNIGHT, reference=scene.hold.reference)
    return holds.capture(hold=scene.hold, facts=facts, key=key, actor=TILL, at=MIDNIGHT)


def release(scene: Scene, key: str) -> Any:
    return holds.release(hold=scene.hold, key=key, actor=TILL, at=MIDNIGHT)


def place(scene: Scene, key: str) -> Any:
    facts = money.purchase(scene.ana, 1_200, at=JUST_BEFORE)
    return holds.place(
        wallet=scene.ana, facts=facts, wish=Wish(1_200, True), key=key, actor=TILL, at=JUST_BEFORE
    )


def expire(scene: Scene, key: str) -> Any:
    return expiry.expire_due(at=MIDNIGHT)


def cancel(scene: Scene, key: str) -> Any:
    return returns.cancel(use=scene.use, key=key, actor=TILL, at=MIDNIGHT)


def send(scene: Scene, key: str) -> Any:
    return transfers.send(
        origin=scene.ana,
        target=scene.ben,
        transfer=transfers.Transfer(800, Pocket.BUSINESS),
        key=key,
        actor=TILL,
        at=MIDNIGHT,
    )


COMMANDS: dict[str, Callable[[Scene, str], Any]] = {
    "spend": spend,
    "place": place,
    "capture": capture,
    "release": release,
    "expire": expire,
    "cancel": cancel,
    "send": send,
}
PAIRS = list(combinations_with_replacement(COMMANDS, 2))
# What a second command may be told; everything else is a fault.
REFUSALS = (
    errors.InsufficientFunds,
    errors.HoldClosed,
    errors.AlreadyCancelled,
)


def state(scene: Scene) -> dict[str, Any]:
    """Return what a person would look at: every balance, and what became of each thing."""
    owner = scene.ana.business
    kinds = (AccountKind.BUSINESS, AccountKind.COMMERCE_LOT, AccountKind.HOLD)
    books = (AccountKind.SALES, AccountKind.EXPIRED, AccountKind.REWARD_COST, AccountKind.SHORTFALL)
    return {
        **{f"ana {kind}": money.balance(scene.ana, kind) for kind in kinds},
        "ben": money.balance(scene.ben, AccountKind.BUSINESS),
        **{f"books {kind}": money.books(owner, kind) for kind in books},
        "use": PurchaseUse.objects.get(pk=scene.use.pk).state,
        "hold": Hold.objects.get(pk=scene.hold.pk).state,
    }


def answer(call: Callable[[], Any]) -> Any:
    """Return the answer of a command, or the kind of its refusal."""
    try:
        call()
    except errors.Refusal as refusal:
        return type(refusal).__name__
    return "done"


def one_after_the_other(names: tuple[str, str]) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    """Return how it ends when nothing happens at once; the job comes once more in the end."""
    scene = set_up()
    told = [
        (name, answer(lambda name=name, key=key: COMMANDS[name](scene, key)))  # type: ignore[misc]
        for name, key in zip(names, ("one", "two"), strict=True)
    ]
    expiry.expire_due(at=MIDNIGHT)
    return state(scene), sorted(told)


@pytest.mark.parametrize("pair", PAIRS, ids=" and ".join)
def test_two_commands_that_meet_end_as_one_after_the_other(
    transactional_db: None, pair: tuple[str, str]
) -> None:
    orders = {pair, pair[::-1]}
    allowed = [one_after_the_other(names) for names in orders]
    for names in orders:
        met = set_up()
        outcomes = meeting(
            lambda met=met, name=names[0]: COMMANDS[name](met, "one"),  # type: ignore[misc]
            lambda met=met, name=names[1]: COMMANDS[name](met, "two"),  # type: ignore[misc]
        )
        for outcome in outcomes:
            assert not isinstance(outcome, Exception) or isinstance(outcome, REFUSALS), outcome
        expiry.expire_due(at=MIDNIGHT)
        told = [type(out).__name__ if isinstance(out, Exception) else "done" for out in outcomes]
        assert (state(met), sorted(zip(names, told, strict=True))) in allowed, names


@pytest.mark.parametrize("name", COMMANDS)
def test_who_dies_before_committing_leaves_the_way_free(scene: Scene, name: str) -> None:
    other = set_up()
    COMMANDS[name](other, "one")
    first, second = meeting(
        lambda: COMMANDS[name](scene, "one"),
        lambda: COMMANDS[name](scene, "two"),
        commit=False,
    )
    assert not isinstance(first, Exception)
    assert not isinstance(second, Exception)
    expiry.expire_due(at=MIDNIGHT)
    expiry.expire_due(at=MIDNIGHT)
    assert state(scene) == state(other)


def test_an_award_that_two_grant_under_one_reference_is_one(scene: Scene) -> None:
    def grant() -> Lot:
        return money.award(scene.ana, 400, reference="rewards.award:77")

    first, second = meeting(grant, grant)
    assert first.pk == second.pk
    assert money.balance(scene.ana, AccountKind.COMMERCE_LOT) == 900


def test_an_award_of_one_reference_is_not_granted_to_two_contacts(scene: Scene) -> None:
    def grant(wallet: Wallet) -> Callable[[], Lot]:
        return lambda: money.award(wallet, 400, reference="rewards.award:78")

    first, second = meeting(grant(scene.ana), grant(scene.ben))
    assert isinstance(first, Lot)
    assert isinstance(second, Exception)
    assert Lot.objects.filter(reference="rewards.award:78").count() == 1


def test_a_payment_that_the_gateway_reports_twice_at_once_is_credited_once(scene: Scene) -> None:
    payment = top_ups.Payment("sandbox", "p-1", 700, "EUR")

    def confirm() -> Any:
        return top_ups.confirm(wallet=scene.ana, payment=payment, to=Pocket.BUSINESS, at=NOW)

    before = money.balance(scene.ana, AccountKind.BUSINESS)
    first, second = meeting(confirm, confirm)
    assert (first.replayed, second.replayed) == (False, True)
    assert money.balance(scene.ana, AccountKind.BUSINESS) == before + 700


@pytest.mark.parametrize(("one", "two"), list(product(["confirm", "refuse"], repeat=2)))
def test_a_journal_is_decided_by_one_person(scene: Scene, one: str, two: str) -> None:
    def decide(how: str, number: int) -> Callable[[], Journal]:
        by = scene.approvers[number]
        return lambda: getattr(journals, how)(
            journal=scene.journal, by=by, key=f"{how}-{number}", at=NOW
        )

    before = money.balance(scene.ana, AccountKind.BUSINESS)
    first, second = meeting(decide(one, 0), decide(two, 1))
    assert isinstance(second, errors.HoldClosed)
    assert first.confirmed_by_id == scene.approvers[0].pk
    credited = 50 if one == "confirm" else 0
    assert money.balance(scene.ana, AccountKind.BUSINESS) == before + credited


def test_an_entry_is_reversed_by_one_of_two(scene: Scene) -> None:
    money.top_up(scene.ben, 250)
    entry = Account.objects.get(wallet=scene.ben).postings_in.latest("pk").entry

    def reverse(key: str) -> Callable[[], Any]:
        return lambda: reversals.reverse(entry=entry, reason="typo", key=key, actor=TILL, at=NOW)

    first, second = meeting(reverse("one"), reverse("two"))
    assert not isinstance(first, Exception)
    assert isinstance(second, errors.AlreadyReversed)
    assert money.balance(scene.ben, AccountKind.BUSINESS) == 1_500


def test_who_spends_after_a_block_was_committed_is_refused(scene: Scene) -> None:
    blocks.block(wallet=scene.ana, reason="lost phone", by=None, at=NOW)
    with pytest.raises(errors.SpendBlocked):
        spend(scene, "late")


@pytest.mark.parametrize("first", ["block", "spend"])
def test_a_block_and_a_spend_that_meet_leave_the_contact_blocked(scene: Scene, first: str) -> None:
    def block() -> SpendBlock:
        return blocks.block(wallet=scene.ana, reason="lost phone", by=None, at=NOW)

    calls = [block, lambda: spend(scene, "k")]
    outcomes = meeting(*(calls if first == "block" else reversed(calls)))
    paid = next(out for out in outcomes if not isinstance(out, SpendBlock))
    assert isinstance(paid, spending.Paid | errors.SpendBlocked)
    with pytest.raises(errors.SpendBlocked):
        spend(scene, "later")


def test_two_blocks_at_once_are_one(scene: Scene) -> None:
    def block() -> SpendBlock:
        return blocks.block(wallet=scene.ana, reason="lost phone", by=None, at=NOW)

    first, second = meeting(block, block)
    assert first == second


@pytest.mark.parametrize("same_caller", [True, False])
def test_a_key_that_two_send_at_once_has_one_effect_for_each_caller(
    scene: Scene, same_caller: bool
) -> None:
    def pay(actor: Actor, number: int) -> Callable[[], spending.Paid]:
        facts = money.purchase(scene.ben, 100, reference=f"till.purchase:{number}")
        return lambda: spending.spend(
            wallet=scene.ben, facts=facts, key="k", actor=actor, at=NOW, minor=100
        )

    other, number = (TILL, 1) if same_caller else (Actor("till:2"), 2)
    first, second = meeting(pay(TILL, 1), pay(other, number))
    assert (first.replayed, second.replayed) == (False, same_caller)
    left = 1_400 if same_caller else 1_300
    assert money.balance(scene.ben, AccountKind.BUSINESS) == left


def test_of_two_commands_that_cross_one_begins_anew(scene: Scene) -> None:
    both_hold_one, attempts = Barrier(2), []

    def crossing(key: str, *wallets: Wallet) -> Callable[[], Outcome]:
        """Return a command that locks one wallet after the other, against the order of locks."""

        def effect(_: Command) -> dict[str, Any]:
            attempts.append(key)
            ledger.lock_wallets(wallets[0])
            if attempts.count(key) == 1:
                both_hold_one.wait(10)
            ledger.lock_wallets(wallets[1])
            return {}

        return lambda: run(Request(scene.ana.business, "crossing", key, TILL, {}), effect)

    done, raised = split(
        together(crossing("one", scene.ana, scene.ben), crossing("two", scene.ben, scene.ana))
    )
    assert (len(done), raised) == (2, [])
    assert len(attempts) > 2


def test_the_scene_is_what_it_says(scene: Scene) -> None:
    assert state(scene) == {
        "ana BUSINESS": 1_000,
        "ana COMMERCE_LOT": 500,
        "ana HOLD": 200,
        "ben": 1_500,
        "books SALES": 300,
        "books EXPIRED": 0,
        "books REWARD_COST": -500,
        "books SHORTFALL": 0,
        "use": UseState.POSTED,
        "hold": HoldState.OPEN,
    }
