"""The table in the code is the table of the specification, row by row."""

from __future__ import annotations

import re
from itertools import product
from pathlib import Path

import pytest

from incentives.choices import CLOSED, FACES, FINAL, REOFFERABLE, OfferStatus, Side
from incentives.guards import GUARDS
from incentives.services.effects import KNOWN
from incentives.workflow.offers import OFFER

SPECIFICATION = Path(__file__).parents[2] / "docs/specification/incentives.md"
STATUSES = [status.value for status in OfferStatus]
SIDES = [side.value for side in Side]
ROW = re.compile(
    r"^\| (?P<code>[PRS]\d\d) \| (?P<source>[a-z_]+|\(none\))(?: \(by (?P<after>[PR])\))?"
    r" \| (?P<target>[a-z_]+) \| (?P<who>\w+) \| (?P<guard>.*?) \| (?P<effects>.*?) \|$",
    re.MULTILINE,
)
AFTER = {None: None, "P": "provider", "R": "recipient"}
Line = tuple[str, str | None, str | None, str, str]


def specified() -> list[re.Match[str]]:
    return list(ROW.finditer(SPECIFICATION.read_text()))


def lines() -> list[Line]:
    return [
        (
            row["code"],
            None if row["source"] == "(none)" else row["source"],
            AFTER[row["after"]],
            row["target"],
            row["who"].lower(),
        )
        for row in specified()
    ]


def test_the_specification_has_all_its_rows() -> None:
    codes = [row["code"] for row in specified()]
    assert codes == [
        *(f"P{n:02}" for n in range(1, 39)),
        *(f"R{n:02}" for n in range(1, 25)),
        *(f"S{n:02}" for n in range(1, 5)),
    ]


def test_the_table_is_the_one_of_the_specification() -> None:
    built = [(row.code, row.source, row.after, row.target, row.actor) for row in OFFER]
    assert built == lines()


@pytest.mark.parametrize("set_by", SIDES)
@pytest.mark.parametrize("status", [None, *STATUSES])
def test_exactly_the_listed_changes_are_found(status: str | None, set_by: str) -> None:
    for target, actor in product(STATUSES, SIDES):
        expected = [
            code
            for code, source, after, to, who in lines()
            if (source, to, who) == (status, target, actor) and after in (None, set_by)
        ]
        row = OFFER.find(status=status, target=target, actor=actor, set_by=set_by)
        found = [row.code] if row else []
        assert found == expected, (status, set_by, target, actor)


def test_every_status_is_set_by_the_sides_that_the_manual_names() -> None:
    for status in OfferStatus:
        setters = {row.actor for row in OFFER if row.target == status}
        named = {side.lower() for side in FACES[status].set_by.split("/")}
        assert setters == named, status


def test_every_status_can_be_reached() -> None:
    assert {row.target for row in OFFER} == set(STATUSES)


def test_final_statuses_have_no_way_out_and_the_other_closed_ones_can_be_offered_again() -> None:
    assert {"rejected", "cancelled", "acknowledged"} == FINAL
    assert {"expired", "no_response"} == REOFFERABLE
    for status in STATUSES:
        exits = [row for row in OFFER if row.source == status]
        if status in FINAL:
            assert exits == []
        elif status in CLOSED:
            assert {(row.target, row.actor) for row in exits} == {("offered", "provider")}
        else:
            assert exits


def test_every_guard_and_effect_of_the_table_is_known() -> None:
    for row in OFFER:
        assert set(row.guards) <= set(GUARDS), row.code
        assert set(row.effects) <= KNOWN, row.code
        assert set(row.needs) <= {"text", "terms", "terms?", "granted", "counter", "expiry"}


def test_every_guard_is_used() -> None:
    assert {name for row in OFFER for name in row.guards} == set(GUARDS)


# What the specification's words ask for, by the names that stand in the code's table.
GUARD_WORDS = {
    "consent present": "consent",
    "recipient verified": "verified",
    "G1": "G1",
    "G2": "G2",
    "program Active": "program active",
    "no distribution Pending": "settled",
    "no distribution Success": "no success",
    "not expired": "not expired",
    "complete form": "complete",
    "0 < granted": "grant below",
    "value differs": "counter differs",
    "value > granted": "counter above grant",
    "response window passed": "window passed",
    "accept_target = approved": "accepts as approved",
    "accept_target = pre_claimed": "accepts as pre-claimed",
    "every** Active member": "every member claimed",
    "acknowledgement submitted": "acknowledgement submitted",
    "recipient addressed": "addressed",
}
NEED_WORDS = {
    "reply text": "text",
    "question text": "text",
    "answer text": "text",
    "reason text": "text",
    "new terms": "terms",
    "new expiry": "expiry",
    "granted <": "granted",
    "countered value differs": "counter",
    "countered value >": "counter",
}
EFFECT_WORDS = {
    "consent cleared": "consent cleared",
    "consent set": "consent set",
    "granted_value": "terms tabled",
    "counter fields": "terms tabled",
    "new expiry": "new expiry",
    "distributions created": "distributions created",
    "distributions → Failed": "distributions failed",
    "completed_at": "completed",
    "claimed_at": "claimed",
    "offered_at": "offered",
    "clock starts": "response clock",
    "response clock;": "response clock",
    "fresh token": "claim token or slug",
    "published": "acknowledgement published",
}
rows = pytest.mark.parametrize("row", specified(), ids=lambda row: row["code"])


def asked(words: dict[str, str], text: str) -> set[str]:
    return {name for said, name in words.items() if said in text}


@rows
def test_a_row_has_the_guards_of_the_specification(row: re.Match[str]) -> None:
    assert asked(GUARD_WORDS, row["guard"]) <= set(OFFER[row["code"]].guards)


@rows
def test_a_row_needs_what_the_specification_asks_for(row: re.Match[str]) -> None:
    assert asked(NEED_WORDS, row["guard"]) <= set(OFFER[row["code"]].needs)


@rows
def test_a_row_has_the_effects_of_the_specification(row: re.Match[str]) -> None:
    effects = set(OFFER[row["code"]].effects)
    assert asked(EFFECT_WORDS, row["effects"]) <= effects
    for code in re.findall(r"as ([PRS]\d\d)", row["effects"]):
        assert set(OFFER[code].effects) <= effects


@rows
def test_a_row_sends_the_mails_of_the_specification(row: re.Match[str]) -> None:
    assert set(re.findall(r"E\d\d", row["effects"])) <= set(OFFER[row["code"]].effects)


def test_consent_is_set_and_cleared_by_exactly_the_rows_of_the_definition() -> None:
    text = SPECIFICATION.read_text()
    definition = re.search(
        r"`recipient_agreed_at` is set by (.*?) and cleared by (.*?)\. Approved", text, re.DOTALL
    )
    assert definition is not None
    for effect, codes in zip(("consent set", "consent cleared"), definition.groups(), strict=True):
        assert {row.code for row in OFFER if effect in row.effects} == set(
            re.findall(r"[PR]\d\d", codes)
        )


def test_a_clock_runs_exactly_where_silence_closes_the_offer() -> None:
    clocked = {(row.target, row.actor) for row in OFFER if "response clock" in row.effects}
    assert clocked == {
        ("needs_info", "provider"),
        ("partial_granted", "provider"),
        ("requires_revision", "provider"),
    }
    silenced = {row.source for row in OFFER if row.target == "no_response"}
    assert silenced == {target for target, _ in clocked}
