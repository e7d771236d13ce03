"""Benchmark 7: eight processes claim codes of a list of a million, at 0 %, 50 % and 90 % claimed.

The reference picks by the pick column, in one statement, from a bare table with the same index, over the
same connection. Ours is the claim as an issue makes it: its one statement also asks the list's status
and end, and moves the list's counters. Beside it stands the rate of whole issues.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from tests.benchmarks import fleet, harness
from tests.benchmarks.fleet import Fleet, Round
from tests.benchmarks.voucher_data import fill
from tests.factories.directory import make_business
from tests.factories.vouchers import MORNING, make_campaign, make_list, make_partner
from tests.vouchers.conservation import lists_off
from vouchers.choices import Source
from vouchers.models import Campaign, VoucherList
from vouchers.recipients import of_email
from vouchers.services import codes, counting, issuing

CODES = 1_000_000 if harness.FULL else 20_000
CLAIMS = 4_000 if harness.FULL else 160
ISSUES = 1_000 if harness.FULL else 80
LEVELS = (0, 50, 90)
GOAL, FLATNESS = 0.3, 0.8
NOW = MORNING
UNTIL = NOW + timedelta(days=365)

TABLE = """
DROP TABLE IF EXISTS plain_code;
CREATE TABLE plain_code (
    id uuid PRIMARY KEY, list bigint NOT NULL, code text NOT NULL, pick_key bigint NOT NULL,
    state text NOT NULL
);
CREATE UNIQUE INDEX ON plain_code (list, code);
INSERT INTO plain_code
SELECT id, voucher_list_id, code, pick_key, state FROM vouchers_vouchercode;
CREATE INDEX ON plain_code (list, pick_key) WHERE state = 'available';
"""
# As if so many had been given out before, in the order of the pick key.
GIVE = """
UPDATE vouchers_vouchercode SET state = 'issued', given_at = %(at)s, redeem_until = %(until)s
WHERE voucher_list_id = %(list)s AND state = 'available' AND pick_key <= %(upto)s
"""
GIVE_PLAIN = """
UPDATE plain_code SET state = 'issued'
WHERE list = %(list)s AND state = 'available' AND pick_key <= %(upto)s
"""
PICK = """
UPDATE plain_code SET state = 'issued' WHERE id = (
    SELECT id FROM plain_code WHERE list = %s AND state = 'available'
    ORDER BY pick_key LIMIT 1 FOR UPDATE SKIP LOCKED
) RETURNING code
"""


@dataclass(frozen=True)
class Wish:
    """One code of the list; the number is in no other wish."""

    voucher_list: int
    campaign: int
    number: str


def by_hand(this: Wish) -> str:
    with connection.cursor() as cursor:
        cursor.execute(PICK, [this.voucher_list])
        return "claimed" if cursor.fetchone() else "none left"


def by_product(this: Wish) -> str:
    taken = codes.take(this.voucher_list, to="issued", at=NOW, until=UNTIL, least=NOW)
    return "claimed" if taken else "none left"


def whole_issue(this: Wish) -> str:
    return issuing.issue(
        campaign=Campaign(pk=this.campaign),
        recipient=of_email(f"{this.number}@home.example"),
        idempotency_key=this.number,
        source=Source.API,
        at=NOW,
    ).outcome.value


@pytest.fixture
def stock(transactional_db: None) -> Iterator[tuple[VoucherList, Campaign]]:
    """A list of a million codes and a campaign that gives them out."""
    sale = make_list(make_partner(make_business()))
    fill(sale, CODES)
    campaign = make_campaign(sale, max_per_recipient=100)
    fleet.wait_for_the_disk()
    with connection.cursor() as cursor:
        cursor.execute(TABLE)
        cursor.execute("VACUUM ANALYZE")
    connection.close()
    yield sale, campaign
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE plain_code")


def give_out(voucher_list: VoucherList, level: int) -> None:
    """Let so many percent of the codes have been claimed, in both tables."""
    values: dict[str, Any] = {
        "list": voucher_list.pk,
        "upto": CODES * level // 100,
        "at": NOW,
        "until": UNTIL,
    }
    with connection.cursor() as cursor:
        cursor.execute(GIVE_PLAIN, values)
        cursor.execute(GIVE, values)
        counting.count(voucher_list.pk, issued=cursor.rowcount)
        cursor.execute("VACUUM ANALYZE vouchers_vouchercode, plain_code")


def given(voucher_list: VoucherList) -> int:
    return voucher_list.codes.filter(state="issued").count()


def check(crew: Fleet) -> None:
    """Assert that eight processes empty a small list to the last code, and none goes out twice."""
    few = make_list(make_partner(make_business()))
    fill(few, 100)
    before = few.codes.filter(state="available").count()
    wishes = [Wish(few.pk, 0, f"check {number}") for number in range(150)]
    assert crew.run("product", wishes).outcomes == {"claimed": before, "none left": 50}
    assert given(few) == before
    assert lists_off() == []


def measured(
    crew: Fleet, sale: VoucherList, campaign: Campaign, level: int
) -> dict[str, list[Round]]:
    """Return the rounds by hand, by the product, and of whole issues."""
    numbers = itertools.count()

    def one_round(work: str, count: int, outcome: str) -> Round:
        name = f"{level}-{next(numbers)}"
        wishes = [Wish(sale.pk, campaign.pk, f"{name}-{number}") for number in range(count)]
        before = given(sale)
        done = crew.run(work, wishes)
        assert done.outcomes == {outcome: count}
        # Every claim is another code: none went out twice, none was lost.
        assert given(sale) - before == (0 if work == "by hand" else count)
        return done

    theirs, ours = fleet.alternately(
        lambda: one_round("by hand", CLAIMS, "claimed"),
        lambda: one_round("product", CLAIMS, "claimed"),
    )
    whole = [one_round("issue", ISSUES, "issued") for _ in range(harness.ROUNDS)]
    return {"by hand": theirs, "product": ours, "issue": whole}


def test_a_claim_costs_the_same_for_the_first_code_and_the_last(
    stock: tuple[VoucherList, Campaign],
) -> None:
    sale, campaign = stock
    rows, ratios, rates = [], {}, {}
    work: dict[str, fleet.Work] = {
        "by hand": by_hand,
        "product": by_product,
        "issue": whole_issue,
    }
    with fleet.fleet(work) as crew:
        check(crew)
        for level in LEVELS:
            give_out(sale, level)
            found = measured(crew, sale, campaign, level)
            ratios[level] = fleet.ratio_of_rates(found["by hand"], found["product"])
            rates[level] = fleet.median_rate(found["product"])
            speeds = [f"{fleet.median_rate(rounds):,.0f}" for rounds in found.values()]
            rows.append([f"{level} %", *speeds, f"{ratios[level]:.2f}"])
    assert lists_off() == []
    flatness = rates[90] / rates[0]
    harness.write(
        "claim_code",
        "7. Claiming a code",
        f"""Eight processes claim codes of a list of {CODES:,}, commits waiting for the disk. By hand is
one statement that picks by the pick column of a bare table. Ours asks the list's status and end in the
statement and moves its counters. A small list is emptied to the last code before, and after every round
as many codes are given out as claims were answered. Whole issues decide about the recipient, write
issuance, log and event. Goals: at least {GOAL} times the pick by hand (worst here
{min(ratios.values()):.2f}), the rate at 90 % at least {FLATNESS} times that at 0 % (here
{flatness:.2f}).""",
        ["claimed", "by hand/s", "ours/s", "whole issues/s", "ratio"],
        rows,
    )
    assert min(ratios.values()) >= GOAL
    assert flatness >= FLATNESS
