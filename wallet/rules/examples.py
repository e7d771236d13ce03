"""A purchase worked through under chosen settings, for the page that chooses them (wallet.md 5.4-5.7).

It is the plan of a real purchase (`redemption.plan`), with one lot of commerce money that matches
everything and one line; only what becomes of redeemed money is added.
"""

from __future__ import annotations

from dataclasses import dataclass

from wallet.rules.redemption import Funds, LotFunds, basket, commerce_cap, plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What matters of the settings. A threshold of None restricts no payout."""

    is_automatic: bool
    needs_activation: bool
    is_front_end: bool
    at_90: bool
    pays_out: bool
    threshold: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Amounts:
    """The purchase and what the contact has, in minor units; `asks` whether it asks to spend."""

    total: int
    instant: int = 0
    commerce: int = 0
    business: int = 0
    open: int = 0
    asks: bool = True
    activated: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What is redeemed, what pays the purchase, and what happens to the rest."""

    cap: int
    redeemed: int
    from_business: int
    from_open: int
    is_spent: bool
    due: int
    payout: int
    below_threshold: bool
    commerce_left: int
    business_left: int
    open_left: int


def work_through(options: Options, amounts: Amounts) -> Result:
    """Return what the wallet would do for the purchase."""
    goods = basket(total=amounts.total, lines=[], instant=[min(amounts.instant, amounts.total)])
    want = goods.payable
    cap = commerce_cap(goods, want=want, at_90=options.at_90 and not options.is_automatic)
    lots = _lots(options, amounts)
    pays_open = amounts.asks
    funds = Funds(
        lots=lots,
        business=amounts.business if pays_open else 0,
        open=amounts.open if pays_open else 0,
    )
    made = plan(basket=goods, funds=funds, want=want, cap=cap)
    redeemed = made.commerce_total
    is_spent = amounts.asks or options.is_front_end
    spent = made.total if is_spent else 0
    resting = 0 if is_spent else redeemed
    payout, below = _payout(options, amounts, resting)
    return Result(
        cap=cap,
        redeemed=redeemed,
        from_business=made.business,
        from_open=made.open,
        is_spent=is_spent,
        due=want - spent,
        payout=payout,
        below_threshold=below,
        commerce_left=amounts.commerce - redeemed,
        business_left=amounts.business - made.business + resting - payout,
        open_left=amounts.open - made.open,
    )


def _lots(options: Options, amounts: Amounts) -> list[LotFunds]:
    """Return the commerce money that may be used: on a wish, automatically, or after activation."""
    usable = amounts.activated if options.needs_activation else True
    acts = amounts.asks or options.is_automatic or options.needs_activation
    if not (usable and acts and amounts.commerce):
        return []
    return [LotFunds(1, amounts.commerce, frozenset({0}))]


def _payout(options: Options, amounts: Amounts, resting: int) -> tuple[int, bool]:
    """Return what is paid out of redeemed money that rests, and whether the threshold forbids it."""
    if not (options.is_automatic and options.pays_out and resting):
        return 0, False
    if options.threshold is None:
        return resting, False
    compared = amounts.business + resting
    return (compared, False) if compared >= options.threshold else (0, True)
