"""What of an offer's conditions a merchant's people may choose: their own places, and no segments.

Other merchants, the business's own places and its segments are the business's to speak of (rewards.md
2.11). Where the business has set some for a merchant's offer they stay as they are.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from directory.models import Organisation
from directory.selectors.network import venues_of
from events.conditions import ConditionSet


@dataclass(frozen=True, slots=True)
class Foreign:
    """The values of a condition set that are not the merchant's to choose."""

    segments: frozenset[int] = frozenset()
    businesses: frozenset[int] = frozenset()
    merchants: frozenset[int] = frozenset()
    venues: frozenset[int] = frozenset()

    @property
    def has_places(self) -> bool:
        return bool(self.businesses or self.merchants or self.venues)

    def less(self, other: Foreign) -> Foreign:
        """Return what the other one has not."""
        return Foreign(
            self.segments - other.segments,
            self.businesses - other.businesses,
            self.merchants - other.merchants,
            self.venues - other.venues,
        )


def foreign_of(rules: ConditionSet, *, acting: Organisation) -> Foreign:
    """Return what users of the organisation may not choose; nothing for those of a business."""
    if acting.is_business or acting.business is None:
        return Foreign()
    where = rules.location
    own = venues_of(business=acting.business).filter(parent=acting)
    return Foreign(
        segments=rules.segments.segment_ids,
        businesses=where.business_ids,
        merchants=where.merchant_ids - {acting.pk},
        venues=where.venue_ids - set(own.values_list("pk", flat=True)),
    )


def with_foreign(rules: ConditionSet, kept: ConditionSet, *, acting: Organisation) -> ConditionSet:
    """Return the rules together with what the business has set in `kept`."""
    stays = foreign_of(kept, acting=acting)
    if stays == Foreign():
        return rules
    where = rules.location
    return replace(
        rules,
        segments=replace(rules.segments, segment_ids=rules.segments.segment_ids | stays.segments),
        location=replace(
            where,
            business_ids=where.business_ids | stays.businesses,
            merchant_ids=where.merchant_ids | stays.merchants,
            venue_ids=where.venue_ids | stays.venues,
        ),
        names=rules.names.joined(kept.names),
    )
