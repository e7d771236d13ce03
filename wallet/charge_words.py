"""Limits and fees in plain words, and worked through for one amount (wallet.md 10)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from core.money import Money
from wallet.choices import ChargedOn, LimitOn, LimitPeriod
from wallet.rules.rounding import half_up
from wallet.services.fees import Fee
from wallet.services.limits import Limit

_TIMES = {1: "once", 2: "twice"}
_PERIODS = {
    LimitPeriod.DAILY: "the same day",
    LimitPeriod.WEEKLY: "the same week, Monday to Sunday",
    LimitPeriod.MONTHLY: "the same calendar month",
}
_ACTS = {
    LimitOn.DEBIT: "spends and sends",
    LimitOn.CREDIT: "receives and tops up",
    LimitOn.TOP_UP: "tops up",
    LimitOn.TRANSFER: "sends",
}
_CHARGED = {ChargedOn.DEBIT: "spends or sends", ChargedOn.CREDIT: "tops up"}


def limit_line(limit: Limit, currency: str) -> str:
    """Say the limit in a sentence: "Each contact sends at most €100.00 and three times a day."."""
    found = []
    if limit.most_minor is not None:
        found.append(f"at most {_money(limit.most_minor, currency)}")
    if limit.most_times is not None:
        times = _TIMES.get(limit.most_times, f"{limit.most_times:,} times")
        found.append(times if found else f"at most {times}")
    return f"Each contact {_ACTS[limit.applies_to]} {' and '.join(found)} {limit.period.label}."


def limit_example(limit: Limit, moved: int, currency: str) -> list[str]:
    """Say what is left to somebody who has moved that much in the period, all in one go."""
    when = _PERIODS[limit.period]
    said = [f"Somebody has moved {_money(moved, currency)} already on {when}, in one go."]
    if limit.period != LimitPeriod.DAILY:
        said = [f"Somebody has moved {_money(moved, currency)} already in {when}, in one go."]
    said.append(_what_is_left(limit, moved, currency))
    if limit.applies_to == LimitOn.DEBIT:
        said.append("What is cancelled or returned of a spend is free again.")
    return said


def _what_is_left(limit: Limit, moved: int, currency: str) -> str:
    if limit.most_times is not None and limit.most_times <= 1:
        return "That was the only time allowed; the next one is refused until the next period."
    if limit.most_minor is None:
        left = (limit.most_times or 1) - 1
        return f"Any amount can be moved {_TIMES.get(left, f'{left:,} times')} more."
    rest = limit.most_minor - moved
    if rest <= 0:
        return "Nothing more is let through until the next period."
    shown = _money(rest, currency)
    return f"{shown} more is let through; anything above is refused, with this number."


def fee_line(fee: Fee, currency: str) -> str:
    """Say the fee in a sentence: "Whoever tops up pays 2 % and €0.30 for it."."""
    found = [f"{_percent(fee.percent)} %"] if fee.percent else []
    if fee.fixed_minor:
        found.append(_money(fee.fixed_minor, currency))
    return f"Whoever {_CHARGED[fee.charged_on]} pays {' and '.join(found)} for it."


def fee_example(fees: Sequence[Fee], minor: int, currency: str) -> list[str]:
    """Work the fees through for that amount, each rounded half-up on its own as it is charged."""
    said, total = [], 0
    for fee in fees:
        share = half_up(minor * int(fee.percent * 100), 10_000)
        total += share + fee.fixed_minor
        parts = []
        if fee.percent:
            parts.append(f"{_percent(fee.percent)} % is {_money(share, currency)}")
        if fee.fixed_minor:
            parts.append(f"{_money(fee.fixed_minor, currency)} fixed")
        said.append(f"{fee.name or 'This fee'}: {', plus '.join(parts)}.")
    charged = f"On {_money(minor, currency)} the contact pays {_money(total, currency)} besides,"
    return [*said, f"{charged} from the business pocket first, then from the open one."]


def _money(minor: int, currency: str) -> str:
    return Money(minor, currency).format("en_GB")


def _percent(of: Decimal) -> str:
    return f"{of.normalize():f}"
