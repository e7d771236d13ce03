"""Benchmark 2: what a purchase earns, with amounts and resolution, at 10, 100, 1,000 active offers.

The reference is the plain loop of closures, which does less: it only says which offers match. Awards are
checked against the evaluation of one offer after the other, which is the rule as it is written.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import pytest

from events.facts import PurchaseFacts
from rewards.choices import ResolutionMode
from rewards.configuration import NO_HISTORY, Settings
from rewards.rules.evaluation import Outcome, evaluate, evaluate_plainly
from rewards.rules.snapshot import Snapshot
from tests.benchmarks import harness, reward_data

# The page of results names the database server; nothing here asks it.
pytestmark = [pytest.mark.django_db] if harness.FULL else []
SIZES = (10, 100, 1_000)
PURCHASES = 200
LOOPS = 5 if harness.FULL else 1
NOW = reward_data.SINCE


def all_of(
    configuration: Snapshot, purchases: Sequence[PurchaseFacts], *, explain: bool
) -> Callable[[], list[Outcome]]:
    ask = partial(evaluate, configuration=configuration, history=NO_HISTORY, now=NOW)
    return lambda: [ask(facts, explain=explain) for facts in purchases]


def check(configuration: Snapshot, purchases: Sequence[PurchaseFacts]) -> None:
    """Assert that awards and traces are those of the plain evaluation."""
    for facts in purchases:
        expected = evaluate_plainly(facts, configuration, NO_HISTORY, NOW)
        assert evaluate(facts, configuration, NO_HISTORY, NOW) == expected
        silent = evaluate(facts, configuration, NO_HISTORY, NOW, explain=False)
        assert silent.awards == expected.awards


def test_an_evaluation_costs_less_than_a_plain_loop_of_matching() -> None:
    rows, ratio, explained = [], 0.0, 0.0
    cases = [(size, 5, mode) for size in SIZES for mode in ResolutionMode]
    cases += [(SIZES[-1], 50, ResolutionMode.ALL)]
    for size, lines, mode in cases:
        purchases = reward_data.purchases(PURCHASES, lines)
        offers = reward_data.offers(size)
        configuration = Snapshot.of(offers, settings=Settings(mode=mode))
        check(configuration, purchases[:50])
        matching = reward_data.closures(offers)
        silent = all_of(configuration, purchases, explain=False)
        aloud = all_of(configuration, purchases, explain=True)
        pair = harness.paired(partial(_each, matching, purchases), silent, inner=LOOPS)
        words = harness.paired(silent, aloud, inner=LOOPS)
        if (size, lines) == (SIZES[-1], 5):
            ratio, explained = max(ratio, pair.ratio), max(explained, words.ratio)
        each = 1000 / PURCHASES
        rows.append(
            [f"{size:,}", str(lines), mode.value, f"{pair.reference_ms * each:.1f}",
             f"{pair.product_ms * each:.1f}", f"{pair.ratio:.2f}",
             f"{words.product_ms * each:.1f}", f"{words.ratio:.2f}"]
        )  # fmt: skip
    harness.write(
        "evaluate_purchase",
        "2. Evaluating a purchase",
        f"""What {PURCHASES} purchases earn: matching, amounts and resolution, without a database. The
reference is a plain loop of closures that only matches. Goals at 1,000 offers and 5 lines: at most 2
times that loop (worst here {ratio:.2f}); with a trace for every offer at most 5 times the evaluation
without (worst here {explained:.2f}).""",
        ["offers", "lines", "mode", "closures µs", "ours µs", "ratio", "explained µs", "ratio"],
        rows,
    )
    assert ratio <= 2
    assert explained <= 5


def _each(
    matching: Callable[[PurchaseFacts], list[int]], purchases: Sequence[PurchaseFacts]
) -> list[list[int]]:
    return [matching(facts) for facts in purchases]
