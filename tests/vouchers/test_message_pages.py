"""Writing the message of a campaign, and inviting people to claim: the desk's pages."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from core import mail
from tests.cast import Cast, client_of
from tests.factories.directory import make_contact
from tests.vouchers.issued import ADDRESS, campaign_of, mails
from vouchers.choices import CampaignStatus, CodeInMail
from vouchers.models import Campaign, ClaimLink, Issuance, VoucherCode
from vouchers.services import claim_links, sample_mails


def send_test(cast: Cast, campaign: Campaign, addresses: str, who: str = "mara") -> Any:
    url = reverse("voucher_send_test", args=[campaign.pk])
    return client_of(getattr(cast, who)).post(url, {"addresses": addresses, "nonce": "n1"})


@pytest.mark.scenario("VCH-59")
def test_preview_test_mail_and_seed_addresses_show_a_made_up_code_and_take_none(
    cast: Cast,
) -> None:
    campaign = campaign_of(cast.acme)
    browser = client_of(cast.mara)
    shown = browser.get(reverse("voucher_campaign_message", args=[campaign.pk])).content.decode()
    assert "SAMPLE-0000" in shown
    assert reverse("voucher_send_test", args=[campaign.pk]) in shown
    answer = send_test(cast, campaign, "me@desk.example\nseed@desk.example\nME@desk.example")
    assert answer.status_code == 303
    sent = mails(sample_mails.KIND)
    assert [row.to for row in sent] == ["me@desk.example", "seed@desk.example"]
    message = mail.render(sent[0])
    assert message.subject == "Test: Your voucher from Puma"
    assert "SAMPLE-0000" in message.body
    assert "SAMPLE-0000" in str(message.alternatives[0][0])
    assert "MARKER" not in shown + message.body
    assert not VoucherCode.objects.exclude(state="available").exists()
    assert not Issuance.objects.exists()
    send_test(cast, campaign, "me@desk.example")
    assert len(mails(sample_mails.KIND)) == 2


def test_a_test_mail_needs_addresses_and_a_message_that_can_be_sent(cast: Cast) -> None:
    campaign = campaign_of(cast.acme)
    response = send_test(cast, campaign, "me@desk.example\nnobody")
    assert response.status_code == 422
    assert "“nobody” is no e-mail address." in response.content.decode()
    crowd = "\n".join(f"p{n}@desk.example" for n in range(6))
    assert "at most 5" in send_test(cast, campaign, crowd).content.decode()
    Campaign.objects.update(mail_body="{{ Event.nothing }}")
    assert "cannot be sent as it is" in send_test(cast, campaign, "me@x.example").content.decode()
    Campaign.objects.update(code_in_mail=CodeInMail.NONE)
    assert "sends no mail" in send_test(cast, campaign, "me@x.example").content.decode()
    assert mails(sample_mails.KIND) == []


def test_only_who_writes_campaigns_of_the_business_sends_test_mails(cast: Cast) -> None:
    campaign = campaign_of(cast.acme)
    assert send_test(cast, campaign, "me@x.example", who="finn").status_code == 403
    assert send_test(cast, campaign, "me@x.example", who="boris").status_code == 404


def invite(cast: Cast, campaign: Any, people: str, who: str = "mara") -> Any:
    url = reverse("voucher_claim_links", args=[campaign.pk])
    return client_of(getattr(cast, who)).post(url, {"people": people}, follow=True)


def test_people_are_invited_once_each_however_often_their_address_is_typed(cast: Cast) -> None:
    campaign = campaign_of(cast.acme)
    ana = make_contact(cast.acme, "Ana", email=ADDRESS)
    typed = f"{ADDRESS.upper()}\n\n new@home.example \n{ADDRESS}"
    assert "2 claim links are on the way." in invite(cast, campaign, typed).content.decode()
    assert ClaimLink.objects.get(contact=ana).recipient_key == str(ana.pk)
    again = invite(cast, campaign, typed).content.decode()
    assert "0 claim links are on the way; 2 people had theirs before." in again
    assert len(mails(claim_links.KIND)) == 2


def test_a_line_that_is_no_address_is_named_and_nobody_is_mailed(cast: Cast) -> None:
    campaign = campaign_of(cast.acme)
    response = invite(cast, campaign, "good@home.example\nnot an address")
    assert response.status_code == 422
    assert "Line 2 is no e-mail address: “not an address”." in response.content.decode()
    assert mails(claim_links.KIND) == []


def test_a_draft_invites_nobody_and_says_what_to_do(cast: Cast) -> None:
    campaign = campaign_of(cast.acme, status=CampaignStatus.DRAFT)
    response = invite(cast, campaign, ADDRESS)
    assert response.status_code == 422
    assert "Publish the campaign" in response.content.decode()


def test_only_who_gives_codes_invites_and_only_for_the_own_business(cast: Cast) -> None:
    campaign = campaign_of(cast.acme)
    assert invite(cast, campaign, ADDRESS, who="finn").status_code == 403
    assert invite(cast, campaign, ADDRESS, who="boris").status_code == 404
