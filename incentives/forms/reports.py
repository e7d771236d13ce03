"""What a report is asked for: time, program, type, direction, grouping."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, cast

from django import forms
from django.http import QueryDict

from core.calendar import add_months
from core.filters import FilterForm
from directory.models import Organisation
from incentives import selectors
from incentives.choices import IncentiveType
from incentives.filters.records import DIRECTIONS
from incentives.selectors.fulfilment import Direction, Grouping, Scope

GROUPINGS = (("month", "Month"), ("type", "Incentive type"), ("program", "Program"))
LONGEST = timedelta(days=3660)


def day_field(label: str) -> forms.DateField:
    widget = forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, input_formats=["%Y-%m-%d"])


class ReportForm(FilterForm):
    """The report's settings, all in the address; what is left out is the last twelve months."""

    since = day_field("Confirmed from")
    until = day_field("Confirmed to")
    program: forms.ModelChoiceField[Any] = forms.ModelChoiceField(
        queryset=None, label="Program", empty_label="All programs", required=False
    )
    incentive_type = forms.ChoiceField(
        label="Incentive type", choices=[("", "All types"), *IncentiveType.choices], required=False
    )
    direction = forms.ChoiceField(
        label="From", choices=[("", "Offers and requests"), *DIRECTIONS], required=False
    )
    by = forms.ChoiceField(label="A line for each", choices=GROUPINGS)

    def __init__(self, query: QueryDict, *, business: Organisation, today: date) -> None:
        self.defaults = Scope(since=add_months(today.replace(day=1), -11), until=today)
        data = {
            "since": self.defaults.since.isoformat(),
            "until": today.isoformat(),
            "by": "month",
        } | {name: value for name, value in query.items() if value}
        super().__init__(data, auto_id="report_%s")
        programs = cast("forms.ModelChoiceField[Any]", self.fields["program"])
        programs.queryset = selectors.programs_of(business=business).order_by(
            "product_service__name"
        )

    def clean(self) -> dict[str, Any]:
        """Refuse a period that ends before it begins, or that nobody can mean."""
        cleaned = super().clean() or {}
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and until < since:
            self.add_error("until", "Choose a day after the first one.")
        elif since and until and until - since > LONGEST:
            self.add_error("since", "Choose at most ten years.")
        return cleaned

    @property
    def scope(self) -> Scope:
        """What the report is about; where something is wrong with it, the default instead."""
        if not self.is_valid():
            return self.defaults
        cleaned = self.cleaned_data
        program = cleaned["program"]
        return Scope(
            since=cleaned["since"],
            until=cleaned["until"],
            program=program.pk if program else None,
            incentive_type=cleaned["incentive_type"],
            direction=cast("Direction", cleaned["direction"]),
        )

    @property
    def grouping(self) -> Grouping:
        return cast("Grouping", self.cleaned_data["by"]) if self.is_valid() else "month"
