"""Why somebody was considered and why they got nothing, as tables word it."""

from __future__ import annotations

from vouchers.triggers import TRIGGERS

# By what a reference begins with; whatever else stands there was sent by a caller of the API.
BECAUSE = {
    "run": "An audience run",
    "user": "By hand",
    "vouchers.claim_link": "A claim link",
    "incentives.distribution": "An incentive",
    **{topic: trigger.label for topic, trigger in TRIGGERS.items()},
}


def because(trigger_ref: str) -> str:
    """Say what brought somebody to the campaign."""
    return BECAUSE.get(trigger_ref.partition(":")[0], trigger_ref)


def sentence(reason: str) -> str:
    """Write a reason as a line of its own: with a capital letter."""
    return reason[:1].upper() + reason[1:]
