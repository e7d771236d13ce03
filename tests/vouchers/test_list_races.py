"""Two people, or a person and the clock, at one list at the same moment: real connections (R-RACE)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections, transaction

from core import clock
from directory.models import User
from tests.cast import Cast, client_of
from tests.factories.vouchers import make_list, make_partner
from tests.kit.concurrency import meeting, together
from tests.vouchers.campaigning import DAY, NOW, ask, hold, person, running, stocked
from tests.vouchers.conservation import faults
from tests.vouchers.spending import redeem
from vouchers.choices import CodeState, IssuanceStatus, ListStatus, Outcome
from vouchers.models import Campaign, Issuance, ListStatusChange, VoucherCode, VoucherList
from vouchers.selectors import standing
from vouchers.services import (
    campaign_lists,
    code_expiry,
    list_statuses,
    list_upkeep,
    lists,
    reservations,
)
from vouchers.services.lists import ListEdit

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _nothing_is_lost_or_doubled(transactional_db: None) -> Iterator[None]:
    yield
    assert faults() == []


@pytest.fixture
def sale(cast: Cast) -> VoucherList:
    return make_list(make_partner(cast.acme), "sale", at=clock.now())


def pressing(user: User, row: VoucherList, act: str) -> Callable[[], Any]:
    """Return what presses the button on a page that shows the list as active."""
    sent = {"seen": "active", "status": "active", "tag": "sale"}
    browser = client_of(user)
    return lambda: browser.post(f"/vouchers/lists/{row.list_id}/{act}", sent)


def statuses_of(row: VoucherList) -> list[str]:
    return list(
        ListStatusChange.objects.filter(voucher_list=row)
        .order_by("pk")
        .values_list("to_status", flat=True)
    )


@pytest.mark.scenario("VCH-11")
@pytest.mark.parametrize(
    ("first", "second", "status", "name"),
    [
        ("pause", "archive", ListStatus.PAUSED, "Paused (by Ada Lowe)"),
        ("archive", "pause", ListStatus.ARCHIVED, "Archived (by Ada Lowe)"),
        ("pause", "pause", ListStatus.PAUSED, "Paused (by Ada Lowe)"),
    ],
)
def test_of_two_who_act_at_once_one_wins_and_the_other_sees_the_new_status(
    cast: Cast, sale: VoucherList, first: str, second: str, status: str, name: str
) -> None:
    won, lost = meeting(pressing(cast.ada, sale, first), pressing(cast.mara, sale, second))
    assert (won.status_code, lost.status_code) == (303, 409)
    assert f"this list is now {name}" in lost.content.decode()
    assert VoucherList.objects.get(pk=sale.pk).status == status
    assert statuses_of(sale) == [status]


@pytest.mark.scenario("VCH-11")
def test_of_two_who_begin_at_the_same_moment_one_wins(cast: Cast, sale: VoucherList) -> None:
    answers = together(pressing(cast.ada, sale, "pause"), pressing(cast.mara, sale, "archive"))
    assert sorted(answer.status_code for answer in answers) == [303, 409]
    (status,) = statuses_of(sale)
    told = next(answer for answer in answers if answer.status_code == 409).content.decode()
    assert f"this list is now {ListStatus(status).label}" in told


def test_a_reservation_that_lapses_while_its_list_is_activated_does_not_stand_still_for_ever(
    cast: Cast,
) -> None:
    sale = stocked(cast.acme, 1)
    held = hold(running(sale)).issuance
    assert held is not None
    # It slipped through the pausing of its list, so that its clock goes on.
    list_statuses.pause(voucher_list=sale, actor=cast.ada, at=NOW)
    Issuance.objects.filter(pk=held.pk).update(
        reserved_until=NOW + timedelta(minutes=15), frozen_seconds=None
    )
    late = NOW + timedelta(minutes=20)
    meeting(
        lambda: list_statuses.activate(voucher_list=sale, actor=cast.ada, at=late),
        lambda: reservations.release_lapsed(at=late),
    )
    reservations.release_lapsed(at=late)
    held.refresh_from_db()
    assert held.status == IssuanceStatus.RELEASED
    assert VoucherCode.objects.get().state == CodeState.AVAILABLE


def test_who_changes_a_list_keeps_nobody_waiting_who_gives_out_its_codes(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They hold the campaign's counter, which whoever archives the list wants next."""
    monkeypatch.setattr(standing, "PATIENCE", "100ms")
    sale = stocked(cast.acme, 1)
    campaign = running(sale)
    edit = ListEdit(name="Renamed", expires_at=sale.expires_at)
    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        lists.update(voucher_list=sale, data=edit, version=1, actor=None, at=NOW)
        list_statuses.pause(voucher_list=sale, actor=cast.ada, at=NOW)
        given = pool.submit(_asking_alone, campaign).result(30)
    assert given.outcome == Outcome.ISSUED


def _asking_alone(campaign: Campaign) -> Any:
    try:
        return ask(campaign)
    finally:
        connections.close_all()


def test_a_quota_that_is_set_while_a_code_is_given_counts_that_code(cast: Cast) -> None:
    sale = stocked(cast.acme, 3)
    campaign = running(sale)
    (mapping,) = campaign.mappings.all()
    given, changed = meeting(
        lambda: ask(campaign, person("ann")),
        lambda: campaign_lists.change(mapping=mapping, priority=1, quota=1, actor=cast.ada, at=NOW),
    )
    assert (given.outcome, changed.taken) == (Outcome.ISSUED, 1)
    assert ask(campaign, person("ben")).outcome == Outcome.WAITLISTED


def test_extending_codes_passes_over_a_voucher_that_somebody_holds(cast: Cast) -> None:
    sale = stocked(cast.acme, 2)
    campaign = running(sale, max_per_recipient=2)
    first, second = ask(campaign).issuance, ask(campaign).issuance
    assert first is not None
    assert second is not None
    VoucherList.objects.filter(pk=sale.pk).update(expires_at=(later := sale.expires_at + DAY))
    sale.refresh_from_db()

    def hold_first() -> Any:
        return Issuance.objects.select_for_update(no_key=True).get(pk=first.pk)

    _, extended = meeting(hold_first, lambda: list_upkeep.extend_codes(voucher_list=sale, at=NOW))
    assert extended == 1
    second.refresh_from_db()
    assert second.redeem_until == later
    assert list_upkeep.catch_up(at=NOW) == 1
    assert set(Issuance.objects.values_list("redeem_until", flat=True)) == {later}


def test_expiring_codes_waits_for_nobody_who_holds_a_voucher(cast: Cast) -> None:
    """Tills hold the voucher first, then the code: the other way round they would meet."""
    sale = stocked(cast.acme, 2)
    campaign = running(sale, max_per_recipient=2)
    first, second = ask(campaign).issuance, ask(campaign).issuance
    assert first is not None
    assert second is not None
    over = sale.expires_at + timedelta(seconds=1)

    def hold_first() -> Any:
        return Issuance.objects.select_for_update(no_key=True).get(pk=first.pk)

    _, expired = meeting(hold_first, lambda: code_expiry.expire_due(at=over, limit=100))
    assert expired == 1
    states = {row.pk: row.status for row in Issuance.objects.all()}
    assert states == {first.pk: IssuanceStatus.ISSUED, second.pk: IssuanceStatus.EXPIRED}
    assert faults() == []
    assert code_expiry.expire_due(at=over, limit=100) == 1


def test_a_redemption_at_the_last_moment_and_the_clock_leave_one_of_the_two(cast: Cast) -> None:
    sale = stocked(cast.acme, 1)
    given = ask(running(sale)).issuance
    assert given is not None
    assert given.code is not None
    code, over = given.code.code, sale.expires_at + timedelta(seconds=1)
    spent, _ = meeting(
        lambda: redeem(cast.acme, code, at=over, reference="R", redeemed_at=NOW),
        lambda: code_expiry.expire_due(at=over, limit=100),
    )
    assert spent.refusal is None
    assert VoucherCode.objects.get().state == CodeState.REDEEMED
