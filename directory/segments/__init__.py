"""The criteria that a segment may be made of: pure, one small module for each matter.

Apps above register their own kinds at start (`kinds.register`): events those about purchases, rewards
the one about tiers.
"""

from core.registry import Registry
from directory.segments.age import Age
from directory.segments.area import Country, Town
from directory.segments.base import AsOf, Bought, Criterion, Field, Labels, Person, Unusable
from directory.segments.gender import GenderIs
from directory.segments.occasion import BirthdayIn, NameDayIn
from directory.segments.registered import RecentlyRegistered, Registered
from directory.segments.tags import Tagged

kinds: Registry[type[Criterion]] = Registry("segment criteria")
for kind in (
    Registered,
    RecentlyRegistered,
    Age,
    GenderIs,
    Town,
    Country,
    BirthdayIn,
    NameDayIn,
    Tagged,
):
    kinds.register(kind.KIND, kind)

__all__ = [
    "Age",
    "AsOf",
    "BirthdayIn",
    "Bought",
    "Country",
    "Criterion",
    "Field",
    "GenderIs",
    "Labels",
    "NameDayIn",
    "Person",
    "RecentlyRegistered",
    "Registered",
    "Tagged",
    "Town",
    "Unusable",
    "kinds",
]
