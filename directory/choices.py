"""Closed vocabularies of the directory."""

from django.db import models


class OrganisationKind(models.TextChoices):
    BUSINESS = "business", "Business"
    MERCHANT = "merchant", "Merchant"
    VENUE = "venue", "Venue"


class Role(models.TextChoices):
    ADMIN = "admin", "Admin"
    OFFERS = "offers", "Offers"
    MARKETING = "marketing", "Marketing"
    FINANCE = "finance", "Finance"
    ANALYST = "analyst", "Analyst"


class MemberStatus(models.TextChoices):
    ACTIVE = "active", "Active"
    INACTIVE = "inactive", "Inactive"

    @property
    def tone(self) -> str:
        return "success" if self is MemberStatus.ACTIVE else "neutral"


class ProductKind(models.TextChoices):
    PRODUCT = "product", "Product"
    SERVICE = "service", "Service"


class PurchaseModel(models.TextChoices):
    ONE_TIME = "one_time", "One-time"
    SUBSCRIPTION = "subscription", "Subscription"
    USAGE_BASED = "usage_based", "Usage-based"
    FREE = "free", "Free"
    OTHER = "other", "Other"


class ContactState(models.TextChoices):
    EFFECTIVE = "effective", "Active"
    TERMINATED = "terminated", "Terminated"

    @property
    def tone(self) -> str:
        return "success" if self is ContactState.EFFECTIVE else "neutral"


class Gender(models.TextChoices):
    FEMALE = "female", "Female"
    MALE = "male", "Male"
    OTHER = "other", "Other"


class AddressType(models.TextChoices):
    HOME = "home", "Home"
    BUSINESS = "business", "Business"
    POBOX = "pobox", "PO box"
    CUSTOM1 = "custom1", "Custom 1"
    CUSTOM2 = "custom2", "Custom 2"
    CUSTOM3 = "custom3", "Custom 3"
    CUSTOM4 = "custom4", "Custom 4"
    CUSTOM5 = "custom5", "Custom 5"


class PhoneType(models.TextChoices):
    MOBILE = "mobile", "Mobile"
    LANDLINE = "landline", "Landline"
    FAX = "fax", "Fax"
    CUSTOM1 = "custom1", "Custom 1"
    CUSTOM2 = "custom2", "Custom 2"
    CUSTOM3 = "custom3", "Custom 3"
    CUSTOM4 = "custom4", "Custom 4"
    CUSTOM5 = "custom5", "Custom 5"


class EmailType(models.TextChoices):
    PERSONAL = "personal", "Personal"
    BUSINESS = "business", "Business"
    CUSTOM1 = "custom1", "Custom 1"
    CUSTOM2 = "custom2", "Custom 2"
    CUSTOM3 = "custom3", "Custom 3"
    CUSTOM4 = "custom4", "Custom 4"
    CUSTOM5 = "custom5", "Custom 5"


class ContactSource(models.TextChoices):
    STAFF = "staff", "Entered by staff"
    IMPORT = "import", "Imported"
    OFFER = "offer", "Answered an offer"
    API = "api", "API"
    SELF = "self", "Signed up"


class ImportStatus(models.TextChoices):
    CHECKING = "checking", "Checking"
    READY = "ready", "Ready to import"
    IMPORTING = "importing", "Importing"
    DONE = "done", "Done"
    FAILED = "failed", "Failed"
    CANCELLED = "cancelled", "Cancelled"

    @property
    def tone(self) -> str:
        return IMPORT_TONES[self.value]


IMPORT_TONES = {
    "checking": "info",
    "ready": "info",
    "importing": "info",
    "done": "success",
    "failed": "danger",
    "cancelled": "neutral",
}


class LinkStatus(models.TextChoices):
    """Where the partnership of two businesses stands (rewards.md 2.1)."""

    INVITED = "invited", "Invited"
    ACCEPTED = "accepted", "Accepted"
    ENDED = "ended", "Ended"

    @property
    def tone(self) -> str:
        return {"invited": "info", "accepted": "success", "ended": "neutral"}[self.value]


class SettlementMethod(models.TextChoices):
    """When a merchant pays its share of an award (rewards.md 1, wallet.md 8.1)."""

    ON_AWARD = "on_award", "When it is awarded"
    ON_REDEEM = "on_redeem", "When it is redeemed"
    ON_SPEND = "on_spend", "When it is spent"


class SegmentMatch(models.TextChoices):
    ALL = "all", "All of these"
    ANY = "any", "Any of these"
