"""The editor of a segment: name, how criteria are joined, and a row for each criterion."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.http import QueryDict

from core.forms import summary_of
from core.money import Money, NotMoney, digits
from directory.choices import SegmentMatch
from directory.forms.rows import action_of, row_count, typed
from directory.models import Organisation, Segment
from directory.segments import Criterion, Field, Unusable, kinds
from directory.selectors import segments as selectors
from directory.selectors.segments import Rule
from directory.services.segments import MOST_CRITERIA, SegmentData

PREFIX = "criteria"
FEW = 12


class SegmentForm(forms.Form):
    """What the segment is called and how its criteria are joined."""

    name = forms.CharField(label="Name", max_length=80)
    description = forms.CharField(
        label="What it is for", max_length=300, required=False, widget=forms.TextInput()
    )
    match = forms.ChoiceField(
        label="A contact belongs to it who meets",
        choices=SegmentMatch.choices,
        widget=forms.RadioSelect,
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class NewCriterionForm(forms.Form):
    """Which kind of criterion the next row is."""

    mark_optional = False
    new = forms.ChoiceField(label="Add a criterion", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(key, kinds[key].LABEL) for key in kinds]
        cast("forms.ChoiceField", self.fields["new"]).choices = choices


class CriterionForm(forms.Form):
    """One criterion; its fields are those that its kind asks for."""

    mark_optional = False
    kind = forms.CharField(widget=forms.HiddenInput)
    excludes = forms.BooleanField(label="Turn it round: those who do not", required=False)

    def __init__(
        self, *args: Any, criterion: type[Criterion], business: Organisation, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.criterion, self.business = criterion, business
        for one in criterion.FIELDS:
            self.fields[one.name] = _field(one, business)
        self.order_fields(["kind", *(one.name for one in criterion.FIELDS), "excludes"])

    @property
    def title(self) -> str:
        return self.criterion.LABEL

    def questions(self) -> list[Any]:
        """Return the fields of the criterion itself."""
        return [self[one.name] for one in self.criterion.FIELDS]

    def clean(self) -> dict[str, Any]:
        """Make the criterion of the values, or put what is wrong at its field."""
        cleaned = super().clean() or {}
        if self.errors:
            return cleaned
        values = {one.name: self._value(one, cleaned) for one in self.criterion.FIELDS}
        try:
            criterion = self.criterion.from_values(values)
        except Unusable as error:
            self.add_error(error.field_name, error.sentence)
        else:
            cleaned["rule"] = Rule(criterion, cleaned["excludes"])
        return cleaned

    def _value(self, one: Field, cleaned: Mapping[str, Any]) -> Any:
        value = cleaned.get(one.name)
        if one.kind == "words":
            return [word for word in str(value or "").split(",") if word.strip()]
        if one.kind == "money" and value is not None:
            return [Money.of(value, self.business.base_currency).minor, self.business.base_currency]
        return value


class SegmentForms:
    """The form of a segment and its rows of criteria, handled as one."""

    def __init__(
        self, data: QueryDict | None, *, business: Organisation, segment: Segment | None = None
    ) -> None:
        self.business = business
        self.action, place = action_of(data, PREFIX)
        self.is_redrawn = self.action in ("add", "remove")
        self.is_bound = data is not None and not self.is_redrawn
        self.rows: list[CriterionForm] = []
        if data is None:
            self.form = SegmentForm(initial=_initial(segment))
            self._from_stored(segment)
        elif self.is_redrawn:
            self.form = SegmentForm(initial=typed_top(data))
            self._redraw(data, place)
        else:
            self.form = SegmentForm(data)
            self._bind(data)
        self.new = NewCriterionForm(initial={"new": next(iter(kinds))})

    @property
    def all(self) -> list[forms.Form]:
        """Every form on the page, for the error summary."""
        return [self.form, *self.rows]

    @property
    def entries(self) -> list[dict[str, str]]:
        """What is wrong, as the error summary of the page lists it."""
        return [entry for form in self.all for entry in summary_of(form)]

    @property
    def is_full(self) -> bool:
        return len(self.rows) >= MOST_CRITERIA

    def is_valid(self) -> bool:
        """Tell whether everything can be saved; asking for a row is not saving."""
        if not self.is_bound:
            return False
        if not self.rows:
            self.form.add_error(None, "Add at least one criterion.")
        return all([self.form.is_valid(), *(row.is_valid() for row in self.rows)])

    def usable_rules(self) -> list[Rule]:
        """Return the rules of the rows that make sense so far, for the preview."""
        if not self.is_bound:
            return [rule for row in self.rows if (rule := row.initial.get("rule"))]
        return [row.cleaned_data["rule"] for row in self.rows if row.is_valid()]

    @property
    def match(self) -> str:
        given = self.form["match"].value()
        return given if given in SegmentMatch.values else SegmentMatch.ALL

    def data(self) -> SegmentData:
        """Return the cleaned segment as the service takes it."""
        cleaned = self.form.cleaned_data
        return SegmentData(
            name=cleaned["name"],
            description=cleaned["description"],
            match=cleaned["match"],
            rules=[row.cleaned_data["rule"] for row in self.rows],
        )

    def _from_stored(self, segment: Segment | None) -> None:
        rules = selectors.rules_of(segment=segment) if segment else []
        for rule in rules:
            self._append(rule.criterion.KIND, initial=criterion_initial(rule))

    def _bind(self, data: QueryDict) -> None:
        for place in range(row_count(data, PREFIX)):
            kind = data.get(f"{PREFIX}-{place}-kind", "")
            if kind in kinds:
                self._append(kind, data=data, place=place)

    def _redraw(self, data: QueryDict, gone: int) -> None:
        """Keep what was typed in all rows but the removed one, and add the wanted one."""
        for place in range(row_count(data, PREFIX)):
            kind = data.get(f"{PREFIX}-{place}-kind", "")
            if kind not in kinds or (self.action == "remove" and place == gone):
                continue
            lists = frozenset(
                one.name for one in kinds[kind].FIELDS if one.kind in ("choices", "references")
            )
            self._append(kind, initial=typed(data, f"{PREFIX}-{place}", lists))
        wanted = data.get("new", "")
        if self.action == "add" and wanted in kinds and not self.is_full:
            self._append(wanted, initial={"kind": wanted})

    def _append(
        self,
        kind: str,
        *,
        data: QueryDict | None = None,
        place: int | None = None,
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        number = len(self.rows) if place is None else place
        self.rows.append(
            CriterionForm(
                data,
                criterion=kinds[kind],
                business=self.business,
                prefix=f"{PREFIX}-{number}",
                initial=initial,
            )
        )


def criterion_initial(rule: Rule) -> dict[str, Any]:
    """Return what the form of a criterion shows of a stored rule."""
    return {
        "kind": rule.criterion.KIND,
        "excludes": rule.excludes,
        "rule": rule,
        **{one.name: _shown(one, rule.criterion) for one in rule.criterion.FIELDS},
    }


def typed_top(data: QueryDict) -> dict[str, Any]:
    """Return the fields above the rows as they were typed."""
    return {name: data.get(name, "") for name in SegmentForm.base_fields}


def _initial(segment: Segment | None) -> dict[str, Any]:
    if segment is None:
        return {"match": SegmentMatch.ALL}
    return {name: getattr(segment, name) for name in SegmentForm.base_fields}


def _shown(one: Field, criterion: Criterion) -> Any:
    """Return a stored value as its control shows it."""
    value = getattr(criterion, one.name)
    if one.kind == "words":
        return ", ".join(value)
    if one.kind == "money" and value is not None:
        return Money(*value).amount
    return list(value) if isinstance(value, tuple) else value


def _field(one: Field, business: Organisation) -> forms.Field:
    common: dict[str, Any] = {
        "label": one.label,
        "required": one.required,
        "help_text": one.hint,
    }
    match one.kind:
        case "number":
            return forms.IntegerField(min_value=0, max_value=one.most, **common)
        case "date":
            return forms.DateField(widget=forms.DateInput({"type": "date"}), **common)
        case "money":
            return _AmountField(business.base_currency, **common)
        case "words":
            return forms.CharField(max_length=500, **common)
        case _:
            choices = list(one.choices) or selectors.sources[one.source](business)
            widget = forms.CheckboxSelectMultiple() if len(choices) < FEW else _rich()
            return forms.MultipleChoiceField(choices=choices, widget=widget, **common)


def _rich() -> forms.SelectMultiple:
    return forms.SelectMultiple({"data-rich": "", "data-placeholder": "Type to search"})


class _AmountField(forms.DecimalField):
    """An amount in the business's currency, shown as its suffix."""

    def __init__(self, currency: str, **kwargs: Any) -> None:
        self.currency, self.suffix = currency, currency
        super().__init__(
            min_value=Decimal(0), decimal_places=digits(currency), max_digits=12, **kwargs
        )
        self.widget.attrs["inputmode"] = "decimal"

    def clean(self, value: Any) -> Decimal | None:
        amount = super().clean(value)
        try:
            return None if amount is None else Money.of(amount, self.currency).amount
        except NotMoney as error:
            raise forms.ValidationError(str(error)) from error
