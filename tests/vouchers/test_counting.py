"""Counters are true to the codes at every commit (vouchers.md 2.4, R-CONS)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from directory.models import Organisation
from tests.factories.vouchers import MORNING, make_codes, make_list, make_partner
from vouchers.choices import CodeState, ListStatus
from vouchers.models import ListCount, VoucherCode
from vouchers.selectors.numbers import numbers, numbers_of
from vouchers.services import counting


def test_the_numbers_of_a_list_follow_its_codes(acme: Organisation) -> None:
    made = make_list(make_partner(acme))
    make_codes(made, 5)
    for state in (CodeState.RESERVED, CodeState.ISSUED, CodeState.REDEEMED, CodeState.EXPIRED):
        make_codes(made, 1, state=state)
    make_codes(made, 2, state=CodeState.VOID)
    make_codes(made, 3, state=CodeState.STAGED)
    found = numbers(made, at=MORNING)
    assert (found.uploaded, found.reserved, found.issued, found.available) == (9, 1, 3, 5)
    assert (found.redeemed, found.expired, found.void, found.published) == (1, 1, 2, 11)
    assert found.utilisation == Decimal("33.3")
    assert not counting.compare(made).differs


@pytest.mark.parametrize("status", [ListStatus.PAUSED, ListStatus.EXPIRED, ListStatus.ARCHIVED])
def test_only_an_active_list_has_distributable_codes(acme: Organisation, status: str) -> None:
    made = make_list(make_partner(acme), status=status)
    make_codes(made, 5)
    assert numbers(made, at=MORNING - timedelta(days=9)).distributable == 0


def test_codes_are_locked_from_the_expiry_on_by_the_clock_itself(acme: Organisation) -> None:
    made = make_list(make_partner(acme))
    make_codes(made, 5)
    before = made.expires_at - timedelta(microseconds=1)
    assert numbers(made, at=before).distributable == 5
    assert numbers(made, at=made.expires_at).distributable == 0
    assert numbers(made, at=made.expires_at).available == 5


def test_the_numbers_of_many_lists_take_one_query(
    acme: Organisation, django_assert_num_queries
) -> None:
    partner = make_partner(acme)
    lists = [make_list(partner) for _ in range(4)]
    make_codes(lists[0], 2)
    with django_assert_num_queries(1):
        found = numbers_of(lists, at=MORNING)
    assert [found[row.pk].available for row in lists] == [2, 0, 0, 0]


def test_a_recount_corrects_what_differs_and_says_it(acme: Organisation) -> None:
    made = make_list(make_partner(acme))
    make_codes(made, 5)
    ListCount.objects.filter(voucher_list=made, slot=3).update(issued=2, void=1)
    assert counting.recount(made).words() == "issued 2 instead of 0, void 1 instead of 0"
    assert not counting.recount(made).differs
    assert numbers(made, at=MORNING).available == VoucherCode.objects.count() == 5
