"""Limits: how much and how often money may move in a calendar period (wallet.md 10).

Rules of the business bind everybody; a contact's own may only be lower. Counting happens while the
wallet is locked, so that two callers at once cannot share what is left. Reversed entries do not count,
and a spend counts with what of it has not gone back: it belongs to the period of the purchase, whenever
it is cancelled or returned.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from core.calendar import add_months, day_bounds, local
from core.money import Money
from core.prepared import prepared
from directory.models import Organisation
from wallet.choices import AccountKind, HoldState, LimitOn, LimitPeriod, Operation
from wallet.errors import LimitExceeded, LimitTooHigh
from wallet.ledger import lock_wallets
from wallet.models import LimitRule, Wallet

# Each yields one row for each time, with the minor units that moved.
_ENTRIES = """
    SELECT sum(posting.amount) AS minor
    FROM wallet_account AS account
    JOIN wallet_posting AS posting ON posting.{side}_id = account.id
    JOIN wallet_entry AS entry ON entry.id = posting.entry_id
    WHERE (
            account.wallet_id = %(wallet)s
            OR (account.holder_id = %(holder)s AND account.kind = '{open}')
        )
        AND entry.business_id = %(business)s
        AND entry.operation IN ({operations})
        AND entry.effective_at >= %(begin)s AND entry.effective_at < %(end)s
        AND NOT EXISTS (SELECT FROM wallet_entry AS mirror WHERE mirror.reverses_id = entry.id)
    GROUP BY entry.id
"""


def _entries(side: str, *operations: Operation) -> str:
    words = ", ".join(f"'{operation}'" for operation in operations)
    return _ENTRIES.format(side=side, operations=words, open=AccountKind.OPEN)


_SENT = _entries("source", Operation.TRANSFER)
_SPENT = """
    SELECT commerce_minor + business_minor + open_minor - returned_to_wallet_minor
    FROM wallet_purchaseuse
    WHERE wallet_id = %(wallet)s AND is_spent
        AND performed_at >= %(begin)s AND performed_at < %(end)s
"""
_HELD = f"""
    SELECT amount_minor
    FROM wallet_hold
    WHERE wallet_id = %(wallet)s AND state = '{HoldState.OPEN}'
        AND created_at >= %(begin)s AND created_at < %(end)s
"""  # noqa: S608 - a choice of ours
_USED: Mapping[LimitOn, str] = {
    on: f"""
        SELECT coalesce(sum(moved.minor), 0), count(*)
        FROM ({moved}) AS moved WHERE moved.minor > 0
    """  # noqa: S608 - the statements above
    for on, moved in {
        LimitOn.DEBIT: " UNION ALL ".join([_SENT, _SPENT, _HELD]),
        LimitOn.CREDIT: _entries("target", Operation.TOP_UP, Operation.TRANSFER),
        LimitOn.TOP_UP: _entries("target", Operation.TOP_UP),
        LimitOn.TRANSFER: _SENT,
    }.items()
}
# What an act counts against besides its own kind.
_WIDER: Mapping[LimitOn, tuple[LimitOn, ...]] = {
    LimitOn.DEBIT: (LimitOn.DEBIT,),
    LimitOn.CREDIT: (LimitOn.CREDIT,),
    LimitOn.TOP_UP: (LimitOn.TOP_UP, LimitOn.CREDIT),
    LimitOn.TRANSFER: (LimitOn.TRANSFER, LimitOn.DEBIT),
}


@dataclass(frozen=True, slots=True)
class Limit:
    """A maximum before it is stored: an amount in minor units, a number of times, or both."""

    applies_to: LimitOn
    period: LimitPeriod
    most_minor: int | None = None
    most_times: int | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class Allowance:
    """The least that any rule leaves, and the sentence that says which rule it is."""

    minor: int
    sentence: str


def set_for_all(*, business: Organisation, limit: Limit, at: datetime) -> LimitRule:
    """Set the business's limit of that kind and period; a second one replaces the first."""
    return _store(business, None, limit, at)


def set_own(*, wallet: Wallet, limit: Limit, at: datetime) -> LimitRule:
    """Set a contact's own limit; raises `LimitTooHigh` where the business allows less."""
    with transaction.atomic():
        lock_wallets(wallet)
        bound = LimitRule.objects.filter(
            business=wallet.business_id,
            wallet=None,
            applies_to=limit.applies_to,
            period=limit.period,
        ).first()
        if bound is not None and (
            _above(limit.most_minor, bound.most_minor) or _above(limit.most_times, bound.most_times)
        ):
            raise LimitTooHigh
        return _store(wallet.business, wallet, limit, at)


def remove(*, business: Organisation, rule: LimitRule) -> None:
    """Take a limit of the business away."""
    LimitRule.objects.filter(business=business, pk=rule.pk).delete()


def allowance(*, wallet: Wallet, on: LimitOn, at: datetime) -> Allowance | None:
    """Return how much the locked wallet may still move in the periods of `at`, or None without rules.

    Raises `LimitExceeded` where a number of times is used up.
    """
    if not wallet.is_limited:
        return None
    rules = LimitRule.objects.filter(
        Q(wallet=None) | Q(wallet=wallet),
        business=wallet.business_id,
        applies_to__in=_WIDER[on],
    )
    least: Allowance | None = None
    for rule in rules:
        moved, times = _used(wallet, LimitOn(rule.applies_to), LimitPeriod(rule.period), at)
        if rule.most_times is not None and times >= rule.most_times:
            raise LimitExceeded(_words(rule, wallet, 0))
        if rule.most_minor is None:
            continue
        left = max(rule.most_minor - moved, 0)
        if least is None or left < least.minor:
            least = Allowance(left, _words(rule, wallet, left))
    return least


def check(*, wallet: Wallet, on: LimitOn, minor: int, at: datetime) -> None:
    """Raise `LimitExceeded` where the locked wallet may not move that much now."""
    allowed = allowance(wallet=wallet, on=on, at=at)
    if allowed is not None and minor > allowed.minor:
        raise LimitExceeded(allowed.sentence)


def _store(business: Organisation, wallet: Wallet | None, limit: Limit, at: datetime) -> LimitRule:
    name = limit.name or f"{limit.applies_to.label} {limit.period.label}"
    rule, _ = LimitRule.objects.update_or_create(
        business=business,
        wallet=wallet,
        applies_to=limit.applies_to,
        period=limit.period,
        defaults={
            "name": name,
            "most_minor": limit.most_minor,
            "most_times": limit.most_times,
        },
        create_defaults={
            "name": name,
            "most_minor": limit.most_minor,
            "most_times": limit.most_times,
            "created_at": at,
        },
    )
    return rule


def _above(own: int | None, bound: int | None) -> bool:
    """Tell whether the own maximum is above the bound; no maximum is above every bound."""
    return bound is not None and (own is None or own > bound)


def _used(wallet: Wallet, on: LimitOn, period: LimitPeriod, at: datetime) -> tuple[int, int]:
    """Return what moved in the period, in minor units and in times; open holds count as moved."""
    begin, end = _bounds(period, at, wallet.business.time_zone)
    given: dict[str, int | datetime] = {
        "wallet": wallet.pk,
        "holder": wallet.holder_id,
        "business": wallet.business_id,
        "begin": begin,
        "end": end,
    }
    with prepared() as cursor:
        cursor.execute(_USED[on], given)
        minor, times = cursor.fetchone()
    return int(minor), times


def _bounds(period: LimitPeriod, at: datetime, zone: str) -> tuple[datetime, datetime]:
    """Return the calendar day, week (from Monday) or month of the moment in the zone."""
    today = local(at, zone).date()
    if period == LimitPeriod.DAILY:
        first, after = today, today + timedelta(days=1)
    elif period == LimitPeriod.WEEKLY:
        first = today - timedelta(days=today.weekday())
        after = first + timedelta(days=7)
    else:
        first = today.replace(day=1)
        after = add_months(first, 1)
    return day_bounds(first, zone).start, day_bounds(after, zone).start


def _words(rule: LimitRule, wallet: Wallet, left: int) -> str:
    what, period = LimitOn(rule.applies_to).label, LimitPeriod(rule.period).label
    whose = "your own limit" if rule.wallet_id else "the limit"
    if rule.most_minor is None:
        return f"{what}: {whose} is {rule.most_times} times {period}. Wait for the next period."
    most = Money(rule.most_minor, wallet.currency).format("en_GB")
    rest = Money(left, wallet.currency).format("en_GB")
    return (
        f"{what}: {whose} is {most} {period}, of which {rest} is left."
        " Choose less, or wait for the next period."
    )
