"""Birthdays and name days: is the event in the window around the contact's day? (rewards.md 3.3)"""

from __future__ import annotations

from datetime import date

from core.calendar import occasion_of
from events.facts import ContactFacts, EventFacts
from rewards.choices import Occasion
from rewards.configuration import History, OccasionTerms, Offer


def day_of(kind: Occasion, contact: ContactFacts) -> tuple[int, int] | None:
    """Return month and day of the contact's occasion, or None where it is not known."""
    return {Occasion.BIRTHDAY: contact.birth, Occasion.NAME_DAY: contact.name_day}.get(kind)


def occurrence_of(terms: OccasionTerms, contact: ContactFacts, on: date) -> date | None:
    """Return the occasion whose window holds the local date `on`, or None.

    The window is [d − days_before, d + days_after] for the day d in the year before, of and after
    the date, so it may cross New Year; 29 February counts as 28 February in common years. A contact
    without the date has no occasion.
    """
    day = day_of(terms.kind, contact)
    if day is None:
        return None
    return occasion_of(
        on=on,
        month=day[0],
        day=day[1],
        days_before=terms.days_before,
        days_after=terms.days_after,
    )


def occurrence_for(offer: Offer, facts: EventFacts) -> date | None:
    """Return the occurrence that an award of the offer would take up; None without an occasion."""
    if offer.occasion.kind == Occasion.NONE or facts.contact is None:
        return None
    return occurrence_of(offer.occasion, facts.contact, facts.local_at.date())


def is_taken(offer: Offer, facts: EventFacts, history: History) -> bool:
    """Tell whether the contact had this offer for this occurrence: one award for each.

    A cancelled award is not in the history, so its slot is free again for a later purchase.
    """
    occurrence = occurrence_for(offer, facts)
    if occurrence is None or facts.contact is None:
        return False
    contact_id = facts.contact.id
    return any(
        past.occurrence == occurrence and past.contact_id == contact_id
        for past in history.awards.get(offer.id, ())
    )
