"""What may be stated of a link template, and how it reads (incentives.md 7.1). No database."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from core.money import Money
from incentives.completeness.offers import OfferValues
from incentives.completeness.templates import TemplateValues, template_problems
from incentives.terms import Terms
from incentives.words import template_words

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Product:
    name: str = "Rooftop panels"


@dataclass(frozen=True)
class Stand:
    """A program as far as rules look at it."""

    is_active: bool = True
    allowed_incentive_types: tuple[str, ...] = ()
    product_service: Product = field(default_factory=Product)


def values(program: Any = None, **fields: Any) -> TemplateValues:
    offer = OfferValues(
        program=program or Stand(),  # type: ignore[arg-type]
        entity_type="individual",
        entity_stage="lead",
        incentive_type="cashback",
        terms=Terms.money(Money(5000, "EUR")),
        delivery_method="link",
        message="Come and see us.",
    )
    own = {
        name: fields.pop(name) for name in ("name", "validity_days", "max_uses") if name in fields
    }
    return replace(TemplateValues(name="Spring fair", offer=replace(offer, **fields)), **own)


def test_complete_template_has_no_problem() -> None:
    assert template_problems(values(), AT) == {}


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"name": " "}, {"name"}),
        ({"name": "x" * 81}, {"name"}),
        ({"message": ""}, {"message"}),
        ({"message": "x" * 1025}, {"message"}),
        ({"entity_type": ""}, {"entity_type"}),
        ({"terms": None}, {"value", "value_description"}),
        ({"max_uses": 0}, {"max_uses"}),
        ({"max_uses": 100_001}, {"max_uses"}),
        ({"validity_days": None}, {"validity_days"}),
        ({"validity_days": 0}, {"validity_days"}),
        ({"validity_days": 366}, {"validity_days"}),
        ({"offer_type": "group"}, {"max_required_members"}),
        ({"offer_type": "group", "max_required_members": 501}, {"max_required_members"}),
        ({"max_required_members": 3}, {"max_required_members"}),
        ({"program": Stand(is_active=False)}, {"program"}),
        ({"program": Stand(allowed_incentive_types=("discount",))}, {"incentive_type"}),
    ],
)
def test_each_problem_is_named_at_its_field(fields: dict[str, Any], wrong: set[str]) -> None:
    assert set(template_problems(values(**fields), AT)) == wrong


@pytest.mark.parametrize(
    "fields",
    [
        {"name": "x" * 80},
        {"message": "x" * 1024},
        {"max_uses": 1},
        {"max_uses": 100_000},
        {"validity_days": 1},
        {"validity_days": 365},
        {"offer_type": "group", "max_required_members": 2},
    ],
)
def test_each_limit_itself_is_allowed(fields: dict[str, Any]) -> None:
    assert template_problems(values(**fields), AT) == {}


def test_maximum_may_not_fall_below_the_uses_so_far() -> None:
    found = template_problems(values(max_uses=4), AT, uses_count=5)
    assert found == {"max_uses": "It was used 5 times already: enter at least 5."}
    assert template_problems(values(max_uses=5), AT, uses_count=5) == {}
    assert template_problems(values(max_uses=None), AT, uses_count=5) == {}


def test_offer_of_a_use_is_open_for_the_days_of_the_template() -> None:
    made = values(validity_days=10, show_on_program_page=True).offer_at(AT)
    assert made.expires_at == AT + timedelta(days=10)
    assert made.delivery_method == "link"
    assert made.show_on_program_page is False


def test_single_template_reads_as_sentences() -> None:
    lines = template_words(values(max_uses=1, validity_days=1), provider="Acme Solar")
    assert lines[0] == "Acme Solar offers €50.00 cashback on Rooftop panels to a lead (individual)."
    assert "Everybody who opens the link" in lines[1]
    assert "Each offer stays open for one day." in lines
    assert "It can be used once." in lines


def test_group_template_says_that_only_founding_counts() -> None:
    lines = template_words(
        values(offer_type="group", max_required_members=4), provider="Acme Solar"
    )
    assert "founds a group of up to 4 people" in lines[1]
    assert "only founding counts as a use" in lines[1]
    assert "There is no limit to how often it can be used." in lines
