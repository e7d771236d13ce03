"""Two people of the Coffee Club and their vouchers: one invited to claim, one who holds two.

The invitation's mail and those of the vouchers lie in the outbox; the second person finds hers in the
portal too.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from config.demo.floor import Club
from core import tokens
from core.mail import send_due
from directory.models import Contact
from directory.services import portal
from vouchers.choices import CodeInMail, ListStatus, OnExhaustion, Source
from vouchers.models import Campaign, ClaimLink, VoucherCode, VoucherList
from vouchers.recipients import Recipient, of_contact
from vouchers.services import (
    campaign_lists,
    campaign_statuses,
    campaigns,
    claim_links,
    issuing,
    mailing,
)

CAMPAIGN = "Thank you for your loyalty"
TEXT = "You have been with us for a while. Pick up a little something from our partners."


def build(*, club: Club, at: datetime) -> None:
    """Run a campaign with a link to claim, and give two codes of it, one of them looked at."""
    lists = _lists_with_codes(club)
    people = list(Contact.objects.filter(business=club.business).order_by("pk")[:2])
    if not lists or len(people) < 2:
        return
    begin = at - timedelta(days=3)
    campaign = _campaign(club, lists, begin)
    invited, holder = (_recipient(person) for person in people)
    claim_links.invite(
        campaign=campaign, recipient=invited, user=club.users["theo"], at=at - timedelta(hours=2)
    )
    for number in (1, 2):
        _give(campaign, holder, number, begin + timedelta(hours=number))
    while send_due(at=at, limit=200):
        pass


def _lists_with_codes(club: Club) -> list[VoucherList]:
    """Return up to two active lists that can give codes."""
    stocked = VoucherCode.objects.filter(state="available").values("voucher_list")
    rows = VoucherList.objects.filter(
        business=club.business, status=ListStatus.ACTIVE, pk__in=stocked
    )
    return list(rows.order_by("pk")[:2])


def _campaign(club: Club, lists: list[VoucherList], at: datetime) -> Campaign:
    theo = club.users["theo"]
    data = campaigns.CampaignData(
        name=CAMPAIGN,
        description=TEXT,
        max_per_recipient=2,
        on_exhaustion=OnExhaustion.WAITLIST,
        code_in_mail=CodeInMail.REVEAL,
    )
    campaign = campaigns.create(business=club.business, data=data, actor=theo, at=at)
    for one in lists:
        campaign_lists.link(campaign=campaign, voucher_list=one, actor=theo, at=at)
    return campaign_statuses.publish(campaign=campaign, actor=theo, at=at)


def _recipient(contact: Contact) -> Recipient:
    return of_contact(contact, email=portal.address_of(contact=contact))


def _give(campaign: Campaign, recipient: Recipient, number: int, at: datetime) -> None:
    result = issuing.issue(
        campaign=campaign,
        recipient=recipient,
        idempotency_key=f"demo:{recipient.key}:{number}",
        source=Source.CAMPAIGN,
        at=at,
    )
    if result.issuance is not None:
        mailing.first(issuance_id=result.issuance.pk, at=at)


def claim_path(at: datetime) -> str:
    """Return the path of the live claim link, or an empty text where there is none."""
    link = ClaimLink.objects.filter(campaign__name=CAMPAIGN).order_by("pk").first()
    if link is None:
        return ""
    found = claim_links.newest_token(link=link)
    if found is None or found.expires_at <= at:
        return ""
    return claim_links.path_of(tokens.secret_of(found))
