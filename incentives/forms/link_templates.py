"""The form of a link template (incentives.md 7.1)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms

from core.forms import VersionedForm
from directory.models import Organisation
from incentives.completeness.offers import OfferValues
from incentives.completeness.templates import (
    DEFAULT_DAYS,
    LONGEST_DAYS,
    MAX_NAME,
    MAX_USES,
    TemplateValues,
    template_problems,
)
from incentives.forms.offers import initial_of
from incentives.forms.promises import PromiseForm

DAYS_WANTED = f"Enter for how many days each offer is open: 1 to {LONGEST_DAYS}."
USES_WANTED = f"Enter 1 to {MAX_USES:,}, or leave it empty for no limit."
NUMBER = ("invalid", "min_value", "max_value")

# The order of the page, which is also that of the error summary.
ORDER = (
    "name", "program", "entity_type", "entity_stage", "incentive_type", "value_unit", "amount",
    "percent", "value_description", "offer_type", "max_required_members", "message",
    "message_masked", "max_uses", "validity_days", "show_on_program_page",
)  # fmt: skip


class TemplateForm(PromiseForm, VersionedForm):
    """A link template as its maker types it; what is missing is said by `template_problems`."""

    name = forms.CharField(
        label="Name",
        max_length=MAX_NAME,
        required=False,
        widget=forms.TextInput({"autocomplete": "off"}),
        help_text="For you and your colleagues, e.g. the campaign: “Spring fair flyer”.",
    )
    max_uses = forms.IntegerField(
        label="Maximum uses",
        min_value=1,
        max_value=MAX_USES,
        required=False,
        error_messages=dict.fromkeys(NUMBER, USES_WANTED),
        widget=forms.NumberInput({"inputmode": "numeric"}),
        help_text="How many offers the link may make. Leave it empty for no limit.",
    )
    validity_days = forms.IntegerField(
        label="Days that each offer stays open",
        min_value=1,
        max_value=LONGEST_DAYS,
        required=False,
        initial=DEFAULT_DAYS,
        error_messages=dict.fromkeys(NUMBER, DAYS_WANTED),
        widget=forms.NumberInput({"inputmode": "numeric"}),
        help_text=f"Counted from the day it is claimed: 1 to {LONGEST_DAYS}.",
    )

    def __init__(
        self,
        *args: Any,
        business: Organisation,
        at: datetime,
        checking: bool = True,
        uses_count: int = 0,
        kept_program: int | None = None,
        **kwargs: Any,
    ) -> None:
        """`kept_program` is the program that the template has and may keep though it is inactive."""
        super().__init__(*args, business=business, at=at, **kwargs)
        self.checking, self.uses_count, self.kept_program = checking, uses_count, kept_program
        self.initial.setdefault("version", 0)
        self.order_fields(ORDER)
        self.fields["show_on_program_page"].label = "Show this link on the program’s public page"
        self.narrow_incentive_types()

    def clean(self) -> dict[str, Any]:
        """Drop what does not apply, then hold the rest against the rules of saving."""
        self.drop_what_does_not_matter()
        self.refuse_members_of_single()
        if self.checking:
            self.add_problems(self.problems())
        self.sort_errors()
        return self.cleaned_data

    def values(self) -> TemplateValues:
        """Return the template as typed; what is missing or wrong is left empty."""
        known = self.known
        return TemplateValues(
            name=known.get("name") or "",
            offer=OfferValues(**self.promise(), delivery_method="link"),
            validity_days=known.get("validity_days"),
            max_uses=known.get("max_uses"),
        )

    def problems(self) -> dict[str, str]:
        values = self.values()
        found = template_problems(values, self.at, uses_count=self.uses_count)
        program = values.offer.program
        if program is not None and program.pk == self.kept_program and not program.is_active:
            found.pop("program", None)
        return found


def initial_of_template(values: TemplateValues, *, version: int) -> dict[str, Any]:
    """Return what the form shows of a stored template."""
    return initial_of(values.offer) | {
        "name": values.name,
        "validity_days": values.validity_days,
        "max_uses": values.max_uses,
        "version": version,
    }
