"""When a list needs somebody: what it holds against the thresholds that were set (vouchers.md 7.3).

Pure: the figures come in, the crossings come out. Some kinds follow from the counters alone and are
judged after each code that is given out; the others need the clock, the rate or the wait lists, and
are judged every ten minutes.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from vouchers.choices import AlertKind

BY_COUNTERS = frozenset({AlertKind.USED_SHARE, AlertKind.REMAINING, AlertKind.EXHAUSTED})
BY_THE_CLOCK = frozenset({AlertKind.DAYS_LEFT, AlertKind.DAYS_TO_EXPIRY, AlertKind.WAITING})
DAY = 86_400
WORDS = {
    AlertKind.USED_SHARE: "{value} % of the codes are used; you wanted to know from {threshold} % on.",
    AlertKind.REMAINING: "{codes} left; you wanted to know at {threshold} or fewer.",
    AlertKind.DAYS_LEFT: "At the rate of the last seven days the codes last {days};"
    " you wanted to know at {ahead}.",
    AlertKind.DAYS_TO_EXPIRY: "The list expires in {days}; you wanted to know {ahead} ahead.",
    AlertKind.EXHAUSTED: "No code is left. Campaigns pass the list over until codes are loaded.",
    AlertKind.WAITING: "{people} for a code; you wanted to know from {threshold} on.",
    AlertKind.LEAK: "A code was redeemed that nobody had been given. It is void now.",
    AlertKind.MISMATCH: "The counters differed from the codes and were put right.",
    AlertKind.UPLOAD_FAILED: "An upload failed. Nothing of it was published.",
    AlertKind.ENDPOINT_DISABLED: "A webhook endpoint was switched off after failing too often.",
    AlertKind.HELD: "A mail was held back because there was no code to put into it.",
}


@dataclass(frozen=True, slots=True)
class Stock:
    """What a list holds. `rate` is in codes a day; the last three count only for the slow kinds."""

    uploaded: int
    issued: int
    available: int
    # Active or paused and not past its end: more codes could still be loaded.
    is_open: bool
    is_active: bool = True
    rate: float = 0.0
    expires_at: datetime | None = None
    waiting: int = 0


@dataclass(frozen=True, slots=True)
class Limits:
    """The thresholds of a list; None is off."""

    used_percent: int | None = None
    remaining: int | None = None
    days_left: int | None = None
    days_to_expiry: tuple[int, ...] = ()
    waiting: int | None = None


@dataclass(frozen=True, slots=True)
class Crossing:
    """A value beyond its threshold."""

    kind: AlertKind
    value: int
    threshold: int | None = None

    def key(self, list_pk: int) -> str:
        """Return what the alert is known by while it lasts."""
        return f"list:{list_pk}:{self.kind}:{'' if self.threshold is None else self.threshold}"


def by_counters(stock: Stock, limits: Limits) -> Iterator[Crossing]:
    """Yield what the counters alone show: used share, remaining, exhausted."""
    if not stock.is_open or not stock.uploaded:
        return
    percent = limits.used_percent
    if percent is not None and stock.issued * 100 >= percent * stock.uploaded:
        yield Crossing(AlertKind.USED_SHARE, stock.issued * 100 // stock.uploaded, percent)
    if limits.remaining is not None and stock.available <= limits.remaining:
        yield Crossing(AlertKind.REMAINING, stock.available, limits.remaining)
    if stock.available <= 0:
        yield Crossing(AlertKind.EXHAUSTED, 0)


def by_the_clock(stock: Stock, limits: Limits, *, at: datetime) -> Iterator[Crossing]:
    """Yield what time and people show: days left at the present rate, days to expiry, who waits.

    A paused list gives nothing out, so nothing is foretold of it.
    """
    if stock.is_open:
        left = days_left(stock.available, stock.rate) if stock.is_active else None
        if left is not None and limits.days_left is not None and left <= limits.days_left:
            yield Crossing(AlertKind.DAYS_LEFT, math.floor(left), limits.days_left)
        if stock.expires_at is not None:
            days = (stock.expires_at - at).total_seconds() / DAY
            for threshold in limits.days_to_expiry:
                if days <= threshold:
                    yield Crossing(AlertKind.DAYS_TO_EXPIRY, math.floor(days), threshold)
    if limits.waiting is not None and stock.waiting >= max(limits.waiting, 1):
        yield Crossing(AlertKind.WAITING, stock.waiting, limits.waiting)


def days_left(available: int, rate: float) -> float | None:
    """Return how many days the codes last at so many a day; None while none is given out."""
    return available / rate if rate > 0 else None


def needed_for(days: int, rate: float) -> int:
    """Return how many codes are used in so many days at the present rate, rounded up."""
    return math.ceil(days * rate)


def sentence(kind: AlertKind, *, value: int | None, threshold: int | None) -> str:
    """Return what the alert says, with its value and the line that was crossed."""
    return WORDS[kind].format(
        value=value,
        threshold=threshold,
        codes=_codes(value),
        days=_days(value),
        ahead=_days(threshold),
        people="1 person waits" if value == 1 else f"{value} people wait",
    )


def _days(value: int | None) -> str:
    if value is not None and value < 1:
        return "less than a day"
    return "1 day" if value == 1 else f"{value} days"


def _codes(value: int | None) -> str:
    return "1 code is" if value == 1 else f"{value} codes are"
