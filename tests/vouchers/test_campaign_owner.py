"""A campaign is handed over to another member, who hears of its lists from then on (vouchers.md 2.6)."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from core.clock import now
from core.errors import StaleVersion
from core.models import Mail
from directory.choices import MemberStatus
from directory.models import Membership, Organisation, User
from tests.cast import client_of
from tests.factories.vouchers import link_list, make_campaign, make_codes
from tests.vouchers.campaigning import ask, stocked
from vouchers.choices import AlertKind, CampaignStatus, CodeState
from vouchers.models import Campaign, VoucherList
from vouchers.services import alerts, campaign_owners
from vouchers.services.campaign_owners import OwnerWrong

pytestmark = pytest.mark.django_db


@pytest.fixture
def sale(acme: Organisation) -> VoucherList:
    return stocked(acme, 0, tag="sale", at=now(), warn_used_percent=None, warn_days_left=None)


@pytest.fixture
def campaign(sale: VoucherList, mara: User) -> Campaign:
    return make_campaign(sale, "Thanks", owner=mara)


@pytest.fixture
def desk(mara: User) -> Client:
    return client_of(mara)


def step(campaign: Campaign) -> str:
    return reverse("voucher_campaign_step", args=[campaign.pk, "start"])


def save(desk: Client, campaign: Campaign, owner: object, **typed: Any) -> Any:
    campaign.refresh_from_db()
    data = {"name": campaign.name, "qualification": "live", "version": campaign.version}
    return desk.post(step(campaign), {**data, "owner": owner, **typed})


def hand_over(campaign: Campaign, to: User) -> Campaign:
    campaign.refresh_from_db()
    return campaign_owners.hand_over(campaign=campaign, to=to, version=campaign.version, at=now())


def owners_offered(desk: Client, campaign: Campaign) -> dict[Any, str]:
    field = desk.get(step(campaign)).context["form"].fields["owner"]
    return dict(field.choices)


def told() -> set[str]:
    """Return who was mailed about an alert, and forget it."""
    found = set(Mail.objects.filter(kind="vouchers_alert").values_list("to", flat=True))
    Mail.objects.all().delete()
    return found


@pytest.mark.parametrize("status", [CampaignStatus.DRAFT, CampaignStatus.RUNNING])
def test_the_owner_is_changed_with_the_name_and_stands_in_the_settings_and_the_activity(
    desk: Client, campaign: Campaign, mara: User, ana: User, status: str
) -> None:
    Campaign.objects.filter(pk=campaign.pk).update(status=status)
    assert save(desk, campaign, ana.pk, name="Many thanks").status_code == 303
    campaign.refresh_from_db()
    assert (campaign.owner, campaign.name) == (ana, "Many thanks")
    settings = desk.get(reverse("voucher_campaign_settings", args=[campaign.pk]))
    assert f"<dt>Owner</dt><dd>{ana.display_name}</dd>" in settings.content.decode()
    activity = desk.get(reverse("voucher_campaign_activity", args=[campaign.pk]))
    (line,) = [one for one in activity.context["history"] if one["what"] == "Changed: owner"]
    assert line["who"] == mara.display_name
    assert f"owner: {mara.display_name} → {ana.display_name}" in line["text"]


def test_the_members_of_the_business_can_be_chosen_and_nobody_else(
    desk: Client, campaign: Campaign, acme: Organisation, boris: User, finn: User, mara: User
) -> None:
    Membership.objects.filter(user=finn).update(status=MemberStatus.INACTIVE)
    active = Membership.objects.filter(organisation=acme, status=MemberStatus.ACTIVE)
    assert set(owners_offered(desk, campaign)) == set(active.values_list("user", flat=True))
    for nobody in (boris.pk, finn.pk, 10**9, "x"):
        answer = save(desk, campaign, nobody)
        assert answer.status_code == 422, nobody
        assert "owner" in answer.context["form"].errors
    campaign.refresh_from_db()
    assert campaign.owner == mara


def test_a_service_refuses_who_is_no_member_and_a_version_that_was_not_seen(
    campaign: Campaign, boris: User, ana: User
) -> None:
    with pytest.raises(OwnerWrong):
        hand_over(campaign, boris)
    with pytest.raises(StaleVersion):
        campaign_owners.hand_over(campaign=campaign, to=ana, version=campaign.version + 1, at=now())


def test_an_owner_who_left_the_team_stays_until_another_is_chosen(
    desk: Client, campaign: Campaign, finn: User, ana: User
) -> None:
    Campaign.objects.filter(pk=campaign.pk).update(owner=finn)
    Membership.objects.filter(user=finn).delete()
    offered = owners_offered(desk, campaign)
    assert offered[finn.pk] == f"{finn.display_name} (no longer in your team)"
    assert save(desk, campaign, finn.pk, name="Many thanks").status_code == 303
    campaign.refresh_from_db()
    assert (campaign.owner, campaign.name) == (finn, "Many thanks")
    save(desk, campaign, ana.pk)
    campaign.refresh_from_db()
    assert campaign.owner == ana


def test_who_may_only_read_changes_no_owner(campaign: Campaign, ana: User, mara: User) -> None:
    assert save(client_of(ana), campaign, ana.pk).status_code == 403
    campaign.refresh_from_db()
    assert campaign.owner == mara


def test_people_who_wait_are_told_to_the_owner_and_after_handing_over_to_the_new_one(
    campaign: Campaign, mara: User, ana: User
) -> None:
    ask(campaign, at=now())
    alerts.look_around(at=now())
    assert told() == {mara.email}
    campaign.waiting.all().delete()
    alerts.look_around(at=now())
    hand_over(campaign, ana)
    ask(campaign, at=now())
    alerts.look_around(at=now())
    assert told() == {ana.email}


def test_a_list_without_codes_is_told_to_its_owner_and_to_those_of_its_live_campaigns(
    campaign: Campaign, sale: VoucherList, mara: User, ana: User, oscar: User, finn: User
) -> None:
    VoucherList.objects.filter(pk=sale.pk).update(created_by=oscar)
    ended = make_campaign(sale, "Over", owner=finn, status=CampaignStatus.ENDED)
    link_list(make_campaign(business=sale.business, name="More", owner=ana), sale)
    make_codes(sale, 1, state=CodeState.ISSUED)
    alerts.look(voucher_list_id=sale.pk, at=now())
    assert ended.owner == finn
    assert told() == {oscar.email, mara.email, ana.email}


def test_an_owner_who_left_the_team_hears_nothing(
    campaign: Campaign, mara: User, ada: User
) -> None:
    Membership.objects.filter(user=mara).update(status=MemberStatus.INACTIVE)
    ask(campaign, at=now())
    alerts.look_around(at=now())
    assert told() == {ada.email}


def test_a_leak_is_no_concern_of_campaigns(
    campaign: Campaign, sale: VoucherList, ada: User
) -> None:
    alerts.raise_happening(
        kind=AlertKind.LEAK, business=sale.business, key="leak:1", subject=sale.name,
        voucher_list=sale, at=now(),
    )  # fmt: skip
    assert told() == {ada.email}
