"""Who is in which segment: computed when it is asked, by the database, for everybody at once.

`members` finds the contacts of one segment; `segments_of` finds the segments of given contacts, in a
number of queries that grows with neither the contacts nor the criteria. Only active contacts are
members of anything.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db.models import Count, Q, QuerySet
from django_countries import countries

from core.prepared import prepared
from core.registry import Registry
from directory.choices import ContactState, SegmentMatch
from directory.models import Contact, Organisation, Segment, SegmentCriterion
from directory.segments import AsOf, Criterion, Labels, Person, kinds
from directory.selectors import segment_sql
from directory.selectors.catalogue import category_tree
from directory.selectors.found import found_or_refused
from directory.selectors.network import venues_of

PREVIEWED = 5
AT_ONCE = 50
Choices = list[tuple[Any, str]]
# Where the choices of a criterion's references come from, by the name in `Field.source`.
sources: Registry[Callable[[Organisation], Choices]] = Registry("sources of segment choices")
sources.register("country", lambda business: [(one.code, one.name) for one in countries])
sources.register(
    "category",
    lambda business: [(one.category.pk, one.path) for one in category_tree(business=business)],
)
sources.register(
    "venue",
    lambda business: [(one.pk, one.name) for one in venues_of(business=business).order_by("name")],
)


@dataclass(frozen=True, slots=True)
class Rule:
    """One criterion of a segment as it is used."""

    criterion: Criterion
    excludes: bool = False


@dataclass(frozen=True, slots=True)
class Preview:
    """How many contacts a rule finds now, and the first few of them."""

    count: int
    of: int
    people: list[Contact]


def segments_listed(*, business: Organisation) -> QuerySet[Segment]:
    """Return the business's segments with the number of their criteria."""
    return Segment.objects.filter(business=business).annotate(criteria_count=Count("criteria"))


def segment(*, business: Organisation, pk: int) -> Segment:
    found = Segment.objects.filter(business=business, pk=pk).select_related("business").first()
    return found_or_refused(found, "There is no such segment.")


def rules_of(*, segment: Segment) -> list[Rule]:
    """Return the segment's criteria in their order."""
    return [_rule(row) for row in segment.criteria.order_by("position")]


def members(*, segment: Segment, at: datetime) -> QuerySet[Contact]:
    """Return the active contacts that are in the segment at the moment."""
    return matching(
        business=segment.business, match=segment.match, rules=rules_of(segment=segment), at=at
    )


def matching(
    *, business: Organisation, match: str, rules: Sequence[Rule], at: datetime
) -> QuerySet[Contact]:
    """Return the active contacts that meet all (or any) of the rules."""
    rows = Contact.objects.filter(business=business, state=ContactState.EFFECTIVE)
    return rows.filter(_joined(business, match, rules, AsOf(at, business.time_zone)))


def segments_of(
    *,
    business: Organisation,
    contact_ids: Collection[int],
    at: datetime,
    known: Collection[Contact] = (),
    among: Collection[int] | None = None,
) -> dict[int, frozenset[int]]:
    """Return the ids of the segments that each of the contacts is in, where given those `among` these.

    One query for the rules. Those that look at nothing but the contact's row are answered here, which
    takes a query for the rows unless they are `known`, as they stand now; the others by the database,
    with one query for every fifty segments.
    """
    found: dict[int, set[int]] = {pk: set() for pk in contact_ids}
    is_asked = bool(found) and (among is None or bool(among))
    stored, now = _stored(business) if is_asked else (), AsOf(at, business.time_zone)
    if among is not None:
        stored = tuple(one for one in stored if one.id in among)
    here = [one for one in stored if all(rule.criterion.IS_OF_ROW for rule in one.rules)]
    there = [one for one in stored if one not in here]
    if here:
        rows = known or Contact.objects.filter(business=business, pk__in=found)
        _answer(here, [row for row in rows if row.state == ContactState.EFFECTIVE], found, now)
    for start in range(0, len(there), AT_ONCE):
        _ask(business, there[start : start + AT_ONCE], found, now)
    return {pk: frozenset(ids) for pk, ids in found.items()}


def preview(*, business: Organisation, match: str, rules: Sequence[Rule], at: datetime) -> Preview:
    """Count who meets the rules, out of how many, and name the newest few; two queries."""
    rows = matching(business=business, match=match, rules=rules, at=at)
    everybody = Contact.objects.filter(business=business, state=ContactState.EFFECTIVE)
    counts = everybody.aggregate(
        of=Count("pk"),
        found=Count("pk", filter=_joined(business, match, rules, AsOf(at, business.time_zone))),
    )
    people = list(rows.order_by("-registered_at", "-pk")[:PREVIEWED])
    return Preview(counts["found"], counts["of"], people)


def describe(*, business: Organisation, match: str, rules: Sequence[Rule]) -> list[str]:
    """Return the rules in plain words: how they are joined, then a sentence for each."""
    if not rules:
        return []
    labels = labels_for(business=business, rules=rules)
    lines = []
    if len(rules) > 1:
        joined = "all of these are" if match == SegmentMatch.ALL else "at least one of these is"
        lines.append(f"Contacts of whom {joined} true:")
    for rule in rules:
        words = rule.criterion.words(labels)
        lines.append(f"They do not count who {words}." if rule.excludes else f"They {words}.")
    return lines


def labels_for(*, business: Organisation, rules: Iterable[Rule]) -> Labels:
    """Return the labels of the references that the rules make; each source is asked once."""
    wanted = {field.source for rule in rules for field in rule.criterion.FIELDS if field.source}
    return Labels({source: dict(sources[source](business)) for source in sorted(wanted)})


def segments_that_use(*, business: Organisation, source: str, key: int) -> list[str]:
    """Return the names of the segments whose criteria refer to the thing, for a refusal to delete it."""
    names = []
    for segment in _stored(business):
        for rule in segment.rules:
            fields = [field.name for field in rule.criterion.FIELDS if field.source == source]
            if any(key in getattr(rule.criterion, name) for name in fields):
                names.append(segment.name)
    return sorted(set(names))


@dataclass(frozen=True, slots=True)
class _Stored:
    """A segment as it is asked."""

    id: int
    name: str
    match: str
    rules: tuple[Rule, ...]


def _stored(business: Organisation) -> tuple[_Stored, ...]:
    """Return every segment of the business with its rules, in one query."""
    with prepared() as cursor:
        cursor.execute(
            "SELECT segment.id, segment.name, segment.match,"
            " criterion.kind, criterion.values::text, criterion.excludes"
            " FROM directory_segment AS segment"
            " LEFT JOIN directory_segmentcriterion AS criterion"
            " ON criterion.segment_id = segment.id"
            " WHERE segment.business_id = %s ORDER BY segment.id, criterion.position",
            [business.pk],
        )
        return _read(tuple(cursor.fetchall()))


@lru_cache(maxsize=64)
def _read(rows: tuple[Any, ...]) -> tuple[_Stored, ...]:
    """Return the segments that the rows are; the same rows are read once in a process."""
    return tuple(
        _Stored(pk, name, match, tuple(_parsed(*row[3:]) for row in own if row[3] is not None))
        for (pk, name, match), own in groupby(rows, key=itemgetter(0, 1, 2))
    )


def _parsed(kind: str, values: str, excludes: bool) -> Rule:
    return Rule(kinds[kind].from_values(json.loads(values)), excludes)


def _rule(row: SegmentCriterion) -> Rule:
    return Rule(kinds[row.kind].from_values(row.values), row.excludes)


def _answer(
    stored: Iterable[_Stored], rows: Iterable[Contact], found: Mapping[int, set[int]], now: AsOf
) -> None:
    """Note of each contact which of the segments it is in, by its row alone."""
    for row in rows:
        person = _person(row)
        for one in stored:
            answers = (rule.criterion.holds(person, now) != rule.excludes for rule in one.rules)
            holds = all(answers) if one.match == SegmentMatch.ALL else any(answers)
            if holds or not one.rules:
                found[row.pk].add(one.id)


def _person(row: Contact) -> Person:
    return Person(
        id=row.pk,
        registered_at=row.registered_at,
        gender=row.gender,
        birth=_day(row.birth_month, row.birth_day),
        birth_year=row.birth_year,
        name_day=_day(row.name_day_month, row.name_day_day),
        tags=frozenset(row.tags),
    )


def _day(month: int | None, day: int | None) -> tuple[int, int] | None:
    return None if month is None or day is None else (month, day)


def _joined(business: Organisation, match: str, rules: Sequence[Rule], now: AsOf) -> Q:
    found = Q() if rules else Q(pk__isnull=False)
    for rule in rules:
        one = segment_sql.condition(
            rule.criterion, excludes=rule.excludes, business=business, now=now
        )
        found = found & one if match == SegmentMatch.ALL else found | one
    return found


def _ask(
    business: Organisation, stored: Sequence[_Stored], found: Mapping[int, set[int]], now: AsOf
) -> None:
    """Ask for all contacts at once whether they are in each of the segments."""
    columns: dict[str, Any] = {
        f"in_{one.id}": segment_sql.truth(_joined(business, one.match, one.rules, now))
        for one in stored
    }
    rows = Contact.objects.filter(
        pk__in=list(found), business=business, state=ContactState.EFFECTIVE
    )
    for pk, *answers in rows.annotate(**columns).values_list("pk", *columns):
        found[pk].update(one.id for one, answer in zip(stored, answers, strict=True) if answer)
