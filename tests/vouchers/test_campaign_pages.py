"""The campaign builder, a campaign's tabs, issued vouchers and alerts, through HTTP."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from core.clock import now
from directory.models import Organisation, User
from tests.cast import client_of
from tests.factories.directory import make_contact
from tests.factories.vouchers import make_campaign, make_codes, make_list, make_partner
from vouchers.choices import AlertKind
from vouchers.models import Alert, Attempt, Campaign, CampaignLeaf, Issuance, VoucherSettings
from vouchers.services import alerts

pytestmark = pytest.mark.django_db


@pytest.fixture
def mara_at_desk(acme: Organisation, mara: User) -> Client:
    return client_of(mara)


@pytest.fixture
def sale(acme: Organisation) -> Any:
    found = make_list(make_partner(acme, "Puma"), "sale", at=now())
    make_codes(found, 5, at=now())
    return found


def step(campaign: Campaign, name: str) -> str:
    return reverse("voucher_campaign_step", args=[campaign.pk, name])


def save(client: Client, campaign: Campaign, name: str, **more: Any) -> Any:
    campaign.refresh_from_db()
    return client.post(step(campaign, name), {"version": campaign.version, **more})


def new_campaign(client: Client, **more: Any) -> Campaign:
    page = client.get(reverse("voucher_campaign_new"))
    nonce = page.context["form"]["nonce"].value()
    data = {"nonce": nonce, "name": "Thanks", "qualification": "live", "trigger": "events.purchase"}
    answer = client.post(reverse("voucher_campaign_new"), data | more)
    assert answer.status_code == 303, answer.content.decode()[:2000]
    return Campaign.objects.get(name="Thanks")


def test_campaign_is_built_step_by_step_published_and_gives_a_code_by_hand(
    mara_at_desk: Client, acme: Organisation, sale: Any
) -> None:
    client = mara_at_desk
    campaign = new_campaign(client)
    for name in ("start", "who", "what", "when", "message", "review"):
        assert client.get(step(campaign, name)).status_code == 200, name
    tree = {
        "tree-count": 1, "tree-join": "all", "tree-0-join": "all", "tree-0-count": 1,
        "tree-0-0-kind": "consent", "conditions-times-count": 0,
    }  # fmt: skip
    assert save(client, campaign, "who", **tree).status_code == 303
    assert CampaignLeaf.objects.get(group__campaign=campaign).kind == "consent"
    what = {
        "sources-count": 1, "sources-0-voucher_list": sale.pk, "sources-0-priority": 1,
        "max_per_recipient": 1, "on_exhaustion": "waitlist", "reservation_minutes": 15,
        "min_validity_days": 1,
    }  # fmt: skip
    assert save(client, campaign, "what", **what).status_code == 303
    assert save(client, campaign, "when").status_code == 303
    assert save(client, campaign, "message", code_in_mail="reveal").status_code == 303
    answer = client.post(step(campaign, "review"))
    assert answer.status_code == 303, answer.context["problems"]
    campaign.refresh_from_db()
    assert campaign.status == "running"

    make_contact(acme, "Rita", email="rita@home.example")
    give = reverse("voucher_campaign_give", args=[campaign.pk])
    nonce = client.get(give).context["form"]["nonce"].value()
    answer = client.post(give, {"nonce": nonce, "who": "rita@home.example", "reason": "Sorry"})
    issuance = Issuance.objects.get()
    assert answer["Location"] == reverse("voucher_issuance", args=[issuance.public_id])
    assert client.get(answer["Location"]).status_code == 200
    for name in ("resend", "revoke"):
        url = reverse(f"voucher_issuance_{name}", args=[issuance.public_id])
        assert client.get(url).status_code == 200, name
    assert Attempt.objects.get().outcome == "issued"
    decisions = client.get(reverse("voucher_campaign_decisions", args=[campaign.pk]), {"q": "rita"})
    assert "Code given" in decisions.content.decode()


def test_every_tab_and_question_opens(mara_at_desk: Client, sale: Any) -> None:
    campaign = make_campaign(sale)
    names = ("", "_lists", "_recipients", "_waiting", "_decisions", "_message", "_activity")
    for name in names:
        answer = mara_at_desk.get(reverse(f"voucher_campaign{name}", args=[campaign.pk]))
        assert answer.status_code == 200, name
    for act in ("pause", "end"):
        answer = mara_at_desk.get(reverse("voucher_campaign_act", args=[campaign.pk, act]))
        assert answer.status_code == 200, act
    for name in ("voucher_campaigns", "voucher_issuances", "voucher_alerts", "voucher_settings"):
        assert mara_at_desk.get(reverse(name)).status_code == 200, name
    assert mara_at_desk.get(reverse("voucher_people_new")).status_code == 200


def test_a_condition_is_added_and_removed_without_saving_or_judging(
    mara_at_desk: Client, acme: Organisation
) -> None:
    campaign = new_campaign(mara_at_desk)
    data = {"tree-count": 1, "tree-0-count": 0, "tree-0-new": "event", "tree-action": "add-0"}
    answer = save(mara_at_desk, campaign, "who", **data)
    assert answer.status_code == 200
    assert "tree-0-0-min_count" in answer.content.decode()
    kept = {
        "tree-count": 1, "tree-0-count": 1, "tree-0-0-kind": "event", "tree-0-0-days": "11",
        "tree-0-new": "property:tags", "tree-action": "add-0",
    }  # fmt: skip
    answer = save(mara_at_desk, campaign, "who", **kept)
    assert 'value="11"' in answer.content.decode()
    assert len(answer.context["tree"].groups[0].leaves) == 2
    cut = {**kept, "tree-action": "remove-0-0"}
    assert answer.status_code == 200
    answer = save(mara_at_desk, campaign, "who", **cut)
    assert answer.context["tree"].groups[0].leaves == []
    assert not CampaignLeaf.objects.exists()


def test_words_follow_what_is_typed_and_count_people_without_saving(
    mara_at_desk: Client, acme: Organisation
) -> None:
    campaign = new_campaign(mara_at_desk)
    make_contact(acme, "Rita", tags=["vip"])
    make_contact(acme, "Sam")
    url = reverse("voucher_campaign_words", args=[campaign.pk, "who"])
    data = {
        "version": 1, "tree-count": 1, "tree-0-count": 1, "tree-0-0-kind": "property:tags",
        "tree-0-0-tags": "vip", "conditions-times-count": 0,
    }  # fmt: skip
    answer = mara_at_desk.post(url, data)
    assert answer.context["people"].count == 1
    assert "vip" in answer.content.decode()
    assert not CampaignLeaf.objects.exists()


def test_act_on_a_campaign_that_changed_meanwhile_says_how_it_stands(
    mara_at_desk: Client, sale: Any
) -> None:
    campaign = make_campaign(sale)
    url = reverse("voucher_campaign_act", args=[campaign.pk, "pause"])
    assert mara_at_desk.post(url, {"seen": "running"}).status_code == 303
    answer = mara_at_desk.post(url, {"seen": "running"})
    assert answer.status_code == 409
    assert "is now Paused (by" in answer.content.decode()


def test_settings_are_saved_for_new_lists_or_for_all(mara_at_desk: Client, sale: Any) -> None:
    data = {"version": 0, "warn_used_percent": 60, "warn_days_to_expiry": "3, 30",
            "warn_addresses": "a@x.example, b@x.example", "for_all_lists": "on"}  # fmt: skip
    assert mara_at_desk.post(reverse("voucher_settings"), data).status_code == 303
    assert VoucherSettings.objects.get().warn_days_to_expiry == [30, 3]
    sale.refresh_from_db()
    assert (sale.warn_used_percent, sale.warn_days_left) == (60, None)


def test_an_alert_is_acknowledged_and_snoozed_from_its_row(
    mara_at_desk: Client, acme: Organisation
) -> None:
    alerts.raise_happening(
        kind=AlertKind.MISMATCH, business=acme, key="mismatch:1", subject="Sale", at=now()
    )
    alert = Alert.objects.get()
    page = mara_at_desk.get(reverse("voucher_alerts")).content.decode()
    assert "The counters differed" in page
    snooze = reverse("voucher_alert_snooze", args=[alert.pk])
    assert mara_at_desk.post(snooze, {"days": 31}).status_code == 422
    assert mara_at_desk.post(snooze, {"days": 3}).status_code == 303
    acknowledge = reverse("voucher_alert_acknowledge", args=[alert.pk])
    assert mara_at_desk.post(acknowledge).status_code == 303
    assert mara_at_desk.post(acknowledge).status_code == 409
