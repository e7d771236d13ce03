"""Which of the matched discounts of one purchase are granted (rewards.md 6.2).

The order K is total, so the outcome does not depend on the order in which offers are read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from rewards.choices import ResolutionMode, TraceReason


class Rival(Protocol):
    """What resolution looks at."""

    @property
    def amount_minor(self) -> int: ...
    @property
    def is_instant(self) -> bool: ...
    @property
    def scheme_id(self) -> int | None: ...
    @property
    def sort_key(self) -> tuple[object, ...]: ...


C = TypeVar("C", bound=Rival)


@dataclass(frozen=True, slots=True)
class Resolution(Generic[C]):
    """What is granted, in the order K, each with its amount; and what was dropped, and why."""

    granted: tuple[tuple[C, int], ...]
    dropped: tuple[tuple[C, TraceReason], ...]


def resolve(
    candidates: Iterable[C], *, total_minor: int, mode: ResolutionMode, only_best_instant: bool
) -> Resolution[C]:
    """Return which candidates are granted, and what is left of each instant amount.

    The amounts are positive, and an instant one is at most `total_minor` already. First the toggle
    (only the best instant discount), then the mode, then the instant amounts share what there is to
    discount. Dropped ones are neither given a second chance nor used up.
    """
    dropped: list[tuple[C, TraceReason]] = []
    kept = sorted(candidates, key=_key)
    if only_best_instant:
        kept = _keep(kept, _first_instant, TraceReason.BEATEN_INSTANT, dropped)
    if mode == ResolutionMode.BEST:
        kept = _keep(kept, _first, TraceReason.BEATEN, dropped)
    elif mode == ResolutionMode.BEST_PER_SCHEME:
        kept = _keep(kept, _first_of_schemes, TraceReason.BEATEN_IN_SCHEME, dropped)
    granted = tuple(_share(kept, total_minor, dropped))
    return Resolution(granted, tuple(dropped))


def _key(candidate: Rival) -> tuple[object, ...]:
    return candidate.sort_key


def _keep(
    candidates: list[C],
    choose: Callable[[list[C]], Iterator[bool]],
    reason: TraceReason,
    dropped: list[tuple[C, TraceReason]],
) -> list[C]:
    """Return those that are chosen; note the reason for the others."""
    chosen = list(choose(candidates))
    dropped.extend(
        (one, reason) for one, stays in zip(candidates, chosen, strict=True) if not stays
    )
    return [one for one, stays in zip(candidates, chosen, strict=True) if stays]


def _first_instant(candidates: list[C]) -> Iterator[bool]:
    """The best instant discount and every cashback."""
    best = next((one for one in candidates if one.is_instant), None)
    return (one is best or not one.is_instant for one in candidates)


def _first(candidates: list[C]) -> Iterator[bool]:
    return (place == 0 for place in range(len(candidates)))


def _first_of_schemes(candidates: list[C]) -> Iterator[bool]:
    seen: set[int | None] = set()
    for one in candidates:
        yield one.scheme_id not in seen
        seen.add(one.scheme_id)


def _share(
    kept: list[C], room: int, dropped: list[tuple[C, TraceReason]]
) -> Iterator[tuple[C, int]]:
    """Give each instant amount what is left to discount; cashback is not limited."""
    for one in kept:
        if not one.is_instant:
            yield one, one.amount_minor
            continue
        amount = min(one.amount_minor, room)
        room -= amount
        if amount:
            yield one, amount
        else:
            dropped.append((one, TraceReason.NO_ROOM))
