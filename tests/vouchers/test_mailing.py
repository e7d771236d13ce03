"""The mail that brings a voucher (vouchers.md 5.8, 6.3)."""

from __future__ import annotations

import json
import smtplib
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail as outgoing
from django.core.mail import EmailMultiAlternatives
from django.test import Client

from core import mail, outbox, tokens
from core.errors import Invalid, TooMany
from core.models import Mail
from directory.models import Contact, Organisation, User
from tests.cast import Cast
from tests.core.post_office import PostOffice
from tests.factories.directory import make_contact
from tests.factories.vouchers import MORNING
from tests.vouchers.issued import ADDRESS, campaign_of, follow, give, mails, recipient
from vouchers import happenings
from vouchers.choices import AlertKind, CodeInMail, CodeState, Delivery, IssuanceStatus
from vouchers.models import Alert, Issuance, Sending, VoucherCode, VoucherList
from vouchers.services import links, mailing
from vouchers.services.mailing import NothingToSend

MARKER = "SALE-MARKER-00000001"


@pytest.fixture
def acme(cast: Cast) -> Organisation:
    return cast.acme


@pytest.fixture
def mara(cast: Cast) -> User:
    return cast.mara


@pytest.fixture
def ana(acme: Organisation) -> Contact:
    return make_contact(acme, "Ana", email=ADDRESS)


@pytest.fixture
def post_office(settings: Any) -> Iterator[type[PostOffice]]:
    settings.EMAIL_BACKEND = "tests.core.post_office.PostOffice"
    yield PostOffice
    PostOffice.troubles.clear()
    PostOffice.delivered.clear()


def send(at: Any = MORNING) -> list[EmailMultiAlternatives]:
    """Let the worker send what is due and return what left."""
    before = len(outgoing.outbox)
    mail.send_due(at=at, limit=20)
    return outgoing.outbox[before:]  # type: ignore[return-value]


def html(message: EmailMultiAlternatives) -> str:
    return str(message.alternatives[0][0])


def again(issuance: Issuance) -> Issuance:
    return Issuance.objects.get(pk=issuance.pk)


def test_a_code_that_was_given_is_mailed_once_however_often_its_event_arrives(
    acme: Organisation, ana: Contact
) -> None:
    issuance = give(campaign_of(acme), recipient(ana))
    follow()
    follow()
    (message,) = send()
    assert message.to == [ADDRESS]
    assert MARKER in message.body
    assert MARKER in html(message)
    assert "Hello Ana" in message.body
    assert message.subject == "Your voucher from Puma Sale"
    assert again(issuance).delivery_status == Delivery.SENT
    assert send() == []


def test_workers_are_told_of_given_codes_and_of_waiting_people() -> None:
    assert "vouchers.mail_voucher" in outbox.subscribers(happenings.REWARDED)
    assert "vouchers.mail_waiting" in outbox.subscribers(happenings.WAITLISTED)


def test_the_stored_mail_holds_no_code(acme: Organisation) -> None:
    give(campaign_of(acme))
    (row,) = mails()
    send()
    row.refresh_from_db()
    stored = json.dumps({field.name: str(getattr(row, field.name)) for field in row._meta.fields})
    assert "MARKER" not in stored


def test_behind_a_link_the_mail_shows_no_code_and_a_button(acme: Organisation) -> None:
    give(campaign_of(acme, code_in_mail=CodeInMail.REVEAL))
    (message,) = send()
    assert MARKER not in message.body + html(message)
    link = mail.link_of(mails()[0])
    assert "/v/reveal/" in link
    assert "token=" not in link
    assert link in message.body
    assert "Show my voucher" in html(message)


def test_a_campaign_without_mail_sends_none(acme: Organisation) -> None:
    issuance = give(campaign_of(acme, code_in_mail=CodeInMail.NONE))
    assert mails() == []
    assert issuance.delivery_status == Delivery.NONE


def test_who_wants_no_mail_gets_none_and_keeps_the_code(acme: Organisation, ana: Contact) -> None:
    mailing.refuse_mails(business=acme, address=ADDRESS.upper(), at=MORNING)
    issuance = give(campaign_of(acme), recipient(ana))
    assert mails() == []
    assert issuance.delivery_status == Delivery.SUPPRESSED
    assert issuance.status == IssuanceStatus.ISSUED
    mailing.want_mails(business=acme, address=ADDRESS)
    assert mailing.wants_mails(business=acme, address=ADDRESS)


def test_what_leaves_is_marked_as_possibly_seen_before_it_leaves(
    acme: Organisation, post_office: type[PostOffice]
) -> None:
    issuance = give(campaign_of(acme))
    assert issuance.exposed_at is None
    post_office.troubles.append(smtplib.SMTPServerDisconnected("gone"))
    mail.send_due(at=MORNING, limit=5)
    assert again(issuance).exposed_at == MORNING
    assert again(issuance).first_seen_at is None
    assert again(issuance).delivery_status == Delivery.PENDING


def test_a_voucher_that_was_taken_back_does_not_leave(acme: Organisation) -> None:
    issuance = give(campaign_of(acme))
    Issuance.objects.filter(pk=issuance.pk).update(
        status=IssuanceStatus.REVOKED, ordinal=None, closed_at=MORNING
    )
    assert send() == []
    (row,) = mails()
    assert row.status == Mail.Status.FAILED
    assert "taken back" in row.last_error
    assert again(issuance).exposed_at is None
    assert MARKER not in mail.render(row).body


def test_a_mail_without_its_code_is_held_back(acme: Organisation) -> None:
    issuance = give(campaign_of(acme))
    VoucherCode.objects.filter(state=CodeState.ISSUED).update(code="")
    assert send() == []
    assert again(issuance).delivery_status == Delivery.HELD
    alert = Alert.objects.get(kind=AlertKind.HELD)
    assert alert.key == f"held:{issuance.pk}"
    assert ADDRESS in alert.note
    told = Mail.objects.get(kind="vouchers_alert")
    assert "held back" in told.context["sentence"]


def test_links_that_went_to_a_wrong_address_show_nothing_once_it_is_corrected(
    acme: Organisation, mara: User, client: Client
) -> None:
    issuance = give(campaign_of(acme, code_in_mail=CodeInMail.REVEAL))
    send()
    (wrong,) = mails()
    assert client.get(mail.link_of(wrong)).status_code == 200
    tray = links.tray_of(business=acme, recipient_key=issuance.recipient_key)
    assert tray is not None
    of_tray = tokens.newest(subject=f"vouchers.tray:{tray.pk}", purposes=[links.TRAY])
    assert of_tray is not None
    mailing.resend(issuance=issuance, user=mara, address="rob@home.example", at=MORNING)
    for old in (mail.link_of(wrong), links.address_of(of_tray, "voucher_tray")):
        for answer in (client.get(old), client.post(old)):
            assert answer.status_code == 404
            assert MARKER not in answer.content.decode()
    new = mails()[-1]
    assert new.to == "rob@home.example"
    assert MARKER in client.post(mail.link_of(new)).content.decode()


def test_sending_again_to_the_same_address_leaves_its_links_open(
    acme: Organisation, mara: User, client: Client
) -> None:
    issuance = give(campaign_of(acme, code_in_mail=CodeInMail.REVEAL))
    mailing.resend(issuance=issuance, user=mara, at=MORNING)
    assert [client.get(mail.link_of(one)).status_code for one in mails()] == [200, 200]


@pytest.mark.scenario("VCH-62")
def test_a_bounced_address_needs_attention_and_the_same_code_goes_to_the_corrected_one(
    acme: Organisation, mara: User, post_office: type[PostOffice]
) -> None:
    issuance = give(campaign_of(acme))
    refusal = {ADDRESS: (550, b"no such user")}
    post_office.troubles.append(smtplib.SMTPRecipientsRefused(refusal))
    mail.send_due(at=MORNING, limit=5)
    assert again(issuance).delivery_status == Delivery.BOUNCED
    attention = Issuance.objects.filter(delivery_status__in=["bounced", "failed", "held"])
    assert list(attention) == [issuance]

    mailing.resend(issuance=issuance, user=mara, address=" Robin@Work.example ", at=MORNING)
    mail.send_due(at=MORNING, limit=5)
    (message,) = post_office.delivered
    assert message.to == ["robin@work.example"]
    assert MARKER in message.body
    assert again(issuance).code_id == issuance.code_id
    assert again(issuance).delivery_status == Delivery.SENT
    assert not attention.all().exists()
    assert VoucherCode.objects.filter(state=CodeState.ISSUED).count() == 1
    last = Sending.objects.latest("pk")
    assert (last.address, last.asked_by_name, last.is_resend) == (
        "robin@work.example",
        mara.email,
        True,
    )


def test_a_mail_that_is_given_up_shows_as_failed(
    acme: Organisation, post_office: type[PostOffice]
) -> None:
    issuance = give(campaign_of(acme))
    at = MORNING
    for _ in range(mail.ATTEMPTS):
        post_office.troubles.append(smtplib.SMTPServerDisconnected("gone"))
        mail.send_due(at=at, limit=5)
        at += timedelta(hours=4)
    assert again(issuance).delivery_status == Delivery.FAILED


def test_it_is_sent_again_at_most_five_times_a_day(acme: Organisation, mara: User) -> None:
    issuance = give(campaign_of(acme))
    for _ in range(5):
        mailing.resend(issuance=issuance, user=mara, at=MORNING)
    with pytest.raises(TooMany, match="tomorrow"):
        mailing.resend(issuance=issuance, user=mara, at=MORNING)
    mailing.resend(issuance=issuance, user=mara, at=MORNING + timedelta(days=1))
    assert len({str(MARKER in message.body) for message in send(MORNING + timedelta(days=1))}) == 1


def test_only_a_usable_voucher_with_an_address_is_sent_again(
    acme: Organisation, mara: User
) -> None:
    issuance = give(campaign_of(acme))
    with pytest.raises(Invalid):
        mailing.resend(issuance=issuance, user=mara, address="nobody", at=MORNING)
    mailing.refuse_mails(business=acme, address=ADDRESS, at=MORNING)
    with pytest.raises(NothingToSend, match="no more voucher mails"):
        mailing.resend(issuance=issuance, user=mara, at=MORNING)
    Issuance.objects.filter(pk=issuance.pk).update(status=IssuanceStatus.REDEEMED)
    with pytest.raises(NothingToSend, match="This one is redeemed"):
        mailing.resend(issuance=issuance, user=mara, at=MORNING)


@pytest.mark.scenario("VCH-65")
def test_names_are_escaped_in_the_mail_and_cannot_begin_a_header(acme: Organisation) -> None:
    campaign = campaign_of(
        acme,
        mail_subject="{{ Event.listName }}",
        mail_body="{{ Event.listName }}\n\n{{ Event.voucherCode }}",
    )
    VoucherList.objects.update(name="<b>Sale</b>\r\nBcc: everybody@example.com")
    give(campaign)
    (message,) = send()
    assert "<b>Sale</b>" not in html(message)
    assert "&lt;b&gt;Sale&lt;/b&gt;" in html(message)
    assert message.subject == "<b>Sale</b> Bcc: everybody@example.com"
    assert "\nBcc" not in str(message.message()["Subject"])
    assert message.message()["Bcc"] is None


def test_the_words_of_the_business_are_escaped_too_and_addresses_become_links(
    acme: Organisation,
) -> None:
    body = "<script>x</script> https://puma.example/?c={{ Event.voucherCode | url_encode }}"
    give(campaign_of(acme, mail_body=body))
    (message,) = send()
    assert "<script>" not in html(message)
    assert f'href="https://puma.example/?c={MARKER}"' in html(message)
    assert "<script>x</script>" in message.body


def test_every_property_of_the_event_is_a_tag(acme: Organisation) -> None:
    from vouchers.message_tags import TAGS

    issuance = give(campaign_of(acme))
    told = happenings.properties_of(issuance, at=MORNING, code="X")
    assert {f"Event.{name}" for name in told} <= set(TAGS)
