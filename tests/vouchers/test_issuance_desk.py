"""The desk of issued vouchers: list, page, re-send, revoke, by hand (vouchers.md 5.8, 8 page 13)."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.clock import now
from directory.models import Organisation, User
from tests.cast import Cast, client_of
from tests.factories.directory import make_contact
from tests.factories.vouchers import make_campaign
from tests.kit.access import AccessContract, Page
from tests.kit.lists import ListContract
from tests.vouchers.campaigning import ask, available, person, stocked
from tests.vouchers.conservation import faults
from tests.vouchers.spending import redeem
from vouchers.choices import (
    CampaignStatus,
    CodeState,
    Delivery,
    IssuanceStatus,
    Outcome,
    VoidReason,
    WaitState,
)
from vouchers.models import (
    Attempt,
    Campaign,
    Issuance,
    Sending,
    VoucherCode,
    VoucherList,
    WaitEntry,
)
from vouchers.recipients import of_contact
from vouchers.services import showing

pytestmark = pytest.mark.django_db
LIST = "/vouchers/issuances"


@pytest.fixture(autouse=True)
def _nothing_is_lost_or_doubled(db: None) -> Iterator[None]:
    yield
    assert faults() == []


@pytest.fixture
def sale(acme: Organisation) -> VoucherList:
    return stocked(acme, 60, tag="sale", at=now())


@pytest.fixture
def campaign(sale: VoucherList) -> Campaign:
    return make_campaign(sale, "Thanks")


@pytest.fixture
def given(campaign: Campaign) -> Issuance:
    return issue(campaign, "ana")


@pytest.fixture
def oscar_at_desk(oscar: User) -> Client:
    return client_of(oscar)


def issue(campaign: Campaign, name: str) -> Issuance:
    result = ask(campaign, person(name), at=now())
    assert result.issuance is not None, result
    return result.issuance


def of(issuance: Issuance, act: str = "") -> str:
    part = f"_{act}" if act else ""
    return reverse(f"voucher_issuance{part}", args=[issuance.public_id])


def nonce_of(client: Client, url: str) -> str:
    return str(client.get(url).context["form"]["nonce"].value())


def resend(client: Client, issuance: Issuance, address: str) -> Any:
    url = of(issuance, "resend")
    return client.post(url, {"nonce": nonce_of(client, url), "email": address})


def revoke(client: Client, issuance: Issuance, **typed: Any) -> Any:
    return client.post(of(issuance, "revoke"), {"reason": "Wrong person", **typed})


def resend_selected(client: Client, *issuances: Issuance) -> Any:
    versions = {f"row-{one.pk}-version": one.version for one in issuances}
    return client.post(LIST, {"batch": "1", "selected": [one.pk for one in issuances], **versions})


class TestIssuances(ListContract):
    path = LIST
    filter_query = "status=issued"
    search_term = "robin"
    queries = 12

    @pytest.fixture
    def reader(self, ana: User) -> Client:
        return client_of(ana)

    @pytest.fixture
    def make_rows(self, campaign: Campaign) -> Callable[[int], Any]:
        def make(count: int) -> None:
            for place in range(count):
                contact = make_contact(campaign.business, f"Robin {place}")
                assert ask(campaign, of_contact(contact), at=now()).issuance is not None

        return make


class TestRecipients(TestIssuances):
    @pytest.fixture(autouse=True)
    def place(self, campaign: Campaign) -> None:
        type(self).path = reverse("voucher_campaign_recipients", args=[campaign.pk])


class TestAccess(AccessContract):
    def pages(self, cast: Cast) -> Iterator[Page]:
        given = issue(make_campaign(stocked(cast.acme, 1, at=now())), "ana")
        yield Page(LIST, "vouchers.read")
        yield Page(of(given), "vouchers.read", own_row=True)
        for act in ("resend", "revoke"):
            yield Page(of(given, act), "vouchers.issue", own_row=True)
            yield Page(of(given, act), "vouchers.issue", own_row=True, post_only=True)


def test_page_of_a_voucher_takes_a_fixed_number_of_queries(
    oscar_at_desk: Client, campaign: Campaign, given: Issuance
) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert oscar_at_desk.get(of(given)).status_code == 200
        return len(queries)

    asked()
    few = asked()
    for _ in range(3):
        resend(oscar_at_desk, given, given.email)
    issue(campaign, "ben")
    assert asked() == few <= 12


def test_code_is_masked_on_the_page_in_the_list_and_in_the_file(
    oscar_at_desk: Client, given: Issuance
) -> None:
    assert given.code is not None
    code = given.code.code
    for url in (of(given), LIST, f"{LIST}?export=csv"):
        answer: Any = oscar_at_desk.get(url)
        body = b"".join(answer) if answer.streaming else answer.content
        assert code not in body.decode("utf-8-sig"), url
        assert f"{code[:2]}••••••{code[-2:]}" in body.decode("utf-8-sig"), url


def test_file_names_recipient_campaign_and_list(oscar_at_desk: Client, given: Issuance) -> None:
    answer: Any = oscar_at_desk.get(f"{LIST}?export=csv")
    text = b"".join(answer).decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(text))
    assert (row["Recipient"], row["Campaign"]) == ("ana@home.example", "Thanks")
    assert given.voucher_list is not None
    assert given.voucher_list.name in row["List"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("attention=yes", {"bounced"}),
        ("delivery_status=sent", {"sent"}),
        ("status=revoked", {"revoked"}),
        ("q=SENT@", {"sent"}),
        ("source=Manual", set()),
    ],
)
def test_filters_narrow_the_vouchers(
    oscar_at_desk: Client, campaign: Campaign, query: str, found: set[str]
) -> None:
    for name, delivery in (("bounced", "bounced"), ("sent", "sent"), ("revoked", "failed")):
        issuance = issue(campaign, name)
        Issuance.objects.filter(pk=issuance.pk).update(delivery_status=delivery, exposed_at=now())
        if name == "revoked":
            revoke(oscar_at_desk, issuance)
    page = oscar_at_desk.get(f"{LIST}?{query}")
    assert {row.email.partition("@")[0] for row in page.context["page"].rows} == found


def test_same_code_is_sent_again_once_however_often_the_form_arrives(
    oscar_at_desk: Client, given: Issuance, oscar: User
) -> None:
    url = of(given, "resend")
    typed = {"nonce": nonce_of(oscar_at_desk, url), "email": given.email}
    for _ in range(2):
        answer = oscar_at_desk.post(url, typed)
        assert (answer.status_code, answer["Location"]) == (303, of(given))
    sending = Sending.objects.get()
    assert (sending.is_resend, sending.address, sending.asked_by) == (True, given.email, oscar)
    page = oscar_at_desk.get(of(given)).content.decode()
    assert "The same code goes to ana@home.example." in page
    assert "Sent again to ana@home.example" in page
    assert Issuance.objects.get().code_id == given.code_id


def test_bounced_voucher_offers_both_ways_out_and_goes_to_the_corrected_address(
    oscar_at_desk: Client, given: Issuance
) -> None:
    Issuance.objects.filter(pk=given.pk).update(delivery_status=Delivery.BOUNCED)
    page = oscar_at_desk.get(of(given)).content.decode()
    assert "The mail did not arrive: bounced" in page
    assert of(given, "resend") in page
    assert of(given, "revoke") in page
    assert resend(oscar_at_desk, given, "Ana@Work.example").status_code == 303
    after = Issuance.objects.get()
    assert (after.email, after.recipient_key) == ("ana@work.example", given.recipient_key)
    assert (after.code_id, after.delivery_status) == (given.code_id, Delivery.PENDING)
    assert "The mail did not arrive" not in oscar_at_desk.get(of(given)).content.decode()


def test_resend_to_no_address_keeps_what_was_typed(oscar_at_desk: Client, given: Issuance) -> None:
    answer = resend(oscar_at_desk, given, "ana(at)work")
    assert answer.status_code == 422
    assert 'value="ana(at)work"' in answer.content.decode()
    assert Issuance.objects.get().email == "ana@home.example"
    assert not Sending.objects.exists()


def test_sixth_resend_within_a_day_is_refused_in_words(
    oscar_at_desk: Client, given: Issuance
) -> None:
    for _ in range(5):
        assert resend(oscar_at_desk, given, given.email).status_code == 303
    answer = resend(oscar_at_desk, given, "other@home.example")
    assert answer.status_code == 422
    assert "It was sent 5 times within a day" in answer.content.decode()
    assert (Sending.objects.count(), Issuance.objects.get().email) == (5, given.email)


def test_selected_vouchers_are_sent_again_together(
    oscar_at_desk: Client, campaign: Campaign
) -> None:
    given = [issue(campaign, name) for name in ("ana", "ben", "cleo")]
    answer = resend_selected(oscar_at_desk, *given[:2])
    assert answer.status_code == 303
    assert "2 vouchers sent again" in oscar_at_desk.get(LIST).content.decode()
    addresses = Sending.objects.filter(is_resend=True).values_list("address", flat=True)
    assert sorted(addresses) == ["ana@home.example", "ben@home.example"]


def test_none_of_the_selected_is_sent_if_one_cannot_be(
    oscar_at_desk: Client, campaign: Campaign
) -> None:
    good, bad = issue(campaign, "ana"), issue(campaign, "ben")
    revoke(oscar_at_desk, bad)
    answer = resend_selected(oscar_at_desk, good, bad)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "1 of 2 selected rows needs a change" in page
    assert "Only a voucher that can still be used is sent again" in page
    assert not Sending.objects.exists()


def test_vouchers_of_another_business_cannot_be_selected(
    boris: User, bright_bikes: Organisation, given: Issuance
) -> None:
    assert resend_selected(client_of(boris), given).status_code == 404
    assert not Sending.objects.exists()


def test_reader_selects_nothing_and_sends_nothing(ana: User, given: Issuance) -> None:
    client = client_of(ana)
    assert "Re-send selected" not in client.get(LIST).content.decode()
    assert resend_selected(client, given).status_code in {403, 409}
    assert not Sending.objects.exists()


def test_unseen_code_returns_to_the_pool_and_a_seen_one_is_void(
    oscar_at_desk: Client, campaign: Campaign, sale: VoucherList
) -> None:
    unseen, seen = issue(campaign, "ana"), issue(campaign, "ben")
    assert showing.hand_over(issuance=seen, at=now())
    before = available(sale)
    for issuance, words in ((unseen, "returns to the pool"), (seen, "it becomes void")):
        assert words in oscar_at_desk.get(of(issuance, "revoke")).content.decode()
        answer = revoke(oscar_at_desk, issuance)
        assert (answer.status_code, answer["Location"]) == (303, of(issuance))
    assert available(sale) == before + 1
    codes = {one.pk: one for one in VoucherCode.objects.all()}
    assert codes[unseen.code_id or 0].state == CodeState.AVAILABLE
    void = codes[seen.code_id or 0]
    assert (void.state, void.void_reason) == (CodeState.VOID, VoidReason.REVOKED)
    states = Issuance.objects.order_by("pk").values_list("status", flat=True)
    assert list(states) == [IssuanceStatus.RETURNED, IssuanceStatus.REVOKED]


@pytest.mark.parametrize("is_seen", [False, True])
@pytest.mark.parametrize(
    ("typed", "outcome"),
    [({}, Outcome.LIMIT_REACHED), ({"may_receive_another": "on"}, Outcome.ISSUED)],
)
def test_recipient_gets_another_only_where_staff_tick_it(
    oscar_at_desk: Client,
    campaign: Campaign,
    given: Issuance,
    is_seen: bool,
    typed: dict[str, str],
    outcome: Outcome,
) -> None:
    if is_seen:
        assert showing.hand_over(issuance=given, at=now())
    assert revoke(oscar_at_desk, given, **typed).status_code == 303
    assert ask(campaign, person("ana"), at=now()).outcome == outcome


def test_voucher_is_not_taken_back_without_a_reason_or_twice(
    oscar_at_desk: Client, given: Issuance
) -> None:
    answer = revoke(oscar_at_desk, given, reason=" ", may_receive_another="on")
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "returns to the pool" in page
    assert answer.context["form"]["may_receive_another"].value() is True
    assert Issuance.objects.get().status == IssuanceStatus.ISSUED
    assert revoke(oscar_at_desk, given).status_code == 303
    answer = revoke(oscar_at_desk, given)
    assert answer.status_code == 422
    assert "This voucher is returned to the pool now" in answer.content.decode()


def test_page_tells_why_a_voucher_was_taken_back_beside_its_end(
    oscar_at_desk: Client, given: Issuance
) -> None:
    revoke(oscar_at_desk, given, reason="Left the company")
    items = {item["what"]: item["text"] for item in oscar_at_desk.get(of(given)).context["items"]}
    assert items == {"Given by “Thanks”": "", "Returned to the pool": "Left the company"}


def test_page_tells_of_a_redemption_once(oscar_at_desk: Client, given: Issuance) -> None:
    assert given.code is not None
    redeem(given.business, given.code.code, at=now())
    page = oscar_at_desk.get(of(given))
    what = [item["what"] for item in page.context["items"]]
    assert what == ["Redeemed", "Given by “Thanks”"]
    for act in ("resend", "revoke"):
        assert of(given, act) not in page.content.decode()


def give_url(campaign: Campaign) -> str:
    return reverse("voucher_campaign_give", args=[campaign.pk])


def give(client: Client, campaign: Campaign, **typed: str) -> Any:
    url = give_url(campaign)
    return client.post(url, {"nonce": nonce_of(client, url), **typed})


@pytest.mark.parametrize(
    "typed",
    [
        {"who": "rita@home.example", "reason": ""},
        {"who": "", "reason": "Late delivery"},
        {"who": "nobody@", "reason": "Late delivery"},
        {"who": "C-000", "reason": "Late delivery"},
    ],
)
def test_code_is_not_given_without_recipient_and_reason_and_typed_values_stay(
    oscar_at_desk: Client, campaign: Campaign, typed: dict[str, str]
) -> None:
    answer = give(oscar_at_desk, campaign, **typed)
    assert answer.status_code == 422
    page = answer.content.decode()
    for value in filter(None, typed.values()):
        assert value in page
    assert not Issuance.objects.exists()
    assert not Attempt.objects.exists()


def test_code_given_by_hand_keeps_its_reason_and_its_giver_and_is_given_once(
    oscar_at_desk: Client, campaign: Campaign, oscar: User
) -> None:
    contact = make_contact(campaign.business, "Rita Rossi", email="rita@home.example")
    url = give_url(campaign)
    typed = {
        "nonce": nonce_of(oscar_at_desk, url), "who": contact.code.lower(), "reason": "Late order",
    }  # fmt: skip
    places = {oscar_at_desk.post(url, typed)["Location"] for _ in range(2)}
    made = Issuance.objects.get()
    assert places == {of(made)}
    assert (made.contact, made.email) == (contact, "rita@home.example")
    assert (made.reason, made.created_by, made.source) == ("Late order", oscar, "Manual")
    page = oscar_at_desk.get(of(made)).content.decode()
    assert "Voucher of Rita Rossi" in page
    assert "Late order" in page


def test_contact_of_another_business_is_nobody_here(
    oscar_at_desk: Client, campaign: Campaign, bright_bikes: Organisation
) -> None:
    theirs = make_contact(bright_bikes, "Rita")
    answer = give(oscar_at_desk, campaign, who=theirs.code, reason="Late order")
    assert answer.status_code == 422
    assert not Issuance.objects.exists()


def test_second_code_past_the_limit_is_refused_in_words(
    oscar_at_desk: Client, campaign: Campaign, given: Issuance
) -> None:
    answer = give(oscar_at_desk, campaign, who=given.email, reason="Late order")
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "This person has as many codes as the campaign allows" in page
    assert 'value="Late order"' in page
    assert Issuance.objects.count() == 1


def test_paused_campaign_gives_nothing_by_hand_and_says_so(
    oscar_at_desk: Client, sale: VoucherList
) -> None:
    campaign = make_campaign(sale, "Thanks", status=CampaignStatus.PAUSED)
    page = oscar_at_desk.get(reverse("voucher_campaign", args=[campaign.pk])).content.decode()
    assert give_url(campaign) not in page
    answer = give(oscar_at_desk, campaign, who="rita@home.example", reason="Late order")
    assert answer.status_code == 422
    assert "Publish or resume it first" in answer.content.decode()


def test_who_is_given_a_code_while_none_is_left_is_put_on_the_wait_list(
    oscar_at_desk: Client, acme: Organisation
) -> None:
    campaign = make_campaign(stocked(acme, 0, at=now()))
    answer = give(oscar_at_desk, campaign, who="rita@home.example", reason="Late order")
    waiting = reverse("voucher_campaign_waiting", args=[campaign.pk])
    assert (answer.status_code, answer["Location"]) == (303, waiting)
    assert WaitEntry.objects.get().state == WaitState.WAITING
    assert "rita@home.example" in oscar_at_desk.get(waiting).content.decode()


def test_refusal_by_hand_stands_in_the_decisions_with_its_reason(
    oscar_at_desk: Client, campaign: Campaign, given: Issuance
) -> None:
    give(oscar_at_desk, campaign, who=given.email, reason="Late order")
    url = reverse("voucher_campaign_decisions", args=[campaign.pk])
    page = oscar_at_desk.get(url, {"outcome": "limit_reached", "q": "ana@"})
    (row,) = page.context["page"].rows
    assert (row.recipient_key, row.issuance) == (given.recipient_key, None)
    assert "Has as many as allowed" in page.content.decode()
