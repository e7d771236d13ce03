"""The audit trail: who, when, what changed, from which address (vouchers.md 2.11)."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from core.clock import now
from directory.models import Organisation, User
from tests.cast import client_of
from tests.factories.vouchers import make_campaign, make_codes, make_list, make_partner
from tests.vouchers.campaigning import ask, person
from vouchers.choices import Source
from vouchers.models import Campaign, Issuance, VoucherCode, VoucherList
from vouchers.selectors import audit
from vouchers.services import campaign_lists, reveals, revoking, voiding

pytestmark = pytest.mark.django_db


@pytest.fixture
def sale(acme: Organisation) -> VoucherList:
    made = make_list(make_partner(acme, "Puma"), "sale", at=now())
    make_codes(made, codes=[f"CODE-{number}" for number in range(9)], at=now())
    return made


@pytest.fixture
def campaign(sale: VoucherList) -> Campaign:
    return make_campaign(sale, name="Thanks", at=now())


@pytest.fixture
def desk(mara: User) -> Client:
    return client_of(mara)


def whats(lines: list[dict[str, Any]]) -> list[str]:
    return [one["what"] for one in lines]


def test_a_list_tells_of_looks_at_codes_without_showing_them(sale: VoucherList, ada: User) -> None:
    code = VoucherCode.objects.get(code="CODE-7")
    reveals.reveal(code=code, actor=ada, reason="The partner asked", at=now())
    (line,) = audit.of_list(sale)
    assert (line["who"], line["text"]) == (ada.display_name, "The partner asked")
    assert line["what"].startswith("Looked at CO")
    assert "CODE-7" not in str(line)


def test_codes_made_void_together_are_one_line(sale: VoucherList, ada: User) -> None:
    voiding.void_named(
        voucher_list=sale, file=io.BytesIO(b"CODE-1\nCODE-2\nCODE-3\n"), reason="partner_recalled",
        note="Puma took them back", actor=ada, at=now(),
    )  # fmt: skip
    (line,) = audit.of_list(sale)
    assert line["what"] == "3 codes made void: recalled by the partner"
    assert line["text"] == f"{ada.display_name}: Puma took them back"


def test_links_and_what_was_given_and_taken_back_by_hand_are_told_with_their_reasons(
    sale: VoucherList, campaign: Campaign, ada: User, mara: User
) -> None:
    given = ask(
        campaign, person("ann"), source=Source.MANUAL, actor=mara, reason="Late parcel", at=now()
    ).issuance
    assert given is not None
    ask(campaign, person("ben"), at=now())
    revoking.revoke(issuance=given, reason="Sent twice", actor=ada, at=now())
    campaign_lists.unlink(mapping=campaign.mappings.get(), actor=ada, at=now())
    for lines in (audit.of_campaign(campaign), audit.of_list(sale)):
        found = {one["what"].partition(" ann")[0]: (one["who"], one["text"]) for one in lines}
        assert found["Given by hand to"] == (mara.display_name, "Late parcel")
        assert found["Taken back from"] == (ada.display_name, "Sent twice")
        assert any(one.startswith("Unlinked from") for one in whats(lines))
        assert not any("ben" in one for one in whats(lines))
    given.refresh_from_db()
    assert (given.reason, given.closed_reason, given.closed_by) == (
        "Late parcel",
        "Sent twice",
        ada,
    )


def test_an_edit_says_what_stood_there_before_and_from_where_it_was_changed(
    sale: VoucherList, desk: Client, mara: User
) -> None:
    url = reverse("voucher_list_edit", args=[sale.list_id])
    form = desk.get(url).context["form"]
    sent = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    answer = desk.post(url, {**sent, "name": "Summer sale"}, REMOTE_ADDR="203.0.113.5")
    assert answer.status_code == 303, answer.content.decode()[:3000]
    page = desk.get(reverse("voucher_list_activity", args=[sale.list_id]))
    newest = page.context["history"][0]
    assert newest["who"] == mara.display_name
    assert f"name: {sale.name} → Summer sale" in newest["text"]
    assert "From 203.0.113.5" in newest["text"]


def test_the_code_for_everybody_is_not_told_by_the_history(
    desk: Client, acme: Organisation
) -> None:
    campaign = make_campaign(
        make_list(make_partner(acme)), status="draft", on_exhaustion="fallback_code",
        fallback_code="EVERYBODY-9",
    )  # fmt: skip
    Campaign.objects.filter(pk=campaign.pk).update(fallback_code="ANOTHER-9")
    page = desk.get(reverse("voucher_campaign_activity", args=[campaign.pk])).content.decode()
    assert "fallback code" in page
    assert "EVERYBODY-9" not in page
    assert "ANOTHER-9" not in page


def test_both_pages_show_the_trail(
    desk: Client, sale: VoucherList, campaign: Campaign, mara: User
) -> None:
    ask(campaign, person("ann"), source=Source.MANUAL, actor=mara, reason="Late parcel", at=now())
    assert Issuance.objects.count() == 1
    for url in (
        reverse("voucher_list_activity", args=[sale.list_id]),
        reverse("voucher_campaign_activity", args=[campaign.pk]),
    ):
        page = desk.get(url).content.decode()
        assert "Given by hand to ann@home.example" in page
        assert "Late parcel" in page
