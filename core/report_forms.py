"""The period of a report, in its address: what is left out is the last twelve months."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, ClassVar

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.http import QueryDict

from core.calendar import add_months
from core.filters import FilterForm

# Days beyond these are slips of the keyboard, and none of them has a beginning in every time zone.
EARLIEST, LATEST = date(2000, 1, 1), date(2100, 1, 1)


def day_field(label: str) -> forms.DateField:
    """Return the field of a day, as the browser's own picker writes it."""
    widget = forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(
        label=label,
        widget=widget,
        input_formats=["%Y-%m-%d"],
        validators=[MinValueValidator(EARLIEST), MaxValueValidator(LATEST)],
    )


class PeriodForm(FilterForm):
    """A form with `since` and `until` (the last day included) and what the report groups `by`."""

    longest: ClassVar[timedelta]
    longest_words: ClassVar[str]

    def __init__(self, query: QueryDict, *, today: date) -> None:
        self.first_day, self.last_day = add_months(today.replace(day=1), -11), today
        given = {name: value for name, value in query.items() if value}
        period = {"since": self.first_day.isoformat(), "until": today.isoformat()}
        super().__init__({**period, "by": "month", **given}, auto_id="report_%s")

    def clean(self) -> dict[str, Any]:
        """Refuse a period that ends before it begins, or that nobody can mean."""
        cleaned = super().clean() or {}
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and until < since:
            self.add_error("until", "Choose a day after the first one.")
        elif since and until and until - since > self.longest:
            self.add_error("since", f"Choose at most {self.longest_words}.")
        return cleaned
