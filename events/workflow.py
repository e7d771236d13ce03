"""The life of an event: posted, and perhaps cancelled once and for good (rewards.md 11.4)."""

from __future__ import annotations

from core.transitions import Machine, Transition

MACHINE = Machine(
    "event",
    (
        Transition("cancel by till", "posted", "cancelled", "till"),
        Transition("cancel by staff", "posted", "cancelled", "staff"),
    ),
)
