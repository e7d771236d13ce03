"""Who and what exists: organisations, people, contacts, catalogue, segments, API keys."""

from directory.models.api_keys import ApiKey
from directory.models.catalogue import (
    Brand,
    CatalogueImport,
    Category,
    Product,
    ProductFamily,
    ProductPrice,
    ProductType,
)
from directory.models.contacts import (
    Contact,
    ContactAddress,
    ContactEmail,
    ContactImport,
    ContactPhone,
    NameDayRule,
)
from directory.models.members import Invitation, Membership, User
from directory.models.network import BusinessLink, CommercialTerms, Tap
from directory.models.organisations import (
    Organisation,
    ProductImage,
    ProductService,
    ProviderProfile,
)
from directory.models.segments import Segment, SegmentCriterion

__all__ = [
    "ApiKey",
    "Brand",
    "BusinessLink",
    "CatalogueImport",
    "Category",
    "CommercialTerms",
    "Contact",
    "ContactAddress",
    "ContactEmail",
    "ContactImport",
    "ContactPhone",
    "Invitation",
    "Membership",
    "NameDayRule",
    "Organisation",
    "Product",
    "ProductFamily",
    "ProductImage",
    "ProductPrice",
    "ProductService",
    "ProductType",
    "ProviderProfile",
    "Segment",
    "SegmentCriterion",
    "Tap",
    "User",
]
