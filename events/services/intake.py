"""Recording what happened. Nothing is evaluated here: that is the caller's, in the same transaction.

The endpoint of tills lives in `rewards`, which records and evaluates at once (decision D7); campaigns
read the outbox. An event is a fact: recorded once, and afterwards at most cancelled, claimed by its
contact, and marked as evaluated.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Model

from core import outbox, workflow
from core.errors import Conflict, Invalid, NotFound
from core.outbox import News
from core.prepared import prepared
from core.statements import insert_first
from core.transactions import joined
from directory.models import Contact, Organisation, Product, ProductFamily, Tap, User
from directory.selectors import network
from directory.selectors.catalogue import products_by_sku
from directory.services import catalogue
from events.choices import EvaluationState, EventStatus, EventType
from events.drafts import LineData, PurchaseData, check_moment, check_purchase, merged
from events.facts import LATE_AFTER
from events.models import (
    Achievement,
    BusinessEvent,
    Classification,
    ContactChange,
    Purchase,
    PurchaseLine,
    Referral,
    SubscriptionReport,
)
from events.workflow import MACHINE

NO_CONTACT = "NO_CONTACT"
# The target of the unique index `events_event_reference`.
ONE_NUMBER = "(organisation_id, type, reference_number) WHERE NOT (reference_number = '')"


class DuplicateReference(Conflict):
    """The place has reported an event of this number before; `existing` is that one."""

    code = "DUPLICATE_REFERENCE"

    def __init__(self, existing: BusinessEvent) -> None:
        super().__init__(
            f"Event {existing.public_id} carries the number already. Use that one, or a new number."
        )
        self.existing = existing


class WrongClassification(Invalid):
    """Purchases and achievements have classifications of their own."""

    code = "CLASSIFICATION_NOT_FOUND"
    status = 404


class AlreadyClaimed(Conflict):
    """The purchase has its contact already, or was cancelled."""

    code = "ALREADY_CLAIMED"


class EventCancelled(Conflict):
    """The event does not stand any more."""

    code = "EVENT_CANCELLED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence:
    """What every event has: where, when, whose, and the caller's number for it.

    `place` is the organisation of the till, or the business for what happened at none.
    """

    business: Organisation
    place: Organisation
    performed_at: datetime
    contact: Contact | None = None
    tap: Tap | None = None
    classification: Classification | None = None
    reference_number: str = ""
    payload: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionData:
    """A subscription as its billing reports it (rewards.md 11.6)."""

    subscription_ref: str
    is_active: bool
    is_termed: bool
    is_billable: bool
    active_since: date | None = None
    last_interruption_on: date | None = None
    estimate_minor: int = 0
    currency: str = ""
    product: Product | None = None


def record_purchase(
    *,
    business: Organisation,
    place: Organisation,
    data: PurchaseData,
    contact: Contact | None,
    tap: Tap | None = None,
    classification: Classification | None = None,
    lines_required: bool = True,
    evaluates: bool = False,
    actor: User | None = None,
    at: datetime,
) -> BusinessEvent:
    """Store a purchase with its lines, merged by SKU and unit price; nothing is evaluated.

    A SKU that is new makes a product marked for review, with the name and family of the line. Without
    a contact the purchase waits to be claimed (SKIPPED, NO_CONTACT). Who `evaluates` it in the same
    transaction records the `news_of` it together with what came of it. Raises what `check_purchase`
    raises, `WrongClassification` and `DuplicateReference` (rewards.md 11.2, 11.3).
    """
    check_purchase(data, at=at, lines_required=lines_required)
    _check_classification(business, classification, EventType.PURCHASE)
    occurrence = Occurrence(
        business=business,
        place=place,
        performed_at=data.performed_at,
        contact=contact,
        tap=tap,
        classification=classification,
        reference_number=data.reference_number,
        payload=data.payload,
    )
    purchase = Purchase(
        currency=data.currency,
        net_minor=data.net_minor,
        tax_minor=data.tax_minor,
        discount_minor=data.discount_minor,
        total_minor=data.total_minor,
        pass_code=data.pass_code,
        payment_medium=data.payment_medium,
        notes=data.notes,
    )
    event = _event(occurrence, EventType.PURCHASE, actor=actor, at=at)
    if evaluates and contact is not None:
        event.evaluation_state, event.evaluated_at = EvaluationState.DONE, at
    with joined():
        lines = _lines(business, merged(data.lines), at=at)
        _insert(event, [("event", [purchase]), ("purchase", lines)])
        if event.evaluated_at is None:
            outbox.record_all([news_of(event)], at=at)
    for line in lines:
        line.purchase = purchase
    purchase.event, purchase.recorded_lines = event, tuple(lines)
    return event


def record_referral(
    *, occurrence: Occurrence, referrer: Contact, actor: User | None = None, at: datetime
) -> BusinessEvent:
    """Store that `referrer` referred the contact of the occurrence; who may is for rewards to say."""
    with transaction.atomic():
        event = _record(occurrence, EventType.REFERRAL, actor=actor, at=at)
        Referral.objects.create(event=event, referrer=referrer)
    return event


def record_achievement(
    *, occurrence: Occurrence, quantity: int = 1, actor: User | None = None, at: datetime
) -> BusinessEvent:
    """Store an achievement; its classification is mandatory and of the type ACHIEVEMENT."""
    if occurrence.classification is None:
        raise WrongClassification("An achievement needs a classification. Send its code.")
    _check_classification(occurrence.business, occurrence.classification, EventType.ACHIEVEMENT)
    with transaction.atomic():
        event = _record(occurrence, EventType.ACHIEVEMENT, actor=actor, at=at)
        Achievement.objects.create(event=event, quantity=quantity)
    return event


def record_contact_change(*, occurrence: Occurrence, kind: str, at: datetime) -> BusinessEvent:
    """Store that the contact signed up or changed their profile."""
    with transaction.atomic():
        event = _record(occurrence, EventType.CONTACT, actor=None, at=at)
        ContactChange.objects.create(event=event, kind=kind)
    return event


def record_subscription(
    *, occurrence: Occurrence, data: SubscriptionData, at: datetime
) -> BusinessEvent:
    """Store a report about a subscription; the newest of its reference is what counts."""
    with transaction.atomic():
        event = _record(occurrence, EventType.SUBSCRIPTION, actor=None, at=at)
        SubscriptionReport.objects.create(
            event=event,
            subscription_ref=data.subscription_ref,
            is_active=data.is_active,
            is_termed=data.is_termed,
            is_billable=data.is_billable,
            active_since=data.active_since,
            last_interruption_on=data.last_interruption_on,
            estimate_minor=data.estimate_minor,
            currency=data.currency,
            product=data.product,
        )
    return event


def cancel(*, event: BusinessEvent, by: str, reason: str, at: datetime) -> BusinessEvent:
    """Void the event for good; `by` is "till" or "staff". Raises `EventCancelled` the second time.

    What it led to is taken back by the caller, in the same transaction (rewards.md 11.4).
    """
    row = MACHINE.find(
        status=event.status, target=EventStatus.CANCELLED, actor=by, set_by=event.status_set_by
    )
    if row is None:
        raise EventCancelled("The event was cancelled before. There is nothing left to cancel.")
    workflow.perform(
        event, row, at=at, history=_kept_in_the_row, values={"status_reason": reason[:200]}
    )
    return event


def claim(*, event: BusinessEvent, contact: Contact, at: datetime) -> BusinessEvent:
    """Give a standing purchase without contact its contact, once; it is to be evaluated now.

    Raises `AlreadyClaimed` for whom was second (rewards.md 11.7).
    """
    changed = BusinessEvent.objects.filter(
        pk=event.pk,
        business=contact.business_id,
        type=EventType.PURCHASE,
        contact__isnull=True,
        status=EventStatus.POSTED,
    ).update(contact=contact, evaluation_state=EvaluationState.PENDING, evaluation_reason="")
    if not changed:
        raise AlreadyClaimed(
            "This purchase belongs to somebody already, or was cancelled. Ask the business about it."
        )
    event.refresh_from_db()
    return event


def news_of(event: BusinessEvent) -> News:
    """Return what the outbox tells of an event that was recorded."""
    return News(f"events.{event.type}", f"event:{event.pk}", {"event_id": event.pk})


def mark_evaluated(
    *, event: BusinessEvent, state: EvaluationState, reason: str = "", at: datetime
) -> BusinessEvent:
    """Note that somebody has evaluated the event (DONE) or decided not to (SKIPPED, and why)."""
    if (event.evaluation_state, event.evaluation_reason, event.evaluated_at) == (state, reason, at):
        return event
    with prepared() as cursor:
        cursor.execute(
            "UPDATE events_businessevent"
            " SET evaluation_state = %s, evaluation_reason = %s, evaluated_at = %s WHERE id = %s",
            [state, reason, at, event.pk],
        )
    event.evaluation_state, event.evaluation_reason, event.evaluated_at = state, reason, at
    return event


def _record(
    occurrence: Occurrence, kind: EventType, *, actor: User | None, at: datetime
) -> BusinessEvent:
    """Insert the row and its outbox entry; raises `FutureEvent` and `DuplicateReference`."""
    event = _event(occurrence, kind, actor=actor, at=at)
    _insert(event)
    outbox.record_all([news_of(event)], at=at)
    return event


def _event(
    occurrence: Occurrence, kind: EventType, *, actor: User | None, at: datetime
) -> BusinessEvent:
    """Return the row as it is to be stored; raises `FutureEvent`."""
    check_moment(occurrence.performed_at, at=at)
    place, business = occurrence.place, occurrence.business
    if place.pk != business.pk and place.business_id != business.pk:
        raise NotFound("There is no such place. Check the code of the till.", code="TAP_NOT_FOUND")
    anonymous = occurrence.contact is None
    return BusinessEvent(
        business=business,
        type=kind,
        contact=occurrence.contact,
        organisation=place,
        venue=place if place.is_venue else None,
        merchant=_merchant_of(place),
        tap=occurrence.tap,
        time_zone=network.zone_of(place),
        performed_at=occurrence.performed_at,
        received_at=at,
        is_late=at - occurrence.performed_at > LATE_AFTER,
        classification=occurrence.classification,
        reference_number=occurrence.reference_number,
        payload=dict(occurrence.payload),
        status_changed_at=at,
        evaluation_state=EvaluationState.SKIPPED if anonymous else EvaluationState.PENDING,
        evaluation_reason=NO_CONTACT if anonymous else "",
        created_by=actor,
    )


def _insert(event: BusinessEvent, below: Sequence[tuple[str, Sequence[Model]]] = ()) -> None:
    """Save the event with its rows; the unique index decides who was first with a number."""
    if insert_first(event, below, index=ONE_NUMBER):
        return
    raise DuplicateReference(
        BusinessEvent.objects.get(
            organisation=event.organisation,
            type=event.type,
            reference_number=event.reference_number,
        )
    )


def _merchant_of(place: Organisation) -> Organisation | None:
    if place.is_merchant:
        return place
    return place.parent if place.parent is not None and place.parent.is_merchant else None


def _check_classification(
    business: Organisation, found: Classification | None, kind: EventType
) -> None:
    if found is None:
        return
    if found.business_id != business.pk or found.type != kind or found.deleted_at is not None:
        raise WrongClassification(
            "There is no such classification for this kind of event. Check its code."
        )


def _lines(
    business: Organisation, lines: tuple[LineData, ...], *, at: datetime
) -> list[PurchaseLine]:
    products = _products(business, lines, at=at)
    return [
        PurchaseLine(
            position=position,
            product=products[line.sku],
            quantity=line.quantity,
            net_minor=line.net_minor,
            tax_minor=line.tax_minor,
            total_minor=line.total_minor,
        )
        for position, line in enumerate(lines, start=1)
    ]


def _products(
    business: Organisation, lines: tuple[LineData, ...], *, at: datetime
) -> dict[str, Product]:
    """Return the product of each SKU; unknown ones are added for review (rewards.md 2.5)."""
    skus = {line.sku for line in lines}
    known = products_by_sku(business=business, skus=skus)
    new = {line.sku: line for line in lines if line.sku not in known}
    if not new:
        return known
    Product.objects.bulk_create(
        [
            Product(
                business=business,
                sku=line.sku,
                name=(line.name or line.sku)[:150],
                family=catalogue.label(ProductFamily, business=business, name=line.family),
                needs_review=True,
                created_at=at,
                updated_at=at,
            )
            for line in new.values()
        ],
        # Two tills may sell the same new thing at once.
        ignore_conflicts=True,
    )
    return products_by_sku(business=business, skus=skus)


def _kept_in_the_row(event: Any, left: str) -> None:
    """An event changes its status once; the row itself says when, by whom and why."""
