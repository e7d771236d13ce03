"""E-mails to recipients: E01, E02, E03, E05 to E07, E09, E13 (incentives.md 5.6)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.urls import reverse

from core import references, tokens
from incentives import words
from incentives.choices import OfferStatus, Side
from incentives.models import ClaimIntent, Distribution, Offer
from incentives.selectors.link_templates import offer_preview
from incentives.services.notices.base import (
    access_token,
    claim_token,
    next_of,
    post_mail,
    reference_of,
)
from incentives.services.notices.groups import (
    cancelled_to_group,
    confirmed_to_group,
    member_access,
    offered_to_group,
    reminded,
)

VERIFY_LIFETIME = timedelta(hours=24)


def offered(offer: Offer, *, at: datetime) -> None:
    """E01: the offer with its claim link; sent anew it closes the earlier link."""
    if offer.is_group:
        offered_to_group(offer, at=at)
        return
    token = claim_token(offer, at=at)
    post_mail(
        offer,
        kind="E01",
        template="e01_offer",
        event=f"token-{token.pk}",
        to=offer.recipient_email,
        at=at,
        link=reverse("offer_claim"),
        token=token,
    )


def verify(intent: ClaimIntent, *, at: datetime) -> None:
    """E02: confirm the typed address; the button is the only content that acts."""
    token = tokens.issue(
        purpose="verify",
        subject=references.reference("incentives.intent", intent.pk),
        address=intent.email,
        at=at,
        expires_at=at + VERIFY_LIFETIME,
        single_use=True,
    )
    if intent.template is not None:
        offer = offer_preview(intent.template, at=at)
    else:
        assert intent.offer is not None
        offer = intent.offer
    post_mail(
        offer,
        kind="E02",
        template="e02_verify",
        event=f"intent-{intent.pk}",
        to=intent.email,
        at=at,
        link=reverse("offer_verify"),
        token=token,
        message="" if offer.message_masked else offer.message,
        recipient_name=intent.name,
        joins=intent.is_join,
    )


def claimed_by_link(offer: Offer, *, at: datetime) -> str:
    """E03: the access link of a recipient who claimed a shared link; returns its secret."""
    token = access_token(offer, at=at)
    post_mail(
        offer,
        kind="E03",
        template="e03_access",
        event=f"token-{token.pk}",
        to=offer.recipient_email,
        at=at,
        link=reverse("offer_claim"),
        token=token,
        next_step=next_of(offer, Side.RECIPIENT),
    )
    return tokens.secret_of(token)


def provider_acted(offer: Offer, *, event: str, text: str, at: datetime) -> None:
    """E05: the provider's message or change of status, to the recipient."""
    if not offer.recipient_email:
        return
    due = offer.answer_due_at
    post_mail(
        offer,
        kind="E05",
        template="e05_provider_acted",
        event=event,
        to=offer.recipient_email,
        at=at,
        link=reverse("offer_claim"),
        token=access_token(offer, at=at),
        new_status=OfferStatus(offer.status).label,
        text=text,
        answer_by=words.moment(due, "UTC") if due else "",
        next_step=next_of(offer, Side.RECIPIENT),
    )


def confirmed(offer: Offer, *, event: str, at: datetime) -> None:
    """E06: the confirmed terms and the button to claim."""
    if offer.is_group:
        confirmed_to_group(offer, event=event, at=at)
        return
    post_mail(
        offer,
        kind="E06",
        template="e06_confirmed",
        event=event,
        to=offer.recipient_email,
        at=at,
        link=reverse("offer_claim"),
        token=access_token(offer, at=at),
        next_step=next_of(offer, Side.RECIPIENT),
    )


def delivered(distribution: Distribution, *, at: datetime) -> None:
    """E07: what was delivered, once for each success."""
    offer, value, member = distribution.offer, distribution.value, distribution.group_member
    assert offer is not None
    post_mail(
        offer,
        kind="E07",
        template="e07_success",
        event=f"distribution-{distribution.pk}-{distribution.version}",
        distribution=distribution.pk,
        to=distribution.recipient_email,
        at=at,
        link=reverse("offer_claim"),
        token=member_access(member, at=at) if member else access_token(offer, at=at),
        recipient_name=distribution.recipient_name,
        value_text=value.value_text,
        headline=words.headline(value, offer.incentive_type),
        description=value.description,
    )


def reminder(offer: Offer, *, at: datetime) -> None:
    """E09: 48 hours are left; the link of the first mail goes on working beside the new one."""
    if offer.is_group:
        reminded(offer, at=at)
        return
    assert offer.expires_at is not None
    token = tokens.issue(
        purpose="claim",
        subject=reference_of(offer),
        address=offer.recipient_email,
        at=at,
        expires_at=offer.expires_at,
    )
    post_mail(
        offer,
        kind="E09",
        template="e09_reminder",
        event=f"{offer.pk}-until-{offer.expires_at:%Y%m%d%H%M%S}",
        to=offer.recipient_email,
        at=at,
        link=reverse("offer_claim"),
        token=token,
    )


def cancelled(offer: Offer, *, event: str, text: str, at: datetime) -> None:
    """E13: the provider withdrew; to whoever was addressed or bound, and all members."""
    if offer.is_group:
        cancelled_to_group(offer, event=event, text=text, at=at)
        return
    if not offer.recipient_email:
        return
    post_mail(
        offer,
        kind="E13",
        template="e13_cancelled",
        event=event,
        to=offer.recipient_email,
        at=at,
        text=text,
    )
