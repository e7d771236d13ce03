"""An offer in plain words: its terms as sentences, and what happens next, for either side."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from incentives.choices import (
    FACES,
    EntityStage,
    EntityType,
    IncentiveType,
    OfferStatus,
    Side,
)
from incentives.completeness.offers import OfferValues
from incentives.completeness.templates import TemplateValues
from incentives.terms import Terms

INCENTIVE_WORDS = {
    IncentiveType.CASHBACK.value: "cashback",
    IncentiveType.DISCOUNT.value: "discount",
    IncentiveType.GIFT_CARD.value: "gift card",
    IncentiveType.OTHER.value: "incentive",
}
STAGE_WORDS = {
    EntityStage.PROSPECT_CUSTOMER.value: "a prospective customer",
    EntityStage.EXISTING_CUSTOMER.value: "an existing customer",
    EntityStage.PARTNER.value: "a partner",
    EntityStage.LEAD.value: "a lead",
}

# status: (for the provider, for the recipient)
NEXT: dict[str, tuple[str, str]] = {
    "draft": ("Complete the offer and send it.", "Nothing yet: the offer is being prepared."),
    "offered": (
        "The recipient answers. You get an e-mail as soon as they do.",
        "Accept the offer, propose other terms, or ask a question.",
    ),
    "info_provided": (
        "Read the answer, then offer the terms again, grant a part, or ask on.",
        "The provider reads your answer and gets back to you by e-mail.",
    ),
    "counter": (
        "Confirm the recipient's terms, grant a part, or offer again.",
        "The provider looks at your proposal and gets back to you by e-mail.",
    ),
    "approved": (
        "The recipient agreed. Confirm, so that the distribution can be recorded.",
        "You agreed. The provider confirms next; you get an e-mail.",
    ),
    "partial_granted": (
        "The recipient agrees to the part you granted, or proposes more.",
        "A part was granted. Accept it, propose more, or ask a question.",
    ),
    "approved_confirmed": (
        "Deliver the incentive, then record it on the distributions page.",
        "It is confirmed. Press “Claim my incentive” when you are ready to receive it.",
    ),
    "pre_claimed": (
        "Somebody claimed your link. Look at who it is, then confirm or ask.",
        "Your claim is in. The provider confirms next; you get an e-mail.",
    ),
    "claimed": (
        "Deliver the incentive, record it, then set the offer to Completed.",
        "The provider delivers the incentive and tells you by e-mail.",
    ),
    "completed": (
        "The recipient may confirm receipt in words. Then set the offer to Acknowledged.",
        "All done. If you like, confirm in a few words that it arrived.",
    ),
    "rejected": ("The recipient declined. Nothing is left to do.", "You declined this offer."),
    "cancelled": ("You withdrew the offer.", "The provider withdrew this offer."),
    "expired": (
        "Nobody answered in time. You can offer it again with a new end.",
        "The time to answer has passed. You can ask the provider for a new link.",
    ),
    "no_response": (
        "The recipient fell silent. You can offer it again.",
        "The provider closed this offer because no answer came.",
    ),
    "acknowledged": (
        "The recipient confirmed receipt. What they allowed to be shown can be embedded on your site.",
        "Thank you: your words have been read.",
    ),
}
ASKED = {
    "needs_info": ("answer the question", "answers your question"),
    "requires_revision": ("make the change that was asked for", "makes the change you asked for"),
}


def next_step(*, status: str, set_by: str, side: str) -> str:
    """Say what happens next, to the provider or to the recipient."""
    if status in ASKED:
        mine, theirs = ASKED[status]
        if set_by != side:
            return f"It is your turn: {mine}."
        other = "recipient" if side == Side.PROVIDER else "provider"
        return f"The {other} {theirs}. You get an e-mail."
    return NEXT[status][0 if side == Side.PROVIDER else 1]


def incentive_word(incentive_type: str) -> str:
    return INCENTIVE_WORDS.get(incentive_type, "incentive")


def headline(terms: Terms | None, incentive_type: str) -> str:
    """Return the offer in a few words: "€50.00 cashback", or its description."""
    word = incentive_word(incentive_type)
    if terms is None:
        return word.capitalize()
    if terms.has_number:
        return f"{terms.value_text} {word}"
    return terms.description or word.capitalize()


def moment(at: datetime, zone: str) -> str:
    """Return a moment in words with its zone: "30 Nov 2026, 23:59 (Europe/Athens)"."""
    local = at.astimezone(ZoneInfo(zone))
    return f"{local.day} {local:%b %Y, %H:%M} ({zone})"


def plain_words(values: OfferValues, *, provider: str, zone: str) -> list[str]:
    """Say the offer's terms and rules in sentences; unfinished parts are named as such."""
    lines = [*_promise_lines(values, provider), _delivery_line(values)]
    if values.expires_at is not None:
        lines.append(f"It can be accepted until {moment(values.expires_at, zone)}.")
    lines.append("Nothing is owed until the recipient has agreed and the provider has confirmed.")
    if values.message_masked:
        lines.append("The message is hidden on public pages and widgets.")
    return lines


def template_words(values: TemplateValues, *, provider: str) -> list[str]:
    """Say what each use of a link template makes, for how long, and how often at most."""
    offer = values.offer
    lines = _promise_lines(offer, provider)
    if offer.offer_type == "group":
        cap = offer.max_required_members or "some"
        lines.append(
            f"Whoever opens the link founds a group of up to {cap} people and invites the others;"
            " only founding counts as a use."
        )
    else:
        lines.append(
            "Everybody who opens the link and verifies an e-mail address gets an offer of their own."
        )
    if values.validity_days:
        days = "one day" if values.validity_days == 1 else f"{values.validity_days} days"
        lines.append(f"Each offer stays open for {days}.")
    if values.max_uses is None:
        lines.append("There is no limit to how often it can be used.")
    else:
        times = "once" if values.max_uses == 1 else f"{values.max_uses:,} times"
        lines.append(f"It can be used {times}.")
    lines.append("Nothing is owed until the recipient has agreed and the provider has confirmed.")
    if offer.message_masked:
        lines.append("The message is hidden on public pages and widgets.")
    return lines


def _promise_lines(values: OfferValues, provider: str) -> list[str]:
    who = STAGE_WORDS.get(values.entity_stage, "somebody")
    kind = EntityType(values.entity_type).label.lower() if values.entity_type else "recipient"
    product = values.program.product_service.name if values.program else "a product to be chosen"
    gift = headline(values.terms, values.incentive_type)
    lines = [f"{provider} offers {gift} on {product} to {who} ({kind})."]
    if values.terms and values.terms.has_number and values.terms.description:
        lines.append(f"About the value: {values.terms.description.rstrip('.')}.")
    return lines


def _delivery_line(values: OfferValues) -> str:
    if values.offer_type == "group":
        cap = values.max_required_members or "some"
        return f"Up to {cap} people can join as a group; their lead answers for all."
    if values.delivery_method == "link":
        return "The first person to claim the link with a verified e-mail address gets it."
    address = values.recipient_email or "an address to be entered"
    return f"It goes to {address} alone, by an e-mailed link."


def waiting_text(status: str, set_by: str) -> str:
    """Return who moves next as shown in the list: Provider, Recipient or a dash."""
    side = FACES[OfferStatus(status)].waits_for
    if side == "other":
        side = "recipient" if set_by == Side.PROVIDER else "provider"
    return side.capitalize() or "–"
