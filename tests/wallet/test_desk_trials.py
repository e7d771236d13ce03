"""Trying a purchase on a pool: the decision of a real purchase, with its reasons, by the local clock."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from events.conditions import EVERYTHING, ConditionSet, TimeCondition, TimeRow
from events.drafts import LineData, PurchaseData
from tests.factories.directory import make_business
from tests.wallet import money
from wallet.models import CommercePoolVersion
from wallet.services.trials import Attempt, Trial, try_purchase

pytestmark = pytest.mark.django_db


def tried(
    at: datetime, conditions: ConditionSet, *, activated: bool = False, **rules: Any
) -> Trial:
    """Try 9.00 of money of the pool on a purchase of 20.00 in Nicosia."""
    business = make_business(zone="Asia/Nicosia")
    data = PurchaseData(
        performed_at=at, currency="EUR", net_minor=2000, tax_minor=0, total_minor=2000,
        lines=(
            LineData(
                sku="A", quantity=Decimal(1), net_minor=2000, tax_minor=0, total_minor=2000
            ),
        ),
    )  # fmt: skip
    return try_purchase(
        business=business,
        version=CommercePoolVersion(**rules),
        conditions=conditions,
        attempt=Attempt(business, data, 900, date(2026, 3, 1), activated),
        at=money.NOW,
    )


@pytest.mark.scenario("WAL-36")
def test_row_of_times_follows_the_wall_clock_when_it_is_put_forward() -> None:
    """In Nicosia the clock went from 03:00 to 04:00 on 29 March 2026, at 01:00 UTC."""
    night = ConditionSet(time=TimeCondition((TimeRow(start_minute=150, end_minute=210),)))
    before = tried(datetime(2026, 3, 29, 0, 45, tzinfo=UTC), night)
    after = tried(datetime(2026, 3, 29, 1, 5, tzinfo=UTC), night)
    assert before.paid.minor == 900
    assert after.paid.minor == 0
    assert [step.found for step in after.steps if not step.passed] == [
        "on Sunday 29 March 2026 at 04:05:00"
    ]


def test_money_that_was_not_activated_pays_nothing_and_says_so() -> None:
    at = datetime(2026, 3, 10, 12, tzinfo=UTC)
    asked = tried(at, EVERYTHING, requires_activation=True)
    assert (asked.paid.minor, asked.steps[-1].found) == (0, "not activated")
    assert tried(at, EVERYTHING, requires_activation=True, activated=True).paid.minor == 900


def test_relative_expiry_counts_calendar_days_of_the_business() -> None:
    """Granted on 1 March for a month: the last usable day is 31 March, by the clock of Nicosia."""
    rules = {"end_rule": "RELATIVE", "end_after": 1, "end_unit": "MONTH"}
    assert tried(datetime(2026, 3, 31, 20, 59, tzinfo=UTC), EVERYTHING, **rules).matches
    assert not tried(datetime(2026, 3, 31, 21, 0, tzinfo=UTC), EVERYTHING, **rules).matches
