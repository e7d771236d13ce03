"""Clock changes, and currencies without decimals (wallet.md 2.2, 4.4)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from core.calendar import local
from directory.models import Organisation
from events.conditions import ConditionSet, TimeCondition
from events.conditions.time import TimeRow
from events.services import conditions
from tests.wallet import money
from tests.wallet.money import NOW, TILL
from wallet.choices import AccountKind
from wallet.models import Wallet
from wallet.services.spending import spend

# In Athens the clock goes from 03:00 to 04:00 on 28 March 2027, at 01:00 UTC.
BEFORE = datetime(2027, 3, 28, 0, 45, tzinfo=UTC)
AFTER = datetime(2027, 3, 28, 1, 5, tzinfo=UTC)


@pytest.mark.scenario("WAL-36")
@pytest.mark.parametrize(
    ("at", "wall_clock", "redeemed"), [(BEFORE, "02:45", 500), (AFTER, "04:05", 0)]
)
def test_hours_are_those_of_the_wall_clock_when_it_jumps(
    ana: Wallet, business: Organisation, at: datetime, wall_clock: str, redeemed: int
) -> None:
    rows = (TimeRow(start_minute=2 * 60 + 30, end_minute=3 * 60 + 30),)
    night = conditions.create(
        business=business, rules=ConditionSet(time=TimeCondition(rows)), at=NOW
    )
    money.award(ana, 500, money.pool(business, "Night", conditions=night))
    local_at = local(at, "Europe/Athens")
    assert f"{local_at:%H:%M}" == wall_clock
    facts = replace(money.purchase(ana, 500, at=at), local_at=local_at)
    paid = spend(wallet=ana, facts=facts, key=money.key(), actor=TILL, at=at)
    assert paid.redeemed_minor == redeemed


@pytest.mark.scenario("WAL-116")
def test_yen_have_no_decimals(business: Organisation) -> None:
    Organisation.objects.filter(pk=business.pk).update(base_currency="JPY")
    business.refresh_from_db()
    money.choose(business, caps_commerce_at_90=True)
    ana = money.wallet(business)
    assert ana.currency == "JPY"
    money.award(ana, 5_000)
    paid = money.spend(ana, total=1_000)
    assert (paid.redeemed_minor, paid.due_minor) == (900, 100)
    assert money.balance(ana, AccountKind.COMMERCE_LOT) == 4_100
