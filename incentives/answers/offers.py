"""What a recipient can answer, in the recipient's words (incentives.md 5.1).

Which answers are open now is decided by the transition table alone; this module only gives each its
address, its button and its sentences. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from incentives.choices import OfferStatus, Side
from incentives.choices.requests import RequestStatus

# By these a recipient puts own terms on the table of an offer or a request, and ends it.
PROPOSING = (OfferStatus.COUNTER, RequestStatus.NEGOTIATING)
ENDING = (OfferStatus.REJECTED, RequestStatus.CANCELLED)


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: the status it sets, the last part of its address, and how it is put to people.

    An instant answer is one button. Any other has a page of its own, where `asks` labels the text and
    `text_required` says whether it may be empty.
    """

    status: str
    slug: str
    label: str
    icon: str = ""
    instant: bool = False
    heading: str = ""
    intro: str = ""
    asks: str = ""
    hint: str = ""
    submit: str = ""
    text_required: bool = True
    max_length: int = 1024

    @property
    def proposes_terms(self) -> bool:
        return self.status in PROPOSING

    @property
    def takes_files(self) -> bool:
        return not self.instant and not self.is_no

    @property
    def is_no(self) -> bool:
        return self.status in ENDING


ANSWERS: tuple[Answer, ...] = (
    Answer(OfferStatus.APPROVED, "accept", "Accept offer", "check", instant=True),
    Answer(OfferStatus.PRE_CLAIMED, "claim", "Claim offer", "gift", instant=True),
    Answer(OfferStatus.CLAIMED, "collect", "Claim my incentive", "gift", instant=True),
    Answer(
        OfferStatus.INFO_PROVIDED,
        "inform",
        "Provide information",
        "message",
        heading="Provide information",
        intro="Answer what was asked. Your offer stays open meanwhile.",
        asks="Your answer",
        submit="Send my answer",
    ),
    Answer(
        OfferStatus.COUNTER,
        "counter",
        "Make a counter-offer",
        "arrows-exchange",
        heading="Make a counter-offer",
        intro="Say what would suit you better. You agree to your own terms by sending them.",
        asks="Why these terms?",
        hint="The provider reads this next to your proposal.",
        submit="Send my proposal",
    ),
    Answer(
        OfferStatus.NEEDS_INFO,
        "ask",
        "Ask a question",
        "message-question",
        heading="Ask a question",
        intro="Nothing is decided by asking. You get the answer by e-mail.",
        asks="Your question",
        submit="Send my question",
    ),
    Answer(
        OfferStatus.REQUIRES_REVISION,
        "revise",
        "Request a change",
        "edit",
        heading="Request a change",
        intro="Say what should be put differently: a date, a name, the wording.",
        asks="What should change?",
        submit="Send my request",
    ),
    Answer(
        OfferStatus.REJECTED,
        "decline",
        "Decline",
        "x",
        heading="Decline this offer?",
        intro="This ends the offer for good; it cannot be undone.",
        asks="Your reason",
        hint="The provider sees it. You need not give one.",
        submit="Yes, decline the offer",
        text_required=False,
        max_length=500,
    ),
)
# A place in a group is no status: it is wished for on its shared link, and taken by an invitation.
JOIN = Answer("join", "join", "Join the group", "user-plus", instant=True)
# The first who confirms at the link of a group's template founds a group of their own.
FOUND = Answer("join", "found", "Start a group", "users-group", instant=True)
BY_STATUS: dict[str, Answer] = {answer.status: answer for answer in ANSWERS}
BY_SLUG: dict[str, Answer] = {answer.slug: answer for answer in ANSWERS}

# status: what the page says once something happened. "{provider}" is filled in.
STATES: dict[str, str] = {
    "info_provided": "Your answer is with {provider}",
    "counter": "Your proposal is with {provider}",
    "approved": "You accepted this offer",
    "pre_claimed": "You claimed this offer",
    "partial_granted": "{provider} grants a part",
    "approved_confirmed": "Confirmed: it is yours to claim",
    "claimed": "You claimed your incentive",
    "completed": "This offer is completed",
    "rejected": "You declined this offer",
    "no_response": "This offer was closed",
    "acknowledged": "Thank you for your words",
}
# status: when the provider set it, when the recipient did.
TURNS: dict[str, tuple[str, str]] = {
    "needs_info": ("{provider} asks you something", "Your question is with {provider}"),
    "requires_revision": ("{provider} asks for a change", "Your request is with {provider}"),
}


def state_words(*, status: str, set_by: str, provider: str) -> str:
    """Return the heading of the page for a status, or an empty text while the offer is fresh."""
    if status in TURNS:
        asked, asking = TURNS[status]
        words = asked if set_by == Side.PROVIDER else asking
    else:
        words = STATES.get(status, "")
    return words.format(provider=provider)


def open_answers(choices: list[Any]) -> list[Answer]:
    """Return the answers behind the statuses that the table opens now, in the page's order."""
    statuses = {choice.status for choice in choices if choice.is_open}
    return [answer for answer in ANSWERS if answer.status in statuses]


def rules_in_words(
    *,
    provider: str,
    gift: str,
    product: str,
    description: str,
    until: str,
    by_link: bool,
    group_of: int = 0,
) -> list[str]:
    """Say the terms of the offer to the one who is to accept them; empty parts are left out."""
    lines = [f"{provider} offers you {gift} on {product}."]
    if description:
        lines.append(f"About the value: {description.rstrip('.')}.")
    if group_of:
        lines.append(
            f"It is for a group: up to {group_of} people join, each gets the incentive, and whoever"
            " leads the group answers for all."
        )
    elif by_link:
        lines.append("The first person to confirm their e-mail address gets it.")
    if until:
        lines.append(f"You can answer until {until}.")
    lines.append(f"Nothing is owed until you have agreed and {provider} has confirmed.")
    lines.append(
        f"{provider} delivers the incentive and records here what you were given;"
        " until then you can still decline."
    )
    return lines
