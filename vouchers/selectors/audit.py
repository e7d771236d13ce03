"""Who did what with a list or a campaign besides changing and moving it (vouchers.md 2.11).

Status changes and edits have histories of their own; here are links and their changes, looks at whole
codes, codes made void, and vouchers that were wished for, given or taken back by hand. Codes are masked.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from directory.history import authors_of, whence
from directory.models import User
from vouchers.choices import CodeState, IssuanceStatus, Source, VoidReason
from vouchers.masking import masked
from vouchers.models import (
    Campaign,
    CampaignList,
    Issuance,
    Reveal,
    VoucherCode,
    VoucherList,
    WaitEntry,
)

MOST = 50
BY_HAND = (VoidReason.MANUAL, VoidReason.PARTNER_RECALLED, VoidReason.LEAKED)
TAKEN_BACK = (IssuanceStatus.REVOKED, IssuanceStatus.RETURNED)
Line = dict[str, Any]


def of_list(voucher_list: VoucherList) -> list[Line]:
    """Return the newest acts on the list, newest first; at most seven queries."""
    mappings = CampaignList.objects.filter(voucher_list=voucher_list)
    rows = [
        *_links(mappings.select_related("campaign"), lambda one: f"“{one.campaign.name}”"),
        *_changes(Q(voucher_list=voucher_list), "campaign"),
        *_looks(Reveal.objects.filter(code__voucher_list=voucher_list)),
        *_by_hand(Issuance.objects.filter(voucher_list=voucher_list)),
        *_voids(voucher_list),
    ]
    return _newest(rows)


def of_campaign(campaign: Campaign) -> list[Line]:
    """Return the newest acts on the campaign, newest first; at most six queries."""
    mappings = CampaignList.objects.filter(campaign=campaign)
    rows = [
        *_links(mappings.select_related("voucher_list"), lambda one: f"“{one.voucher_list.name}”"),
        *_changes(Q(campaign=campaign), "voucher_list"),
        *_looks(Reveal.objects.filter(code__issuances__campaign=campaign).distinct()),
        *_by_hand(Issuance.objects.filter(campaign=campaign)),
        *_wishes(campaign),
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


def _changes(of: Q, other: str) -> Iterator[Line]:
    """Yield what was changed of links, with what stood there before: place and most codes."""
    events: Any = CampaignList._meta.get_field("events").related_model
    before = events.objects.filter(pgh_obj=OuterRef("pgh_obj"), pgh_id__lt=OuterRef("pgh_id"))
    before = before.order_by("-pgh_id")
    found = events.objects.filter(of, pgh_label="update").annotate(
        old_priority=Subquery(before.values("priority")[:1]),
        old_quota=Subquery(before.values("quota")[:1]),
    )
    rows = list(found.select_related(other, "pgh_context").order_by("-pgh_id")[:MOST])
    authors = authors_of(rows)
    for one in rows:
        text = "\n".join(filter(None, (*_terms(one), whence(one))))
        what = f"Changed the link with “{getattr(one, other).name}”"
        line = _line(what, one.pgh_created_at, "pencil", None, text)
        yield {**line, "who": authors[one.pgh_id]}


def _terms(event: Any) -> Iterator[str]:
    """Yield what of a link's terms the audit row changed, old and new."""
    if event.old_priority != event.priority:
        yield f"place: {event.old_priority} → {event.priority}"
    if event.old_quota != event.quota:
        yield f"at most: {_most(event.old_quota)} → {_most(event.quota)}"


def _most(quota: int | None) -> str:
    if quota is None:
        return "all its codes"
    return "1 code" if quota == 1 else f"{quota:,} codes"


def _looks(rows: QuerySet[Reveal]) -> Iterator[Line]:
    for one in rows.select_related("code").order_by("-at", "-pk")[:MOST]:
        what = f"Looked at {masked(one.code.code)}"
        yield {**_line(what, one.at, "eye", None, one.reason), "who": one.user_name}


def _by_hand(rows: QuerySet[Issuance]) -> Iterator[Line]:
    """Yield what somebody gave by hand, and what somebody took back."""
    asked = Q(source=Source.MANUAL, created_by__isnull=False) | Q(closed_by__isnull=False)
    found = rows.filter(asked).select_related("contact", "created_by", "closed_by")
    for one in found.order_by("-updated_at", "-pk")[:MOST]:
        to = _who(one)
        if one.source == Source.MANUAL and one.created_by is not None:
            what = f"Given by hand to {to}"
            yield _line(what, one.created_at, "gift", one.created_by, one.reason)
        if one.status in TAKEN_BACK and one.closed_at is not None:
            what = f"Taken back from {to}"
            yield _line(what, one.closed_at, "arrow-back-up", one.closed_by, one.closed_reason)


def _wishes(campaign: Campaign) -> Iterator[Line]:
    """Yield for whom somebody wished by hand while no code was left."""
    rows = WaitEntry.objects.filter(campaign=campaign, source=Source.MANUAL)
    found = rows.select_related("contact", "created_by").order_by("-created_at", "-pk")
    for one in found[:MOST]:
        what = f"Put on the wait list by hand: {_who(one)}"
        yield _line(what, one.created_at, "hourglass", one.created_by, one.reason)


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


def _who(one: Issuance | WaitEntry) -> str:
    return str(one.contact) if one.contact else one.email or one.recipient_key.partition(":")[2]


def _line(what: str, at: datetime | None, icon: str, who: User | None, text: str = "") -> Line:
    name = who.display_name if who is not None else ""
    return {"what": what, "at": at, "icon": icon, "who": name, "text": text}


def _newest(rows: list[Line]) -> list[Line]:
    return sorted(rows, key=lambda one: one["at"], reverse=True)[:MOST]
