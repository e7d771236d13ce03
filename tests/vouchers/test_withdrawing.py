"""Withdrawing an upload: what nobody was given becomes void, reserved too (vouchers.md 4.5, 2.4)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.urls import reverse

from tests.cast import Cast, client_of
from tests.factories.vouchers import MORNING, make_batch, make_codes, make_list, make_partner
from tests.vouchers.campaigning import ask, available, hold, person, running
from tests.vouchers.conservation import faults
from vouchers.choices import BatchStatus, IssuanceStatus, Outcome, VoidReason
from vouchers.models import Campaign, Issuance, UploadAct, UploadBatch, VoucherCode, VoucherList
from vouchers.services import (
    confirming,
    imports,
    reservations,
    revoking,
    showing,
    uploads,
    withdrawing,
)
from vouchers.services.reservations import ReservationOver

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_is_lost_or_doubled(db: None) -> Iterator[None]:
    yield
    assert faults() == []


@pytest.fixture
def sale(cast: Cast) -> VoucherList:
    return make_list(make_partner(cast.acme, "Puma"), "sale")


@pytest.fixture
def batch(sale: VoucherList) -> UploadBatch:
    made = make_batch(sale, published_count=5)
    make_codes(sale, 5, batch=made)
    return made


@pytest.fixture
def campaign(sale: VoucherList, batch: UploadBatch) -> Campaign:
    return running(sale, max_total=4, quota=4)


def states(batch: UploadBatch) -> list[str]:
    codes = VoucherCode.objects.filter(batch=batch)
    return list(codes.order_by("line_no").values_list("state", flat=True))


def test_reserved_codes_are_void_and_given_ones_stay(
    cast: Cast, batch: UploadBatch, campaign: Campaign
) -> None:
    given, kept = ask(campaign, person("ann")), hold(campaign, person("ben"))
    assert given.issuance is not None
    assert kept.issuance is not None
    done = withdrawing.withdraw(batch=batch, actor=cast.ada, at=MORNING)
    assert (done.status, done.void_count) == (BatchStatus.WITHDRAWN, 4)
    assert states(batch) == ["issued", "void", "void", "void", "void"]
    reasons = set(VoucherCode.objects.filter(state="void").values_list("void_reason", flat=True))
    assert reasons == {VoidReason.BATCH_WITHDRAWN}
    kept.issuance.refresh_from_db()
    assert (kept.issuance.status, kept.issuance.ordinal) == (IssuanceStatus.RELEASED, None)
    # Ben's allowance, the cap and the quota are as if nothing had been put aside.
    make_codes(batch.voucher_list, 5)
    assert [ask(campaign, person(name)).outcome for name in ("ben", "cid", "dan", "eve")] == [
        Outcome.ISSUED, Outcome.ISSUED, Outcome.ISSUED, Outcome.CAP_REACHED,
    ]  # fmt: skip


def test_a_voucher_that_is_taken_back_unseen_does_not_return_to_a_withdrawn_upload(
    cast: Cast, batch: UploadBatch, campaign: Campaign
) -> None:
    unseen, seen = ask(campaign, person("ann")).issuance, ask(campaign, person("ben")).issuance
    assert unseen is not None
    assert seen is not None
    showing.hand_over(issuance=seen, at=MORNING)
    withdrawing.withdraw(batch=batch, actor=cast.ada, at=MORNING)
    for issuance in (unseen, seen):
        row = revoking.revoke(issuance=issuance, reason="wrong", actor=cast.ada, at=MORNING)
        assert row.status == IssuanceStatus.REVOKED
    assert states(batch) == ["void"] * 5
    assert available(batch.voucher_list) == 0


def test_a_reservation_that_ends_late_leaves_no_code_in_a_withdrawn_upload(
    cast: Cast, batch: UploadBatch, campaign: Campaign
) -> None:
    kept = hold(campaign).issuance
    assert kept is not None
    UploadBatch.objects.filter(pk=batch.pk).update(status=BatchStatus.WITHDRAWN)
    reservations.end(kept, why="time over", at=MORNING)
    assert states(batch)[0] == "void"
    # What slipped in at the very moment of the withdrawal is swept up within the hour.
    assert withdrawing.sweep(at=MORNING) == 1
    assert states(batch) == ["void"] * 5
    assert withdrawing.sweep(at=MORNING) == 0


def test_a_large_upload_is_withdrawn_by_portions_to_its_last_code(
    cast: Cast, batch: UploadBatch, campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(withdrawing, "AT_ONCE", 2)
    monkeypatch.setattr(withdrawing, "HOLDS_AT_ONCE", 1)
    hold(campaign, person("ann"))
    hold(campaign, person("ben"))
    done = withdrawing.withdraw(batch=batch, actor=cast.ada, at=MORNING)
    assert done.status == BatchStatus.WITHDRAWING
    imports.advance(clock=lambda: MORNING)
    done.refresh_from_db()
    assert (done.status, done.void_count) == (BatchStatus.WITHDRAWN, 5)
    assert states(batch) == ["void"] * 5


def test_the_dialog_says_how_many_become_void_how_many_are_put_aside_and_how_many_stay(
    cast: Cast, batch: UploadBatch, campaign: Campaign
) -> None:
    ask(campaign, person("ann"))
    hold(campaign, person("ben"))
    url = reverse("voucher_upload_withdraw", args=[batch.voucher_list.list_id, batch.number])
    page = client_of(cast.ada).get(url).content.decode()
    assert "4 codes become void" in page
    assert "1 of them is put aside for somebody" in page
    assert "1 codes stay as they are" in page


def test_what_is_decided_about_an_upload_is_written_down_and_shown(
    cast: Cast, batch: UploadBatch
) -> None:
    url = reverse("voucher_upload_withdraw", args=[batch.voucher_list.list_id, batch.number])
    assert client_of(cast.ada).post(url).status_code == 303
    act = UploadAct.objects.get(batch=batch)
    assert (act.kind, act.user, act.user_name) == ("withdrawn", cast.ada, "Ada Lowe")
    page = client_of(cast.ana).get(
        reverse("voucher_list_activity", args=[batch.voucher_list.list_id])
    )
    assert f"Withdrew the upload: upload {batch.number}" in page.content.decode()
    with pytest.raises(uploads.NotReady):
        withdrawing.withdraw(batch=batch, actor=cast.ada, at=MORNING + timedelta(days=1))


def test_who_comes_to_confirm_is_told_that_the_reservation_is_over(
    cast: Cast, batch: UploadBatch, campaign: Campaign
) -> None:
    kept = hold(campaign).issuance
    assert kept is not None
    withdrawing.withdraw(batch=batch, actor=cast.ada, at=MORNING)
    assert Issuance.objects.get(pk=kept.pk).closed_reason == "upload withdrawn"
    with pytest.raises(ReservationOver, match="Ask for a new one"):
        confirming.confirm(issuance=kept, at=MORNING)
