"""The incentives' part of the recipients' portal."""

from __future__ import annotations

from datetime import datetime

from directory.models import Contact
from directory.portal import Section, Summary, sections
from incentives.choices import Side
from incentives.selectors.mine import offers_of_contact


def _summary(contact: Contact, at: datetime) -> Summary | None:
    offers = list(offers_of_contact(contact=contact)[:100])
    if not offers:
        return None
    waiting = sum(offer.waits_for == Side.RECIPIENT for offer in offers)
    count = f"{len(offers)} offer{'' if len(offers) == 1 else 's'} for you."
    attention = f"{waiting} wait{'s' if waiting == 1 else ''} for your answer." if waiting else ""
    return Summary(count, attention=attention)


sections.register(
    "incentives",
    Section(label="My offers", icon="gift", url_name="my_offers", summary=_summary, order=10),
)
