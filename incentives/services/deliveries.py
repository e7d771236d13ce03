"""Distributions made and ended by the workflow (incentives.md 6.3)."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db.models import F

from incentives.choices import DistributionStatus
from incentives.models import Distribution, DistributionChange, GroupMember, Subject, about


def create(*, subject: Subject, at: datetime) -> None:
    """Make one Pending distribution for the recipient, or for each Active member.

    Each starts with the confirmed value and description; repeating the call makes no duplicates,
    which the unique constraints hold.
    """
    terms = subject.confirmed_terms
    assert terms is not None
    value = terms.value
    common = {
        "business_id": subject.business_id,
        **about(subject),
        "unit": value.unit,
        "value_minor": value.minor,
        "value_percent": value.percent,
        "currency": value.currency,
        "description": value.description,
        "created_at": at,
        "updated_at": at,
    }
    if subject.is_group:
        rows = [
            Distribution(
                group_member=member,
                contact=member.contact,
                recipient_email=member.email,
                recipient_name=member.name,
                **common,
            )
            for member in subject.members.filter(status__in=["active", "claimed"]).order_by(
                "invited_at", "id"
            )
        ]
    else:
        rows = [
            Distribution(
                contact=subject.contact,
                recipient_email=subject.recipient_email,
                recipient_name=subject.recipient_name,
                **common,
            )
        ]
    Distribution.objects.bulk_create(rows, ignore_conflicts=True)


def fail_pending(
    *, subject: Subject, reason: str, at: datetime, member: GroupMember | None = None
) -> None:
    """Set the Pending distributions to Failed, each with a line in its audit trail.

    Those of the whole subject, or of one member who withdrew.
    """
    pending = subject.distributions.filter(status=DistributionStatus.PENDING)
    if member is not None:
        pending = pending.filter(group_member=member)
    rows = list(pending.select_for_update().order_by("id"))
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
