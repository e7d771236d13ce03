"""Codes are spent once, by whoever may report it (vouchers.md 9.1 to 9.4)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from core.models import OutboxEvent
from directory.models import Organisation
from tests.factories.vouchers import MORNING, make_campaign, make_codes, make_list, make_partner
from tests.vouchers.spending import give, redeem, reporter
from vouchers.choices import AlertKind, CodeState, IssuanceStatus, Outcome, Source
from vouchers.models import Alert, Issuance, Redemption, VoucherCode, VoucherList
from vouchers.outside_choices import Refusal
from vouchers.recipients import of_email
from vouchers.selectors.numbers import numbers
from vouchers.services import cart_holds, code_expiry, counting, issuing, redeeming
from vouchers.services.cart_holds import NotOwnEngine
from vouchers.services.guessing import GuessingBlocked
from vouchers.services.redeeming import Report, Verdict


@pytest.fixture
def sale(acme: Organisation) -> VoucherList:
    return make_list(make_partner(acme, "Puma"), "sale")


def state_of(code: str) -> str:
    return VoucherCode.objects.get(code=code).state


def test_an_issued_code_is_redeemed_with_what_the_till_says(
    acme: Organisation, sale: VoucherList
) -> None:
    issuance = give(sale, "SUN-77")
    verdict = redeem(
        acme, "SUN-77", reference="R-1", amount_minor=1250, currency="EUR", location="High Street"
    )
    assert verdict.redemption is not None
    assert verdict.refusal is None
    issuance.refresh_from_db()
    assert (state_of("SUN-77"), issuance.status) == (CodeState.REDEEMED, IssuanceStatus.REDEEMED)
    assert verdict.redemption.issuance == issuance
    assert (verdict.redemption.amount_minor, verdict.redemption.location) == (1250, "High Street")
    assert numbers(sale, at=MORNING).redeemed == 1
    assert not counting.compare(sale).differs
    assert OutboxEvent.objects.filter(topic="partner_voucher.redeemed").count() == 1


def test_a_second_reference_is_refused_with_the_first_time(
    acme: Organisation, sale: VoucherList
) -> None:
    give(sale, "SUN-77")
    redeem(acme, "SUN-77", reference="R-1")
    verdict = redeem(acme, "SUN-77", reference="R-2", at=MORNING + timedelta(hours=1))
    error = verdict.error()
    assert error is not None
    assert (error.code, error.status) == ("already_redeemed", 409)
    assert "2026-03-04T09:30:00Z" in error.message


def test_the_same_reference_again_is_answered_by_the_first_redemption(
    acme: Organisation, sale: VoucherList
) -> None:
    give(sale, "SUN-77")
    first = redeem(acme, "SUN-77", reference="R-1")
    again = redeem(acme, "SUN-77", reference="R-1", at=MORNING + timedelta(days=2))
    assert again.is_repeat
    assert again.redemption == first.redemption
    assert Redemption.objects.count() == 1


@pytest.mark.scenario("VCH-72")
@pytest.mark.parametrize("held", [False, True], ids=["available", "reserved"])
def test_a_code_that_nobody_was_given_dies_when_it_is_presented(
    acme: Organisation, sale: VoucherList, held: bool
) -> None:
    campaign = make_campaign(sale)
    if held:
        reservation = give(sale, "LEAK-1", campaign=campaign, held=True)
    else:
        make_codes(sale, codes=["LEAK-1"])
    error = redeem(acme, "LEAK-1", reference="R-1").error()
    assert error is not None
    assert (error.code, error.status) == ("not_issued", 422)
    code = VoucherCode.objects.get(code="LEAK-1")
    assert (code.state, code.void_reason) == (CodeState.VOID, "leaked")
    assert Alert.objects.filter(kind=AlertKind.LEAK, voucher_list=sale).count() == 1
    assert OutboxEvent.objects.filter(topic="voucher_code.leak_suspected").count() == 1
    after = issuing.issue(
        campaign=campaign, recipient=of_email("late@example.org"), idempotency_key="after",
        source=Source.API, at=MORNING,
    )  # fmt: skip
    assert after.outcome == Outcome.WAITLISTED
    if held:
        reservation.refresh_from_db()
        assert (reservation.status, reservation.ordinal) == (IssuanceStatus.RELEASED, None)
    assert not counting.compare(sale).differs


def test_a_void_code_is_refused(acme: Organisation, sale: VoucherList) -> None:
    make_codes(sale, codes=["GONE-1"], state=CodeState.VOID)
    assert redeem(acme, "GONE-1").refusal == Refusal.VOID


def test_a_code_is_good_until_its_very_end_and_days_of_grace_beyond(
    acme: Organisation, sale: VoucherList
) -> None:
    give(sale, "LATE-1")
    give(sale, "LATE-2")
    give(sale, "LATE-3")
    end = sale.expires_at
    assert redeem(acme, "LATE-1", at=end).refusal is None
    assert redeem(acme, "LATE-2", at=end + timedelta(seconds=1)).refusal == Refusal.EXPIRED
    sale.partner.late_redemption_days = 2
    sale.partner.save()
    assert redeem(acme, "LATE-2", at=end + timedelta(days=2)).refusal is None
    late = redeem(acme, "LATE-3", at=end + timedelta(days=2, seconds=1))
    assert late.refusal == Refusal.EXPIRED


def test_the_job_marks_late_codes_as_expired_and_grace_still_takes_them(
    acme: Organisation, sale: VoucherList
) -> None:
    issuance = give(sale, "LATE-1")
    after = sale.expires_at + timedelta(minutes=1)
    assert code_expiry.expire_due(at=sale.expires_at, limit=10) == 0
    assert code_expiry.expire_due(at=after, limit=10) == 1
    assert code_expiry.expire_due(at=after, limit=10) == 0
    issuance.refresh_from_db()
    assert (state_of("LATE-1"), issuance.status) == (CodeState.EXPIRED, IssuanceStatus.EXPIRED)
    assert OutboxEvent.objects.filter(topic="partner_voucher.expired").count() == 1
    assert not counting.compare(sale).differs
    sale.partner.late_redemption_days = 1
    sale.partner.save()
    assert redeem(acme, "LATE-1", at=after).refusal is None
    assert not counting.compare(sale).differs


def test_pausing_a_list_stops_giving_not_spending(acme: Organisation, sale: VoucherList) -> None:
    give(sale, "SUN-77")
    VoucherList.objects.filter(pk=sale.pk).update(status="paused")
    assert redeem(acme, "SUN-77").refusal is None


def test_a_partner_reaches_its_own_lists_only(acme: Organisation, sale: VoucherList) -> None:
    give(sale, "SUN-77")
    other = make_partner(acme, "Adidas")
    report, till = Report(code="SUN-77"), reporter(acme, partner=other)
    assert redeeming.redeem(report=report, reporter=till, at=MORNING).refusal == Refusal.UNKNOWN
    mine = replace(till, partner=sale.partner)
    assert redeeming.redeem(report=report, reporter=mine, at=MORNING).refusal is None


def test_another_business_does_not_know_the_code(
    bright_bikes: Organisation, sale: VoucherList
) -> None:
    give(sale, "SUN-77")
    assert redeem(bright_bikes, "SUN-77").refusal == Refusal.UNKNOWN


def test_case_counts_only_where_the_list_says_so(acme: Organisation) -> None:
    partner = make_partner(acme)
    give(make_list(partner, "exact"), "AbC-123")
    give(make_list(partner, "any", code_case="insensitive"), "XyZ-123")
    assert redeem(acme, "abc-123").refusal == Refusal.UNKNOWN
    assert redeem(acme, "xyz-123").refusal is None


def test_of_two_lists_with_a_code_the_one_that_gave_it_is_meant(acme: Organisation) -> None:
    partner = make_partner(acme)
    first, second = make_list(partner, "one"), make_list(partner, "two")
    make_codes(first, codes=["SAME-1"])
    give(second, "SAME-1")
    verdict = redeem(acme, "SAME-1")
    assert verdict.code is not None
    assert verdict.code.voucher_list_id == second.pk
    assert VoucherCode.objects.get(voucher_list=first).state == CodeState.AVAILABLE


def test_a_code_that_two_lists_gave_needs_the_list_id(acme: Organisation) -> None:
    partner = make_partner(acme)
    first, second = make_list(partner, "one"), make_list(partner, "two")
    give(first, "SAME-1")
    give(second, "SAME-1")
    assert redeem(acme, "SAME-1").refusal == Refusal.AMBIGUOUS
    verdict = redeem(acme, "SAME-1", list_id=second.list_id)
    assert verdict.code is not None
    assert verdict.code.voucher_list_id == second.pk


def test_twenty_unknown_codes_in_ten_minutes_block_for_fifteen(
    acme: Organisation, sale: VoucherList
) -> None:
    give(sale, "SUN-77")
    till = reporter(acme, guessers=("key:7",))

    def tried(code: str, minutes: float) -> Verdict:
        at = MORNING + timedelta(minutes=minutes)
        return redeeming.redeem(report=Report(code=code), reporter=till, at=at)

    for number in range(20):
        assert tried(f"GUESS-{number}", number / 4).refusal == Refusal.UNKNOWN
    with pytest.raises(GuessingBlocked) as blocked:
        tried("SUN-77", 5)
    assert blocked.value.status == 429
    assert 0 < blocked.value.retry_after <= 15 * 60
    assert redeem(acme, "SUN-77", at=MORNING + timedelta(minutes=5)).refusal is None
    assert tried("SUN-77", 21).refusal == Refusal.ALREADY_REDEEMED


def test_nineteen_misses_and_a_pause_block_nobody(acme: Organisation) -> None:
    till = reporter(acme, guessers=("key:7",))
    for minutes in (*[0] * 19, *[11] * 19):
        at = MORNING + timedelta(minutes=minutes)
        found = redeeming.redeem(report=Report(code="NO"), reporter=till, at=at)
        assert found.refusal == Refusal.UNKNOWN


def test_asking_changes_nothing(acme: Organisation, sale: VoucherList) -> None:
    give(sale, "SUN-77")
    make_codes(sale, codes=["FREE-1"])
    till = reporter(acme)
    for code, refusal in (("FREE-1", Refusal.NOT_ISSUED), ("SUN-77", None)):
        found = redeeming.look_up(report=Report(code=code), reporter=till, at=MORNING)
        assert not isinstance(found, Verdict)
        assert found[1] == refusal
    assert (state_of("FREE-1"), state_of("SUN-77")) == (CodeState.AVAILABLE, CodeState.ISSUED)
    assert not Redemption.objects.exists()


def test_a_held_code_is_redeemed_by_its_hold_alone_until_it_ends(acme: Organisation) -> None:
    own = make_list(make_partner(acme, kind="internal"))
    give(own, "CART-1")
    made = cart_holds.hold(report=Report(code="CART-1"), reporter=reporter(acme), at=MORNING)
    assert isinstance(made, tuple)
    soon, later = MORNING + timedelta(minutes=29), MORNING + timedelta(minutes=31)
    assert redeem(acme, "CART-1", at=soon).refusal == Refusal.HELD
    held_by_another = cart_holds.hold(
        report=Report(code="CART-1"), reporter=reporter(acme), at=soon
    )
    assert isinstance(held_by_another, Verdict)
    assert held_by_another.refusal == Refusal.HELD
    assert redeem(acme, "CART-1", at=soon, hold_id=made[0].public_id).refusal is None
    give(own, "CART-2")
    cart_holds.hold(report=Report(code="CART-2"), reporter=reporter(acme), at=MORNING)
    assert redeem(acme, "CART-2", at=later).refusal is None


def test_a_brand_partners_code_cannot_be_held(acme: Organisation, sale: VoucherList) -> None:
    give(sale, "SUN-77")
    with pytest.raises(NotOwnEngine):
        cart_holds.hold(report=Report(code="SUN-77"), reporter=reporter(acme), at=MORNING)


@pytest.mark.scenario("VCH-74")
def test_a_redemption_is_reversed_for_thirty_days(acme: Organisation, sale: VoucherList) -> None:
    issuance = give(sale, "SUN-77")
    redeem(acme, "SUN-77", reference="R-1")
    report, till = Report(code="SUN-77", reference="R-1"), reporter(acme)
    last = MORNING + timedelta(days=30)
    late = redeeming.reverse(report=report, reporter=till, at=last + timedelta(seconds=1))
    assert late.refusal == Refusal.TOO_LATE
    assert state_of("SUN-77") == CodeState.REDEEMED
    wrong = replace(report, reference="R-2")
    other = redeeming.reverse(report=wrong, reporter=till, at=last)
    assert other.refusal == Refusal.OTHER_REFERENCE
    assert redeeming.reverse(report=report, reporter=till, at=last).refusal is None
    issuance.refresh_from_db()
    assert (state_of("SUN-77"), issuance.status) == (CodeState.ISSUED, IssuanceStatus.ISSUED)
    assert redeeming.reverse(report=report, reporter=till, at=last).is_repeat
    assert OutboxEvent.objects.filter(topic="partner_voucher.redemption_reversed").count() == 1
    assert redeem(acme, "SUN-77", reference="R-1", at=last).redemption is not None
    assert Redemption.objects.filter(code__code="SUN-77").count() == 2
    assert not counting.compare(sale).differs


def test_a_redemption_reversed_after_the_end_leaves_an_expired_code(acme: Organisation) -> None:
    short = make_list(make_partner(acme), expires_at=MORNING + timedelta(days=3))
    give(short, "SUN-77")
    redeem(acme, "SUN-77", reference="R-1")
    at = MORNING + timedelta(days=4)
    report = Report(code="SUN-77", reference="R-1")
    assert redeeming.reverse(report=report, reporter=reporter(acme), at=at).refusal is None
    assert state_of("SUN-77") == CodeState.EXPIRED
    assert Issuance.objects.get(code__code="SUN-77").status == IssuanceStatus.EXPIRED
    assert not counting.compare(short).differs


def test_a_code_that_was_not_redeemed_has_nothing_to_reverse(
    acme: Organisation, sale: VoucherList
) -> None:
    give(sale, "SUN-77")
    report = Report(code="SUN-77", reference="R-1")
    found = redeeming.reverse(report=report, reporter=reporter(acme), at=MORNING)
    assert found.refusal == Refusal.NOT_REDEEMED
