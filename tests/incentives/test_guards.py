"""The guards by table, without a database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from core.money import Money
from incentives.guards import Payload, Situation, explain, is_shown, refusal_of
from incentives.terms import Terms
from incentives.workflow.offers import OFFER

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def euro(amount: int, description: str = "") -> Terms:
    return Terms.money(Money(amount * 100, "EUR"), description)


FIFTY = euro(50)
TOUR = Terms.words("A guided tour")
# An e-mailed Single offer of €50 that the recipient agreed to.
AGREED = Situation(
    at=NOW,
    terms=FIFTY,
    has_consent=True,
    is_verified=True,
    is_addressed=True,
    expires_at=NOW + HOUR,
)
GROUP = replace(AGREED, offer_type="group", max_members=3, active_members=3)
LINK = replace(AGREED, delivery_method="link")
TEXT = Payload(text="Because.")


def refused(code: str, now: Situation, payload: Payload = TEXT) -> set[str]:
    return set(refusal_of(OFFER[code], now, payload))


@pytest.mark.parametrize("code", ["P10", "P16", "P21", "P26"])
@pytest.mark.parametrize(
    ("table", "granted", "field"),
    [
        (FIFTY, euro(49), None),
        (FIFTY, Terms.money(Money(1, "EUR")), None),
        (FIFTY, Terms.money(Money(4999, "EUR")), None),
        (FIFTY, FIFTY, "granted_value"),
        (FIFTY, euro(51), "granted_value"),
        (FIFTY, euro(0), "granted_value"),
        (FIFTY, euro(-5), "granted_value"),
        (FIFTY, None, "granted_value"),
        (FIFTY, TOUR, "granted_value"),
        (FIFTY, Terms.money(Money(2000, "USD")), "granted_value"),
        (FIFTY, Terms.percentage(Decimal(20)), "granted_value"),
        (FIFTY, euro(20, "w" * 256), "granted_description"),
        (Terms.percentage(Decimal(20)), Terms.percentage(Decimal("12.5")), None),
        (Terms.percentage(Decimal(20)), Terms.percentage(Decimal("1.005")), "granted_value"),
        (TOUR, Terms.words("Half a tour"), None),
        (TOUR, Terms.words("  "), "granted_description"),
        (TOUR, None, "granted_description"),
    ],
)
def test_a_partial_grant_lies_between_nothing_and_what_is_on_the_table(
    code: str, table: Terms, granted: Terms | None, field: str | None
) -> None:
    found = refused(code, replace(AGREED, terms=table), Payload(granted=granted))
    assert found == ({field} if field else set())


@pytest.mark.parametrize(
    ("code", "table", "counter", "field"),
    [
        ("R03", FIFTY, euro(70), None),
        ("R03", FIFTY, euro(30), None),
        ("R03", FIFTY, FIFTY, "counter_value"),
        ("R03", FIFTY, euro(50, "but sooner"), "counter_value"),
        ("R03", FIFTY, euro(0), "counter_value"),
        ("R03", FIFTY, None, "counter_value"),
        ("R03", FIFTY, TOUR, "counter_value"),
        ("R03", FIFTY, Terms.money(Money(7000, "USD")), "counter_value"),
        ("R03", FIFTY, Terms.percentage(Decimal(70)), "counter_value"),
        ("R03", TOUR, Terms.words("Two tours"), None),
        ("R03", TOUR, euro(5), "counter_description"),
        ("R15", FIFTY, euro(51), None),
        ("R15", FIFTY, FIFTY, "counter_value"),
        ("R15", FIFTY, euro(49), "counter_value"),
        ("R15", TOUR, Terms.words("Two tours"), None),
        ("R18", FIFTY, euro(49), None),
        ("R18", FIFTY, FIFTY, None),
        ("R18", FIFTY, euro(0), "counter_value"),
        ("R18", FIFTY, None, "counter_value"),
    ],
)
def test_a_counter_is_above_zero_and_comparable(
    code: str, table: Terms, counter: Terms | None, field: str | None
) -> None:
    found = refused(code, replace(AGREED, terms=table), replace(TEXT, counter=counter))
    assert found == ({field} if field else set())


@pytest.mark.parametrize("code", ["P11", "P22", "P27"])
def test_nobody_is_confirmed_into_terms_that_they_have_not_agreed_to(code: str) -> None:
    assert refused(code, AGREED) == set()
    assert refused(code, replace(AGREED, has_consent=False)) == {"status"}


def test_confirming_a_counter_accepts_the_recipients_own_terms() -> None:
    assert refused("P17", replace(AGREED, has_consent=False)) == set()


@pytest.mark.parametrize("code", ["P22", "P27"])
def test_only_a_verified_recipient_is_confirmed(code: str) -> None:
    assert refused(code, replace(AGREED, is_verified=False)) == {"status"}


@pytest.mark.parametrize("code", ["P11", "P17", "P22", "P27"])
@pytest.mark.parametrize(
    ("active", "ticked", "field"),
    [
        (3, False, None),
        (2, True, None),
        (2, False, "short_group_ok"),
        (1, True, "status"),
        (0, True, "status"),
    ],
)
def test_a_group_is_confirmed_full_or_deliberately_short(
    code: str, active: int, ticked: bool, field: str | None
) -> None:
    payload = Payload(short_group_ok=ticked)
    found = refused(code, replace(GROUP, active_members=active), payload)
    assert found == ({field} if field else set())


@pytest.mark.parametrize(
    ("code", "group"), [("R01", GROUP), ("R02", replace(GROUP, delivery_method="link"))]
)
def test_a_group_accepts_by_its_lead_and_with_two_members(code: str, group: Situation) -> None:
    assert refused(code, replace(group, active_members=2)) == set()
    assert refused(code, replace(group, active_members=1)) == {"status"}
    assert refused(code, replace(group, actor_is_lead=False)) == {"status"}


@pytest.mark.parametrize(
    ("delivery", "moved", "code"),
    [
        ("email", False, "R01"),
        ("email", True, "R01"),
        ("link", False, "R02"),
        ("link", True, "R01"),
    ],
)
def test_the_first_yes_on_a_shared_link_is_pre_claimed_and_any_other_approved(
    delivery: str, moved: bool, code: str
) -> None:
    now = replace(AGREED, delivery_method=delivery, recipient_has_moved=moved)
    for candidate in ("R01", "R02"):
        assert (refused(candidate, now) == set()) == (candidate == code)
        assert is_shown(OFFER[candidate], now) == (candidate == code)


@pytest.mark.parametrize("code", ["R02", "R03", "R04", "R05"])
def test_an_answer_needs_a_verified_address(code: str) -> None:
    payload = replace(TEXT, counter=euro(70))
    assert refused(code, LINK, payload) == set()
    assert refused(code, replace(LINK, is_verified=False), payload) == {"status"}


@pytest.mark.parametrize("code", ["R01", "R02", "R03", "R04", "R05", "R06"])
@pytest.mark.parametrize(
    ("left", "late"), [(timedelta(seconds=1), False), (timedelta(0), True), (-HOUR, True)]
)
def test_no_answer_comes_after_the_end(code: str, left: timedelta, late: bool) -> None:
    base = LINK if code == "R02" else AGREED
    found = refused(code, replace(base, expires_at=NOW + left), replace(TEXT, counter=euro(70)))
    assert found == ({"expired"} if late else set())


def test_a_stranger_cannot_decline_for_everyone() -> None:
    stranger = replace(LINK, is_addressed=False)
    assert refused("R06", stranger) == {"status"}
    assert not is_shown(OFFER["R06"], stranger)
    assert is_shown(OFFER["R06"], LINK)


@pytest.mark.parametrize("code", ["P33", "P35"])
@pytest.mark.parametrize(
    ("pending", "success", "passes"),
    [((), 1, True), ((), 0, False), ((7,), 1, False), ((7, 8), 0, False)],
)
def test_an_offer_is_completed_when_every_distribution_is_settled_and_one_succeeded(
    code: str, pending: tuple[int, ...], success: int, passes: bool
) -> None:
    now = replace(AGREED, pending_distributions=pending, success_count=success)
    wrong = refusal_of(OFFER[code], now, TEXT)
    assert (wrong == {}) == passes
    assert all(f"D-{pk}" in wrong["status"] for pk in pending)


@pytest.mark.parametrize("code", ["P34", "R24"])
def test_nothing_ends_after_something_was_delivered(code: str) -> None:
    assert refused(code, replace(AGREED, pending_distributions=(1,))) == set()
    assert refused(code, replace(AGREED, success_count=1)) == {"status"}


def test_an_acknowledgement_comes_before_acknowledged() -> None:
    assert refused("P36", AGREED) == {"status"}
    assert refused("P36", replace(AGREED, submitted_acknowledgements=1)) == set()


def test_the_last_member_to_claim_claims_the_offer() -> None:
    assert refused("R23", AGREED) == set()
    assert refused("R23", GROUP) == set()
    assert refused("R23", replace(GROUP, unclaimed_members=1)) == {"status"}


@pytest.mark.parametrize("code", ["S02", "S03", "S04"])
def test_silence_is_judged_by_the_response_window(code: str) -> None:
    def due(ahead: timedelta | None) -> Situation:
        return replace(AGREED, answer_due_at=None if ahead is None else NOW + ahead)

    assert refused(code, due(timedelta(0)), Payload()) == set()
    assert refused(code, due(timedelta(seconds=1)), Payload()) == {"status"}
    assert refused(code, due(None), Payload()) == {"status"}


def test_an_offer_expires_at_its_end_and_not_before() -> None:
    assert refused("S01", replace(AGREED, expires_at=NOW), Payload()) == set()
    assert refused("S01", AGREED, Payload()) == {"status"}


@pytest.mark.parametrize("code", ["P37", "P38"])
@pytest.mark.parametrize(
    ("changes", "ahead", "field"),
    [
        ({}, HOUR, None),
        ({}, None, "expires_at"),
        ({}, timedelta(minutes=59), "expires_at"),
        ({}, timedelta(days=366), "expires_at"),
        ({"program_active": False}, HOUR, "program"),
    ],
)
def test_offering_again_needs_a_new_end_and_an_active_program(
    code: str, changes: dict[str, Any], ahead: timedelta | None, field: str | None
) -> None:
    now = replace(AGREED, expires_at=NOW - HOUR, **changes)
    payload = replace(TEXT, expires_at=None if ahead is None else NOW + ahead)
    assert refused(code, now, payload) == ({field} if field else set())


@pytest.mark.parametrize("code", ["P06", "P08", "P14", "P31"])
def test_a_new_end_in_conversation_is_judged_like_any_other(code: str) -> None:
    payload = replace(TEXT, terms=euro(60))
    late = replace(AGREED, expires_at=NOW - HOUR)
    assert refused(code, late, payload) == set()
    assert refused(code, late, replace(payload, expires_at=NOW + HOUR)) == set()
    assert refused(code, late, replace(payload, expires_at=NOW)) == {"expires_at"}


def test_the_answer_to_a_counter_states_new_terms() -> None:
    assert refused("P14", AGREED) == {"value"}
    assert refused("P14", AGREED, replace(TEXT, terms=euro(0))) == {"value"}
    assert refused("P06", AGREED, replace(TEXT, terms=euro(0))) == {"value"}


@pytest.mark.parametrize(
    "row", [row for row in OFFER if "text" in row.needs], ids=lambda row: row.code
)
def test_a_change_that_needs_words_is_refused_without(row: Any) -> None:
    assert "body" in refused(row.code, AGREED, Payload(text=" \n "))
    assert "body" not in refused(row.code, AGREED, TEXT)


def test_words_are_at_most_1024_characters_and_a_reason_500() -> None:
    assert refused("R04", AGREED, Payload(text="w" * 1024)) == set()
    assert refused("R04", AGREED, Payload(text="w" * 1025)) == {"body"}
    assert refused("R06", AGREED, Payload(text="w" * 500)) == set()
    assert refused("R06", AGREED, Payload(text="w" * 501)) == {"body"}


def test_a_reason_to_decline_is_optional() -> None:
    for code in ("R06", "R08", "R10", "R11", "R12", "R13", "R17", "R21"):
        assert refused(code, AGREED, Payload()) == set()


def test_a_shown_choice_says_why_it_cannot_be_made_yet() -> None:
    assert explain(OFFER["P22"], AGREED) == ""
    assert "not agreed" in explain(OFFER["P22"], replace(AGREED, has_consent=False))
    assert "Still pending: D-7" in explain(
        OFFER["P33"], replace(AGREED, pending_distributions=(7,))
    )


def test_what_is_missing_in_a_draft_is_named_in_full() -> None:
    now = replace(AGREED, missing={"message": "Write.", "program": "Choose."})
    assert refused("P03", now, Payload()) == {"message", "program"}
