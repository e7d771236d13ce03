"""The request's table in the code is the table of the specification, row by row."""

from __future__ import annotations

import re
from itertools import product
from pathlib import Path

import pytest

from incentives.choices import Side
from incentives.choices.requests import (
    REQUEST_CLOSED,
    REQUEST_CONFIRMED,
    REQUEST_FACES,
    REQUEST_JOINABLE,
    RequestStatus,
    waits_for,
)
from incentives.guards import GUARDS
from incentives.services.request_statuses import KNOWN
from incentives.words.requests import next_step
from incentives.workflow.requests import REQUEST

SPECIFICATION = Path(__file__).parents[2] / "docs/specification/incentives.md"
CODES = {status.label: status.value for status in RequestStatus}
SIDES = [side.value for side in Side]


def specified() -> set[tuple[str | None, str, str]]:
    """Return every change that the table of section 8.2 lists: from, to, who."""
    text = SPECIFICATION.read_text()
    table = text[text.index("### 8.2") : text.index("## 9.")]
    found: set[tuple[str | None, str, str]] = set()
    for source, targets, who in re.findall(r"^\| (.+?) \| (.+?) \| (.+?) \|$", table, re.MULTILINE):
        if source in {"From", "---"}:
            continue
        names = [name.strip() for name in re.sub(r"\(.*?\)", "", targets).split(",")]
        side = who.split()[0].lower()
        for name in names:
            found |= {(start, CODES[name], side) for start in _sources(source)}
    return found


def _sources(words: str) -> list[str | None]:
    if words == "(none)":
        return [None]
    if words == "any before Approved Confirmed":
        return [
            status.value
            for status in RequestStatus
            if status not in REQUEST_CLOSED | REQUEST_CONFIRMED
        ]
    return [CODES[words]]


def test_the_table_is_the_one_of_the_specification() -> None:
    built = {(row.source, row.target, row.actor) for row in REQUEST}
    assert built == specified()
    assert len(list(REQUEST)) == len(built)


@pytest.mark.parametrize("set_by", SIDES)
@pytest.mark.parametrize("status", [None, *RequestStatus.values])
def test_exactly_the_listed_changes_are_found(status: str | None, set_by: str) -> None:
    for target, actor in product(RequestStatus.values, SIDES):
        expected = (status, target, actor) in specified()
        if (status, target, actor) == ("negotiating", "approved", "recipient"):
            # Nobody agrees to terms that they proposed themselves.
            expected = set_by == "provider"
        row = REQUEST.find(status=status, target=target, actor=actor, set_by=set_by)
        assert bool(row) == expected, (status, set_by, target, actor)


def test_every_name_in_the_table_is_known() -> None:
    for row in REQUEST:
        assert set(row.guards) <= set(GUARDS), row.code
        assert set(row.effects) <= KNOWN, row.code
        assert set(row.needs) <= {"text", "terms", "counter"}, row.code


def test_every_status_can_be_reached_and_only_closed_ones_are_final() -> None:
    assert {row.target for row in REQUEST} == set(RequestStatus.values)
    left = {row.source for row in REQUEST}
    assert {status for status in RequestStatus if status.value not in left} == REQUEST_CLOSED


def test_a_request_can_be_cancelled_until_it_is_confirmed_and_never_after() -> None:
    sources = {row.source for row in REQUEST if row.target == "cancelled"}
    assert sources == {
        status.value for status in RequestStatus if status not in REQUEST_CONFIRMED | REQUEST_CLOSED
    }


@pytest.mark.parametrize("status", RequestStatus.values)
@pytest.mark.parametrize("set_by", ["provider", "recipient"])
def test_every_status_has_its_face_and_says_what_happens_next(status: str, set_by: str) -> None:
    face = REQUEST_FACES[RequestStatus(status)]
    assert RequestStatus(status).tone
    assert RequestStatus(status).icon == face.icon
    for side in ("provider", "recipient"):
        assert next_step(status=status, set_by=set_by, side=side).endswith(".")
    moves = {
        row.actor
        for row in REQUEST
        if row.allows(status=status, actor=row.actor, set_by=set_by) and row.target != "cancelled"
    }
    waited = waits_for(status, set_by)
    assert waited in moves or (waited == "" and not moves)


def test_who_sets_a_status_is_what_its_face_says() -> None:
    for status in RequestStatus:
        setters = {row.actor for row in REQUEST if row.target == status}
        assert setters == {side.lower() for side in REQUEST_FACES[status].set_by.split("/")}, status


def test_a_group_takes_members_between_submission_and_confirmation() -> None:
    assert "draft" not in REQUEST_JOINABLE
    assert not REQUEST_JOINABLE & (REQUEST_CONFIRMED | REQUEST_CLOSED)
    assert "requested" in REQUEST_JOINABLE
    assert "approved" in REQUEST_JOINABLE
