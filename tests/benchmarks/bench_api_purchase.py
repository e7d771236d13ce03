"""Benchmark 4: purchases through HTTP, beside a view that does the same in SQL by hand.

Both views stand under one granian with two workers and the whole middleware; eight connections stay
open and send one purchase after the other. The reference does what cannot be left out: key, event,
lines, lot, account, entry, posting, two balances, answer. The batch is held against the same view, a
purchase a call.
"""

from __future__ import annotations

import http.client
import itertools
import json
import os
import random
import signal
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection

from core.clock import now
from directory.models import Contact, Organisation
from directory.services import api_keys
from events.models import BusinessEvent
from tests.benchmarks import fleet, harness, wallet_data
from tests.benchmarks.bench_post_award import DROP, TABLES
from tests.benchmarks.fleet import Fleet, Round
from tests.factories.floor import make_product
from tests.factories.rewards import make_offer, make_scheme
from wallet.verification import verify

ROOT = Path(__file__).resolve().parents[2]
CONTACTS = 100_000 if harness.FULL else 500
OFFERS = 500 if harness.FULL else 20
CALLS = 800 if harness.FULL else 48
BATCH = 1_000 if harness.FULL else 40
# A key has fifty calls a second; so many tills stand at the door.
KEYS = 60
GOAL, P99_GOAL, BATCH_GOAL = 0.6, 3.0, 1 / 3
LINES = "CREATE TABLE by_hand_line (event bigint REFERENCES by_hand_event, number int, sku text,"
LINES += " total numeric, PRIMARY KEY (event, number))"


@dataclass
class Place:
    """Where to send, as whom, and about whom."""

    port: int
    secrets: list[str]
    codes: list[str]


Call = tuple[int, str, str, str, str]


def send(call: Call) -> str:
    """Send one purchase on the process's open connection; return the status."""
    port, path, secret, key, body = call
    line = _lines.get(port)
    if line is None:
        line = _lines[port] = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {
        "Authorization": f"Bearer {secret}",
        "Idempotency-Key": key,
        "Content-Type": "application/json",
    }
    line.request("POST", path, body, headers)
    answer = line.getresponse()
    text = answer.read()
    return str(answer.status) if answer.status in {201, 207} else f"{answer.status} {text[:200]!r}"


_lines: dict[int, http.client.HTTPConnection] = {}


def purchase(code: str, reference: str) -> dict[str, Any]:
    """Return a purchase of three lines that earns 5 %: 2.50."""
    line = {"quantity": "1", "tax": "0.00"}
    return {
        "reference_number": reference,
        "contact": {"code": code},
        "currency": "EUR",
        "amounts": {"net": "50.00", "tax": "0.00", "total": "50.00"},
        "lines": [
            {"sku": sku, **line, "net": total, "total": total}
            for sku, total in (("A", "20.00"), ("B", "20.00"), ("C", "10.00"))
        ],
    }


def calls(place: Place, path: str, name: str) -> list[Call]:
    drawn = random.Random(name)
    return [
        (
            place.port,
            path,
            place.secrets[number % KEYS],
            f"{name}-{number}",
            json.dumps(purchase(drawn.choice(place.codes), f"{name}-{number}")),
        )
        for number in range(CALLS)
    ]


def p99(rounds: Sequence[Round]) -> float:
    every = [seconds for one in rounds for seconds in one.latencies]
    return statistics.quantiles(every, n=100)[-1] * 1000


@contextmanager
def serving() -> Iterator[int]:
    """Run the application with two workers on the benchmark's database; yield its port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    database = connection.settings_dict
    # A folder stands for the socket in it, a name for a host.
    host = str(database["HOST"])
    where = f"/{host}" if host.startswith("/") else f"{host}:{database['PORT'] or 5432}"
    server = subprocess.Popen(
        [
            sys.executable, "-m", "granian", "--interface", "wsgi", "--workers", "2",
            "--blocking-threads", "4", "--host", "127.0.0.1", "--port", str(port), "--no-log",
            "tests.benchmarks.api_server:application",
        ],
        cwd=ROOT,
        env={
            **os.environ,
            "DATABASE_URL": f"postgres://{_login(database)}@{where}/{database['NAME']}",
            "SECRET_KEY": "only-for-a-benchmark-" * 4,
            "SITE_URL": f"http://127.0.0.1:{port}",
            "ALLOW_HTTP": "1",
            "LOG_LEVEL": "ERROR",
            "DEBUG": "0",
        },
        start_new_session=True,
    )  # fmt: skip
    try:
        _wait_for(port, server)
        yield port
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(30)


def _login(database: dict[str, Any]) -> str:
    user, password = (quote(str(database[name] or ""), safe="") for name in ("USER", "PASSWORD"))
    return f"{user}:{password}" if password else user


def _wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 120
    while True:
        assert server.poll() is None, "the server ended"
        assert time.monotonic() < deadline, "the server does not answer"
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            line.request("GET", "/health/live")
            if line.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.2)
        finally:
            line.close()


@pytest.fixture
def club(transactional_db: None) -> Iterator[Organisation]:
    """A business with its contacts, wallets and offers, of which one awards."""
    (owner,) = wallet_data.businesses(1)
    scheme = make_scheme(owner, "Club")
    make_offer(scheme, "5%", percentage="5")
    for number in range(OFFERS - 1):
        make_offer(scheme, f"Rare {number}", amount="1.00", minimum="9999.00")
    for sku in "ABC":
        make_product(owner, sku)
    wallet_data.add_wallets([owner], start=0, count=CONTACTS)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS by_hand_line")
        cursor.execute(DROP)
        cursor.execute(TABLES)
        cursor.execute(LINES)
    fleet.wait_for_the_disk()
    wallet_data.settle()
    yield owner
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS by_hand_line")
        cursor.execute(DROP)


def keys_of(owner: Organisation) -> list[str]:
    return [
        api_keys.create(
            organisation=owner, name=f"Till {n}", scopes=["events:write"], actor=None, at=now()
        )[1]
        for n in range(KEYS)
    ]


def rounds_of(crew: Fleet, place: Place, path: str, name: str) -> Callable[[], Round]:
    numbers = itertools.count()

    def one_round() -> Round:
        done = crew.run("send", calls(place, path, f"{name}{next(numbers)}"))
        assert done.outcomes == {"201": CALLS}, done.outcomes
        return done

    return one_round


def batch_rate(place: Place) -> float:
    """Return purchases a second of one call with many, on one connection."""
    items = [
        {
            "kind": "purchases",
            "idempotency_key": f"batch-{number}",
            "body": purchase(place.codes[number % len(place.codes)], f"batch-{number}"),
        }
        for number in range(BATCH)
    ]
    body = json.dumps({"events": items})
    begin = time.perf_counter()
    status = send((place.port, "/api/v1/events/batch", place.secrets[0], "unused", body))
    assert status == "207"
    return BATCH / (time.perf_counter() - begin)


def single_rate(place: Place) -> float:
    """Return purchases a second by hand on one connection, a purchase a call."""
    given = calls(place, "/by-hand", "single")[:BATCH]
    begin = time.perf_counter()
    assert {send(call) for call in given} == {"201"}
    return len(given) / (time.perf_counter() - begin)


def test_a_purchase_over_http_costs_little_more_than_its_sql(club: Organisation) -> None:
    codes = list(Contact.objects.filter(business=club).values_list("code", flat=True))
    with fleet.fleet({"send": send}) as crew, serving() as port:
        place = Place(port, keys_of(club), codes)
        theirs, ours = fleet.alternately(
            rounds_of(crew, place, "/by-hand", "h"),
            rounds_of(crew, place, "/api/v1/events/purchases", "p"),
        )
        in_batch, by_hand = batch_rate(place), single_rate(place)
        for line in _lines.values():
            line.close()
        _lines.clear()
    assert BusinessEvent.objects.count() == CALLS * (harness.ROUNDS + 1) + BATCH
    assert verify() == []
    ratio, slowest = fleet.ratio_of_rates(theirs, ours), p99(ours) / p99(theirs)
    harness.write(
        "api_purchase",
        "4. Purchases over HTTP",
        f"""{CONTACTS:,} contacts, {OFFERS} active offers, granian with two workers, eight connections,
commits that wait for the disk; load, server and database share the cores. The product authenticates,
counts the key's calls, keeps the answer, evaluates all offers, awards, explains and logs; the reference
is a view with the bare steps of an award in SQL. Goals: at least {GOAL} of its rate (here {ratio:.2f}),
the slowest percent at most {P99_GOAL:.0f} times as slow (here {slowest:.1f}); a batch of {BATCH:,} at
least a third of the rate by hand on one connection (here {in_batch / by_hand:.2f}). Half of what a
single call costs beyond the reference is Python that the reference has nothing of (rows of the model,
evaluation, explanations), half are statements of its own; one stored procedure would reach the rate,
and nobody could read it.""",
        ["", "by hand", "ours", "ratio"],
        [
            ["requests/s", f"{fleet.median_rate(theirs):,.0f}", f"{fleet.median_rate(ours):,.0f}",
             f"{ratio:.2f}"],
            ["p99 ms", f"{p99(theirs):.0f}", f"{p99(ours):.0f}", f"{slowest:.1f}"],
            ["batch, purchases/s", f"{by_hand:,.0f}", f"{in_batch:,.0f}",
             f"{in_batch / by_hand:.2f}"],
        ],
    )  # fmt: skip
    assert ratio >= GOAL
    assert slowest <= P99_GOAL
    assert in_batch / by_hand >= BATCH_GOAL
