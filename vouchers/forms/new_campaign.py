"""The first step of a campaign that is not there yet: name, and what begins it."""

from __future__ import annotations

from django import forms

from core.errors import DomainError
from core.forms import OnceForm
from directory.forms import refusals
from vouchers.forms.begins import SHOW_WHEN, BeginsFields


class NewCampaignForm(BeginsFields, OnceForm):
    """As the step "Start", for a campaign that is saved with it."""

    mark_optional = False
    show_when = SHOW_WHEN

    name = forms.CharField(label="Name", max_length=120)
    description = forms.CharField(
        label="What it is for", max_length=2_000, required=False,
        widget=forms.Textarea({"rows": 3}),
    )  # fmt: skip

    def refuse(self, error: DomainError) -> None:
        """Show what the service refused."""
        refusals.show(self, error)
