"""What a live campaign may listen to, and how that is said (vouchers.md 5.2, 6.2).

A trigger is a topic of the outbox. One that is empty listens to nothing: codes go out by API, by claim
link, or by hand. A campaign may also ask that something does not follow within a time: "registered, and
no purchase within seven days".
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
# What may be asked not to follow, with its noun.
REDEEMED = "partner_voucher.redeemed"
ABSENCES = {
    PURCHASE: "purchase",
    "events.referral": "referral",
    "events.achievement": "achievement",
    "events.contact": "contact event",
    "events.subscription": "subscription",
    REDEEMED: "redemption of a voucher",
}
AT_ONCE = ("", "Whatever follows: the code is given at once")
LONGEST_ABSENCE = 365 * 24
NOTHING = ("", "Nothing: codes are asked for by API or claim link, or given by hand")


def choices() -> list[tuple[str, str]]:
    """Return the triggers as a form offers them."""
    return [*((one.topic, one.label) for one in TRIGGERS.values()), NOTHING]


def absence_choices() -> list[tuple[str, str]]:
    """Return what may not follow, as a form offers it."""
    return [AT_ONCE, *((topic, f"No {noun} follows") for topic, noun in ABSENCES.items())]


def whenever(topic: str, *, absent: str = "", hours: int | None = None) -> str:
    """Return the sentence's part for the trigger, or an empty text for none."""
    found = TRIGGERS.get(topic)
    if found is None:
        return ""
    if absent not in ABSENCES or hours is None:
        return found.whenever
    return f"{found.whenever} and no {ABSENCES[absent]} follows within {span(hours)}"


def followed(absent: str, hours: int) -> str:
    """Say why somebody for whom the campaign waited gets nothing."""
    return f"{ABSENCES[absent]} within {span(hours)}"


def span(hours: int) -> str:
    """Return the time in words: whole days as days."""
    number, word = (hours // 24, "day") if hours % 24 == 0 else (hours, "hour")
    return f"{number} {word}" if number == 1 else f"{number} {word}s"
