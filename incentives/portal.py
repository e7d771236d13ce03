"""The incentives' part of the recipients' portal."""

from __future__ import annotations

from datetime import datetime

from directory.models import Contact
from directory.portal import Section, Summary, sections
from incentives.choices import Side
from incentives.selectors.mine import offers_of_contact, places_of_contact, waits_for_member


def _summary(contact: Contact, at: datetime) -> Summary | None:
    offers = list(offers_of_contact(contact=contact)[:100])
    places = list(places_of_contact(contact=contact)[:100])
    total = len(offers) + len(places)
    if not total:
        return None
    waiting = sum(offer.waits_for == Side.RECIPIENT for offer in offers)
    waiting += sum(waits_for_member(place) for place in places)
    count = f"{total} offer{'' if total == 1 else 's'} for you."
    attention = f"{waiting} wait{'s' if waiting == 1 else ''} for your answer." if waiting else ""
    return Summary(count, attention=attention)


sections.register(
    "incentives",
    Section(label="My offers", icon="gift", url_name="my_offers", summary=_summary, order=10),
)
