"""Referrals: who may refer whom, and when it is awarded (rewards.md 3.3, 11.6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from core.errors import Conflict, Invalid
from directory.choices import ContactState
from directory.models import Contact, ContactPhone, Organisation, User
from directory.selectors.found import found_or_refused
from events.facts import ContactFacts, PurchaseFacts
from events.models import BusinessEvent
from events.selectors.events import first_purchase
from events.selectors.facts import contact_facts, event_facts
from events.services import intake
from events.services.intake import Occurrence
from rewards.award_workflow import REFERRAL
from rewards.choices import (
    Frequency,
    LogCause,
    PeriodUnit,
    ReferralMoment,
    ReferralStatus,
    Trigger,
)
from rewards.configuration import FrequencyTerms, ReferralTerms
from rewards.facts import ReferralFacts, ReferredPurchaseFacts
from rewards.models import ReferralCase
from rewards.rules.frequency import before
from rewards.selectors.history import member
from rewards.selectors.schemes import memberships_of
from rewards.selectors.settings import settings_of
from rewards.selectors.snapshots import snapshot_of
from rewards.services.evaluating import recast
from rewards.services.giving import Given, find, give
from rewards.services.people import People, lock_contacts
from rewards.services.results import ReferralResult
from rewards.services.transactions import change, whole
from wallet.selectors import currencies_of

NEW_FOR = timedelta(hours=24)


class SelfReferral(Invalid):
    """Nobody refers themselves, nor a contact with their own verified number."""

    code = "SELF_REFERRAL"


class NotNewContact(Invalid):
    """Only who registered in the last 24 hours and bought nothing yet can be referred."""

    code = "NOT_NEW_CONTACT"


class AlreadyReferred(Conflict):
    """Each contact is referred at most once."""

    code = "ALREADY_REFERRED"


class ReferralLimitReached(Conflict):
    """The referrer had as many referrals in the period as the business accepts."""

    code = "REFERRAL_LIMIT"


def refer(
    *,
    business: Organisation,
    code: str,
    contact: Contact,
    performed_at: datetime,
    place: Organisation | None = None,
    reference_number: str = "",
    actor: User | None = None,
    at: datetime,
) -> ReferralResult:
    """Record that the owner of the referral code referred the contact, and award it if it is time.

    Raises `NotFound` with REFERRAL_CODE_NOT_FOUND, `SelfReferral`, `NotNewContact`,
    `AlreadyReferred` and `ReferralLimitReached`.
    """
    owner = Contact.objects.filter(
        business=business, referral_code__iexact=code.strip(), state=ContactState.EFFECTIVE
    ).first()
    referrer = found_or_refused(
        owner, "Nobody has this referral code. Check it.", code="REFERRAL_CODE_NOT_FOUND"
    )

    def work() -> ReferralResult:
        people = lock_contacts({referrer.pk, contact.pk})
        _check(people[referrer.pk], people[contact.pk], performed_at)
        occurrence = Occurrence(
            business=business,
            place=place or business,
            performed_at=performed_at,
            contact=people[contact.pk],
            reference_number=reference_number,
        )
        event = intake.record_referral(
            occurrence=occurrence, referrer=people[referrer.pk], actor=actor, at=at
        )
        case = ReferralCase.objects.create(
            business=business,
            referrer=people[referrer.pk],
            referred=people[contact.pk],
            event=event,
            status_changed_at=at,
            created_at=at,
            updated_at=at,
        )
        return _award(event, case, actor=actor, at=at)

    return whole(work)


def complete(
    *,
    event: BusinessEvent,
    people: People,
    facts: PurchaseFacts,
    currencies: Mapping[int, str],
    at: datetime,
) -> Given:
    """Write the awards of the referral that waits for this purchase, the contact's first one.

    A first purchase that brings nothing uses the referral up as well; only when it is cancelled does
    the referral wait for the next one.
    """
    case = people.case
    if case is None or people.contact is None:
        return Given()
    assert facts.contact is not None
    referrer = _people_facts(event.business, [case.referrer], at)[case.referrer_id]
    seen = recast(facts, ReferredPurchaseFacts, referrer=referrer, referred=facts.contact)
    given = find(
        event=event,
        facts=seen,
        cause=LogCause.REFERRAL,
        currencies=currencies,
        at=at,
    )
    if given.written:
        change(case, REFERRAL, ReferralStatus.AWARDED, at=at, first_purchase=event)
    else:
        ReferralCase.objects.filter(pk=case.pk).update(first_purchase=event)
    return given


def wait_again(*, purchase: BusinessEvent, at: datetime) -> None:
    """Let the referral that the cancelled purchase had completed wait for the next one."""
    for case in ReferralCase.objects.select_for_update().filter(first_purchase=purchase):
        if case.status == ReferralStatus.AWARDED:
            change(case, REFERRAL, ReferralStatus.WAITING, at=at, first_purchase=None)
        else:
            ReferralCase.objects.filter(pk=case.pk).update(first_purchase=None)


def call_off(*, event: BusinessEvent, at: datetime) -> bool:
    """Cancel the referral of a cancelled event, for good; tell whether there was one."""
    case = ReferralCase.objects.select_for_update().filter(event=event).first()
    if case is not None and case.status != ReferralStatus.CANCELLED:
        change(case, REFERRAL, ReferralStatus.CANCELLED, at=at)
    return case is not None


def _award(
    event: BusinessEvent, case: ReferralCase, *, actor: User | None, at: datetime
) -> ReferralResult:
    """Award what is given on registration; offers for the first purchase keep the referral waiting."""
    contacts = [case.referrer, case.referred]
    facts = event_facts(business=event.business, event_ids=[event.pk], at=at)[event.pk]
    known = _people_facts(event.business, contacts, at)
    currencies = currencies_of(business=event.business, contacts=contacts)
    _, awards = give(
        event=event,
        facts=recast(
            replace(facts, contact=known[case.referred_id]),
            ReferralFacts,
            currency=currencies[case.referrer_id],
            referrer=known[case.referrer_id],
            referred=known[case.referred_id],
            referred_currency=currencies[case.referred_id],
        ),
        contacts=contacts,
        cause=LogCause.REFERRAL,
        actor=actor,
        at=at,
    )
    if awards and not _is_awaited(event.business):
        change(case, REFERRAL, ReferralStatus.AWARDED, at=at)
    return ReferralResult(
        event=event,
        case_id=case.pk,
        is_waiting=case.status == ReferralStatus.WAITING,
        awards=awards,
    )


def _is_awaited(business: Organisation) -> bool:
    """Tell whether some active offer awards the first purchase of referred contacts."""
    offers = snapshot_of(business=business).listening_to(Trigger.REFERRAL)
    return any(
        offer.terms.moment == ReferralMoment.FIRST_PURCHASE
        for offer in offers
        if isinstance(offer.terms, ReferralTerms)
    )


def _people_facts(
    business: Organisation, contacts: list[Contact], at: datetime
) -> dict[int, ContactFacts]:
    known = contact_facts(business=business, contacts=contacts, at=at)
    joined = memberships_of(business=business, contacts=contacts)
    return {pk: member(facts, joined) for pk, facts in known.items()}


def _check(referrer: Contact, contact: Contact, performed_at: datetime) -> None:
    if referrer.pk == contact.pk or _share_a_number(referrer, contact):
        raise SelfReferral("Nobody can refer themselves. Ask a friend for their code.")
    if ReferralCase.objects.filter(referred=contact).exists():
        raise AlreadyReferred(
            "This contact was referred before. Each counts once; leave it at that."
        )
    is_new = performed_at - contact.registered_at <= NEW_FOR
    if not is_new or first_purchase(contact=contact) is not None:
        raise NotNewContact(
            "Only somebody who registered in the last 24 hours and bought nothing yet can be"
            " referred. Send a referral as soon as somebody registers."
        )
    _check_limit(referrer, performed_at)


def _share_a_number(one: Contact, other: Contact) -> bool:
    """Tell whether both have proved to own the same phone; addresses are unique in a business."""
    numbers = ContactPhone.objects.filter(contact=one, verified_at__isnull=False).exclude(e164="")
    return ContactPhone.objects.filter(
        contact=other, verified_at__isnull=False, e164__in=numbers.values("e164")
    ).exists()


def _check_limit(referrer: Contact, performed_at: datetime) -> None:
    chosen = settings_of(business=referrer.business)
    if chosen.referral_cap is None:
        return
    period = FrequencyTerms(
        Frequency.ONCE_PER_PERIOD,
        chosen.referral_period_count,
        PeriodUnit(chosen.referral_period_unit),
    )
    had = ReferralCase.objects.filter(
        referrer=referrer, event__performed_at__gt=before(performed_at, period)
    ).exclude(status=ReferralStatus.CANCELLED)
    if had.count() >= chosen.referral_cap:
        raise ReferralLimitReached(
            "This contact has referred as many people as the business accepts for now. Try later."
        )
