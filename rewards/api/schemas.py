"""Events as callers send them (rewards.md 11.3 to 11.7)."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, StrictBool, StrictInt, field_validator, model_validator
from pydantic_core import PydanticCustomError

from core.api.schemas import Address, Amount, Code, Currency, Moment, Quantity, Sent, Words
from directory.api.schemas import ContactRef
from events.api.schemas import BasketIn, ClassificationRef, TapRef
from wallet.api.schemas import WishIn

MOST_IN_A_BATCH = 1_000
MOST_RECIPIENTS = 20
# How the numbers of sign-ups begin, which keep them from being awarded twice.
OURS = ("registered:", "joined:")


class PurchaseIn(BasketIn):
    """A purchase. Without a contact it waits to be reclaimed."""

    contact: ContactRef | None = None
    spend: WishIn | None = Field(
        default=None, description="What the contact asks to pay from the wallet in the same call"
    )

    @model_validator(mode="after")
    def _has_a_payer(self) -> PurchaseIn:
        if self.spend is not None and self.contact is None:
            raise PydanticCustomError("no_contact", "Name the contact whose wallet is to pay.")
        return self


class EstimateIn(BasketIn):
    """A purchase that may come."""

    contact: ContactRef | None = None


class CancelIn(Sent):
    reason: Words = Field(default="", examples=["void"])


class CancelByNumberIn(CancelIn):
    """The purchase by the till's number."""

    tap: TapRef | None = None
    reference_number: Code


class ReturnedLineIn(Sent):
    sku: Code
    quantity: Quantity


class ReturnIn(Sent):
    """What came back: lines, or an amount of the purchase."""

    reference_number: Code
    performed_at: Moment | None = None
    lines: list[ReturnedLineIn] | None = Field(default=None, min_length=1, max_length=500)
    amount: Amount | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> ReturnIn:
        if (self.lines is None) == (self.amount is None):
            raise PydanticCustomError("one_of", "Give either lines or amount.")
        return self


class ReclaimIn(Sent):
    contact: ContactRef


class ReclaimByReceiptIn(Sent):
    """A receipt: the till's number, and what it says in case that we never heard of it."""

    contact: ContactRef
    tap: TapRef | None = None
    reference_number: Code
    receipt: BasketIn | None = Field(
        default=None, description="The purchase itself; its number and till are those above"
    )


class ReferralIn(Sent):
    reference_number: Code | None = None
    performed_at: Moment | None = None
    referral_code: Code
    contact: ContactRef = Field(description="The new contact")
    tap: TapRef | None = None


class ReferralSendIn(Sent):
    contact: ContactRef = Field(description="Who recommends the business")
    recipients: list[Address] = Field(
        min_length=1, max_length=MOST_RECIPIENTS, description="E-mail addresses"
    )


class AchievementIn(Sent):
    reference_number: Code | None = None
    performed_at: Moment | None = None
    contact: ContactRef
    classification: ClassificationRef
    tap: TapRef | None = None
    quantity: Annotated[StrictInt, Field(ge=1, le=1_000)] = 1


class ContactEventIn(Sent):
    reference_number: Code | None = None
    performed_at: Moment | None = None
    contact: ContactRef
    kind: Literal["SIGN_UP", "PROFILE_UPDATED"]

    @field_validator("reference_number")
    @classmethod
    def _is_not_ours(cls, value: str | None) -> str | None:
        """Keep the numbers under which sign-ups are recorded once for themselves."""
        if value is not None and value.startswith(OURS):
            raise PydanticCustomError("number", "Numbers that begin so are kept for sign-ups.")
        return value


class EstimatedBillIn(Sent):
    """The upcoming bill of the recurring fees, after promotional discounts."""

    amount: Amount
    currency: Currency


class SubscriptionIn(Sent):
    """A subscription as its billing reports it; the newest report of a reference counts."""

    reference_number: Code | None = None
    performed_at: Moment | None = None
    contact: ContactRef
    subscription_ref: Code
    is_active: StrictBool
    is_termed: StrictBool
    is_billable: StrictBool
    active_since: date | None = None
    last_interruption: date | None = None
    upcoming_estimate: EstimatedBillIn | None = None
    sku: Code | None = None


class BatchItem(Sent):
    """One event: which call it stands for, its own idempotency key, and the body of that call."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["purchases", "referrals", "achievements", "contacts", "subscriptions"] = Field(
        description="The call that the body is meant for: /events/<kind>"
    )
    idempotency_key: str = Field(description="As the header of the single call")
    body: dict[str, Any]


class BatchIn(Sent):
    events: list[BatchItem] = Field(min_length=1, max_length=MOST_IN_A_BATCH)
