"""Reading what happened, for one business."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from directory.models import Contact, Organisation
from directory.selectors.found import found_or_refused
from events.choices import EventStatus, EventType
from events.models import BusinessEvent, SubscriptionReport

EVENT_NOT_FOUND = "EVENT_NOT_FOUND"
NO_SUCH_EVENT = "There is no such event. Check its id, or the till and its number."


def events_of(*, business: Organisation) -> QuerySet[BusinessEvent]:
    """Return the business's events with what a list shows of them."""
    return BusinessEvent.objects.filter(business=business).select_related(
        "contact", "organisation", "merchant", "venue", "classification", "purchase"
    )


def event(*, business: Organisation, public_id: UUID) -> BusinessEvent:
    """Return the event of that public id; raises `NotFound` with EVENT_NOT_FOUND."""
    found = events_of(business=business).filter(public_id=public_id).first()
    return found_or_refused(found, NO_SUCH_EVENT, code=EVENT_NOT_FOUND)


def event_by_reference(
    *,
    organisation: Organisation,
    kind: EventType,
    reference_number: str,
) -> BusinessEvent:
    """Return the event that the place has reported under that number."""
    found = BusinessEvent.objects.filter(
        organisation=organisation, type=kind, reference_number=reference_number
    ).first()
    return found_or_refused(found, NO_SUCH_EVENT, code=EVENT_NOT_FOUND)


def first_purchase(*, contact: Contact) -> BusinessEvent | None:
    """Return the earliest standing purchase of the contact, if any (rewards.md 3.3)."""
    return (
        BusinessEvent.objects.filter(
            contact=contact, type=EventType.PURCHASE, status=EventStatus.POSTED
        )
        .order_by("performed_at", "pk")
        .first()
    )


def subscriptions_of(*, business: Organisation) -> QuerySet[SubscriptionReport]:
    """Return the newest report of each subscription: the mirror of the billing's state."""
    return (
        SubscriptionReport.objects.filter(
            event__business=business, event__status=EventStatus.POSTED
        )
        .select_related("event__contact", "product")
        .order_by("subscription_ref", "-event__performed_at", "-event_id")
        .distinct("subscription_ref")
    )
