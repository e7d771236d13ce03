"""What may still change of an award, a referral and a run of a gift: one table each (decision D12)."""

from __future__ import annotations

from core.transitions import Machine, Transition

SYSTEM = "system"

AWARD = Machine(
    "award",
    (
        Transition("reverse", "POSTED", "CANCELLED", SYSTEM),
        Transition("expire", "POSTED", "EXPIRED", SYSTEM),
        Transition("reverse expired", "EXPIRED", "CANCELLED", SYSTEM),
    ),
)
REFERRAL = Machine(
    "referral",
    (
        Transition("award", "WAITING", "AWARDED", SYSTEM),
        Transition("wait again", "AWARDED", "WAITING", SYSTEM),
        Transition("cancel waiting", "WAITING", "CANCELLED", SYSTEM),
        Transition("cancel awarded", "AWARDED", "CANCELLED", SYSTEM),
    ),
)
GIFT_RUN = Machine(
    "gift run",
    (
        Transition("start", "PLANNED", "RUNNING", SYSTEM),
        Transition("finish", "RUNNING", "DONE", SYSTEM),
        Transition("call off planned", "PLANNED", "CANCELLED", SYSTEM),
        Transition("call off running", "RUNNING", "CANCELLED", SYSTEM),
    ),
)
