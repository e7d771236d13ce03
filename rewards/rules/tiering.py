"""Which tier a contact holds: units, periods, and the evaluation at a period's end (rewards.md 5).

Everything is a function from a state to the next one. The tier is fixed inside a period, except for an
early advance; at each period's end the units decide, go to zero, and the tier holds for the whole of the
next period. Closing periods is idempotent: a second run finds none that is due.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise

from core.calendar import add_months, day_bounds, local
from core.money import Money
from core.periods import Period
from rewards.choices import DowngradeMode

CENT = Decimal("0.01")
NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Tier:
    """One tier; a contact with exactly the threshold reaches it."""

    id: int
    threshold: Decimal
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TierSettings:
    """The rules of a business. `tiers` from the lowest, whose threshold is 0, strictly rising."""

    tiers: tuple[Tier, ...]
    rate: Decimal = Decimal(1)
    advance: bool = True
    immediate: bool = False
    downgrade: bool = True
    mode: DowngradeMode = DowngradeMode.ONE_LEVEL

    def rank(self, tier_id: int) -> int:
        """Return the place of the tier from below, 0 for the lowest."""
        return next(place for place, tier in enumerate(self.tiers) if tier.id == tier_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cycle:
    """When periods begin: every `months` months from the anchor day, at midnight of the zone."""

    anchor: date
    months: int
    zone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TierState:
    """What is known of one contact."""

    tier_id: int
    period: Period
    period_units: Decimal = NOTHING
    lifetime_units: Decimal = NOTHING
    achieved_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PeriodResult:
    """What a closed period came to."""

    period: Period
    units: Decimal
    before_id: int
    after_id: int


@dataclass(frozen=True, slots=True)
class Standing:
    """What the contact sees: how much is missing to keep the tier, and to reach the next."""

    tier_id: int
    maintain: Decimal
    next_id: int | None
    progress: Decimal | None
    collected_by: datetime | None


def problems(tiers: Sequence[Tier]) -> tuple[str, ...]:
    """Return what is wrong with a list of tiers (rewards.md 5.1)."""
    found = []
    if not 2 <= len(tiers) <= 10:
        found.append("Set up 2 to 10 tiers.")
    if tiers and tiers[0].threshold != 0:
        found.append("The lowest tier begins at 0.")
    thresholds = [tier.threshold for tier in tiers]
    if any(high <= low for low, high in pairwise(thresholds)):
        found.append("Each tier needs a higher threshold than the one below it.")
    if len({tier.name.casefold() for tier in tiers}) < len(tiers):
        found.append("Give every tier a name of its own.")
    return tuple(found)


def units_of(total: Money, rate: Decimal, exchange_rate: Decimal = Decimal(1)) -> Decimal:
    """Return the value units of a purchase: total in base currency × rate, half-up to 2 places.

    `exchange_rate` is base currency per unit of the purchase's currency.
    """
    return (total.amount * exchange_rate * rate).quantize(CENT, rounding=ROUND_HALF_UP)


def reached(tiers: Sequence[Tier], units: Decimal) -> Tier:
    """Return the highest tier whose threshold the units meet, exactly or more."""
    return [tier for tier in tiers if tier.threshold <= units][-1]


def period_start(cycle: Cycle, number: int) -> date:
    """Return the first day of a period: `number` × months after the anchor.

    It is counted from the anchor and clamped to the month's last day, so that 31 January is
    followed by 28 February and then by 31 March.
    """
    return add_months(cycle.anchor, number * cycle.months)


def period_of(cycle: Cycle, at: datetime) -> Period:
    """Return the period that holds the moment, in UTC; before the anchor periods count too."""
    today = local(at, cycle.zone).date()
    number = _number_of(cycle, today)
    return Period(_midnight(cycle, number), _midnight(cycle, number + 1))


def period_after(cycle: Cycle, end: datetime) -> Period:
    """Return what follows a period that ended at `end`: up to the cycle's next boundary.

    A changed interval so acts from the end of the running period on, whose end stands as planned.
    """
    return Period(end, period_of(cycle, end).end)


def _number_of(cycle: Cycle, day: date) -> int:
    months = (day.year - cycle.anchor.year) * 12 + day.month - cycle.anchor.month
    number = months // cycle.months
    while period_start(cycle, number) > day:
        number -= 1
    while period_start(cycle, number + 1) <= day:
        number += 1
    return number


def _midnight(cycle: Cycle, number: int) -> datetime:
    return day_bounds(period_start(cycle, number), cycle.zone).start


def opening(settings: TierSettings, cycle: Cycle, at: datetime) -> TierState:
    """Return where everybody begins: the lowest tier, no units, the rest of the running period."""
    return TierState(tier_id=settings.tiers[0].id, period=period_of(cycle, at), achieved_at=at)


def close_due_periods(
    state: TierState, settings: TierSettings, cycle: Cycle, now: datetime
) -> tuple[TierState, tuple[PeriodResult, ...]]:
    """Return the state in the running period, and the result of each period that had ended.

    Missed evaluations are made up for one by one, in order.
    """
    results = []
    while (end := state.period.end) is not None and end <= now:
        after = tier_after(settings, state.tier_id, state.period_units)
        results.append(PeriodResult(state.period, state.period_units, state.tier_id, after))
        moved = after != state.tier_id
        state = replace(
            state,
            tier_id=after,
            period=period_after(cycle, end),
            period_units=NOTHING,
            achieved_at=end if moved else state.achieved_at,
        )
    return state, tuple(results)


def tier_after(settings: TierSettings, tier_id: int, units: Decimal) -> int:
    """Return the tier for the next period: advance as far as the units reach, or go down.

    Down is one level, or to the tier reached, when the units miss the threshold of the tier held.
    """
    rank = settings.rank(tier_id)
    target = reached(settings.tiers, units)
    if settings.advance and settings.rank(target.id) > rank:
        return target.id
    if settings.downgrade and units < settings.tiers[rank].threshold:
        return settings.tiers[rank - 1].id if _goes_step_by_step(settings) else target.id
    return tier_id


def _goes_step_by_step(settings: TierSettings) -> bool:
    return settings.mode == DowngradeMode.ONE_LEVEL


def count(
    state: TierState, settings: TierSettings, units: Decimal, now: datetime
) -> tuple[TierState, int | None]:
    """Return the state with a purchase counted, and the tier of an early advance, if any.

    Due periods are closed and the offers evaluated before this: a purchase is judged by the tier
    held before its own units.
    """
    state = replace(
        state,
        period_units=state.period_units + units,
        lifetime_units=state.lifetime_units + units,
    )
    if not (settings.advance and settings.immediate):
        return state, None
    target = reached(settings.tiers, state.period_units)
    if settings.rank(target.id) <= settings.rank(state.tier_id):
        return state, None
    return replace(state, tier_id=target.id, achieved_at=now), target.id


def take_back(state: TierState, units: Decimal, *, counted_at: datetime) -> TierState:
    """Return the state without the units of what was cancelled or returned, never below zero.

    The period loses them only if the purchase was counted in the running one. The tier stays: there
    is no immediate downgrade.
    """
    in_period = units if counted_at in state.period else NOTHING
    return replace(
        state,
        period_units=max(NOTHING, state.period_units - in_period),
        lifetime_units=max(NOTHING, state.lifetime_units - units),
    )


def without_tier(state: TierState, tiers: Iterable[Tier], deleted: Tier) -> TierState:
    """Return the state after a tier was deleted: its contacts move to the next lower one at once.

    `tiers` are those that remain; where the lowest was deleted, its contacts are in the new lowest.
    """
    if state.tier_id != deleted.id:
        return state
    rising = sorted(tiers, key=lambda tier: tier.threshold)
    lower = [tier for tier in rising if tier.threshold < deleted.threshold]
    return replace(state, tier_id=(lower[-1] if lower else rising[0]).id)


def standing(state: TierState, settings: TierSettings) -> Standing:
    """Return how much is missing to keep the tier and to reach the next (rewards.md 5.5)."""
    rank = settings.rank(state.tier_id)
    following = settings.tiers[rank + 1] if rank + 1 < len(settings.tiers) else None
    return Standing(
        tier_id=state.tier_id,
        maintain=_missing(settings.tiers[rank], state),
        next_id=following.id if following else None,
        progress=_missing(following, state) if following else None,
        collected_by=state.period.end,
    )


def _missing(tier: Tier, state: TierState) -> Decimal:
    return max(NOTHING, tier.threshold - state.period_units)
