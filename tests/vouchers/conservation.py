"""R-CONS and the guarantees of vouchers.md 5.4, proved from the rows."""

from __future__ import annotations

from django.db.models import Count, Q

from vouchers.choices import CodeState, IssuanceStatus
from vouchers.models import Campaign, CampaignList, Issuance, VoucherCode, VoucherList
from vouchers.services import counting
from vouchers.services.campaign_counting import given_by
from vouchers.services.campaign_lists import COUNTED

# A code in such a state belongs to exactly one issuance of the status.
OWNED = {
    CodeState.RESERVED: IssuanceStatus.RESERVED,
    CodeState.ISSUED: IssuanceStatus.ISSUED,
    CodeState.REDEEMED: IssuanceStatus.REDEEMED,
    CodeState.EXPIRED: IssuanceStatus.EXPIRED,
}


def faults() -> list[str]:
    """Return everything that does not add up; nothing, if codes were neither lost nor doubled."""
    return [*lists_off(), *_codes_off(), *_campaigns_off(), *_quotas_off(), *_allowances_off()]


def lists_off() -> list[str]:
    """Return the lists whose counters differ from their codes."""
    found = [(one, counting.compare(one)) for one in VoucherList.objects.all()]
    return [f"{one}: {recount.words()}" for one, recount in found if recount.differs]


def _codes_off() -> list[str]:
    """Return codes that belong to nobody but should, or to somebody but should not."""
    found = []
    for state, status in OWNED.items():
        owners = Count("issuances", filter=Q(issuances__status=status))
        rows = VoucherCode.objects.filter(state=state).annotate(owners=owners)
        found += [f"{one} is {state} and has {one.owners}" for one in rows.exclude(owners=1)]
    idle = VoucherCode.objects.filter(
        state__in=[CodeState.AVAILABLE, CodeState.VOID], issuances__status__in=list(OWNED.values())
    )
    return found + [f"{one} is {one.state} and belongs to somebody" for one in idle]


def _campaigns_off() -> list[str]:
    found = []
    for campaign in Campaign.objects.all():
        rows = Issuance.objects.filter(campaign=campaign, status__in=COUNTED)
        given = given_by(campaign.pk)
        expected = rows.filter(is_fallback=False).count(), rows.filter(is_fallback=True).count()
        if (given.issued, given.fallback) != expected:
            found.append(f"{campaign}: counted {given}, gave {expected}")
        if campaign.max_total is not None and given.issued > campaign.max_total:
            found.append(f"{campaign}: gave more than its cap")
    return found


def _quotas_off() -> list[str]:
    found = []
    for row in CampaignList.objects.filter(removed_at=None, quota__isnull=False):
        rows = Issuance.objects.filter(
            campaign=row.campaign_id, voucher_list=row.voucher_list_id, status__in=COUNTED
        )
        if row.taken != rows.count():
            found.append(f"{row.campaign_id}: {row.taken} taken of the quota, {rows.count()} given")
    return found


def _allowances_off() -> list[str]:
    rows = (
        Issuance.objects.filter(ordinal__isnull=False)
        .values("campaign", "recipient_key", "campaign__max_per_recipient")
        .annotate(n=Count("pk"))
    )
    return [str(row) for row in rows if row["n"] > row["campaign__max_per_recipient"]]
