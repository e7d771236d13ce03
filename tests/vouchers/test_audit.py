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
from tests.factories.vouchers import (
    link_list,
    make_campaign,
    make_codes,
    make_list,
    make_partner,
)
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


def test_changes_of_place_and_quota_are_told_in_words_with_what_stood_there_before(
    sale: VoucherList, campaign: Campaign, desk: Client, mara: User
) -> None:
    other = make_list(sale.partner, "other", at=now())
    link_list(campaign, other, quota=10)
    first, second = (f"sources-{place}" for place in range(2))
    typed = {
        "sources-count": 2,
        f"{first}-voucher_list": sale.pk, f"{first}-priority": 2, f"{first}-quota": 1_500,
        f"{second}-voucher_list": other.pk, f"{second}-priority": 1, f"{second}-quota": "",
        "max_per_recipient": 1, "on_exhaustion": "waitlist", "reservation_minutes": 15,
        "min_validity_days": 1, "version": campaign.version,
    }  # fmt: skip
    url = reverse("voucher_campaign_step", args=[campaign.pk, "what"])
    assert desk.post(url, typed, REMOTE_ADDR="203.0.113.5").status_code == 303
    page = desk.get(reverse("voucher_campaign_activity", args=[campaign.pk]))
    told = {one["what"]: one for one in page.context["items"] if one["icon"] == "pencil"}
    assert set(told) == {
        f"Changed the link with “{sale.name}”", f"Changed the link with “{other.name}”",
    }  # fmt: skip
    mine = told[f"Changed the link with “{sale.name}”"]
    assert mine["who"] == mara.display_name
    assert mine["text"].splitlines() == [
        "place: 1 → 2", "at most: all its codes → 1,500 codes", "From 203.0.113.5",
    ]  # fmt: skip
    theirs = told[f"Changed the link with “{other.name}”"]["text"]
    assert "at most: 10 codes → all its codes" in theirs
    assert "at most: 10 codes → all its codes" in page.content.decode()
    of_list = desk.get(reverse("voucher_list_activity", args=[sale.list_id]))
    assert f"Changed the link with “{campaign.name}”" in whats(of_list.context["items"])


def test_each_change_of_a_quota_is_told_with_the_one_before_it_and_codes_taken_are_none(
    sale: VoucherList, campaign: Campaign
) -> None:
    mapping = campaign.mappings.get()
    for quota in (5, 1, 8):
        campaign_lists.change(mapping=mapping, priority=1, quota=quota, actor=None, at=now())
    assert ask(campaign, at=now()).issuance is not None
    texts = [one["text"] for one in audit.of_campaign(campaign) if one["icon"] == "pencil"]
    assert texts == [
        "at most: 1 code → 8 codes", "at most: 5 codes → 1 code",
        "at most: all its codes → 5 codes",
    ]  # fmt: skip


def test_a_campaign_is_not_told_of_the_links_of_another_one(
    sale: VoucherList, campaign: Campaign, bright_bikes: Organisation
) -> None:
    theirs = make_campaign(make_list(make_partner(bright_bikes), at=now()), at=now())
    for one in (make_campaign(sale, at=now()), theirs):
        campaign_lists.change(mapping=one.mappings.get(), priority=3, quota=7, actor=None, at=now())
    assert not [one for one in audit.of_campaign(campaign) if one["icon"] == "pencil"]


def test_thresholds_of_a_list_are_told_in_words(sale: VoucherList, desk: Client) -> None:
    VoucherList.objects.filter(pk=sale.pk).update(warn_used_percent=60)
    page = desk.get(reverse("voucher_list_activity", args=[sale.list_id]))
    assert "warning at per cent used: 80 → 60" in page.context["history"][0]["text"]


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
