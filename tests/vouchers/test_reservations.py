"""A code put aside: shown to nobody, safe to give to somebody else once its time is over (5.7)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from directory.models import Organisation, User
from tests.factories.vouchers import make_campaign
from tests.vouchers.campaigning import DAY, NOW, ask, available, hold, person, running, stocked
from tests.vouchers.conservation import faults
from vouchers.choices import Outcome
from vouchers.models import Issuance, VoucherList
from vouchers.services import (
    campaign_lists,
    campaign_statuses,
    confirming,
    list_statuses,
    reservations,
)
from vouchers.services.issuing import Result
from vouchers.services.reservations import ReservationOver

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _nothing_is_lost_or_doubled(db: None) -> Iterator[None]:
    yield
    assert faults() == []


def held(result: Result) -> Issuance:
    assert result.outcome == Outcome.RESERVED
    assert result.issuance is not None
    return result.issuance


@pytest.fixture
def sale(acme: Organisation) -> VoucherList:
    return stocked(acme, 1)


def test_a_reservation_that_is_confirmed_in_time_gives_the_code(sale: VoucherList) -> None:
    reserved = held(hold(running(sale)))
    given = confirming.confirm(issuance=reserved, at=NOW + 14 * MINUTE)
    assert given.outcome == Outcome.ISSUED
    assert given.issuance is not None
    assert given.issuance.code_id == reserved.code_id
    again = confirming.confirm(issuance=reserved, at=NOW + DAY)
    assert again.outcome == Outcome.ALREADY_ISSUED


def test_who_asks_again_keeps_the_code_and_its_time_begins_anew_once(sale: VoucherList) -> None:
    campaign = running(sale)
    first = held(hold(campaign))
    for minutes in (10, 20):
        again = held(hold(campaign, at=NOW + minutes * MINUTE))
        assert again.pk == first.pk
    assert again.reserved_until == NOW + 25 * MINUTE


@pytest.mark.scenario("VCH-55")
def test_a_reservation_that_lapses_frees_code_and_allowance(sale: VoucherList) -> None:
    campaign = running(sale)
    first = held(hold(campaign, person("ana")))
    lapsed = NOW + 15 * MINUTE
    assert reservations.release_lapsed(at=lapsed - MINUTE) == 0
    assert reservations.release_lapsed(at=lapsed) == 1
    assert available(sale) == 1
    second = held(hold(campaign, person("ben"), at=lapsed))
    assert second.code_id == first.code_id
    with pytest.raises(ReservationOver):
        confirming.confirm(issuance=first, at=lapsed)
    confirming.release(issuance=second, at=lapsed)
    assert ask(campaign, person("ana"), at=lapsed).outcome == Outcome.ISSUED


def test_a_late_confirmation_before_the_job_is_a_fresh_attempt(sale: VoucherList) -> None:
    reserved = held(hold(running(sale)))
    late = NOW + 16 * MINUTE
    given = confirming.confirm(issuance=reserved, at=late)
    assert given.outcome == Outcome.ISSUED
    assert given.issuance is not None
    assert given.issuance.pk != reserved.pk
    reserved.refresh_from_db()
    assert reserved.status == "released"


def test_who_comes_back_after_the_time_is_over_gets_a_new_one_before_the_job(
    sale: VoucherList,
) -> None:
    campaign = running(sale)
    first = held(hold(campaign))
    second = held(hold(campaign, at=NOW + DAY))
    assert second.pk != first.pk


@pytest.mark.scenario("VCH-50")
def test_the_clock_of_a_reservation_stands_while_its_list_is_paused(
    sale: VoucherList, ada: User
) -> None:
    campaign = running(sale, on_exhaustion="stop")
    reserved = held(hold(campaign, person("ana")))
    list_statuses.pause(voucher_list=sale, actor=ada, at=NOW + 5 * MINUTE)
    assert ask(campaign, person("ben"), at=NOW + 6 * MINUTE).outcome == Outcome.LIST_UNAVAILABLE
    later = NOW + DAY
    with pytest.raises(confirming.ListPaused):
        confirming.confirm(issuance=reserved, at=later)
    assert reservations.release_lapsed(at=later) == 0
    list_statuses.activate(voucher_list=sale, actor=ada, at=later)
    reserved.refresh_from_db()
    assert reserved.reserved_until == later + 10 * MINUTE
    given = confirming.confirm(issuance=reserved, at=later + 9 * MINUTE)
    assert given.outcome == Outcome.ISSUED


def test_a_reservation_ends_with_its_campaign_and_with_its_link(
    acme: Organisation, sale: VoucherList, ada: User
) -> None:
    campaign = running(sale)
    held(hold(campaign))
    campaign_statuses.end(campaign=campaign, actor=ada, at=NOW)
    assert available(sale) == 1
    other = make_campaign(sale, quota=1)
    held(hold(other))
    mapping = other.mappings.get()
    campaign_lists.unlink(mapping=mapping, actor=ada, at=NOW)
    assert available(sale) == 1
    assert Issuance.objects.filter(status="reserved").count() == 0


def test_a_reservation_cannot_be_confirmed_while_its_campaign_is_paused(
    sale: VoucherList, ada: User
) -> None:
    campaign = running(sale)
    reserved = held(hold(campaign))
    campaign_statuses.pause(campaign=campaign, actor=ada, at=NOW)
    with pytest.raises(confirming.CampaignPaused):
        confirming.confirm(issuance=reserved, at=NOW)
