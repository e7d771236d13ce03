"""Why an offer was or was not granted, by the value of `rewards.choices.TraceReason`, and what to do."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why an offer was or was not granted, and what a person can do about it."""

    needed: str
    next_step: str


EXPLANATIONS: dict[str, Explanation] = {
    "GRANTED": Explanation(
        "Every condition of the offer held, and resolution kept it.",
        "There is nothing to do: the award stands in the contact's wallet.",
    ),
    "MATCHED": Explanation(
        "Every condition of the offer held.",
        "There is nothing to do: the event counts for this offer.",
    ),
    "OFFER_INACTIVE": Explanation(
        "The offer must be active when the event is evaluated.",
        "Activate the offer; from then on events count.",
    ),
    "SCHEME_INACTIVE": Explanation(
        "The scheme of the offer must be active.",
        "Activate the scheme; its offers award from then on.",
    ),
    "NOT_AVAILABLE": Explanation(
        "The event must happen while the offer is available: from its start, before its end.",
        "Compare the date of the event with the offer's availability and change the availability"
        " if it is wrong.",
    ),
    "BEFORE_ACTIVATION": Explanation(
        "An offer without a start date counts from its latest activation on.",
        "Set a start date on the offer if earlier events should count as well.",
    ),
    "CURRENCY_MISMATCH": Explanation(
        "The event must be in the currency of the offer.",
        "Copy the offer to the currency of the event.",
    ),
    "NOT_MEMBER": Explanation(
        "The contact must have joined the scheme of the offer before the event.",
        "Invite the contact to the scheme; events after joining count.",
    ),
    "TERMS_BLOCKED": Explanation(
        "The commercial terms of the merchant must not be blocked.",
        "Lift the block in the merchant's commercial terms if it should award again.",
    ),
    "LATE_INSTANT": Explanation(
        "An instant discount needs an event that arrives within 24 hours: later the customer has"
        " paid already.",
        "Send purchases from the till at once, or give this award as cashback.",
    ),
    "SPEND_BLOCKED": Explanation(
        "An instant discount is spent at once, so the contact must be free to spend.",
        "Lift the contact's spend block, or give this award as cashback.",
    ),
    "SEGMENT": Explanation(
        "The contact must be in at least one of the offer's segments.",
        "Look at the rules of the segments, or remove the condition from the offer.",
    ),
    "OCCASION": Explanation(
        "The event must fall on the contact's birthday or name day, or in the days around it.",
        "Check that the date is filled in on the contact, and how many days around it count.",
    ),
    "LOCATION": Explanation(
        "The event must happen at one of the offer's places.",
        "Add the merchant or the venue to the offer's locations if it should take part.",
    ),
    "TIME": Explanation(
        "The event must happen in the offer's hours and dates, by the clock of the place.",
        "Change the offer's times if this moment should count.",
    ),
    "CLASSIFICATION": Explanation(
        "The event must carry one of the offer's classifications.",
        "Send the classification with the event, or add it to the offer.",
    ),
    "AMOUNT": Explanation(
        "The total of the purchase must lie between the offer's bounds, both included.",
        "Change the smallest or largest amount of the offer if this purchase should count.",
    ),
    "PRODUCT": Explanation(
        "The basket must hold enough of the offer's products.",
        "Compare the lines with the offer's products, and check the categories of the products.",
    ),
    "PASS": Explanation(
        "The purchase must quote a pass of this offer that is valid and not used up.",
        "Check the code, its dates and its uses, or issue another pass.",
    ),
    "FREQUENCY": Explanation(
        "The contact must not have had this offer more often than it allows.",
        "Wait until it may be given again, or allow it more often.",
    ),
    "NOT_FIRST_JOINING": Explanation(
        "A sign-up is awarded when a contact joins the scheme of the offer for the first time.",
        "There is nothing to do: joining again is not awarded.",
    ),
    "COUNT_NOT_REACHED": Explanation(
        "The contact must reach the number of achievements that the offer asks for.",
        "There is nothing to do: this achievement is kept and counts towards the next award.",
    ),
    "PRODUCT_NOT_IN_BASKET": Explanation(
        "The free product must be in the basket for an instant discount.",
        "Scan the free product together with the others, or give the award as cashback.",
    ),
    "NO_PRICE": Explanation(
        "A free product that is not in the basket needs a catalogue price in the currency of the"
        " event.",
        "Enter the price of the product in that currency.",
    ),
    "ZERO_AMOUNT": Explanation(
        "The award must come to at least the smallest unit of the currency.",
        "There is nothing to do: amounts that round to nothing are not granted.",
    ),
    "BEATEN_INSTANT": Explanation(
        "Only the best instant discount of a purchase is given.",
        "Switch this off in the resolution settings if several should add up.",
    ),
    "BEATEN": Explanation(
        "Only the best offer of a purchase is given.",
        "Choose another resolution mode in the settings if several should add up.",
    ),
    "BEATEN_IN_SCHEME": Explanation(
        "Only the best offer of each scheme is given.",
        "Choose another resolution mode in the settings if several should add up.",
    ),
    "NO_ROOM": Explanation(
        "Instant discounts together cannot exceed the total of the purchase.",
        "There is nothing to do: better discounts had paid for everything already.",
    ),
    "POOL_CLOSED": Explanation(
        "The commerce pool of the offer must take money, and its money must not be expired already.",
        "Choose another commerce pool for the offer.",
    ),
    "NO_CONTACT": Explanation(
        "An event needs a contact to be awarded.",
        "Let the contact claim the purchase with its receipt.",
    ),
    "TOO_LATE": Explanation(
        "An event must arrive inside the late-event window of the business.",
        "Widen the window in the reward settings if events so old should be awarded.",
    ),
}
