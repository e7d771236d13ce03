"""What a live campaign may listen to, and how that is said (vouchers.md 5.2, 6.2).

A trigger is a topic of the outbox. One that is empty listens to nothing: codes go out by API, by claim
link, or by hand.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Trigger:
    """A topic, its name in a list of choices, and the sentence "whenever somebody …"."""

    topic: str
    label: str
    whenever: str


PURCHASE = "events.purchase"
TRIGGERS = {
    one.topic: one
    for one in (
        Trigger(PURCHASE, "A purchase", "makes a purchase"),
        Trigger("events.referral", "A referral", "refers somebody"),
        Trigger("events.achievement", "An achievement", "accomplishes something"),
        Trigger("events.contact", "A contact event", "has a contact event"),
        Trigger("events.subscription", "A subscription", "subscribes"),
        Trigger("directory.contact_registered", "A registration", "registers"),
        Trigger("partner_voucher.rewarded", "A voucher was given", "is given a voucher"),
        Trigger("partner_voucher.redeemed", "A voucher was redeemed", "redeems a voucher"),
        Trigger("partner_voucher.expired", "A voucher expired", "lets a voucher expire"),
    )
}
NOTHING = ("", "Nothing: codes are asked for by API or claim link, or given by hand")


def choices() -> list[tuple[str, str]]:
    """Return the triggers as a form offers them."""
    return [*((one.topic, one.label) for one in TRIGGERS.values()), NOTHING]


def whenever(topic: str) -> str:
    """Return the sentence's part for the trigger, or an empty text for none."""
    found = TRIGGERS.get(topic)
    return found.whenever if found else ""
