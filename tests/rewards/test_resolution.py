"""Which discounts of one purchase are granted: rewards.md 6 and scenarios 100 to 109."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given as given_that
from hypothesis import strategies as st

from rewards.choices import Frequency, RedeemMethod, ResolutionMode
from rewards.configuration import FrequencyTerms, Offer
from rewards.rules.resolution import Resolution, resolve
from tests.rewards.club import (
    IN_BOTH,
    S1,
    S2,
    SINCE,
    awarded,
    buys,
    euros,
    given,
    money,
    offer,
    outcome,
)
from tests.rewards.test_award_amounts import VECTORS


@dataclass(frozen=True)
class Rival:
    scheme_id: int | None
    name: str
    amount_minor: int
    is_instant: bool
    activated: int

    @property
    def sort_key(self) -> tuple[object, ...]:
        return (-self.amount_minor, 0 if self.is_instant else 1, self.activated, self.name)


def rival(case: dict[str, Any], total: int) -> Rival:
    is_instant = case["redeem"] == "INSTANT"
    amount = money(case["amount"])
    return Rival(
        int(case["scheme"]),
        case["offer"],
        min(amount, total) if is_instant else amount,
        is_instant,
        case["activated_order"],
    )


@pytest.mark.parametrize(
    "case",
    VECTORS["resolution"],
    ids=lambda case: f"{case['example']}-{case['mode']}-{case['only_best_instant']}",
)
def test_every_worked_example_comes_out_as_written(case: dict[str, Any]) -> None:
    total = money(case["purchase_total"])
    found = resolve(
        [rival(one, total) for one in case["candidates"]],
        total_minor=total,
        mode=ResolutionMode(case["mode"]),
        only_best_instant=case["only_best_instant"],
    )
    granted = [{"offer": one.name, "amount": f"{minor / 100:.2f}"} for one, minor in found.granted]
    assert granted == case["granted"]
    assert sum(minor for _one, minor in found.granted) == money(case["total"])


def scheme_offer(scheme: int, number: int, amount: str, kind: str = "c", days: int = 0) -> Offer:
    method = RedeemMethod.INSTANT if kind == "i" else RedeemMethod.DEFERRED
    return offer(
        euros(amount),
        id=number,
        scheme_id=scheme,
        redeem_method=method,
        activated_at=SINCE + timedelta(days=days),
    )


A, B, C, D = 1, 2, 3, 4
SEED = (
    scheme_offer(S1, A, "1.00"),
    scheme_offer(S1, B, "0.50"),
    scheme_offer(S2, C, "3.00"),
)
EXAMPLE_E = (
    scheme_offer(S1, A, "3.00", "i"),
    scheme_offer(S1, B, "2.00"),
    scheme_offer(S2, C, "5.00", "i"),
    scheme_offer(S2, D, "1.00"),
)


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        pytest.param(
            ResolutionMode.ALL,
            {A: "1.00", B: "0.50", C: "3.00"},
            marks=pytest.mark.scenario("RWD-100"),
        ),
        pytest.param(ResolutionMode.BEST, {C: "3.00"}, marks=pytest.mark.scenario("RWD-101")),
        pytest.param(
            ResolutionMode.BEST_PER_SCHEME,
            {A: "1.00", C: "3.00"},
            marks=pytest.mark.scenario("RWD-102"),
        ),
    ],
)
def test_the_mode_decides_how_many_of_the_matches_are_granted(
    mode: ResolutionMode, expected: dict[int, str]
) -> None:
    assert awarded(buys(contact=IN_BOTH), *SEED, mode=mode) == expected


@pytest.mark.scenario("RWD-103")
def test_the_best_instant_discount_is_chosen_before_the_best_of_each_scheme() -> None:
    found = awarded(
        buys(contact=IN_BOTH),
        *EXAMPLE_E,
        mode=ResolutionMode.BEST_PER_SCHEME,
        only_best_instant=True,
    )
    assert found == {B: "2.00", C: "5.00"}


def test_those_that_are_beaten_are_told_by_what() -> None:
    found = outcome(
        buys(contact=IN_BOTH),
        *EXAMPLE_E,
        mode=ResolutionMode.BEST_PER_SCHEME,
        only_best_instant=True,
    )
    reasons = {trace.offer_id: trace.reason.value for trace in found.traces}
    assert reasons == {A: "BEATEN_INSTANT", B: "GRANTED", C: "GRANTED", D: "BEATEN_IN_SCHEME"}
    best = outcome(buys(contact=IN_BOTH), *SEED, mode=ResolutionMode.BEST)
    reasons = {trace.offer_id: trace.reason.value for trace in best.traces}
    assert reasons == {A: "BEATEN", B: "BEATEN", C: "GRANTED"}


@pytest.mark.scenario("RWD-104")
def test_of_equal_amounts_the_instant_one_is_best() -> None:
    equal = (scheme_offer(S1, A, "3.00"), scheme_offer(S2, B, "3.00", "i"))
    assert awarded(buys(contact=IN_BOTH), *equal, mode=ResolutionMode.BEST) == {B: "3.00"}


@pytest.mark.scenario("RWD-105")
def test_of_equal_cashbacks_the_one_activated_earlier_is_best_every_time() -> None:
    equal = (scheme_offer(S1, A, "3.00", days=1), scheme_offer(S1, B, "3.00", days=0))
    for turn in range(100):
        offers = equal if turn % 2 else equal[::-1]
        assert awarded(buys(), *offers, mode=ResolutionMode.BEST) == {B: "3.00"}


@pytest.mark.scenario("RWD-106")
def test_instant_discounts_share_what_the_purchase_comes_to() -> None:
    both = (scheme_offer(S1, A, "6.00", "i"), scheme_offer(S2, B, "5.00", "i"))
    found = outcome(buys("8.00", contact=IN_BOTH), *both)
    assert [grant.amount_minor for grant in found.awards] == [600, 200]
    assert found.instant_minor == 800


@pytest.mark.scenario("RWD-107")
def test_an_instant_discount_competes_with_what_it_can_give() -> None:
    both = (scheme_offer(S1, A, "5.00", "i"), scheme_offer(S2, B, "3.00"))
    found = awarded(buys("2.00", contact=IN_BOTH), *both, mode=ResolutionMode.BEST)
    assert found == {B: "3.00"}


@pytest.mark.scenario("RWD-109")
def test_an_offer_that_was_beaten_is_not_used_up() -> None:
    once = offer(euros("1.00"), id=A, frequency=FrequencyTerms(Frequency.ONCE))
    better = scheme_offer(S1, B, "2.00")
    found = outcome(buys(), once, better, mode=ResolutionMode.BEST)
    assert [grant.offer.id for grant in found.awards] == [B]
    past = given(buys(), once, better, mode=ResolutionMode.BEST)
    assert awarded(buys(at="2026-05-05 10:00:00"), once, history=past) == {A: "1.00"}


rivals = st.lists(
    st.builds(
        Rival,
        scheme_id=st.integers(1, 3),
        name=st.uuids().map(str),
        amount_minor=st.integers(1, 500),
        is_instant=st.booleans(),
        activated=st.integers(0, 2),
    ),
    max_size=8,
)
modes = st.sampled_from(ResolutionMode)


@given_that(rivals, modes, st.booleans(), st.integers(1, 500), st.randoms())
def test_the_order_of_reading_changes_nothing(
    candidates: list[Rival], mode: ResolutionMode, toggle: bool, total: int, chance: Any
) -> None:
    def resolved(order: list[Rival]) -> Resolution[Rival]:
        return resolve(order, total_minor=total, mode=mode, only_best_instant=toggle)

    shuffled = list(candidates)
    chance.shuffle(shuffled)
    assert resolved(shuffled) == resolved(candidates)


@given_that(rivals, modes, st.booleans(), st.integers(1, 500))
def test_instant_amounts_never_exceed_the_purchase_and_nobody_is_lost(
    candidates: list[Rival], mode: ResolutionMode, toggle: bool, total: int
) -> None:
    found = resolve(candidates, total_minor=total, mode=mode, only_best_instant=toggle)
    instants = [minor for one, minor in found.granted if one.is_instant]
    assert sum(instants) <= total
    assert all(0 < minor <= one.amount_minor for one, minor in found.granted)
    everyone = [one for one, _ in found.granted] + [one for one, _ in found.dropped]
    assert sorted(everyone, key=lambda one: one.name) == sorted(
        candidates, key=lambda one: one.name
    )
    if mode == ResolutionMode.BEST:
        assert len(found.granted) <= 1
    if toggle:
        assert len(instants) <= 1
