"""An offer in plain words says what the engine will do, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

from events.conditions import AmountCondition, ConditionSet
from rewards import offer_types, words
from rewards.choices import (
    AwardForm,
    Beneficiary,
    Frequency,
    GiftRunKind,
    Occasion,
    PeriodUnit,
    ProductGroupKind,
    Quorum,
    RedeemMethod,
    ReferralMoment,
)
from rewards.configuration import (
    AchievementTerms,
    AwardTerms,
    FrequencyTerms,
    GiftTerms,
    OccasionTerms,
    Offer,
    ProductGroup,
    ReferralTerms,
)

CLUB = words.Labels(scheme="Coffee Club", pool="Spend Anywhere", zone="Europe/Athens")


def offer(kind: str = "DISCOUNT", **changes: object) -> Offer:
    plain = Offer(
        id=1,
        type=offer_types.get(kind),
        currency="EUR",
        award=AwardTerms(form=AwardForm.PERCENTAGE, percentage=Decimal("5.00")),
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def five(**changes: object) -> AwardTerms:
    return replace(AwardTerms(form=AwardForm.AMOUNT, amount_minor=500), **changes)  # type: ignore[arg-type]


def test_percentage_of_the_purchase_is_told_from_an_instant_discount() -> None:
    assert words.headline(offer(), CLUB) == (
        "Members of Coffee Club get 5% of the whole purchase as cashback for a later purchase."
    )
    instant = offer(redeem_method=RedeemMethod.INSTANT)
    assert words.headline(instant, CLUB).endswith("of the whole purchase off the price at once.")


def test_fixed_amount_names_its_currency() -> None:
    assert words.headline(offer(award=five()), CLUB) == (
        "Members of Coffee Club get €5.00 cashback on a purchase."
    )


def test_free_and_cheapest_products_are_named() -> None:
    labels = replace(CLUB, product="Espresso", group="Hot drinks")
    free = AwardTerms(form=AwardForm.FREE_PRODUCT, product_id=3)
    assert "the price of one Espresso" in words.headline(offer("BUNDLE", award=free), labels)
    group = ProductGroup(ProductGroupKind.CATEGORY, 7)
    cheapest = AwardTerms(form=AwardForm.CHEAPEST_IN_GROUP, group=group)
    said = words.headline(offer("BUNDLE", award=cheapest), labels)
    assert "the cheapest product of the category Hot drinks in the basket" in said


def test_referrals_say_who_gets_what_and_when() -> None:
    both = ReferralTerms(Beneficiary.BOTH, ReferralMoment.FIRST_PURCHASE, 200)
    said = words.headline(offer("REFER", award=five(), terms=both), CLUB)
    assert "get €5.00 cashback when the new contact has registered with their code" in said
    assert said.endswith("The new contact gets €2.00.")
    one = ReferralTerms(Beneficiary.REFERRED, ReferralMoment.REGISTRATION)
    said = words.headline(offer("REFER", award=five(), terms=one), CLUB)
    assert said.startswith("A new contact who was referred gets €5.00")


def test_achievements_sign_ups_and_gifts_have_their_own_sentences() -> None:
    counted = offer("ACHIEVEMENT", award=five(), terms=AchievementTerms(5, Quorum.ANY))
    assert "for every 5 achievements below" in words.headline(counted, CLUB)
    assert "registers and joins Coffee Club" in words.headline(offer("SIGNUP", award=five()), CLUB)
    assert words.headline(offer("GIFT", award=five()), CLUB).endswith(
        "as a gift, when somebody presses Grant, once for each time."
    )


def test_gifts_say_their_schedule() -> None:
    monthly = GiftTerms(schedule=GiftRunKind.RECURRING, every=2, first_on=date(2026, 5, 1))
    said = words.headline(offer("GIFT", award=five(), terms=monthly), CLUB)
    assert said.endswith("as a gift, every 2 months at 09:00, first on 1 May 2026.")
    birthday = GiftTerms(schedule=GiftRunKind.ON_OCCASION)
    said = words.headline(offer("GIFT", award=five(), terms=birthday), CLUB)
    assert said.endswith("as a gift, on their birthday at 09:00.")


def test_limits_stand_as_sentences_of_their_own() -> None:
    limited = offer(
        award=five(max_minor=300),
        occasion=OccasionTerms(Occasion.BIRTHDAY, 1, 2),
        requires_pass=True,
        frequency=FrequencyTerms(Frequency.ONCE_PER_PERIOD, 2, PeriodUnit.WEEKS),
        conditions=ConditionSet(amount=AmountCondition(currency="EUR", min_minor=2000)),
    )
    said = words.describe(limited, CLUB)
    assert "One award is never more than €3.00." in said
    assert "Only when the purchase comes to €20.00 or more." in said
    assert "Only from 1 day before to 2 days after the contact's birthday, both included." in said
    assert "Only with a pass of this offer; an award uses it up once." in said
    assert "Each contact gets it at most once in 2 weeks." in said


def test_availability_is_told_on_the_clock_of_the_business_with_its_open_end() -> None:
    assert "From its activation, without an end." in words.describe(offer(), CLUB)
    dated = offer(
        available_from=datetime(2026, 4, 30, 21, 0, tzinfo=UTC),
        available_to=datetime(2026, 5, 31, 21, 0, tzinfo=UTC),
    )
    assert "From 1 May 2026, 00:00 until 1 June 2026, 00:00 (excluded)." in words.describe(
        dated, CLUB
    )


def test_what_is_not_said_yet_is_called_so() -> None:
    empty = offer(award=AwardTerms(form=AwardForm.PERCENTAGE))
    assert words.NOTHING_YET in words.headline(empty, words.Labels())
    said = words.describe(empty, words.Labels())
    assert said[-1] == "Where and until when the money can be spent is not said yet."
