"""Taking a voucher back: void if it was possibly seen, else to the pool (R-REV)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from directory.models import Organisation
from tests.vouchers.campaigning import DAY, NOW, ask, available, code_of, person, running, stocked
from tests.vouchers.conservation import faults
from vouchers.choices import CodeState, Outcome
from vouchers.models import VoucherCode
from vouchers.services import revoking, showing
from vouchers.services.revoking import NotRevocable, ReasonNeeded

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_is_lost_or_doubled(db: None) -> Iterator[None]:
    yield
    assert faults() == []


@pytest.mark.scenario("VCH-61")
def test_a_code_that_left_the_system_dies_and_one_that_did_not_returns(acme: Organisation) -> None:
    sale = stocked(acme, 1)
    campaign = running(sale, on_exhaustion="stop")
    first = ask(campaign, person("ana"))
    assert first.issuance is not None
    revoking.revoke(issuance=first.issuance, reason="Wrong person", actor=None, at=NOW)
    assert available(sale) == 1
    second = ask(campaign, person("ben"), at=NOW + DAY)
    assert code_of(second) == code_of(first)
    assert second.issuance is not None
    assert showing.hand_over(issuance=second.issuance, at=NOW + DAY)
    row = revoking.revoke(issuance=second.issuance, reason="Wrong person", actor=None, at=NOW + DAY)
    assert row.status == "revoked"
    code = VoucherCode.objects.get()
    assert (code.state, code.void_reason) == (CodeState.VOID, "revoked")
    assert ask(campaign, person("cleo"), at=NOW + DAY).outcome == Outcome.EXHAUSTED


@pytest.mark.parametrize(("frees", "outcome"), [(False, "limit_reached"), (True, "issued")])
def test_the_recipient_gets_another_one_only_if_they_may(
    acme: Organisation, frees: bool, outcome: str
) -> None:
    campaign = running(stocked(acme, 3))
    given = ask(campaign).issuance
    assert given is not None
    revoking.revoke(issuance=given, reason="Lost", may_receive_another=frees, actor=None, at=NOW)
    assert ask(campaign).outcome == outcome


def test_a_mail_does_not_leave_after_the_code_was_taken_back(acme: Organisation) -> None:
    given = ask(running(stocked(acme, 1))).issuance
    assert given is not None
    revoking.revoke(issuance=given, reason="Wrong person", actor=None, at=NOW)
    assert not showing.hand_over(issuance=given, at=NOW)


def test_taking_back_needs_a_reason_and_happens_once(acme: Organisation) -> None:
    given = ask(running(stocked(acme, 1))).issuance
    assert given is not None
    with pytest.raises(ReasonNeeded):
        revoking.revoke(issuance=given, reason=" ", actor=None, at=NOW)
    revoking.revoke(issuance=given, reason="Wrong person", actor=None, at=NOW)
    with pytest.raises(NotRevocable):
        revoking.revoke(issuance=given, reason="Wrong person", actor=None, at=NOW)


def test_a_fallback_code_stays_everybodys_when_it_is_taken_back(acme: Organisation) -> None:
    campaign = running(stocked(acme, 0), on_exhaustion="fallback_code", fallback_code="ALL")
    given = ask(campaign).issuance
    assert given is not None
    assert revoking.revoke(issuance=given, reason="x", actor=None, at=NOW).status == "revoked"
