"""Is a version of a pool at least as good for contacts as another one? (wallet.md 4.2)

A promise that was made to a contact is not narrowed later. So money moves to another version only where
nothing is lost: whatever it could be spent on, where and when, it still can. Dates are no matter here,
because a move never lets money begin later or lapse earlier.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

from events.conditions import Condition, ConditionSet


@dataclass(frozen=True, slots=True)
class Terms:
    """What a version asks for: its conditions, an activation, a price before tax."""

    conditions: ConditionSet
    requires_activation: bool = False
    before_tax: bool = False


def narrowings(old: Terms, new: Terms) -> tuple[str, ...]:
    """Return in sentences what the new version takes away from the old one; nothing where nothing."""
    found = []
    if _is_narrower(old.conditions.location, new.conditions.location):
        found.append("It leaves out places where the money could be used.")
    if _is_narrower(old.conditions.time, new.conditions.time):
        found.append("It leaves out times at which the money could be used.")
    if _is_narrower(old.conditions.products, new.conditions.products):
        found.append("It leaves out products that the money could be used for.")
    if new.requires_activation and not old.requires_activation:
        found.append("It asks contacts to activate the pool, which they did not have to.")
    if new.before_tax and not old.before_tax:
        found.append("It pays the price before tax alone, and the money could pay the tax as well.")
    return tuple(found)


def _is_narrower(old: Condition, new: Condition) -> bool:
    """Tell whether some value that sufficed does not any more; without values everything does."""
    if new.is_empty:
        return False
    if old.is_empty:
        return True
    return not all(_values(new, name) >= _values(old, name) for name in _names(old))


def _names(condition: Condition) -> list[str]:
    """Return the parts of a condition that list what suffices."""
    lists = (frozenset, tuple)
    return [
        one.name
        for one in fields(condition)  # type: ignore[arg-type]
        if isinstance(getattr(condition, one.name), lists)
    ]


def _values(condition: Condition, name: str) -> frozenset[object]:
    return frozenset(getattr(condition, name))
