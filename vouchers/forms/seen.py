"""What a question before a change of status carries: the status that was seen (R-RACE)."""

from __future__ import annotations

from django import forms


class SeenForm(forms.Form):
    """The status from which the page was drawn."""

    seen = forms.CharField(max_length=12, widget=forms.HiddenInput)
