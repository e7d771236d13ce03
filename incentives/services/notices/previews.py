"""An e-mail as its reader would get it, written with sample data or about a real offer, never sent."""

from __future__ import annotations

from typing import Any

from django.core.mail import EmailMultiAlternatives

from core import mail
from core.models import Mail
from directory.models import Organisation
from incentives.models import Offer
from incentives.services.notices.base import context_of
from incentives.services.notices.letters import Letter

# No token: whoever follows it is told that the link opens nothing.
DEAD_LINK = "/incentive-offers/claim?token=a-link-of-a-preview-opens-nothing"
SAMPLE: dict[str, Any] = {
    "product": "Rooftop panels",
    "incentive": "cashback",
    "headline": "€50.00 cashback",
    "value_text": "€50.00",
    "description": "Paid to your bank account within 14 days",
    "message": "Thank you for your trust: here is something back.",
    "text": "Which account should it go to?",
    "excerpt": "Could it be a little more? The scaffolding cost us more than planned.",
    "expires_at": "30 Nov 2026, 22:00 (UTC)",
    "answer_by": "7 Dec 2026, 22:00 (UTC)",
    "until": "30 Nov 2026, 22:00 (UTC)",
    "offer_reference": "OF-7H2K-93P",
    "request_reference": "RQ-4M8T-21K",
    "offer_id": 42,
    "recipient_name": "Noor Haddad",
    "creator": "Noor Haddad",
    "who": "Noor Haddad",
    "old_status": "Offered",
    "new_status": "Approved",
    "next_step": "You agreed. The provider confirms next; you get an e-mail.",
    "last_message_at": "9 Nov 2026, 10:12 (UTC)",
    "offers": [
        {"reference": "OF-7H2K-93P", "to": "noor@example.com", "product": "Rooftop panels"},
        {"reference": "OF-3Q9X-58C", "to": "shared link", "product": "Home energy survey"},
    ],
    "cap": 12,
    "places": "12 of 12 places taken",
    "leads": False,
    "to_lead": True,
    "has_joined": False,
    "is_new": True,
    "sends": True,
    "template_name": "Spring fair",
    "uses": 100,
    "acknowledgement": "It arrived the next day. Thank you!",
}


def compose(
    letter: Letter, *, business: Organisation, offer: Offer | None = None
) -> EmailMultiAlternatives:
    """Write the letter in the business's name: with sample data, or with those of the offer.

    It carries a dead link in place of the secret that a real one would hold, and is not stored.
    """
    profile = getattr(business, "provider_profile", None)
    context = SAMPLE | {
        "provider_name": business.name,
        "provider_url": profile.website if profile else "",
        "logo_url": profile.logo.url if profile and profile.logo else "",
        "contact_email": profile.email if profile else "",
    }
    if offer is not None:
        context |= {name: value for name, value in context_of(offer).items() if value}
    draft = Mail(
        kind=letter.code,
        to="recipient@example.com" if letter.audience == "recipient" else "you@example.com",
        template=f"incentives/{letter.template}",
        context=context,
        link=DEAD_LINK,
        from_name=mail.one_line(business.name),
        reply_to=profile.email if profile else "",
    )
    return mail.render(draft)
