"""What each type of offer says about itself and decides: rewards.md 3."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from events.conditions import (
    AmountCondition,
    ClassificationCondition,
    ConditionSet,
    SegmentCondition,
    TimeCondition,
    TimeRow,
)
from events.facts import ContactFacts, EventFacts
from rewards import offer_types
from rewards.choices import (
    AwardForm,
    Beneficiary,
    ConditionKind,
    Frequency,
    Goal,
    Occasion,
    PassKind,
    Quorum,
    RedeemMethod,
    ReferralMoment,
)
from rewards.configuration import (
    NO_HISTORY,
    AchievementTerms,
    AwardTerms,
    FrequencyTerms,
    GiftTerms,
    History,
    OccasionTerms,
    Offer,
    PastAward,
    PastEvent,
    ReferralTerms,
)
from rewards.facts import (
    AchievementFacts,
    GiftFacts,
    ReferralFacts,
    ReferredPurchaseFacts,
    SignUpFacts,
)
from rewards.rules.evaluation import Outcome, evaluate, evaluate_plainly
from rewards.rules.snapshot import Snapshot
from tests.rewards.club import ANN, ON_HOT, S1, S2, SINCE, V1, buys, euros, offer, percent

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
BOB = ContactFacts(id=8, registered_at=NOW, memberships={S1: NOW})
VISIT, LIKE = 81, 82
BOTH_KINDS = ConditionSet(classification=ClassificationCondition(frozenset({VISIT, LIKE})))


def event(kind: type[EventFacts], contact: ContactFacts = ANN, **more: Any) -> EventFacts:
    values: dict[str, Any] = {
        "reference": "events.event:1",
        "contact": contact,
        "place": V1,
        "performed_at": NOW,
        "local_at": NOW,
        "received_at": NOW,
        "currency": "EUR",
    }
    return kind(**{**values, **more})


def earned(facts: EventFacts, *offers: Offer, history: History = NO_HISTORY) -> Outcome:
    snapshot = Snapshot.of(offers)
    found = evaluate(facts, snapshot, history, NOW)
    assert found == evaluate_plainly(facts, snapshot, history, NOW)
    return found


def amounts(found: Outcome) -> dict[int, int]:
    """Return what each contact gets."""
    return {grant.contact_id: grant.amount_minor for grant in found.awards}


# The table of 3.1: key, goal, conditions, award forms, both redeem methods, occasion, pass, resolution.
ALL_BUT_PRODUCTS = frozenset(ConditionKind) - {ConditionKind.PRODUCTS}
K, F = ConditionKind, AwardForm
TABLE = [
    ("GIFT", Goal.ACHIEVEMENT, {K.SEGMENTS}, {F.AMOUNT}, False, PassKind.NONE),
    (
        "ACHIEVEMENT",
        Goal.ACHIEVEMENT,
        {K.SEGMENTS, K.LOCATION, K.TIME, K.CLASSIFICATION},
        {F.AMOUNT},
        False,
        PassKind.NONE,
    ),
    (
        "DISCOUNT",
        Goal.SPEND,
        ALL_BUT_PRODUCTS,
        {F.AMOUNT, F.PERCENTAGE},
        True,
        PassKind.FINANCIAL,
    ),
    ("BUNDLE", Goal.SPEND, frozenset(K), set(F), True, PassKind.PROMOTION),
    ("SIGNUP", Goal.MEMBERSHIP, {K.SEGMENTS, K.TIME}, {F.AMOUNT}, False, PassKind.NONE),
    (
        "REFER",
        Goal.MEMBERSHIP,
        {K.SEGMENTS, K.LOCATION, K.TIME, K.AMOUNT},
        {F.AMOUNT},
        False,
        PassKind.NONE,
    ),
    (
        "HAPPYHOUR",
        Goal.VISITS,
        ALL_BUT_PRODUCTS,
        {F.AMOUNT, F.PERCENTAGE},
        True,
        PassKind.NONE,
    ),
]


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row[0])
def test_each_type_is_its_row_of_the_table(row: tuple[Any, ...]) -> None:
    key, goal, conditions, forms, of_purchases, pass_kind = row
    found = offer_types.get(key)
    assert found.goal == goal
    assert found.conditions == conditions
    assert set(found.award_forms) == forms
    assert found.resolves is found.has_occasion is of_purchases
    assert (RedeemMethod.INSTANT in found.redeem_methods) is of_purchases
    assert found.pass_kind == pass_kind
    assert found.description.endswith(".")


def test_every_type_has_a_row_and_stands_under_its_goal() -> None:
    known = [one.key for one in offer_types.all_types()]
    assert sorted(known) == sorted(row[0] for row in TABLE)
    grouped = dict(offer_types.choices())
    assert grouped["Increase Visits"] == [("HAPPYHOUR", "Happy Hour")]
    assert [key for key, _ in grouped["Increase Spend"]] == ["DISCOUNT", "BUNDLE"]
    assert "Donations" not in grouped


HOURS = ConditionSet(time=TimeCondition((TimeRow(start_minute=900, end_minute=1080),)))
COMPLETE = [
    offer(),
    offer(kind="BUNDLE", conditions=ON_HOT),
    offer(kind="HAPPYHOUR", conditions=HOURS),
    offer(euros("5.00"), kind="SIGNUP", frequency=FrequencyTerms(Frequency.ONCE)),
    offer(euros("1.00"), kind="REFER", terms=ReferralTerms()),
    offer(euros("1.00"), kind="ACHIEVEMENT", conditions=BOTH_KINDS, terms=AchievementTerms()),
    offer(euros("2.00"), kind="GIFT", terms=GiftTerms()),
]


@pytest.mark.parametrize("complete", COMPLETE, ids=lambda one: one.type.key)
def test_a_complete_offer_may_be_activated(complete: Offer) -> None:
    assert offer_types.get(complete.type.key).problems(complete, NOW) == {}


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (offer(pool_version_id=None), "commerce_pool"),
        (offer(available_to=NOW), "available_to"),
        (offer(AwardTerms(form=AwardForm.AMOUNT)), "award"),
        (offer(euros("1000000.01")), "award_amount"),
        (offer(percent("100.01")), "award_percentage"),
        (offer(euros("1.00", max_minor=0)), "max_award_amount"),
        (offer(percent("5"), kind="GIFT"), "award_form"),
        (offer(AwardTerms(form=AwardForm.FREE_PRODUCT, product_id=1)), "award_form"),
        (
            offer(euros("5.00"), kind="SIGNUP", redeem_method=RedeemMethod.INSTANT),
            "redeem_method",
        ),
        (offer(euros("5.00"), kind="SIGNUP"), "frequency"),
        (offer(euros("1.00"), kind="GIFT", occasion=OccasionTerms(Occasion.BIRTHDAY)), "occasion"),
        (offer(kind="HAPPYHOUR", conditions=HOURS, requires_pass=True), "requires_pass"),
        (offer(kind="HAPPYHOUR"), "location"),
        (offer(kind="BUNDLE"), "products"),
        (offer(conditions=ON_HOT), "products"),
        (offer(euros("1.00"), kind="ACHIEVEMENT", terms=AchievementTerms()), "classification"),
        (offer(euros("1.00"), kind="REFER"), "terms"),
        (
            offer(euros("1.00"), kind="REFER", terms=ReferralTerms(Beneficiary.BOTH)),
            "referred_amount",
        ),
    ],
)
def test_what_is_missing_or_not_allowed_is_told_at_its_field(wrong: Offer, field: str) -> None:
    found = offer_types.get(wrong.type.key).problems(wrong, NOW)
    assert field in found
    assert found[field].endswith(".")


def test_everything_that_is_wrong_is_told_at_once() -> None:
    wrong = offer(kind="HAPPYHOUR", pool_version_id=None, available_to=NOW)
    found = offer_types.get("HAPPYHOUR").problems(wrong, NOW)
    assert set(found) == {"commerce_pool", "available_to", "location"}


SIGN_UP = offer(euros("5.00"), kind="SIGNUP", frequency=FrequencyTerms(Frequency.ONCE))


def test_joining_the_scheme_for_the_first_time_is_awarded_once() -> None:
    joins = event(SignUpFacts, first_joined=frozenset({S1}))
    assert amounts(earned(joins, SIGN_UP)) == {ANN.id: 500}
    past = History.of([PastAward(offer_id=1, contact_id=ANN.id, performed_at=NOW)])
    assert earned(joins, SIGN_UP, history=past).traces[0].reason == "FREQUENCY"


def test_registering_alone_or_joining_again_is_not_awarded() -> None:
    again = event(SignUpFacts, first_joined=frozenset({S2}))
    assert earned(again, SIGN_UP).traces[0].reason == "NOT_FIRST_JOINING"
    registers = event(SignUpFacts, contact=replace(BOB, memberships={}))
    assert earned(registers, SIGN_UP).traces[0].reason == "NOT_MEMBER"


def first_purchase(total: str = "12.00") -> ReferredPurchaseFacts:
    facts = buys(total, contact=BOB)
    fields = {name: getattr(facts, name) for name in facts.__dataclass_fields__}
    bob = replace(BOB, memberships={S1: SINCE})
    return ReferredPurchaseFacts(**{**fields, "contact": bob}, referrer=ANN, referred=bob)


REFERRAL = offer(euros("1.00"), kind="REFER", terms=ReferralTerms())


def test_the_referrer_is_awarded_at_the_first_purchase_and_once_for_each_referred() -> None:
    found = earned(first_purchase(), REFERRAL)
    (grant,) = found.awards
    assert (grant.contact_id, grant.candidate.about_id, grant.amount_minor) == (7, 8, 100)
    past = PastAward(offer_id=1, contact_id=7, performed_at=NOW, about_id=8)
    again = earned(first_purchase(), REFERRAL, history=History.of([past]))
    assert again.traces[0].reason == "FREQUENCY"
    other = History.of([replace(past, about_id=9)])
    assert amounts(earned(first_purchase(), REFERRAL, history=other)) == {7: 100}


def test_registration_alone_is_no_concern_of_an_offer_at_the_first_purchase() -> None:
    registers = event(ReferralFacts, contact=BOB, referrer=ANN, referred=BOB)
    found = earned(registers, REFERRAL)
    assert found.awards == found.traces == ()


def test_both_are_awarded_their_own_amounts_at_registration() -> None:
    terms = ReferralTerms(Beneficiary.BOTH, ReferralMoment.REGISTRATION, referred_minor=300)
    both = offer(euros("2.00"), kind="REFER", terms=terms)
    registers = event(ReferralFacts, contact=BOB, referrer=ANN, referred=BOB)
    found = earned(registers, both)
    assert amounts(found) == {ANN.id: 200, BOB.id: 300}
    assert [trace.contact_id for trace in found.traces] == [ANN.id, BOB.id]


def test_segments_are_the_beneficiarys_and_the_amount_is_the_purchases() -> None:
    vip = ConditionSet(
        segments=SegmentCondition(frozenset({71})),
        amount=AmountCondition(currency="EUR", min_minor=1000),
    )
    asked = replace(REFERRAL, conditions=vip)
    facts = first_purchase()
    assert earned(facts, asked).traces[0].reason == "SEGMENT"
    vip_ann = replace(facts, referrer=replace(ANN, segment_ids=frozenset({71})))
    assert amounts(earned(vip_ann, asked)) == {ANN.id: 100}
    small = replace(vip_ann, total_minor=999)
    assert earned(small, asked).traces[0].reason == "AMOUNT"


def achievements(offer_: Offer, kinds: list[int]) -> tuple[list[tuple[str, ...]], int]:
    """Put achievements to the offer one by one; return what each award used, and what is left."""
    unused: list[PastEvent] = []
    awards = []
    for number, kind in enumerate(kinds):
        reference = f"events.event:{number}"
        facts = event(AchievementFacts, reference=reference, classification_id=kind)
        past = History(achievements={offer_.id: tuple(unused)})
        unused.append(PastEvent(reference, kind, NOW))
        for grant in earned(facts, offer_, history=past).awards:
            awards.append(grant.candidate.used_events)
            unused = [one for one in unused if one.reference not in grant.candidate.used_events]
    return awards, len(unused)


def achievement(count: int, quorum: Quorum = Quorum.ANY) -> Offer:
    terms = AchievementTerms(count, quorum)
    return offer(euros("1.00"), kind="ACHIEVEMENT", conditions=BOTH_KINDS, terms=terms)


def test_five_visits_at_two_each_make_two_awards_and_leave_one() -> None:
    awards, left = achievements(achievement(2), [VISIT] * 5)
    assert awards == [("events.event:0", "events.event:1"), ("events.event:2", "events.event:3")]
    assert left == 1


def test_of_all_kinds_each_must_reach_the_count() -> None:
    awards, left = achievements(achievement(1, Quorum.ALL), [LIKE, LIKE, VISIT])
    assert awards == [("events.event:0", "events.event:2")]
    assert left == 1


def test_achievements_before_the_offer_was_available_do_not_count() -> None:
    recent = replace(achievement(2), available_from=NOW)
    old = PastEvent("events.event:0", VISIT, SINCE)
    facts = event(AchievementFacts, classification_id=VISIT)
    found = earned(facts, recent, history=History(achievements={1: (old,)}))
    assert found.traces[0].reason == "COUNT_NOT_REACHED"


def test_a_gift_goes_to_the_members_of_its_own_run_alone() -> None:
    gift = offer(euros("2.00"), kind="GIFT")
    assert amounts(earned(event(GiftFacts, offer_id=1), gift)) == {ANN.id: 200}
    assert earned(event(GiftFacts, offer_id=2), gift).traces == ()
    stranger = event(GiftFacts, contact=replace(ANN, memberships={}), offer_id=1)
    assert earned(stranger, gift).traces[0].reason == "NOT_MEMBER"


def test_without_an_amount_the_currency_is_the_wallets() -> None:
    found = earned(event(GiftFacts, offer_id=1, currency="USD"), offer(euros("2.00"), kind="GIFT"))
    assert found.traces[0].reason == "CURRENCY_MISMATCH"


def test_a_cap_limits_a_fixed_amount_too() -> None:
    capped = offer(euros("2.00", max_minor=150), kind="GIFT")
    assert amounts(earned(event(GiftFacts, offer_id=1), capped)) == {ANN.id: 150}
