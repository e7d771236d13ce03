"""Condition sets read back as the pure values that they mean, with the names for their sentences."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django_countries import countries

from directory.choices import OrganisationKind
from events import models
from events.conditions import (
    AmountCondition,
    ClassificationCondition,
    ConditionSet,
    LocationCondition,
    Names,
    ProductCondition,
    SegmentCondition,
    TimeCondition,
    TimeRow,
)

PRODUCT_KINDS = ("product", "family", "brand", "type", "category")


@dataclass(slots=True)
class _Draft:
    """A set while its rows are gathered."""

    min_quantity: Decimal
    ids: dict[str, set[Any]] = field(default_factory=lambda: defaultdict(set))
    labels: dict[str, dict[Any, str]] = field(default_factory=lambda: defaultdict(dict))
    rows: list[TimeRow] = field(default_factory=list)
    amount: AmountCondition | None = None

    def add(self, kind: str, key: Any, label: str) -> None:
        self.ids[kind].add(key)
        self.labels[kind][key] = label

    def finished(self) -> ConditionSet:
        of = {kind: frozenset(keys) for kind, keys in self.ids.items()}
        none: frozenset[Any] = frozenset()
        return ConditionSet(
            segments=SegmentCondition(of.get("segment", none)),
            location=LocationCondition(
                business_ids=of.get("business", none),
                merchant_ids=of.get("merchant", none),
                venue_ids=of.get("venue", none),
                countries=of.get("country", none),
                towns=of.get("town", none),
                tags=of.get("tag", none),
            ),
            time=TimeCondition(tuple(self.rows)),
            classification=ClassificationCondition(of.get("classification", none)),
            amount=self.amount,
            products=ProductCondition(
                **{f"{kind}_ids": of.get(kind, none) for kind in PRODUCT_KINDS},
                min_quantity=self.min_quantity,
            ),
            names=Names(self.labels),
        )


def load_condition_sets(ids: Collection[int]) -> dict[int, ConditionSet]:
    """Return the sets by id, pure and named, in seven queries whatever their number and size."""
    drafts = {
        pk: _Draft(least)
        for pk, least in models.ConditionSet.objects.filter(pk__in=ids).values_list(
            "pk", "min_quantity"
        )
    }
    if drafts:
        _add_people(drafts)
        _add_places(drafts)
        _add_products(drafts)
        _add_times(drafts)
    return {pk: draft.finished() for pk, draft in drafts.items()}


def _add_people(drafts: dict[int, _Draft]) -> None:
    """Gather segments, classifications and amounts."""
    for pk, key, name in models.SegmentCondition.objects.filter(conditions__in=drafts).values_list(
        "conditions_id", "segment_id", "segment__name"
    ):
        drafts[pk].add("segment", key, name)
    for pk, key, name in models.ClassificationCondition.objects.filter(
        conditions__in=drafts
    ).values_list("conditions_id", "classification_id", "classification__name"):
        drafts[pk].add("classification", key, name)
    for row in models.AmountCondition.objects.filter(conditions__in=drafts):
        drafts[row.conditions_id].amount = AmountCondition(
            currency=row.currency, min_minor=row.min_minor, max_minor=row.max_minor
        )


def _add_places(drafts: dict[int, _Draft]) -> None:
    rows: Iterable[tuple[Any, ...]] = models.LocationCondition.objects.filter(
        conditions__in=drafts
    ).values_list(
        "conditions_id",
        "organisation_id",
        "organisation__kind",
        "organisation__name",
        "country",
        "town",
        "tag",
    )
    for pk, key, kind, name, country, town, tag in rows:
        draft = drafts[pk]
        if key is not None:
            draft.add(OrganisationKind(kind).value, key, name)
        elif country is not None:
            draft.add("country", country, countries.name(country))
        elif town is not None:
            draft.add("town", town, town)
        else:
            draft.add("tag", tag, tag)


def _add_products(drafts: dict[int, _Draft]) -> None:
    columns = [column for kind in PRODUCT_KINDS for column in (f"{kind}_id", f"{kind}__name")]
    rows = models.ProductCondition.objects.filter(conditions__in=drafts)
    for pk, *values in rows.values_list("conditions_id", *columns):
        for number, kind in enumerate(PRODUCT_KINDS):
            key, name = values[2 * number : 2 * number + 2]
            if key is not None:
                drafts[pk].add(kind, key, name)


def _add_times(drafts: dict[int, _Draft]) -> None:
    rows: Iterable[models.TimeCondition] = models.TimeCondition.objects.filter(
        conditions__in=drafts
    ).order_by("conditions_id", "position")
    for row in rows:
        drafts[row.conditions_id].rows.append(
            TimeRow(
                weekdays=frozenset(row.weekdays),
                start_minute=row.start_minute,
                end_minute=row.end_minute,
                from_on=row.from_on,
                to_on=row.to_on,
                yearly_from=_day(row.yearly_from_month, row.yearly_from_day),
                yearly_to=_day(row.yearly_to_month, row.yearly_to_day),
            )
        )


def _day(month: int | None, day: int | None) -> tuple[int, int] | None:
    return None if month is None or day is None else (month, day)
