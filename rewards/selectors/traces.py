"""What became of the offers for an event, as it was kept (decision D16)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from core.money import Money
from directory.models import Contact, Organisation
from events.conditions import Verdict
from events.models import BusinessEvent
from rewards.choices import TraceReason
from rewards.models import EvaluationTrace, RewardOffer


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferTrace:
    """What became of one offer: granted, or the first reason why not.

    `amount` is what it came to before resolution, None where it did not match. `verdicts` is the list
    of conditions as it was kept, empty where it was not.
    """

    offer_id: int
    version: int
    contact_id: int | None
    reason: TraceReason
    amount: Money | None = None
    verdicts: tuple[Verdict, ...] = ()

    @property
    def is_match(self) -> bool:
        """Whether every condition held, whatever resolution made of it."""
        return self.amount is not None

    @property
    def is_granted(self) -> bool:
        return self.reason == TraceReason.GRANTED


@dataclass(frozen=True, slots=True)
class ShownTrace:
    """A trace with its offer, and with the contact where that is another than the event's."""

    trace: OfferTrace
    offer: RewardOffer
    contact: Contact | None


def traces_of(*, event: BusinessEvent) -> list[OfferTrace]:
    """Return what became of every offer that was looked at, those that came furthest first.

    Offers that were deleted since then are among them.
    """
    row = EvaluationTrace.objects.filter(event=event).first()
    if row is None:
        return []
    found = [_told(one) for one in row.told]
    found += _refused(row.refused, event.contact_id)
    return sorted(found, key=_how_far)


def trace_of(*, event: BusinessEvent, offer_id: int, contact_id: int) -> OfferTrace | None:
    """Return what was decided of the offer for the event and the contact, if it was looked at."""
    for trace in traces_of(event=event):
        if (trace.offer_id, trace.contact_id) == (offer_id, contact_id):
            return trace
    return None


def shown_traces(
    *, event: BusinessEvent, acting: Organisation, most: int
) -> tuple[tuple[ShownTrace, ...], int]:
    """Return at most so many traces with their offers, and how many there are in all.

    Merchants' users read only what became of their own offers.
    """
    traces = traces_of(event=event)
    offers = RewardOffer.objects.filter(business=event.business)
    if not acting.is_business:
        offers = offers.filter(owner=acting)
    there = set(offers.filter(pk__in={one.offer_id for one in traces}).values_list("pk", flat=True))
    readable = [one for one in traces if one.offer_id in there]
    shown = readable[:most]
    by_id = offers.select_related("scheme").in_bulk({one.offer_id for one in shown})
    others = {one.contact_id for one in shown if one.contact_id} - {event.contact_id}
    people = Contact.objects.in_bulk(others) if others else {}
    return tuple(
        ShownTrace(one, by_id[one.offer_id], people.get(one.contact_id or 0)) for one in shown
    ), len(readable)


def _told(one: dict[str, Any]) -> OfferTrace:
    minor = one.get("amount_minor")
    return OfferTrace(
        offer_id=one["offer"],
        version=one["version"],
        contact_id=one["contact"],
        reason=TraceReason(one["reason"]),
        amount=None if minor is None else Money(minor, one["currency"]),
        verdicts=tuple(
            Verdict(row["code"], bool(row["passed"]), row["needed"], row["found"])
            for row in one.get("verdicts", ())
        ),
    )


def _refused(
    by_reason: dict[str, dict[str, list[int]]], contact_id: int | None
) -> Iterator[OfferTrace]:
    for reason, others in by_reason.items():
        for offer_id, version in zip(others["offers"], others["versions"], strict=True):
            yield OfferTrace(
                offer_id=offer_id,
                version=version,
                contact_id=contact_id,
                reason=TraceReason(reason),
            )


def _how_far(trace: OfferTrace) -> tuple[bool, bool, int, bool, int]:
    minor = trace.amount.minor if trace.amount else 0
    return not trace.is_granted, not trace.is_match, -minor, not trace.verdicts, trace.offer_id
