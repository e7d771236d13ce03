"""The forms of redemptions: one by hand, a file, a reversal (vouchers.md 9)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms

from core.forms import MoneyField


class RedeemForm(forms.Form):
    """One code that somebody of the desk redeems by hand."""

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

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["amount"] = MoneyField(
            label="Amount", required=False, currencies=[currency], minimum=Decimal(0)
        )


class RedemptionUploadForm(forms.Form):
    """A file of redemptions."""

    file = forms.FileField(
        label="File of redemptions",
        help_text="CSV with a heading: code, and if you like redeemed_at, reference, amount,"
        " currency, location, status (redeemed or reversed). Up to 50 MB.",
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,text/csv,text/plain"}),
        allow_empty_file=True,
    )
