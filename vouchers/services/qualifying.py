"""Live campaigns answer what happens: every event of the outbox once (vouchers.md 5.2)."""

from __future__ import annotations

from datetime import datetime

from core.models import OutboxEvent
from vouchers.choices import CampaignStatus, Outcome, Qualification, Source
from vouchers.models import Campaign
from vouchers.selectors.arrivals import readers
from vouchers.services import issuing

# A paused or exhausted one writes down who came, and does not catch up afterwards.
LISTENING = (CampaignStatus.RUNNING, CampaignStatus.PAUSED, CampaignStatus.EXHAUSTED)


def qualify(*, outbox_id: int, at: datetime) -> dict[int, Outcome]:
    """Decide for every live campaign that listens to the event; return the outcomes by campaign.

    The event's id is the idempotency key: an event that arrives twice gives one code.
    """
    event = OutboxEvent.objects.get(pk=outbox_id)
    read = readers.get(event.topic)
    listening = Campaign.objects.filter(
        trigger=event.topic, qualification=Qualification.LIVE, status__in=LISTENING
    )
    if read is None or not listening.exists():
        return {}
    arrival = read(event.payload, at)
    if arrival is None:
        return {}
    found = {}
    rows = listening.filter(business=arrival.business_id)
    if arrival.by_campaign_id is not None:
        rows = rows.exclude(pk=arrival.by_campaign_id)
    for campaign in rows.order_by("pk"):
        found[campaign.pk] = issuing.issue(
            campaign=campaign,
            recipient=arrival.recipient,
            idempotency_key=f"event:{event.topic}:{event.key}",
            source=Source.CAMPAIGN,
            trigger_ref=f"{event.topic}:{event.key}",
            event=arrival.facts,
            at=at,
        ).outcome
    return found
