"""How a purchase is paid from the pockets (wallet.md 5.2-5.5, 6.1): commerce money that matches, then
redeemed money whose origin is traced, then the business pocket, then the open pocket."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from wallet.rules.allocation import allocate
from wallet.rules.rounding import capped

COMMERCE_SHARE = 90
OLDEST = timedelta(days=7)
FURTHEST_AHEAD = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class LotFunds:
    """What a lot has, in the order of priority, and the capacities that it may pay for."""

    lot_id: int
    minor: int
    positions: frozenset[int]


@dataclass(frozen=True, slots=True)
class Funds:
    """All that may be used for the purchase; `redeemed` are traced amounts, the oldest first."""

    lots: Sequence[LotFunds] = ()
    redeemed: Sequence[tuple[int, int]] = ()
    business: int = 0
    open: int = 0


@dataclass(frozen=True, slots=True)
class Basket:
    """The lines as capacities. A line has a net part and, beyond it, a tax part: money that reduces
    the price before tax fits into the first alone (wallet.md 5.3.3)."""

    total: int
    instant: int
    net: tuple[int, ...]
    tax: tuple[int, ...]

    @property
    def capacities(self) -> list[int]:
        return [*self.net, *self.tax]

    @property
    def payable(self) -> int:
        return max(self.total - self.instant, 0)

    def positions(self, lines: frozenset[int], *, before_tax: bool) -> frozenset[int]:
        """Return the capacities that money matching the lines may fill."""
        if before_tax:
            return lines
        return lines | {len(self.net) + line for line in lines}

    def line_of(self, position: int) -> int:
        return position % len(self.net)


@dataclass(frozen=True, slots=True)
class Plan:
    """What is taken: of each lot for each line, of each traced amount, and of the open pockets."""

    # A line is missing where an instant award pays, which lies on the lines already.
    commerce: tuple[tuple[int, int | None, int], ...] = ()
    redeemed: tuple[tuple[int, int], ...] = ()
    business: int = 0
    open: int = 0
    considered: dict[str, Any] | None = None

    @property
    def commerce_total(self) -> int:
        return sum(minor for _, _, minor in self.commerce)

    @property
    def redeemed_total(self) -> int:
        return sum(minor for _, minor in self.redeemed)

    @property
    def total(self) -> int:
        return self.commerce_total + self.redeemed_total + self.business + self.open

    def by_lot(self) -> dict[int, int]:
        """Return what each lot gives in all, in order of use."""
        taken: dict[int, int] = {}
        for lot_id, _, minor in self.commerce:
            taken[lot_id] = taken.get(lot_id, 0) + minor
        return taken


def basket(*, total: int, lines: Sequence[tuple[int, int]], instant: Sequence[int] = ()) -> Basket:
    """Return the capacities of the lines, given as gross and net; instant discounts lie on them.

    A purchase without lines counts as one line of its total.
    """
    lines = lines or [(total, total)]
    discounts = list(instant) or [0] * len(lines)
    gross = [max(line - off, 0) for (line, _), off in zip(lines, discounts, strict=True)]
    net = [
        min(max(before_tax - off, 0), left)
        for (_, before_tax), off, left in zip(lines, discounts, gross, strict=True)
    ]
    tax = tuple(whole - part for whole, part in zip(gross, net, strict=True))
    return Basket(total, sum(discounts), tuple(net), tax)


def commerce_cap(basket: Basket, *, want: int, at_90: bool) -> int:
    """Return how much commerce money may pay: all that is wanted, or 90% less instant discounts."""
    if not at_90:
        return want
    return min(want, max(capped(basket.total, COMMERCE_SHARE) - basket.instant, 0))


def plan(*, basket: Basket, funds: Funds, want: int, cap: int) -> Plan:
    """Return what is taken for `want` at most, of which commerce money at most `cap`."""
    commerce, considered = _commerce(basket, funds.lots, min(cap, want))
    left = want - sum(minor for _, _, minor in commerce)
    redeemed = []
    for lot_id, minor in funds.redeemed:
        if taken := min(minor, left):
            redeemed.append((lot_id, taken))
            left -= taken
    business = min(funds.business, left)
    return Plan(
        commerce=tuple(commerce),
        redeemed=tuple(redeemed),
        business=business,
        open=min(funds.open, left - business),
        considered=considered,
    )


def _commerce(
    basket: Basket, lots: Sequence[LotFunds], cap: int
) -> tuple[list[tuple[int, int, int]], dict[str, Any] | None]:
    """Return (lot, line, amount) for what lots give, and what the choice was made from."""
    candidates = [lot for lot in lots if lot.positions and lot.minor > 0]
    if not candidates or cap <= 0:
        return [], None
    choice = allocate(
        [lot.minor for lot in candidates],
        basket.capacities,
        [lot.positions for lot in candidates],
        cap=cap,
    )
    taken: dict[tuple[int, int], int] = {}
    for lot, row in zip(candidates, choice.matrix, strict=True):
        for position, minor in enumerate(row):
            if minor:
                key = (lot.lot_id, basket.line_of(position))
                taken[key] = taken.get(key, 0) + minor
    considered = {
        "lines": basket.capacities,
        "cap": cap,
        "lots": [
            [lot.lot_id, lot.minor, sorted(lot.positions)]
            for lot in candidates[: _needed(choice.taken, cap)]
        ],
    }
    return [(lot, line, minor) for (lot, line), minor in taken.items()], considered


def _needed(taken: Sequence[int], cap: int) -> int:
    """Return how many lots the choice depends on: none beyond the one that reached the cap."""
    given = 0
    for count, minor in enumerate(taken, start=1):
        given += minor
        if given == cap:
            return count
    return len(taken)


def is_timely(performed_at: datetime, *, at: datetime) -> bool:
    """Tell whether the event is at most 7 days old and at most 5 minutes ahead (wallet.md 4.4)."""
    return at - OLDEST <= performed_at <= at + FURTHEST_AHEAD
