"""Random stories of one list (VCH-78): whatever is done in whatever order, nothing is lost or doubled.

Two campaigns give out codes, one with a cap and a quota. After every step R-CONS holds, every code that
is somebody's is one person's, counters, quotas and allowances agree with the rows; a lapsed, released or
returned code may be given again, a void one never.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
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
from tests.factories.directory import make_business
from tests.factories.vouchers import link_list, make_campaign, make_codes, make_list, make_partner
from tests.vouchers.campaigning import NOW, ask, hold, person
from tests.vouchers.conservation import faults
from vouchers.choices import IssuanceStatus, Outcome
from vouchers.models import Campaign, CampaignList, Issuance, VoucherCode, VoucherList
from vouchers.services import (
    campaign_lists,
    confirming,
    reservations,
    revoking,
    showing,
    waiting,
)

people = st.integers(1, 6)
which = st.integers(0, 50)


class VoucherStories(RuleBasedStateMachine):
    """Six people, two campaigns, one list and its successor, one clock."""

    def __init__(self) -> None:
        super().__init__()
        self.block = transaction.atomic()
        self.block.__enter__()
        self.at = NOW
        self.partner = make_partner(make_business())
        self.open_list()
        make_codes(self.sale, 3)
        self.free = make_campaign(self.sale, max_per_recipient=2)
        self.strict = make_campaign(
            self.sale, max_per_recipient=3, max_total=5, quota=4, on_exhaustion="stop"
        )
        self.dead: set[Any] = set()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.block.__exit__(None, None, None)

    def open_list(self) -> None:
        self.sale = make_list(self.partner)

    def campaign(self, first: bool) -> Campaign:
        return self.free if first else self.strict

    def one_of(self, status: str, number: int) -> Issuance | None:
        rows = Issuance.objects.filter(status=status).order_by("pk")
        return rows[number % rows.count()] if rows.exists() else None

    @rule(who=people, first=st.booleans())
    def issue(self, who: int, first: bool) -> None:
        given = ask(self.campaign(first), person(who), at=self.at)
        if given.outcome == Outcome.ISSUED:
            assert given.issuance is not None
            assert given.issuance.code_id not in self.dead

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

    @rule(number=which, seen=st.booleans(), another=st.booleans())
    def revoke(self, number: int, seen: bool, another: bool) -> None:
        row = self.one_of(IssuanceStatus.ISSUED, number)
        if row is None:
            return
        if seen:
            showing.hand_over(issuance=row, at=self.at)
        row = revoking.revoke(
            issuance=row, reason="x", may_receive_another=another, actor=None, at=self.at
        )
        assert (row.status == IssuanceStatus.REVOKED) >= seen
        if row.status == IssuanceStatus.REVOKED:
            self.dead.add(row.code_id)

    @rule(minutes=st.sampled_from([1, 10, 20]))
    def time_goes_on(self, minutes: int) -> None:
        self.at += timedelta(minutes=minutes)
        reservations.release_lapsed(at=self.at)

    @rule(number=st.integers(1, 2))
    def top_up(self, number: int) -> None:
        if self.sale.status != "active":
            return
        make_codes(self.sale, number)
        waiting.serve(voucher_list=self.sale, at=self.at)

    @rule()
    def pause_or_activate(self) -> None:
        is_active = self.sale.status == "active"
        self.change_list("paused" if is_active else "active")
        change = reservations.freeze if is_active else reservations.thaw
        change(voucher_list=self.sale, at=self.at)
        waiting.serve(voucher_list=self.sale, at=self.at)

    @precondition(lambda self: self.sale.status == "active")
    @rule()
    def archive_and_begin_anew(self) -> None:
        for mapping in CampaignList.objects.filter(removed_at=None):
            campaign_lists.unlink(mapping=mapping, actor=None, at=self.at)
        reservations.release_of_list(voucher_list=self.sale, at=self.at)
        self.change_list("archived")
        self.open_list()
        make_codes(self.sale, 2)
        link_list(self.free, self.sale)
        link_list(self.strict, self.sale, quota=4)
        waiting.serve(at=self.at)

    def change_list(self, status: str) -> None:
        VoucherList.objects.filter(pk=self.sale.pk).update(status=status)
        self.sale.refresh_from_db()

    @invariant()
    def nothing_is_lost_or_doubled(self) -> None:
        assert faults() == []

    @invariant()
    def what_died_stays_dead(self) -> None:
        rows = VoucherCode.objects.filter(pk__in=self.dead)
        assert {one.state for one in rows} <= {"void"}


@pytest.mark.scenario("VCH-78")
@pytest.mark.django_db
def test_no_story_loses_or_doubles_a_code(db: None) -> None:
    run_state_machine_as_test(
        VoucherStories,
        settings=settings(
            max_examples=20,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
