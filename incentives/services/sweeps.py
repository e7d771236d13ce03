"""Periodic work on offers: expiry, silence, reminders. Each is safe to run twice and when killed.

Rows are claimed with SKIP LOCKED by the partial index of what is due; what was done no longer
matches, so a second run finds nothing.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, QuerySet

from core import batches
from incentives import guards
from incentives.choices import OfferStatus, SenderKind, Side
from incentives.guards import Payload
from incentives.models import GroupMember, Message, Offer
from incentives.selectors import situation_of
from incentives.services import notices, statuses
from incentives.services.actors import SYSTEM
from incentives.workflow.offers import OFFER

STEP = 50
REMIND_BEFORE = timedelta(hours=48)
REMIND_LONGER_THAN = timedelta(days=4)


def _loaded(rows: QuerySet[Offer]) -> QuerySet[Offer]:
    return rows.select_related(
        "business__provider_profile", "program__product_service", "terms", "contact"
    )


def expire_due(*, at: datetime, limit: int = 10_000) -> int:
    """Set every overdue Offered offer to Expired; one E10 for each business and step of the run."""
    due = _loaded(Offer.objects.filter(status=OfferStatus.OFFERED, expires_at__lte=at)).order_by(
        "expires_at"
    )

    def work(offers: list[Offer]) -> None:
        by_business: dict[int, list[Offer]] = defaultdict(list)
        for offer in offers:
            statuses.write(offer, OFFER["S01"], SYSTEM, Payload(), at)
            by_business[offer.business_id].append(offer)
        for expired in by_business.values():
            notices.expired(expired[0].business, expired, at=at)

    return batches.each(due, limit=limit, step=500, work=work)


def close_silent(*, at: datetime, limit: int = 10_000) -> int:
    """Set to No Response whatever the recipient left unanswered for the response window."""
    due = _loaded(Offer.objects.filter(answer_due_at__lte=at)).order_by("answer_due_at")

    def work(offers: list[Offer]) -> None:
        for offer in offers:
            _close_one(offer, at)

    return batches.each(due, limit=limit, step=STEP, work=work)


def _close_one(offer: Offer, at: datetime) -> None:
    row = OFFER.find(
        status=offer.status,
        target=OfferStatus.NO_RESPONSE,
        actor=Side.SYSTEM,
        set_by=offer.status_set_by,
    )
    if row is None or guards.refusal_of(row, situation_of(offer, at=at), Payload()):
        # A clock left running in a status that has none: stop it, or the loop would never end.
        Offer.objects.filter(pk=offer.pk).update(answer_due_at=None)
        return
    change = statuses.write(offer, row, SYSTEM, Payload(), at)
    last = (
        Message.objects.filter(offer=offer)
        .exclude(sender_kind=SenderKind.SYSTEM)
        .order_by("-created_at", "-id")
        .first()
    )
    notices.silent(offer, event=notices.event_of(change), last_message=last, at=at)


def remind(*, at: datetime, limit: int = 10_000) -> int:
    """Send E09 once, 48 hours before an unanswered offer of more than four days ends."""
    # The end is after now and after the fourth day: two conditions on one column.
    due = (
        _loaded(
            Offer.objects.filter(
                status=OfferStatus.OFFERED,
                expires_at__gt=at,
                expires_at__lte=at + REMIND_BEFORE,
                reminded_at__isnull=True,
            )
        )
        .filter(expires_at__gt=F("status_changed_at") + REMIND_LONGER_THAN)
        .exclude(recipient_email="")
        .order_by("expires_at")
    )

    def work(offers: list[Offer]) -> None:
        for offer in offers:
            notices.reminder(offer, at=at)
        Offer.objects.filter(pk__in=[offer.pk for offer in offers]).update(reminded_at=at)

    return batches.each(due, limit=limit, step=STEP, work=work)


def note_mail_failed(*, pk: int, address: str, at: datetime) -> None:
    """Post in the thread that a mail could not be delivered, without showing anybody's address."""
    with transaction.atomic():
        offer = Offer.objects.filter(pk=pk).first()
        if offer is None or offer.is_draft:
            return
        is_recipients = address.lower() == offer.recipient_email.lower()
        if is_recipients or GroupMember.objects.filter(offer=offer, email__iexact=address).exists():
            side = "group" if offer.is_group else "recipient"
        else:
            side = "provider"
        Message.objects.create(
            business_id=offer.business_id,
            offer=offer,
            sender_kind=SenderKind.SYSTEM,
            sender_name=SYSTEM.name,
            body=f"The email to the {side} could not be delivered.",
            status_at_send=offer.status,
            created_at=at,
            read_at=at,
        )
