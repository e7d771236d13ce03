from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from core.money import Money
from incentives.completeness.offers import DEFAULT_DAYS, OfferValues, problems
from incentives.terms import Terms

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Program:
    """As much of a program as the rules look at."""

    is_active: bool = True
    allowed_incentive_types: tuple[str, ...] = ()


COMPLETE = OfferValues(
    program=Program(),  # type: ignore[arg-type]
    entity_type="individual",
    entity_stage="lead",
    incentive_type="cashback",
    terms=Terms.money(Money(5000, "EUR")),
    recipient_email="noor@home.example",
    message="Thank you.",
    expires_at=NOW + timedelta(days=7),
)
LINK: dict[str, Any] = {"delivery_method": "link", "recipient_email": ""}
GROUP: dict[str, Any] = {"offer_type": "group", "max_required_members": 3}


def wrong(**changes: Any) -> set[str]:
    return set(problems(replace(COMPLETE, **changes), NOW))


def test_a_complete_offer_has_no_problem() -> None:
    assert problems(COMPLETE, NOW) == {}
    assert wrong(**LINK) == set()
    assert wrong(**GROUP, member_addresses=("a@b.example", "c@d.example")) == set()


def test_everything_that_is_missing_is_named_at_once() -> None:
    assert set(problems(OfferValues(), NOW)) == {
        "program",
        "entity_type",
        "entity_stage",
        "incentive_type",
        "value",
        "value_description",
        "recipient_email",
        "message",
        "expires_at",
    }


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"program": None}, {"program"}),
        ({"program": Program(is_active=False)}, {"program"}),
        ({"program": Program(allowed_incentive_types=("discount",))}, {"incentive_type"}),
        ({"program": Program(allowed_incentive_types=("discount", "cashback"))}, set()),
        ({"terms": None}, {"value", "value_description"}),
        ({"terms": Terms.words("A tour")}, set()),
        ({"message": " \n "}, {"message"}),
        ({"message": "m" * 1024}, set()),
        ({"message": "m" * 1025}, {"message"}),
        ({"recipient_email": ""}, {"recipient_email"}),
        ({"recipient_email": "noor"}, {"recipient_email"}),
        ({"recipient_email": "noor@home"}, {"recipient_email"}),
        ({"recipient_email": "noor haddad@home.example"}, {"recipient_email"}),
        ({"recipient_email": "a" * 243 + "@home.example"}, {"recipient_email"}),
        ({"delivery_method": "link"}, {"recipient_email"}),
        ({"max_required_members": 2}, {"max_required_members"}),
        ({**GROUP, "max_required_members": None}, {"max_required_members"}),
        ({**GROUP, "max_required_members": 1}, {"max_required_members"}),
        ({**GROUP, "max_required_members": 2}, set()),
        ({**GROUP, "max_required_members": 500}, set()),
        ({**GROUP, "max_required_members": 501}, {"max_required_members"}),
        ({**GROUP, "member_addresses": ("a@b.example",) * 4}, {"recipient_email"}),
    ],
)
def test_each_rule_of_sending_is_named_at_its_field(
    changes: dict[str, Any], fields: set[str]
) -> None:
    assert wrong(**changes) == fields


@pytest.mark.parametrize(
    ("ahead", "passes"),
    [
        (timedelta(minutes=30), False),
        (timedelta(minutes=59, seconds=59), False),
        (timedelta(hours=1), True),
        (timedelta(days=365), True),
        (timedelta(days=365, seconds=1), False),
        (timedelta(days=-1), False),
    ],
)
def test_an_offer_is_open_for_at_least_an_hour_and_at_most_a_year(
    ahead: timedelta, passes: bool
) -> None:
    assert wrong(expires_at=NOW + ahead) == (set() if passes else {"expires_at"})


def test_an_offer_without_an_end_cannot_be_sent() -> None:
    assert wrong(expires_at=None) == {"expires_at"}


def test_the_usual_end_is_seven_days_by_email_and_thirty_by_link() -> None:
    assert DEFAULT_DAYS == {"email": 7, "link": 30}
