"""The types of reward offers, one file each (rewards.md 3).

A module that defines a subclass of `OfferType` and calls `register` is all that a new type takes: the
goal picker, the forms, the filters and the evaluation read the registry.
"""

from __future__ import annotations

import sys

from core.registry import discover
from rewards.choices import Goal
from rewards.offer_types.base import REGISTRY, OfferType

discover(sys.modules[__name__])
REGISTRY.freeze()


def get(key: str) -> OfferType:
    """Return the type of that key; an unknown one is a programming error and raises KeyError."""
    return REGISTRY[key]


def all_types() -> tuple[OfferType, ...]:
    """Return every type, by the order of the goals and then by label."""
    goals = list(Goal)
    return tuple(sorted(REGISTRY.values(), key=lambda one: (goals.index(one.goal), one.label)))


def of_goal(goal: Goal) -> tuple[OfferType, ...]:
    """Return the types of one goal, by label."""
    return tuple(one for one in all_types() if one.goal == goal)


def choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the types as grouped choices of a form: goal, then key and label of each type."""
    return [
        (str(goal.label), [(one.key, one.label) for one in of_goal(goal)])
        for goal in Goal
        if of_goal(goal)
    ]


__all__ = ["REGISTRY", "OfferType", "all_types", "choices", "get", "of_goal"]
