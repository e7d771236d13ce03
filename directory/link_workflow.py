"""The life of a partnership of two businesses: invited, accepted, ended (rewards.md 2.1)."""

from __future__ import annotations

from core.transitions import Machine, Transition

MACHINE = Machine(
    "business link",
    (
        Transition("accept", "invited", "accepted", "partner"),
        Transition("decline", "invited", "ended", "partner"),
        Transition("withdraw", "invited", "ended", "business"),
        Transition("leave", "accepted", "ended", "partner"),
        Transition("end", "accepted", "ended", "business"),
    ),
)
