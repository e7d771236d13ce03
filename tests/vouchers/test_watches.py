"""Campaigns that give a code when something does not follow within a time (vouchers.md 5.2)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from core.models import OutboxEvent
from directory.models import Contact, Organisation, User
from events.choices import EventStatus
from events.models import BusinessEvent
from tests.cast import client_of
from tests.factories.directory import make_contact
from tests.factories.floor import AFTERNOON, Cafe, buy, line, make_cafe
from tests.factories.vouchers import make_campaign, make_codes, make_list, make_partner
from tests.vouchers.campaigning import DAY, ask
from vouchers import triggers
from vouchers.choices import Outcome, Source
from vouchers.models import Attempt, Campaign, Issuance, VoucherList, Watch
from vouchers.outside_choices import Channel
from vouchers.recipients import of_contact
from vouchers.services import campaign_statuses, campaigns, qualifying, redeeming, watches
from vouchers.services.campaigns import CampaignData, CampaignWrong
from vouchers.services.redeeming import Report, Reporter

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def stocked(business: Organisation) -> VoucherList:
    made = make_list(make_partner(business), expires_at=AFTERNOON + 300 * DAY)
    make_codes(made, 5)
    return made


def waiting_campaign(cafe: Cafe, **changes: Any) -> Campaign:
    """Make a running campaign: bought, and no further purchase within three days."""
    values = {"trigger": triggers.PURCHASE, "absent": triggers.PURCHASE, "absent_hours": 72}
    return make_campaign(stocked(cafe.business), **{**values, **changes})


def bought(cafe: Cafe, contact: Contact, *, at: datetime, minor: int = 250) -> BusinessEvent:
    """Let the contact buy something, and the campaigns hear of it twice."""
    event = buy(cafe.v1, contact, line("ESP", minor), at=at)
    heard = OutboxEvent.objects.filter(topic=triggers.PURCHASE).latest("pk")
    for _ in range(2):
        qualifying.qualify(outbox_id=heard.pk, at=at)
    return event


def given_to(contact: Contact) -> int:
    return Issuance.objects.filter(contact=contact).count()


def test_a_code_is_given_when_the_time_is_over_and_nothing_followed_and_only_once() -> None:
    cafe = make_cafe()
    ana = make_contact(cafe.business, "Ana")
    campaign = waiting_campaign(cafe)
    bought(cafe, ana, at=AFTERNOON)
    assert Watch.objects.get().due_at == AFTERNOON + 72 * HOUR
    assert watches.decide_due(at=AFTERNOON + 71 * HOUR) == 0
    assert given_to(ana) == 0
    assert watches.decide_due(at=AFTERNOON + 72 * HOUR) == 1
    assert watches.decide_due(at=AFTERNOON + 80 * HOUR) == 0
    issuance = Issuance.objects.get()
    assert (issuance.contact, issuance.source) == (ana, Source.CAMPAIGN)
    assert issuance.campaign == campaign


def test_what_followed_in_time_is_written_down_and_begins_a_time_of_its_own() -> None:
    cafe = make_cafe()
    ana = make_contact(cafe.business, "Ana")
    waiting_campaign(cafe)
    bought(cafe, ana, at=AFTERNOON)
    bought(cafe, ana, at=AFTERNOON + 48 * HOUR)
    assert watches.decide_due(at=AFTERNOON + 72 * HOUR) == 1
    assert given_to(ana) == 0
    assert Attempt.objects.get().reason == "purchase within 3 days"
    assert watches.decide_due(at=AFTERNOON + 120 * HOUR) == 1
    assert given_to(ana) == 1


def test_a_purchase_that_was_cancelled_neither_begins_nor_follows() -> None:
    cafe = make_cafe()
    ana, ben = make_contact(cafe.business, "Ana"), make_contact(cafe.business, "Ben")
    waiting_campaign(cafe)
    gone = bought(cafe, ana, at=AFTERNOON)
    bought(cafe, ben, at=AFTERNOON)
    after = bought(cafe, ben, at=AFTERNOON + DAY)
    BusinessEvent.objects.filter(pk__in=[gone.pk, after.pk]).update(status=EventStatus.CANCELLED)
    watches.decide_due(at=AFTERNOON + 3 * DAY)
    assert (given_to(ana), given_to(ben)) == (0, 1)
    assert Attempt.objects.get(recipient_key=str(ana.pk)).reason == "what began it was cancelled"


def test_conditions_and_limits_are_asked_when_the_time_is_over() -> None:
    cafe = make_cafe()
    ana = make_contact(cafe.business, "Ana")
    campaign = waiting_campaign(cafe)
    ask(campaign, of_contact(ana), at=AFTERNOON)
    bought(cafe, ana, at=AFTERNOON)
    watches.decide_due(at=AFTERNOON + 3 * DAY)
    assert given_to(ana) == 1
    assert Attempt.objects.latest("pk").outcome == Outcome.LIMIT_REACHED


def test_who_comes_while_the_campaign_is_paused_is_written_down_and_not_waited_for() -> None:
    cafe = make_cafe()
    ana = make_contact(cafe.business, "Ana")
    waiting_campaign(cafe, status="paused")
    bought(cafe, ana, at=AFTERNOON)
    assert not Watch.objects.exists()
    assert {one.outcome for one in Attempt.objects.all()} == {Outcome.NOT_RUNNING}


def test_nobody_is_waited_for_once_the_campaign_has_ended() -> None:
    cafe = make_cafe()
    campaign = waiting_campaign(cafe)
    bought(cafe, make_contact(cafe.business, "Ana"), at=AFTERNOON)
    campaign_statuses.end(campaign=campaign, actor=None, at=AFTERNOON)
    assert not Watch.objects.exists()


def test_a_voucher_that_is_not_redeemed_in_time_brings_another_and_a_redeemed_one_does_not() -> (
    None
):
    cafe = make_cafe()
    ana, ben = make_contact(cafe.business, "Ana"), make_contact(cafe.business, "Ben")
    first = make_campaign(stocked(cafe.business))
    reminder = waiting_campaign(
        cafe, trigger="partner_voucher.rewarded", absent=triggers.REDEEMED, absent_hours=48
    )
    for contact in (ana, ben):
        given = ask(first, of_contact(contact), at=AFTERNOON).issuance
        assert given is not None
        heard = OutboxEvent.objects.get(topic="partner_voucher.rewarded", key=str(given.event_id))
        qualifying.qualify(outbox_id=heard.pk, at=AFTERNOON)
    bens = Issuance.objects.get(contact=ben)
    assert bens.code is not None
    redeeming.redeem(
        report=Report(code=bens.code.code, reference="R-1"),
        reporter=Reporter(business=cafe.business, channel=Channel.API, name="till"),
        at=AFTERNOON + DAY,
    )
    assert watches.decide_due(at=AFTERNOON + 2 * DAY) == 2
    assert [one.contact for one in Issuance.objects.filter(campaign=reminder)] == [ana]


def test_somebody_is_decided_about_by_one_worker_alone() -> None:
    cafe = make_cafe()
    waiting_campaign(cafe)
    for name in ("Ana", "Ben", "Cleo"):
        bought(cafe, make_contact(cafe.business, name), at=AFTERNOON)
    assert watches.decide_due(at=AFTERNOON + 3 * DAY, limit=2) == 2
    assert watches.decide_due(at=AFTERNOON + 3 * DAY) == 1
    assert Issuance.objects.count() == 3


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"absent": "events.purchase"}, "absent_hours"),
        ({"absent": "events.purchase", "absent_hours": 0}, "absent_hours"),
        ({"absent": "events.purchase", "absent_hours": 9_000}, "absent_hours"),
        ({"absent": "weather.rain", "absent_hours": 24}, "absent"),
        ({"absent": "events.purchase", "absent_hours": 24, "trigger": ""}, "absent"),
        ({"absent_hours": 24}, "absent"),
    ],
)
def test_what_must_not_follow_needs_a_beginning_and_a_time(
    acme: Organisation, changes: dict[str, Any], field: str
) -> None:
    data = CampaignData(**{"name": "Back", "trigger": triggers.PURCHASE, **changes})
    with pytest.raises(CampaignWrong) as refused:
        campaigns.create(business=acme, data=data, actor=None, at=AFTERNOON)
    assert field in refused.value.fields


@pytest.mark.parametrize(
    ("hours", "words"),
    [(1, "1 hour"), (36, "36 hours"), (24, "1 day"), (168, "7 days")],
)
def test_the_time_is_said_in_days_where_it_is_whole_days(hours: int, words: str) -> None:
    sentence = triggers.whenever(triggers.PURCHASE, absent=triggers.PURCHASE, hours=hours)
    assert sentence == f"makes a purchase and no purchase follows within {words}"


@pytest.fixture
def desk(acme: Organisation, mara: User) -> Client:
    return client_of(mara)


def test_the_builder_keeps_says_and_gives_back_what_must_not_follow(desk: Client) -> None:
    page = desk.get(reverse("voucher_campaign_new"))
    data = {
        "nonce": page.context["form"]["nonce"].value(), "name": "Win back", "qualification": "live",
        "trigger": "directory.contact_registered", "absent": "events.purchase",
        "absent_number": "", "absent_unit": "days",
    }  # fmt: skip
    refused = desk.post(reverse("voucher_campaign_new"), data)
    assert refused.status_code == 422
    assert "absent_number" in refused.context["form"].errors
    assert refused.context["form"]["absent"].value() == "events.purchase"
    made = desk.post(reverse("voucher_campaign_new"), {**data, "absent_number": "7"})
    assert made.status_code == 303
    campaign = Campaign.objects.get(name="Win back")
    assert (campaign.absent, campaign.absent_hours) == ("events.purchase", 168)
    start = desk.get(reverse("voucher_campaign_step", args=[campaign.pk, "start"]))
    form = start.context["form"]
    assert (form["absent_number"].value(), form["absent_unit"].value()) == (7, "days")
    words = start.content.decode()
    assert "registers and no purchase follows within 7 days, they are given a code" in words
    url = reverse("voucher_campaign_step", args=[campaign.pk, "start"])
    saved = desk.post(url, {**data, "version": campaign.version, "absent_number": "30",
                            "absent_unit": "hours"})  # fmt: skip
    assert saved.status_code == 303
    campaign.refresh_from_db()
    assert campaign.absent_hours == 30


def test_an_audience_waits_for_nothing(desk: Client) -> None:
    page = desk.get(reverse("voucher_campaign_new"))
    data = {
        "nonce": page.context["form"]["nonce"].value(), "name": "All", "qualification": "audience",
        "trigger": "events.purchase", "absent": "events.purchase", "absent_number": "7",
        "absent_unit": "days", "run_order": "file",
    }  # fmt: skip
    assert desk.post(reverse("voucher_campaign_new"), data).status_code == 303
    campaign = Campaign.objects.get(name="All")
    assert (campaign.trigger, campaign.absent, campaign.absent_hours) == ("", "", None)
    assert campaign.run_order == "file"


def test_the_campaign_says_whose_time_runs_and_when_the_next_is_decided_about(
    desk: Client, acme: Organisation
) -> None:
    campaign = make_campaign(
        stocked(acme), trigger=triggers.PURCHASE, absent=triggers.PURCHASE, absent_hours=72
    )
    page = reverse("voucher_campaign", args=[campaign.pk])
    assert "may be given a code" not in desk.get(page).content.decode()
    ana = make_contact(acme, "Ana")
    Watch.objects.create(
        campaign=campaign, recipient_key=str(ana.pk), contact=ana, idempotency_key="k",
        since=AFTERNOON, due_at=datetime(2026, 5, 7, 12, 10, tzinfo=UTC),
    )  # fmt: skip
    words = desk.get(page).content.decode()
    assert "1 person came and may be given a code if no purchase follows." in words
    assert "7 May 2026" in words
