"""Drawing a lottery: rewards.md 8.3 with its known answers."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from hypothesis import given as given_that
from hypothesis import strategies as st

from rewards.rules import drawing
from rewards.rules.drawing import Entry, Published
from tests.rewards.test_award_amounts import VECTORS

KNOWN = VECTORS["lottery"]
SEED = bytes(range(32))
ENTRIES = [Entry(one["entry_no"], one["contact"]) for one in KNOWN[0]["entries"]]
CTX = "offer=42;draw=1"
entries = st.lists(st.sampled_from(["C1", "C2", "C3", "C4"]), max_size=9).map(
    lambda codes: [Entry(number, code) for number, code in enumerate(codes, start=1)]
)


@pytest.mark.scenario("RWD-113")
@pytest.mark.parametrize(
    "case", KNOWN, ids=lambda case: f"{case['beacon']}-{case['winners_wanted']}"
)
def test_the_known_answers_come_out_exactly(case: dict[str, Any]) -> None:
    seed = bytes.fromhex(case["seed_hex"])
    assert drawing.commitment(seed) == case["commitment"]
    assert drawing.digest(ENTRIES).hex() == case["entries_digest"]
    assert drawing.context(offer_id=42, draw=1) == case["ctx"]
    picks = drawing.draw(
        ENTRIES, seed=seed, ctx=case["ctx"], beacon=case["beacon"], winners=case["winners_wanted"]
    )
    found = [
        {
            "counter": pick.counter,
            "hmac_first8": pick.mac[:8].hex(),
            "remaining": pick.remaining,
            "index": pick.index,
            "entry_no": pick.entry.number,
            "contact": pick.entry.contact_code,
        }
        for pick in picks
    ]
    assert found == case["winners"]


def test_half_of_the_entries_win_half_of_the_draws() -> None:
    wins = sum(
        drawing.draw(
            ENTRIES, seed=hashlib.sha256(number.to_bytes(4, "big")).digest(), ctx=CTX, winners=1
        )[0].entry.contact_code
        == "C1"
        for number in range(20_000)
    )
    assert 0.49 <= wins / 20_000 <= 0.51


def test_the_order_in_which_entries_are_read_changes_nothing() -> None:
    forth = drawing.draw(ENTRIES, seed=SEED, ctx=CTX, winners=3)
    assert drawing.draw(ENTRIES[::-1], seed=SEED, ctx=CTX, winners=3) == forth


@given_that(entries, st.binary(min_size=32, max_size=32), st.integers(1, 6), st.text(max_size=9))
def test_each_contact_wins_once_and_fewer_contacts_than_prizes_all_win(
    valid: list[Entry], seed: bytes, winners: int, beacon: str
) -> None:
    picks = drawing.draw(valid, seed=seed, ctx=CTX, beacon=beacon, winners=winners)
    codes = [pick.entry.contact_code for pick in picks]
    assert len(set(codes)) == len(codes) == min(winners, len({one.contact_code for one in valid}))
    assert all(pick.entry in valid for pick in picks)


def test_a_contact_code_that_could_be_read_two_ways_is_refused() -> None:
    with pytest.raises(ValueError, match="no contact code"):
        Entry(1, "C1\n2|C2")


def published() -> Published:
    picks = drawing.draw(ENTRIES, seed=SEED, ctx=CTX, winners=3)
    return Published(
        commitment=drawing.commitment(SEED),
        digest=drawing.digest(ENTRIES).hex(),
        winners=tuple(pick.entry.number for pick in picks),
    )


def discrepancies(**changes: Any) -> tuple[str, ...]:
    given: dict[str, Any] = {"entries": ENTRIES, "seed": SEED, "ctx": CTX, "wanted": 3, **changes}
    return drawing.discrepancies(published(), given.pop("entries"), **given)


def test_verification_names_what_was_changed() -> None:
    assert discrepancies() == ()
    assert discrepancies(entries=[*ENTRIES[:-1], Entry(6, "C9")]) == ("D",)
    assert discrepancies(seed=bytes(32)) == ("seed", "winners")
    assert discrepancies(beacon="round-7") == ("winners",)
    assert discrepancies(ctx="offer=42;draw=2") == ("winners",)
