"""The one page that confirms a visitor's wish, whether it is for a shared link or for a template's."""

from __future__ import annotations

from datetime import datetime

from incentives.models import ClaimIntent, Offer
from incentives.selectors.link_templates import offer_preview
from incentives.services import intents, links, template_claims


def open_wish(*, secret: str, at: datetime) -> tuple[ClaimIntent, Offer]:
    """Return the wish with the offer that it is for, or that it would make; changes nothing.

    Raises the token errors, and the refusals of a link that was closed meanwhile.
    """
    intent = intents.open_intent(secret=secret, at=at)
    if intent.template_id is not None:
        template = template_claims.template_of(intent)
        template_claims.refuse_closed_to(template, email=intent.email, at=at)
        return intent, offer_preview(template, at=at)
    assert intent.offer is not None
    links.refuse_closed(intent.offer, at=at)
    return intent, intent.offer


def confirm(*, secret: str, at: datetime) -> tuple[Offer, str]:
    """Carry the wish out, once; return its offer and the secret of the way back to it."""
    return intents.confirm(secret=secret, at=at, carry_out=_carry_out)


def _carry_out(intent: ClaimIntent, at: datetime) -> tuple[Offer, str]:
    if intent.template_id is not None:
        return template_claims.carry_out(intent, at)
    return links.carry_out(intent, at)
