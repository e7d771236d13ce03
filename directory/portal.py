"""The recipients' portal: where the apps add their sections and explain their references.

An app says in its module `portal.py` which sections it has; the home page lists those that have
something to say to the contact (decision D5).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.urls import reverse
from django.utils.module_loading import autodiscover_modules

from core.registry import Registry
from directory.models import Contact


@dataclass(frozen=True, slots=True)
class Summary:
    """What a section's card says: a figure, a sentence, and what needs attention, if anything."""

    text: str
    figure: str = ""
    attention: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One part of the portal. `summary` answers None where there is nothing to show the contact."""

    label: str
    icon: str
    url_name: str
    summary: Callable[[Contact, datetime], Summary | None]
    order: int = 100


@dataclass(frozen=True, slots=True)
class Card:
    """A section as the home page of one contact shows it."""

    label: str
    icon: str
    url: str
    summary: Summary


@dataclass(frozen=True, slots=True)
class Visit:
    """A contact on their own pages, at one moment."""

    contact: Contact
    at: datetime

    @property
    def provider(self) -> dict[str, Any]:
        """The business as the recipient's layout shows it."""
        business = self.contact.business
        profile = getattr(business, "provider_profile", None)
        return {
            "name": business.name,
            "logo": profile.logo if profile and profile.logo else None,
            "website": profile.website if profile else "",
            "email": profile.email if profile else "",
        }


@dataclass(frozen=True, slots=True)
class Reason:
    """What a reference stands for in the words of the contact: "Offer: Happy hour", and its page."""

    label: str
    text: str
    url: str = ""


sections: Registry[Section] = Registry("portal sections")
# By the kind of a reference ("rewards.award"): what it tells its contact, None for other people's.
reasons: Registry[Callable[[Contact, int], Reason | None]] = Registry("portal reasons")


@cache
def _discover() -> None:
    autodiscover_modules("portal")


def cards_for(visit: Visit) -> list[Card]:
    """Return the sections that have something for the contact, in their order."""
    _discover()
    found = sorted(sections.values(), key=lambda section: (section.order, section.label))
    return [
        Card(section.label, section.icon, reverse(section.url_name), summary)
        for section in found
        if (summary := section.summary(visit.contact, visit.at)) is not None
    ]


def reason_of(contact: Contact, reference: str) -> Reason | None:
    """Return what the reference tells the contact, where an app has registered its kind."""
    _discover()
    kind, _, key = reference.rpartition(":")
    ask = reasons.get(kind)
    return ask(contact, int(key)) if ask is not None and key.isdecimal() else None
