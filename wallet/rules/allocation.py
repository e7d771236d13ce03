"""Which lots pay for which lines (wallet.md 5.3, Annex B).

Lots are taken in the order of priority, and each gives as much as fits. An earlier lot that stands in
the way is re-routed to another line that it also matches. That is a maximum flow built by augmenting
paths, one source after the other, and so the total is the largest possible and, among all largest,
as much as possible comes from the first lots.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise

# A node of the search: a lot or a line, and its position.
_Node = tuple[bool, int]
_LOT, _LINE = True, False


@dataclass(frozen=True, slots=True)
class Allocation:
    """What each lot gives in all, and to which line: `matrix[lot][line]`."""

    taken: tuple[int, ...]
    matrix: tuple[tuple[int, ...], ...]

    @property
    def total(self) -> int:
        return sum(self.taken)


def allocate(
    lots: Sequence[int],
    lines: Sequence[int],
    matches: Sequence[Collection[int]],
    *,
    cap: int | None = None,
) -> Allocation:
    """Return how much each lot gives to each line, in whole minor units.

    `lots` are amounts in the order of priority, `lines` capacities, `matches[i]` the positions of the
    lines that lot i may pay for. At most `cap` is given in all.
    """
    search = _Search(lines, matches, len(lots))
    left = sum(lots) if cap is None else max(cap, 0)
    taken = []
    for lot, amount in enumerate(lots):
        got = search.give(lot, min(amount, left))
        taken.append(got)
        left -= got
    return Allocation(tuple(taken), tuple(tuple(row) for row in search.flow))


class _Search:
    """The flow so far and what is free of each line."""

    def __init__(self, lines: Sequence[int], matches: Sequence[Collection[int]], lots: int) -> None:
        self.free = list(lines)
        self.matches = [sorted(positions) for positions in matches]
        self.flow = [[0] * len(lines) for _ in range(lots)]
        # The lots that pay for a line at present, in the order in which they came to it.
        self.payers: list[dict[int, None]] = [{} for _ in lines]

    def give(self, lot: int, amount: int) -> int:
        """Let the lot give up to the amount and return how much went in."""
        got = 0
        while got < amount:
            step = self._augment(lot, amount - got)
            if not step:
                break
            got += step
        return got

    def _augment(self, lot: int, amount: int) -> int:
        """Send what one shortest path carries from the lot to a line with room; 0 if there is none."""
        path = self._path_from(lot)
        if not path:
            return 0
        steps = list(pairwise(path))
        back = [self.flow[b][a] for (kind, a), (_, b) in steps if kind is _LINE]
        step = min([amount, self.free[path[-1][1]], *back])
        for (kind, a), (_, b) in steps:
            if kind is _LOT:
                self._move(a, b, step)
            else:
                self._move(b, a, -step)
        self.free[path[-1][1]] -= step
        return step

    def _move(self, lot: int, line: int, amount: int) -> None:
        self.flow[lot][line] += amount
        if self.flow[lot][line]:
            self.payers[line][lot] = None
        else:
            self.payers[line].pop(lot, None)

    def _path_from(self, lot: int) -> list[_Node]:
        """Return lot, line, lot, …, line: the last has room, each lot in between can be re-routed."""
        start: _Node = (_LOT, lot)
        came: dict[_Node, _Node | None] = {start: None}
        queue = deque([start])
        while queue:
            node = queue.popleft()
            kind, position = node
            if kind is _LINE and self.free[position]:
                return self._walk_back(node, came)
            ways: list[_Node] = (
                [(_LINE, line) for line in self.matches[position]]
                if kind is _LOT
                else [(_LOT, other) for other in self.payers[position]]
            )
            for way in ways:
                if way not in came:
                    came[way] = node
                    queue.append(way)
        return []

    @staticmethod
    def _walk_back(node: _Node, came: dict[_Node, _Node | None]) -> list[_Node]:
        path: list[_Node] = []
        step: _Node | None = node
        while step is not None:
            path.append(step)
            step = came[step]
        return path[::-1]
