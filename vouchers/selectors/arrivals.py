"""Who arrived by an event of the outbox: what contacts do, and what becomes of vouchers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core import outbox
from core.registry import Registry
from directory.models import Contact
from events.choices import EventType
from events.facts import EventFacts
from events.models import BusinessEvent
from events.selectors.facts import event_facts
from vouchers import happenings
from vouchers.models import Issuance
from vouchers.recipients import Recipient
from vouchers.selectors.recipients import recipient_for
from vouchers.triggers import TRIGGERS, Trigger


@dataclass(frozen=True, slots=True)
class Arrival:
    """Somebody came by an event. `facts` are what conditions on purchases look at."""

    business_id: int
    recipient: Recipient
    facts: EventFacts | None = None
    # The campaign whose own doing it was; it never answers itself.
    by_campaign_id: int | None = None
    # What it was, for campaigns that wait for what follows, and when; None is when it was told.
    event_id: int | None = None
    issuance_id: int | None = None
    since: datetime | None = None


# How the payload of each topic is read; None where it is about nobody known.
Reader = Callable[[Mapping[str, Any], datetime], Arrival | None]
readers: Registry[Reader] = Registry("readers of the events that campaigns listen to")


def by_event(payload: Mapping[str, Any], at: datetime) -> Arrival | None:
    """Return the contact of a business event that stands, with its facts."""
    found = BusinessEvent.objects.filter(pk=payload["event_id"]).select_related(
        "business", "contact"
    )
    event = found.first()
    if event is None or event.contact is None or not event.is_posted:
        return None
    facts = event_facts(business=event.business, event_ids=[event.pk], at=at)[event.pk]
    who = recipient_for(business=event.business, contact=event.contact)
    return Arrival(event.business_id, who, facts, event_id=event.pk, since=event.performed_at)


def by_registration(payload: Mapping[str, Any], at: datetime) -> Arrival | None:
    """Return the contact who registered."""
    contact = Contact.objects.select_related("business").filter(pk=payload["contact"]).first()
    if contact is None:
        return None
    return Arrival(contact.business_id, recipient_for(business=contact.business, contact=contact))


def by_voucher(payload: Mapping[str, Any], at: datetime) -> Arrival | None:
    """Return the recipient of the voucher that something became of."""
    rows = Issuance.objects.select_related("contact").filter(pk=payload["issuance_id"])
    row = rows.first()
    if row is None:
        return None
    who = Recipient(row.recipient_key, row.contact, row.email)
    return Arrival(row.business_id, who, by_campaign_id=row.campaign_id, issuance_id=row.pk)


def add(trigger: Trigger, reader: Reader) -> None:
    """Let campaigns listen to an event of an app above, read as it says; called at start."""
    readers.register(trigger.topic, reader)
    TRIGGERS[trigger.topic] = trigger
    outbox.subscribe(trigger.topic, "vouchers.qualify")


def register() -> None:
    """Register how the events of `triggers` are read, and have them looked at; called at start."""
    for kind in EventType:
        readers.register(f"events.{kind.value}", by_event)
    readers.register("directory.contact_registered", by_registration)
    for topic in (happenings.REWARDED, happenings.REDEEMED, happenings.EXPIRED):
        readers.register(topic, by_voucher)
    for topic in TRIGGERS:
        outbox.subscribe(topic, "vouchers.qualify")
