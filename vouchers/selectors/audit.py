"""Who did what with a list or a campaign besides changing and moving it (vouchers.md 2.11).

Status changes and edits have histories of their own; here are links, looks at whole codes, codes made
void, and vouchers that were given or taken back by hand. Codes are masked.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet

from directory.models import User
from vouchers.choices import CodeState, IssuanceStatus, Source, VoidReason
from vouchers.masking import masked
from vouchers.models import Campaign, CampaignList, Issuance, Reveal, VoucherCode, VoucherList

MOST = 50
BY_HAND = (VoidReason.MANUAL, VoidReason.PARTNER_RECALLED, VoidReason.LEAKED)
TAKEN_BACK = (IssuanceStatus.REVOKED, IssuanceStatus.RETURNED)
Line = dict[str, Any]


def of_list(voucher_list: VoucherList) -> list[Line]:
    """Return the newest acts on the list, newest first; five queries."""
    mappings = CampaignList.objects.filter(voucher_list=voucher_list)
    rows = [
        *_links(mappings.select_related("campaign"), lambda one: f"“{one.campaign.name}”"),
        *_looks(Reveal.objects.filter(code__voucher_list=voucher_list)),
        *_by_hand(Issuance.objects.filter(voucher_list=voucher_list)),
        *_voids(voucher_list),
    ]
    return _newest(rows)


def of_campaign(campaign: Campaign) -> list[Line]:
    """Return the newest acts on the campaign, newest first; four queries."""
    mappings = CampaignList.objects.filter(campaign=campaign)
    rows = [
        *_links(mappings.select_related("voucher_list"), lambda one: f"“{one.voucher_list.name}”"),
        *_looks(Reveal.objects.filter(code__issuances__campaign=campaign).distinct()),
        *_by_hand(Issuance.objects.filter(campaign=campaign)),
    ]
    return _newest(rows)


def _links(rows: QuerySet[CampaignList], name: Any) -> Iterator[Line]:
    """Yield what was linked and unlinked; both names of a person come with the row."""
    found = rows.select_related("added_by", "removed_by").order_by("-added_at", "-pk")
    for one in found[:MOST]:
        yield _line(f"Linked with {name(one)}", one.added_at, "link", one.added_by)
        if one.removed_at is not None:
            what = f"Unlinked from {name(one)}"
            yield _line(what, one.removed_at, "link-off", one.removed_by)


def _looks(rows: QuerySet[Reveal]) -> Iterator[Line]:
    for one in rows.select_related("code").order_by("-at", "-pk")[:MOST]:
        what = f"Looked at {masked(one.code.code)}"
        yield {**_line(what, one.at, "eye", None, one.reason), "who": one.user_name}


def _by_hand(rows: QuerySet[Issuance]) -> Iterator[Line]:
    """Yield what somebody gave by hand, and what somebody took back."""
    asked = Q(source=Source.MANUAL, created_by__isnull=False) | Q(closed_by__isnull=False)
    found = rows.filter(asked).select_related("contact", "created_by", "closed_by")
    for one in found.order_by("-updated_at", "-pk")[:MOST]:
        to = str(one.contact) if one.contact else one.email or one.recipient_key.partition(":")[2]
        if one.source == Source.MANUAL and one.created_by is not None:
            what = f"Given by hand to {to}"
            yield _line(what, one.created_at, "gift", one.created_by, one.reason)
        if one.status in TAKEN_BACK and one.closed_at is not None:
            what = f"Taken back from {to}"
            yield _line(what, one.closed_at, "arrow-back-up", one.closed_by, one.closed_reason)


def _voids(voucher_list: VoucherList) -> Iterator[Line]:
    """Yield codes made void, a line for each time; those of withdrawn uploads are told by them."""
    rows = VoucherCode.objects.filter(
        voucher_list=voucher_list, state=CodeState.VOID, void_reason__in=BY_HAND
    )
    times = rows.exclude(voided_at=None).values("voided_at", "void_reason", "void_note")
    for one in times.annotate(count=Count("pk")).order_by("-voided_at")[:MOST]:
        many = "A code" if one["count"] == 1 else f"{one['count']:,} codes"
        what = f"{many} made void: {VoidReason(one['void_reason']).label.lower()}"
        yield _line(what, one["voided_at"], "trash", None, one["void_note"])


def _line(what: str, at: datetime | None, icon: str, who: User | None, text: str = "") -> Line:
    name = who.display_name if who is not None else ""
    return {"what": what, "at": at, "icon": icon, "who": name, "text": text}


def _newest(rows: list[Line]) -> list[Line]:
    return sorted(rows, key=lambda one: one["at"], reverse=True)[:MOST]
