"""Pages that are made from the code or the tests say what these say."""

from __future__ import annotations

from django.core.management import call_command

from tests.house import scenarios


def test_the_page_on_the_workflow_is_up_to_date() -> None:
    call_command("document_workflow", check=True)


def test_the_list_of_scenarios_is_up_to_date() -> None:
    assert scenarios.page() == scenarios.LIST.read_text(), (
        "Run python -m tests.house.scenarios to write the list anew."
    )


def test_every_scenario_that_a_test_names_exists() -> None:
    known = scenarios.scenarios()
    assert len(known) == 74
    named = {name for name in scenarios.carriers() if name.startswith("INC-")}
    assert named <= set(known)
