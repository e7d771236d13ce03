"""A group offer in plain words: who people are to each other, what happens next, what happened. Pure.

Members of a group see each other as first name plus a masked address (incentives.md 1, rule 4).
"""

from __future__ import annotations

from dataclasses import dataclass

from incentives.choices import JOINABLE, OfferStatus, Side

SOMEBODY = "Somebody"


def first_name(name: str) -> str:
    """Return the first word of a name, or "Somebody" for whoever gave none."""
    words = name.split()
    return words[0] if words else SOMEBODY


def masked(address: str) -> str:
    """Return an address of which only the first letter and the host are shown: `a•••@example.org`."""
    name, at, host = address.partition("@")
    return f"{name[:1]}•••{at}{host}"


@dataclass(frozen=True, slots=True)
class Place:
    """One member's view of the group: their part in it and how far the group is."""

    status: str
    set_by: str
    is_lead: bool
    lead: str
    taken: int
    cap: int
    claimed: int = 0
    has_claimed: bool = False


def next_step(place: Place) -> str:
    """Say to a member what happens next; the lead answers, everybody claims."""
    if place.status in CLAIMING:
        return _claiming(place)
    if place.is_lead:
        return _leading(place)
    if place.status in JOINABLE:
        return f"{place.lead} answers for the group. You get an e-mail once it is confirmed."
    return AFTER.get(place.status, "")


CLAIMING = frozenset({OfferStatus.APPROVED_CONFIRMED, OfferStatus.CLAIMED})
# What is left to a member once the group has nothing more to answer.
AFTER: dict[str, str] = {
    "completed": "All done. If you like, confirm in a few words that yours arrived.",
    "rejected": "The group declined this offer.",
    "no_response": "The provider closed this offer because no answer came.",
    "acknowledged": "Thank you: words of the group were published.",
}


def _claiming(place: Place) -> str:
    if not place.has_claimed:
        return "It is confirmed. Press “Claim my incentive” when you are ready to receive yours."
    left = place.taken - place.claimed
    if left:
        who = "One other member has" if left == 1 else f"{left} other members have"
        return f"You claimed yours. {who} not claimed theirs yet."
    return "Everybody claimed. The provider delivers and tells you by e-mail."


def _leading(place: Place) -> str:
    if place.status == OfferStatus.OFFERED:
        if place.taken < 2:
            return "Invite the others: the group can accept once at least two have joined."
        if place.taken < place.cap:
            return "You lead the group. Wait until all have joined, or accept for those who have."
        return "All places are taken. Accept for the group, propose other terms, or ask a question."
    return ""


# status: what a member's page says once something happened. "{provider}" is filled in.
STATES: dict[str, str] = {
    "info_provided": "The group's answer is with {provider}",
    "counter": "The group's proposal is with {provider}",
    "approved": "The group accepted this offer",
    "pre_claimed": "The group claimed this offer",
    "partial_granted": "{provider} grants a part",
    "approved_confirmed": "Confirmed: each of you can claim",
    "claimed": "Everybody claimed their incentive",
    "completed": "This offer is completed",
    "rejected": "The group declined this offer",
    "no_response": "This offer was closed",
    "acknowledged": "Thank you for your words",
}
TURNS: dict[str, tuple[str, str]] = {
    "needs_info": (
        "{provider} asks the group something",
        "The group's question is with {provider}",
    ),
    "requires_revision": (
        "{provider} asks for a change",
        "The group's request is with {provider}",
    ),
}


def state_words(*, status: str, set_by: str, provider: str) -> str:
    """Return the heading of a member's page, or an empty text while the offer is fresh."""
    if status in TURNS:
        asked, asking = TURNS[status]
        words = asked if set_by == Side.PROVIDER else asking
    else:
        words = STATES.get(status, "")
    return words.format(provider=provider)


def places(taken: int, cap: int) -> str:
    """Say how full the group is: "2 of 3 places are taken"."""
    if taken >= cap:
        return "All places are taken"
    return f"{taken} of {cap} places {'is' if taken == 1 else 'are'} taken"


def joined(*, name: str, taken: int, cap: int, leads: bool) -> str:
    """Return the note that somebody joined."""
    lead = " and leads it" if leads else ""
    return f"{first_name(name)} joined the group{lead}: {places(taken, cap).lower()}."


def left(*, name: str, taken: int, cap: int) -> str:
    """Return the note that somebody left before the offer was confirmed."""
    return f"{first_name(name)} left the group: {places(taken, cap).lower()}."


def withdrew(name: str) -> str:
    """Return the note that somebody withdrew after the offer was confirmed."""
    return f"{first_name(name)} withdrew from the group. Their distribution is set to Failed."


def leads_now(name: str) -> str:
    """Return the note of a hand-over."""
    return f"{first_name(name)} leads the group now."


def claimed(*, name: str, claimed: int, taken: int) -> str:
    """Return the note that a member claimed their own share."""
    return f"{first_name(name)} claimed their incentive: {claimed} of {taken} members have."
