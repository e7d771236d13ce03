"""Thank-you gifts: runs that give every member of the scheme in the segments the amount, once.

A run goes through the contacts in pages, each in a transaction of its own together with the mark of
how far it came. A run that was killed goes on there, and nobody gets a gift of one run twice
(rewards.md 3.3, 11.10).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import structlog
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from core import jobs
from core.calendar import local
from core.errors import Conflict, DomainError
from directory.choices import ContactState
from directory.models import Contact, Segment, User
from directory.selectors.segments import members
from events.facts import ContactFacts, PlaceFacts
from events.selectors.facts import contact_facts
from rewards.award_workflow import GIFT_RUN
from rewards.choices import GiftRunKind, GiftRunStatus, LogCause, Occasion, Switch
from rewards.configuration import NO_HISTORY, GiftTerms, Grant, Offer
from rewards.facts import GiftFacts
from rewards.models import Award, GiftRun, RewardOffer
from rewards.rules.evaluation import evaluate
from rewards.rules.gift_schedule import days_meant, due
from rewards.rules.snapshot import Snapshot
from rewards.selectors.definitions import definition_of
from rewards.selectors.history import member
from rewards.selectors.schemes import members_of, memberships_of
from rewards.services import awarding
from rewards.services.awarding import Source, actor_for
from rewards.services.people import lock_contacts
from rewards.services.results import GiftPreview
from rewards.services.transactions import change, whole
from wallet.selectors import currencies_of, frozen_businesses
from wallet.services.grantable import versions_that_take_money

logger = structlog.get_logger(__name__)
TYPE = "GIFT"
PAGE = 20


class NotGiven(Conflict):
    """Only an active gift of an active scheme is given, into a pool that takes money."""

    code = "GIFT_NOT_GIVEN"


def preview(*, offer: RewardOffer, at: datetime) -> GiftPreview:
    """Return how many contacts a run would reach now and what it would cost.

    Counted by the database, whatever the number of contacts.
    """
    definition = definition_of(offer)
    return GiftPreview(
        contact_count=reached(offer=offer, definition=definition, at=at).count(),
        amount_minor=_amount(definition),
        currency=offer.currency,
    )


def may_be_granted(*, offer: RewardOffer, at: datetime) -> bool:
    """Tell whether `grant_now` would start a run now."""
    return _may_run(offer, definition_of(offer), at)


def reached(*, offer: RewardOffer, definition: Offer, at: datetime) -> QuerySet[Contact]:
    """Return the active members of the scheme who are in the segments, and whose day it is."""
    assert offer.scheme is not None
    people = members_of(scheme=offer.scheme).filter(state=ContactState.EFFECTIVE, joined_at__lte=at)
    segment_ids = definition.conditions.segments.segment_ids
    if segment_ids:
        inside = Q(pk__in=[])
        for segment in Segment.objects.filter(business=offer.business_id, pk__in=segment_ids):
            inside |= Q(pk__in=members(segment=segment, at=at).values("pk"))
        people = people.filter(inside)
    terms = definition.terms
    if isinstance(terms, GiftTerms) and terms.schedule == GiftRunKind.ON_OCCASION:
        people = people.filter(_has_day(terms, local(at, offer.business.time_zone)))
    return people


def grant_now(*, offer: RewardOffer, actor: User | None, at: datetime) -> GiftRun:
    """Start a run of the gift now and return it; a worker carries it out.

    Pressed twice in the same second it is one run. Raises `NotGiven`.
    """
    _check(offer, definition_of(offer), at)
    pressed = at.replace(microsecond=0)
    if offer.activated_at is not None:
        # A gift that was activated in this very second counts from then on.
        pressed = max(pressed, offer.activated_at)
    run = _open(offer, GiftRunKind.NOW, pressed, actor=actor, at=at)
    jobs.enqueue("rewards.run_gifts")
    return run


def schedule_due(*, at: datetime) -> int:
    """Open the runs of all active gifts that are due, and return how many are new."""
    opened = 0
    offers = RewardOffer.objects.filter(type=TYPE, status=Switch.ACTIVE)
    for offer in offers.select_related("business", "scheme").order_by("pk"):
        definition = definition_of(offer)
        terms = definition.terms
        if not isinstance(terms, GiftTerms) or offer.activated_at is None:
            continue
        moments = due(terms, since=offer.activated_at, now=at, zone=offer.business.time_zone)
        known = set(offer.gift_runs.filter(scheduled_at__in=moments).values_list("scheduled_at"))
        for moment in moments:
            if (moment,) not in known and _may_run(offer, definition, moment):
                _open(offer, terms.schedule, moment, actor=None, at=at)
                opened += 1
    return opened


def carry_out_due(*, at: datetime) -> int:
    """Carry out every run that is open, and return how many awards were given.

    Runs of a business whose books are frozen wait for their release; one that is refused is gone on
    with by the next call, and does not stop the others.
    """
    open_runs = GiftRun.objects.filter(
        status__in=[GiftRunStatus.PLANNED, GiftRunStatus.RUNNING], scheduled_at__lte=at
    ).exclude(business__in=frozen_businesses())
    return sum(_carried_out(run, at) for run in open_runs.order_by("scheduled_at", "pk"))


def _carried_out(run: GiftRun, at: datetime) -> int:
    try:
        return carry_out(run=run, at=at)
    except DomainError as refusal:
        logger.warning("gift_run_waits_on", run_id=run.pk, code=refusal.code)
        return 0


def carry_out(*, run: GiftRun, at: datetime, page: int = PAGE) -> int:
    """Go on with the run until everybody has been asked; return how many were awarded now."""
    awarded = 0
    while (given := whole(lambda: _next_page(run.pk, page, at))) is not None:
        awarded += given
    return awarded


def _open(
    offer: RewardOffer, kind: GiftRunKind, moment: datetime, *, actor: User | None, at: datetime
) -> GiftRun:
    """Open the run of that moment, or return the one that somebody just opened."""
    try:
        with transaction.atomic():
            return GiftRun.objects.create(
                business=offer.business,
                offer=offer,
                kind=kind,
                scheduled_at=moment,
                status_changed_at=at,
                currency=offer.currency,
                started_by=actor,
                created_at=at,
                updated_at=at,
            )
    except IntegrityError:
        return GiftRun.objects.get(offer=offer, scheduled_at=moment)


def _next_page(run_pk: int, page: int, at: datetime) -> int | None:
    """Give the gift to the next contacts and return how many got it; None when the run is over."""
    run = (
        GiftRun.objects.select_for_update(of=("self",))
        .select_related("offer__scheme", "offer__business", "business")
        .get(pk=run_pk)
    )
    if run.status == GiftRunStatus.PLANNED:
        change(run, GIFT_RUN, GiftRunStatus.RUNNING, at=at, started_at=at)
    if run.status != GiftRunStatus.RUNNING:
        return None
    definition = definition_of(run.offer)
    people = reached(offer=run.offer, definition=definition, at=run.scheduled_at)
    ids = list(
        people.filter(pk__gt=run.last_contact_id).order_by("pk").values_list("pk", flat=True)[:page]
    )
    if not ids or not _may_run(run.offer, definition, run.scheduled_at):
        change(run, GIFT_RUN, GiftRunStatus.DONE, at=at, finished_at=at, updated_at=at)
        return None
    given = _give(run, definition, lock_contacts(ids), at)
    run.last_contact_id = ids[-1]
    run.contact_count += len(ids)
    run.awarded_count += given
    run.skipped_count += len(ids) - given
    run.awarded_minor += given * _amount(definition)
    run.save(
        update_fields=[
            "last_contact_id",
            "contact_count",
            "awarded_count",
            "skipped_count",
            "awarded_minor",
        ]
    )
    return given


def _give(run: GiftRun, definition: Offer, contacts: dict[int, Contact], at: datetime) -> int:
    """Award the locked contacts that the engine lets have it and the run has not paid yet."""
    paid = set(
        Award.objects.filter(gift_run=run, contact__in=contacts).values_list(
            "contact_id", flat=True
        )
    )
    waiting = {pk: contact for pk, contact in contacts.items() if pk not in paid}
    pools = versions_that_take_money(
        business=run.business, ids=[definition.pool_version_id or 0], at=at
    )
    grants = _grants(run, definition, list(waiting.values())) if pools else []
    source = Source(
        business=run.business, cause=LogCause.GIFT, performed_at=run.scheduled_at, gift_run=run
    )
    written = awarding.draw_up(source, grants, pools=pools, at=at)
    if written:
        purse = awarding.open_purse((waiting[grant.contact_id] for grant in grants), at=at)
        actor = actor_for(run.started_by)
        awarding.credit(written, source=source, purse=purse, actor=actor, at=at)
        awarding.settle(written)
    return len(written)


def _grants(run: GiftRun, definition: Offer, contacts: Sequence[Contact]) -> list[Grant]:
    """Put each contact's gift to the engine; the offer is taken as it is now."""
    known = contact_facts(business=run.business, contacts=contacts, at=run.scheduled_at)
    joined = memberships_of(business=run.business, contacts=contacts)
    currencies = currencies_of(business=run.business, contacts=contacts)
    configuration = Snapshot.of([definition])
    found: list[Grant] = []
    for contact in contacts:
        facts = _facts(run, member(known[contact.pk], joined), currencies[contact.pk])
        outcome = evaluate(facts, configuration, NO_HISTORY, run.scheduled_at)
        found += outcome.awards
    return found


def _facts(run: GiftRun, contact: ContactFacts, currency: str) -> GiftFacts:
    business = run.business
    return GiftFacts(
        reference=f"rewards.gift_run:{run.pk}",
        contact=contact,
        place=PlaceFacts(business_id=business.pk, country=business.country, name=business.name),
        performed_at=run.scheduled_at,
        local_at=local(run.scheduled_at, business.time_zone),
        received_at=run.scheduled_at,
        currency=currency,
        offer_id=run.offer_id,
    )


def _check(offer: RewardOffer, definition: Offer, at: datetime) -> None:
    if offer.type != TYPE:
        raise NotGiven("Only a Thank You Gift is granted by hand.")
    if not _may_run(offer, definition, at):
        raise NotGiven("The gift or its scheme is not active now. Activate both, then grant it.")


def _may_run(offer: RewardOffer, definition: Offer, at: datetime) -> bool:
    """Tell whether the gift may be given at the moment; the engine asks each contact's part."""
    until = definition.available_to
    return (
        definition.is_active
        and offer.scheme is not None
        and offer.scheme.is_active
        and (definition.available_from is None or definition.available_from <= at)
        and (until is None or at < until)
    )


def _has_day(terms: GiftTerms, there: datetime) -> Q:
    month, day = ("birth_month", "birth_day")
    if terms.occasion == Occasion.NAME_DAY:
        month, day = ("name_day_month", "name_day_day")
    meant = Q(pk__in=[])
    for number, date in days_meant(there.date()):
        meant |= Q(**{month: number, day: date})
    return meant


def _amount(definition: Offer) -> int:
    amount, cap = definition.award.amount_minor or 0, definition.award.max_minor
    return amount if cap is None else min(amount, cap)
