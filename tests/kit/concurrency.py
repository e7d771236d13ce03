"""Two callers on two connections, without sleeping and hoping.

`meeting` makes a race certain: the first caller's transaction stays open until PostgreSQL reports that
the second waits for it. `together` starts any number at one moment;
`beside` lets the test go on while one runs. An exception is an outcome too.
Both need `transactional_db`: other connections see only what was committed.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from threading import Barrier, Event
from typing import Any

from django.db import connection, connections, transaction

PATIENCE = 30.0
Call = Callable[[], Any]


def meeting(first: Call, second: Call, *, commit: bool = True) -> tuple[Any, Any]:
    """Run `second` while `first` has acted but not committed; return both outcomes.

    Without `commit` the first one's transaction is rolled back in the end, as by a killed process.
    """
    acted = Event()

    def lead() -> Any:
        try:
            with transaction.atomic():
                outcome = first()
                acted.set()
                _wait_until_met(follower)
                transaction.set_rollback(not commit)
            return outcome
        finally:
            acted.set()

    def follow() -> Any:
        assert acted.wait(PATIENCE)
        return second()

    with ThreadPoolExecutor(2) as pool:
        follower = pool.submit(_outcome_of, follow)
        leader = pool.submit(_outcome_of, lead)
        return leader.result(), follower.result()


def together(*calls: Call) -> list[Any]:
    """Run the calls on a connection each, all starting at once; return their outcomes in order."""
    barrier = Barrier(len(calls))

    def begin(call: Call) -> Any:
        connection.ensure_connection()
        barrier.wait(PATIENCE)
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        futures = [pool.submit(_outcome_of, begin, call) for call in calls]
        return [future.result() for future in futures]


def beside(call: Call, *, pace: float = 0.5) -> Iterator[None]:
    """Run the call on a connection of its own, and yield until it is over; raise what it raised.

    After each turn of the test the call has `pace` seconds to itself.
    """
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(_outcome_of, call)
        while not running.done():
            yield
            wait([running], pace)
        if isinstance(error := running.result(), Exception):
            raise error


def split(outcomes: Sequence[Any]) -> tuple[list[Any], list[Exception]]:
    """Tell what was returned from what was raised."""
    raised = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    return [outcome for outcome in outcomes if not isinstance(outcome, Exception)], raised


def _outcome_of(call: Callable[..., Any], *args: Any) -> Any:
    try:
        return call(*args)
    except Exception as error:  # noqa: BLE001 - a refusal is what a race test looks for
        return error
    finally:
        connections.close_all()


def _wait_until_met(follower: Future[Any]) -> None:
    """Return once another connection waits for a lock of this one, or its call is over."""
    deadline = time.monotonic() + PATIENCE
    with connection.cursor() as cursor:
        while not follower.done():
            assert time.monotonic() < deadline, "the second call never met the first"
            # Within a transaction the view is read once and kept, unless it is cleared.
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(
                "SELECT EXISTS (SELECT FROM pg_stat_activity"
                " WHERE pg_backend_pid() = ANY(pg_blocking_pids(pid)))"
            )
            if cursor.fetchone()[0]:
                return
            time.sleep(0.01)
