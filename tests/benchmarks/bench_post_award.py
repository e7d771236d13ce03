"""Benchmark 3: eight processes grant awards, spread over 100 businesses and all at one.

The product's side is `awards.grant` with the row of the event that earned the award, in one
transaction. The reference does the same in steps by hand, on bare tables with the same keys: key,
event, wallet locked, lot, account, cost locked, entry, posting, two balances, answer.
"""

from __future__ import annotations

import functools
import itertools
import random
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from core.statements import insert_first
from directory.models import Organisation
from events.models import BusinessEvent
from events.services.intake import ONE_NUMBER
from tests.benchmarks import fleet, harness, wallet_data
from tests.benchmarks.fleet import Fleet, Round
from tests.wallet.money import NOW
from wallet.commands import Actor
from wallet.errors import Refusal
from wallet.models import CommercePoolVersion, Lot, Wallet
from wallet.services import awards
from wallet.verification import verify

# A wallet, its business, and what makes the award the only one of its kind.
Item = tuple[int, int, str]
CONTACTS = 100_000 if harness.FULL else 2_000
BUSINESSES = 100 if harness.FULL else 20
OLD_AWARDS = 100_000 if harness.FULL else 2_000
AWARDS = 1_200 if harness.FULL else 120
MINOR = 250
SPREAD, HOT = 0.35, 0.5
TILL = Actor("till:1")

DROP = """
DROP TABLE IF EXISTS by_hand_posting, by_hand_entry, by_hand_account, by_hand_lot, by_hand_event,
    by_hand_key, by_hand_wallet
"""
TABLES = """
CREATE TABLE by_hand_wallet (id bigint PRIMARY KEY, business bigint NOT NULL);
CREATE TABLE by_hand_key (
    business bigint NOT NULL, key text NOT NULL, fingerprint text NOT NULL, answer jsonb,
    PRIMARY KEY (business, key)
);
CREATE TABLE by_hand_event (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, business bigint NOT NULL,
    wallet bigint NOT NULL REFERENCES by_hand_wallet, reference text NOT NULL,
    performed_at timestamptz NOT NULL, UNIQUE (business, reference)
);
CREATE TABLE by_hand_lot (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    wallet bigint NOT NULL REFERENCES by_hand_wallet,
    event bigint NOT NULL REFERENCES by_hand_event, minor bigint NOT NULL CHECK (minor > 0),
    expires_at timestamptz NOT NULL
);
CREATE INDEX ON by_hand_lot (wallet);
CREATE TABLE by_hand_account (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, business bigint,
    lot bigint UNIQUE REFERENCES by_hand_lot, balance bigint NOT NULL, version bigint NOT NULL
);
CREATE TABLE by_hand_entry (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, business bigint NOT NULL,
    key text NOT NULL, posted_at timestamptz NOT NULL,
    FOREIGN KEY (business, key) REFERENCES by_hand_key
);
CREATE TABLE by_hand_posting (
    entry bigint NOT NULL REFERENCES by_hand_entry,
    account bigint NOT NULL REFERENCES by_hand_account, amount bigint NOT NULL,
    version bigint NOT NULL, after bigint NOT NULL, UNIQUE (account, version)
);
CREATE UNIQUE INDEX ON by_hand_account (business) WHERE lot IS NULL;
INSERT INTO by_hand_wallet SELECT id, business_id FROM wallet_wallet;
INSERT INTO by_hand_account (business, balance, version)
SELECT DISTINCT business_id, 0, 0 FROM wallet_wallet;
WITH events AS (
    INSERT INTO by_hand_event (business, wallet, reference, performed_at)
    SELECT business_id, wallet_id, reference, awarded_at FROM wallet_lot RETURNING id, wallet
), lots AS (
    INSERT INTO by_hand_lot (wallet, event, minor, expires_at)
    SELECT wallet, id, 1000, now() FROM events RETURNING id
)
INSERT INTO by_hand_account (lot, balance, version) SELECT id, 1000, 1 FROM lots;
"""


def by_hand(item: Item) -> str:
    """Grant an award as somebody would who wrote the SQL for this alone."""
    wallet, business, key = item
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO by_hand_key VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
            [business, key, key],
        )
        if not cursor.rowcount:
            return "replayed"
        event = one(
            cursor,
            "INSERT INTO by_hand_event (business, wallet, reference, performed_at)"
            " VALUES (%s, %s, %s, %s) RETURNING id",
            [business, wallet, key, NOW],
        )
        one(cursor, "SELECT id FROM by_hand_wallet WHERE id = %s FOR NO KEY UPDATE", [wallet])
        lot = one(
            cursor,
            "INSERT INTO by_hand_lot (wallet, event, minor, expires_at) VALUES (%s, %s, %s, %s)"
            " RETURNING id",
            [wallet, event, MINOR, NOW],
        )
        account = one(
            cursor,
            "INSERT INTO by_hand_account (lot, balance, version) VALUES (%s, 0, 0) RETURNING id",
            [lot],
        )
        entry = one(
            cursor,
            "INSERT INTO by_hand_entry (business, key, posted_at) VALUES (%s, %s, now())"
            " RETURNING id",
            [business, key],
        )
        cursor.execute(
            "SELECT id, balance, version FROM by_hand_account WHERE business = %s AND lot IS NULL"
            " FOR NO KEY UPDATE",
            [business],
        )
        cost, balance, version = cursor.fetchone() or (0, 0, 0)
        cursor.execute(
            "INSERT INTO by_hand_posting VALUES (%s, %s, %s, %s, %s), (%s, %s, %s, 1, %s)",
            [entry, cost, -MINOR, version + 1, balance - MINOR, entry, account, MINOR, MINOR],
        )
        for pk, change in ((account, MINOR), (cost, -MINOR)):
            cursor.execute(
                "UPDATE by_hand_account SET balance = balance + %s, version = version + 1"
                " WHERE id = %s",
                [change, pk],
            )
        cursor.execute(
            "UPDATE by_hand_key SET answer = jsonb_build_object('lot', %s::bigint)"
            " WHERE business = %s AND key = %s",
            [lot, business, key],
        )
    return "done"


def one(cursor: CursorWrapper, sql: str, values: list[Any]) -> int:
    cursor.execute(sql, values)
    return int(cursor.fetchone()[0])


@functools.cache
def version_of(business: int) -> CommercePoolVersion:
    """Return the pool's version that the process has in memory, as it has the offers."""
    return wallet_data.default_version(Organisation.objects.get(pk=business))


def by_product(item: Item) -> str:
    """Record the event and grant its award, in one transaction, by the services."""
    number, business, key = item
    with transaction.atomic():
        event = BusinessEvent(
            business_id=business,
            type="purchase",
            contact_id=number,
            organisation_id=business,
            time_zone="UTC",
            performed_at=NOW,
            received_at=NOW,
            status_changed_at=NOW,
            reference_number=key,
        )
        assert insert_first(event, (), index=ONE_NUMBER)
        return grant((number, business, key, key))


def grant(item: tuple[int, int, str, str]) -> str:
    """Grant an award; return the code of a refusal."""
    number, business, reference, key = item
    version = version_of(business)
    wallet = Wallet(
        pk=number,
        holder_id=number,
        contact_id=number,
        business=version.pool.business,
        currency="EUR",
    )
    award = awards.Award(f"bench:{reference}", MINOR, version, f"events.purchase:{reference}")
    try:
        awards.grant(wallet=wallet, award=award, key=key, actor=TILL, at=NOW)
    except Refusal as refusal:
        return refusal.code
    return "done"


@pytest.fixture
def owners(transactional_db: None) -> Iterator[list[Organisation]]:
    """100 businesses with their contacts, and awards granted before."""
    owners = wallet_data.businesses(BUSINESSES)
    wallet_data.add_wallets(owners, start=0, count=CONTACTS)
    loaded = wallet_data.add_wallets(owners[:1], start=CONTACTS, count=OLD_AWARDS // 10)
    wallet_data.add_lots(owners[0], loaded, each=10)
    with connection.cursor() as cursor:
        cursor.execute(DROP)
        cursor.execute(TABLES)
    fleet.wait_for_the_disk()
    wallet_data.settle()
    _wallets.cache_clear()
    yield owners
    with connection.cursor() as cursor:
        cursor.execute(DROP)


def items(owners: Sequence[Organisation], round_name: str, count: int) -> list[Item]:
    """Return awards for contacts drawn over all owners, none twice in a round."""
    ids = {owner.pk for owner in owners}
    every = [(pk, business) for pk, business in _wallets() if business in ids]
    drawn = random.Random(round_name).sample(every, count)
    return [(pk, business, f"{round_name}-{pk}") for pk, business in drawn]


@functools.cache
def _wallets() -> list[tuple[int, int]]:
    return list(Wallet.objects.order_by("pk").values_list("pk", "business_id"))


def check(crew: Fleet, owners: Sequence[Organisation]) -> None:
    """Assert that a key and a reference count once, whoever repeats them at the same time."""
    wallet, business, _ = items(owners[:1], "check", 1)[0]
    before = Lot.objects.count()
    crew.run("grant", [(wallet, business, "one key", "one key")] * 40)
    assert Lot.objects.count() == before + 1
    crew.run(
        "grant",
        [(wallet, business, f"capped {number % 20}", f"try {number}") for number in range(160)],
    )
    assert Lot.objects.count() == before + 21
    assert verify() == []


def measured(crew: Fleet, owners: Sequence[Organisation], name: str) -> tuple[float, float, float]:
    """Return awards a second by hand and by the product, and the median of the paired ratios."""
    numbers = itertools.count()

    def one_round(work: str) -> Round:
        given = items(owners, f"{name} {next(numbers)}", AWARDS)
        done = crew.run(work, given)
        assert done.outcomes == {"done": AWARDS}
        return done

    theirs, ours = fleet.alternately(lambda: one_round("by hand"), lambda: one_round("product"))
    return fleet.median_rate(theirs), fleet.median_rate(ours), fleet.ratio_of_rates(theirs, ours)


def test_an_award_costs_at_most_three_times_its_bare_steps(owners: list[Organisation]) -> None:
    work: dict[str, fleet.Work] = {"by hand": by_hand, "product": by_product, "grant": grant}
    with fleet.fleet(work) as crew:
        check(crew, owners)
        spread = measured(crew, owners, "spread")
        hot = measured(crew, owners[:1], "hot")
    assert verify() == []
    rows = [
        [f"{many:,}", f"{theirs:,.0f}", f"{ours:,.0f}", f"{ratio:.2f}", f"{goal:.2f}"]
        for many, goal, (theirs, ours, ratio) in (
            (BUSINESSES, SPREAD, spread),
            (1, HOT, hot),
        )
    ]
    harness.write(
        "post_award",
        "3. Granting awards",
        f"""Eight processes, {CONTACTS:,} contacts, {OLD_AWARDS:,} awards granted before, commits that
wait for the disk. The product records the event and grants its award by `awards.grant`, in one
transaction, with every guard of the ledger; the reference does the same in steps by hand on bare
tables with the same keys. A repeated key gives one award, 160 attempts at 20 awards give 20, and the
books add up. Goals: at least {SPREAD} times the reference's rate over {BUSINESSES} businesses (here
{spread[2]:.2f}), and {HOT} times with one business, whose account everybody needs (here
{hot[2]:.2f}).""",
        ["businesses", "by hand/s", "ours/s", "ratio", "goal"],
        rows,
    )
    assert spread[2] >= SPREAD
    assert hot[2] >= HOT
