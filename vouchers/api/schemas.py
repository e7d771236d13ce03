"""What calls about vouchers send and are told."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from ninja import Field
from pydantic import StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from core.api.schemas import Address, Amount, Currency, Moment, Sent, Told
from vouchers.choices import ListStatus

VoucherCodeText = Annotated[
    str, StringConstraints(strip_whitespace=True, pattern=r"^[!-~]{1,255}$")
]
"""A code as it was read: 1 to 255 printable ASCII characters."""
Reference = Annotated[str, StringConstraints(pattern=r"^[ -~]{1,100}$")]
ListId = Annotated[str, StringConstraints(pattern=r"^VL-[0-9A-Z]{10}$")]
Place = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f]{1,120}$")]

Given = Literal["issued", "already_issued", "fallback", "reserved", "waitlisted"]
Shown = Literal["issued", "redeemed", "expired"]
MOST_CODES = 10_000


class CountsOut(Told):
    """What a list holds."""

    uploaded: int
    available: int
    distributable: int = Field(description="What of `available` may be given out now")
    reserved: int
    issued: int
    redeemed: int
    expired: int
    void: int


class ListOut(Told):
    """A voucher list and its counters."""

    list_id: str = Field(examples=["VL-7Q3KD9XM2A"])
    partner: str = Field(examples=["Puma"])
    list_tag: str
    name: str
    description: str
    status: ListStatus
    expires_at: datetime
    counts: CountsOut


class ListsOut(Told):
    """One page of lists."""

    lists: list[ListOut]
    next_page: int | None


class CodesIn(Sent):
    """Up to 10,000 codes for a list."""

    codes: Annotated[list[VoucherCodeText], Field(min_length=1, max_length=MOST_CODES)]
    mode: Literal["partial", "strict"] = "partial"


class UploadOut(Told):
    """How far an upload is."""

    list_id: str
    upload: int = Field(description="Its number in the list")
    status: str
    step: str
    rows: int
    accepted: int
    rejected: int
    warnings: int
    published: int
    reasons: dict[str, int] = Field(description="How many rows ended with each reason code")
    error: str | None = Field(description="Why the whole file was refused")


class RecipientIn(Sent):
    """Who gets a code: exactly one of these."""

    contact_id: UUID | None = None
    email: Address | None = None
    phone: Address | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> RecipientIn:
        if len(self.model_dump(exclude_none=True)) != 1:
            raise PydanticCustomError(
                "one_of", "Name the recipient by exactly one of contact_id, email and phone."
            )
        return self


class IssueIn(Sent):
    """Who is to get a code, and what made it due."""

    recipient: RecipientIn
    trigger_ref: Reference | None = Field(default=None, description="Your own name for the cause")


class IssuedOut(Told):
    """A code that was given, or put aside, or a place on the wait list."""

    outcome: Given
    issuance_id: UUID | None = None
    voucher_code: str | None = Field(
        default=None, description="Empty while reserved and on the wait list"
    )
    redeem_until: datetime | None = None
    reserved_until: datetime | None = None
    list_id: str | None = None


class ReleasedOut(Told):
    """A reservation that ended."""

    reservation_id: UUID
    outcome: Literal["released"]


class VoucherOut(Told):
    """A voucher of a person."""

    partner: str | None
    list_tag: str | None
    list_name: str | None
    list_description: str | None
    list_expiry: datetime | None
    campaign_id: str = Field(examples=["CMP-000123"])
    voucher_code: str
    status: Shown
    issued_at: datetime
    redeem_until: datetime | None
    redemption_url: str | None
    issuance_id: UUID


class VouchersOut(Told):
    """All vouchers of a person, the newest first."""

    vouchers: list[VoucherOut]


class CodeIn(Sent):
    """A code that was read; the List ID where two lists may have it."""

    code: VoucherCodeText
    list_id: ListId | None = None


class RedeemIn(CodeIn):
    """A code that is spent."""

    reference: Reference = Field(description="Your own number; the same again is a repetition")
    redeemed_at: Moment | None = Field(default=None, description="Not in the future; empty is now")
    amount: Amount | None = None
    currency: Currency | None = None
    location: Place | None = None
    hold_id: UUID | None = None

    @model_validator(mode="after")
    def _amount_with_currency(self) -> RedeemIn:
        if (self.amount is None) != (self.currency is None):
            raise PydanticCustomError("pair", "Send amount and currency together, or neither.")
        return self


class HoldIn(CodeIn):
    """A code for a cart; with `hold_id` a hold begins anew."""

    hold_id: UUID | None = None


class ReverseIn(CodeIn):
    """A redemption to take back."""

    reference: Reference


class RedemptionOut(Told):
    """A redemption as it stands."""

    redemption_id: UUID
    status: Literal["redeemed", "reversed"]
    is_repeat: bool = Field(description="Whether this had been done before")
    list_id: str
    reference: str
    redeemed_at: datetime
    reversed_at: datetime | None
    amount: str | None
    currency: str | None


class HoldOut(Told):
    """A code that is held."""

    hold_id: UUID
    list_id: str
    held_until: datetime


class CheckOut(Told):
    """What a code is good for."""

    is_redeemable: bool
    reason: str | None = Field(description="Why not, as `redeem` would refuse it")
    list_id: str
    partner: str
    name: str
    description: str
    redeem_until: datetime | None
