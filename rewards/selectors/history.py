"""What the engine knows of the past, read under the lock of the contact (rewards.md 11.9)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import TypeVar

from django.db.models import Q

from core.prepared import prepared
from directory.models import Contact, Organisation
from events.choices import EventStatus, EventType
from events.facts import ContactFacts, EventFacts, PurchaseFacts
from events.models import BusinessEvent
from events.selectors.facts import REFERENCE
from rewards.choices import AwardStatus, Switch, Trigger
from rewards.configuration import History, Offer, Pass, PastAward, PastEvent
from rewards.facts import trigger_of
from rewards.models import Pass as StoredPass
from rewards.models import UsedAchievement
from rewards.rules.bits import members
from rewards.rules.frequency import is_limited
from rewards.rules.snapshot import Snapshot
from rewards.selectors.schemes import memberships_of

F = TypeVar("F", bound=EventFacts)


def history_of(
    *, business: Organisation, facts: EventFacts, configuration: Snapshot, locks: bool
) -> History:
    """Return what the event's evaluation needs of the past; at most two queries.

    With `locks` the pass that a purchase quotes stays locked until the transaction ends.
    """
    trigger = trigger_of(facts)
    passes: tuple[Pass, ...] = ()
    achievements: Mapping[int, tuple[PastEvent, ...]] = {}
    if isinstance(facts, PurchaseFacts) and trigger == Trigger.PURCHASE:
        passes = passes_of(business=business, facts=facts, locks=locks)
        offers = members(configuration.index.limited, configuration.index.offers)
    else:
        offers = _that_look_back(configuration.listening_to(trigger), trigger)
    if trigger == Trigger.ACHIEVEMENT:
        achievements = unused_achievements(
            facts=facts, offers=configuration.listening_to(Trigger.ACHIEVEMENT)
        )
    contacts = _concerned(facts)
    awards = past_awards(contact_ids=contacts, offer_ids=[offer.id for offer in offers])
    return replace(History.of(awards, passes), achievements=achievements)


def past_awards(
    *, contact_ids: Collection[int], offer_ids: Collection[int]
) -> tuple[PastAward, ...]:
    """Return the awards of these offers to these contacts that were not cancelled; one query."""
    if not contact_ids or not offer_ids:
        return ()
    with prepared() as cursor:
        cursor.execute(
            "SELECT offer_id, contact_id, performed_at, occurrence, about_id FROM rewards_award"
            " WHERE contact_id = ANY(%s) AND offer_id = ANY(%s) AND status <> %s ORDER BY id",
            [list(contact_ids), list(offer_ids), AwardStatus.CANCELLED],
        )
        rows = cursor.fetchall()
    return tuple(
        PastAward(
            offer_id=offer_id,
            contact_id=contact_id,
            performed_at=performed_at,
            occurrence=occurrence,
            about_id=about_id,
        )
        for offer_id, contact_id, performed_at, occurrence, about_id in rows
    )


def code_of(text: str) -> str:
    """Return the code of a pass as it is compared: upper case, without blanks."""
    return "".join(text.split()).upper()


def passes_of(*, business: Organisation, facts: PurchaseFacts, locks: bool) -> tuple[Pass, ...]:
    """Return the pass that the purchase quotes, if the business has it."""
    if not facts.pass_code:
        return ()
    rows = StoredPass.objects.filter(business=business, code=code_of(facts.pass_code))
    if locks:
        rows = rows.select_for_update(no_key=True)
    return tuple(
        Pass(
            # As it was quoted, because that is what the engine compares.
            code=facts.pass_code,
            offer_id=row.offer_id,
            max_usage=row.max_usage,
            used=row.used,
            is_active=row.status == Switch.ACTIVE,
            valid_from=row.valid_from,
            valid_to=row.valid_to,
            contact_id=row.contact_id,
        )
        for row in rows
    )


def unused_achievements(
    *, facts: EventFacts, offers: Iterable[Offer]
) -> dict[int, tuple[PastEvent, ...]]:
    """Return by offer the contact's standing achievements that no award of it has used; two queries."""
    wanted = {offer.id: offer.conditions.classification.classification_ids for offer in offers}
    if facts.contact is None or not wanted:
        return {}
    rows = BusinessEvent.objects.filter(
        contact_id=facts.contact.id,
        type=EventType.ACHIEVEMENT,
        status=EventStatus.POSTED,
        classification_id__in=set().union(*wanted.values()),
    ).order_by("performed_at", "pk")
    events = list(rows.values_list("pk", "classification_id", "performed_at"))
    used = set(
        UsedAchievement.objects.filter(
            Q(event__contact_id=facts.contact.id), offer_id__in=wanted
        ).values_list("offer_id", "event_id")
    )
    found: dict[int, list[PastEvent]] = defaultdict(list)
    for pk, classification_id, performed_at in events:
        for offer_id, classifications in wanted.items():
            if classification_id in classifications and (offer_id, pk) not in used:
                found[offer_id].append(
                    PastEvent(f"{REFERENCE}:{pk}", classification_id, performed_at)
                )
    return {offer_id: tuple(past) for offer_id, past in found.items()}


def with_memberships(facts: F, *, business: Organisation, contacts: Iterable[Contact]) -> F:
    """Return the facts with the schemes that their contact is in, or was in then; one query."""
    contacts = list(contacts)
    if facts.contact is None or not contacts:
        return facts
    joined = memberships_of(business=business, contacts=contacts, at=facts.performed_at)
    return replace(facts, contact=member(facts.contact, joined))


def member(contact: ContactFacts, joined: Mapping[int, Mapping[int, object]]) -> ContactFacts:
    """Return the contact's facts with their memberships."""
    return replace(contact, memberships=dict(joined.get(contact.id, {})))  # type: ignore[arg-type]


def _that_look_back(offers: Iterable[Offer], trigger: Trigger) -> list[Offer]:
    """Return the offers whose past awards matter: limited ones, and every referral."""
    return [offer for offer in offers if trigger == Trigger.REFERRAL or is_limited(offer)]


def _concerned(facts: EventFacts) -> set[int]:
    people = (facts.contact, getattr(facts, "referrer", None), getattr(facts, "referred", None))
    return {one.id for one in people if one is not None}
