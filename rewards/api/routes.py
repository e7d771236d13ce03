"""The operations of the intake (rewards.md 11)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from django.http import HttpResponse
from ninja import Query, Router

from core.api.calls import WITH_KEY, Made, write_once
from core.api.door import sent_with
from core.api.errors import REFUSALS, REFUSED_WRITES, ErrorBody
from core.clock import now
from directory.api.auth import ApiRequest, KeyAuth
from events.api.places import Caller, event_numbered, event_of
from events.choices import EventType
from events.models import BusinessEvent
from rewards.api import batches, intake
from rewards.api.answers import (
    AcceptedOut,
    EarnedOut,
    EstimateOut,
    EventOut,
    InvitedOut,
    PurchaseOut,
    ReferralOut,
    ReversalOut,
    event_out,
    purchase_out,
    reversal_out,
)
from rewards.api.batches import BatchOut
from rewards.api.intake import Handler, Sender
from rewards.api.schemas import (
    AchievementIn,
    BatchIn,
    CancelByNumberIn,
    CancelIn,
    ContactEventIn,
    EstimateIn,
    PurchaseIn,
    ReclaimByReceiptIn,
    ReclaimIn,
    ReferralIn,
    ReferralSendIn,
    ReturnIn,
    SubscriptionIn,
)
from rewards.services import cancelling, purchases, referral_invitations, returning

router = Router(tags=["Events"])
READ, WRITE = KeyAuth("events:read"), KeyAuth("events:write")
Mode = Annotated[
    Literal["sync", "async"],
    Query(description="`async` stores the purchase, answers 202 and leaves the rest to a worker"),
]


@router.post(
    "/events/purchases",
    response={201: PurchaseOut, 202: AcceptedOut, **REFUSED_WRITES},
    auth=WRITE,
    openapi_extra=WITH_KEY,
    summary="Post a purchase",
)
def post_purchase(request: ApiRequest, body: PurchaseIn, mode: Mode = "sync") -> HttpResponse:
    """Store the purchase, evaluate it and answer what it earned, all in one transaction."""
    handler = intake.purchase if mode == "sync" else intake.purchase_for_later
    return _write(request, handler, body)


@router.post(
    "/events/purchases/estimate",
    response={200: EstimateOut, 413: ErrorBody, 415: ErrorBody, **REFUSALS},
    auth=READ,
    exclude_unset=True,
    summary="Estimate a purchase",
)
def estimate_purchase(request: ApiRequest, body: EstimateIn) -> EstimateOut:
    """Answer what the purchase would earn now. Nothing is stored; the answer is not a promise."""
    sender = Sender(Caller.of(request), sent_with(request), now())
    _, estimated = intake.estimate(sender, body)
    assert isinstance(estimated, EstimateOut)
    return estimated


@router.post(
    "/events/purchases/cancel",
    response={200: ReversalOut, **REFUSED_WRITES},
    auth=WRITE,
    openapi_extra=WITH_KEY,
    summary="Cancel a purchase by the till's number",
)
def cancel_by_number(request: ApiRequest, body: CancelByNumberIn) -> HttpResponse:
    """Void the purchase and take back everything that it led to."""

    def handler(sender: Sender, asked: CancelByNumberIn) -> Made:
        event = event_numbered(sender.caller, asked.tap, EventType.PURCHASE, asked.reference_number)
        return _cancelled(sender, event, asked)

    return _write(request, handler, body)


@router.post(
    "/events/purchases/{event_id}/cancel",
    response={200: ReversalOut, **REFUSED_WRITES},
    auth=WRITE,
    openapi_extra=WITH_KEY,
    summary="Cancel a purchase",
)
def cancel_purchase(request: ApiRequest, event_id: UUID, body: CancelIn) -> HttpResponse:
    """Void the purchase and take back everything that it led to; again answers the same."""
    return _cancel(request, event_id, EventType.PURCHASE, body)


@router.post(
    "/events/purchases/{event_id}/returns",
    response={201: ReversalOut, **REFUSED_WRITES},
    auth=WRITE,
    openapi_extra=WITH_KEY,
    summary="Return goods",
)
def return_goods(request: ApiRequest, event_id: UUID, body: ReturnIn) -> HttpResponse:
    """Record what came back, and take back what of each award falls back with it."""

    def handler(sender: Sender, asked: ReturnIn) -> Made:
        event = event_of(sender.caller, event_id, EventType.PURCHASE)
        data = intake.return_data(asked, event, sender.at)
        return 201, reversal_out(returning.return_goods(event=event, data=data, at=sender.at))

    return _write(request, handler, body)


@router.post(
    "/events/purchases/reclaim",
    response={200: PurchaseOut, 201: PurchaseOut, **REFUSED_WRITES},
    auth=WRITE,
    openapi_extra=WITH_KEY,
    summary="Reclaim a purchase by its receipt",
)
def reclaim_by_receipt(request: ApiRequest, body: ReclaimByReceiptIn) -> HttpResponse:
    """Give a purchase its contact: 200 when it was known, 201 when it is created from the receipt."""
    return _write(request, intake.reclaim_by_receipt, body)


@router.post(
    "/events/purchases/{event_id}/reclaim",
    response={200: PurchaseOut, **REFUSED_WRITES},
    auth=WRITE,
    openapi_extra=WITH_KEY,
    summary="Reclaim a purchase",
)
def reclaim_purchase(request: ApiRequest, event_id: UUID, body: ReclaimIn) -> HttpResponse:
    """Give a purchase without contact its contact, once, and evaluate it by its own moment."""

    def handler(sender: Sender, asked: ReclaimIn) -> Made:
        event = event_of(sender.caller, event_id, EventType.PURCHASE)
        result = purchases.reclaim(event=event, contact=sender.contact(asked.contact), at=sender.at)
        return 200, purchase_out(result, asked=False)

    return _write(request, handler, body)


@router.post(
    "/events/referrals",
    response={201: ReferralOut, **REFUSED_WRITES},
    auth=WRITE,
    openapi_extra=WITH_KEY,
    summary="Post a referral",
)
def post_referral(request: ApiRequest, body: ReferralIn) -> HttpResponse:
    """Record that the owner of the code referred the new contact."""
    return _write(request, intake.referral, body)


@router.post(
    "/events/referrals/{event_id}/cancel",
    response={200: ReversalOut, **REFUSED_WRITES},
    auth=WRITE,
    openapi_extra=WITH_KEY,
    summary="Cancel a referral",
)
def cancel_referral(request: ApiRequest, event_id: UUID, body: CancelIn) -> HttpResponse:
    """Void the referral and take back what both sides were awarded; again answers the same."""
    return _cancel(request, event_id, EventType.REFERRAL, body)


@router.post(
    "/referrals/send",
    response={202: InvitedOut, **REFUSED_WRITES},
    auth=WRITE,
    openapi_extra=WITH_KEY,
    summary="Recommend the business to friends",
)
def send_referrals(request: ApiRequest, body: ReferralSendIn) -> HttpResponse:
    """Queue one message to each address, with the contact's referral code."""

    def handler(sender: Sender, asked: ReferralSendIn) -> Made:
        addresses = referral_invitations.send(
            referrer=sender.contact(asked.contact), recipients=asked.recipients, at=sender.at
        )
        return 202, InvitedOut(recipients=addresses)

    return _write(request, handler, body)


@router.post(
    "/events/achievements",
    response={201: EarnedOut, **REFUSED_WRITES},
    auth=WRITE,
    openapi_extra=WITH_KEY,
    summary="Post an achievement",
)
def post_achievement(request: ApiRequest, body: AchievementIn) -> HttpResponse:
    """Count the achievement and award what it completes."""
    return _write(request, intake.achievement, body)


@router.post(
    "/events/achievements/{event_id}/cancel",
    response={200: ReversalOut, **REFUSED_WRITES},
    auth=WRITE,
    openapi_extra=WITH_KEY,
    summary="Cancel an achievement",
)
def cancel_achievement(request: ApiRequest, event_id: UUID, body: CancelIn) -> HttpResponse:
    """Void the achievement and take back what it completed; again answers the same."""
    return _cancel(request, event_id, EventType.ACHIEVEMENT, body)


@router.post(
    "/events/contacts",
    response={201: EarnedOut | EventOut, **REFUSED_WRITES},
    auth=WRITE,
    openapi_extra=WITH_KEY,
    summary="Post a sign-up or a change of profile",
)
def post_contact_event(request: ApiRequest, body: ContactEventIn) -> HttpResponse:
    """Award what a sign-up earns (`SIGN_UP`), or record a change of profile (`PROFILE_UPDATED`)."""
    return _write(request, intake.contact_event, body)


@router.post(
    "/events/subscriptions",
    response={201: EventOut, **REFUSED_WRITES},
    auth=WRITE,
    openapi_extra=WITH_KEY,
    summary="Report a subscription",
)
def post_subscription(request: ApiRequest, body: SubscriptionIn) -> HttpResponse:
    """Bring the mirror of a subscription to what its billing says."""
    return _write(request, intake.subscription, body)


@router.post(
    "/events/batch",
    response={207: BatchOut, **REFUSED_WRITES},
    auth=WRITE,
    url_name="events_batch",
    summary="Post up to 1,000 events",
)
def post_batch(request: ApiRequest, body: BatchIn) -> HttpResponse:
    """Carry out each event by itself, in order; one that is refused does not stop the others.

    Every event brings its own idempotency key, so the call itself needs none. A body has at most 2 MiB.
    """
    path = request.path.removesuffix("/batch")
    told = batches.run(caller=Caller.of(request), items=body.events, path=path, at=now())
    return HttpResponse(told, content_type="application/json", status=207)


@router.get(
    "/events/{event_id}",
    response={200: EventOut, **REFUSALS},
    auth=READ,
    exclude_unset=True,
    summary="Read an event",
)
def read_event(request: ApiRequest, event_id: UUID) -> EventOut:
    """Return the event with what it earned, as it stands now."""
    return event_out(event_of(Caller.of(request), event_id))


def _cancel(request: ApiRequest, event_id: UUID, kind: EventType, body: CancelIn) -> HttpResponse:
    def handler(sender: Sender, asked: CancelIn) -> Made:
        return _cancelled(sender, event_of(sender.caller, event_id, kind), asked)

    return _write(request, handler, body)


def _cancelled(sender: Sender, event: BusinessEvent, asked: CancelIn) -> Made:
    result = cancelling.cancel(event=event, by="till", reason=asked.reason, at=sender.at)
    return 200, reversal_out(result)


def _write(request: ApiRequest, handler: Handler, body: object) -> HttpResponse:
    caller, sent = Caller.of(request), sent_with(request)

    def effect(at: datetime) -> Made:
        return handler(Sender(caller, sent, at), body)

    return write_once(request, effect, caller=caller.name)
