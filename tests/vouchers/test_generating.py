"""Drawing codes: the recipe's arithmetic, the draw, and the batch that comes of it (vouchers.md 9.5)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cast import Cast
from tests.factories.vouchers import MORNING, make_codes, make_list, make_partner
from tests.vouchers.loading import codes_of, work_off
from vouchers import generating
from vouchers.choices import BatchStatus, PartnerKind
from vouchers.generating import READABLE, SETS, Capacity, Recipe, check_character, faults_of
from vouchers.models import VoucherCode, VoucherList
from vouchers.services import counting, drawing, upload_reports


def a_recipe(pattern: str = "HOLI-####-####", signs: str = READABLE, **changes: Any) -> Recipe:
    return Recipe(**{"pattern": pattern, "signs": signs, "quantity": 100, **changes})


@pytest.fixture
def own(cast: Cast) -> VoucherList:
    return make_list(make_partner(cast.acme, "Own engine", kind=PartnerKind.INTERNAL), "own")


def test_every_place_is_drawn_from_the_set_and_the_rest_stays() -> None:
    for signs in SETS.values():
        for code in a_recipe("A%s-##x#", signs).draw(200):
            assert (code[:4], code[6], len(code)) == ("A%s-", "x", 8)
            assert set(code[4:6] + code[7]) <= set(signs)


def test_every_sign_is_as_likely_as_any_other() -> None:
    drawn = "".join(a_recipe("#" * 100, "ABCDEFG").draw(700))
    shares = [drawn.count(sign) / len(drawn) for sign in "ABCDEFG"]
    assert all(abs(share - 1 / 7) < 0.02 for share in shares)


def test_blocked_words_are_drawn_again() -> None:
    codes = list(a_recipe("###", "ab", blocked=("AAB", "bb")).draw(300))
    assert len(codes) == 300
    assert set(codes) == {"aaa", "aba", "baa", "bab"}


def test_a_recipe_whose_codes_are_all_blocked_is_refused_and_not_drawn_for_ever() -> None:
    always = a_recipe("ASS-####", blocked=("ASS",))
    assert list(faults_of(always)) == ["pattern"]
    assert list(faults_of(a_recipe("##", "AB", blocked=("A", "B")))) == ["pattern"]
    assert faults_of(a_recipe("###", "ab", blocked=("AAB", "bb"))) == {}


def test_the_check_character_notices_a_wrong_and_a_swapped_sign() -> None:
    for code in a_recipe(has_check=True).draw(50):
        body, check = code[:-1], code[-1]
        assert check_character(body, READABLE) == check
        for place in range(5, 9):
            other = next(sign for sign in READABLE if sign != body[place])
            wrong = body[:place] + other + body[place + 1 :]
            assert check_character(wrong, READABLE) != check


def test_capacity_is_refused_below_ten_and_warned_of_below_a_million_for_each_code() -> None:
    assert Capacity(9_999, 1_000).is_too_small
    assert not Capacity(10_000, 1_000).is_too_small
    assert Capacity(10_000, 500, existing=501).is_too_small
    assert Capacity(10**9 - 1, 1_000).is_guessable
    assert not Capacity(10**9, 1_000).is_guessable


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"pattern": "HOLI"}, "pattern"),
        ({"pattern": "=###"}, "pattern"),
        ({"pattern": "A B##"}, "pattern"),
        ({"pattern": "A;##"}, "pattern"),
        ({"signs": "AAAA"}, "signs"),
        ({"signs": "A,B"}, "signs"),
        ({"quantity": 0}, "quantity"),
    ],
)
def test_a_recipe_without_sense_is_refused_at_its_field(
    changes: dict[str, Any], field: str
) -> None:
    assert list(faults_of(a_recipe(**changes))) == [field]


@pytest.mark.django_db
@pytest.mark.scenario("VCH-75")
def test_too_small_a_pattern_is_refused_and_a_hundred_thousand_readable_codes_are_made(
    own: VoucherList, cast: Cast
) -> None:
    small = a_recipe("##", SETS["digits"], quantity=1_000)
    with pytest.raises(drawing.CannotGenerate) as refused:
        drawing.generate(voucher_list=own, recipe=small, actor=cast.ada, at=MORNING)
    assert "100 combinations" in refused.value.message
    assert "10,000" in refused.value.message
    recipe = a_recipe(quantity=100_000)
    batch = work_off(drawing.generate(voucher_list=own, recipe=recipe, actor=cast.ada, at=MORNING))
    assert (batch.status, batch.published_count) == (BatchStatus.COMPLETED, 100_000)
    codes = codes_of(own)
    assert len(set(codes)) == 100_000
    assert not set("".join(code.removeprefix("HOLI-") for code in codes)) & set("0O1IL8B")
    assert not counting.compare(own).differs


@pytest.mark.django_db
def test_what_is_there_already_is_drawn_again(own: VoucherList) -> None:
    there = [f"X-{a}{b}" for a in "ABCDEFGHIJ" for b in "ABCDEFGHIJ"][:70]
    make_codes(own, codes=there)
    recipe = a_recipe("X-##", "ABCDEFGHIJ", quantity=10)
    batch = work_off(drawing.generate(voucher_list=own, recipe=recipe, actor=None, at=MORNING))
    assert (batch.published_count, batch.rejected_count) == (10, 0)
    assert VoucherCode.objects.filter(voucher_list=own).count() == 80
    assert not batch.lines.exists()


@pytest.mark.django_db
def test_a_pattern_whose_codes_all_exist_is_given_up(own: VoucherList) -> None:
    """Files have brought them, so that the arithmetic of generated codes does not know."""
    make_codes(own, codes=[f"X-{a}{b}" for a in "ABCDEFGHIJ" for b in "ABCDEFGHIJ"])
    recipe = a_recipe("X-##", "ABCDEFGHIJ", quantity=5)
    batch = work_off(drawing.generate(voucher_list=own, recipe=recipe, actor=None, at=MORNING))
    assert (batch.status, batch.error_code) == (BatchStatus.FAILED, "USED_UP")
    assert "Choose a longer one" in batch.error_message
    assert VoucherCode.objects.filter(voucher_list=own).count() == 100


@pytest.mark.django_db
def test_generated_codes_are_handed_out_once(own: VoucherList, cast: Cast) -> None:
    batch = work_off(
        drawing.generate(voucher_list=own, recipe=a_recipe(), actor=cast.ada, at=MORNING)
    )
    codes = list(upload_reports.generated_once(batch=batch, actor=cast.ada, at=MORNING))
    assert sorted(codes) == sorted(codes_of(own))
    assert batch.downloads.get().user == cast.ada
    with pytest.raises(upload_reports.NoFile):
        upload_reports.generated_once(batch=batch, actor=cast.ada, at=MORNING)


@pytest.mark.django_db
def test_codes_are_generated_for_the_own_engine_only(cast: Cast) -> None:
    brand = make_list(make_partner(cast.acme, "Puma"))
    with pytest.raises(drawing.CannotGenerate):
        drawing.generate(voucher_list=brand, recipe=a_recipe(), actor=cast.ada, at=MORNING)


def test_the_block_list_is_in_capitals() -> None:
    assert all(word == word.upper() for word in generating.BLOCKED)
