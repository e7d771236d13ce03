"""Organisations, people and what belongs to them, made through the services."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from itertools import count
from typing import Any

from allauth.account.models import EmailAddress
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from directory.choices import MemberStatus, ProductKind, Role
from directory.models import Contact, Membership, Organisation, ProductService, User
from directory.services import contacts, organisations, products, profiles
from directory.services.contacts import ContactData, EmailData, PhoneData
from directory.services.products import ProductData
from directory.services.profiles import ProfileData

PASSWORD = "a long enough secret"
MORNING = datetime(2026, 3, 4, 9, 30, tzinfo=UTC)

_numbers = count(1)


def make_user(name: str = "", *, email: str = "", **fields: Any) -> User:
    """Make a login with a confirmed address."""
    name = name or f"person{next(_numbers)}"
    user = User.objects.create_user(
        username=name, email=email or f"{name}@example.org", password=PASSWORD, **fields
    )
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def make_business(
    name: str = "",
    *,
    admin: User | None = None,
    completed: bool = True,
    zone: str = "Europe/London",
    at: datetime = MORNING,
) -> Organisation:
    """Register a business; with a completed provider profile unless asked otherwise."""
    name = name or f"Business {next(_numbers)}"
    business = organisations.register(
        name=name, time_zone=zone, base_currency="EUR", admin=admin or make_user(), at=at
    ).organisation
    if completed:
        complete_profile(business, at=at)
    return business


def profile_data(**changes: Any) -> ProfileData:
    """Return a whole and valid provider profile."""
    values: dict[str, Any] = {
        "name": "Acme Solar",
        "website": "https://acme.example",
        "email": "hello@acme.example",
        "phone": "",
        "address": "",
        "description": "",
        "social_links": [],
        "notification_email": "",
        "response_window_days": 14,
        "time_zone": "Europe/London",
        "default_currency": "EUR",
    }
    return ProfileData(**{**values, **changes})


def complete_profile(business: Organisation, *, at: datetime = MORNING, **changes: Any) -> None:
    data = profile_data(name=business.name, time_zone=business.time_zone, **changes)
    profiles.save(organisation=business, data=data, logo=None, version=1, at=at)


def add_member(
    business: Organisation, user: User, role: Role, *, status: str = MemberStatus.ACTIVE
) -> Membership:
    """Put the user in the team, as an accepted invitation would."""
    return Membership.objects.create(
        user=user,
        organisation=business,
        role=role,
        status=status,
        created_at=MORNING,
        updated_at=MORNING,
    )


def product_data(**changes: Any) -> ProductData:
    values: dict[str, Any] = {
        "name": "Roof panel",
        "kind": ProductKind.PRODUCT,
        "category": "Solar panels",
        "description": "Makes power from light.",
    }
    return ProductData(**{**values, **changes})


def make_product(business: Organisation, name: str = "", **changes: Any) -> ProductService:
    data = product_data(name=name or f"Product {next(_numbers)}", **changes)
    return products.create(business=business, data=data, actor=None, at=MORNING)


def make_contact(
    business: Organisation,
    name: str = "Maria Example",
    *,
    email: str = "",
    phone: str = "",
    at: datetime = MORNING,
    **changes: Any,
) -> Contact:
    """Add a contact with one address and, if given, one mobile number."""
    first, _, last = name.partition(" ")
    data = ContactData(
        first_name=first,
        last_name=last,
        emails=[EmailData(address=email or f"contact{next(_numbers)}@example.org")],
        phones=[PhoneData(number=phone, type="mobile")] if phone else [],
        **changes,
    )
    return contacts.create(business=business, data=data, at=at)


def picture_bytes(kind: str = "PNG", size: tuple[int, int] = (8, 8)) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, (200, 30, 30)).save(buffer, format=kind)
    return buffer.getvalue()


def picture(name: str = "logo.png", kind: str = "PNG") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, picture_bytes(kind), content_type="image/png")
