"""The batch of a distributions page: value, description and status of each selected row.

The form reads what was typed; what may be saved is decided by the service, for all rows together.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from babel.numbers import get_currency_symbol
from django import forms

from core.bulk import BatchForm
from core.forms import AmountInput, amount_text
from core.money import digits
from incentives.choices import DistributionStatus
from incentives.models import Distribution
from incentives.services.distributions import Edit
from incentives.terms import CURRENCY, NONE, PERCENT

MAX_DESCRIPTION = 500


class UnitInput(AmountInput):
    """A number beside the unit that it is in; the unit is not asked."""

    template_name = "incentives/distributions/_unit_input.html"

    def __init__(
        self, *, before: str = "", after: str = "", attrs: dict[str, Any] | None = None
    ) -> None:
        super().__init__(attrs)
        self.before, self.after = before, after

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"] |= {"before": self.before, "after": self.after}
        return context


class GivenField(forms.DecimalField):
    """The value that was really given; blanks and thousands commas are no error."""

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]
        text = str(value).strip() if value is not None else ""
        return super().to_python(amount_text(text)) if text else None


def value_text(number: Decimal | None, *, unit: str, currency: str) -> str:
    """Write the stored number as the input shows it: with the currency's decimals, 12.5 for percent."""
    if number is None:
        return ""
    if unit == CURRENCY:
        return f"{number:.{digits(currency)}f}"
    return f"{number.normalize():f}"


class DistributionRowForm(forms.Form):
    """One row: what was given, a note about it, and whether it arrived."""

    value = GivenField(
        label="Incentive Value",
        required=False,
        max_digits=18,
        error_messages={"max_digits": "Enter a smaller value."},
    )
    description = forms.CharField(
        label="Incentive Value Description",
        required=False,
        max_length=MAX_DESCRIPTION,
        widget=forms.Textarea(
            {
                "rows": 2,
                "class": "grows",
                "maxlength": MAX_DESCRIPTION,
                "placeholder": "How and when was it given?",
            }
        ),
    )
    status = forms.ChoiceField(
        label="Status",
        choices=DistributionStatus.choices,
        error_messages={
            "required": "Choose a status.",
            "invalid_choice": "Choose one of the statuses offered for this row.",
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._shape_value()
        self._shape_status()
        for name, field in self.fields.items():
            # What the row returns to when it is deselected, also after a refused batch.
            field.widget.attrs["data-stored"] = self.initial.get(name, "")

    def _shape_value(self) -> None:
        unit, currency = self.initial.get("unit", NONE), self.initial.get("currency", "")
        if unit == NONE:
            del self.fields["value"]
        elif unit == PERCENT:
            self.fields["value"].widget = UnitInput(after="%")
        else:
            symbol = get_currency_symbol(currency, locale="en_GB")
            self.fields["value"].widget = UnitInput(before=symbol)

    def _shape_status(self) -> None:
        """Leave out what the row can never become: a success is never pending again."""
        if self.initial.get("status") != DistributionStatus.SUCCESS:
            return
        field = self.fields["status"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [
            choice
            for choice in DistributionStatus.choices
            if choice[0] != DistributionStatus.PENDING
        ]
        field.error_messages["invalid_choice"] = (
            "A success is never pending again. If it went wrong after all, choose Failed and say why."
        )


class DistributionBatch(BatchForm):
    """The selected distributions of one offer."""

    row_form = DistributionRowForm
    bar_template = "incentives/distributions/_set_status.html"
    statuses = DistributionStatus.choices

    def initial(self, record: Distribution) -> Mapping[str, Any]:
        """Return what is stored, and the unit that the value is in."""
        number = record.value.number
        return {
            "value": value_text(number, unit=record.unit, currency=record.currency),
            "description": record.description,
            "status": record.status,
            "unit": record.unit,
            "currency": record.currency,
        }

    def label_of(self, record: Distribution) -> str:
        return f"D-{record.pk}"

    def edits(self) -> list[Edit]:
        """Return the rows as the service takes them; a row without a number keeps having none."""
        return [
            Edit(
                pk=row.pk,
                version=row.version or 0,
                value=row.values.get("value"),
                description=row.values["description"],
                status=row.values["status"],
            )
            for row in self.rows
        ]
