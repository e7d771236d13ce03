"""What the creator of a request can answer, in their own words (incentives.md 8.1, 8.2). Pure.

Which answers are open now is decided by the transition table alone.
"""

from __future__ import annotations

from collections.abc import Iterable

from incentives.answers.offers import Answer

REQUEST_ANSWERS: tuple[Answer, ...] = (
    Answer("approved", "agree", "Agree to these terms", "check", instant=True),
    Answer(
        "info_provided",
        "inform",
        "Provide information",
        "message",
        heading="Provide information",
        intro="Answer what was asked. Your request stays open meanwhile.",
        asks="Your answer",
        submit="Send my answer",
    ),
    Answer(
        "negotiating",
        "propose",
        "Propose other terms",
        "arrows-exchange",
        heading="Propose other terms",
        intro="Say what would suit you better. You agree to your own terms by sending them.",
        asks="Why these terms?",
        hint="The provider reads this next to your proposal.",
        submit="Send my proposal",
    ),
    Answer(
        "cancelled",
        "withdraw",
        "Cancel this request",
        "x",
        heading="Cancel this request?",
        intro="This ends the request for good. You can ask anew at any time.",
        asks="Your reason",
        hint="The provider sees it. You need not give one.",
        submit="Yes, cancel the request",
        text_required=False,
        max_length=500,
    ),
)
REQUEST_ANSWER_BY_SLUG: dict[str, Answer] = {answer.slug: answer for answer in REQUEST_ANSWERS}


def open_request_answers(statuses: Iterable[str]) -> list[Answer]:
    """Return the answers behind the statuses that the table opens now, in the page's order."""
    found = set(statuses)
    return [answer for answer in REQUEST_ANSWERS if answer.status in found]
