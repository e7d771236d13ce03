"""Contacts as callers name, send and read them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from core.api.schemas import Address, Code, Name, Sent, Told

BIRTH_YEARS = (1900, 2100)


class ContactRef(Sent):
    """Who it is: exactly one of these."""

    id: UUID | None = None
    code: Code | None = Field(default=None, examples=["C-7H2K9P"])
    wallet_code: Code | None = Field(default=None, description="16 digits")
    cim: Code | None = Field(
        default=None, description="Any medium: e-mail, phone, contact's or wallet code"
    )
    otp: Code | None = Field(
        default=None, description="Number of a spend token that the contact shows"
    )
    email: Address | None = None
    phone: Address | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> ContactRef:
        if len(self.model_dump(exclude_none=True)) != 1:
            raise PydanticCustomError(
                "one_of",
                "Name the contact by exactly one of id, code, wallet_code, cim, otp,"
                " email and phone.",
            )
        return self

    @property
    def named(self) -> tuple[str, str]:
        """Kind and value of the one that was given."""
        ((kind, value),) = self.model_dump(mode="json", exclude_none=True).items()
        return kind, value


class ContactIn(Sent):
    """A new contact: at least a name, an e-mail address or a phone number."""

    first_name: Name | None = None
    last_name: Name | None = None
    email: Address | None = None
    phone: Address | None = None
    birth_date: date | None = None
    language: Annotated[str, StringConstraints(pattern=r"^[a-z]{2}(-[a-z]{2})?$")] | None = None
    marketing_consent: bool = False


class EmailOut(Told):
    address: str
    type: str
    is_primary: bool
    is_verified: bool


class PhoneOut(Told):
    number: str
    type: str


class ContactOut(Told):
    """A contact of the business."""

    id: UUID
    code: str
    first_name: str
    last_name: str
    state: str
    emails: list[EmailOut]
    phones: list[PhoneOut]
    referral_code: str
    is_blocked_from_spending: bool
    registered_at: datetime
