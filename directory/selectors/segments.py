"""Who is in which segment: computed when it is asked, by the database, for everybody at once.

`members` finds the contacts of one segment; `segments_of` finds the segments of given contacts, in a
number of queries that grows with neither the contacts nor the criteria. Only active contacts are
members of anything.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet
from django_countries import countries

from core.registry import Registry
from directory.choices import ContactState, SegmentMatch
from directory.models import Contact, Organisation, Segment, SegmentCriterion
from directory.segments import AsOf, Criterion, Labels, kinds
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
    *, business: Organisation, contact_ids: Collection[int], at: datetime
) -> dict[int, frozenset[int]]:
    """Return the ids of the segments that each of the contacts is in.

    One query for the rules, and one for every fifty segments that the business has.
    """
    found: dict[int, set[int]] = {pk: set() for pk in contact_ids}
    stored = _stored(business) if found else []
    for start in range(0, len(stored), AT_ONCE):
        _ask(business, stored[start : start + AT_ONCE], found, AsOf(at, business.time_zone))
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
    for segment, _, rules in _stored(business):
        for rule in rules:
            fields = [field.name for field in rule.criterion.FIELDS if field.source == source]
            if any(key in getattr(rule.criterion, name) for name in fields):
                names.append(segment.name)
    return sorted(set(names))


Stored = tuple[Segment, str, list[Rule]]


def _stored(business: Organisation) -> list[Stored]:
    """Return every segment of the business with its rules, in two queries."""
    rows = Segment.objects.filter(business=business).prefetch_related("criteria").order_by("pk")
    return [(row, row.match, [_rule(one) for one in row.criteria.all()]) for row in rows]


def _rule(row: SegmentCriterion) -> Rule:
    return Rule(kinds[row.kind].from_values(row.values), row.excludes)


def _joined(business: Organisation, match: str, rules: Sequence[Rule], now: AsOf) -> Q:
    found = Q() if rules else Q(pk__isnull=False)
    for rule in rules:
        one = segment_sql.condition(
            rule.criterion, excludes=rule.excludes, business=business, now=now
        )
        found = found & one if match == SegmentMatch.ALL else found | one
    return found


def _ask(
    business: Organisation, stored: Sequence[Stored], found: Mapping[int, set[int]], now: AsOf
) -> None:
    """Ask for all contacts at once whether they are in each of the segments."""
    columns: dict[str, Any] = {
        f"in_{segment.pk}": segment_sql.truth(_joined(business, match, rules, now))
        for segment, match, rules in stored
    }
    rows = Contact.objects.filter(
        pk__in=list(found), business=business, state=ContactState.EFFECTIVE
    )
    for pk, *answers in rows.annotate(**columns).values_list("pk", *columns):
        found[pk].update(
            segment.pk for (segment, _, _), answer in zip(stored, answers, strict=True) if answer
        )
