"""What all e-mails of offers share: their context, their tokens, the row of the mail table."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from core import mail, references, tokens
from core.models import LinkToken
from incentives import words
from incentives.models import GroupMember, Offer, OfferStatusChange
from incentives.selectors.groups import lead_of

ACCESS_LIFETIME = timedelta(days=30)


def reference_of(offer: Offer) -> str:
    """Return the opaque reference under which tokens and mails of the offer are kept."""
    return references.reference("incentives.offer", offer.pk)


def reference_of_member(member: GroupMember) -> str:
    """Return the opaque reference under which a group member's tokens are kept."""
    return references.reference("incentives.member", member.pk)


def _holder_of(offer: Offer) -> str:
    """Return what the recipient's links name: the offer, or in a group the lead's membership."""
    lead = lead_of(offer=offer) if offer.is_group else None
    return reference_of_member(lead) if lead else reference_of(offer)


def extend_links(offer: Offer, *, expires_at: datetime) -> None:
    """Let the links of the first mails work on once the recipient has answered (3.10)."""
    subjects = [reference_of(offer)]
    if offer.is_group:
        members = GroupMember.objects.filter(offer=offer).only("pk")
        subjects += [reference_of_member(member) for member in members]
    tokens.extend(subjects=subjects, purposes=["claim", "member"], expires_at=expires_at)


def context_of(offer: Offer) -> dict[str, Any]:
    business = offer.business
    profile = getattr(business, "provider_profile", None)
    terms = offer.terms.value if offer.terms else None
    return {
        "provider_name": business.name,
        "provider_url": profile.website if profile else "",
        "logo_url": profile.logo.url if profile and profile.logo else "",
        "contact_email": profile.email if profile else "",
        "product": offer.program.product_service.name,
        "incentive": words.incentive_word(offer.incentive_type),
        "headline": words.headline(terms, offer.incentive_type),
        "value_text": terms.value_text if terms else "",
        "description": terms.description if terms else "",
        "message": offer.message,
        "expires_at": words.moment(offer.expires_at, "UTC") if offer.expires_at else "",
        "offer_reference": offer.reference,
        "offer_id": offer.pk,
        "recipient_name": offer.recipient_name,
    }


def post_mail(
    offer: Offer,
    *,
    kind: str,
    template: str,
    event: str,
    to: str,
    at: datetime,
    link: str = "",
    token: LinkToken | None = None,
    **more: Any,
) -> None:
    profile = getattr(offer.business, "provider_profile", None)
    mail.queue(
        kind=kind,
        key=f"{kind}:{event}:{to.lower()}",
        to=to,
        template=f"incentives/{template}",
        context={**context_of(offer), **more},
        at=at,
        link=link,
        token=token,
        # What a link template would make has no key yet.
        reference=reference_of(offer) if offer.pk else "",
        owner_id=offer.business_id,
        reply_to=profile.email if profile else "",
        from_name=offer.business.name,
    )


def claim_token(offer: Offer, *, at: datetime) -> LinkToken:
    """Replace the offer's claim token by a fresh one that lives until the offer expires."""
    assert offer.expires_at is not None
    tokens.revoke(subject=reference_of(offer), purposes=["claim"], at=at)
    return tokens.issue(
        purpose="claim",
        subject=reference_of(offer),
        address=offer.recipient_email,
        at=at,
        expires_at=offer.expires_at,
    )


def access_token(offer: Offer, *, at: datetime) -> LinkToken:
    """Make the token of a later mail to the recipient: 30 days, many uses."""
    return tokens.issue(
        purpose="access",
        subject=_holder_of(offer),
        address=offer.recipient_email,
        at=at,
        expires_at=at + ACCESS_LIFETIME,
    )


def next_of(offer: Offer, side: str) -> str:
    return words.next_step(status=offer.status, set_by=offer.status_set_by, side=side)


def event_of(change: OfferStatusChange) -> str:
    """Return the name of the event that a status change is."""
    return f"change-{change.pk}"
