"""Live campaigns answer what happens: every event of the outbox once (vouchers.md 5.2)."""

from __future__ import annotations

from datetime import datetime

from core.models import OutboxEvent
from vouchers.choices import CampaignStatus, Outcome, Qualification, Source
from vouchers.models import Campaign
from vouchers.selectors.arrivals import readers
from vouchers.services import issuing, watches

# A paused or exhausted one writes down who came, and does not catch up afterwards.
LISTENING = (CampaignStatus.RUNNING, CampaignStatus.PAUSED, CampaignStatus.EXHAUSTED)


def qualify(*, outbox_id: int, at: datetime) -> dict[int, Outcome]:
    """Decide for every live campaign that listens to the event; return the outcomes by campaign.

    The event's id is the idempotency key: an event that arrives twice gives one code. A campaign that
    asks that something does not follow decides when its time is over.
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
    key = f"event:{event.topic}:{event.key}"
    for campaign in rows.order_by("pk"):
        if campaign.absent:
            watches.begin(campaign=campaign, arrival=arrival, event=event, key=key, at=at)
            continue
        found[campaign.pk] = issuing.issue(
            campaign=campaign,
            recipient=arrival.recipient,
            idempotency_key=key,
            source=Source.CAMPAIGN,
            trigger_ref=f"{event.topic}:{event.key}",
            event=arrival.facts,
            at=at,
        ).outcome
    return found
