"""Whom an offer reaches, before it is switched on: contacts now, and purchases of the last 30 days.

The draft is counted as if it and its scheme were active. Purchases are a bounded sample, put to the
same checks as at the till; the number that stands on the page is the sample's share of all of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from directory.choices import ContactState
from directory.models import Contact, Organisation, Segment
from directory.selectors import segments
from events.choices import EventStatus, EventType
from events.facts import ContactFacts, PurchaseFacts
from events.models import BusinessEvent
from events.selectors.facts import event_facts
from rewards.choices import Trigger
from rewards.configuration import NO_HISTORY, Offer
from rewards.models import RewardScheme
from rewards.rules.validity import Case, first_failure
from rewards.selectors.schemes import members_of, memberships_of

WINDOW = timedelta(days=30)
MOST_SAMPLED = 200
MOST_COUNTED = 10_000


@dataclass(frozen=True, slots=True)
class Sample:
    """How many of the purchases looked at would have matched, and how many there were in all."""

    matched: int
    looked_at: int
    total: int

    @property
    def is_whole(self) -> bool:
        return self.looked_at == self.total

    @property
    def estimate(self) -> int:
        """The sample's share of all purchases."""
        return round(self.matched * self.total / self.looked_at) if self.looked_at else 0

    @property
    def is_capped(self) -> bool:
        return self.total > MOST_COUNTED


@dataclass(frozen=True, slots=True)
class Reach:
    """How many contacts could earn the offer now, of how many; `purchases` where they trigger it."""

    contacts: int
    of: int
    purchases: Sample | None = None


def as_if_active(offer: Offer) -> Offer:
    """Return the offer as it would be in force, at any time."""
    return replace(offer, is_active=True, activated_at=None, available_from=None, available_to=None)


def reach_of(
    *,
    business: Organisation,
    offer: Offer,
    scheme: RewardScheme | None,
    at: datetime,
    acting: Organisation | None = None,
) -> Reach:
    """Return whom the offer reaches; a fixed number of queries.

    Who acts for a merchant is told of purchases at its own places alone (rewards.md 2.11).
    """
    everybody = Contact.objects.filter(business=business, state=ContactState.EFFECTIVE)
    eligible = everybody if scheme is None else _would_be_members(scheme, everybody)
    wanted = offer.conditions.segments.segment_ids
    if wanted:
        inside = Q(pk__in=())
        for segment in Segment.objects.filter(business=business, pk__in=wanted).select_related(
            "business"
        ):
            inside |= Q(pk__in=segments.members(segment=segment, at=at).values("pk"))
        eligible = eligible.filter(inside)
    purchases = None
    if Trigger.PURCHASE in offer.type.listens_to:
        purchases = _sampled(_purchases_of(acting or business), business, offer, scheme, at)
    return Reach(eligible.count(), everybody.count(), purchases)


def _would_be_members(scheme: RewardScheme, everybody: QuerySet[Contact]) -> QuerySet[Contact]:
    """Return the members; of an automatic scheme that never was active, everybody."""
    if scheme.is_automatic and scheme.opened_at is None:
        return everybody
    return members_of(scheme=scheme).filter(state=ContactState.EFFECTIVE)


def would_join(
    contact: ContactFacts, scheme: RewardScheme | None, memberships: dict[int, datetime]
) -> ContactFacts:
    """Return the contact with its memberships, as if the offer's automatic scheme were active."""
    joined = dict(memberships)
    if scheme is not None and scheme.is_automatic and scheme.opened_at is None:
        joined[scheme.pk] = contact.registered_at
    return replace(contact, memberships=joined)


def _purchases_of(acting: Organisation) -> QuerySet[BusinessEvent]:
    rows = BusinessEvent.objects.filter(
        type=EventType.PURCHASE, status=EventStatus.POSTED, contact__isnull=False
    )
    if acting.is_business:
        return rows.filter(business=acting)
    return rows.filter(Q(merchant=acting) | Q(venue=acting), business=acting.business)


def _sampled(
    purchases: QuerySet[BusinessEvent],
    business: Organisation,
    offer: Offer,
    scheme: RewardScheme | None,
    at: datetime,
) -> Sample:
    rows = purchases.filter(performed_at__gte=at - WINDOW, performed_at__lte=at)
    newest = list(
        rows.order_by("-performed_at", "-pk").values_list("pk", "contact_id")[:MOST_SAMPLED]
    )
    if not newest:
        return Sample(0, 0, 0)
    total = len(newest)
    if total == MOST_SAMPLED:
        total = rows.order_by()[: MOST_COUNTED + 1].count()
    facts = event_facts(business=business, event_ids=[pk for pk, _ in newest], at=at)
    people = Contact.objects.filter(pk__in={contact for _, contact in newest})
    joined = memberships_of(business=business, contacts=people)
    live = replace(as_if_active(offer), requires_pass=False)
    looked_at = (one for one in facts.values() if isinstance(one, PurchaseFacts))
    return Sample(_matching(live, scheme, looked_at, joined), len(newest), total)


def _matching(
    offer: Offer,
    scheme: RewardScheme | None,
    purchases: Iterable[PurchaseFacts],
    joined: dict[int, dict[int, datetime]],
) -> int:
    found = 0
    for facts in purchases:
        assert facts.contact is not None
        contact = would_join(facts.contact, scheme, joined.get(facts.contact.id, {}))
        case = Case(replace(facts, contact=contact), NO_HISTORY)
        found += first_failure(offer, case) is None
    return found
