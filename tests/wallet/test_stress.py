"""Many processes at once over a few wallets (wallet.md 12.3.4): every answer must be explicable.

Eight processes with connections of their own send spends, awards, top-ups, holds, cancellations and
transfers in both directions; three commands in ten repeat a key that was or is being used. When all is
over, the books add up, each key has one answer, and the postings explain every answer: what was paid
went to the till, and what was refused was missing at some moment.
"""

from __future__ import annotations

import multiprocessing
import os
import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connections

from tests.wallet import money
from tests.wallet.money import NOW, TILL
from wallet.choices import AccountKind, Operation, Pocket
from wallet.errors import Refusal
from wallet.models import Command, Entry, Hold, Lot, Posting, PurchaseUse, Wallet
from wallet.services import awards, holds, returns, spending, top_ups, transfers
from wallet.services.spending import Wish
from wallet.verification import verify

pytestmark = pytest.mark.django_db(transaction=True)

PROCESSES = 8
# 5,000 and more by the environment, for a night; every run of the suite does a tenth of that.
COMMANDS = int(os.environ.get("WALLET_STRESS", "500"))
WALLETS = 20
KINDS = ("spend", "spend", "spend", "award", "top up", "hold", "cancel", "send")
# Answers by rule; a command that is anything else, BUSY included, fails the test.
ALLOWED = {"INSUFFICIENT_FUNDS", "ALREADY_CANCELLED"}


@dataclass(frozen=True)
class Wanted:
    """One command to send: the same number always asks for the same, and so has the same key."""

    number: int
    kind: str
    wallet: int
    other: int
    minor: int

    @property
    def key(self) -> str:
        return f"stress-{self.number}"


@dataclass(frozen=True)
class Answer:
    """What a process was told: an amount, or the code of a refusal."""

    wanted: Wanted
    code: str
    minor: int = 0


def wanted(chance: random.Random, wallets: Sequence[Wallet]) -> Iterator[Wanted]:
    """Yield the commands; three in ten repeat one of the last twenty."""
    sent: list[Wanted] = []
    for number in range(COMMANDS):
        if sent and chance.random() < 0.3:
            yield chance.choice(sent[-20:])
            continue
        one, two = chance.sample([wallet.pk for wallet in wallets], 2)
        sent.append(Wanted(number, chance.choice(KINDS), one, two, chance.randint(1, 900)))
        yield sent[-1]


def carry_out(this: Wanted, wallets: dict[int, Wallet]) -> Answer:
    try:
        return Answer(this, "done", DOES[this.kind](this, wallets[this.wallet], wallets))
    except Refusal as refusal:
        return Answer(this, refusal.code)


def spend(this: Wanted, wallet: Wallet, _: Any) -> int:
    facts = money.purchase(wallet, this.minor, reference=f"till.purchase:{this.key}")
    return spending.spend(
        wallet=wallet,
        facts=facts,
        key=this.key,
        actor=TILL,
        at=NOW,
        minor=this.minor,
        exact=bool(this.number % 2),
    ).paid_minor


def award(this: Wanted, wallet: Wallet, _: Any) -> int:
    version = money._default(wallet.business)
    given = awards.Award(f"rewards.award:{this.key}", this.minor, version)
    lot = awards.grant(wallet=wallet, award=given, key=this.key, actor=TILL, at=NOW)
    return lot.amount_minor


def top_up(this: Wanted, wallet: Wallet, _: Any) -> int:
    payment = top_ups.Payment("sandbox", this.key, this.minor, "EUR")
    top_ups.confirm(wallet=wallet, payment=payment, to=Pocket.BUSINESS, at=NOW)
    return this.minor


def hold(this: Wanted, wallet: Wallet, _: Any) -> int:
    """Hold, and release or capture at once; a repeated command meets the hold closed or open."""
    facts = money.purchase(wallet, this.minor, reference=f"till.purchase:{this.key}")
    quote = holds.place(
        wallet=wallet, facts=facts, wish=Wish(this.minor), key=this.key, actor=TILL, at=NOW
    )
    held = holds.hold_by(wallet=wallet, public_id=quote.hold)
    if this.number % 2:
        holds.release(hold=held, key=this.key, actor=TILL, at=NOW)
        return quote.held_minor
    return holds.capture(hold=held, facts=facts, key=this.key, actor=TILL, at=NOW).paid_minor


def cancel(this: Wanted, wallet: Wallet, _: Any) -> int:
    """Spend and take it back; a repeated command repeats both keys."""
    facts = money.purchase(wallet, this.minor, reference=f"till.purchase:{this.key}")
    paid = spending.spend(wallet=wallet, facts=facts, key=this.key, actor=TILL, at=NOW)
    use = PurchaseUse.objects.get(pk=paid.use_id)
    return returns.cancel(use=use, key=this.key, actor=TILL, at=NOW).wallet_minor


def send(this: Wanted, wallet: Wallet, wallets: dict[int, Wallet]) -> int:
    transfers.send(
        origin=wallet,
        target=wallets[this.other],
        transfer=transfers.Transfer(this.minor, Pocket.BUSINESS),
        key=this.key,
        actor=TILL,
        at=NOW,
    )
    return this.minor


DOES = {
    "spend": spend,
    "award": award,
    "top up": top_up,
    "hold": hold,
    "cancel": cancel,
    "send": send,
}


def in_processes(shares: Sequence[Sequence[Wanted]], wallets: dict[int, Wallet]) -> list[Answer]:
    """Have a process carry out each share, all at once, and return every answer."""
    context = multiprocessing.get_context("fork")
    barrier = context.Barrier(len(shares))
    answers: Any = context.SimpleQueue()

    def work(share: Sequence[Wanted]) -> None:
        barrier.wait(60)
        try:
            answers.put([carry_out(this, wallets) for this in share])
        except BaseException as error:  # noqa: BLE001 - told to the test, which fails by it
            answers.put([Answer(share[0], f"{type(error).__name__}: {error}")])

    connections.close_all()
    members = [context.Process(target=work, args=(share,), daemon=True) for share in shares]
    for member in members:
        member.start()
    told = [answer for _ in members for answer in answers.get()]
    for member in members:
        member.join(60)
    return told


def lowest_of(wallet: int) -> int:
    """Return the least that the wallet's business pocket ever held, from its postings alone."""
    here = Posting.objects.filter(source__wallet=wallet, source__kind=AccountKind.BUSINESS)
    return min([0, *here.values_list("source_after", flat=True)])


def test_every_answer_under_load_is_explained_by_the_books() -> None:
    owner = money.business()
    money._default(owner)
    people = [money.wallet(owner, f"P{number}") for number in range(WALLETS)]
    for wallet in people:
        money.top_up(wallet, 1_000)
    wallets = {wallet.pk: wallet for wallet in people}
    sent = list(wanted(random.Random(12), people))
    answers = in_processes([sent[start::PROCESSES] for start in range(PROCESSES)], wallets)
    assert {answer.code for answer in answers} - {"done"} <= ALLOWED
    assert len(answers) == COMMANDS
    assert verify() == []
    told: dict[Wanted, set[tuple[str, int]]] = defaultdict(set)
    for answer in answers:
        told[answer.wanted].add((answer.code, answer.minor))
    for this, said in told.items():
        assert len(said) == 1, f"{this} was told {said}"
        ((code, minor),) = said
        EXPLAINS[this.kind](this, code, minor)
    keys = Command.objects.filter(key__startswith="stress-").values_list("scope", "key")
    assert len(keys) == len(set(keys))


def posted(operation: Operation, **where: Any) -> int:
    found = Posting.objects.filter(entry__operation=operation, **where)
    return sum(found.values_list("amount", flat=True))


def explain_spend(this: Wanted, code: str, minor: int) -> None:
    """What was said to be paid is what the till got for this purchase, and a refusal had a cause."""
    reference = f"till.purchase:{this.key}"
    assert posted(Operation.SPEND, entry__subject=reference) == minor
    if code == "INSUFFICIENT_FUNDS":
        assert this.number % 2
        assert lowest_of(this.wallet) < this.minor
    elif this.number % 2:
        assert minor == this.minor


def explain_award(this: Wanted, code: str, minor: int) -> None:
    (lot,) = Lot.objects.filter(reference=f"rewards.award:{this.key}")
    assert (code, minor, lot.wallet_id) == ("done", lot.amount_minor, this.wallet)
    assert posted(Operation.AWARD, target__lot=lot) == minor


def explain_top_up(this: Wanted, code: str, minor: int) -> None:
    assert code == "done"
    assert posted(Operation.TOP_UP, entry__subject=f"sandbox:{this.key}") == minor


def explain_hold(this: Wanted, code: str, minor: int) -> None:
    reference = f"till.purchase:{this.key}"
    if code != "done":
        assert not Hold.objects.filter(reference=reference).exists()
        return
    (held,) = Hold.objects.filter(reference=reference)
    subject = f"wallet.hold:{held.pk}"
    assert held.amount_minor == minor
    assert posted(Operation.HOLD, entry__subject=subject) == minor
    spent = 0 if this.number % 2 else minor
    assert posted(Operation.RELEASE, entry__subject=subject) == minor - spent
    assert posted(Operation.SPEND, entry__subject=reference) == spent


def explain_cancel(this: Wanted, code: str, minor: int) -> None:
    reference = f"till.purchase:{this.key}"
    assert code == "done"
    assert posted(Operation.SPEND, entry__subject=reference) == minor
    assert posted(Operation.REFUND, entry__subject=reference) == minor


def explain_send(this: Wanted, code: str, minor: int) -> None:
    entries = Entry.objects.filter(command__key=this.key, operation=Operation.TRANSFER)
    assert entries.count() == (code == "done")
    if code == "done":
        ends = Posting.objects.filter(entry__in=entries).values_list(
            "source__wallet", "target__wallet", "amount"
        )
        assert list(ends) == [(this.wallet, this.other, minor)]


EXPLAINS = {
    "spend": explain_spend,
    "award": explain_award,
    "top up": explain_top_up,
    "hold": explain_hold,
    "cancel": explain_cancel,
    "send": explain_send,
}
