"""Closed vocabularies of rewards, in the words of the specification (rewards.md 2 and 3).

The types of offers are not listed here: each is one file in `rewards.offer_types`, and the registry
feeds forms, filters and evaluation, so that a new type changes neither a field nor a migration.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import models


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
    # The event as a whole was not evaluated.
    NO_CONTACT = "NO_CONTACT", "No contact"
    TOO_LATE = "TOO_LATE", "Too late to evaluate"

    @property
    def explanation(self) -> str:
        """What was needed, in one sentence."""
        return EXPLANATIONS[self].needed

    @property
    def next_step(self) -> str:
        """What to do next, in one sentence."""
        return EXPLANATIONS[self].next_step


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why an offer was or was not granted, and what a person can do about it."""

    needed: str
    next_step: str


R = TraceReason
EXPLANATIONS: dict[TraceReason, Explanation] = {
    R.GRANTED: Explanation(
        "Every condition of the offer held, and resolution kept it.",
        "There is nothing to do: the award stands in the contact's wallet.",
    ),
    R.MATCHED: Explanation(
        "Every condition of the offer held.",
        "There is nothing to do: the event counts for this offer.",
    ),
    R.OFFER_INACTIVE: Explanation(
        "The offer must be active when the event is evaluated.",
        "Activate the offer; from then on events count.",
    ),
    R.SCHEME_INACTIVE: Explanation(
        "The scheme of the offer must be active.",
        "Activate the scheme; its offers award from then on.",
    ),
    R.NOT_AVAILABLE: Explanation(
        "The event must happen while the offer is available: from its start, before its end.",
        "Compare the date of the event with the offer's availability and change the availability"
        " if it is wrong.",
    ),
    R.BEFORE_ACTIVATION: Explanation(
        "An offer without a start date counts from its latest activation on.",
        "Set a start date on the offer if earlier events should count as well.",
    ),
    R.CURRENCY_MISMATCH: Explanation(
        "The event must be in the currency of the offer.",
        "Copy the offer to the currency of the event.",
    ),
    R.NOT_MEMBER: Explanation(
        "The contact must have joined the scheme of the offer before the event.",
        "Invite the contact to the scheme; events after joining count.",
    ),
    R.TERMS_BLOCKED: Explanation(
        "The commercial terms of the merchant must not be blocked.",
        "Lift the block in the merchant's commercial terms if it should award again.",
    ),
    R.LATE_INSTANT: Explanation(
        "An instant discount needs an event that arrives within 24 hours: later the customer has"
        " paid already.",
        "Send purchases from the till at once, or give this award as cashback.",
    ),
    R.SPEND_BLOCKED: Explanation(
        "An instant discount is spent at once, so the contact must be free to spend.",
        "Lift the contact's spend block, or give this award as cashback.",
    ),
    R.SEGMENT: Explanation(
        "The contact must be in at least one of the offer's segments.",
        "Look at the rules of the segments, or remove the condition from the offer.",
    ),
    R.OCCASION: Explanation(
        "The event must fall on the contact's birthday or name day, or in the days around it.",
        "Check that the date is filled in on the contact, and how many days around it count.",
    ),
    R.LOCATION: Explanation(
        "The event must happen at one of the offer's places.",
        "Add the merchant or the venue to the offer's locations if it should take part.",
    ),
    R.TIME: Explanation(
        "The event must happen in the offer's hours and dates, by the clock of the place.",
        "Change the offer's times if this moment should count.",
    ),
    R.CLASSIFICATION: Explanation(
        "The event must carry one of the offer's classifications.",
        "Send the classification with the event, or add it to the offer.",
    ),
    R.AMOUNT: Explanation(
        "The total of the purchase must lie between the offer's bounds, both included.",
        "Change the smallest or largest amount of the offer if this purchase should count.",
    ),
    R.PRODUCT: Explanation(
        "The basket must hold enough of the offer's products.",
        "Compare the lines with the offer's products, and check the categories of the products.",
    ),
    R.PASS: Explanation(
        "The purchase must quote a pass of this offer that is valid and not used up.",
        "Check the code, its dates and its uses, or issue another pass.",
    ),
    R.FREQUENCY: Explanation(
        "The contact must not have had this offer more often than it allows.",
        "Wait until it may be given again, or allow it more often.",
    ),
    R.NOT_FIRST_JOINING: Explanation(
        "A sign-up is awarded when a contact joins the scheme of the offer for the first time.",
        "There is nothing to do: joining again is not awarded.",
    ),
    R.COUNT_NOT_REACHED: Explanation(
        "The contact must reach the number of achievements that the offer asks for.",
        "There is nothing to do: this achievement is kept and counts towards the next award.",
    ),
    R.PRODUCT_NOT_IN_BASKET: Explanation(
        "The free product must be in the basket for an instant discount.",
        "Scan the free product together with the others, or give the award as cashback.",
    ),
    R.NO_PRICE: Explanation(
        "A free product that is not in the basket needs a catalogue price in the currency of the"
        " event.",
        "Enter the price of the product in that currency.",
    ),
    R.ZERO_AMOUNT: Explanation(
        "The award must come to at least the smallest unit of the currency.",
        "There is nothing to do: amounts that round to nothing are not granted.",
    ),
    R.BEATEN_INSTANT: Explanation(
        "Only the best instant discount of a purchase is given.",
        "Switch this off in the resolution settings if several should add up.",
    ),
    R.BEATEN: Explanation(
        "Only the best offer of a purchase is given.",
        "Choose another resolution mode in the settings if several should add up.",
    ),
    R.BEATEN_IN_SCHEME: Explanation(
        "Only the best offer of each scheme is given.",
        "Choose another resolution mode in the settings if several should add up.",
    ),
    R.NO_ROOM: Explanation(
        "Instant discounts together cannot exceed the total of the purchase.",
        "There is nothing to do: better discounts had paid for everything already.",
    ),
    R.NO_CONTACT: Explanation(
        "An event needs a contact to be awarded.",
        "Let the contact claim the purchase with its receipt.",
    ),
    R.TOO_LATE: Explanation(
        "An event must arrive inside the late-event window of the business.",
        "Widen the window in the reward settings if events so old should be awarded.",
    ),
}
