"""When a gift is given: by hand, at one moment, again and again, or on the contact's day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django import forms

from core.forms import LocalDateTimeField
from rewards.choices import GiftRunKind, Occasion, PeriodUnit
from rewards.configuration import GiftTerms

FIELDS = ("gift_schedule", "gift_at", "gift_first_on", "gift_every", "gift_unit", "gift_time",
          "gift_occasion")  # fmt: skip
SHOW_WHEN = {
    "gift_at": "gift_schedule=AT",
    "gift_first_on": "gift_schedule=RECURRING",
    "gift_every": "gift_schedule=RECURRING",
    "gift_unit": "gift_schedule=RECURRING",
    "gift_time": "gift_schedule=RECURRING|ON_OCCASION",
    "gift_occasion": "gift_schedule=ON_OCCASION",
}
DAYS = [(day.value, day.label) for day in Occasion if day != Occasion.NONE]


def fields(zone: str) -> dict[str, forms.Field]:
    """Return the fields of the schedule, in their order."""
    return {
        "gift_schedule": forms.ChoiceField(
            label="It is given", choices=GiftRunKind.choices, widget=forms.RadioSelect
        ),
        "gift_at": LocalDateTimeField(label="On", zone=zone, required=False),
        "gift_first_on": forms.DateField(
            label="First on", required=False, widget=forms.DateInput({"type": "date"}),
            help_text="Empty: on the day of its activation.",
        ),
        "gift_every": forms.IntegerField(
            label="Every", required=False, min_value=1, max_value=1000
        ),
        "gift_unit": forms.ChoiceField(
            label="Of these", choices=PeriodUnit.choices, required=False
        ),
        "gift_time": forms.TimeField(
            label="At", required=False, widget=forms.TimeInput({"type": "time"}, format="%H:%M"),
            help_text=f"24-hour clock, {zone}.",
        ),
        "gift_occasion": forms.ChoiceField(label="On the contact's", choices=DAYS, required=False),
    }  # fmt: skip


def initial_of(terms: Any) -> dict[str, Any]:
    """Return what the fields show."""
    if not isinstance(terms, GiftTerms):
        return {}
    return {
        "gift_schedule": terms.schedule,
        "gift_at": terms.at,
        "gift_first_on": terms.first_on,
        "gift_every": terms.every,
        "gift_unit": terms.unit,
        "gift_time": terms.time_of_day,
        "gift_occasion": terms.occasion,
    }


def changed(terms: GiftTerms, cleaned: Mapping[str, Any]) -> GiftTerms:
    """Return the schedule as it was entered; what it does not need is left as it was."""
    kind = GiftRunKind(cleaned.get("gift_schedule") or terms.schedule)
    return replace(
        terms,
        schedule=kind,
        at=cleaned.get("gift_at") if kind == GiftRunKind.AT else None,
        first_on=cleaned.get("gift_first_on") if kind == GiftRunKind.RECURRING else None,
        every=cleaned.get("gift_every") or terms.every,
        unit=PeriodUnit(cleaned.get("gift_unit") or terms.unit),
        time_of_day=cleaned.get("gift_time") or terms.time_of_day,
        occasion=Occasion(cleaned.get("gift_occasion") or terms.occasion),
    )
