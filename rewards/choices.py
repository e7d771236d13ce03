"""Closed vocabularies of rewards, in the words of the specification (rewards.md 2 and 3).

The types of offers are not listed here: each is one file in `rewards.offer_types`, and the registry
feeds forms, filters and evaluation, so that a new type changes neither a field nor a migration.
"""

from __future__ import annotations

from django.db import models

from rewards.explanations import EXPLANATIONS


class Goal(models.TextChoices):
    ACHIEVEMENT = "ACHIEVEMENT", "Reward Achievement"
    SPEND = "SPEND", "Increase Spend"
    MEMBERSHIP = "MEMBERSHIP", "Improve Memberships"
    VISITS = "VISITS", "Increase Visits"
    DONATIONS = "DONATIONS", "Donations"


class Trigger(models.TextChoices):
    """What happens that an offer may listen to (rewards.md 3.1)."""

    PURCHASE = "PURCHASE", "Purchase"
    REFERRAL = "REFERRAL", "Referral"
    ACHIEVEMENT = "ACHIEVEMENT", "Achievement"
    SIGN_UP = "SIGN_UP", "Sign-up"
    PROFILE = "PROFILE", "Profile change"
    SUBSCRIPTION = "SUBSCRIPTION", "Subscription check"
    GIFT_RUN = "GIFT_RUN", "Gift run"
    DRAW = "DRAW", "Lottery draw"
    GIVING = "GIVING", "Giving by the contact"


class ConditionKind(models.TextChoices):
    """The kinds of target conditions; each value names its part of a condition set."""

    SEGMENTS = "segments", "Segments"
    LOCATION = "location", "Location"
    TIME = "time", "Date and time"
    CLASSIFICATION = "classification", "Classification"
    AMOUNT = "amount", "Purchase amount"
    PRODUCTS = "products", "Products"


class AwardForm(models.TextChoices):
    AMOUNT = "AMOUNT", "Fixed amount"
    PERCENTAGE = "PERCENTAGE", "Percentage"
    FREE_PRODUCT = "FREE_PRODUCT", "Cost of a free product"
    CHEAPEST_IN_GROUP = "CHEAPEST_IN_GROUP", "Cheapest product of a group"


class ProductGroupKind(models.TextChoices):
    """What "the cheapest of" may range over."""

    TYPE = "TYPE", "Product type"
    BRAND = "BRAND", "Brand"
    FAMILY = "FAMILY", "Family"
    CATEGORY = "CATEGORY", "Category"


class RedeemMethod(models.TextChoices):
    INSTANT = "INSTANT", "Instant discount"
    DEFERRED = "DEFERRED", "Cashback"


class ResolutionMode(models.TextChoices):
    ALL = "ALL", "All matched offers"
    BEST = "BEST", "The best offer"
    BEST_PER_SCHEME = "BEST_PER_SCHEME", "The best offer from each scheme"


class Occasion(models.TextChoices):
    NONE = "NONE", "Any day"
    BIRTHDAY = "BIRTHDAY", "Birthday"
    NAME_DAY = "NAME_DAY", "Name day"


class Frequency(models.TextChoices):
    """How often one contact may get one offer."""

    EVERY_TIME = "EVERY_TIME", "Every time"
    ONCE = "ONCE", "Once"
    ONCE_PER_PERIOD = "ONCE_PER_PERIOD", "Once in a period"


class PeriodUnit(models.TextChoices):
    DAYS = "DAYS", "Days"
    WEEKS = "WEEKS", "Weeks"
    MONTHS = "MONTHS", "Months"
    YEARS = "YEARS", "Years"


class PassKind(models.TextChoices):
    """Which pass may unlock an offer of a type (rewards.md 3.1)."""

    NONE = "NONE", "No pass"
    FINANCIAL = "FINANCIAL", "Financial pass"
    PROMOTION = "PROMOTION", "Promotion pass"


class Beneficiary(models.TextChoices):
    REFERRER = "REFERRER", "The one who refers"
    REFERRED = "REFERRED", "The one who is referred"
    BOTH = "BOTH", "Both"


class ReferralMoment(models.TextChoices):
    REGISTRATION = "REGISTRATION", "On registration"
    FIRST_PURCHASE = "FIRST_PURCHASE", "On the first purchase"


class Quorum(models.TextChoices):
    """Which of the listed achievements must reach the count."""

    ANY = "ANY", "Any of them"
    ALL = "ALL", "Each of them"


class DowngradeMode(models.TextChoices):
    ONE_LEVEL = "ONE_LEVEL", "One level at a time"
    TO_REACHED = "TO_REACHED", "To the tier reached"


class TierInterval(models.TextChoices):
    MONTHLY_CYCLE = "MONTHLY_CYCLE", "The same months for everybody"
    SIGN_UP = "SIGN_UP", "From each contact's sign-up"


class Effect(models.TextChoices):
    """What a match leads to: only awards take money and part in resolution."""

    AWARD = "AWARD", "Award"
    ENTRY = "ENTRY", "Lottery entry"
    DONATION = "DONATION", "Donation"


class Switch(models.TextChoices):
    """The two states of schemes, offers and passes; "expired" and "scheduled" are only displayed."""

    ACTIVE = "ACTIVE", "Active"
    INACTIVE = "INACTIVE", "Inactive"

    @property
    def tone(self) -> str:
        return "success" if self is Switch.ACTIVE else "neutral"


class SignUpOption(models.TextChoices):
    """How a contact becomes a member of a scheme (rewards.md 2.3)."""

    AUTO_SIGN_UP = "AUTO_SIGN_UP", "Every contact, automatically"
    SELF_SIGN_UP = "SELF_SIGN_UP", "Contacts join by themselves"
    CLOSED_LOOP = "CLOSED_LOOP", "Only those with an address or a code"


class SignUpMethod(models.TextChoices):
    """What opens a closed loop."""

    EMAIL_DOMAIN = "EMAIL_DOMAIN", "E-mail domain"
    CODE = "CODE", "Sign-up code"


class AwardStatus(models.TextChoices):
    POSTED = "POSTED", "Posted"
    CANCELLED = "CANCELLED", "Cancelled"
    EXPIRED = "EXPIRED", "Expired"

    @property
    def tone(self) -> str:
        return {"POSTED": "success", "CANCELLED": "danger", "EXPIRED": "neutral"}[self.value]


class LogType(models.TextChoices):
    """What a row of the log of rewards says (rewards.md 10)."""

    AWARD = "AWARD", "Award"
    REDEEM = "REDEEM", "Redeem"
    SPEND = "SPEND", "Spend"
    REVERSAL = "REVERSAL", "Reversal"
    EXPIRY = "EXPIRY", "Expiry"


class LogCause(models.TextChoices):
    """The kind of business event behind a row of the log."""

    PURCHASE = "PURCHASE", "Purchase"
    REFERRAL = "REFERRAL", "Referral"
    SIGN_UP = "SIGN_UP", "Sign-up"
    ACHIEVEMENT = "ACHIEVEMENT", "Achievement"
    GIFT = "GIFT", "Gift"
    PROFILE = "PROFILE", "Profile completion"
    MATURITY = "MATURITY", "Subscription maturity"
    LOTTERY = "LOTTERY", "Lottery"
    WALLET = "WALLET", "Wallet"


class ReferralStatus(models.TextChoices):
    """Where a referral stands: it waits for its moment, was awarded, or came to nothing."""

    WAITING = "WAITING", "Waiting for a first purchase"
    AWARDED = "AWARDED", "Awarded"
    CANCELLED = "CANCELLED", "Cancelled"

    @property
    def tone(self) -> str:
        return {"WAITING": "info", "AWARDED": "success", "CANCELLED": "neutral"}[self.value]


class ReferralMethod(models.TextChoices):
    EMAIL = "EMAIL", "E-mail"
    SMS = "SMS", "Text message"


class SelfSubmission(models.TextChoices):
    """How contacts may hand in purchases themselves (rewards.md 2.10)."""

    NONE = "NONE", "Not at all"
    BARCODE = "BARCODE", "By the barcode of the receipt"
    TRANSACTION_CODE = "TRANSACTION_CODE", "By the transaction code"


class GiftRunKind(models.TextChoices):
    """What started a run of a gift (rewards.md 3.3)."""

    NOW = "NOW", "At once"
    AT = "AT", "On a date"
    RECURRING = "RECURRING", "Again and again"
    ON_OCCASION = "ON_OCCASION", "On birthdays or name days"


class GiftRunStatus(models.TextChoices):
    PLANNED = "PLANNED", "Planned"
    RUNNING = "RUNNING", "Running"
    DONE = "DONE", "Done"
    CANCELLED = "CANCELLED", "Cancelled"

    @property
    def tone(self) -> str:
        return {
            "PLANNED": "info",
            "RUNNING": "warning",
            "DONE": "success",
            "CANCELLED": "neutral",
        }[self.value]


class TraceReason(models.TextChoices):
    """What became of one offer for one event: granted, or why not, first failure first."""

    GRANTED = "GRANTED", "Granted"
    MATCHED = "MATCHED", "Matched"
    # The checks, in their fixed order (rewards.md 4.1).
    OFFER_INACTIVE = "OFFER_INACTIVE", "Offer not active"
    SCHEME_INACTIVE = "SCHEME_INACTIVE", "Scheme not active"
    NOT_AVAILABLE = "NOT_AVAILABLE", "Outside its availability"
    BEFORE_ACTIVATION = "BEFORE_ACTIVATION", "Before the offer was activated"
    CURRENCY_MISMATCH = "CURRENCY_MISMATCH", "Another currency"
    NOT_MEMBER = "NOT_MEMBER", "Not a member of the scheme"
    TERMS_BLOCKED = "TERMS_BLOCKED", "Merchant blocked"
    LATE_INSTANT = "LATE_INSTANT", "Too late for an instant discount"
    SPEND_BLOCKED = "SPEND_BLOCKED", "Contact blocked from spending"
    SEGMENT = "SEGMENT", "Not in the segments"
    OCCASION = "OCCASION", "Not the contact's day"
    LOCATION = "LOCATION", "Another place"
    TIME = "TIME", "Another time"
    CLASSIFICATION = "CLASSIFICATION", "Another classification"
    AMOUNT = "AMOUNT", "Amount out of range"
    PRODUCT = "PRODUCT", "Products not in the basket"
    PASS = "PASS", "No valid pass"
    FREQUENCY = "FREQUENCY", "Given already"
    # What the type itself asks.
    NOT_FIRST_JOINING = "NOT_FIRST_JOINING", "Joined before"
    COUNT_NOT_REACHED = "COUNT_NOT_REACHED", "Not often enough yet"
    # The amount.
    PRODUCT_NOT_IN_BASKET = "PRODUCT_NOT_IN_BASKET", "Free product not in the basket"
    NO_PRICE = "NO_PRICE", "Free product without a price"
    ZERO_AMOUNT = "ZERO_AMOUNT", "Comes to nothing"
    # Resolution (rewards.md 6.2).
    BEATEN_INSTANT = "BEATEN_INSTANT", "Beaten by a better instant discount"
    BEATEN = "BEATEN", "Beaten by a better offer"
    BEATEN_IN_SCHEME = "BEATEN_IN_SCHEME", "Beaten in its scheme"
    NO_ROOM = "NO_ROOM", "Nothing left to discount"
    # What the wallet could not take.
    POOL_CLOSED = "POOL_CLOSED", "Pool takes no money"
    # The event as a whole was not evaluated.
    NO_CONTACT = "NO_CONTACT", "No contact"
    TOO_LATE = "TOO_LATE", "Too late to evaluate"

    @property
    def explanation(self) -> str:
        """What was needed, in one sentence."""
        return EXPLANATIONS[self.value].needed

    @property
    def next_step(self) -> str:
        """What to do next, in one sentence."""
        return EXPLANATIONS[self.value].next_step
