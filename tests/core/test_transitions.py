from __future__ import annotations

import pytest

from core.transitions import Machine, Transition

DOOR = Machine(
    "door",
    [
        Transition("A1", None, "open", "guest"),
        Transition("A2", "open", "closed", "guest"),
        Transition("A3", "closed", "open", "guest", after="guest"),
        Transition("A4", "closed", "locked", "porter"),
        Transition("A5", "closed", "locked", "guest", after="porter"),
    ],
)


def found(status: str | None, target: str, actor: str, set_by: str | None) -> str | None:
    row = DOOR.find(status=status, target=target, actor=actor, set_by=set_by)
    return row.code if row else None


@pytest.mark.parametrize(
    ("status", "target", "actor", "set_by", "code"),
    [
        (None, "open", "guest", None, "A1"),
        ("open", "closed", "guest", "guest", "A2"),
        ("open", "closed", "porter", "guest", None),
        ("open", "locked", "guest", "guest", None),
        ("closed", "open", "guest", "guest", "A3"),
        ("closed", "open", "guest", "porter", None),
        ("closed", "locked", "porter", "guest", "A4"),
        ("closed", "locked", "guest", "guest", None),
        ("closed", "locked", "guest", "porter", "A5"),
        ("locked", "open", "porter", "porter", None),
        ("nowhere", "open", "guest", "guest", None),
    ],
)
def test_a_row_is_found_by_status_target_actor_and_who_set_the_status(
    status: str | None, target: str, actor: str, set_by: str | None, code: str | None
) -> None:
    assert found(status, target, actor, set_by) == code


def test_available_rows_come_in_table_order() -> None:
    rows = DOOR.available(status="closed", actor="guest", set_by="guest")
    assert [row.code for row in rows] == ["A3"]
    rows = DOOR.available(status="closed", actor="porter", set_by="guest")
    assert [row.code for row in rows] == ["A4"]


def test_a_final_status_has_no_way_out() -> None:
    for actor in ("guest", "porter"):
        assert DOOR.available(status="locked", actor=actor, set_by="porter") == ()


def test_a_code_may_stand_once() -> None:
    row = Transition("A1", None, "open", "guest")
    with pytest.raises(ValueError, match="twice"):
        Machine("door", [row, row])


def test_a_row_is_had_by_its_code() -> None:
    assert DOOR["A4"].target == "locked"
    with pytest.raises(KeyError):
        DOOR["A9"]
