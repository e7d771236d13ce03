"""Who and what exists: organisations, users, contacts, products and services, API keys."""

from directory.models.api_keys import ApiKey
from directory.models.contacts import (
    Contact,
    ContactAddress,
    ContactEmail,
    ContactImport,
    ContactPhone,
    NameDayRule,
)
from directory.models.members import Invitation, Membership, User
from directory.models.organisations import (
    Organisation,
    ProductImage,
    ProductService,
    ProviderProfile,
)

__all__ = [
    "ApiKey",
    "Contact",
    "ContactAddress",
    "ContactEmail",
    "ContactImport",
    "ContactPhone",
    "Invitation",
    "Membership",
    "NameDayRule",
    "Organisation",
    "ProductImage",
    "ProductService",
    "ProviderProfile",
    "User",
]
