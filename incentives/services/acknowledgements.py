"""Asking recipients to confirm receipt in their own words (incentives.md 3.11, 5.7)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from core import references, tokens
from core.errors import Invalid, NotFound
from incentives.choices import AcknowledgementState, DistributionStatus
from incentives.models import Acknowledgement, Distribution, Offer
from incentives.services import notices, posts

LIFETIME = timedelta(days=7)
SHORTEST, LONGEST = 10, 1024


def invite(*, offer: Offer, text: str, at: datetime) -> None:
    """Invite every recipient with a Success distribution, once each, by E08."""
    rows = Distribution.objects.filter(offer=offer, status=DistributionStatus.SUCCESS)
    for distribution in rows.order_by("id"):
        distribution.offer = offer
        acknowledgement, created = Acknowledgement.objects.get_or_create(
            distribution=distribution,
            defaults={
                "business_id": offer.business_id,
                "offer": offer,
                "email": distribution.recipient_email,
                "expires_at": at + LIFETIME,
                "created_at": at,
                "updated_at": at,
            },
        )
        if created:
            notices.acknowledgement_invited(acknowledgement, text=text, at=at)


def open_invitation(*, secret: str, at: datetime) -> Acknowledgement:
    """Return the invitation behind the e-mailed link; raises the token errors of `core.tokens`."""
    token = tokens.resolve(secret, purposes=["ack"], at=at)
    _, pk = references.parse(token.subject)
    return Acknowledgement.objects.select_related(
        "offer__business__provider_profile", "offer__program__product_service", "distribution"
    ).get(pk=pk)


def submit(
    *, secret: str, message: str, display_name: str, consent_public: bool, at: datetime
) -> Acknowledgement:
    """Store the recipient's words and use up the link; the offer's status does not change."""
    words = message.strip()
    if not SHORTEST <= len(words) <= LONGEST:
        sentence = f"Write between {SHORTEST} and {LONGEST} characters; these are {len(words)}."
        raise Invalid(sentence, fields={"message": sentence})
    with transaction.atomic():
        acknowledgement = open_invitation(secret=secret, at=at)
        tokens.consume(tokens.resolve(secret, purposes=["ack"], at=at), at=at)
        acknowledgement.message = words
        acknowledgement.display_name = display_name.strip()[:60]
        acknowledgement.consent_public = consent_public
        acknowledgement.state = AcknowledgementState.SUBMITTED
        acknowledgement.submitted_at = acknowledgement.updated_at = at
        acknowledgement.save()
        posts.system_note(
            offer=acknowledgement.offer,
            body="The recipient confirmed receipt in their own words.",
            at=at,
        )
        notices.acknowledged(acknowledgement, at=at)
    return acknowledgement


def publish(*, offer: Offer, pk: int | None, at: datetime) -> None:
    """Publish the chosen submitted acknowledgement, or the first one; part of P36."""
    rows = Acknowledgement.objects.filter(offer=offer, state=AcknowledgementState.SUBMITTED)
    chosen = (rows.filter(pk=pk) if pk else rows.order_by("submitted_at", "id")).first()
    if chosen is None:
        raise NotFound("There is no such acknowledgement to publish.")
    Acknowledgement.objects.filter(pk=chosen.pk).update(
        state=AcknowledgementState.PUBLISHED, published_at=at, updated_at=at
    )
