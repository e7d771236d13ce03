"""Processes that work at once, each with connections of its own, like the workers of a server.

They are forked once and wait for shares of work. A round begins at a barrier and ends when the last
process is done, so that its time is what somebody outside would see.
"""

from __future__ import annotations

import multiprocessing
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, connections

from tests.benchmarks import harness

Work = Callable[[Any], str]
PATIENCE = 600.0


@dataclass
class Round:
    """One round: how long it took, what became of each item, and how long each took."""

    seconds: float
    whats: list[str] = field(repr=False)
    latencies: list[float] = field(repr=False)

    @property
    def outcomes(self) -> Counter[str]:
        return Counter(self.whats)

    @property
    def rate(self) -> float:
        return len(self.latencies) / self.seconds

    @property
    def p95_ms(self) -> float:
        return statistics.quantiles(self.latencies, n=20)[-1] * 1000


class Fleet:
    """So many processes; each can do every kind of `work` on whatever items it is handed."""

    def __init__(self, work: Mapping[str, Work], *, processes: int) -> None:
        context = multiprocessing.get_context("fork")
        connections.close_all()
        self._barrier = context.Barrier(processes + 1)
        self._members = []
        for _ in range(processes):
            ours, theirs = context.Pipe()
            member = context.Process(target=_serve, args=(theirs, self._barrier, work), daemon=True)
            member.start()
            self._members.append((member, ours))

    def run(self, name: str, items: Sequence[Any]) -> Round:
        """Deal the items out, let all processes begin at once, and return what came of it."""
        many = len(self._members)
        for position, (_, pipe) in enumerate(self._members):
            pipe.send((name, items[position::many]))
        self._barrier.wait(PATIENCE)
        begin = time.perf_counter()
        reports = [pipe.recv() for _, pipe in self._members]
        seconds = max(ended for ended, _ in reports) - begin
        done = [item for _, share in reports for item in share]
        return Round(seconds, [what for what, _ in done], [took for _, took in done])

    def dismiss(self) -> None:
        for member, pipe in self._members:
            pipe.send(None)
            member.join(30)


@contextmanager
def fleet(work: Mapping[str, Work], *, processes: int = 8) -> Iterator[Fleet]:
    """Have the processes for the length of a `with` block."""
    crew = Fleet(work, processes=processes)
    try:
        yield crew
    finally:
        crew.dismiss()


def alternately(
    reference: Callable[[], Round], product: Callable[[], Round]
) -> tuple[list[Round], list[Round]]:
    """Run a round of each without measuring, then both in turn, who begins changing each time."""
    reference()
    product()
    theirs: list[Round] = []
    ours: list[Round] = []
    for number in range(harness.ROUNDS):
        order = [(theirs, reference), (ours, product)]
        for rounds, call in order if number % 2 else reversed(order):
            rounds.append(call())
    return theirs, ours


def ratio_of_rates(theirs: Sequence[Round], ours: Sequence[Round]) -> float:
    """Return the median of the paired ratios of our rate to theirs."""
    return statistics.median(
        mine.rate / other.rate for mine, other in zip(ours, theirs, strict=True)
    )


def median_rate(rounds: Sequence[Round]) -> float:
    return statistics.median(one.rate for one in rounds)


def wait_for_the_disk() -> None:
    """Let every later commit wait for the disk, as those of a ledger must."""
    with connection.cursor() as cursor:
        name = connection.ops.quote_name(connection.settings_dict["NAME"])
        cursor.execute(f"ALTER DATABASE {name} SET synchronous_commit = on")
    connection.close()


def _serve(pipe: Any, barrier: Any, work: Mapping[str, Work]) -> None:
    connection.ensure_connection()
    while (order := pipe.recv()) is not None:
        name, items = order
        call = work[name]
        done = []
        barrier.wait(PATIENCE)
        for item in items:
            begin = time.perf_counter()
            outcome = call(item)
            done.append((outcome, time.perf_counter() - begin))
        pipe.send((time.perf_counter(), done))
    connections.close_all()
