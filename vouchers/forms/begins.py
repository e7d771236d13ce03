"""What begins a campaign: people as they are, or something that happens, and what must not follow."""

from __future__ import annotations

from typing import Any

from django import forms

from vouchers import triggers
from vouchers.choices import Qualification, RunOrder
from vouchers.models import Campaign

QUALIFICATIONS = (
    (Qualification.LIVE, "Live: a code whenever something happens"),
    (Qualification.AUDIENCE, "Audience: a code for everybody who qualifies at its start"),
)
HOURS, DAYS = "hours", "days"
UNITS = ((DAYS, "days"), (HOURS, "hours"))
# The columns of a campaign that it writes.
COLUMNS = ("qualification", "trigger", "absent", "absent_hours", "run_order")
# Its fields that are no columns.
PARTS = ("absent_number", "absent_unit")
_WAITS = f"absent={'|'.join(triggers.ABSENCES)}"
SHOW_WHEN = {
    "trigger": "qualification=live",
    "absent": "qualification=live",
    "absent_number": _WAITS,
    "absent_unit": _WAITS,
    "run_order": "qualification=audience",
}


class BeginsFields(forms.Form):
    """The fields, shared by the first step and by a campaign that is not there yet."""

    field_order = ("name", "description")
    qualification = forms.ChoiceField(
        label="Who is given a code", choices=QUALIFICATIONS, widget=forms.RadioSelect,
        initial=Qualification.LIVE,
    )  # fmt: skip
    trigger = forms.ChoiceField(label="When this happens", choices=triggers.choices, required=False)
    absent = forms.ChoiceField(
        label="And this does not follow", choices=triggers.absence_choices, required=False,
        help_text="To win people back or to remind them: registered, and no purchase follows.",
    )  # fmt: skip
    absent_number = forms.IntegerField(
        label="Within", required=False, min_value=1, max_value=triggers.LONGEST_ABSENCE,
        help_text="The code is given when the time is over.",
    )  # fmt: skip
    absent_unit = forms.ChoiceField(label="Counted in", choices=UNITS, required=False, initial=DAYS)
    run_order = forms.ChoiceField(
        label="Who is served first", choices=RunOrder.choices, required=False,
        initial=RunOrder.RANDOM,
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        cleaned["absent_hours"] = None
        cleaned["run_order"] = cleaned.get("run_order") or RunOrder.RANDOM
        if cleaned.get("qualification") == Qualification.AUDIENCE:
            return cleaned | {"trigger": "", "absent": ""}
        cleaned["run_order"] = RunOrder.RANDOM
        if cleaned.get("absent") and "absent_number" in cleaned:
            cleaned["absent_hours"] = self._hours(cleaned)
        return cleaned

    def _hours(self, cleaned: dict[str, Any]) -> int | None:
        number, unit = cleaned["absent_number"], cleaned.get("absent_unit")
        if number is None:
            self.add_error("absent_number", "Say within which time it must not follow.")
            return None
        hours = int(number) * (1 if unit == HOURS else 24)
        if hours > triggers.LONGEST_ABSENCE:
            self.add_error("absent_number", "Choose a time of at most a year (365 days).")
            return None
        return hours


def parts_of(campaign: Campaign) -> dict[str, Any]:
    """Return what the fields show that are no columns."""
    hours = campaign.absent_hours
    if hours is None:
        return {"absent_number": None, "absent_unit": DAYS}
    if hours % 24:
        return {"absent_number": hours, "absent_unit": HOURS}
    return {"absent_number": hours // 24, "absent_unit": DAYS}
