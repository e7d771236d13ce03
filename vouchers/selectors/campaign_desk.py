"""What the desk shows of campaigns: the list, one campaign, its lists, wait list and decisions."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from core.errors import NotFound
from core.search import folded
from directory.models import Contact, Organisation
from vouchers.choices import CampaignStatus, Delivery, IssuanceStatus, ListStatus, WaitState
from vouchers.models import (
    Attempt,
    Campaign,
    CampaignCount,
    CampaignList,
    CampaignStatusChange,
    Issuance,
    VoucherList,
    WaitEntry,
)
from vouchers.selectors import by_day

MOST_CHANGES = 50


@dataclass(frozen=True, slots=True)
class Figures:
    """What came of a campaign so far; the code for everybody is counted apart."""

    issued: int
    fallback: int
    redeemed: int
    revoked: int
    waiting: int
    undelivered: int
    days: tuple[date, ...]
    counts: tuple[int, ...]

    @property
    def rate(self) -> float:
        """Codes a day, as a mean of the last seven days."""
        return sum(self.counts[-7:]) / 7

    @property
    def redeemed_percent(self) -> int | None:
        return round(100 * self.redeemed / self.issued) if self.issued else None


def campaigns_listed(*, business: Organisation) -> QuerySet[Campaign]:
    """Return the campaigns with what their rows show; the counts are asked for the shown rows alone."""
    return (
        Campaign.objects.filter(business=business)
        .select_related("owner")
        .annotate(
            issued_count=_sum_of("issued"),
            list_count=_count_of(CampaignList.objects.filter(removed_at__isnull=True)),
            waiting_count=_count_of(WaitEntry.objects.filter(state=WaitState.WAITING)),
            redeemed_count=_count_of(Issuance.objects.filter(status=IssuanceStatus.REDEEMED)),
        )
    )


def campaign(*, business: Organisation, pk: int) -> Campaign:
    """Return one campaign of the business; raises `NotFound`."""
    rows = Campaign.objects.filter(business=business, pk=pk)
    found = rows.select_related("business", "owner", "condition_set").first()
    if found is None:
        raise NotFound("There is no such campaign.")
    return found


def figures_of(*, campaign: Campaign, at: datetime) -> Figures:
    """Return the campaign's counts, and how many codes it gave on each of the last days."""
    counts = CampaignCount.objects.filter(campaign=campaign).aggregate(
        issued=Sum("issued", default=0), fallback=Sum("fallback", default=0)
    )
    own = Issuance.objects.filter(campaign=campaign, is_fallback=False)
    became = own.aggregate(
        redeemed=Count("pk", filter=Q(status=IssuanceStatus.REDEEMED)),
        revoked=Count("pk", filter=Q(status=IssuanceStatus.REVOKED)),
        undelivered=Count("pk", filter=needs_attention()),
    )
    zone = campaign.business.time_zone
    days, given = by_day.given_by_campaign(campaign_id=campaign.pk, zone=zone, at=at)
    return Figures(
        **counts,
        **became,
        waiting=WaitEntry.objects.filter(campaign=campaign, state=WaitState.WAITING).count(),
        days=days,
        counts=given,
    )


def needs_attention() -> Q:
    """Return the condition of issuances whose mail did not arrive, while the code is still theirs."""
    lost = (Delivery.BOUNCED, Delivery.FAILED, Delivery.HELD)
    return Q(delivery_status__in=lost, status=IssuanceStatus.ISSUED)


def mappings_of(*, campaign: Campaign) -> list[CampaignList]:
    """Return the lists that the campaign takes codes from, in their order."""
    rows = CampaignList.objects.filter(campaign=campaign, removed_at__isnull=True)
    return list(rows.select_related("voucher_list__partner").order_by("priority", "pk"))


def taken_from(*, campaign: Campaign, list_ids: Collection[int]) -> dict[int, int]:
    """Return how many codes of each list the campaign gave out."""
    rows = Issuance.objects.filter(
        campaign=campaign, voucher_list__in=list_ids, issued_at__isnull=False
    )
    counts = rows.values_list("voucher_list").annotate(count=Count("pk")).order_by()
    return dict.fromkeys(list_ids, 0) | {pk: count for pk, count in counts if pk is not None}


def choosable_lists(*, business: Organisation, at: datetime) -> QuerySet[VoucherList]:
    """Return the lists that a campaign may be given: active, unexpired, of a partner in use."""
    rows = VoucherList.objects.filter(
        business=business,
        status=ListStatus.ACTIVE,
        expires_at__gt=at,
        partner__is_active=True,
    )
    return rows.select_related("partner").order_by("partner__name", "list_tag", "pk")


def waiting_of(*, campaign: Campaign) -> QuerySet[WaitEntry]:
    """Return who waits, in the order in which they are served."""
    rows = WaitEntry.objects.filter(campaign=campaign, state=WaitState.WAITING)
    return rows.select_related("contact", "created_by").order_by("qualified_at", "pk")


def wait_entry(*, campaign: Campaign, pk: int) -> WaitEntry:
    """Return one entry of the campaign's wait list; raises `NotFound`."""
    found = WaitEntry.objects.filter(campaign=campaign, pk=pk).select_related("contact").first()
    if found is None:
        raise NotFound("Nobody is in this place of the wait list.")
    return found


def decisions_of(*, campaign: Campaign) -> QuerySet[Attempt]:
    """Return what was decided about whom, the newest first."""
    return Attempt.objects.filter(campaign=campaign).order_by("-at", "-pk")


def people_named(*, business: Organisation, term: str, most: int = 200) -> list[str]:
    """Return the recipient keys of the contacts whose names or addresses hold the term's words."""
    rows = Contact.objects.filter(business=business)
    for word in term.split():
        rows = rows.filter(search_text__contains=folded(word))
    return [str(pk) for pk in rows.values_list("pk", flat=True)[:most]]


def names_of(*, business: Organisation, keys: Collection[str]) -> dict[str, str]:
    """Return what to call the recipients with the keys: a contact's name, else the address or number."""
    ids = [int(key) for key in keys if key.isdecimal()]
    found = Contact.objects.filter(business=business, pk__in=ids) if ids else ()
    named = {str(one.pk): str(one) for one in found}
    return {key: named.get(key) or key.partition(":")[2] or f"Contact {key}" for key in keys}


def changes_of(*, campaign: Campaign) -> list[CampaignStatusChange]:
    """Return the campaign's changes of status, the newest first."""
    rows = CampaignStatusChange.objects.filter(campaign=campaign).select_related("actor_user")
    return list(rows.order_by("-at", "-pk")[:MOST_CHANGES])


def last_change_of(*, campaign: Campaign) -> CampaignStatusChange | None:
    """Return who changed the status last, for the word to somebody who came second."""
    rows = CampaignStatusChange.objects.filter(campaign=campaign)
    return rows.order_by("-at", "-pk").first()


def live_statuses() -> tuple[CampaignStatus, ...]:
    """Return the statuses in which a campaign is under way or about to be."""
    return (
        CampaignStatus.SCHEDULED,
        CampaignStatus.RUNNING,
        CampaignStatus.PAUSED,
        CampaignStatus.EXHAUSTED,
    )


def _count_of(rows: QuerySet[Any]) -> Coalesce:
    counted = (
        rows.filter(campaign=OuterRef("pk"))
        .order_by()
        .values("campaign")
        .annotate(count=Count("pk"))
        .values("count")
    )
    return Coalesce(Subquery(counted), Value(0), output_field=IntegerField())


def _sum_of(name: str) -> Coalesce:
    rows = CampaignCount.objects.filter(campaign=OuterRef("pk")).order_by().values("campaign")
    return Coalesce(
        Subquery(rows.annotate(total=Sum(F(name))).values("total")),
        Value(0),
        output_field=IntegerField(),
    )
