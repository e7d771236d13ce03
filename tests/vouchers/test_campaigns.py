"""Campaigns from the first draft to the archive (vouchers.md 2.6, 2.7, 3)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from core.errors import StaleStatus, StaleVersion
from directory.models import Organisation, User
from tests.factories.directory import make_contact
from tests.factories.vouchers import make_codes, make_list
from tests.vouchers.campaigning import DAY, NOW, ask, hold, person, running, stocked
from tests.vouchers.conservation import faults
from vouchers.choices import CampaignStatus, Outcome
from vouchers.models import Campaign, CampaignList, CampaignStatusChange, RunPerson, VoucherList
from vouchers.selectors.coverage import coverage_of
from vouchers.services import campaign_lists, campaign_statuses, campaigns, runs, waiting
from vouchers.services.campaign_changes import CampaignOver, Frozen
from vouchers.services.campaign_lists import AlreadyLinked, ListUnusable, QuotaWrong
from vouchers.services.campaign_statuses import NotReady, StillExhausted
from vouchers.services.campaigns import CampaignData, CampaignWrong, NameTaken, NotADraft

pytestmark = pytest.mark.django_db


def draft(business: Organisation, actor: User | None = None, **changes: Any) -> Campaign:
    data = CampaignData(**{"name": "Welcome", **changes})
    return campaigns.create(business=business, data=data, actor=actor, at=NOW)


def link(campaign: Campaign, voucher_list: VoucherList, **changes: Any) -> CampaignList:
    return campaign_lists.link(
        campaign=campaign, voucher_list=voucher_list, actor=None, at=NOW, **changes
    )


def changed(campaign: Campaign, **changes: Any) -> Campaign:
    campaign.refresh_from_db()
    data = replace(campaigns.data_of(campaign), **changes)
    return campaigns.update(
        campaign=campaign, data=data, version=campaign.version, actor=None, at=NOW
    )


def test_drafts_are_numbered_and_named_apart(acme: Organisation) -> None:
    assert draft(acme).reference == "CMP-000001"
    assert draft(acme, name="Second").number == 2
    with pytest.raises(NameTaken):
        draft(acme, name="WELCOME")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "  "),
        ("max_per_recipient", 0),
        ("max_per_recipient", 101),
        ("max_total", 0),
        ("reservation_minutes", 14 * 24 * 60 + 1),
        ("trigger", "events.nonsense"),
        ("ends_at", NOW - DAY),
    ],
)
def test_a_draft_is_never_saved_wrong(acme: Organisation, field: str, value: Any) -> None:
    with pytest.raises(CampaignWrong) as refused:
        draft(acme, starts_at=NOW, **{field: value})
    assert field in refused.value.fields


def test_a_campaign_without_a_usable_list_is_not_published(acme: Organisation, ada: User) -> None:
    campaign = draft(acme)
    with pytest.raises(NotReady, match="Link at least one active list"):
        campaign_statuses.publish(campaign=campaign, actor=ada, at=NOW)
    link(campaign, stocked(acme, 1))
    published = campaign_statuses.publish(campaign=campaign, actor=ada, at=NOW)
    assert published.status == CampaignStatus.RUNNING
    assert list(
        CampaignStatusChange.objects.values_list("to_status", flat=True).order_by("pk")
    ) == [
        "draft",
        "running",
    ]


def test_only_active_unexpired_lists_of_the_business_can_be_linked_once(
    acme: Organisation, bright_bikes: Organisation
) -> None:
    campaign, sale = draft(acme), stocked(acme, 1)
    for status in ("paused", "expired", "archived"):
        with pytest.raises(ListUnusable):
            link(campaign, make_list(sale.partner, status=status))
    with pytest.raises(ListUnusable):
        link(campaign, make_list(sale.partner, expires_at=NOW))
    with pytest.raises(VoucherList.DoesNotExist):
        link(campaign, stocked(bright_bikes, 1))
    link(campaign, sale)
    with pytest.raises(AlreadyLinked):
        link(campaign, sale)


def test_a_campaign_begins_and_ends_by_the_clock(acme: Organisation, ada: User) -> None:
    sale = stocked(acme, 5)
    campaign = draft(acme, starts_at=NOW + DAY, ends_at=NOW + 3 * DAY)
    link(campaign, sale)
    campaign_statuses.publish(campaign=campaign, actor=ada, at=NOW)
    assert ask(campaign).outcome == Outcome.NOT_RUNNING
    assert campaign_statuses.start_due(at=NOW + DAY - timedelta(seconds=1)) == 0
    assert campaign_statuses.start_due(at=NOW + DAY) == 1
    hold(campaign, person("late"), at=NOW + DAY)
    assert campaign_statuses.end_due(at=NOW + 3 * DAY) == 1
    campaign.refresh_from_db()
    assert (campaign.status, campaign.status_set_by) == ("ended", "clock")
    assert campaign.issuances.get().status == "released"
    assert faults() == []


def test_an_audience_is_taken_down_when_the_campaign_begins(acme: Organisation, ada: User) -> None:
    people = [make_contact(acme, f"Person {n}") for n in range(5)]
    campaign = draft(acme, qualification="audience")
    link(campaign, stocked(acme, 9))
    coverage = coverage_of(campaign=campaign, at=NOW)
    assert (coverage.audience, coverage.distributable, coverage.is_short) == (5, 9, False)
    campaign_statuses.publish(campaign=campaign, actor=ada, at=NOW)
    make_contact(acme, "Came Later")
    run = campaign.runs.get()
    order = list(RunPerson.objects.order_by("place").values_list("recipient_key", flat=True))
    assert set(order) == {str(one.pk) for one in people}
    assert runs.work_due(at=NOW) == 5
    run.refresh_from_db()
    assert (run.state, run.served_count) == ("done", 5)


def test_a_run_rests_with_its_campaign_and_goes_on_with_it(acme: Organisation, ada: User) -> None:
    for number in range(3):
        make_contact(acme, f"Person {number}")
    sale = stocked(acme, 1)
    campaign = running(sale, qualification="audience", on_exhaustion="stop")
    run = runs.start(campaign=campaign, at=NOW)
    assert runs.work_due(at=NOW) == 1
    assert RunPerson.objects.filter(run=run, outcome="").count() == 2
    make_codes(sale, 2)
    waiting.serve(voucher_list=sale, at=NOW)
    assert runs.work_due(at=NOW) == 2
    assert runs.start(campaign=campaign, at=NOW).size == 0


def test_more_people_than_codes_is_said_before_publishing(acme: Organisation) -> None:
    for number in range(3):
        make_contact(acme, f"Person {number}")
    campaign = draft(acme, qualification="audience", max_per_recipient=2)
    link(campaign, stocked(acme, 9), quota=5)
    coverage = coverage_of(campaign=campaign, at=NOW)
    assert (coverage.needed, coverage.distributable, coverage.is_short) == (6, 5, True)


def test_a_running_campaign_keeps_its_promises(acme: Organisation, ada: User) -> None:
    campaign = draft(acme, max_total=10)
    link(campaign, stocked(acme, 5))
    campaign_statuses.publish(campaign=campaign, actor=ada, at=NOW)
    changed(campaign, description="New", ends_at=NOW + DAY, max_total=20, max_per_recipient=2)
    for change in ({"max_total": 15}, {"max_per_recipient": 1}, {"on_exhaustion": "stop"}):
        with pytest.raises(Frozen):
            changed(campaign, **change)
    changed(campaign, max_total=None)
    campaign_statuses.end(campaign=campaign, actor=ada, at=NOW)
    with pytest.raises(CampaignOver):
        changed(campaign, description="Newer")


def test_a_raised_cap_lets_an_exhausted_campaign_go_on(acme: Organisation, ada: User) -> None:
    campaign = running(stocked(acme, 5), max_total=1)
    ask(campaign, person(1))
    ask(campaign, person(2))
    with pytest.raises(StillExhausted):
        campaign_statuses.resume(campaign=campaign, actor=ada, at=NOW)
    changed(campaign, max_total=3)
    waiting.serve(campaign=campaign, at=NOW)
    assert ask(campaign, person(2)).outcome == Outcome.ISSUED
    assert faults() == []


def test_a_cap_set_later_counts_what_was_given_before(acme: Organisation) -> None:
    campaign = running(stocked(acme, 5))
    ask(campaign, person(1))
    ask(campaign, person(2))
    Campaign.objects.filter(pk=campaign.pk).update(max_total=3)
    assert ask(campaign, person(3)).outcome == Outcome.ISSUED
    assert ask(campaign, person(4)).outcome == Outcome.CAP_REACHED


def test_a_quota_counts_what_was_taken_before(acme: Organisation, ada: User) -> None:
    sale = stocked(acme, 9)
    campaign = running(sale)
    for number in range(3):
        ask(campaign, person(number))
    mapping = campaign.mappings.get()
    with pytest.raises(QuotaWrong):
        campaign_lists.change(mapping=mapping, priority=1, quota=2, actor=ada, at=NOW)
    campaign_lists.change(mapping=mapping, priority=1, quota=4, actor=ada, at=NOW)
    assert ask(campaign, person(8)).outcome == Outcome.ISSUED
    assert ask(campaign, person(9)).outcome == Outcome.WAITLISTED
    assert faults() == []


def test_a_campaign_paused_before_its_start_waits_for_it_again(
    acme: Organisation, ada: User
) -> None:
    campaign = draft(acme, starts_at=NOW + DAY)
    link(campaign, stocked(acme, 1))
    campaign_statuses.publish(campaign=campaign, actor=ada, at=NOW)
    campaign_statuses.pause(campaign=campaign, actor=ada, at=NOW)
    assert campaign_statuses.resume(campaign=campaign, actor=ada, at=NOW).status == "scheduled"
    assert campaign_statuses.cancel(campaign=campaign, actor=ada, at=NOW).status == "draft"


def test_somebody_who_edits_an_older_version_is_told(acme: Organisation, ada: User) -> None:
    campaign = draft(acme)
    changed(campaign, description="First")
    with pytest.raises(StaleVersion):
        campaigns.update(
            campaign=campaign,
            data=campaigns.data_of(campaign),
            version=1,
            actor=ada,
            at=NOW,
        )
    with pytest.raises(StaleStatus):
        campaign_statuses.pause(campaign=campaign, actor=ada, at=NOW)


def test_a_copy_is_a_draft_with_the_same_lists_and_without_dates(
    acme: Organisation, ada: User
) -> None:
    campaign = draft(acme, starts_at=NOW, ends_at=NOW + DAY, max_total=7)
    link(campaign, stocked(acme, 1), quota=5)
    made = campaigns.copy(campaign=campaign, actor=ada, at=NOW)
    assert (made.name, made.status, made.max_total) == ("Copy of Welcome", "draft", 7)
    assert (made.starts_at, made.ends_at) == (None, None)
    assert made.mappings.get().quota == 5
    assert campaigns.copy(campaign=campaign, actor=ada, at=NOW).name == "Copy of Welcome 2"


def test_only_a_draft_can_be_deleted(acme: Organisation, ada: User) -> None:
    campaign = draft(acme)
    campaigns.delete(campaign=campaign)
    assert not Campaign.objects.exists()
    with pytest.raises(NotADraft):
        campaigns.delete(campaign=running(stocked(acme, 1)))
