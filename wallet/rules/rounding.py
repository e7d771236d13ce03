"""Shares of whole minor units: half-up once, caps down, parts that always add up (wallet.md 2.2.3)."""

from __future__ import annotations

from collections.abc import Sequence


def half_up(numerator: int, denominator: int) -> int:
    """Return the quotient of two whole numbers ≥ 0, rounded half-up."""
    return (2 * numerator + denominator) // (2 * denominator)


def cumulative(total: int, *, done: int, of: int, already: int) -> int:
    """Return the next part of the total, when `done` out of `of` is done and `already` was given.

    Rounding the whole each time and giving the difference makes the parts add up to the total.
    """
    return half_up(total * done, of) - already


def capped(total: int, percent: int) -> int:
    """Return that percentage of the total, rounded down, as caps are."""
    return total * percent // 100


def spread(amount: int, weights: Sequence[int]) -> list[int]:
    """Divide the amount by the weights: largest remainder, ties to the first; no part exceeds its
    weight as long as the amount does not exceed their sum."""
    total = sum(weights)
    if not total:
        return [0] * len(weights)
    shares = [divmod(amount * weight, total) for weight in weights]
    missing = amount - sum(whole for whole, _ in shares)
    lucky = set(sorted(range(len(shares)), key=lambda i: (-shares[i][1], i))[:missing])
    return [whole + (i in lucky) for i, (whole, _) in enumerate(shares)]
