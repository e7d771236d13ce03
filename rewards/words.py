"""An offer in plain words: what a person reads beside the form, on the page and before activation.

Pure. The definition of the engine says everything but what things are called, which comes along as
`Labels`; so the words on the page are those of the very value that is evaluated.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from core.calendar import local
from core.money import Money
from events.conditions.product import quantity_words
from rewards.choices import (
    AwardForm,
    Beneficiary,
    Frequency,
    GiftRunKind,
    Occasion,
    PeriodUnit,
    ProductGroupKind,
    Quorum,
    ReferralMoment,
    Trigger,
)
from rewards.configuration import (
    AchievementTerms,
    FrequencyTerms,
    GiftTerms,
    Offer,
    ReferralTerms,
)

NOTHING_YET = "what is still to be said"
GROUPS = {
    ProductGroupKind.TYPE: "type",
    ProductGroupKind.BRAND: "brand",
    ProductGroupKind.FAMILY: "family",
    ProductGroupKind.CATEGORY: "category",
}


@dataclass(frozen=True, slots=True)
class Labels:
    """What the things that an offer names are called; an empty text is "not chosen yet".

    `pool` are the sentences of the commerce pool after its name.
    """

    scheme: str = ""
    pool: str = ""
    pool_words: tuple[str, ...] = ()
    product: str = ""
    group: str = ""
    zone: str = "UTC"
    locale: str = "en_GB"


def describe(offer: Offer, labels: Labels) -> list[str]:
    """Return the offer as sentences: who gets what for what, then every condition and limit."""
    return [
        headline(offer, labels),
        *_caps(offer, labels),
        *offer.conditions.describe(),
        *_occasion(offer),
        *_pass(offer),
        *_frequency(offer),
        *_availability(offer, labels),
        *_spending(offer, labels),
    ]


def headline(offer: Offer, labels: Labels) -> str:
    """Say in one sentence who gets what for what."""
    who = f"Members of {labels.scheme}" if labels.scheme else "Members of its scheme"
    trigger = next(iter(offer.type.listens_to), Trigger.PURCHASE)
    speak = HEADLINES.get(trigger, _on_purchase)
    return speak(who, offer, labels)


def award_words(offer: Offer, labels: Labels) -> str:
    """Say what is awarded, in a few words: "5% cashback", "€3.00 off at once"."""
    award = offer.award
    how = "off at once" if offer.is_instant else "cashback"
    if award.form == AwardForm.AMOUNT:
        if award.amount_minor is None:
            return f"an amount ({NOTHING_YET})"
        return f"{_money(award.amount_minor, offer, labels)} {how}"
    if award.form == AwardForm.PERCENTAGE:
        if award.percentage is None:
            return f"a percentage ({NOTHING_YET})"
        return f"{quantity_words(award.percentage)}% {how}"
    back = "for free at once" if offer.is_instant else "back as cashback"
    if award.form == AwardForm.FREE_PRODUCT:
        return f"the price of one {labels.product or f'product ({NOTHING_YET})'} {back}"
    if award.group is None:
        return f"the cheapest of a group ({NOTHING_YET}) {back}"
    kind = GROUPS[award.group.kind]
    return f"the cheapest product of the {kind} {labels.group} in the basket {back}"


def _on_purchase(who: str, offer: Offer, labels: Labels) -> str:
    what = award_words(offer, labels)
    if offer.award.form == AwardForm.PERCENTAGE:
        base = (
            "of the products below"
            if not offer.conditions.products.is_empty
            else "of the whole purchase"
        )
        how = "off at once" if offer.is_instant else "cashback"
        return f"{who} get {what.removesuffix(how).strip()} {base} {how_words(offer)}."
    if offer.award.form in (AwardForm.FREE_PRODUCT, AwardForm.CHEAPEST_IN_GROUP):
        return f"{who} get {what}."
    return f"{who} get {what} on a purchase."


def how_words(offer: Offer) -> str:
    """Say in what way the money reaches the contact."""
    return "off the price at once" if offer.is_instant else "as cashback for a later purchase"


def _on_achievement(who: str, offer: Offer, labels: Labels) -> str:
    terms = offer.terms if isinstance(offer.terms, AchievementTerms) else AchievementTerms()
    times = "every achievement" if terms.count == 1 else f"every {terms.count} achievements"
    each = " of each kind" if terms.quorum == Quorum.ALL else ""
    return f"{who} get {award_words(offer, labels)} for {times}{each} below."


def _on_gift(who: str, offer: Offer, labels: Labels) -> str:
    return f"{who} get {award_words(offer, labels)} as a gift, {_gift_moment(offer, labels)}."


def _gift_moment(offer: Offer, labels: Labels) -> str:
    """Say when a gift is given."""
    terms = offer.terms if isinstance(offer.terms, GiftTerms) else GiftTerms()
    hour = f"at {terms.time_of_day:%H:%M}"
    if terms.schedule == GiftRunKind.AT:
        return f"on {moment(terms.at, labels)}" if terms.at else f"once ({NOTHING_YET})"
    if terms.schedule == GiftRunKind.RECURRING:
        unit = str(PeriodUnit(terms.unit).label).lower().removesuffix("s")
        pace = f"every {unit}" if terms.every == 1 else f"every {_count(terms.every, unit)}"
        first = terms.first_on
        since = f", first on {first.day} {first:%B %Y}" if first else ""
        return f"{pace} {hour}{since}"
    if terms.schedule == GiftRunKind.ON_OCCASION:
        return f"on their {str(Occasion(terms.occasion).label).lower()} {hour}"
    return "when somebody presses Grant, once for each time"


def _on_sign_up(who: str, offer: Offer, labels: Labels) -> str:
    scheme = labels.scheme or "the scheme"
    return f"A contact who registers and joins {scheme} gets {award_words(offer, labels)}."


def _on_referral(who: str, offer: Offer, labels: Labels) -> str:
    terms = offer.terms if isinstance(offer.terms, ReferralTerms) else ReferralTerms()
    when = (
        "registers with their code"
        if terms.moment == ReferralMoment.REGISTRATION
        else "has registered with their code and makes a first purchase"
    )
    what = award_words(offer, labels)
    if terms.beneficiary == Beneficiary.REFERRED:
        return f"A new contact who was referred gets {what}, once they {_theirs(when)}."
    first = f"{who} who refer somebody get {what} when the new contact {when}."
    if terms.beneficiary == Beneficiary.BOTH:
        second = (
            _money(terms.referred_minor, offer, labels) if terms.referred_minor else NOTHING_YET
        )
        return f"{first} The new contact gets {second}."
    return first


def _theirs(when: str) -> str:
    return when.replace("their code", "a member's code")


HEADLINES: dict[Trigger, Callable[[str, Offer, Labels], str]] = {
    Trigger.PURCHASE: _on_purchase,
    Trigger.ACHIEVEMENT: _on_achievement,
    Trigger.GIFT_RUN: _on_gift,
    Trigger.SIGN_UP: _on_sign_up,
    Trigger.REFERRAL: _on_referral,
}


def _caps(offer: Offer, labels: Labels) -> Iterator[str]:
    if offer.award.max_minor is not None:
        yield f"One award is never more than {_money(offer.award.max_minor, offer, labels)}."


def _occasion(offer: Offer) -> Iterator[str]:
    terms = offer.occasion
    if terms.kind == Occasion.NONE:
        return
    day = str(Occasion(terms.kind).label).lower()
    if not terms.days_before and not terms.days_after:
        yield f"Only on the contact's {day}."
    else:
        yield (
            f"Only from {_count(terms.days_before, 'day')} before to"
            f" {_count(terms.days_after, 'day')} after the contact's {day}, both included."
        )
    yield f"The first purchase that qualifies counts, once for each {day}."


def _pass(offer: Offer) -> Iterator[str]:
    if offer.requires_pass:
        yield "Only with a pass of this offer; an award uses it up once."


def _frequency(offer: Offer) -> Iterator[str]:
    if words := frequency_words(offer.frequency):
        yield words


def frequency_words(terms: FrequencyTerms) -> str:
    """Say how often one contact may get the offer, or nothing where it is every time."""
    if terms.kind == Frequency.ONCE:
        return "Each contact gets it once."
    if terms.kind == Frequency.ONCE_PER_PERIOD:
        unit = str(PeriodUnit(terms.unit).label).lower().removesuffix("s")
        period = f"a {unit}" if terms.count == 1 else _count(terms.count, unit)
        return f"Each contact gets it at most once in {period}."
    return ""


def _availability(offer: Offer, labels: Labels) -> Iterator[str]:
    start, end = offer.available_from, offer.available_to
    began = f"From {moment(start, labels)}" if start else "From its activation"
    if end is None:
        yield f"{began}, without an end."
    else:
        yield f"{began} until {moment(end, labels)} (excluded)."


def _spending(offer: Offer, labels: Labels) -> Iterator[str]:
    if offer.is_instant:
        yield "It is taken off the price and spent on the purchase that earned it."
    elif labels.pool:
        rules = " ".join(labels.pool_words)
        yield f"The money is spent under “{labels.pool}”.{f' {rules}' if rules else ''}"
    else:
        yield "Where and until when the money can be spent is not said yet."


def moment(at: datetime, labels: Labels) -> str:
    """Say a moment by the clock of the business: "1 May 2026, 09:00"."""
    there = local(at, labels.zone)
    return f"{there.day} {there:%B %Y, %H:%M}"


def _money(minor: int, offer: Offer, labels: Labels) -> str:
    return Money(minor, offer.currency).format(labels.locale)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
