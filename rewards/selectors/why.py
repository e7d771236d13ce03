"""Why (not): every condition of one offer for one event that has happened (decision D16).

What was decided then stands in the trace, with the whole list of conditions where it was kept. Of any
other offer the list is made anew: the same checks, with the offer as it is now and the contact's past as
it was when the event came in. Segments and blocks are asked today, because nobody keeps their past.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet

from core.money import Money
from directory.models import Contact
from events.choices import EventType
from events.conditions import Verdict
from events.facts import EventFacts, PurchaseFacts
from events.models import BusinessEvent
from events.selectors.facts import event_facts
from rewards.choices import AwardStatus, TraceReason, Trigger
from rewards.configuration import History, PastAward
from rewards.models import Award, RewardOffer, RewardScheme
from rewards.rules.verdicts import verdicts
from rewards.selectors.definitions import definition_of, with_schemes_named
from rewards.selectors.history import passes_of, with_memberships
from rewards.selectors.traces import trace_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """The answer: what was decided, if anything was, and every condition.

    `is_anew` says that the list was made now and not when the event was evaluated.
    """

    verdicts: tuple[Verdict, ...]
    reason: TraceReason | None
    amount: Money | None
    is_granted: bool
    is_anew: bool

    @property
    def failed(self) -> tuple[Verdict, ...]:
        return tuple(verdict for verdict in self.verdicts if not verdict.passed)

    @property
    def next_steps(self) -> tuple[str, ...]:
        """What can be done about each reason, one sentence each."""
        found = [self.reason] if self.reason is not None and not self.is_granted else []
        found += [TraceReason(verdict.code) for verdict in self.failed]
        return tuple(dict.fromkeys(reason.next_step for reason in found))


def purchases_of(*, contact: Contact) -> QuerySet[BusinessEvent]:
    """Return the purchases of the contact, the newest first, with what a choice among them shows."""
    rows = BusinessEvent.objects.filter(contact=contact, type=EventType.PURCHASE)
    return rows.select_related("purchase", "organisation").order_by("-performed_at", "-pk")


def why(*, event: BusinessEvent, offer: RewardOffer, contact: Contact) -> Why:
    """Return every condition of the offer with what was needed and what was found."""
    trace = trace_of(event=event, offer_id=offer.pk, contact_id=contact.pk)
    kept = trace.verdicts if trace is not None else ()
    return Why(
        verdicts=kept or anew(event=event, offer=offer, contact=contact),
        reason=trace.reason if trace is not None else None,
        amount=trace.amount if trace is not None else None,
        is_granted=trace is not None and trace.is_granted,
        is_anew=not kept,
    )


def anew(*, event: BusinessEvent, offer: RewardOffer, contact: Contact) -> tuple[Verdict, ...]:
    """Return every condition of the offer as it is now; none where the event cannot trigger it."""
    business = event.business
    facts = event_facts(business=business, event_ids=[event.pk], at=event.received_at)[event.pk]
    facts = with_memberships(facts, business=business, contacts=[contact])
    schemes = RewardScheme.objects.filter(business=business).values_list("pk", "name")
    definition = with_schemes_named(definition_of(offer), dict(schemes))
    if Trigger.PURCHASE not in definition.type.listens_to or not event.is_purchase:
        return ()
    scheme = offer.scheme
    closed = frozenset({scheme.pk} if scheme is not None and not scheme.is_active else ())
    return verdicts(definition, facts, _past(event, offer, contact, facts), closed_schemes=closed)


def _past(event: BusinessEvent, offer: RewardOffer, contact: Contact, facts: EventFacts) -> History:
    """Return what the offer had given the contact before the event came in."""
    rows = Award.objects.filter(
        offer=offer, contact=contact, posted_at__lt=event.received_at
    ).exclude(status=AwardStatus.CANCELLED)
    past = [
        PastAward(
            offer_id=offer.pk,
            contact_id=contact.pk,
            performed_at=row.performed_at,
            occurrence=row.occurrence,
            about_id=row.about_id,
        )
        for row in rows.order_by("pk")
    ]
    passes = (
        passes_of(business=event.business, facts=facts, locks=False)
        if isinstance(facts, PurchaseFacts)
        else ()
    )
    return History.of(past, passes)
