"""What the desk shows of reward offers: the list, one offer, and what it has given."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import (
    BigIntegerField,
    Case,
    CharField,
    Count,
    F,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce, TruncDate

from core.calendar import day_bounds, local
from core.money import Money
from directory.models import Organisation
from directory.selectors.found import found_or_refused
from rewards.choices import AwardStatus
from rewards.models import Award, OfferVersion, RewardOffer
from rewards.selectors.offers import offers_of_owner

NO_SUCH_OFFER = "There is no such offer. Choose one of your reward offers."
CHART_DAYS = 30
SHOWN = ("scheme", "owner", "business", "commerce_pool", "award_product",
         "group_type", "group_brand", "group_family", "group_category")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Figures:
    """What an offer has given: standing awards and what is left of them, cancelled ones apart.

    `days`, `counts` and `amounts` describe the last 30 days, today included; amounts in minor units.
    """

    award_count: int
    contact_count: int
    amount: Money
    cancelled_count: int
    days: tuple[date, ...]
    counts: tuple[int, ...]
    amounts: tuple[int, ...]

    @property
    def recent_count(self) -> int:
        return sum(self.counts)

    @property
    def recent_amount(self) -> Money:
        return Money(sum(self.amounts), self.amount.currency)


def offers_listed(
    *, business: Organisation, acting: Organisation, at: datetime
) -> QuerySet[RewardOffer]:
    """Return the offers that users of `acting` may see, each with its `availability` at the moment.

    A merchant's users see that merchant's offers alone (rewards.md 0.8). "Ended" and "upcoming" are
    read from the dates, never stored (rewards.md 2.4).
    """
    rows = RewardOffer.objects.filter(business=business)
    if not acting.is_business:
        rows = rows.filter(owner=acting)
    return rows.select_related(*SHOWN).annotate(
        availability=Case(
            When(available_to__lte=at, then=Value("ended")),
            When(available_from__gt=at, then=Value("upcoming")),
            default=Value("running"),
            output_field=CharField(),
        )
    )


def offer(*, business: Organisation, acting: Organisation, pk: int) -> RewardOffer:
    """Return one offer; raises `NotFound` for those of other businesses and other merchants."""
    rows = RewardOffer.objects.filter(business=business, pk=pk)
    if not acting.is_business:
        rows = rows.filter(owner=acting)
    found = rows.select_related(*SHOWN, "condition_set").first()
    return found_or_refused(found, NO_SUCH_OFFER)


def tags_of(*, owner: Organisation) -> list[str]:
    """Return every tag that stands on one of the offers the organisation's users see, by name."""
    rows = offers_of_owner(owner=owner).values_list("tags", flat=True)
    return sorted({tag for tags in rows for tag in tags}, key=str.casefold)


def figures_of(*, offer: RewardOffer, at: datetime) -> Figures:
    """Return what the offer has given in all and day by day; two queries."""
    zone = offer.business.time_zone
    today = local(at, zone).date()
    days = tuple(today - timedelta(days=back) for back in range(CHART_DAYS - 1, -1, -1))
    since = day_bounds(days[0], zone).start
    awards = Award.objects.filter(offer=offer)
    standing = ~Q(status=AwardStatus.CANCELLED)
    left = F("amount_minor") - F("reversed_minor")
    total = awards.aggregate(
        count=Count("pk", filter=standing),
        people=Count("contact", distinct=True, filter=standing),
        minor=Coalesce(Sum(left, filter=standing), Value(0), output_field=BigIntegerField()),
        cancelled=Count("pk", filter=~standing),
    )
    daily = {
        row["day"]: row
        for row in awards.filter(standing, performed_at__gte=since)
        .annotate(day=TruncDate("performed_at", tzinfo=local(at, zone).tzinfo))
        .values("day")
        .annotate(count=Count("pk"), minor=Sum(left))
    }
    return Figures(
        award_count=total["count"],
        contact_count=total["people"],
        amount=Money(total["minor"], offer.currency),
        cancelled_count=total["cancelled"],
        days=days,
        counts=tuple(daily[day]["count"] if day in daily else 0 for day in days),
        amounts=tuple(daily[day]["minor"] if day in daily else 0 for day in days),
    )


def has_awards(*, offer: RewardOffer) -> bool:
    """Tell whether the offer ever awarded, which fixes its scheme and currency."""
    return Award.objects.filter(offer=offer).exists()


def versions_of(*, offer: RewardOffer, most: int = 10) -> list[OfferVersion]:
    """Return the newest versions with who made them and how many awards they made."""
    rows = offer.versions.select_related("by").annotate(award_count=Count("awards"))
    return list(rows.order_by("-number")[:most])
