"""The forms of redemptions: one by hand, a file, a reversal (vouchers.md 9)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms

from core.forms import MoneyField


class RedeemForm(forms.Form):
    """One code that somebody of the desk redeems by hand, or only asks about (`is_check`)."""

    code = forms.CharField(
        label="Code",
        max_length=255,
        help_text="As the customer shows it; where case counts it must be exact.",
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )
    reference = forms.CharField(
        label="Reference",
        max_length=100,
        help_text="The receipt or order. The same reference again changes nothing, and it is needed"
        " to reverse.",
    )
    list_id = forms.CharField(
        label="List ID",
        max_length=13,
        required=False,
        help_text="Only where more than one list has the code.",
    )
    location = forms.CharField(label="Where", max_length=120, required=False)

    def __init__(self, *args: Any, currency: str, is_check: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_check = is_check
        self.fields["amount"] = MoneyField(
            label="Amount", required=False, currencies=[currency], minimum=Decimal(0)
        )
        self.order_fields(["code", "reference", "amount", "location", "list_id"])

    def full_clean(self) -> None:
        """Judge the form; whoever only asks about a code has no receipt yet."""
        reference = self.fields["reference"]
        reference.required = not self.is_check
        super().full_clean()
        reference.required = True


class RedemptionUploadForm(forms.Form):
    """A file of redemptions."""

    file = forms.FileField(
        label="File of redemptions",
        help_text="A CSV file whose first line names the columns, up to 50 MB.",
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,text/csv,text/plain"}),
        allow_empty_file=True,
    )
