"""Mails to people who wait for a code (vouchers.md 5.6)."""

from __future__ import annotations

from datetime import timedelta

from core import mail
from directory.models import Organisation, User
from tests.cast import Cast
from tests.factories.vouchers import MORNING
from tests.vouchers.issued import ADDRESS, campaign_of, mails, recipient
from vouchers.choices import Outcome, Source
from vouchers.models import Campaign, WaitEntry
from vouchers.services import campaign_statuses, issuing, mailing, waiting_mail


def waiting_in(business: Organisation, *, tells: bool = True) -> WaitEntry:
    """Let somebody qualify where no code is left."""
    campaign = campaign_of(business, codes=0, mails_waiting=tells)
    result = issuing.issue(
        campaign=campaign,
        recipient=recipient(),
        idempotency_key="e1",
        source=Source.CAMPAIGN,
        at=MORNING,
    )
    assert result.outcome == Outcome.WAITLISTED
    return WaitEntry.objects.get()


def ended(campaign: Campaign, user: User) -> None:
    campaign_statuses.end(campaign=campaign, actor=user, at=MORNING)


def test_who_waits_is_told_once(cast: Cast) -> None:
    entry = waiting_in(cast.acme)
    for _ in range(2):
        assert waiting_mail.on_the_list(entry_id=entry.pk, at=MORNING)
    (row,) = mails(waiting_mail.WAITING)
    assert row.to == ADDRESS
    message = mail.render(row)
    assert "You are on the list" in str(message.alternatives[0][0])
    assert "You need not do anything." in message.body


def test_who_waited_in_vain_is_told_once_when_the_campaign_ends(cast: Cast) -> None:
    entry = waiting_in(cast.acme)
    assert waiting_mail.sorry_due(at=MORNING) == 0
    ended(entry.campaign, cast.mara)
    assert waiting_mail.sorry_due(at=MORNING) == 1
    assert waiting_mail.sorry_due(at=MORNING + timedelta(minutes=10)) == 0
    (row,) = mails(waiting_mail.SORRY)
    assert "Sorry, not this time" in str(mail.render(row).alternatives[0][0])
    assert mail.subject_of(row) == "No voucher from Acme Solar this time"


def test_a_campaign_that_tells_nobody_mails_nobody(cast: Cast) -> None:
    entry = waiting_in(cast.acme, tells=False)
    assert not waiting_mail.on_the_list(entry_id=entry.pk, at=MORNING)
    ended(entry.campaign, cast.mara)
    assert waiting_mail.sorry_due(at=MORNING) == 0
    assert mails(waiting_mail.WAITING) + mails(waiting_mail.SORRY) == []


def test_who_wants_no_mails_waits_without_one(cast: Cast) -> None:
    entry = waiting_in(cast.acme)
    mailing.refuse_mails(business=cast.acme, address=ADDRESS, at=MORNING)
    assert not waiting_mail.on_the_list(entry_id=entry.pk, at=MORNING)
    assert mails(waiting_mail.WAITING) == []
