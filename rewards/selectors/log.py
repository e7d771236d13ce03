"""The log of rewards and what stands behind one of its rows (rewards.md 10).

Who acts for a merchant sees only what happened there, and what its own offers gave; everything else
does not exist for them.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, TypeVar

from django.db.models import Model, Q, QuerySet

from directory.models import Contact, Organisation
from directory.selectors.found import found_or_refused
from events.models import BusinessEvent, GoodsReturn, PurchaseLine, ReturnedLine
from rewards.choices import ReferralStatus
from rewards.models import Award, ReferralCase, RewardEvent, UsedAchievement
from rewards.selectors.payments import names_of, uses_of
from rewards.selectors.traces import ShownTrace, shown_traces
from wallet.selectors.books import entries_by_subject

if TYPE_CHECKING:
    from wallet.models import Entry, PurchaseUse

NO_SUCH_EVENT = "There is no such event. Choose one of the reward events."
NO_SUCH_AWARD = "There is no such award. Choose one of the reward events."
SHOWN = ("event", "award", "contact", "offer", "scheme", "merchant", "venue", "pool", "product")
# More offers than anybody reads; those that came furthest stand first.
MOST_TRACES = 100
MOST_ROWS = 200
M = TypeVar("M", bound=Model)


@dataclass(frozen=True, slots=True)
class Line:
    """A product of the basket and how much of it came back."""

    row: PurchaseLine
    returned: Decimal


@dataclass(frozen=True, slots=True)
class Story:
    """Everything that one business event led to.

    `traces` are those of the offers that came furthest, of `trace_count` in all. `entries` gives the
    wallet's entries by what they are about.
    """

    event: BusinessEvent
    lines: tuple[Line, ...]
    traces: tuple[ShownTrace, ...]
    trace_count: int
    awards: tuple[Award, ...]
    log: tuple[RewardEvent, ...]
    returns: tuple[GoodsReturn, ...]
    use: PurchaseUse | None
    entries: dict[str, list[Entry]]


@dataclass(frozen=True, slots=True)
class Referrals:
    """Whom a contact brought, newest first, and who brought the contact."""

    made: tuple[ReferralCase, ...]
    by: ReferralCase | None

    @property
    def waiting_count(self) -> int:
        return sum(1 for case in self.made if case.status == ReferralStatus.WAITING)


def was_at(row: BusinessEvent | RewardEvent | Award, acting: Organisation) -> bool:
    """Tell whether it happened where the organisation's users may look."""
    return acting.is_business or acting.pk in (row.merchant_id, row.venue_id)


def seen_by(rows: QuerySet[M], acting: Organisation) -> QuerySet[M]:
    """Keep what users of the organisation may see: a business all of its own, others their own."""
    if acting.is_business:
        return rows
    return rows.filter(Q(merchant=acting) | Q(venue=acting))


def log_of(*, business: Organisation, acting: Organisation) -> QuerySet[RewardEvent]:
    """Return the rows of the log with everything that a list shows of them, unordered."""
    rows = RewardEvent.objects.filter(business=business).select_related(*SHOWN)
    return given_by(rows, acting)


def event(*, business: Organisation, acting: Organisation, pk: int) -> BusinessEvent:
    """Return a business event; raises `NotFound` for those of others."""
    rows = BusinessEvent.objects.filter(business=business, pk=pk).select_related(
        "business", "contact", "organisation", "merchant", "venue", "tap", "classification",
        "purchase", "created_by", "referral__referrer", "achievement", "contact_change",
        "subscription",
    )  # fmt: skip
    return found_or_refused(seen_by(rows, acting).first(), NO_SUCH_EVENT)


def award(*, business: Organisation, acting: Organisation, pk: int) -> Award:
    """Return an award with what its page tells; raises `NotFound` for those of others."""
    rows = Award.objects.filter(business=business, pk=pk).select_related(
        "business", "event__purchase", "gift_run", "offer__business", "offer__scheme",
        "offer__commerce_pool", "offer__award_product", "offer__group_type", "offer__group_brand",
        "offer__group_family", "offer__group_category", "offer_version", "scheme", "contact",
        "merchant", "venue", "pool_version__pool", "product", "about",
    )  # fmt: skip
    return found_or_refused(given_by(rows, acting).first(), NO_SUCH_AWARD)


def given_by(rows: QuerySet[M], acting: Organisation) -> QuerySet[M]:
    """Keep what users of the organisation may see, and for a merchant what its own offers gave.

    A gift happens nowhere, and a merchant's offer may award elsewhere: who funds it sees it.
    """
    if acting.is_business:
        return rows
    return rows.filter(Q(merchant=acting) | Q(venue=acting) | Q(offer__owner=acting))


def story_of(*, event: BusinessEvent, acting: Organisation) -> Story:
    """Return what the event led to, in a fixed number of queries.

    Merchants' users read only what became of their own offers, and what was awarded by any.
    """
    traces, trace_count = shown_traces(event=event, acting=acting, most=MOST_TRACES)
    awards = _awards_resting_on(event)
    uses = uses_of(event)
    return Story(
        event=event,
        lines=lines_of(event=event),
        traces=traces,
        trace_count=trace_count,
        awards=awards,
        log=tuple(_log_about(Q(event=event))),
        returns=tuple(
            GoodsReturn.objects.filter(purchase=event.pk)
            .select_related("created_by")
            .prefetch_related("lines__product")
            .order_by("pk")
        ),
        use=next((use for use in uses if use.paid_minor), uses[0] if uses else None),
        entries=entries_by_subject(
            business=event.business, subjects=[*names_of(event), *(row.reference for row in awards)]
        ),
    )


def lines_of(*, event: BusinessEvent) -> tuple[Line, ...]:
    """Return the lines of a purchase, each with what of its product came back; two queries."""
    rows = PurchaseLine.objects.filter(purchase=event.pk).select_related("product")
    back: dict[int, Decimal] = {}
    returned = ReturnedLine.objects.filter(goods_return__purchase=event.pk)
    for product_id, quantity in returned.values_list("product_id", "quantity"):
        back[product_id] = back.get(product_id, Decimal(0)) + quantity
    found = []
    for row in rows.order_by("position"):
        here = min(back.get(row.product_id, Decimal(0)), row.quantity)
        back[row.product_id] = back.get(row.product_id, Decimal(0)) - here
        found.append(Line(row, here))
    return tuple(found)


def log_of_award(*, award: Award) -> list[RewardEvent]:
    """Return what happened to one award, oldest first."""
    return list(_log_about(Q(award=award)))


def awards_of_contact(*, contact: Contact, most: int) -> list[Award]:
    """Return the newest awards of a contact with what a short list shows of them."""
    rows = Award.objects.filter(contact=contact).select_related("offer", "scheme", "event")
    return list(rows.order_by("-performed_at", "-pk")[:most])


def referrals_of(*, contact: Contact, most: int) -> Referrals:
    """Return whom the contact brought and who brought the contact; two queries."""
    made = ReferralCase.objects.filter(referrer=contact).select_related("referred")
    by = ReferralCase.objects.filter(referred=contact).select_related("referrer").first()
    return Referrals(tuple(made.order_by("-created_at", "-pk")[:most]), by)


def _awards_resting_on(event: BusinessEvent) -> tuple[Award, ...]:
    """Return the awards of the event, and those that used it up as one of several achievements."""
    used = UsedAchievement.objects.filter(event=event).values("award_id")
    rows = Award.objects.filter(Q(event=event) | Q(pk__in=used))
    return tuple(rows.select_related("offer", "contact", "pool_version__pool").order_by("pk"))


def _log_about(of: Q) -> QuerySet[RewardEvent]:
    rows = RewardEvent.objects.filter(of)
    return rows.select_related("award", "contact", "offer", "event").order_by("pk")[:MOST_ROWS]
