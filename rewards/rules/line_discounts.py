"""Where instant discounts lie on the lines of a purchase (wallet.md 5.7)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from events.facts import PurchaseFacts
from rewards.choices import ConditionKind
from rewards.configuration import Grant
from rewards.rules.validity import condition_of
from wallet.rules.rounding import spread


def line_discounts(facts: PurchaseFacts, grants: Iterable[Grant]) -> tuple[int, ...]:
    """Return how much instant discount lies on each line; a purchase without lines is one line.

    Each lies in proportion on the lines that it is for, never below nothing on any of them. What does
    not fit there lies on the other lines; a rest of cents, by which lines may differ from the total, on
    the last one.
    """
    totals = [line.total_minor for line in facts.lines] or [facts.total_minor]
    room = list(totals)
    rest = 0
    for grant in grants:
        if not grant.offer.is_instant:
            continue
        left = grant.amount_minor
        for positions in (_eligible(facts, grant), range(len(room))):
            left -= _put(left, positions, room)
        rest += left
    found = [total - left for total, left in zip(totals, room, strict=True)]
    found[-1] += rest
    return tuple(found)


def _put(amount: int, positions: Sequence[int], room: list[int]) -> int:
    """Lower the room of the positions by the amount as far as it fits, and return how much did."""
    weights = [room[position] for position in positions]
    fitting = min(amount, sum(weights))
    for position, part in zip(positions, spread(fitting, weights), strict=True):
        room[position] -= part
    return fitting


def _eligible(facts: PurchaseFacts, grant: Grant) -> list[int]:
    """Return the lines that the award is for: its product's, its condition's, or all of them."""
    product_id = grant.candidate.product_id
    if product_id is not None:
        return [i for i, line in enumerate(facts.lines) if line.product.id == product_id]
    if condition_of(grant.offer, ConditionKind.PRODUCTS) is None:
        return list(range(max(len(facts.lines), 1)))
    matching = grant.offer.conditions.matching_lines
    return [i for i, line in enumerate(facts.lines) if matching((line,))]
