"""One editor of conditions, for reward offers, donations, campaigns and commerce pools alike.

    conditions = ConditionForms(request.POST or None, business=…, kinds=POOL_KINDS, rules=stored)
    if conditions.is_valid(): rules = conditions.rules()          # → events.services.conditions

The page includes `events/conditions/_editor.html` inside its own form and `_words.html` beside it. Rows
of times come and go by buttons, with htmx or without; the plain words follow what is typed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.http import QueryDict
from django_countries import countries

from core.forms import summary_of
from core.money import Money
from directory.forms.rows import action_of, row_count, typed
from directory.models import Organisation
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
from events.conditions.time import clock_words
from events.forms.condition_fields import FIELDS, LISTS, PREFIX, ConditionForm, TimeForm

TIMES = f"{PREFIX}-times"
ALL_KINDS = ("segments", "location", "time", "classification", "amount", "products")
POOL_KINDS = ("location", "time", "products")
MOST_TIMES = 20


class ConditionForms:
    """The editor: the form of all kinds and its rows of times, handled as one."""

    def __init__(
        self,
        data: QueryDict | None,
        *,
        business: Organisation,
        kinds: Sequence[str] = ALL_KINDS,
        currency: str = "",
        rules: ConditionSet | None = None,
        acting: Organisation | None = None,
    ) -> None:
        self.kinds = [kind for kind in ALL_KINDS if kind in kinds]
        self.currency = currency or business.base_currency
        action, place = action_of(data, TIMES)
        self.is_redrawn = action in ("add", "remove")
        options: dict[str, Any] = {
            "business": business,
            "kinds": self.kinds,
            "currency": self.currency,
            "acting": acting,
        }
        self.times: list[TimeForm] = []
        self._stored: ConditionSet | None = None
        if data is None:
            self._stored = rules or ConditionSet()
            self.form = ConditionForm(**options, initial=_initial(self._stored))
            self._show([_time_initial(row) for row in self._stored.time.rows])
        elif self.is_redrawn:
            lists = frozenset(name for names in LISTS.values() for name in names)
            self.form = ConditionForm(**options, initial=typed(data, PREFIX, lists))
            self._show(_redrawn(data, action, place))
        else:
            self.form = ConditionForm(data, **options)
            for number in range(row_count(data, TIMES) if "time" in self.kinds else 0):
                self.times.append(TimeForm(data, prefix=f"{TIMES}-{number}"))

    @property
    def kinds_words(self) -> str:
        """The kinds as the editor sends them back, so that a redrawn one has the same."""
        return ",".join(self.kinds)

    @property
    def all(self) -> list[forms.Form]:
        """Every form, for the error summary of the page."""
        return [self.form, *self.times]

    @property
    def entries(self) -> list[dict[str, str]]:
        """What is wrong, as the error summary of the page lists it."""
        return [entry for form in self.all for entry in summary_of(form)]

    @property
    def can_add_time(self) -> bool:
        return len(self.times) < MOST_TIMES

    def group(self, kind: str) -> list[Any]:
        """Return the fields of a kind that there are for who acts."""
        return [self.form[name] for name in FIELDS[kind] if name in self.form.fields]

    @property
    def sections(self) -> list[tuple[str, list[Any]]]:
        """Return the kinds with their fields, times without, in the order of the checks."""
        found = [(kind, [] if kind == "time" else self.group(kind)) for kind in self.kinds]
        return [(kind, fields) for kind, fields in found if fields or kind == "time"]

    def is_valid(self) -> bool:
        """Tell whether the conditions can be saved; asking for a row is not saving."""
        return not self.is_redrawn and all(
            [self.form.is_valid(), *(row.is_valid() for row in self.times)]
        )

    def rules(self) -> ConditionSet:
        """Return what was entered, with the names for its sentences; only after `is_valid`."""
        of = self.form.cleaned_data
        places = [str(one).partition(":")[::2] for one in of.get("places", [])]

        def at(kind: str) -> frozenset[int]:
            return frozenset(int(pk) for name, pk in places if name == kind)

        amount = None
        if of.get("least") is not None or of.get("most") is not None:
            amount = AmountCondition(
                currency=self.currency, min_minor=of["least"], max_minor=of["most"]
            )
        return ConditionSet(
            segments=SegmentCondition(frozenset(of.get("segments", []))),
            location=LocationCondition(
                business_ids=at("business"),
                merchant_ids=at("merchant"),
                venue_ids=at("venue"),
                countries=frozenset(of.get("countries", [])),
                towns=frozenset(of.get("towns", [])),
                tags=frozenset(of.get("tags", [])),
            ),
            time=TimeCondition(tuple(row.row() for row in self.times)),
            classification=ClassificationCondition(frozenset(of.get("classifications", []))),
            amount=amount,
            products=ProductCondition(
                product_ids=frozenset(of.get("skus", [])),
                family_ids=frozenset(of.get("families", [])),
                brand_ids=frozenset(of.get("brands", [])),
                type_ids=frozenset(of.get("types", [])),
                category_ids=frozenset(of.get("categories", [])),
                min_quantity=of.get("min_quantity", Decimal(1)),
            ),
            names=self.names(),
        )

    def words(self) -> list[str]:
        """Return what makes sense so far in plain words."""
        nothing = ["No conditions: every event counts."]
        if self._stored is not None:
            return list(self._stored.describe(self.names())) or nothing
        if not self.is_valid():
            return ["Complete the marked fields to read the rules here."]
        return list(self.rules().describe()) or nothing

    def names(self) -> Names:
        """Return the labels of everything that can be chosen."""
        labels: dict[str, dict[int | str, str]] = {
            kind: dict(self.form.labels.get(name, []))
            for kind, name in (
                ("segment", "segments"),
                ("classification", "classifications"),
                ("category", "categories"),
                ("type", "types"),
                ("brand", "brands"),
                ("family", "families"),
                ("product", "skus"),
            )
        }
        labels["country"] = {one.code: one.name for one in countries}
        for key, label in self.form.labels.get("places", []):
            kind, _, pk = str(key).partition(":")
            labels.setdefault(kind, {})[int(pk)] = label.strip("– ")
        return Names(labels)

    def _show(self, rows: Sequence[Mapping[str, Any]]) -> None:
        for number, initial in enumerate(rows):
            self.times.append(TimeForm(initial=dict(initial), prefix=f"{TIMES}-{number}"))


def _redrawn(data: QueryDict, action: str, gone: int) -> list[dict[str, Any]]:
    rows = [
        typed(data, f"{TIMES}-{number}", frozenset({"weekdays"}))
        for number in range(row_count(data, TIMES))
        if action != "remove" or number != gone
    ]
    return [*rows, {}][:MOST_TIMES] if action == "add" else rows


def _initial(rules: ConditionSet) -> dict[str, Any]:
    """Return stored conditions as the form shows them."""
    where, goods, amount = rules.location, rules.products, rules.amount
    found: dict[str, Any] = {
        "segments": sorted(rules.segments.segment_ids),
        "places": [
            f"{kind}:{pk}"
            for kind in ("business", "merchant", "venue")
            for pk in sorted(getattr(where, f"{kind}_ids"))
        ],
        "countries": sorted(where.countries),
        "towns": ", ".join(sorted(where.towns)),
        "tags": ", ".join(sorted(where.tags)),
        "classifications": sorted(rules.classification.classification_ids),
        "categories": sorted(goods.category_ids),
        "types": sorted(goods.type_ids),
        "brands": sorted(goods.brand_ids),
        "families": sorted(goods.family_ids),
        "skus": sorted(goods.product_ids),
        "min_quantity": goods.min_quantity.normalize(),
    }
    if amount is not None:
        for name, minor in (("least", amount.min_minor), ("most", amount.max_minor)):
            if minor is not None:
                found[name] = Money(minor, amount.currency).amount
    return found


def _time_initial(row: TimeRow) -> dict[str, Any]:
    first, last = row.yearly_from or (None, None), row.yearly_to or (None, None)
    return {
        "weekdays": sorted(row.weekdays),
        "start": "" if row.is_all_day else clock_words(row.start_minute),
        "end": "" if row.is_all_day else clock_words(row.end_minute),
        "from_on": row.from_on,
        "last_on": row.to_on and row.to_on - timedelta(days=1),
        "year_month": first[0],
        "year_day": first[1],
        "year_last_month": last[0],
        "year_last_day": last[1],
    }
