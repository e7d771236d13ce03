"""Which lines of a purchase a lot may pay for (wallet.md 4.4)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from events.conditions import ConditionSet
from events.facts import PurchaseFacts
from events.selectors.conditions import load_condition_sets
from wallet.rules.redemption import Basket, Funds, LotFunds
from wallet.selectors import Contents, LotBalance


def funds_for(
    *,
    contents: Contents,
    facts: PurchaseFacts,
    basket: Basket,
    activated: frozenset[int] = frozenset(),
    all_need_activation: bool = False,
) -> Funds:
    """Return what of the wallet's contents may be used for the purchase.

    `activated` are the pools that the contact activated. Where the redemption mode asks for it, all
    pools need that; a pool may also ask for it by itself.
    """
    usable = [
        lot
        for lot in contents.lots
        if _is_usable(lot, facts)
        and (lot.pool_id in activated or not (all_need_activation or lot.requires_activation))
    ]
    conditions = conditions_of(lot.conditions_id for lot in usable)
    return Funds(
        lots=[
            LotFunds(
                lot.lot_id,
                lot.minor,
                basket.positions(
                    lines_for(conditions.get(lot.conditions_id or 0), facts),
                    before_tax=lot.before_tax,
                ),
            )
            for lot in usable
        ],
        redeemed=contents.redeemed,
        business=contents.business,
        open=contents.open,
    )


def conditions_of(ids: Iterable[int | None]) -> Mapping[int, ConditionSet]:
    """Return the condition sets by id, without a query where no pool restricts anything."""
    wanted = {pk for pk in ids if pk is not None}
    return load_condition_sets(wanted) if wanted else {}


def lines_for(conditions: ConditionSet | None, facts: PurchaseFacts) -> frozenset[int]:
    """Return the positions of the lines that the conditions allow; free lines never match.

    Time and location concern the purchase as a whole, products its lines. A purchase without lines
    is one line, which no product condition can match.
    """
    if not facts.lines:
        restricted = conditions is not None and not conditions.products.is_empty
        everywhere = conditions is None or _holds(conditions, facts)
        return frozenset() if restricted or not everywhere else frozenset({0})
    priced = frozenset(i for i, line in enumerate(facts.lines) if line.total_minor > 0)
    if conditions is None:
        return priced
    if not _holds(conditions, facts):
        return frozenset()
    return frozenset(i for i in priced if conditions.matching_lines((facts.lines[i],)))


def _holds(conditions: ConditionSet, facts: PurchaseFacts) -> bool:
    """Tell whether the purchase was at a time and a place of the conditions."""
    return all(
        condition.is_empty or condition.check(facts, conditions.names) is None
        for condition in (conditions.location, conditions.time)
    )


def _is_usable(lot: LotBalance, facts: PurchaseFacts) -> bool:
    """Tell whether the lot is valid at the moment of the purchase and was not earned by it."""
    return facts.performed_at in lot.window and lot.earned_by != facts.reference
