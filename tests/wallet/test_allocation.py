"""The choice of lots: the examples of wallet.md 5.3, and every small case against exhaustive search."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wallet.rules.allocation import allocate

FOOD, DRINKS, OTHER = {0}, {1}, {2}
EXAMPLES = {
    "E1": ([500, 700, 2000], [1200, 800], [{0}, {0, 1}, {0, 1}], 2000, [500, 700, 800]),
    "E2": ([1000, 1000], [1000, 1000], [{0, 1}, {0}], 2000, [1000, 1000]),
    "E3": ([6000, 5000], [10000], [{0}, {0}], 9000, [6000, 3000]),
    "E4": ([300, 400], [500, 250], [{1}, {0, 1}], 750, [250, 400]),
    "E5": ([175, 1000], [640, 360], [{0}, {1}], 1000, [175, 360]),
    "E6": (
        [500, 700, 2000],
        [1200, 800, 3000],
        [{0}, {0, 1}, {0, 1, 2}],
        4500,
        [500, 700, 2000],
    ),
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_examples_of_the_specification_hold(name: str) -> None:
    lots, lines, matches, cap, expected = EXAMPLES[name]
    assert list(allocate(lots, lines, matches, cap=cap).taken) == expected


small = st.integers(0, 4)


@st.composite
def cases(draw: st.DrawFn) -> tuple[list[int], list[int], list[set[int]], int]:
    lines = draw(st.lists(small, min_size=1, max_size=4))
    lots = draw(st.lists(small, min_size=1, max_size=4))
    positions = st.sets(st.integers(0, len(lines) - 1))
    matches = [draw(positions) for _ in lots]
    return lots, lines, matches, draw(st.integers(0, sum(lots) + 1))


def can_be_carried(taken: tuple[int, ...], lines: list[int], matches: list[set[int]]) -> bool:
    """Tell by Hall's theorem whether the amounts fit: each set of lots into the lines it matches."""
    for chosen in product([False, True], repeat=len(taken)):
        wanted = sum(minor for minor, is_in in zip(taken, chosen, strict=True) if is_in)
        reached = set().union(
            *(lines_of for lines_of, is_in in zip(matches, chosen, strict=True) if is_in)
        )
        if wanted > sum(lines[line] for line in reached):
            return False
    return True


@given(cases())
def test_the_total_is_the_largest_and_the_earliest_lots_give_most(
    case: tuple[list[int], list[int], list[set[int]], int],
) -> None:
    lots, lines, matches, cap = case
    possible = [
        taken
        for taken in product(*(range(lot + 1) for lot in lots))
        if sum(taken) <= cap and can_be_carried(taken, lines, matches)
    ]
    best = max(possible, key=lambda taken: (sum(taken), taken))
    choice = allocate(lots, lines, matches, cap=cap)
    assert choice.taken == best
    for lot, row in enumerate(choice.matrix):
        assert sum(row) == choice.taken[lot]
        assert all(minor >= 0 for minor in row)
        assert all(not minor or line in matches[lot] for line, minor in enumerate(row))
    for line, capacity in enumerate(lines):
        assert sum(row[line] for row in choice.matrix) <= capacity


def test_five_hundred_lots_over_a_long_receipt_are_chosen_in_full() -> None:
    lots, lines = [10] * 500, [100] * 40
    choice = allocate(lots, lines, [range(40)] * 500)
    assert choice.total == 4000
    assert choice.taken == tuple([10] * 400 + [0] * 100)
