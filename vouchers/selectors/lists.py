"""What the desk shows of partners and lists (vouchers.md 8, pages 1 to 4 and 9)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import (
    Count,
    DecimalField,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
)
from django.db.models.functions import Coalesce, NullIf

from core.calendar import day_bounds, local
from core.errors import NotFound
from directory.models import Organisation
from vouchers.choices import ListStatus
from vouchers.models import (
    Alert,
    CampaignList,
    Issuance,
    ListCount,
    ListStatusChange,
    Partner,
    UploadAct,
    UploadBatch,
    VoucherCode,
    VoucherList,
)
from vouchers.selectors.numbers import Numbers

MOST_CHANGES = 50
NO_SUCH_LIST = "There is no voucher list with this List ID. Take it from the list's page."


@dataclass(frozen=True, slots=True)
class Overview:
    """The figures above the lists."""

    active: int
    distributable: int
    issued_today: int
    needing_attention: int


def lists_of(*, business: Organisation) -> QuerySet[VoucherList]:
    """Return the lists of the business with their partners."""
    return VoucherList.objects.filter(business=business).select_related("partner")


def lists_listed(*, business: Organisation) -> QuerySet[VoucherList]:
    """Return the lists with what their rows show, all of it sortable."""
    counted = (
        ListCount.objects.filter(voucher_list=OuterRef("pk")).order_by().values("voucher_list")
    )
    return lists_of(business=business).annotate(
        uploaded_count=_sum(counted, F("uploaded")),
        issued_count=_sum(counted, F("issued")),
        available_count=_sum(counted, F("uploaded") - F("reserved") - F("issued")),
        # Worked out anew: every mention of the sums above would have the server add them up again.
        used_percent=Subquery(
            counted.annotate(n=Sum("issued") * 100 / NullIf(Sum("uploaded"), 0)).values("n"),
            output_field=DecimalField(max_digits=18, decimal_places=1),
        ),
        campaign_count=_count(CampaignList.objects.filter(removed_at__isnull=True)),
        alert_count=_count(Alert.objects.filter(resolved_at__isnull=True)),
    )


def voucher_list(*, business: Organisation, list_id: str) -> VoucherList:
    """Return one list of the business by its List ID; raises `NotFound`."""
    rows = lists_of(business=business).select_related("partner", "business", "created_by")
    found = rows.filter(list_id=list_id).first()
    if found is None:
        raise NotFound(NO_SUCH_LIST)
    return found


def overview(*, business: Organisation, at: datetime) -> Overview:
    """Return the figures above the lists in three queries."""
    active = Q(status=ListStatus.ACTIVE, expires_at__gt=at)
    open_lists = VoucherList.objects.filter(active, business=business)
    counted = ListCount.objects.filter(voucher_list__in=open_lists).aggregate(
        left=Sum(F("uploaded") - F("reserved") - F("issued"))
    )
    troubled = Alert.objects.filter(
        business=business, resolved_at__isnull=True, voucher_list__isnull=False
    )
    lists = VoucherList.objects.filter(business=business).aggregate(
        active=Count("pk", filter=active),
        troubled=Count("pk", filter=Q(pk__in=troubled.values("voucher_list"))),
    )
    zone = business.time_zone
    today = day_bounds(local(at, zone).date(), zone)
    issued = Issuance.objects.filter(
        business=business,
        voucher_list__isnull=False,
        issued_at__gte=today.start,
        issued_at__lt=today.end,
    ).count()
    return Overview(lists["active"], int(counted["left"] or 0), issued, lists["troubled"])


def mappings_of(*, voucher_list: VoucherList) -> list[CampaignList]:
    """Return the list's live links to campaigns, with how many codes each campaign took and when."""
    given = Issuance.objects.filter(
        campaign=OuterRef("campaign"),
        voucher_list=OuterRef("voucher_list"),
        issued_at__isnull=False,
    ).order_by()
    rows = CampaignList.objects.filter(voucher_list=voucher_list, removed_at__isnull=True)
    return list(
        rows.select_related("campaign")
        .annotate(
            issued_count=Coalesce(
                Subquery(
                    given.values("campaign").annotate(n=Count("pk")).values("n"),
                    output_field=IntegerField(),
                ),
                Value(0),
            ),
            last_issued_at=Subquery(given.order_by("-issued_at").values("issued_at")[:1]),
        )
        .order_by("campaign__name", "pk")
    )


def mapping(*, voucher_list: VoucherList, pk: int) -> CampaignList:
    """Return one live link of the list; raises `NotFound`."""
    rows = CampaignList.objects.filter(voucher_list=voucher_list, removed_at__isnull=True)
    found = rows.select_related("campaign", "voucher_list").filter(pk=pk).first()
    if found is None:
        raise NotFound("This list is not linked to that campaign.")
    return found


def batches_of(*, voucher_list: VoucherList) -> QuerySet[UploadBatch]:
    """Return the list's uploads."""
    return UploadBatch.objects.filter(voucher_list=voucher_list)


def codes_of(*, voucher_list: VoucherList) -> QuerySet[VoucherCode]:
    """Return the published codes of the list with their uploads; text of codes stays out of pages."""
    rows = VoucherCode.objects.filter(voucher_list=voucher_list).exclude(state="staged")
    return rows.select_related("batch")


def code(*, business: Organisation, pk: UUID) -> VoucherCode:
    """Return one code of the business; raises `NotFound`."""
    rows = VoucherCode.objects.filter(voucher_list__business=business).exclude(state="staged")
    found = rows.select_related("voucher_list__partner", "batch").filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no such code.")
    return found


def issuances_of_codes(codes: Sequence[VoucherCode]) -> dict[UUID, Issuance]:
    """Return the newest issuance of each code that has one; one query."""
    keys = [row.pk for row in codes if row.state not in ("available", "void")]
    rows = Issuance.objects.filter(code__in=keys).select_related("contact", "campaign")
    return {row.code_id: row for row in rows.order_by("created_at", "pk") if row.code_id}


def partners_of(*, business: Organisation) -> QuerySet[Partner]:
    """Return the partners of the business."""
    return Partner.objects.filter(business=business)


def partners_listed(*, business: Organisation) -> QuerySet[Partner]:
    """Return the partners with the counts that their rows show."""
    counted = (
        ListCount.objects.filter(voucher_list__partner=OuterRef("pk"))
        .order_by()
        .values("voucher_list__partner")
    )
    lists = VoucherList.objects.filter(partner=OuterRef("pk")).order_by().values("partner")

    def number(rows: QuerySet[Any]) -> Coalesce:
        return Coalesce(
            Subquery(rows.annotate(n=Count("pk")).values("n"), output_field=IntegerField()),
            Value(0),
        )

    return partners_of(business=business).annotate(
        list_count=number(lists),
        active_list_count=number(lists.filter(status=ListStatus.ACTIVE)),
        available_count=_sum(counted, F("uploaded") - F("reserved") - F("issued")),
        issued_count=_sum(counted, F("issued")),
        redeemed_count=_sum(counted, F("redeemed")),
    )


def partner(*, business: Organisation, pk: int) -> Partner:
    """Return one partner of the business; raises `NotFound`."""
    found = partners_of(business=business).filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no such partner.")
    return found


def changes_of(*, voucher_list: VoucherList) -> list[ListStatusChange]:
    """Return the list's changes of status, the newest first."""
    return list(voucher_list.status_changes.order_by("-at", "-pk")[:MOST_CHANGES])


def acts_of(*, voucher_list: VoucherList) -> list[UploadAct]:
    """Return what was decided about the list's uploads, the newest first."""
    rows = UploadAct.objects.filter(batch__voucher_list=voucher_list).select_related("batch")
    return list(rows.order_by("-at", "-pk")[:MOST_CHANGES])


def together(numbers: dict[int, Numbers]) -> Numbers:
    """Add up the numbers of several lists."""
    return sum(numbers.values(), start=Numbers())


def _sum(counted: QuerySet[Any], what: Any) -> Coalesce:
    return Coalesce(
        Subquery(counted.annotate(n=Sum(what)).values("n"), output_field=IntegerField()), Value(0)
    )


def _count(rows: QuerySet[Any]) -> Coalesce:
    counted = rows.filter(voucher_list=OuterRef("pk")).order_by().values("voucher_list")
    return Coalesce(
        Subquery(counted.annotate(n=Count("pk")).values("n"), output_field=IntegerField()),
        Value(0),
    )
