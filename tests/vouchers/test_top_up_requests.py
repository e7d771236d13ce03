"""Asking a partner for more codes, and what a list's page foretells (vouchers.md 7.1, 7.3)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from core import mail as post
from core.clock import now
from core.models import Mail
from directory.models import Organisation, User
from tests.cast import Cast, client_of
from tests.factories.vouchers import MORNING, make_campaign, make_codes, make_list, make_partner
from tests.kit.access import AccessContract, Page
from tests.vouchers.campaigning import ask, person, stocked
from vouchers.choices import ListStatus, PartnerKind
from vouchers.models import VoucherList
from vouchers.selectors import burn
from vouchers.selectors.by_day import running_total

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def desk(mara: User) -> Client:
    return client_of(mara)


@pytest.fixture
def sale(acme: Organisation) -> VoucherList:
    puma = make_partner(acme, "Puma", contact_email="codes@puma.example")
    made = make_list(puma, "sale", at=now())
    make_codes(made, 30)
    return made


def ask_url(row: VoucherList) -> str:
    return reverse("voucher_list_ask", args=[row.list_id])


def send(desk: Client, row: VoucherList, **typed: Any) -> Any:
    nonce = desk.get(ask_url(row)).context["form"]["nonce"].value()
    filled = {"nonce": nonce, "wanted": "300", "to": "codes@puma.example", "note": ""}
    return desk.post(ask_url(row), filled | typed)


class TestAccess(AccessContract):
    def pages(self, cast: Cast) -> Iterator[Page]:
        row = stocked(cast.acme, 0, at=now())
        yield Page(ask_url(row), "vouchers.write", own_row=True)
        yield Page(ask_url(row), "vouchers.write", own_row=True, post_only=True)


def test_what_thirty_days_use_is_proposed_and_goes_to_the_partners_contact(
    desk: Client, sale: VoucherList
) -> None:
    campaign = make_campaign(sale)
    for name in range(14):
        ask(campaign, person(name), at=now() - DAY)
    form = desk.get(ask_url(sale)).context["form"]
    assert (form["wanted"].value(), form["to"].value()) == (60, "codes@puma.example")


def test_request_is_mailed_once_with_its_note_and_answers_go_to_who_asked(
    desk: Client, sale: VoucherList, mara: User
) -> None:
    url = ask_url(sale)
    typed = {
        "nonce": desk.get(url).context["form"]["nonce"].value(),
        "wanted": "250", "to": "iris@puma.example", "note": "We need them before Easter.",
    }  # fmt: skip
    for _ in range(2):
        answer = desk.post(url, typed)
        assert answer["Location"] == reverse("voucher_list", args=[sale.list_id])
    mail = Mail.objects.get(kind="vouchers_top_up_request")
    assert (mail.to, mail.reply_to) == ("iris@puma.example", mara.email)
    message = post.render(mail)
    for body in (message.body, message.alternatives[0][0]):
        assert "250 codes" in str(body)
        assert "We need them before Easter." in str(body)
        assert mara.display_name in str(body)
    page = desk.get(answer["Location"]).content.decode()
    assert "iris@puma.example was asked for 250 codes" in page


@pytest.mark.parametrize(
    "typed", [{"wanted": "0"}, {"wanted": "1000001"}, {"to": "codes at puma"}, {"note": "x" * 501}]
)
def test_bad_request_is_shown_again_as_typed_and_mails_nobody(
    desk: Client, sale: VoucherList, typed: dict[str, str]
) -> None:
    answer = send(desk, sale, **typed)
    assert answer.status_code == 422
    for value in typed.values():
        assert value in answer.content.decode()
    assert not Mail.objects.exists()


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (PartnerKind.EXTERNAL, ListStatus.EXPIRED),
        (PartnerKind.EXTERNAL, ListStatus.ARCHIVED),
        (PartnerKind.INTERNAL, ListStatus.ACTIVE),
    ],
)
def test_nobody_is_asked_for_codes_of_a_list_that_takes_none_from_a_partner(
    desk: Client, acme: Organisation, kind: str, status: str
) -> None:
    row = make_list(make_partner(acme, kind=kind), status=status, at=now())
    assert send(desk, row).status_code == 422
    assert not Mail.objects.exists()
    assert (
        ask_url(row) not in desk.get(reverse("voucher_list", args=[row.list_id])).content.decode()
    )


@pytest.mark.parametrize(
    ("available", "rate", "days", "runs_out", "left_over"),
    [
        (100, 10.0, 30, 10, None),
        (100, 2.0, 30, 50, 40),
        (100, 0.0, 30, None, 100),
        (0, 5.0, 30, None, None),
        (60, 2.0, 30, 30, None),
    ],
)
def test_forecast_says_whether_a_list_runs_out_or_expires_first(
    available: int, rate: float, days: int, runs_out: int | None, left_over: int | None
) -> None:
    found = burn.forecast(
        available=available, rate=rate, expires_at=MORNING + days * DAY, at=MORNING
    )
    expected = MORNING + runs_out * DAY if runs_out is not None else None
    assert (found.runs_out_at, found.left_over) == (expected, left_over)


def test_stock_of_earlier_days_is_reckoned_back_from_the_counters() -> None:
    assert running_total(per_day=(5, 0, 3), total=10) == (7, 7, 10)
    assert running_total(per_day=(5, 9, 3), total=10) == (0, 7, 10)


def test_page_of_a_list_draws_issued_against_uploaded_with_the_counters_at_the_end(
    desk: Client, sale: VoucherList
) -> None:
    campaign = make_campaign(sale)
    for name in ("ana", "ben"):
        ask(campaign, person(name), at=now() - DAY)
    page = desk.get(reverse("voucher_list", args=[sale.list_id]))
    stock, by_day = page.context["charts"]
    uploaded, issued = (series.values for series in stock.series)
    assert (uploaded[-1], issued[-1], issued[-3]) == (30, 2, 0)
    assert sum(by_day.series[0].values) == 2
