"""The index says of a thousand offers what the plain loop says of each."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given as given_that
from hypothesis import settings
from hypothesis import strategies as st

from events.conditions import (
    AmountCondition,
    ClassificationCondition,
    ConditionSet,
    LocationCondition,
    ProductCondition,
    SegmentCondition,
    TimeCondition,
    TimeRow,
)
from events.facts import ContactFacts, LineFacts, PlaceFacts, ProductFacts, PurchaseFacts
from rewards import offer_types
from rewards.choices import (
    Effect,
    Frequency,
    Occasion,
    PeriodUnit,
    RedeemMethod,
    ResolutionMode,
    Trigger,
)
from rewards.configuration import (
    NO_HISTORY,
    FrequencyTerms,
    History,
    OccasionTerms,
    Offer,
    Pass,
    PastAward,
    Scheme,
    Settings,
)
from rewards.rules.evaluation import evaluate, evaluate_plainly
from rewards.rules.index import Index
from rewards.rules.snapshot import Snapshot
from tests.events.baskets import NICOSIA
from tests.rewards.club import buys, euros, offer, outcome, percent

START = datetime(2026, 5, 1, tzinfo=UTC)
few = st.integers(1, 4)
some = st.frozensets(few, max_size=2)
words = st.frozensets(st.sampled_from(["CY", "GR", "Lime", "LIME"]), max_size=2)
moments = st.integers(0, 20).map(lambda steps: START + timedelta(hours=9 * steps))
rows = st.builds(
    TimeRow,
    weekdays=st.frozensets(st.integers(0, 6), max_size=3),
    start_minute=st.sampled_from([0, 600, 615, 1320]),
    end_minute=st.sampled_from([0, 120, 660, 930, 1440]),
    from_on=st.none() | st.just(START.date() + timedelta(days=2)),
    to_on=st.none() | st.just(START.date() + timedelta(days=5)),
)
PARTS: dict[str, Any] = {
    "segments": st.builds(SegmentCondition, some),
    "location": st.builds(
        LocationCondition,
        business_ids=some,
        merchant_ids=some,
        venue_ids=some,
        countries=words,
        towns=words,
        tags=words,
    ),
    "time": st.builds(TimeCondition, st.lists(rows, max_size=2).map(tuple)),
    "classification": st.builds(ClassificationCondition, some),
    "amount": st.none()
    | st.builds(
        AmountCondition,
        currency=st.sampled_from(["EUR", "EUR", "USD"]),
        min_minor=st.none() | st.integers(0, 600),
        max_minor=st.none() | st.integers(300, 900),
    ),
    "products": st.builds(
        ProductCondition,
        product_ids=some,
        family_ids=some,
        brand_ids=some,
        type_ids=some,
        category_ids=some,
        min_quantity=st.sampled_from([Decimal(1), Decimal(1), Decimal(3)]),
    ),
}
# One kind alone or all together: the first shows what a kind does, the second how kinds combine.
lenient = st.one_of(
    st.just(ConditionSet()),
    *(st.builds(ConditionSet, **{name: part}) for name, part in PARTS.items()),
    st.builds(ConditionSet, **PARTS),
)


def offers_of(number: st.SearchStrategy[int]) -> st.SearchStrategy[Offer]:
    """Half of the offers vary in their conditions and frequency alone, so that those decide."""
    asking = st.builds(
        Offer,
        id=number,
        type=st.just(offer_types.get("BUNDLE")),
        currency=st.just("EUR"),
        award=st.just(euros("1.00")),
        frequency=st.builds(FrequencyTerms, st.sampled_from(Frequency)),
        conditions=lenient,
    )
    return asking | st.builds(
        Offer,
        id=number,
        type=st.sampled_from([offer_types.get(key) for key in ("DISCOUNT", "BUNDLE", "HAPPYHOUR")]),
        currency=st.sampled_from(["EUR", "EUR", "EUR", "USD"]),
        award=st.sampled_from([percent("5"), percent("0.1"), euros("1.00"), euros("9.00")]),
        version=few,
        scheme_id=st.none() | st.integers(1, 3),
        is_active=st.sampled_from([True, True, False]),
        activated_at=st.none() | moments,
        available_from=st.none() | moments,
        available_to=st.none() | moments,
        redeem_method=st.sampled_from(RedeemMethod),
        occasion=st.just(OccasionTerms())
        | st.builds(OccasionTerms, st.sampled_from(Occasion), st.integers(0, 3)),
        requires_pass=st.sampled_from([False, False, True]),
        frequency=st.builds(
            FrequencyTerms, st.sampled_from(Frequency), few, st.sampled_from(PeriodUnit)
        ),
        conditions=lenient,
    )


offer_lists = st.lists(offers_of(st.integers(1, 30)), max_size=12, unique_by=lambda one: one.id)
contacts = st.builds(
    ContactFacts,
    id=st.just(7),
    registered_at=st.just(START),
    birth=st.none() | st.just((5, 3)),
    name_day=st.none() | st.just((5, 4)),
    segment_ids=some,
    memberships=st.dictionaries(st.integers(1, 3), moments),
    spend_blocked=st.sampled_from([False, False, True]),
)
products = st.builds(
    ProductFacts,
    id=few,
    sku=st.just("A"),
    family_id=st.none() | few,
    brand_id=st.none() | few,
    type_id=st.none() | few,
    category_ids=some,
)
lines = st.builds(
    LineFacts,
    product=products,
    quantity=st.sampled_from([Decimal("0.350"), Decimal(1), Decimal(2), Decimal(0)]),
    total_minor=st.integers(0, 400),
    net_minor=st.just(0),
)
places = st.builds(
    PlaceFacts,
    business_id=st.just(1),
    merchant_id=st.none() | few,
    venue_id=st.none() | few,
    country=st.sampled_from(["", "CY"]),
    town=st.sampled_from(["", "lime"]),
    tags=words,
)


@st.composite
def purchases(draw: Any) -> PurchaseFacts:
    performed_at = draw(moments)
    bought = tuple(draw(st.lists(lines, max_size=4)))
    total = sum(line.total_minor for line in bought)
    return PurchaseFacts(
        reference="events.event:1",
        contact=draw(contacts),
        place=draw(places),
        performed_at=performed_at,
        local_at=performed_at.astimezone(NICOSIA),
        received_at=performed_at + timedelta(days=draw(st.sampled_from([0, 0, 2, 31]))),
        classification_id=draw(st.none() | few),
        terms_blocked=draw(st.sampled_from([False, False, False, True])),
        currency=draw(st.sampled_from(["EUR", "EUR", "EUR", "USD"])),
        total_minor=total,
        net_minor=total,
        lines=bought,
        pass_code=draw(st.sampled_from([None, "P"])),
    )


@st.composite
def histories(draw: Any) -> History:
    numbers = st.integers(1, 30)
    awards = st.builds(
        PastAward,
        offer_id=numbers,
        contact_id=st.sampled_from([7, 7, 8]),
        performed_at=moments,
        occurrence=st.sampled_from([None, datetime(2026, 5, 3, tzinfo=UTC).date()]),
    )
    passes = st.builds(Pass, code=st.just("P"), offer_id=numbers)
    return History.of(draw(st.lists(awards, max_size=9)), draw(st.lists(passes, max_size=4)))


configurations = st.builds(
    Settings, mode=st.sampled_from(ResolutionMode), only_best_instant=st.booleans()
)
schemes = st.lists(st.builds(Scheme, id=st.integers(1, 3), is_active=st.booleans()), max_size=2)


@settings(max_examples=400, deadline=None)
@given_that(purchases(), offer_lists, histories(), configurations, schemes)
def test_all_at_once_is_one_after_the_other(
    facts: PurchaseFacts,
    offers: list[Offer],
    history: History,
    rules: Settings,
    closed: list[Scheme],
) -> None:
    snapshot = Snapshot.of(offers, schemes=closed, settings=rules)
    expected = evaluate_plainly(facts, snapshot, history, START)
    found = evaluate(facts, snapshot, history, START)
    assert found == expected
    assert found.skipped or [trace.offer_id for trace in found.traces] == sorted(
        one.id for one in offers
    )
    silent = evaluate(facts, snapshot, history, START, explain=False)
    assert silent.awards == expected.awards


@settings(max_examples=100, deadline=None)
@given_that(purchases(), offer_lists, histories(), st.data())
def test_changed_offer_by_offer_is_compiled_anew(
    facts: PurchaseFacts, offers: list[Offer], history: History, data: st.DataObject
) -> None:
    snapshot = Snapshot.of(offers)
    wanted = {one.id: one for one in offers}
    for _turn in range(data.draw(st.integers(1, 5))):
        new = data.draw(offers_of(st.integers(1, 31)))
        if new.id in wanted and data.draw(st.booleans()):
            snapshot = snapshot.without_offer(new.id)
            del wanted[new.id]
        else:
            snapshot = snapshot.with_offer(new)
            wanted[new.id] = new
    anew = Snapshot.of(wanted.values())
    assert snapshot.offers() == anew.offers()
    assert evaluate(facts, snapshot, history, START) == evaluate(facts, anew, history, START)


def test_the_order_in_which_offers_are_read_changes_nothing() -> None:
    offers = [offer(euros("1.00"), id=number) for number in range(1, 20)]
    backwards = Snapshot.of(offers[::-1])
    there_and_back = Snapshot.of(offers).without_offer(3).with_offer(offers[2])
    for one in (backwards, there_and_back):
        found = evaluate(buys(), one, NO_HISTORY, START)
        assert found == evaluate(buys(), Snapshot.of(offers), NO_HISTORY, START)


@pytest.mark.parametrize(
    ("clock", "matches"),
    [("15:29:59", False), ("15:30:00", True), ("16:14:59", True), ("16:15:00", False)],
)
def test_times_finer_than_the_hours_of_the_index_are_asked_again(clock: str, matches: bool) -> None:
    times = TimeCondition(rows=(TimeRow(start_minute=15 * 60 + 30, end_minute=16 * 60 + 15),))
    found = outcome(buys(at=f"2026-05-04 {clock}"), offer(conditions=ConditionSet(time=times)))
    assert [one.offer.id for one in found.awards] == ([1] if matches else [])


def test_an_offer_given_once_stays_out_while_others_go_on() -> None:
    once = offer(id=1, frequency=FrequencyTerms(Frequency.ONCE))
    always = offer(id=2)
    past = PastAward(offer_id=1, contact_id=7, performed_at=START, occurrence=None)
    found = outcome(buys(), once, always, history=History.of([past]))
    assert [one.offer.id for one in found.awards] == [2]


def test_a_slot_of_a_removed_offer_is_used_again() -> None:
    index = Index.of([offer(id=number) for number in range(1, 4)])
    index = index.without_offer(2).with_offer(offer(id=9))
    assert sorted(one.id for one in index.in_use()) == [1, 3, 9]
    assert len(index.offers) == 3
    assert index.without_offer(77) is index


def test_a_purchase_without_a_contact_waits() -> None:
    found = outcome(buys(contact=None), offer())
    assert found.skipped == "NO_CONTACT"
    assert found.awards == found.traces == ()


def test_a_switched_off_scheme_and_other_settings_make_a_new_snapshot() -> None:
    snapshot = Snapshot.of([offer(id=1), offer(euros("3.00"), id=2)])
    closed = snapshot.with_schemes([Scheme(1, is_active=False)])
    assert evaluate(buys(), closed, NO_HISTORY, START).awards == ()
    best = snapshot.with_settings(Settings(mode=ResolutionMode.BEST))
    assert [one.offer.id for one in evaluate(buys(), best, NO_HISTORY, START).awards] == [2]
    assert len(evaluate(buys(), snapshot, NO_HISTORY, START).awards) == 2


def test_a_match_that_is_no_award_neither_competes_nor_takes_money() -> None:
    class Entries(type(offer_types.get("DISCOUNT"))):  # type: ignore[misc]
        effect = Effect.ENTRY

    lottery = replace(offer(id=5), type=Entries())
    found = outcome(buys(), offer(id=1), lottery, mode=ResolutionMode.BEST)
    assert [grant.offer.id for grant in found.awards] == [1]
    assert [one.offer.id for one in found.matched] == [5]
    assert found.trace_of(5).reason == "MATCHED"  # type: ignore[union-attr]


def test_offers_of_other_events_are_not_asked_about_a_purchase() -> None:
    found = outcome(buys(), offer(euros("5.00"), kind="SIGNUP"))
    assert found.traces == ()
    snapshot = Snapshot.of([offer(euros("5.00"), kind="SIGNUP")])
    assert [one.id for one in snapshot.listening_to(Trigger.SIGN_UP)] == [1]
