"""From what a caller sent to a service and back to what the caller is told: one function for each kind.

A single call and an item of a batch go through the same function, so that they cannot differ.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from pydantic import BaseModel

from core.api.calls import Made
from core.api.schemas import minor_of
from core.errors import Conflict, NotFound
from directory.api.schemas import ContactRef
from directory.models import Contact
from directory.selectors.catalogue import products_by_sku
from events.api.places import Caller, classification_of, event_numbered, place_of
from events.api.schemas import purchase_data
from events.choices import EventType
from events.drafts import PurchaseData
from events.models import BusinessEvent
from events.services import intake
from events.services.intake import Occurrence, SubscriptionData
from rewards.api.answers import (
    accepted_out,
    earned_out,
    estimate_out,
    event_out,
    purchase_out,
    referral_out,
)
from rewards.api.schemas import (
    AchievementIn,
    ContactEventIn,
    EstimateIn,
    PurchaseIn,
    ReclaimByReceiptIn,
    ReferralIn,
    ReturnIn,
    SubscriptionIn,
)
from rewards.services import achievements, purchases, referrals, sign_ups
from rewards.services.results import PurchaseResult
from rewards.services.returning import ReturnData
from wallet.api.people import contact_of
from wallet.services.spending import Wish


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sent the body, the body as it came, and the moment at which it did."""

    caller: Caller
    sent: Any
    at: datetime

    def contact(self, named: ContactRef) -> Contact:
        return contact_of(business=self.caller.business, named=named, at=self.at)


Handler = Callable[[Sender, Any], Made]


def purchase(sender: Sender, body: PurchaseIn) -> Made:
    """Post the purchase and answer 201 with what it earned."""
    result = _posted(sender, body, evaluate=True)
    return 201, purchase_out(result, asked=body.spend is not None)


def purchase_for_later(sender: Sender, body: PurchaseIn) -> Made:
    """Store the purchase and answer 202; a worker evaluates it.

    A wish to spend needs an answer at once, so it is refused here.
    """
    if body.spend is not None:
        raise Conflict(
            "What is to be spent needs an answer at once. Post it without mode=async.",
            code="SPEND_NEEDS_SYNC",
        )
    return 202, accepted_out(_posted(sender, body, evaluate=False))


def estimate(sender: Sender, body: EstimateIn) -> Made:
    """Work out what the purchase would earn; nothing is stored."""
    place, _ = place_of(sender.caller, body.tap)
    result = purchases.estimate(
        business=sender.caller.business,
        place=place,
        data=purchase_data(body, sent=sender.sent, at=sender.at),
        contact=sender.contact(body.contact) if body.contact else None,
        classification=classification_of(sender.caller, body.classification, EventType.PURCHASE),
        at=sender.at,
    )
    return 200, estimate_out(result)


def reclaim_by_receipt(sender: Sender, body: ReclaimByReceiptIn) -> Made:
    """Claim the purchase of that number, or create it from the receipt (rewards.md 11.7)."""
    contact = sender.contact(body.contact)
    try:
        event = event_numbered(sender.caller, body.tap, EventType.PURCHASE, body.reference_number)
    except NotFound as error:
        if body.receipt is None or error.code != "EVENT_NOT_FOUND":
            raise
        sent = body.receipt.model_dump(exclude_unset=True) | {
            "tap": body.tap,
            "reference_number": body.reference_number,
            "contact": body.contact,
        }
        return purchase(sender, PurchaseIn.model_validate(sent))
    result = purchases.reclaim(event=event, contact=contact, at=sender.at)
    return 200, purchase_out(result, asked=False)


def referral(sender: Sender, body: ReferralIn) -> Made:
    place, _ = place_of(sender.caller, body.tap)
    result = referrals.refer(
        business=sender.caller.business,
        code=body.referral_code,
        contact=sender.contact(body.contact),
        performed_at=body.performed_at or sender.at,
        place=place,
        reference_number=body.reference_number or "",
        at=sender.at,
    )
    return 201, referral_out(result)


def achievement(sender: Sender, body: AchievementIn) -> Made:
    place, tap = place_of(sender.caller, body.tap)
    result = achievements.post(
        business=sender.caller.business,
        contact=sender.contact(body.contact),
        classification=classification_of(sender.caller, body.classification, EventType.ACHIEVEMENT),
        performed_at=body.performed_at or sender.at,
        place=place,
        tap=tap,
        quantity=body.quantity,
        reference_number=body.reference_number or "",
        at=sender.at,
    )
    return 201, earned_out(result)


def contact_event(sender: Sender, body: ContactEventIn) -> Made:
    """Evaluate a sign-up, or record that a profile was changed."""
    contact = sender.contact(body.contact)
    if body.kind == "SIGN_UP":
        return 201, earned_out(sign_ups.registered(contact=contact, at=sender.at))
    event = intake.record_contact_change(
        occurrence=_occurrence(sender, body, contact), kind=body.kind.lower(), at=sender.at
    )
    return 201, event_out(event)


def subscription(sender: Sender, body: SubscriptionIn) -> Made:
    contact = sender.contact(body.contact)
    bill = body.upcoming_estimate
    data = SubscriptionData(
        subscription_ref=body.subscription_ref,
        is_active=body.is_active,
        is_termed=body.is_termed,
        is_billable=body.is_billable,
        active_since=body.active_since,
        last_interruption_on=body.last_interruption,
        estimate_minor=minor_of(bill.amount, bill.currency, "upcoming_estimate.amount")
        if bill
        else 0,
        currency=bill.currency if bill else "",
        product=_product(sender.caller, body.sku),
    )
    event = intake.record_subscription(
        occurrence=_occurrence(sender, body, contact), data=data, at=sender.at
    )
    return 201, event_out(event)


def return_data(body: ReturnIn, event: BusinessEvent, at: datetime) -> ReturnData:
    """Return what came back, its amount in the currency of the purchase."""
    currency = event.purchase.currency
    return ReturnData(
        performed_at=body.performed_at or at,
        reference_number=body.reference_number,
        lines=tuple((line.sku, Decimal(line.quantity)) for line in body.lines or ()),
        amount_minor=minor_of(body.amount, currency, "amount") if body.amount else 0,
    )


# What a batch may hold: the name of the call, the shape of its body, and what is done with it.
KINDS: Mapping[str, tuple[type[BaseModel], Handler]] = {
    "purchases": (PurchaseIn, purchase),
    "referrals": (ReferralIn, referral),
    "achievements": (AchievementIn, achievement),
    "contacts": (ContactEventIn, contact_event),
    "subscriptions": (SubscriptionIn, subscription),
}


def _posted(sender: Sender, body: PurchaseIn, *, evaluate: bool) -> PurchaseResult:
    caller, spend = sender.caller, body.spend
    place, tap = place_of(caller, body.tap)
    data: PurchaseData = purchase_data(body, sent=sender.sent, at=sender.at)
    wish = None
    if spend is not None:
        amount = spend.amount
        minor = minor_of(amount, body.currency, "spend.amount") if amount is not None else None
        wish = Wish(minor, spend.exact)
    return purchases.post(
        business=caller.business,
        place=place,
        data=data,
        contact=sender.contact(body.contact) if body.contact else None,
        tap=tap,
        classification=classification_of(caller, body.classification, EventType.PURCHASE),
        wish=wish,
        evaluate=evaluate,
        at=sender.at,
    )


def _occurrence(
    sender: Sender, body: ContactEventIn | SubscriptionIn, contact: Contact
) -> Occurrence:
    return Occurrence(
        business=sender.caller.business,
        place=sender.caller.root,
        performed_at=body.performed_at or sender.at,
        contact=contact,
        reference_number=body.reference_number or "",
        payload=sender.sent if isinstance(sender.sent, dict) else {},
    )


def _product(caller: Caller, sku: str | None) -> Any:
    if sku is None:
        return None
    found = products_by_sku(business=caller.business, skus={sku}).get(sku)
    if found is None:
        raise NotFound(
            "There is no product of that SKU. Check it, or leave it out.", code="PRODUCT_NOT_FOUND"
        )
    return found
