"""The schemes' part of the recipients' portal."""

from __future__ import annotations

from datetime import datetime

from directory.models import Contact
from directory.portal import Section, Summary, sections
from rewards.selectors.schemes import open_standings_of


def _summary(contact: Contact, at: datetime) -> Summary | None:
    standings = open_standings_of(contact=contact)
    if not standings:
        return None
    joined = [one.scheme.name for one in standings if one.is_member]
    open_count = len(standings) - len(joined)
    attention = f"{open_count} more to join." if open_count else ""
    if not joined:
        return Summary("Join one, and its offers count for you.", attention=attention)
    return Summary(f"You are in {', '.join(joined)}.", attention=attention)


sections.register(
    "schemes",
    Section(label="My schemes", icon="rosette", url_name="my_schemes", summary=_summary, order=30),
)
