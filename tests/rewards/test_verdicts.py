"""Every check in words, for the page that says why (not)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from events.conditions import ConditionSet, LocationCondition, Names, SegmentCondition
from rewards.choices import Frequency, Occasion, PeriodUnit, TraceReason
from rewards.configuration import FrequencyTerms, History, OccasionTerms, Pass
from rewards.explanations import EXPLANATIONS
from rewards.rules.validity import CHECKS, CONDITION_CODES
from rewards.rules.verdicts import WORDINGS, verdicts
from tests.events.baskets import VENUE_2
from tests.rewards.club import ANN, S1, S2, SINCE, birthday, buys, given, instant, offer, percent

NAMES = Names({"scheme": {S1: "Coffee Club"}, "segment": {71: "VIP"}, "venue": {VENUE_2: "Hill"}})


@pytest.mark.parametrize("reason", TraceReason)
def test_every_reason_says_what_was_needed_and_what_to_do_next(reason: TraceReason) -> None:
    for sentence in (reason.explanation, reason.next_step):
        assert sentence[0].isupper()
        assert sentence.endswith(".")
    assert set(EXPLANATIONS) == set(TraceReason)


def test_every_check_has_words() -> None:
    assert set(CHECKS) == set(WORDINGS) | set(CONDITION_CODES)


def test_the_whole_list_tells_what_was_needed_and_found_of_each_check() -> None:
    asked = ConditionSet(
        segments=SegmentCondition(frozenset({71})),
        location=LocationCondition(venue_ids=frozenset({VENUE_2})),
        names=NAMES,
    )
    found = verdicts(offer(conditions=asked), buys())
    said = {one.code: (one.passed, one.needed, one.found) for one in found}
    assert list(said) == [
        "OFFER_INACTIVE",
        "SCHEME_INACTIVE",
        "BEFORE_ACTIVATION",
        "CURRENCY_MISMATCH",
        "NOT_MEMBER",
        "TERMS_BLOCKED",
        "SEGMENT",
        "LOCATION",
    ]
    assert said["OFFER_INACTIVE"] == (True, "an active offer", "active")
    assert said["SCHEME_INACTIVE"] == (True, "Coffee Club to be active", "active")
    assert said["NOT_MEMBER"] == (
        True,
        "a member of Coffee Club by then",
        "joined on 1 January 2026 02:00:00",
    )
    assert said["SEGMENT"] == (False, "in VIP", "in none of them")
    assert said["LOCATION"][:2] == (False, "at Hill")


def words(offer_: object, facts: object, code: str, **more: object) -> tuple[str, str]:
    found = verdicts(offer_, facts, **more)  # type: ignore[arg-type]
    verdict = next(one for one in found if one.code == code)
    return verdict.needed, verdict.found


def test_dates_are_told_by_the_clock_of_the_place() -> None:
    bounded = offer(available_from=SINCE, available_to=SINCE + timedelta(days=31))
    assert words(bounded, buys(), "NOT_AVAILABLE") == (
        "from 1 January 2026 02:00:00 and before 1 February 2026 02:00:00",
        "on 4 May 2026 15:10:00",
    )


def test_an_instant_discount_tells_of_lateness_and_blocks() -> None:
    facts = buys(contact=replace(ANN, spend_blocked=True))
    late = replace(facts, received_at=facts.performed_at + timedelta(hours=25, minutes=5))
    at_once = instant(percent("5"))
    assert words(at_once, late, "LATE_INSTANT") == ("received within 24 hours", "after 25 h 5 min")
    assert words(at_once, late, "SPEND_BLOCKED") == ("a contact who may spend", "blocked")


def test_an_occasion_tells_the_window_and_the_day() -> None:
    early = birthday(occasion=OccasionTerms(Occasion.BIRTHDAY, days_before=5, days_after=1))
    assert words(early, buys(), "OCCASION") == (
        "from 5 days before to 1 day after the contact's birthday",
        "on 4 May 2026; the day is 15 June 2026",
    )
    unknown = buys(contact=replace(ANN, birth=None))
    assert words(birthday(), unknown, "OCCASION") == (
        "on the contact's birthday",
        "no such date is known of the contact",
    )


@pytest.mark.parametrize(
    ("terms", "needed"),
    [
        (FrequencyTerms(Frequency.ONCE), "at most once"),
        (
            FrequencyTerms(Frequency.ONCE_PER_PERIOD, 2, PeriodUnit.WEEKS),
            "at most once in 2 weeks",
        ),
    ],
)
def test_a_frequency_tells_when_it_was_given(terms: FrequencyTerms, needed: str) -> None:
    limited = offer(frequency=terms)
    past = given(buys(), limited)
    later = buys(at="2026-05-05 10:00:00")
    assert words(limited, later, "FREQUENCY", history=past) == (
        needed,
        "given on 4 May 2026 15:10:00",
    )
    assert words(limited, later, "FREQUENCY") == (needed, "not given yet")
    assert (
        words(birthday(), buys(), "FREQUENCY")[0] == "at most once for each occurrence of the day"
    )


@pytest.mark.parametrize(
    ("quoted", "pass_", "found"),
    [
        (None, Pass(code="A", offer_id=1), "no pass quoted"),
        ("B", Pass(code="A", offer_id=1), "no pass with that code"),
        ("A", Pass(code="A", offer_id=2), "a pass of another offer"),
        ("A", Pass(code="A", offer_id=1, used=1), "a pass that is used up"),
        ("A", Pass(code="A", offer_id=1, is_active=False), "a pass not valid here"),
        ("A", Pass(code="A", offer_id=1), "a valid pass"),
    ],
)
def test_a_pass_tells_what_is_the_matter_with_it(
    quoted: str | None, pass_: Pass, found: str
) -> None:
    locked = offer(requires_pass=True)
    facts = buys(pass_code=quoted)
    said = words(locked, facts, "PASS", history=History(passes=(pass_,)))
    assert said == ("a valid pass of this offer", found)


def test_who_is_no_member_is_told_so() -> None:
    assert words(offer(scheme_id=S2), buys(), "NOT_MEMBER")[1] == "not a member"
