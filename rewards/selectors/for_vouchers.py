"""What voucher campaigns may ask of people and the awards they earned (vouchers.md 5.1)."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Exists, OuterRef, Q

from core import references
from directory.models import Organisation
from rewards.choices import AwardStatus
from rewards.models import Award, RewardOffer
from vouchers.questions import Asked, Choices, Outside, Question

BY_THE_EVENT, EVER = "event", "ever"
DAYS = (1, 7, 30, 90, 365)


def offers(business: Organisation) -> Choices:
    """Return the reward offers of the business by name."""
    rows = RewardOffer.objects.filter(business=business).order_by("name", "pk")
    return [(str(one.pk), one.name or f"Offer {one.number}") for one in rows]


def spans(business: Organisation) -> Choices:
    """Return within which time an award counts."""
    lately = [(str(days), f"In the last {_days(days)}") for days in DAYS]
    return [
        (EVER, "At any time"),
        (BY_THE_EVENT, "By what begins the campaign, such as this very purchase"),
        *lately,
    ]


OFFER = Question(name="offer", label="Of the offer", choices=offers, any_of_them="Any offer")
WITHIN = Question(
    name="within", label="When", choices=spans, initial=EVER,
    hint="Awards that were taken back do not count.",
)  # fmt: skip


def earned(asked: Asked) -> Q:
    """Find who was granted such an award that was not taken back.

    "By what begins the campaign" means the awards of that event; where none is at hand, as when
    somebody who waits is asked again, an award of any time will do.
    """
    rows = Award.objects.filter(
        business=asked.business, contact=OuterRef("pk"), performed_at__lte=asked.at
    ).exclude(status=AwardStatus.CANCELLED)
    if asked.one(OFFER):
        rows = rows.filter(offer=int(asked.one(OFFER)))
    within = asked.one(WITHIN)
    if within == BY_THE_EVENT and asked.event is not None and asked.event.reference:
        rows = rows.filter(event=references.parse(asked.event.reference)[1])
    elif within.isdecimal():
        rows = rows.filter(performed_at__gt=asked.at - timedelta(days=int(within)))
    return Q(Exists(rows))


def words(asked: Asked) -> tuple[str, str]:
    """Return "earned an award of Happy hour in the last 7 days" and its denial."""
    offer, within = asked.one(OFFER), asked.one(WITHIN)
    of = f" of {asked.label(OFFER, offer)}" if offer else ""
    when = f" in the last {_days(int(within))}" if within.isdecimal() else ""
    when = " by the event" if within == BY_THE_EVENT else when
    return f"earned an award{of}{when}", f"earned no award{of}{when}"


REWARD_EARNED = Outside(questions=(OFFER, WITHIN), found=earned, words=words)


def _days(days: int) -> str:
    return "day" if days == 1 else f"{days} days"
