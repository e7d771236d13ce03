"""What a report is asked for: time, program, type, direction, grouping."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, cast

from django import forms
from django.http import QueryDict

from core.report_forms import PeriodForm, day_field
from directory.models import Organisation
from incentives import selectors
from incentives.choices import IncentiveType
from incentives.filters.records import DIRECTIONS
from incentives.selectors.fulfilment import Direction, Grouping, Scope

GROUPINGS = (("month", "Month"), ("type", "Incentive type"), ("program", "Program"))


class ReportForm(PeriodForm):
    """The report's settings, all in the address; what is left out is the last twelve months."""

    longest, longest_words = timedelta(days=3660), "ten years"

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
        super().__init__(query, today=today)
        self.defaults = Scope(since=self.first_day, until=self.last_day)
        programs = cast("forms.ModelChoiceField[Any]", self.fields["program"])
        programs.queryset = selectors.programs_of(business=business).order_by(
            "product_service__name"
        )

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
