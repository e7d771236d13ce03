"""From a purchase at the till to a partner's voucher that is spent, with nothing between but the API.

A purchase earns an award, the award brings a code of a campaign that listens to rewards, the recipient
looks at it on their page, the partner reports it spent, and the business's own system hears of it all,
signed. Whatever is told twice happens once.
"""

from __future__ import annotations

import json
import socket
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from core import mail, outbox
from core.models import Mail, OutboxEvent
from directory.models import Contact
from rewards.models import Award
from tests.api.client import Till, error_of
from tests.api.shop import Shop, make_shop, of
from tests.factories.directory import make_contact
from tests.factories.floor import AFTERNOON
from tests.factories.rewards import make_offer
from tests.factories.vouchers import make_codes, make_list, make_partner
from tests.vouchers.conservation import faults
from tests.vouchers.receiving import verify
from vouchers import happenings
from vouchers.choices import CodeInMail, CodeState, Join, LeafKind
from vouchers.models import Attempt, Campaign, Issuance, VoucherCode, VoucherList, WebhookMessage
from vouchers.outbound import Answer
from vouchers.services import (
    campaign_lists,
    campaign_rules,
    campaign_statuses,
    campaigns,
    mailing,
    qualifying,
    webhook_delivery,
    webhooks,
)
from vouchers.services.campaign_rules import GroupData, LeafData
from vouchers.services.campaigns import CampaignData
from vouchers.services.webhooks import EndpointData

pytestmark = pytest.mark.django_db
EARNED = "rewards.event_evaluated"
PUBLIC = "93.184.216.34"
EVENTS = [happenings.REWARDED, happenings.REDEEMED]
LATER = AFTERNOON + timedelta(days=200)


@pytest.fixture
def shop(time_machine: Any, monkeypatch: pytest.MonkeyPatch) -> Shop:
    time_machine.move_to(AFTERNOON, tick=False)
    rows = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (PUBLIC, 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: rows)
    return make_shop()


@pytest.fixture
def mia(shop: Shop) -> Contact:
    return make_contact(shop.cafe.business, "Mia", email="mia@home.example", at=AFTERNOON)


@pytest.fixture
def puma(shop: Shop) -> VoucherList:
    """Puma's codes; the partner has told the business how its people redeem them."""
    partner = make_partner(shop.cafe.business, "Puma", redemption_url="https://puma.example/pay")
    sale = make_list(partner, "sale", name="Sale", expires_at=LATER)
    make_codes(sale, codes=["PUMA-MARKER-1", "PUMA-MARKER-2", "PUMA-MARKER-3"])
    return sale


def made_campaign(shop: Shop, puma: VoucherList, offer: int) -> Campaign:
    """Build and publish: whoever earns this offer's award by a purchase is given a code."""
    business = shop.cafe.business
    data = CampaignData(
        name="Thank you", trigger=EARNED, max_per_recipient=3, code_in_mail=CodeInMail.REVEAL
    )
    campaign = campaigns.create(business=business, data=data, actor=None, at=AFTERNOON)
    asked = LeafData(kind=LeafKind.REWARD_EARNED, terms={"offer": str(offer), "within": "event"})
    campaign = campaign_rules.replace(
        campaign=campaign,
        join=Join.ALL,
        groups=[GroupData(Join.ALL, [asked])],
        version=campaign.version,
        at=AFTERNOON,
    )
    campaign_lists.link(campaign=campaign, voucher_list=puma, actor=None, at=AFTERNOON)
    admin = business.memberships.first()
    assert admin is not None
    return campaign_statuses.publish(campaign=campaign, actor=admin.user, at=AFTERNOON)


def follow(*topics: str, at: datetime = AFTERNOON) -> None:
    """Do twice what the workers do with the events of these topics, as they arrive."""
    for _ in range(2):
        for event in OutboxEvent.objects.filter(topic__in=topics).order_by("pk"):
            if event.topic == EARNED:
                qualifying.qualify(outbox_id=event.pk, at=at)
                continue
            if event.topic == happenings.REWARDED:
                mailing.first(issuance_id=outbox.payload_of(event.pk)["issuance_id"], at=at)
            webhook_delivery.fan_out(event_id=event.pk, at=at)


def delivered() -> list[dict[str, Any]]:
    """Send what is due, as the worker does, and return the requests that the receiver got."""
    sent: list[dict[str, Any]] = []

    def post(**request: Any) -> Answer:
        sent.append(request)
        return Answer(status=200)

    while webhook_delivery.deliver_next(at=AFTERNOON, post=post, chance=lambda: 0.5):
        pass
    return sent


def test_a_purchase_earns_an_award_that_brings_one_code_which_is_seen_and_spent(
    shop: Shop, puma: VoucherList, mia: Contact
) -> None:
    campaign = made_campaign(shop, puma, shop.cashback.pk)
    endpoint, secret = webhooks.create(
        business=shop.cafe.business,
        data=EndpointData(url="https://hooks.example.com/in", event_types=EVENTS),
        actor=None,
        at=AFTERNOON,
    )

    # The till sends a purchase, and sends it again because the answer was lost.
    purchase = of(mia)
    for _ in range(2):
        assert shop.till.post("/events/purchases", purchase, key="till-1").status_code == 201
    assert Award.objects.get().offer == shop.cashback
    follow(EARNED)
    issuance = Issuance.objects.get()
    assert (issuance.campaign, issuance.contact) == (campaign, mia)
    assert VoucherCode.objects.filter(state=CodeState.ISSUED).count() == 1

    # Mia is mailed once, without the code; her page shows it when she presses the button.
    follow(*EVENTS)
    shown = looked_at(issuance)

    # Puma's till reports it spent; the same report again is the same answer, another one is refused.
    partner = Till(shop.cafe.business)
    report = {"code": shown, "reference": "PUMA-1", "amount": "12.00", "currency": "EUR"}
    first = partner.post("/vouchers/redeem", report)
    assert first.status_code == 201, first.content
    assert partner.post("/vouchers/redeem", report).status_code == 200
    error_of(partner.post("/vouchers/redeem", {**report, "reference": "PUMA-2"}), 409,
             "ALREADY_REDEEMED")  # fmt: skip

    # The business's system hears of both, once each and signed, with the whole code.
    follow(*EVENTS)
    sent = delivered()
    assert WebhookMessage.objects.filter(endpoint=endpoint).count() == 2
    told = [json.loads(one["body"]) for one in sent]
    assert sorted(one["type"] for one in told) == sorted(EVENTS)
    for one in sent:
        stamp = int(AFTERNOON.timestamp())
        verify(secret=secret, headers=one["headers"], body=one["body"], now=stamp)
    rewarded = next(one["data"] for one in told if one["type"] == happenings.REWARDED)
    assert rewarded["voucherCode"] == shown
    assert rewarded["campaignId"] == campaign.reference
    assert rewarded["recipientId"] == str(mia.public_id)
    assert faults() == []


def looked_at(issuance: Issuance) -> str:
    """Open the mailed link as its recipient does, and return the code that the button shows."""
    assert issuance.code is not None
    code = issuance.code.code
    brought = Mail.objects.get(kind=mailing.KIND)
    assert brought.to == "mia@home.example"
    assert code not in str(mail.render(brought).message())
    link = mail.link_of(brought)
    path = link[link.index("/v/reveal/") :]
    assert code not in Client().get(path).content.decode()
    issuance.refresh_from_db()
    assert issuance.first_seen_at is None
    assert code in Client().post(path).content.decode()
    issuance.refresh_from_db()
    assert issuance.first_seen_at == AFTERNOON
    return code


def test_an_award_of_another_offer_brings_nothing_and_the_log_says_why(
    shop: Shop, puma: VoucherList, mia: Contact
) -> None:
    wanted = make_offer(shop.scheme, "Big baskets", percentage="10", minimum="100.00")
    made_campaign(shop, puma, wanted.pk)
    assert shop.till.post("/events/purchases", of(mia)).status_code == 201
    follow(EARNED)
    assert not Issuance.objects.exists()
    assert Attempt.objects.first().reason == "earned no award of Big baskets by the event"  # type: ignore[union-attr]
    assert shop.till.post("/events/purchases", of(mia, "150.00")).status_code == 201
    follow(EARNED)
    assert Issuance.objects.get().contact == mia
    # A small basket afterwards is no such award, whatever was earned before.
    assert shop.till.post("/events/purchases", of(mia, "5.00")).status_code == 201
    follow(EARNED)
    assert Issuance.objects.count() == 1
    assert faults() == []
