"""The criteria of segments that look at purchases: pure, registered with the directory at start."""

from events.segments.bought import BoughtCategory, BoughtProduct
from events.segments.purchases import PurchaseCount, PurchaseSum
from events.segments.venue import PreferredVenue

KINDS = (PurchaseCount, PurchaseSum, BoughtProduct, BoughtCategory, PreferredVenue)

__all__ = [
    "KINDS",
    "BoughtCategory",
    "BoughtProduct",
    "PreferredVenue",
    "PurchaseCount",
    "PurchaseSum",
]
