"""Giving a code to somebody: the one transaction of vouchers.md 5.3, and its halves 5.7.

The decision is made before anything is taken, and made again once the recipient is held. What is taken
is taken in one order, campaign counter, recipient, code, so that no two callers wait for each other in
a circle; if it comes to nothing, all of it is undone before the answer is written. Unique constraints
stand behind every step: they, not this order, are the guarantee that no code is given twice.
"""

from __future__ import annotations

import random
import time
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from django.db import IntegrityError, OperationalError, transaction

from core.codes import fit
from core.statements import insert
from directory.models import User
from events.facts import EventFacts
from vouchers import deciding, happenings
from vouchers.choices import (
    CampaignStatus,
    CodeInMail,
    Delivery,
    IssuanceStatus,
    OnExhaustion,
    Outcome,
    Source,
)
from vouchers.models import Campaign, Issuance
from vouchers.recipients import Recipient
from vouchers.selectors import eligibility
from vouchers.selectors.standing import Mine, Standing, is_lapsed, mine, standing_of
from vouchers.services import (
    alerts,
    attempts,
    campaign_counting,
    claiming,
    exhaustion,
    reservations,
    wait_entries,
)
from vouchers.services.issue_requests import (
    Busy,
    KeyReused,
    NotTaken,
    ReasonRequired,
    Request,
    Result,
    is_passing,
)

TRIES = 3
LONGEST_KEY = 200

__all__ = [
    "Busy", "KeyReused", "ReasonRequired", "Request", "Result", "answer", "is_passing",
    "issue", "reserve",
]  # fmt: skip


def issue(
    *,
    campaign: Campaign,
    recipient: Recipient,
    idempotency_key: str,
    source: str,
    trigger_ref: str = "",
    actor: User | None = None,
    reason: str = "",
    event: EventFacts | None = None,
    at: datetime,
) -> Result:
    """Give the recipient one code of the campaign, or say why not (vouchers.md 5.3).

    The same key is answered by the same code. Somebody of the desk who gives one by hand decides
    instead of the conditions, never instead of limits, cap and quotas. Raises `ReasonRequired` by hand
    without a reason, `KeyReused`, and `Busy` when no lock was to be had after three tries.
    """
    return answer(
        Request(
            campaign=campaign,
            recipient=recipient,
            idempotency_key=idempotency_key,
            source=source,
            trigger_ref=trigger_ref,
            actor=actor,
            reason=reason,
            event=event,
            at=at,
        )
    )


def reserve(
    *,
    campaign: Campaign,
    recipient: Recipient,
    idempotency_key: str,
    source: str,
    trigger_ref: str = "",
    actor: User | None = None,
    reason: str = "",
    event: EventFacts | None = None,
    at: datetime,
) -> Result:
    """Put one code aside for the recipient, which nobody sees before `confirm` (vouchers.md 5.7).

    It counts against limits, cap and quota. Who has one put aside keeps it, and its time begins anew
    once. Decides and raises as `issue` does.
    """
    return answer(
        Request(
            campaign=campaign,
            recipient=recipient,
            idempotency_key=idempotency_key,
            source=source,
            trigger_ref=trigger_ref,
            actor=actor,
            reason=reason,
            event=event,
            at=at,
            to="reserved",
        )
    )


def answer(ask: Request) -> Result:
    """Decide about the request and carry the decision out; `issue` says how."""
    if ask.source == Source.MANUAL and not ask.reason.strip():
        sentence = "Say why this person gets a code by hand."
        raise ReasonRequired(sentence, fields={"reason": sentence})
    ask = replace(ask, idempotency_key=fit(ask.idempotency_key, LONGEST_KEY))
    for attempt in range(TRIES):
        if attempt:
            time.sleep(random.uniform(0.01, 0.1))  # noqa: S311 - only to step out of the way
        try:
            return _attempt(ask)
        except (OperationalError, IntegrityError) as error:
            if not is_passing(error):
                raise
    raise Busy


def _attempt(ask: Request) -> Result:
    try:
        with transaction.atomic():
            return _decide(ask)
    except NotTaken as undone:
        return _after(ask, undone)


def _after(ask: Request, undone: NotTaken) -> Result:
    try:
        with transaction.atomic():
            return _settle(ask, undone)
    except NotTaken as again:
        with transaction.atomic():
            return _settle(ask, again)


def _decide(ask: Request) -> Result:
    """Ask every rule, then take; raises `NotTaken` when something was taken in vain."""
    found = standing_of(ask.campaign)
    campaign = found.campaign
    had = mine(campaign=campaign, recipient=ask.recipient, key=ask.idempotency_key)
    if _end_lapsed(had, ask):
        had = mine(campaign=campaign, recipient=ask.recipient, key=ask.idempotency_key)
    if repeated := _repeated(ask, had):
        return repeated
    if refused := _refused(ask, found, had):
        return _noted(ask, refused)
    if found.has_waiting and not ask.is_waiting:
        return _joined(ask, campaign, "others were first")
    return _take(ask, found)


def _end_lapsed(had: Mine, ask: Request) -> bool:
    """Release what the recipient let lapse: the clock counts, not the job that looks at it."""
    lapsed = [one for one in had.rows if one.status == "reserved" and is_lapsed(one, at=ask.at)]
    for one in lapsed:
        reservations.end(one, why="time over", at=ask.at)
    return bool(lapsed)


def _repeated(ask: Request, had: Mine) -> Result | None:
    """Return the answer of the same request before, or the reservation that the recipient has."""
    row = had.by_key
    if row is not None:
        if not had.is_own_key:
            raise KeyReused
        is_held = row.status == IssuanceStatus.RESERVED
        return Result(Outcome.RESERVED if is_held else Outcome.ALREADY_ISSUED, row)
    if ask.to == "reserved" and had.reserved is not None:
        return Result(Outcome.RESERVED, _renewed(had.reserved, ask.at))
    return None


def _renewed(hold: Issuance, at: datetime) -> Issuance:
    """Begin the time of a reservation anew, once; the clock of a frozen one stands."""
    if hold.is_renewed or hold.reserved_until is None:
        return hold
    until = at + timedelta(minutes=hold.campaign.reservation_minutes)
    Issuance.objects.filter(pk=hold.pk, status="reserved", is_renewed=False).update(
        reserved_until=until, is_renewed=True, updated_at=at
    )
    hold.reserved_until, hold.is_renewed = until, True
    return hold


def _refused(ask: Request, found: Standing, had: Mine) -> Result | None:
    """Return the first "no" of status, dates, conditions and limits; nothing is taken."""
    if reason := deciding.not_running(found.schedule, at=ask.at):
        if found.campaign.status != CampaignStatus.EXHAUSTED:
            return Result(Outcome.NOT_RUNNING, reason=reason)
        if exhaustion.cap_reached(found.campaign):
            return Result(
                Outcome.CAP_REACHED,
                reason=f"the campaign gave all of its {found.campaign.max_total}",
            )
        return Result(Outcome.EXHAUSTED, reason="no code left")
    if ask.source != Source.MANUAL and not ask.is_qualified:
        reason = eligibility.reason_against(
            campaign=found.campaign,
            recipient=ask.recipient,
            event=ask.event,
            has_conditions=found.has_conditions,
            at=ask.at,
        )
        if reason:
            return Result(Outcome.NOT_ELIGIBLE, reason=reason)
    if reason := deciding.limit_reached(found.allowance, had.held, at=ask.at):
        return Result(Outcome.LIMIT_REACHED, reason=reason)
    return None


def _take(ask: Request, found: Standing) -> Result:
    """Take counter, allowance and code in this order, and write down what came of it."""
    campaign = found.campaign
    if not campaign_counting.take(campaign, ask.recipient.key):
        raise NotTaken(
            Result(Outcome.CAP_REACHED, reason=f"the campaign gave all of its {campaign.max_total}")
        )
    ordinal = _ordinal(ask, found)
    source, taken = claiming.claim(ask, found)
    row = _issuance(ask, campaign, ordinal)
    row.voucher_list_id, row.code_id = source.list_id, taken.id
    row.redeem_until = taken.redeem_until if ask.to == "issued" else None
    return _written(ask, row)


def _ordinal(ask: Request, found: Standing) -> int:
    """Return the free number of the recipient's allowance; from the counter on they are held."""
    had = mine(campaign=found.campaign, recipient=ask.recipient, key=ask.idempotency_key)
    if repeated := _repeated(ask, had):
        raise NotTaken(repeated)
    if reason := deciding.limit_reached(found.allowance, had.held, at=ask.at):
        raise NotTaken(Result(Outcome.LIMIT_REACHED, reason=reason))
    ordinal = deciding.free_ordinal(found.allowance, [one.ordinal for one in had.held])
    assert ordinal is not None
    return ordinal


def _issuance(ask: Request, campaign: Campaign, ordinal: int) -> Issuance:
    is_issued = ask.to == "issued"
    lasts = timedelta(minutes=campaign.reservation_minutes)
    return Issuance(
        business_id=campaign.business_id,
        campaign=campaign,
        recipient_key=ask.recipient.key,
        contact=ask.recipient.contact,
        email=ask.recipient.email,
        ordinal=ordinal,
        idempotency_key=ask.idempotency_key,
        source=ask.source,
        trigger_ref=fit(ask.trigger_ref, 120),
        reason=ask.reason[:300],
        status=ask.to,
        reserved_until=None if is_issued else ask.at + lasts,
        issued_at=ask.at if is_issued else None,
        delivery_status=delivery_of(campaign, ask.recipient.email) if is_issued else Delivery.NONE,
        created_by=ask.actor,
        created_at=ask.at,
        updated_at=ask.at,
    )


def delivery_of(campaign: Campaign, email: str) -> Delivery:
    """Return how the delivery of a code begins: on its way, or not mailed at all."""
    is_mailed = bool(email) and campaign.code_in_mail != CodeInMail.NONE
    return Delivery.PENDING if is_mailed else Delivery.NONE


def _written(ask: Request, row: Issuance) -> Result:
    """Write issuance, decision and event in the transaction of the claim; look at alerts after it."""
    insert([row])
    if ask.to == "issued":
        outcome = Outcome.FALLBACK if row.is_fallback else Outcome.ISSUED
        happenings.rewarded(row, ask.at)
    else:
        outcome = Outcome.RESERVED
        happenings.reserved(row, ask.at)
    if row.voucher_list_id is not None:
        look = partial(alerts.look, voucher_list_id=row.voucher_list_id, at=ask.at)
        transaction.on_commit(look, robust=True)
    return _noted(ask, Result(outcome, row))


def _settle(ask: Request, undone: NotTaken) -> Result:
    """Answer after everything was put back: by the wait list, the code for everybody, or a no."""
    result = undone.result
    if result.issuance is not None:
        return result
    if result.outcome == Outcome.CAP_REACHED:
        exhaustion.exhaust(ask.campaign, at=ask.at)
    if undone.standing is None:
        return _noted(ask, result)
    campaign = undone.standing.campaign
    if campaign.on_exhaustion == OnExhaustion.WAITLIST:
        return _joined(ask, campaign, result.reason)
    if campaign.on_exhaustion == OnExhaustion.FALLBACK_CODE and ask.to == "issued":
        return _fallback(ask, undone.standing)
    if campaign.on_exhaustion == OnExhaustion.STOP and result.outcome == Outcome.EXHAUSTED:
        exhaustion.exhaust(campaign, at=ask.at)
    return _noted(ask, result)


def _joined(ask: Request, campaign: Campaign, reason: str) -> Result:
    if ask.is_waiting:
        return Result(Outcome.WAITLISTED, reason=reason)
    entry = wait_entries.join(
        campaign=campaign,
        recipient=ask.recipient,
        idempotency_key=ask.idempotency_key,
        source=ask.source,
        trigger_ref=ask.trigger_ref,
        reason=ask.reason,
        actor=ask.actor,
        at=ask.at,
    )
    return _noted(ask, Result(Outcome.WAITLISTED, reason=reason, wait_entry=entry))


def _fallback(ask: Request, found: Standing) -> Result:
    """Give the campaign's code for everybody; it counts for the recipient, never for a list."""
    campaign_counting.take_fallback(found.campaign, ask.recipient.key)
    row = _issuance(ask, found.campaign, _ordinal(ask, found))
    row.is_fallback, row.fallback_code = True, found.campaign.fallback_code
    return _written(ask, row)


def _noted(ask: Request, result: Result) -> Result:
    """Write the decision into the log; who only waits on is not written down again and again."""
    is_silent = ask.is_waiting and result.outcome in (
        Outcome.CAP_REACHED,
        Outcome.NOT_RUNNING,
        Outcome.EXHAUSTED,
        Outcome.LIST_UNAVAILABLE,
    )
    if not is_silent:
        attempts.note(
            campaign=ask.campaign,
            recipient_key=ask.recipient.key,
            outcome=result.outcome,
            reason=result.reason,
            issuance=result.issuance,
            trigger_ref=ask.trigger_ref,
            at=ask.at,
        )
    return result
