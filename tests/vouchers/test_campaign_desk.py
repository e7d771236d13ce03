"""The desk of campaigns: lists, roles, builder, acts and the wait list (vouchers.md 8, 10 to 12)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
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
from tests.factories.vouchers import make_campaign, make_list, make_partner
from tests.kit.access import AccessContract, Page
from tests.kit.lists import ListContract
from tests.vouchers.campaigning import ask, person, stocked
from vouchers.choices import AlertKind, CampaignStatus, Outcome, WaitState
from vouchers.models import (
    Alert,
    Attempt,
    Campaign,
    CampaignLeaf,
    Issuance,
    VoucherList,
    WaitEntry,
)
from vouchers.services import alerts

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
WHO = {
    "tree-count": 1, "tree-join": "all", "tree-0-join": "all", "tree-0-count": 1,
    "tree-0-0-kind": "event", "conditions-times-count": 0,
}  # fmt: skip


@pytest.fixture
def sale(acme: Organisation) -> VoucherList:
    return stocked(acme, 3, tag="sale", at=now())


@pytest.fixture
def campaign(sale: VoucherList) -> Campaign:
    return make_campaign(sale, "Thanks")


@pytest.fixture
def mara_at_desk(mara: User) -> Client:
    return client_of(mara)


def of(campaign: Campaign, name: str = "", *more: Any) -> str:
    """Return an address of the campaign: `of(one, "step", "what")`."""
    part = f"_{name}" if name else ""
    return reverse(f"voucher_campaign{part}", args=[campaign.pk, *more])


def place_of(entry: WaitEntry, act: str) -> str:
    return reverse(f"voucher_wait_{act}", args=[entry.campaign_id, entry.pk])


def let_wait(campaign: Campaign, *names: str) -> list[WaitEntry]:
    """Put the people on the wait list, a minute after each other."""
    at = now() - timedelta(hours=1)
    return [
        WaitEntry.objects.create(
            campaign=campaign, recipient_key=person(name).key, email=person(name).email,
            qualified_at=at + timedelta(minutes=place), idempotency_key=f"wish:{name}",
            source="API", created_at=at, updated_at=at,
        )
        for place, name in enumerate(names)
    ]  # fmt: skip


def save(client: Client, campaign: Campaign, step: str, **typed: Any) -> Any:
    campaign.refresh_from_db()
    return client.post(of(campaign, "step", step), {"version": campaign.version, **typed})


def limits(**changes: Any) -> dict[str, Any]:
    """Return what the browser sends of the limits."""
    return {
        "sources-count": 0, "max_per_recipient": 1, "on_exhaustion": "waitlist",
        "reservation_minutes": 15, "min_validity_days": 1,
    } | changes  # fmt: skip


class TestCampaigns(ListContract):
    path = "/vouchers/campaigns"
    filter_query = "status=running"
    search_term = "thanks"
    queries = 10

    @pytest.fixture
    def reader(self, ana: User) -> Client:
        return client_of(ana)

    @pytest.fixture
    def make_rows(self, acme: Organisation) -> Callable[[int], Any]:
        def make(count: int) -> list[Campaign]:
            partner = make_partner(acme)
            return [make_campaign(make_list(partner, at=now())) for _ in range(count)]

        return make


class TestWaitList(ListContract):
    search_term = "robin"
    queries = 9

    @pytest.fixture(autouse=True)
    def place(self, campaign: Campaign) -> None:
        type(self).path = of(campaign, "waiting")

    @pytest.fixture
    def reader(self, mara: User) -> Client:
        return client_of(mara)

    @pytest.fixture
    def make_rows(self, campaign: Campaign) -> Callable[[int], Any]:
        def make(count: int) -> list[WaitEntry]:
            first = campaign.waiting.count()
            return let_wait(campaign, *(f"robin{first + place}" for place in range(count)))

        return make


class TestDecisions(ListContract):
    filter_query = "outcome=issued"
    search_term = "robin"
    queries = 10

    @pytest.fixture(autouse=True)
    def place(self, campaign: Campaign) -> None:
        type(self).path = of(campaign, "decisions")

    @pytest.fixture
    def reader(self, mara: User) -> Client:
        return client_of(mara)

    @pytest.fixture
    def make_rows(self, campaign: Campaign) -> Callable[[int], Any]:
        def make(count: int) -> list[Attempt]:
            return Attempt.objects.bulk_create(
                Attempt(
                    campaign=campaign,
                    recipient_key=str(make_contact(campaign.business, f"Robin {place}").pk),
                    outcome=Outcome.NOT_ELIGIBLE,
                    at=now(),
                )
                for place in range(count)
            )

        return make


class TestAlerts(ListContract):
    path = "/vouchers/alerts"
    filter_query = "state=open"
    search_term = "list"
    queries = 8

    @pytest.fixture
    def reader(self, ana: User) -> Client:
        return client_of(ana)

    @pytest.fixture
    def make_rows(self, acme: Organisation) -> Callable[[int], Any]:
        def make(count: int) -> None:
            partner, first = make_partner(acme), Alert.objects.count()
            for place in range(count):
                about = make_list(partner, at=now())
                alerts.raise_happening(
                    kind=AlertKind.MISMATCH, business=acme, key=f"mismatch:{first + place}",
                    subject=about.name, voucher_list=about, at=now(),
                )  # fmt: skip

        return make


class TestAccess(AccessContract):
    def pages(self, cast: Cast) -> Iterator[Page]:
        sale = stocked(cast.acme, 0, at=now())
        campaign = make_campaign(sale)
        first, second = let_wait(campaign, "a", "b")
        alert = Alert.objects.create(
            business=cast.acme, kind=AlertKind.EXHAUSTED, voucher_list=sale, key="empty",
            subject=sale.name, raised_at=now(), created_at=now(), updated_at=now(),
        )  # fmt: skip
        yield Page(reverse("voucher_campaigns"), "vouchers.read")
        yield Page(reverse("voucher_alerts"), "vouchers.read")
        yield Page(reverse("voucher_campaign_new"), "campaigns.write")
        yield Page(reverse("voucher_people_new"), "campaigns.write")
        yield Page(reverse("voucher_settings"), "vouchers.write")
        tabs = ("", "lists", "recipients", "waiting", "decisions", "message", "activity")
        for name in tabs:
            yield Page(of(campaign, name), "vouchers.read", own_row=True)
        for step in ("start", "who", "what", "when", "message", "review"):
            yield Page(of(campaign, "step", step), "campaigns.write", own_row=True)
        words = of(campaign, "words", "what")
        yield Page(words, "campaigns.write", own_row=True, post_only=True)
        yield Page(of(campaign, "act", "pause"), "campaigns.write", own_row=True)
        yield Page(of(campaign, "give"), "vouchers.issue", own_row=True)
        yield Page(place_of(first, "serve"), "campaigns.write", own_row=True, post_only=True)
        yield Page(place_of(second, "remove"), "campaigns.write", own_row=True)
        for name, post_only in (("acknowledge", True), ("snooze", False)):
            url = reverse(f"voucher_alert_{name}", args=[alert.pk])
            yield Page(url, "campaigns.write", own_row=True, post_only=post_only)


@pytest.mark.parametrize("tab", ["", "lists", "message", "settings", "activity"])
def test_a_tab_takes_a_fixed_number_of_queries(
    mara_at_desk: Client, campaign: Campaign, tab: str
) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert mara_at_desk.get(of(campaign, tab)).status_code == 200
        return len(queries)

    for act, seen in (("pause", "running"), ("resume", "paused")):
        mara_at_desk.post(of(campaign, "act", act), {"seen": seen})
    asked()
    few = asked()
    let_wait(campaign, *(f"waits{place}" for place in range(5)))
    for name in ("ana", "ben", "cleo"):
        assert ask(campaign, person(name), at=now()).issuance is None
    WaitEntry.objects.all().delete()
    for name in ("dora", "eva", "finn"):
        assert ask(campaign, person(name), at=now()).issuance is not None
    for _ in range(3):
        mara_at_desk.post(of(campaign, "act", "pause"), {"seen": "running"})
        mara_at_desk.post(of(campaign, "act", "resume"), {"seen": "paused"})
    assert asked() == few <= 22


def test_lists_tab_asks_as_much_for_many_lists_as_for_one(
    mara_at_desk: Client, acme: Organisation, campaign: Campaign
) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            mara_at_desk.get(of(campaign, "lists"))
        return len(queries)

    asked()
    one = asked()
    for place in range(2, 7):
        campaign.mappings.create(
            voucher_list=stocked(acme, 1, at=now()), priority=place, added_at=now()
        )
    assert asked() == one


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("status=paused", {"Old"}),
        ("status=archived", {"Gone"}),
        ("qualification=audience", {"Old"}),
        ("waiting=yes", {"Thanks"}),
        ("waiting=no", {"Old"}),
        ("q=hank", {"Thanks"}),
        ("q=CMP-000002", {"Old"}),
        ("", {"Thanks", "Old"}),
    ],
)
def test_filters_narrow_the_campaigns(
    mara_at_desk: Client, campaign: Campaign, sale: VoucherList, query: str, found: set[str]
) -> None:
    make_campaign(sale, "Old", status="paused", qualification="audience")
    make_campaign(sale, "Gone", status=CampaignStatus.ARCHIVED)
    let_wait(campaign, "ana")
    page = mara_at_desk.get(f"{reverse('voucher_campaigns')}?{query}")
    assert {row.name for row in page.context["page"].rows} == found


def test_row_shows_what_was_given_under_its_cap_and_who_waits(
    mara_at_desk: Client, sale: VoucherList
) -> None:
    campaign = make_campaign(sale, "Capped", max_total=40)
    ask(campaign, person("ana"), at=now())
    let_wait(campaign, "ben")
    page = mara_at_desk.get(reverse("voucher_campaigns")).content.decode()
    assert "1 / 40" in page
    assert f'<a href="{of(campaign, "waiting")}">1</a>' in page


def test_search_for_somebody_who_waits_tells_their_place_among_all(
    mara_at_desk: Client, campaign: Campaign
) -> None:
    let_wait(campaign, "ana", "ben", "cleo")
    page = mara_at_desk.get(of(campaign, "waiting"), {"q": "cleo"})
    assert [(row.email, row.position) for row in page.context["page"].rows] == [
        ("cleo@home.example", 3)
    ]


def test_serve_now_gives_a_code_out_of_turn_and_once(
    mara_at_desk: Client, campaign: Campaign, sale: VoucherList
) -> None:
    first, second = let_wait(campaign, "ana", "ben")
    answer = mara_at_desk.post(place_of(second, "serve"))
    assert (answer.status_code, answer["Location"]) == (303, of(campaign, "waiting"))
    second.refresh_from_db()
    first.refresh_from_db()
    assert (first.state, second.state) == (WaitState.WAITING, WaitState.SERVED)
    given = Issuance.objects.get()
    assert (given.recipient_key, second.issuance) == (person("ben").key, given)
    assert mara_at_desk.post(place_of(second, "serve")).status_code == 409
    assert Issuance.objects.count() == 1


def test_serve_now_without_a_code_says_what_to_do_and_keeps_the_place(
    mara_at_desk: Client, acme: Organisation
) -> None:
    campaign = make_campaign(stocked(acme, 0, at=now()))
    (entry,) = let_wait(campaign, "ana")
    answer = mara_at_desk.post(place_of(entry, "serve"))
    assert answer.status_code == 409
    assert "Upload codes to one of its lists" in answer.content.decode()
    entry.refresh_from_db()
    assert entry.state == WaitState.WAITING


def test_remove_asks_then_takes_somebody_off_the_wait_list_and_says_who_did(
    mara_at_desk: Client, campaign: Campaign, mara: User
) -> None:
    entry, other = let_wait(campaign, "ana", "ben")
    url = place_of(entry, "remove")
    asked = mara_at_desk.get(url).content.decode()
    assert "Remove ana@home.example from the wait list?" in asked
    assert mara_at_desk.post(url).status_code == 303
    entry.refresh_from_db()
    assert (entry.state, entry.ended_reason) == (
        WaitState.WITHDRAWN,
        f"removed by {mara.display_name}",
    )
    assert mara_at_desk.post(url).status_code == 409
    page = mara_at_desk.get(of(campaign, "waiting"))
    assert [row.pk for row in page.context["page"].rows] == [other.pk]


def test_entry_of_another_campaign_is_not_served_or_removed(
    mara_at_desk: Client, campaign: Campaign, sale: VoucherList
) -> None:
    (entry,) = let_wait(make_campaign(sale, "Other"), "ana")
    for act in ("serve", "remove"):
        url = reverse(f"voucher_wait_{act}", args=[campaign.pk, entry.pk])
        assert mara_at_desk.post(url).status_code == 404, act
    entry.refresh_from_db()
    assert entry.state == WaitState.WAITING


@pytest.mark.parametrize(
    ("status", "act", "became"),
    [
        ("running", "pause", "paused"),
        ("paused", "resume", "running"),
        ("running", "end", "ended"),
        ("scheduled", "cancel", "draft"),
        ("ended", "archive", "archived"),
    ],
)
def test_act_asks_with_its_consequences_then_changes_the_status(
    mara_at_desk: Client, sale: VoucherList, status: str, act: str, became: str
) -> None:
    campaign = make_campaign(sale, status=status, starts_at=now() - DAY)
    page = mara_at_desk.get(of(campaign, "act", act))
    assert page.context["consequences"]
    assert page.context["form"]["seen"].value() == status
    answer = mara_at_desk.post(of(campaign, "act", act), {"seen": status})
    assert (answer.status_code, answer["Location"]) == (303, of(campaign))
    campaign.refresh_from_db()
    assert campaign.status == became


@pytest.mark.parametrize("act", ["pause", "resume", "cancel", "end", "archive", "copy", "delete"])
def test_act_from_a_page_that_is_out_of_date_changes_nothing_and_says_how_it_stands(
    cast: Cast, sale: VoucherList, act: str
) -> None:
    campaign = make_campaign(sale, "Thanks")
    ada = client_of(cast.ada)
    assert ada.post(of(campaign, "act", "pause"), {"seen": "running"}).status_code == 303
    answer = client_of(cast.mara).post(of(campaign, "act", act), {"seen": "running"})
    assert answer.status_code == 409
    assert f"is now Paused (by {cast.ada.display_name})" in answer.content.decode()
    assert Campaign.objects.get().status == CampaignStatus.PAUSED


@pytest.mark.parametrize(
    ("status", "act"),
    [("draft", "pause"), ("ended", "resume"), ("running", "archive"), ("running", "delete")],
)
def test_act_that_is_none_of_the_status_is_refused(
    mara_at_desk: Client, sale: VoucherList, status: str, act: str
) -> None:
    campaign = make_campaign(sale, status=status)
    assert mara_at_desk.get(of(campaign, "act", act)).status_code == 409
    assert mara_at_desk.post(of(campaign, "act", act)).status_code == 409
    assert Campaign.objects.get().status == status


def test_unknown_acts_and_steps_do_not_exist(mara_at_desk: Client, campaign: Campaign) -> None:
    assert mara_at_desk.post(of(campaign, "act", "explode")).status_code == 404
    assert mara_at_desk.get(of(campaign, "step", "where")).status_code == 404
    assert mara_at_desk.post(of(campaign, "words", "review")).status_code == 404


def test_ended_campaign_is_copied_into_a_draft_and_a_draft_is_deleted(
    mara_at_desk: Client, sale: VoucherList
) -> None:
    over = make_campaign(sale, "Thanks", status=CampaignStatus.ENDED)
    answer = mara_at_desk.post(of(over, "act", "copy"), {"seen": "ended"})
    made = Campaign.objects.exclude(pk=over.pk).get()
    assert answer["Location"] == of(made, "step", "start")
    assert (made.status, made.mappings.get().voucher_list) == (CampaignStatus.DRAFT, sale)
    answer = mara_at_desk.post(of(made, "act", "delete"), {"seen": "draft"})
    assert answer["Location"] == reverse("voucher_campaigns")
    assert list(Campaign.objects.all()) == [over]


def test_new_campaign_with_bad_input_keeps_what_was_typed(
    mara_at_desk: Client, campaign: Campaign
) -> None:
    url = reverse("voucher_campaign_new")
    nonce = mara_at_desk.get(url).context["form"]["nonce"].value()
    for name in ("", "THANKS", "x" * 121):
        typed = {
            "nonce": nonce, "name": name, "description": "For ten years with us",
            "qualification": "live", "trigger": "events.referral",
        }  # fmt: skip
        answer = mara_at_desk.post(url, typed)
        assert answer.status_code == 422, name
        assert "For ten years with us" in answer.content.decode()
        assert answer.context["form"]["trigger"].value() == "events.referral"
    assert Campaign.objects.count() == 1
    for _ in range(2):
        answer = mara_at_desk.post(url, {**typed, "name": "Referrals"})
        made = Campaign.objects.get(name="Referrals")
        assert answer["Location"] == of(made, "step", "who")


@pytest.mark.parametrize(
    ("step", "typed", "words"),
    [
        ("start", {"name": "", "qualification": "live", "description": "KEPT"}, "required"),
        ("who", {**WHO, "tree-0-0-days": "-4"}, "tree-0-0-days"),
        ("what", limits(max_total="0", max_per_week="77"), "max_total"),
        ("what", limits(on_exhaustion="fallback_code"), "Enter the code that everybody is given"),
        (
            "when",
            {"starts_at": "2031-05-02T10:00", "ends_at": "2031-05-02T09:00"},
            "Choose a moment after the start",
        ),
        (
            "message",
            {"code_in_mail": "code", "mail_subject": "Hi", "mail_body": "KEPT {{ Nonsense }}"},
            "Nonsense",
        ),
    ],
)
def test_step_with_bad_input_is_shown_again_as_typed_and_saves_nothing(
    mara_at_desk: Client, sale: VoucherList, step: str, typed: dict[str, Any], words: str
) -> None:
    campaign = make_campaign(sale, "Draft", status=CampaignStatus.DRAFT)
    answer = save(mara_at_desk, campaign, step, **typed)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert words in page
    assert 'class="error-summary' in page
    for value in typed.values():
        if value in ("KEPT", "-4", "77", "2031-05-02T09:00"):
            assert value in page
    before = campaign.version
    campaign.refresh_from_db()
    assert (campaign.version, campaign.steps_done) == (before, [])
    assert not CampaignLeaf.objects.exists()
