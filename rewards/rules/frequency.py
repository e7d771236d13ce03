"""How often one contact may get one offer (rewards.md 4.1, 3.3)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from core.calendar import add_months
from events.facts import EventFacts
from rewards.choices import Frequency, Occasion, PeriodUnit
from rewards.configuration import FrequencyTerms, History, Offer
from rewards.rules import occasions

DAYS = {PeriodUnit.DAYS: 1, PeriodUnit.WEEKS: 7}
MONTHS = {PeriodUnit.MONTHS: 1, PeriodUnit.YEARS: 12}


def is_limited(offer: Offer) -> bool:
    """Tell whether awards of the past can keep the offer from being granted."""
    return offer.frequency.kind != Frequency.EVERY_TIME or offer.occasion.kind != Occasion.NONE


def holds(offer: Offer, facts: EventFacts, history: History) -> bool:
    """Tell whether the contact may have the offer once more.

    ONCE: no award of the offer to the contact. ONCE_PER_PERIOD: none performed in
    (performed_at − period, performed_at]. With an occasion: none for the same occurrence.
    """
    if offer.id not in history.awards or facts.contact is None:
        return True
    if occasions.is_taken(offer, facts, history):
        return False
    if offer.frequency.kind == Frequency.EVERY_TIME:
        return True
    contact_id = facts.contact.id
    past = [award for award in history.awards[offer.id] if award.contact_id == contact_id]
    if offer.frequency.kind == Frequency.ONCE:
        return not past
    after = before(facts.local_at, offer.frequency)
    return not any(after < award.performed_at <= facts.performed_at for award in past)


def before(local_at: datetime, terms: FrequencyTerms) -> datetime:
    """Return the moment one period earlier, in UTC.

    It is counted on the wall clock, so a week later is the same hour whether or not the clocks were
    changed, and a month earlier is the same day or the last of a shorter month.
    """
    if terms.unit in DAYS:
        earlier = local_at - timedelta(days=DAYS[terms.unit] * terms.count)
    else:
        day = add_months(local_at.date(), -MONTHS[terms.unit] * terms.count)
        earlier = datetime.combine(day, local_at.timetz())
    return earlier.astimezone(UTC)
