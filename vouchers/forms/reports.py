"""What a report of vouchers is asked for: which report, which time, whose codes."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Literal, cast

from django import forms
from django.http import QueryDict

from core.report_forms import PeriodForm, day_field
from directory.models import Organisation
from vouchers.selectors.lists import partners_of
from vouchers.selectors.reports import Scope

Kind = Literal["month", "partner", "list", "campaign", "unused", "waiting"]
KINDS = (
    ("Use of codes", [("month", "By month"), ("partner", "By partner"), ("list", "By list"),
                      ("campaign", "By campaign")]),
    ("Left over", [("unused", "Unused at expiry"), ("waiting", "Aged wait list")]),
)  # fmt: skip


class ReportForm(PeriodForm):
    """The report's settings, all in the address; what is left out is use in the last twelve months."""

    longest, longest_words = timedelta(days=1830), "five years"

    by = forms.ChoiceField(label="Report", choices=KINDS)
    partner: forms.ModelChoiceField[Any] = forms.ModelChoiceField(
        queryset=None, label="Partner", empty_label="All partners", required=False
    )
    since = day_field("From")
    until = day_field("To")

    def __init__(self, query: QueryDict, *, business: Organisation, today: date) -> None:
        super().__init__(query, today=today)
        self.defaults = Scope(since=self.first_day, until=self.last_day)
        partners = cast("forms.ModelChoiceField[Any]", self.fields["partner"])
        partners.queryset = partners_of(business=business).order_by("name", "pk")

    @property
    def scope(self) -> Scope:
        """What the report is about; where something is wrong with it, the default instead."""
        if not self.is_valid():
            return self.defaults
        cleaned = self.cleaned_data
        partner = cleaned["partner"]
        return Scope(
            since=cleaned["since"],
            until=cleaned["until"],
            partner=partner.pk if partner else None,
        )

    @property
    def kind(self) -> Kind:
        return cast("Kind", self.cleaned_data["by"]) if self.is_valid() else "month"
