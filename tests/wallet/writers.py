"""A program that writes into the books of a server of its own, for the test that kills the server.

    python -m tests.wallet.writers prepare            a business, and money for four people
    python -m tests.wallet.writers write <number>     commands without end, told before and after
    python -m tests.wallet.writers repeat <command>…  the same commands again, by their keys

Which server it is, `LARGESSE_VAR` says. `write` says `asked <command>` before each command and
`done <command>` once it was told that the command is committed; a command is `kind:number:minor`.
"""

from __future__ import annotations

import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.db import OperationalError  # noqa: E402

from tests.wallet import money  # noqa: E402
from tests.wallet.money import NOW, TILL  # noqa: E402
from wallet.choices import Pocket  # noqa: E402
from wallet.models import Wallet  # noqa: E402
from wallet.services import awards, spending, top_ups, transfers  # noqa: E402

KINDS = ("spend", "award", "top-up", "send")


def prepare() -> None:
    owner = money.business()
    for name in ("Ana", "Ben", "Cleo", "Dan"):
        money.top_up(money.wallet(owner, name), 1_000_000)


def carry_out(command: str) -> None:
    """Send the command that the words name: the same words are the same request with the same key."""
    kind, number, minor = command.split(":")
    key, amount = f"{kind}-{number}", int(minor)
    people = list(Wallet.objects.order_by("pk"))
    first, second = people[int(number) % 4], people[(int(number) + 1) % 4]
    if kind == "spend":
        facts = money.purchase(first, amount, reference=f"till.purchase:{key}")
        spending.spend(
            wallet=first, facts=facts, key=key, actor=TILL, at=NOW, minor=amount, exact=True
        )
    elif kind == "award":
        given = awards.Award(f"rewards.award:{key}", amount, money._default(first.business))
        awards.grant(wallet=first, award=given, key=key, actor=TILL, at=NOW)
    elif kind == "top-up":
        payment = top_ups.Payment("sandbox", key, amount, "EUR")
        top_ups.confirm(wallet=first, payment=payment, to=Pocket.BUSINESS, at=NOW)
    else:
        sent = transfers.Transfer(amount, Pocket.BUSINESS)
        transfers.send(origin=first, target=second, transfer=sent, key=key, actor=TILL, at=NOW)


def say(word: str, command: str) -> None:
    sys.stdout.write(f"{word} {command}\n")
    sys.stdout.flush()


def write(writer: int) -> None:
    """Send commands until the server is gone."""
    turn = 0
    while True:
        number = turn * 4 + writer
        command = f"{KINDS[turn % 4]}:{number}:{number % 90 + 1}"
        say("asked", command)
        try:
            carry_out(command)
        except OperationalError:
            return
        say("done", command)
        turn += 1


if __name__ == "__main__":
    what, *words = sys.argv[1:]
    if what == "prepare":
        prepare()
    elif what == "write":
        write(int(words[0]))
    else:
        for word in words:
            carry_out(word)
