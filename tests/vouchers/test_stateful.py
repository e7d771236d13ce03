"""Random stories of one list (VCH-78): whatever is done in whatever order, nothing is lost or doubled.

Two campaigns give out codes, one with a cap and a quota, while codes are topped up, withdrawn, made
void, spent and expire, and the list is paused, expires, is extended, archived. After every step R-CONS
holds, the recount finds no difference, every code that is somebody's is one person's, and counters,
quotas and allowances agree with the rows. A lapsed, released or returned code may be given again, a void
one never, and one that somebody may have seen never to anybody else.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import override_settings
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from core.errors import DomainError
from tests.factories.directory import make_business, make_user
from tests.factories.vouchers import link_list, make_campaign, make_list, make_partner
from tests.vouchers.campaigning import NOW, ask, hold, person
from tests.vouchers.conservation import faults
from tests.vouchers.loading import upload
from tests.vouchers.spending import reporter
from vouchers.choices import CodeState, IssuanceStatus, ListStatus, Outcome, VoidReason
from vouchers.models import Campaign, CampaignList, Issuance, UploadBatch, VoucherCode
from vouchers.services import (
    campaign_lists,
    code_expiry,
    confirming,
    list_statuses,
    list_upkeep,
    lists,
    redeeming,
    reservations,
    reveals,
    revoking,
    showing,
    uploads,
    waiting,
    withdrawing,
)
from vouchers.services.lists import ListEdit
from vouchers.services.redeeming import Report

people = st.integers(1, 6)
which = st.integers(0, 50)
LASTS = timedelta(hours=1)
OPEN = (ListStatus.ACTIVE, ListStatus.PAUSED)


class VoucherStories(RuleBasedStateMachine):
    """Six people, two campaigns, one list and its successor, one clock."""

    def __init__(self) -> None:
        super().__init__()
        self.block = transaction.atomic()
        self.block.__enter__()
        self.at = NOW
        self.written = 0
        self.business = make_business()
        self.ada = make_user("ada-of-stories")
        self.partner = make_partner(self.business)
        self.open_list()
        self.load(3)
        self.free = make_campaign(self.sale, max_per_recipient=2, min_validity_days=0)
        self.strict = make_campaign(
            self.sale, max_per_recipient=3, max_total=5, quota=4, on_exhaustion="stop",
            min_validity_days=0,
        )  # fmt: skip
        # Whom a code was shown to.
        self.seen: dict[Any, str] = {}

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.block.__exit__(None, None, None)

    def open_list(self) -> None:
        self.sale = make_list(self.partner, "sale", at=self.at, expires_at=self.at + LASTS)

    def load(self, number: int) -> None:
        """Upload so many codes that never were before, by a file and its import."""
        lines = [f"CODE-{self.written + place:05d}" for place in range(number)]
        self.written += number
        upload(self.sale, lines, at=self.at)

    def campaign(self, first: bool) -> Campaign:
        return self.free if first else self.strict

    def one_of(self, status: str, number: int) -> Issuance | None:
        rows = Issuance.objects.filter(status=status).select_related("code").order_by("pk")
        return rows[number % rows.count()] if rows.exists() else None

    def code_in(self, state: str, number: int) -> VoucherCode | None:
        rows = VoucherCode.objects.filter(state=state).order_by("pick_key")
        rows = rows.select_related("voucher_list__business", "voucher_list__partner")
        return rows[number % rows.count()] if rows.exists() else None

    @property
    def is_open(self) -> bool:
        self.sale.refresh_from_db()
        return self.sale.status in OPEN and self.sale.expires_at > self.at

    @rule(who=people, first=st.booleans())
    def issue(self, who: int, first: bool) -> None:
        given = ask(self.campaign(first), person(who), at=self.at)
        if given.outcome == Outcome.ISSUED:
            assert given.issuance is not None
            assert self.sale.expires_at > self.at

    @rule(who=people, first=st.booleans())
    def reserve(self, who: int, first: bool) -> None:
        hold(self.campaign(first), person(who), at=self.at)

    @rule(number=which)
    def confirm(self, number: int) -> None:
        row = self.one_of(IssuanceStatus.RESERVED, number)
        if row is not None:
            try:
                confirming.confirm(issuance=row, at=self.at)
            except DomainError:
                row.refresh_from_db()
                assert row.status == IssuanceStatus.RESERVED

    @rule(number=which)
    def release(self, number: int) -> None:
        if row := self.one_of(IssuanceStatus.RESERVED, number):
            confirming.release(issuance=row, at=self.at)

    @rule(number=which)
    def look(self, number: int) -> None:
        if row := self.one_of(IssuanceStatus.ISSUED, number):
            showing.reveal(issuance=row, at=self.at)
            self.seen[row.code_id] = row.recipient_key

    @rule(number=which, another=st.booleans())
    def revoke(self, number: int, another: bool) -> None:
        row = self.one_of(IssuanceStatus.ISSUED, number)
        if row is not None:
            revoking.revoke(
                issuance=row, reason="x", may_receive_another=another, actor=None, at=self.at
            )

    @rule(number=which)
    def redeem(self, number: int) -> None:
        row = self.one_of(IssuanceStatus.ISSUED, number)
        if row is not None and row.code is not None:
            redeeming.redeem(
                report=Report(code=row.code.code, reference="R"),
                reporter=reporter(self.business),
                at=self.at,
            )
            self.seen[row.code_id] = row.recipient_key

    @rule(number=which)
    def reverse(self, number: int) -> None:
        row = self.one_of(IssuanceStatus.REDEEMED, number)
        if row is not None and row.code is not None:
            redeeming.reverse(
                report=Report(code=row.code.code, reference="R"),
                reporter=reporter(self.business),
                at=self.at,
            )

    @rule(number=which, state=st.sampled_from([CodeState.AVAILABLE, CodeState.RESERVED]))
    def present_too_early(self, number: int, state: str) -> None:
        if code := self.code_in(state, number):
            verdict = redeeming.redeem(
                report=Report(code=code.code), reporter=reporter(self.business), at=self.at
            )
            assert verdict.refusal is not None

    @rule(number=which, state=st.sampled_from([CodeState.AVAILABLE, CodeState.RESERVED]))
    def make_void(self, number: int, state: str) -> None:
        if code := self.code_in(state, number):
            reveals.void(code=code, actor=self.ada, reason=VoidReason.MANUAL, note="x", at=self.at)

    @rule(minutes=st.sampled_from([1, 10, 20, 40]))
    def time_goes_on(self, minutes: int) -> None:
        self.at += timedelta(minutes=minutes)
        list_statuses.expire_due(at=self.at)
        reservations.release_lapsed(at=self.at)
        code_expiry.expire_due(at=self.at, limit=100)

    @precondition(lambda self: self.is_open)
    @rule(number=st.integers(1, 3))
    def top_up(self, number: int) -> None:
        self.load(number)
        waiting.serve(voucher_list=self.sale, at=self.at)

    @rule(number=which)
    def withdraw(self, number: int) -> None:
        rows = UploadBatch.objects.filter(status__in=uploads.COMPLETED).order_by("pk")
        if rows.exists():
            withdrawing.withdraw(batch=rows[number % rows.count()], actor=self.ada, at=self.at)

    @precondition(lambda self: self.is_open)
    @rule()
    def pause_or_activate(self) -> None:
        is_active = self.sale.status == ListStatus.ACTIVE
        act = list_statuses.pause if is_active else list_statuses.activate
        act(voucher_list=self.sale, actor=self.ada, at=self.at)
        waiting.serve(voucher_list=self.sale, at=self.at)

    @rule()
    def extend(self) -> None:
        self.sale.refresh_from_db()
        edit = ListEdit(name=self.sale.name, expires_at=self.at + LASTS)
        self.sale = lists.update(
            voucher_list=self.sale, data=edit, version=self.sale.version, actor=None, at=self.at
        )
        list_upkeep.extend_codes(voucher_list=self.sale, at=self.at)
        waiting.serve(voucher_list=self.sale, at=self.at)

    @rule()
    def archive_and_begin_anew(self) -> None:
        for mapping in CampaignList.objects.filter(removed_at=None):
            campaign_lists.unlink(mapping=mapping, actor=self.ada, at=self.at)
        gone = list_statuses.archive(
            voucher_list=self.sale, typed_tag="sale", actor=self.ada, at=self.at
        )
        list_upkeep.release_codes(voucher_list=gone, at=self.at)
        self.open_list()
        self.load(2)
        link_list(self.free, self.sale)
        link_list(self.strict, self.sale, quota=4)
        waiting.serve(at=self.at)

    @invariant()
    def nothing_is_lost_or_doubled(self) -> None:
        assert faults() == []
        assert list_upkeep.recount_all(at=self.at) == 0

    @invariant()
    def what_somebody_saw_is_nobody_elses(self) -> None:
        for code, who in self.seen.items():
            row = VoucherCode.objects.get(pk=code)
            assert row.state not in (CodeState.AVAILABLE, CodeState.RESERVED)
            mine = Issuance.objects.filter(code=code, issued_at__isnull=False).latest("pk")
            assert mine.recipient_key == who

    @invariant()
    def every_hold_has_a_clock_that_runs_or_a_list_that_stands(self) -> None:
        held = Issuance.objects.filter(status=IssuanceStatus.RESERVED)
        still = held.filter(reserved_until__isnull=True).select_related("voucher_list")
        assert all(row.voucher_list and row.voucher_list.status == "paused" for row in still)


@pytest.fixture
def media(tmp_path: Path) -> Iterator[Path]:
    with override_settings(MEDIA_ROOT=tmp_path):
        yield tmp_path


@pytest.mark.scenario("VCH-78")
@pytest.mark.django_db
def test_no_story_loses_or_doubles_a_code(media: Path) -> None:
    run_state_machine_as_test(
        VoucherStories,
        settings=settings(
            max_examples=15,
            stateful_step_count=24,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
