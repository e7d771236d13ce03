"""A code wished for by hand while none is left: who wished and why stay with it (vouchers.md 2.10)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from core.clock import now
from directory.models import Contact, Organisation, User
from tests.cast import client_of
from tests.factories.directory import make_contact
from tests.factories.vouchers import make_campaign, make_codes
from tests.vouchers.campaigning import ask, person, stocked
from tests.vouchers.conservation import faults
from vouchers.choices import CampaignStatus, LeafKind, Outcome, Source, WaitState
from vouchers.models import Campaign, Issuance, VoucherList, WaitEntry
from vouchers.recipients import of_contact
from vouchers.services import campaign_rules, waiting
from vouchers.services.campaign_rules import GroupData, LeafData

pytestmark = pytest.mark.django_db
REASON = "Late parcel"


@pytest.fixture(autouse=True)
def _nothing_is_lost_or_doubled(db: None) -> Iterator[None]:
    yield
    assert faults() == []


@pytest.fixture
def sale(acme: Organisation) -> VoucherList:
    return stocked(acme, 0, tag="sale", at=now())


@pytest.fixture
def campaign(sale: VoucherList) -> Campaign:
    return make_campaign(sale, "Thanks")


@pytest.fixture
def desk(oscar: User) -> Client:
    return client_of(oscar)


def of(campaign: Campaign, tab: str) -> str:
    return reverse(f"voucher_campaign_{tab}", args=[campaign.pk])


def wish(desk: Client, campaign: Campaign, who: str = "rita@home.example") -> Any:
    """Give a code by hand, as the desk does it."""
    url = of(campaign, "give")
    nonce = desk.get(url).context["form"]["nonce"].value()
    return desk.post(url, {"nonce": nonce, "who": who, "reason": REASON})


def page_of(issuance: Issuance) -> str:
    return reverse("voucher_issuance", args=[issuance.public_id])


def test_a_wish_by_hand_keeps_who_and_why_until_codes_come_and_the_voucher_says_so(
    desk: Client, campaign: Campaign, sale: VoucherList, oscar: User
) -> None:
    assert wish(desk, campaign)["Location"] == of(campaign, "waiting")
    waits = desk.get(of(campaign, "waiting")).content.decode()
    assert REASON in waits
    assert oscar.display_name in waits
    sheet = desk.get(of(campaign, "waiting"), {"export": "csv"})
    line = b"".join(sheet).decode() if sheet.streaming else sheet.content.decode()
    assert REASON in line
    assert oscar.display_name in line

    make_codes(sale, 1)
    assert waiting.serve(voucher_list=sale, at=now()) == 1
    given = Issuance.objects.get()
    assert (given.reason, given.created_by, given.source) == (REASON, oscar, Source.MANUAL)
    assert WaitEntry.objects.get().issuance == given
    page = desk.get(page_of(given))
    told = {item["what"]: (item["who"], item["text"]) for item in page.context["items"]}
    assert told["Put on the wait list"] == (oscar.display_name, REASON)
    assert told["Given by “Thanks”"] == (oscar.display_name, REASON)
    assert "<dt>Reason</dt><dd>Late parcel</dd>" in page.content.decode()


def test_the_activity_tells_of_the_wish_and_of_the_code_that_came_of_it(
    desk: Client, campaign: Campaign, sale: VoucherList, oscar: User
) -> None:
    def lines() -> dict[str, tuple[str, str]]:
        page = desk.get(of(campaign, "activity"))
        return {item["what"]: (item["who"], item["text"]) for item in page.context["items"]
                if "rita" in item["what"]}  # fmt: skip

    wish(desk, campaign)
    by = (oscar.display_name, REASON)
    assert lines() == {"Put on the wait list by hand: rita@home.example": by}
    make_codes(sale, 1)
    waiting.serve(campaign=campaign, at=now())
    assert lines()["Given by hand to rita@home.example"] == by


def test_who_waited_without_a_wish_by_hand_is_told_as_such(
    desk: Client, campaign: Campaign, sale: VoucherList
) -> None:
    ask(campaign, person("ben"), at=now())
    make_codes(sale, 1)
    waiting.serve(campaign=campaign, at=now())
    given = Issuance.objects.get()
    assert (given.reason, given.created_by) == ("from the wait list", None)
    items = desk.get(page_of(given)).context["items"]
    assert "Put on the wait list" in [item["what"] for item in items]


def asks_for_a_tag(sale: VoucherList) -> Campaign:
    """Make a running campaign for people with the tag "gold"."""
    made = make_campaign(sale, "Gold", status=CampaignStatus.DRAFT)
    leaf = LeafData(kind=LeafKind.PROPERTY, terms={"kind": "tags", "values": {"tags": ["gold"]}})
    made = campaign_rules.replace(
        campaign=made, join="all", groups=[GroupData("all", [leaf])], version=made.version, at=now()
    )
    Campaign.objects.filter(pk=made.pk).update(status=CampaignStatus.RUNNING)
    made.refresh_from_db()
    return made


def no_longer_gold(contact: Contact) -> None:
    type(contact).objects.filter(pk=contact.pk).update(tags=[])


def test_a_wish_by_hand_decides_instead_of_the_conditions_for_somebody_who_waits_already(
    desk: Client, acme: Organisation, sale: VoucherList, oscar: User
) -> None:
    campaign = asks_for_a_tag(sale)
    rita = make_contact(acme, "Rita Rossi", email="rita@home.example", tags=["gold"])
    sam = make_contact(acme, "Sam Silva", email="sam@home.example", tags=["gold"])
    for contact in (rita, sam):
        result = ask(campaign, of_contact(contact), key=f"wish:{contact.pk}", at=now())
        assert result.outcome == Outcome.WAITLISTED
    before = WaitEntry.objects.get(contact=rita)
    wish(desk, campaign)
    entry = WaitEntry.objects.get(contact=rita)
    assert (entry.pk, entry.qualified_at) == (before.pk, before.qualified_at)
    assert (entry.source, entry.reason, entry.created_by) == (Source.MANUAL, REASON, oscar)
    assert entry.trigger_ref == f"user:{oscar.pk}"

    for contact in (rita, sam):
        no_longer_gold(contact)
    make_codes(sale, 2)
    waiting.serve(campaign=campaign, at=now())
    states = dict(WaitEntry.objects.values_list("contact", "state"))
    assert states == {rita.pk: WaitState.SERVED, sam.pk: WaitState.INELIGIBLE}
    given = Issuance.objects.get()
    assert given.created_by == oscar
    items = desk.get(page_of(given)).context["items"]
    told = [(one["what"], one["who"], one["text"]) for one in items if one["icon"] == "hourglass"]
    assert told == [
        ("Wished for by hand", oscar.display_name, REASON), ("Put on the wait list", "", ""),
    ]  # fmt: skip


def test_the_first_of_two_wishes_by_hand_stands(
    desk: Client, campaign: Campaign, oscar: User, mara: User
) -> None:
    wish(desk, campaign)
    wish(client_of(mara), campaign)
    assert WaitEntry.objects.get().created_by == oscar


def test_an_event_does_not_take_the_place_of_a_wish_by_hand(
    desk: Client, campaign: Campaign, oscar: User
) -> None:
    wish(desk, campaign)
    ask(campaign, person("rita"), at=now())
    entry = WaitEntry.objects.get()
    assert (entry.source, entry.reason, entry.created_by) == (Source.MANUAL, REASON, oscar)
