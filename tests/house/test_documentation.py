"""Pages that are made from the code or the tests say what these say."""

from __future__ import annotations

import pytest
from django.core.management import call_command

from tests.house import scenarios


def test_the_page_on_the_workflow_is_up_to_date() -> None:
    call_command("document_workflow", check=True)


def test_the_list_of_scenarios_is_up_to_date() -> None:
    assert scenarios.page() == scenarios.LIST.read_text(), (
        "Run python -m tests.house.scenarios to write the list anew."
    )


@pytest.mark.parametrize(
    ("prefix", "count"), [("INC", 74), ("RWD", 154), ("WAL", 121), ("VCH", 78)]
)
def test_every_scenario_that_a_test_names_exists(prefix: str, count: int) -> None:
    known = scenarios.scenarios(prefix)
    assert len(known) == count
    named = {name for name in scenarios.carriers() if name.startswith(f"{prefix}-")}
    assert named <= set(known)
