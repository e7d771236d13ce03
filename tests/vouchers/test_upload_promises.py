"""What an upload promises of its codes: an end of their own, masked lines, a list that is open."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from core.errors import Invalid
from directory.models import Organisation
from tests.cast import Cast, client_of
from tests.factories.vouchers import MORNING, make_codes, make_list, make_partner
from tests.kit.concurrency import meeting
from tests.vouchers.campaigning import DAY, ask, code_of, hold, person, running
from tests.vouchers.conservation import faults
from tests.vouchers.loading import a_file, codes_of, lines_of, upload, work_off
from vouchers.choices import BatchStatus, CodeCase, CodeState, DuplicateScope, ListStatus, Outcome
from vouchers.models import UploadAct, UploadBatch, UploadLine, VoucherCode, VoucherList
from vouchers.selectors.standing import first_pick, sources_of
from vouchers.services import confirming, list_statuses, lists, uploads
from vouchers.services.list_statuses import ImportRunning
from vouchers.services.lists import ListData
from vouchers.services.uploads import ListClosed

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _media(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def sale(cast: Cast) -> VoucherList:
    return make_list(make_partner(cast.acme, "Puma"), "sale")


def test_codes_of_an_upload_with_an_end_of_its_own_are_good_until_then(sale: VoucherList) -> None:
    ends = MORNING + 10 * DAY
    upload(sale, "OWN-0001\nOWN-0002\n", redeem_until=ends)
    upload(sale, "LIST-001\n")
    campaign = running(sale, max_per_recipient=9)
    direct = ask(campaign, person("ann"))
    held = hold(campaign, person("ben")).issuance
    assert held is not None
    confirmed = confirming.confirm(issuance=held, at=MORNING)
    third = ask(campaign, person("cid"))
    found = [one.issuance.redeem_until for one in (direct, confirmed, third) if one.issuance]
    assert found == [ends, ends, sale.expires_at]


def test_codes_that_end_with_their_upload_are_passed_over_when_it_is_too_near(
    sale: VoucherList,
) -> None:
    upload(sale, "OWN-0001\n", redeem_until=MORNING + 10 * DAY)
    upload(sale, "LIST-001\n")
    campaign = running(sale, min_validity_days=3, max_per_recipient=9)
    late = MORNING + 8 * DAY
    assert code_of(ask(campaign, person("ann"), at=late)) == "LIST-001"
    assert ask(campaign, person("ben"), at=late).outcome == Outcome.WAITLISTED
    assert codes_of(sale) == ["OWN-0001"]


def test_uploads_whose_time_is_over_are_not_walked_through_for_each_code(sale: VoucherList) -> None:
    over, near = MORNING + DAY, MORNING + 9 * DAY
    upload(sale, [f"OVER-{n:04d}" for n in range(400)], redeem_until=over)
    upload(sale, ["NEAR-001"], redeem_until=near)
    upload(sale, ["LIST-001"])
    campaign = running(sale, min_validity_days=0, max_per_recipient=9)
    late = over + timedelta(seconds=1)
    (source,) = sources_of(campaign)
    first = first_pick(source, least=late)
    passed = VoucherCode.objects.filter(state="available", pick_key__lt=first)
    assert set(passed.values_list("redeem_until", flat=True)) == {over}
    assert passed.count() == 400
    assert code_of(ask(campaign, person("ann"), at=late)) == "NEAR-001"
    assert code_of(ask(campaign, person("ben"), at=late)) == "LIST-001"
    assert first_pick(source, least=near + DAY) < VoucherCode.objects.get(code="LIST-001").pick_key
    # Codes in random order come from all uploads.
    VoucherList.objects.filter(pk=sale.pk).update(assignment_order="random")
    assert first_pick(source, least=late) == 0


def test_a_line_that_became_a_code_stands_masked_among_the_problems(
    cast: Cast, sale: VoucherList
) -> None:
    batch = upload(sale, "  SECRET-1  \nNOT A CODE\n", actor=cast.ada)
    values = dict(UploadLine.objects.values_list("reason", "value"))
    assert values == {"TRIMMED": "SE••••••-1", "INNER_SPACE": "NOT A CODE"}
    url = reverse("voucher_upload_detail", args=[sale.list_id, batch.number])
    page = client_of(cast.ada).get(url).content.decode()
    assert "NOT A CODE" in page
    assert "SECRET-1" not in page
    report = reverse("voucher_upload_file", args=[sale.list_id, batch.number, "all"])
    answer: Any = client_of(cast.ada).post(report)
    assert "SECRET-1" in b"".join(answer.streaming_content).decode()


def archive(row: VoucherList) -> VoucherList:
    return list_statuses.archive(voucher_list=row, typed_tag=row.list_tag, actor=None, at=MORNING)


def answers_to(batch: UploadBatch) -> list[Any]:
    """Return every way by which a batch that waits for somebody goes on."""
    shared: dict[str, Any] = {"batch": batch, "actor": None, "at": MORNING}
    if batch.status == BatchStatus.ASKING:
        return [lambda: uploads.take_anyway(**shared)]
    return [
        lambda: uploads.start(**shared),
        lambda: uploads.rehearse_again(
            is_damage_accepted=True, issued_before_reason="", **shared
        ),
    ]  # fmt: skip


@pytest.mark.parametrize("status", [ListStatus.ARCHIVED, ListStatus.EXPIRED])
def test_an_upload_that_waited_while_its_list_was_closed_does_not_go_on(
    sale: VoucherList, status: str
) -> None:
    upload(sale, "CODE01\n")
    waiting = [upload(sale, "CODE01\n"), upload(sale, "CODE02\n", is_rehearsal=True)]
    assert [one.status for one in waiting] == [BatchStatus.ASKING, BatchStatus.REHEARSED]
    VoucherList.objects.filter(pk=sale.pk).update(status=status)
    for batch in waiting:
        for go_on in answers_to(batch):
            with pytest.raises(ListClosed):
                go_on()
    assert VoucherCode.objects.count() == 1
    assert not UploadAct.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_file_that_meets_the_archiving_of_its_list_is_refused_and_not_kept(
    sale: VoucherList, tmp_path: Any
) -> None:
    def send() -> UploadBatch:
        return uploads.receive(voucher_list=sale, file=a_file("CODE01\n"), actor=None, at=MORNING)

    archived, refused = meeting(lambda: archive(sale), send)
    assert archived.status == ListStatus.ARCHIVED
    assert isinstance(refused, ListClosed)
    assert not UploadBatch.objects.exists()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.mark.django_db(transaction=True)
def test_archiving_that_meets_a_file_of_its_list_is_refused(sale: VoucherList) -> None:
    batch, refused = meeting(
        lambda: uploads.receive(voucher_list=sale, file=a_file("CODE01\n"), actor=None, at=MORNING),
        lambda: archive(sale),
    )
    assert isinstance(refused, ImportRunning)
    assert work_off(batch).status == BatchStatus.COMPLETED
    assert codes_of(sale) == ["CODE01"]


def given_before(partner_list: VoucherList, code: str) -> None:
    """Give the code to somebody and put its list aside."""
    make_codes(partner_list, codes=[code], state=CodeState.ISSUED)
    VoucherCode.objects.filter(voucher_list=partner_list).update(dedupe_scope=None)
    VoucherList.objects.filter(pk=partner_list.pk).update(
        status=ListStatus.ARCHIVED, codes_released_at=MORNING
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (CodeCase.INSENSITIVE, CodeCase.EXACT),
        (CodeCase.EXACT, CodeCase.INSENSITIVE),
        (CodeCase.INSENSITIVE, CodeCase.INSENSITIVE),
    ],
)
def test_what_was_issued_before_is_known_in_any_capitals_where_a_list_did_not_mind_them(
    cast: Cast, before: str, after: str
) -> None:
    puma = make_partner(cast.acme, "Puma")
    given_before(make_list(puma, "sale", code_case=before), "Summer-1")
    batch = upload(make_list(puma, "sale", code_case=after), "SUMMER-1\nSummer-2\n")
    assert [row[:2] for row in lines_of(batch)] == [(1, "ISSUED_BEFORE")]


def test_lists_that_minded_capitals_both_times_tell_them_apart(cast: Cast) -> None:
    puma = make_partner(cast.acme, "Puma")
    given_before(make_list(puma, "sale"), "Summer-1")
    batch = upload(make_list(puma, "sale"), "SUMMER-1\nSummer-1\n")
    assert lines_of(batch, "ISSUED_BEFORE")[0][0] == 2
    assert batch.accepted_count == 1


def test_lists_whose_codes_are_compared_with_each_other_are_compared_by_one_rule(
    acme: Organisation,
) -> None:
    puma = make_partner(acme, "Puma", duplicate_scope=DuplicateScope.PARTNER)
    first = make_list(puma, "one")

    def another(case: str) -> VoucherList:
        data = ListData(
            name="Two", list_tag="two", expires_at=MORNING + timedelta(days=9), code_case=case
        )
        return lists.create(partner=puma, data=data, actor=None, at=MORNING)

    with pytest.raises(Invalid, match="mind capitals"):
        another(CodeCase.INSENSITIVE)
    assert another(CodeCase.EXACT).code_case == CodeCase.EXACT
    for row in VoucherList.objects.all():
        VoucherList.objects.filter(pk=row.pk).update(status=ListStatus.ARCHIVED)
    with pytest.raises(Invalid, match="mind capitals"):
        another(CodeCase.INSENSITIVE)
    VoucherList.objects.update(codes_released_at=MORNING)
    assert another(CodeCase.INSENSITIVE).generation == 2
    assert first.code_case == CodeCase.EXACT
    assert faults() == []


def test_who_lets_codes_in_that_were_issued_before_is_written_down_with_the_reason(
    cast: Cast,
) -> None:
    puma = make_partner(cast.acme, "Puma")
    given_before(make_list(puma, "sale"), "AGAIN-01")
    new = make_list(puma, "sale")
    batch = upload(new, "AGAIN-01\n", is_rehearsal=True, actor=cast.mara)
    address = reverse("voucher_upload_again", args=[new.list_id, batch.number])
    client_of(cast.ada).post(address, {"issued_before_reason": "Never used"})
    act = UploadAct.objects.get(kind="override")
    assert (act.user, act.user_name, act.note) == (cast.ada, "Ada Lowe", "Never used")
    page = client_of(cast.ana).get(reverse("voucher_list_activity", args=[new.list_id]))
    words = page.content.decode()
    assert "Let codes in that were issued before: upload 1" in words
    assert "Never used" in words
    assert "AGAIN-01" not in words
