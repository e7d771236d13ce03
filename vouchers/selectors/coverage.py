"""Is a campaign ready, and are there enough codes for whom it is meant? (vouchers.md 3)"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from vouchers import messages
from vouchers.choices import CodeInMail, ListStatus, OnExhaustion, Qualification
from vouchers.message_tags import default_message
from vouchers.models import Campaign, CampaignList
from vouchers.selectors import eligibility
from vouchers.selectors.numbers import numbers_of


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many people there are and how many codes for them.

    `audience` is None where people come one by one. `needed` is what they may take at most, within the
    cap; `distributable` is what the lists can give now, within their quotas.
    """

    audience: int | None
    distributable: int
    needed: int | None

    @property
    def is_short(self) -> bool:
        """Whether more is promised than there is."""
        return self.needed is not None and self.needed > self.distributable


def coverage_of(*, campaign: Campaign, at: datetime) -> Coverage:
    """Count people and codes; the publish page shows both, with a warning where codes fall short."""
    codes = distributable(campaign=campaign, at=at)
    if campaign.qualification != Qualification.AUDIENCE:
        return Coverage(None, codes, None)
    audience = eligibility.size_of_audience(campaign=campaign, at=at)
    needed = audience * campaign.max_per_recipient
    if campaign.max_total is not None:
        needed = min(needed, campaign.max_total)
    return Coverage(audience, codes, needed)


def problems_of(*, campaign: Campaign, at: datetime) -> list[str]:
    """Return everything that keeps the campaign from being published, a sentence each."""
    found = []
    if not _usable(campaign, at).exists():
        found.append("Link at least one active list that has not expired.")
    if campaign.ends_at is not None and campaign.ends_at <= at:
        found.append("Its end lies in the past. Choose a later one.")
    if campaign.on_exhaustion == OnExhaustion.FALLBACK_CODE and not campaign.fallback_code:
        found.append("Give the code that everybody gets when no other is left.")
    if campaign.code_in_mail != CodeInMail.NONE and (campaign.mail_subject or campaign.mail_body):
        subject, body = default_message(campaign.code_in_mail)
        problems = messages.check(
            campaign.mail_subject or subject, campaign.mail_body or body, campaign.code_in_mail
        )
        found += [f"Message: {problem}" for problem in problems]
    return found


def _usable(campaign: Campaign, at: datetime) -> QuerySet[CampaignList]:
    return campaign.mappings.filter(
        voucher_list__status=ListStatus.ACTIVE, voucher_list__expires_at__gt=at, removed_at=None
    )


def distributable(*, campaign: Campaign, at: datetime) -> int:
    """Return how many codes the lists can give to the campaign, each within its quota."""
    mappings = list(_usable(campaign, at).select_related("voucher_list"))
    numbers = numbers_of([one.voucher_list for one in mappings], at=at)
    total = 0
    for one in mappings:
        has = numbers[one.voucher_list_id].distributable
        total += has if one.quota is None else min(has, one.quota - one.taken)
    return total
