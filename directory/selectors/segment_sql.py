"""How the database finds everybody who meets a criterion; must agree with the criterion's `holds`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import BooleanField, Case, Exists, OuterRef, Q, Value, When
from django.db.models.functions import Lower
from django.db.models.lookups import Exact

from core.registry import Registry
from directory.models import ContactAddress, Organisation
from directory.segments import (
    Age,
    AsOf,
    BirthdayIn,
    Country,
    Criterion,
    GenderIs,
    NameDayIn,
    RecentlyRegistered,
    Registered,
    Tagged,
    Town,
)
from directory.segments.age import last_birthday
from directory.segments.occasion import days_celebrated

# Given a criterion, the business and the moment: a condition on `Contact`.
Finder = Callable[[Any, Organisation, AsOf], Q]
finders: Registry[Finder] = Registry("finders of segment criteria")


def condition(criterion: Criterion, *, excludes: bool, business: Organisation, now: AsOf) -> Q:
    """Return the condition on contacts; turned round, it also holds where nothing is known."""
    found = finders[criterion.KIND](criterion, business, now)
    return Q(Exact(truth(found), Value(False))) if excludes else found


def truth(found: Q) -> Case:
    """Return the condition as a value that is true or false and never unknown."""
    return Case(
        When(found, then=Value(True)),
        default=Value(False),
        output_field=BooleanField(),
    )


def start_of(day: Any, now: AsOf) -> datetime:
    """Return the moment at which the business's day begins."""
    return datetime.combine(day, time(), tzinfo=ZoneInfo(now.zone)).astimezone(UTC)


def _registered(one: Registered, business: Organisation, now: AsOf) -> Q:
    found = Q()
    if one.from_on is not None:
        found &= Q(registered_at__gte=start_of(one.from_on, now))
    if one.before_on is not None:
        found &= Q(registered_at__lt=start_of(one.before_on, now))
    return found


def _registered_lately(one: RecentlyRegistered, business: Organisation, now: AsOf) -> Q:
    return Q(registered_at__gte=start_of(one.first_day(now), now))


def _born_by(year: int, month: int, day: int) -> Q:
    """Say that the birth date is that day or an earlier one."""
    return Q(birth_year__lt=year) | (
        Q(birth_year=year) & (Q(birth_month__lt=month) | Q(birth_month=month, birth_day__lte=day))
    )


def _age(one: Age, business: Organisation, now: AsOf) -> Q:
    year, (month, day) = last_birthday(now)
    found = Q(birth_year__isnull=False)
    if one.min_years is not None:
        found &= _born_by(year - one.min_years, month, day)
    if one.max_years is not None:
        found &= ~_born_by(year - one.max_years - 1, month, day)
    return found


def _gender(one: GenderIs, business: Organisation, now: AsOf) -> Q:
    return Q(gender__in=one.genders)


def _town(one: Town, business: Organisation, now: AsOf) -> Q:
    rows = ContactAddress.objects.annotate(folded=Lower("town")).filter(
        contact=OuterRef("pk"), folded__in=[town.lower() for town in one.towns]
    )
    return Q(Exists(rows))


def _country(one: Country, business: Organisation, now: AsOf) -> Q:
    rows = ContactAddress.objects.filter(contact=OuterRef("pk"), country__in=one.countries)
    return Q(Exists(rows))


def _birthday(one: BirthdayIn, business: Organisation, now: AsOf) -> Q:
    found = Q()
    for month, day in days_celebrated(now, one.days):
        found |= Q(birth_month=month, birth_day=day)
    return found


def _name_day(one: NameDayIn, business: Organisation, now: AsOf) -> Q:
    found = Q()
    for month, day in days_celebrated(now, one.days):
        found |= Q(name_day_month=month, name_day_day=day)
    return found


def _tags(one: Tagged, business: Organisation, now: AsOf) -> Q:
    return Q(tags__overlap=[tag.lower() for tag in one.tags])


for kind, finder in (
    (Registered, _registered),
    (RecentlyRegistered, _registered_lately),
    (Age, _age),
    (GenderIs, _gender),
    (Town, _town),
    (Country, _country),
    (BirthdayIn, _birthday),
    (NameDayIn, _name_day),
    (Tagged, _tags),
):
    finders.register(kind.KIND, finder)
