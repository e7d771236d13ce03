"""Claim links: a mailed invitation to take a code on a page (vouchers.md 5.2, page 19).

Opening the link takes nothing; pressing the button issues one code, pressing it again shows the same.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.urls import reverse

from core import mail, references, tokens
from core.errors import Conflict
from core.models import LinkToken
from directory.models import User
from vouchers.choices import SHOWN, CampaignStatus, Outcome, Source, WaitState
from vouchers.models import Campaign, CampaignList, ClaimLink, Issuance, Partner, WaitEntry
from vouchers.recipients import Recipient
from vouchers.services import issuing, links, mailing

KIND = "voucher-claim"
# Campaigns whose links may be mailed, and whose links may still be answered with a code.
OPEN = [CampaignStatus.RUNNING, CampaignStatus.SCHEDULED]
# What the page says by the status of the campaign; all others are over.
STATES = {
    CampaignStatus.SCHEDULED: "early",
    CampaignStatus.RUNNING: "open",
    CampaignStatus.PAUSED: "paused",
}
# How a refused claim is answered.
HTTP = {"not_for_you": 403, "over": 410, "waiting": 202, "early": 409, "paused": 409}
REFUSALS = {
    Outcome.WAITLISTED: "waiting",
    Outcome.NOT_ELIGIBLE: "not_for_you",
    Outcome.LIMIT_REACHED: "not_for_you",
}


class NotOpen(Conflict):
    """The campaign gives nothing out, so that nobody can be invited."""

    code = "campaign_not_open"


@dataclass(frozen=True, slots=True)
class Stand:
    """Where an invitation stands: the state of its page, the voucher once there is one, the reason."""

    state: str
    issuance: Issuance | None = None
    reason: str = ""

    @property
    def is_claimed(self) -> bool:
        return self.state in {"claimed", "taken_back"}


def invite(*, campaign: Campaign, recipient: Recipient, user: User, at: datetime) -> ClaimLink:
    """Mail the recipient a link that claims one code of the campaign; asked again, the same link.

    Raises `NotOpen` while the campaign is not running or scheduled, or for somebody without an address.
    """
    with transaction.atomic():
        if campaign.status not in OPEN:
            raise NotOpen("Publish the campaign before you send its claim links.")
        if not recipient.email:
            raise NotOpen("There is no e-mail address to send the link to.")
        link, _ = ClaimLink.objects.get_or_create(
            campaign=campaign,
            recipient_key=recipient.key,
            defaults={
                "contact": recipient.contact,
                "email": recipient.email,
                "created_by": user,
                "created_at": at,
                "updated_at": at,
            },
        )
        _mail(link, at=at)
    return link


def invite_all(
    *, campaign: Campaign, recipients: Collection[Recipient], user: User, at: datetime
) -> int:
    """Mail each recipient who has an address their link; return how many were not invited before."""
    before = ClaimLink.objects.filter(campaign=campaign).count()
    with transaction.atomic():
        for recipient in recipients:
            if recipient.email:
                invite(campaign=campaign, recipient=recipient, user=user, at=at)
    return ClaimLink.objects.filter(campaign=campaign).count() - before


def token_for(*, link: ClaimLink, at: datetime) -> LinkToken:
    """Return the token of the invitation; it lives until the campaign ends, or for a year."""
    found = newest_token(link=link)
    if found is not None and found.expires_at > at:
        return found
    ends_at = link.campaign.ends_at
    return tokens.issue(
        purpose=links.CLAIM,
        subject=_subject(link),
        address=link.email,
        at=at,
        expires_at=ends_at if ends_at and ends_at > at else at + links.LASTS,
    )


def address_of(*, link: ClaimLink, at: datetime) -> str:
    """Return the path of the claim page."""
    return path_of(tokens.secret_of(token_for(link=link, at=at)))


def path_of(secret: str) -> str:
    """Return the path that the secret of a claim link opens."""
    return reverse("voucher_claim", args=[secret])


def newest_token(*, link: ClaimLink) -> LinkToken | None:
    """Return the token that the invitation was last mailed with."""
    return tokens.newest(subject=_subject(link), purposes=[links.CLAIM])


def _subject(link: ClaimLink) -> str:
    return references.reference("vouchers.claim_link", link.pk)


def _mail(link: ClaimLink, *, at: datetime) -> None:
    business = link.campaign.business
    if not mailing.wants_mails(business=business, address=link.email):
        return
    profile = getattr(business, "provider_profile", None)
    mail.queue(
        kind=KIND,
        key=f"{KIND}:{link.pk}",
        to=link.email,
        template="vouchers/claim",
        context={
            **mailing.sender_of(business),
            "recipient_name": link.contact.first_name if link.contact else "",
            "campaign": link.campaign.name,
            "description": link.campaign.description,
        },
        at=at,
        link=links.link_path("voucher_claim"),
        token=token_for(link=link, at=at),
        reference=references.reference("vouchers.claim_link", link.pk),
        owner_id=business.pk,
        reply_to=profile.email if profile else "",
        from_name=business.name,
    )


def key_of(link: ClaimLink) -> str:
    """Return the key under which the invitation's code is issued, once."""
    return f"claim:{link.pk}"


def stand_of(*, link: ClaimLink, at: datetime) -> Stand:
    """Return what the page shows before anything is pressed; reads only."""
    issuance = (
        Issuance.objects.select_related("voucher_list__partner", "campaign", "code", "business")
        .filter(campaign=link.campaign, idempotency_key=key_of(link))
        .exclude(issued_at=None)
        .order_by("-pk")
        .first()
    )
    if issuance is not None:
        return Stand("claimed" if issuance.status in SHOWN else "taken_back", issuance)
    if WaitEntry.objects.filter(
        campaign=link.campaign, recipient_key=link.recipient_key, state=WaitState.WAITING
    ).exists():
        return Stand("waiting")
    campaign = link.campaign
    held = links.vouchers_of(
        business=campaign.business, contact=link.contact, recipient_key=link.recipient_key
    ).filter(campaign=campaign)[: campaign.max_per_recipient]
    if len(held) >= campaign.max_per_recipient:
        return Stand("claimed", held[0])
    if campaign.ends_at and campaign.ends_at <= at:
        return Stand("over")
    return Stand(STATES.get(CampaignStatus(campaign.status), "over"))


def claim(*, link: ClaimLink, at: datetime) -> Stand:
    """Issue the invitation's code; a second press meets the same one, a refusal says why."""
    result = issuing.issue(
        campaign=link.campaign,
        recipient=Recipient(link.recipient_key, link.contact, link.email),
        idempotency_key=key_of(link),
        source=Source.CAMPAIGN,
        trigger_ref=references.reference("vouchers.claim_link", link.pk),
        at=at,
    )
    stand = stand_of(link=link, at=at)
    if result.issuance is not None or stand.is_claimed or result.outcome == Outcome.NOT_RUNNING:
        return stand
    return Stand(REFUSALS.get(Outcome(result.outcome), "over"), reason=result.reason)


@dataclass(frozen=True, slots=True)
class Offered:
    """What the page promises before a code is taken: the lists that could give one."""

    names: tuple[str, ...]
    partners: tuple[Partner, ...]
    descriptions: tuple[str, ...]

    @property
    def partner(self) -> Partner | None:
        """The one partner whose vouchers they are, where it is one."""
        return self.partners[0] if len(self.partners) == 1 else None


def offered_by(*, campaign: Campaign) -> Offered:
    """Return what the campaign's lists offer, in the order of their priority."""
    mapped = CampaignList.objects.filter(campaign=campaign, removed_at=None)
    lists = [
        row.voucher_list
        for row in mapped.select_related("voucher_list__partner").order_by("priority", "pk")
    ]
    return Offered(
        tuple(dict.fromkeys(one.name for one in lists)),
        tuple({one.partner_id: one.partner for one in lists}.values()),
        tuple(dict.fromkeys(one.description for one in lists if one.description)),
    )
