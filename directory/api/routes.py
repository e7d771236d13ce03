"""The directory's operations: try a key; add, find and read contacts."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import HttpResponse
from ninja import Field, Query, Router

from core.api.calls import WITH_KEY, write_once
from core.api.errors import REFUSALS, REFUSED_WRITES
from core.api.schemas import Address, Code, Told
from core.errors import Invalid
from directory.api.auth import ApiRequest, KeyAuth, caller_of, require_business
from directory.api.schemas import (
    BIRTH_YEARS,
    ContactIn,
    ContactOut,
    EmailOut,
    PhoneOut,
)
from directory.choices import ContactSource
from directory.models import Contact
from directory.people import YearDay
from directory.selectors.contact_references import contact_by
from directory.services import contacts
from directory.services.contacts import ContactData, EmailData, PhoneData

router = Router(tags=["Directory"])


class Me(Told):
    """Whom a key speaks for and what it may do."""

    organisation: str = Field(examples=["Acme Solar"])
    business: str = Field(description="The tenant", examples=["Acme Solar"])
    time_zone: str = Field(examples=["Europe/London"])
    currency: str = Field(examples=["EUR"])
    key: str = Field(description="The key's name", examples=["Till in the High Street"])
    scopes: list[str]
    expires_at: datetime | None


@router.get("/me", response={200: Me, **REFUSALS}, auth=KeyAuth(), summary="Try a key")
def me(request: ApiRequest) -> Me:
    """Return the organisation the key belongs to, the key's name and its scopes."""
    key, business = request.auth, request.organisation
    return Me(
        organisation=request.place.name,
        business=business.name,
        time_zone=business.time_zone,
        currency=business.base_currency,
        key=key.name,
        scopes=list(key.scopes),
        expires_at=key.expires_at,
    )


@router.post(
    "/contacts",
    response={201: ContactOut, **REFUSED_WRITES},
    auth=KeyAuth("contacts:write"),
    openapi_extra=WITH_KEY,
    summary="Add a contact",
)
def add_contact(request: ApiRequest, body: ContactIn) -> HttpResponse:
    """Add a contact to the business; an e-mail address that is known already is refused."""

    def effect(at: datetime) -> tuple[int, ContactOut]:
        contact = contacts.create(
            business=request.organisation,
            data=_data_of(body, at.date()),
            source=ContactSource.API,
            at=at,
        )
        return 201, contact_out(contact)

    return write_once(request, effect, caller=caller_of(request))


@router.get(
    "/contacts",
    response={200: ContactOut, **REFUSALS},
    auth=KeyAuth("contacts:read"),
    summary="Find a contact",
)
def find_contact(
    request: ApiRequest,
    code: Annotated[Code | None, Query()] = None,
    email: Annotated[Address | None, Query()] = None,
    phone: Annotated[Address | None, Query()] = None,
) -> ContactOut:
    """Return the contact with that code, e-mail address or phone number; give exactly one."""
    given = {"code": code, "email": email, "phone": phone}
    named = [(kind, value) for kind, value in given.items() if value]
    if len(named) != 1:
        sentence = "Give exactly one of code, email and phone."
        raise Invalid(sentence, fields=dict.fromkeys(given, sentence))
    ((kind, value),) = named
    return contact_out(contact_by(business=require_business(request), kind=kind, value=value))


@router.get(
    "/contacts/{contact_id}",
    response={200: ContactOut, **REFUSALS},
    auth=KeyAuth("contacts:read"),
    summary="Read a contact",
)
def read_contact(request: ApiRequest, contact_id: UUID) -> ContactOut:
    """Return the contact of the business."""
    business = require_business(request)
    return contact_out(contact_by(business=business, kind="id", value=str(contact_id)))


def contact_out(contact: Contact) -> ContactOut:
    """Return the contact as the API tells it."""
    return ContactOut(
        id=contact.public_id,
        code=contact.code,
        first_name=contact.first_name,
        last_name=contact.last_name,
        state=contact.state.upper(),
        emails=[
            EmailOut(
                address=one.address,
                type=one.type,
                is_primary=one.is_primary,
                is_verified=one.verified_at is not None,
            )
            for one in contact.emails.order_by("-is_primary", "pk")
        ],
        phones=[
            PhoneOut(number=one.e164 or one.number, type=one.type)
            for one in contact.phones.order_by("pk")
        ],
        referral_code=contact.referral_code,
        is_blocked_from_spending=contact.spend_blocked,
        registered_at=contact.registered_at,
    )


def _data_of(body: ContactIn, today: date) -> ContactData:
    born = body.birth_date
    if born is not None and not BIRTH_YEARS[0] <= born.year <= today.year:
        sentence = "Nobody was born on that day. Check the year."
        raise Invalid(sentence, fields={"birth_date": sentence})
    return ContactData(
        first_name=body.first_name or "",
        last_name=body.last_name or "",
        born=YearDay(born.month, born.day, born.year) if born else None,
        language=body.language or "",
        marketing_consent=body.marketing_consent,
        emails=[EmailData(address=_address(body.email))] if body.email else [],
        phones=[PhoneData(number=_number(body.phone), type="mobile")] if body.phone else [],
    )


def _address(text: str) -> str:
    """Return the address; raises `Invalid` for what mail could never reach."""
    try:
        validate_email(text)
    except ValidationError as error:
        sentence = "This is no e-mail address. Write it in full, or leave it out."
        raise Invalid(sentence, fields={"email": sentence}) from error
    return text


def _number(text: str) -> str:
    if len(text) > 30 or not any(letter.isdigit() for letter in text):
        sentence = "This is no phone number. Write it with its country code, or leave it out."
        raise Invalid(sentence, fields={"phone": sentence})
    return text
