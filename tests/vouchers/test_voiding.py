"""Codes of a file are made void: looked at first, then confirmed (vouchers.md 2.4; 8, page 3)."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.urls import reverse

from core.errors import Conflict
from directory.models import Organisation, User
from tests.cast import Cast, client_of
from tests.factories.vouchers import make_codes, make_list, make_partner
from tests.vouchers.campaigning import NOW, ask, hold, person, running
from tests.vouchers.conservation import faults
from tests.vouchers.loading import a_file, codes_of
from vouchers.choices import CodeCase, CodeState, IssuanceStatus
from vouchers.models import Issuance, VoucherCode, VoucherList
from vouchers.services import list_statuses, reveals, voiding
from vouchers.services.lists import ListArchived

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _media(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def sale(acme: Organisation) -> VoucherList:
    made = make_list(make_partner(acme, "Puma"), "sale")
    make_codes(made, codes=[f"CODE-{number}" for number in range(6)])
    return made


def named(*lines: str) -> io.BytesIO:
    return io.BytesIO("".join(f"{line}\n" for line in lines).encode())


def void(voucher_list: VoucherList, user: User, *lines: str, **more: Any) -> voiding.Voided:
    values = {"reason": "partner_recalled", "note": "Puma took them back", **more}
    return voiding.void_named(
        voucher_list=voucher_list, file=named(*lines), actor=user, at=NOW, **values
    )


def state_of(voucher_list: VoucherList, code: str) -> str:
    return VoucherCode.objects.get(voucher_list=voucher_list, code=code).state


def test_codes_that_nobody_was_given_become_void_and_say_why(sale: VoucherList, mara: User) -> None:
    result = void(sale, mara, "Voucher code", "CODE-0", "CODE-3", "CODE-0")
    assert (result.free, result.taken_back) == (2, 0)
    assert codes_of(sale, state=CodeState.VOID) == ["CODE-0", "CODE-3"]
    gone = VoucherCode.objects.get(code="CODE-3")
    assert gone.void_reason == "partner_recalled"
    assert gone.void_note == f"{mara.display_name}: Puma took them back"
    assert faults() == []
    assert void(sale, mara, "CODE-0", "CODE-3").free == 0


def test_a_reservation_on_a_code_ends_with_it(sale: VoucherList, mara: User) -> None:
    held = hold(running(sale)).issuance
    assert held is not None
    assert void(sale, mara, "CODE-0").free == 1
    held.refresh_from_db()
    assert (held.status, held.ordinal) == (IssuanceStatus.RELEASED, None)
    assert state_of(sale, "CODE-0") == CodeState.VOID
    assert faults() == []


def test_codes_that_somebody_has_stay_theirs_unless_they_are_to_be_taken_back(
    sale: VoucherList, mara: User
) -> None:
    campaign = running(sale)
    seen, unseen = (ask(campaign, person(name)).issuance for name in ("ann", "ben"))
    assert seen is not None
    Issuance.objects.filter(pk=seen.pk).update(exposed_at=NOW)
    assert void(sale, mara, "CODE-0", "CODE-1", "CODE-2").free == 1
    assert state_of(sale, "CODE-0") == state_of(sale, "CODE-1") == CodeState.ISSUED

    result = void(sale, mara, "CODE-0", "CODE-1", takes_back=True)
    assert (result.free, result.taken_back) == (0, 2)
    assert codes_of(sale, state=CodeState.VOID) == ["CODE-0", "CODE-1", "CODE-2"]
    assert not Issuance.objects.filter(status=IssuanceStatus.ISSUED).exists()
    assert unseen is not None
    assert faults() == []


def test_a_redeemed_code_is_left_as_it_is(sale: VoucherList, mara: User) -> None:
    make_codes(sale, codes=["SPENT-1"], state="redeemed")
    result = void(sale, mara, "SPENT-1", "CODE-1", takes_back=True)
    assert (result.free, result.taken_back) == (1, 0)
    assert state_of(sale, "SPENT-1") == CodeState.REDEEMED


def test_looking_counts_by_state_names_what_is_not_there_and_changes_nothing(
    sale: VoucherList, mara: User
) -> None:
    ask(running(sale))
    void(sale, mara, "CODE-5")
    lines = ("CODE-0", "CODE-1", "CODE-5", "ELSEWHERE-77", "TWO WORDS")
    found = voiding.look(voucher_list=sale, file=named(*lines))
    assert (found.free, found.given, found.spent, found.gone) == (1, 1, 0, 1)
    assert [(one.number, one.masked[:2]) for one in found.lines] == [(4, "EL"), (5, "TW")]
    assert "ELSEWHERE-77" not in str(found)
    assert state_of(sale, "CODE-1") == CodeState.AVAILABLE


def test_codes_are_compared_as_the_list_compares_them(acme: Organisation, mara: User) -> None:
    partner = make_partner(acme, "Puma")
    folded = make_list(partner, "folded", code_case=CodeCase.INSENSITIVE)
    make_codes(folded, codes=["AbC-123"])
    exact = make_list(partner, "exact")
    make_codes(exact, codes=["AbC-123"])
    assert void(folded, mara, "abc-123", "ABC-123").free == 1
    assert void(exact, mara, "abc-123").free == 0
    assert state_of(exact, "AbC-123") == CodeState.AVAILABLE


def test_a_file_that_is_none_and_a_missing_reason_are_refused(
    sale: VoucherList, mara: User
) -> None:
    for content in (b"", b"PK\x03\x04rest", b"A1,B1\n"):
        with pytest.raises(voiding.NotAListOfCodes):
            voiding.look(voucher_list=sale, file=io.BytesIO(content))
    many = io.BytesIO("".join(f"X-{number:06}\n" for number in range(10_001)).encode())
    with pytest.raises(voiding.NotAListOfCodes, match="10,000"):
        voiding.look(voucher_list=sale, file=many)
    for changes in ({"note": " "}, {"reason": "revoked"}):
        with pytest.raises(reveals.ReasonMissing):
            void(sale, mara, "CODE-0", **changes)
    assert state_of(sale, "CODE-0") == CodeState.AVAILABLE


def test_at_most_five_hundred_are_taken_back_at_once(sale: VoucherList, mara: User) -> None:
    codes = [f"GIVEN-{number:03}" for number in range(501)]
    make_codes(sale, codes=codes, state="issued")
    with pytest.raises(Conflict, match="501"):
        void(sale, mara, *codes, takes_back=True)
    assert state_of(sale, "GIVEN-000") == CodeState.ISSUED


def test_nothing_of_an_archived_list_is_made_void(sale: VoucherList, mara: User) -> None:
    list_statuses.archive(voucher_list=sale, typed_tag="sale", actor=mara, at=NOW, seen=sale.status)
    sale.refresh_from_db()
    with pytest.raises(ListArchived):
        void(sale, mara, "CODE-0")


def page_of(voucher_list: VoucherList) -> str:
    return reverse("voucher_codes_void", args=[voucher_list.list_id])


def test_the_page_shows_what_would_happen_and_does_it_when_that_is_confirmed(
    sale: VoucherList, mara: User
) -> None:
    client = client_of(mara)
    tab = client.get(reverse("voucher_list_codes", args=[sale.list_id]))
    assert page_of(sale) in tab.content.decode()
    asked = {"reason": "leaked", "note": "Posted in a forum"}
    looked = client.post(page_of(sale), {**asked, "file": a_file("CODE-0\nCODE-1\nNOPE-1\n")})
    assert looked.status_code == 200
    assert "Make 2 codes void" in looked.content.decode()
    assert "CODE-0" not in looked.content.decode()
    assert state_of(sale, "CODE-0") == CodeState.AVAILABLE
    form = looked.context["form"]
    assert (form["reason"].value(), form["note"].value()) == ("leaked", "Posted in a forum")

    kept = {**asked, "kept": form["kept"].value(), "confirm": "1"}
    answer = client.post(page_of(sale), kept)
    assert answer["Location"] == reverse("voucher_list_codes", args=[sale.list_id])
    assert codes_of(sale, state=CodeState.VOID) == ["CODE-0", "CODE-1"]
    assert client.post(page_of(sale), kept).status_code == 303


def test_a_new_file_is_looked_at_before_it_is_confirmed_and_a_lost_one_asked_for(
    sale: VoucherList, mara: User
) -> None:
    client = client_of(mara)
    asked = {"reason": "leaked", "note": "Posted in a forum", "confirm": "1"}
    assert client.post(page_of(sale), {**asked, "file": a_file("CODE-0\n")}).status_code == 200
    assert state_of(sale, "CODE-0") == CodeState.AVAILABLE
    lost = client.post(page_of(sale), {**asked, "kept": "nonsense"})
    assert lost.status_code == 422
    assert "Choose the file of codes." in lost.content.decode()


def test_whoever_may_not_write_neither_sees_nor_opens_it(sale: VoucherList, cast: Cast) -> None:
    analyst = client_of(cast.ana)
    tab = analyst.get(reverse("voucher_list_codes", args=[sale.list_id]))
    assert tab.status_code == 200
    assert page_of(sale) not in tab.content.decode()
    assert analyst.get(page_of(sale)).status_code == 403
