"""E-mails about acknowledgements: E08 and E14, from an offer, a request or none (incentives.md 5.6)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse

from core import mail, references, tokens
from core.models import LinkToken
from directory.models import Organisation
from incentives import words
from incentives.models import Acknowledgement, AcknowledgementIntent, Program
from incentives.selectors.acknowledgements import source_of
from incentives.services.notices.providers import addresses_for
from incentives.terms import Terms

NOUN = "incentives.acknowledgement"
INTENT_NOUN = "incentives.acknowledgement_intent"


def subject_of(acknowledgement: Acknowledgement) -> str:
    """Return the opaque reference under which the invitation's tokens are kept."""
    return references.reference(NOUN, acknowledgement.pk)


def acknowledgement_invited(acknowledgement: Acknowledgement, *, at: datetime) -> None:
    """E08: the invitation to confirm receipt in words; its link works once, and closes earlier ones."""
    source = source_of(acknowledgement)
    tokens.revoke(subject=subject_of(acknowledgement), purposes=["ack"], at=at)
    token = tokens.issue(
        purpose="ack",
        subject=subject_of(acknowledgement),
        address=acknowledgement.email,
        at=at,
        expires_at=acknowledgement.expires_at,
        single_use=True,
    )
    _post(
        kind="E08",
        template="e08_acknowledge",
        event=f"token-{token.pk}",
        to=acknowledgement.email,
        at=at,
        reference=source.reference or subject_of(acknowledgement),
        business=acknowledgement.business,
        link=reverse("acknowledge"),
        token=token,
        context={
            **_gift(acknowledgement.program, acknowledgement.value, source.incentive_type),
            "recipient_name": source.recipient_name,
            "text": acknowledgement.personal_message,
            "expires_at": words.moment(acknowledgement.expires_at, "UTC"),
        },
    )


def acknowledgement_address(intent: AcknowledgementIntent, *, at: datetime) -> None:
    """E08 for whoever named themselves on a link: the one link that takes their words."""
    source = intent.acknowledgement_request or intent.template
    assert source is not None
    subject = references.reference(INTENT_NOUN, intent.pk)
    token = tokens.issue(
        purpose="ack",
        subject=subject,
        address=intent.email,
        at=at,
        expires_at=intent.expires_at,
        single_use=True,
    )
    _post(
        kind="E08",
        template="e08_address",
        event=f"token-{token.pk}",
        to=intent.email,
        at=at,
        reference=subject,
        business=source.business,
        link=reverse("acknowledge"),
        token=token,
        context={
            **_gift(source.program, source.value, source.incentive_type),
            "recipient_name": intent.name,
            "expires_at": words.moment(intent.expires_at, "UTC"),
        },
    )


def acknowledged(acknowledgement: Acknowledgement, *, at: datetime) -> None:
    """E14: the recipient's words wait for the provider's review."""
    source = source_of(acknowledgement)
    for address in addresses_for(
        business=acknowledgement.business, creator_ids=[source.created_by_id]
    ):
        _post(
            kind="E14",
            template="e14_acknowledged",
            event=f"acknowledgement-{acknowledgement.pk}",
            to=address,
            at=at,
            reference=source.reference or subject_of(acknowledgement),
            business=acknowledgement.business,
            link=reverse("acknowledgement_detail", args=[acknowledgement.pk]),
            context={
                **_gift(acknowledgement.program, acknowledgement.value, source.incentive_type),
                "recipient_name": source.recipient_name,
                "offer_reference": source.label if acknowledgement.offer_id else "",
                "text": acknowledgement.message,
                "may_be_public": acknowledgement.consent_public,
            },
        )


def _gift(program: Program, value: Terms, incentive_type: str) -> dict[str, Any]:
    """Return what was given, as both mails name it."""
    return {
        "product": program.product_service.name,
        "incentive": words.incentive_word(incentive_type),
        "headline": words.headline(value, incentive_type),
        "value_text": value.value_text,
        "description": value.description,
    }


def _post(
    *,
    kind: str,
    template: str,
    event: str,
    to: str,
    at: datetime,
    reference: str,
    business: Organisation,
    link: str,
    context: dict[str, Any],
    token: LinkToken | None = None,
) -> None:
    profile = getattr(business, "provider_profile", None)
    mail.queue(
        kind=kind,
        key=f"{kind}:{event}:{to.lower()}",
        to=to,
        template=f"incentives/{template}",
        context={
            "provider_name": business.name,
            "provider_url": profile.website if profile else "",
            "logo_url": profile.logo.url if profile and profile.logo else "",
            "contact_email": profile.email if profile else "",
            **context,
        },
        at=at,
        link=link,
        token=token,
        reference=reference,
        owner_id=business.pk,
        reply_to=profile.email if profile else "",
        from_name=business.name,
    )
