"""What a report of vouchers is asked for: which report, which time, whose codes."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Literal, cast

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.http import QueryDict

from core.calendar import add_months
from core.filters import FilterForm
from directory.models import Organisation
from vouchers.selectors.lists import partners_of
from vouchers.selectors.reports import Scope

Kind = Literal["month", "partner", "list", "campaign", "unused", "waiting"]
KINDS = (
    ("Use of codes", [("month", "By month"), ("partner", "By partner"), ("list", "By list"),
                      ("campaign", "By campaign")]),
    ("Left over", [("unused", "Unused at expiry"), ("waiting", "Aged wait list")]),
)  # fmt: skip
LONGEST = timedelta(days=1830)
EARLIEST, LATEST = date(2000, 1, 1), date(2100, 1, 1)


def day_field(label: str) -> forms.DateField:
    widget = forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(
        label=label,
        widget=widget,
        input_formats=["%Y-%m-%d"],
        validators=[MinValueValidator(EARLIEST), MaxValueValidator(LATEST)],
    )


class ReportForm(FilterForm):
    """The report's settings, all in the address; what is left out is use in the last twelve months."""

    by = forms.ChoiceField(label="Report", choices=KINDS)
    partner: forms.ModelChoiceField[Any] = forms.ModelChoiceField(
        queryset=None, label="Partner", empty_label="All partners", required=False
    )
    since = day_field("From")
    until = day_field("To")

    def __init__(self, query: QueryDict, *, business: Organisation, today: date) -> None:
        self.defaults = Scope(since=add_months(today.replace(day=1), -11), until=today)
        data = {
            "since": self.defaults.since.isoformat(),
            "until": today.isoformat(),
            "by": "month",
        } | {name: value for name, value in query.items() if value}
        super().__init__(data, auto_id="report_%s")
        partners = cast("forms.ModelChoiceField[Any]", self.fields["partner"])
        partners.queryset = partners_of(business=business).order_by("name", "pk")

    def clean(self) -> dict[str, Any]:
        """Refuse a period that ends before it begins, or that is longer than five years."""
        cleaned = super().clean() or {}
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and until < since:
            self.add_error("until", "Choose a day after the first one.")
        elif since and until and until - since > LONGEST:
            self.add_error("since", "Choose at most five years.")
        return cleaned

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
