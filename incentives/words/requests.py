"""A request in plain words: its wish as sentences, and what happens next, for either side. Pure."""

from __future__ import annotations

from incentives.choices import Side
from incentives.terms import Terms
from incentives.words import STAGE_WORDS, headline

# status: (for the provider, for the recipient)
NEXT: dict[str, tuple[str, str]] = {
    "draft": (
        "Nothing yet: the request is being prepared.",
        "Complete your request and send it.",
    ),
    "requested": (
        "Say that you received it, or start the review.",
        "The provider looks at your request and gets back to you by e-mail.",
    ),
    "acknowledged": (
        "Start the review, so that the recipient knows you are on it.",
        "The provider received your request and reviews it next.",
    ),
    "under_review": (
        "Approve the request as it stands, propose other terms, or ask.",
        "The provider is looking at your request. You get an e-mail.",
    ),
    "needs_info": (
        "The recipient answers your question. You get an e-mail.",
        "It is your turn: answer the provider’s question.",
    ),
    "info_provided": (
        "Read the answer, then approve, review further, or ask on.",
        "The provider reads your answer and gets back to you by e-mail.",
    ),
    "approved": (
        "Confirm, so that the distribution can be recorded.",
        "The terms are agreed. The provider confirms next; you get an e-mail.",
    ),
    "approved_confirmed": (
        "Deliver the incentive, then record it on the distributions page.",
        "It is confirmed. The provider delivers your incentive and tells you by e-mail.",
    ),
    "completed": ("All done. The record stays here.", "All done. The record stays here."),
    "declined": (
        "You declined this request.",
        "The provider declined this request. You can ask for something else at any time.",
    ),
    "cancelled": ("The recipient withdrew this request.", "You withdrew this request."),
}
NEGOTIATING = {
    (Side.PROVIDER.value, Side.PROVIDER.value): (
        "The recipient agrees to your terms, or proposes others. You get an e-mail."
    ),
    (Side.PROVIDER.value, Side.RECIPIENT.value): (
        "The provider proposed other terms. Agree to them, or propose your own."
    ),
    (Side.RECIPIENT.value, Side.PROVIDER.value): (
        "The recipient proposed other terms. Approve or decline them."
    ),
    (Side.RECIPIENT.value, Side.RECIPIENT.value): (
        "Your proposal is with the provider. You get an e-mail."
    ),
}


def next_step(*, status: str, set_by: str, side: str) -> str:
    """Say what happens next, to the provider or to the recipient."""
    if status == "negotiating":
        return NEGOTIATING[(set_by, side)]
    return NEXT[status][0 if side == Side.PROVIDER else 1]


def plain_words(
    *,
    recipient: str,
    stage: str,
    product: str,
    terms: Terms | None,
    incentive_type: str,
    members: int | None,
    masked: bool,
) -> list[str]:
    """Say a request in sentences, as the provider reads it."""
    gift = headline(terms, incentive_type)
    who = STAGE_WORDS.get(stage, "somebody")
    lines = [f"{recipient}, {who}, asks for {gift} on {product}."]
    if terms is not None and terms.has_number and terms.description:
        lines.append(f"About the value: {terms.description.rstrip('.')}.")
    if members:
        lines.append(f"They ask as a group of up to {members}; the creator answers for all.")
    lines.append("Nothing is owed until both sides agree and you have confirmed.")
    if masked:
        lines.append("The message is hidden on public pages.")
    return lines
