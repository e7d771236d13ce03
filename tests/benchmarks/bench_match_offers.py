"""Benchmark 1: which of 10, 100, 1,000 active offers hold for a purchase of five lines.

No database. The reference is a set of bits by hand that knows only the questions of these very offers;
what it finds, and what the product finds, is what a plain loop of closures finds.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

import pytest

from events.facts import PurchaseFacts
from rewards.configuration import NO_HISTORY, Offer
from rewards.rules.bits import members
from rewards.rules.index import Index
from rewards.rules.validity import Case
from tests.benchmarks import harness, reward_data

# The page of results names the database server; nothing here asks it.
pytestmark = [pytest.mark.django_db] if harness.FULL else []
T = TypeVar("T")
SIZES = (10, 100, 1_000)
PURCHASES = 200
LOOPS = 10 if harness.FULL else 2


Matcher = Callable[[PurchaseFacts], list[Offer]]


def matcher(index: Index) -> Matcher:
    """Return the product's matching, as the list of offers that evaluation goes on with."""

    def matching(facts: PurchaseFacts) -> list[Offer]:
        found = index.matching(facts, Case(facts, NO_HISTORY))
        return list(members(found, index.offers))

    return matching


def ids(found: list[list[Offer]]) -> list[list[int]]:
    return [[offer.id for offer in offers] for offers in found]


def all_of(
    matching: Callable[[PurchaseFacts], list[T]], purchases: Sequence[PurchaseFacts]
) -> Callable[[], list[list[T]]]:
    return lambda: [matching(facts) for facts in purchases]


def test_matching_costs_little_more_than_bare_bit_sets() -> None:
    purchases = reward_data.purchases(PURCHASES)
    rows, times, ratio = [], [], 0.0
    for size in SIZES:
        offers = reward_data.offers(size)
        loop = all_of(reward_data.closures(offers), purchases)
        reference = all_of(reward_data.bitsets(offers), purchases)
        product = all_of(matcher(Index.of(offers)), purchases)
        expected = loop()
        assert reference() == expected
        assert ids(product()) == expected
        pair = harness.paired(reference, product, inner=LOOPS)
        looped = harness.milliseconds(loop, inner=LOOPS)
        times.append(pair.product_ms)
        ratio = pair.ratio
        each = 1000 / PURCHASES
        rows.append(
            [f"{size:,}", f"{sum(map(len, expected)) / PURCHASES:.1f}",
             f"{looped * each:.1f}", f"{pair.reference_ms * each:.2f}",
             f"{pair.product_ms * each:.2f}", f"{pair.ratio:.2f}"]
        )  # fmt: skip
    growth = harness.exponent(SIZES, times)
    rebuild, change = rebuild_and_change(reward_data.offers(SIZES[-1]), purchases[0])
    harness.write(
        "match_offers",
        "1. Matching offers",
        f"""The offers that hold for a purchase of five lines, {PURCHASES} purchases in all hours of
some weeks. The reference is a set of bits written by hand for the questions of these very offers;
the product asks its other questions as well (state, availability, activation, currency, membership,
blocks). Goals: at most 2 times the reference at 1,000 offers (here {ratio:.2f}), growth from 10 to
1,000 offers at most n^0.5 (here n^{growth:.2f}), a change of one offer with the first purchase after
it at most 1/20 of compiling all 1,000 (here 1/{rebuild / change:.0f}: {change:.2f} ms of
{rebuild:.1f} ms).""",
        ["offers", "matches", "closures µs", "bits µs", "ours µs", "ours / bits"],
        rows,
    )
    assert ratio <= 2
    assert growth <= 0.5
    assert change <= rebuild / 20


def rebuild_and_change(offers: list[Offer], facts: PurchaseFacts) -> tuple[float, float]:
    """Return the milliseconds of a full compilation and of one change, each with a match after it."""
    index = Index.of(offers)
    old = offers[len(offers) // 2]
    new = replace(old, version=2, conditions=offers[0].conditions)
    changed = [new if offer is old else offer for offer in offers]
    expected = matcher(Index.of(changed))(facts)
    assert matcher(index.with_offer(new))(facts) == expected
    rebuilds, changes = [], []
    for _ in range(harness.ROUNDS):
        begin = time.perf_counter()
        matcher(Index.of(changed))(facts)
        middle = time.perf_counter()
        matcher(index.with_offer(new))(facts)
        rebuilds.append(middle - begin)
        changes.append(time.perf_counter() - middle)
    middle_one = harness.ROUNDS // 2
    return sorted(rebuilds)[middle_one] * 1000, sorted(changes)[middle_one] * 1000
