"""The runs of a campaign at the desk, and what was set in it (vouchers.md 5.2, 8 page 12)."""

from __future__ import annotations

from collections.abc import Iterator
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
from tests.kit.lists import HTMX
from tests.vouchers.campaigning import stocked
from vouchers.choices import CampaignStatus, Outcome, Qualification, RunState
from vouchers.models import AudienceRun, Campaign, Issuance, RunPerson
from vouchers.services import runs

pytestmark = pytest.mark.django_db


def of(campaign: Campaign, name: str) -> str:
    return reverse(f"voucher_campaign_{name}", args=[campaign.pk])


@pytest.fixture
def campaign(acme: Organisation) -> Campaign:
    sale = stocked(acme, 3, tag="sale", at=now())
    return make_campaign(sale, "Welcome", qualification=Qualification.AUDIENCE)


@pytest.fixture
def desk(mara: User) -> Client:
    return client_of(mara)


class TestAccess(AccessContract):
    def pages(self, cast: Cast) -> Iterator[Page]:
        sale = stocked(cast.acme, 0, at=now())
        campaign = make_campaign(sale, qualification=Qualification.AUDIENCE)
        yield Page(of(campaign, "runs"), "vouchers.read", own_row=True)
        yield Page(of(campaign, "settings"), "vouchers.read", own_row=True)
        yield Page(of(campaign, "run"), "campaigns.write", own_row=True)
        yield Page(of(campaign, "run"), "campaigns.write", own_row=True, post_only=True)
        for name, permission in (
            ("claim_links", "vouchers.issue"),
            ("send_test", "campaigns.write"),
        ):
            url = reverse(f"voucher_{name}", args=[campaign.pk])
            yield Page(url, permission, own_row=True)
            yield Page(url, permission, own_row=True, post_only=True)


def test_further_run_leaves_out_whom_an_earlier_one_served(
    desk: Client, acme: Organisation, campaign: Campaign
) -> None:
    make_contact(acme, "Ana", email="ana@home.example")
    runs.start(campaign=campaign, at=now())
    runs.work_due(at=now())
    make_contact(acme, "Ben", email="ben@home.example")
    question = desk.get(of(campaign, "run")).content.decode()
    assert "2 contacts qualify now" in question
    assert "2 codes" in question
    answer = desk.post(of(campaign, "run"))
    assert (answer.status_code, answer["Location"]) == (303, of(campaign, "runs"))
    runs.work_due(at=now())
    assert Issuance.objects.count() == 2
    assert [run.size for run in AudienceRun.objects.order_by("pk")] == [1, 1]
    page = desk.get(of(campaign, "runs")).content.decode()
    assert page.index("Run 2") < page.index("Run 1")


def test_run_under_way_is_not_begun_a_second_time(desk: Client, campaign: Campaign) -> None:
    make_contact(campaign.business, "Ana", email="ana@home.example")
    for _ in range(2):
        assert desk.post(of(campaign, "run")).status_code == 303
    assert AudienceRun.objects.get().size == 1
    page = desk.get(of(campaign, "runs")).content.decode()
    assert "Take people down once more" not in page
    assert 'hx-trigger="every 5s"' in page


@pytest.mark.parametrize(
    "changes",
    [
        {"status": CampaignStatus.PAUSED, "qualification": Qualification.AUDIENCE},
        {"status": CampaignStatus.ENDED, "qualification": Qualification.AUDIENCE},
        {"status": CampaignStatus.RUNNING, "qualification": Qualification.LIVE},
    ],
)
def test_only_a_running_campaign_for_an_audience_takes_people_down(
    desk: Client, acme: Organisation, changes: dict[str, Any]
) -> None:
    campaign = make_campaign(stocked(acme, 1, at=now()), **changes)
    answer = desk.post(of(campaign, "run"))
    assert answer.status_code == 409
    assert "Only a running campaign for an audience" in answer.content.decode()
    assert not AudienceRun.objects.exists()


def test_run_that_is_done_asks_for_its_progress_no_more_and_tells_its_outcomes(
    desk: Client, campaign: Campaign
) -> None:
    at = now()
    run = AudienceRun.objects.create(
        campaign=campaign, seed=1, size=3, state=RunState.DONE, ended_at=at,
        created_at=at, updated_at=at,
    )  # fmt: skip
    for place, outcome in enumerate((Outcome.ISSUED, Outcome.ISSUED, Outcome.NOT_ELIGIBLE)):
        RunPerson.objects.create(run=run, place=place, recipient_key=str(place), outcome=outcome)
    answer = desk.get(of(campaign, "runs"), headers=HTMX)
    page = answer.content.decode()
    assert page.startswith('<div id="runs"')
    assert "every 5s" not in page
    (found,) = answer.context["runs"]
    assert found.outcomes == ((Outcome.ISSUED, 2), (Outcome.NOT_ELIGIBLE, 1))
    assert f"{of(campaign, 'decisions')}?outcome=not_eligible" in page


def test_live_campaign_has_no_tab_of_runs(desk: Client, acme: Organisation) -> None:
    live = make_campaign(stocked(acme, 1, at=now()))
    assert of(live, "runs") not in desk.get(of(live, "settings")).content.decode()
    assert "has no runs" in desk.get(of(live, "runs")).content.decode()


@pytest.mark.parametrize("tab", ["runs", "settings"])
def test_a_tab_takes_a_fixed_number_of_queries(desk: Client, campaign: Campaign, tab: str) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert desk.get(of(campaign, tab)).status_code == 200
        return len(queries)

    runs.start(campaign=campaign, at=now())
    asked()
    few = asked()
    for place in range(4):
        make_contact(campaign.business, f"Robin {place}", email=f"robin{place}@home.example")
        AudienceRun.objects.update(state=RunState.DONE)
        runs.start(campaign=campaign, at=now())
        campaign.mappings.create(
            voucher_list=stocked(campaign.business, 1, at=now()), priority=place + 2, added_at=now()
        )
    assert asked() == few <= 16


@pytest.mark.parametrize(
    ("status", "may_change"),
    [(CampaignStatus.DRAFT, True), (CampaignStatus.RUNNING, True), (CampaignStatus.ENDED, False)],
)
def test_settings_lead_to_the_steps_as_long_as_anything_can_be_changed(
    desk: Client, acme: Organisation, status: str, may_change: bool
) -> None:
    campaign = make_campaign(stocked(acme, 1, at=now()), status=status, max_total=40)
    page = desk.get(of(campaign, "settings")).content.decode()
    assert "40 codes" in page
    for step in ("start", "who", "what", "when", "message"):
        url = reverse("voucher_campaign_step", args=[campaign.pk, step])
        assert (url in page) is (may_change or f"{url}" in _acts_of(page)), step


def _acts_of(page: str) -> str:
    """Return the heading's buttons, which have their own way to the builder."""
    start = page.index('class="page-head-actions"')
    return page[start : page.index("</div>", start)]


def test_who_may_only_read_sees_the_settings_without_the_ways_to_change_them(
    ana: User, campaign: Campaign
) -> None:
    page = client_of(ana).get(of(campaign, "settings")).content.decode()
    assert reverse("voucher_campaign_step", args=[campaign.pk, "who"]) not in page
    assert "Welcome" in page
