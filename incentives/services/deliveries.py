"""Distributions made and ended by the workflow (incentives.md 6.3)."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db.models import F

from incentives.choices import DistributionStatus
from incentives.models import Distribution, DistributionChange, Offer
from incentives.selectors import members_of


def create(*, offer: Offer, at: datetime) -> None:
    """Make one Pending distribution for the recipient, or for each Active member.

    Each starts with the confirmed value and description; repeating the call makes no duplicates,
    which the unique constraints hold.
    """
    terms = offer.confirmed_terms
    assert terms is not None
    value = terms.value
    common = {
        "business_id": offer.business_id,
        "offer": offer,
        "unit": value.unit,
        "value_minor": value.minor,
        "value_percent": value.percent,
        "currency": value.currency,
        "description": value.description,
        "created_at": at,
        "updated_at": at,
    }
    if offer.is_group:
        rows = [
            Distribution(
                group_member=member,
                contact=member.contact,
                recipient_email=member.email,
                recipient_name=member.name,
                **common,
            )
            for member in members_of(offer=offer).filter(status__in=["active", "claimed"])
        ]
    else:
        rows = [
            Distribution(
                contact=offer.contact,
                recipient_email=offer.recipient_email,
                recipient_name=offer.recipient_name,
                **common,
            )
        ]
    Distribution.objects.bulk_create(rows, ignore_conflicts=True)


def fail_pending(*, offer: Offer, reason: str, at: datetime) -> None:
    """Set the offer's Pending distributions to Failed, each with a line in its audit trail."""
    rows = list(
        Distribution.objects.select_for_update()
        .filter(offer=offer, status=DistributionStatus.PENDING)
        .order_by("id")
    )
    batch = uuid.uuid4()
    DistributionChange.objects.bulk_create(
        DistributionChange(
            distribution=row,
            actor_name="Largesse",
            at=at,
            field=field,
            old_value=old,
            new_value=new,
            batch=batch,
        )
        for row in rows
        for field, old, new in (
            ("status", row.status, DistributionStatus.FAILED.value),
            ("description", row.description, reason),
        )
    )
    Distribution.objects.filter(pk__in=[row.pk for row in rows]).update(
        status=DistributionStatus.FAILED,
        description=reason,
        updated_at=at,
        version=F("version") + 1,
    )
