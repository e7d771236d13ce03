"""The first step of a campaign that is not there yet: name, and what begins it."""

from __future__ import annotations

from typing import Any

from django import forms

from core.errors import DomainError
from core.forms import OnceForm
from directory.forms import refusals
from vouchers import triggers
from vouchers.choices import Qualification
from vouchers.forms.builder import QUALIFICATIONS


class NewCampaignForm(OnceForm):
    """As the step "Start", for a campaign that is saved with it."""

    mark_optional = False
    show_when = {"trigger": "qualification=live"}

    name = forms.CharField(label="Name", max_length=120)
    description = forms.CharField(
        label="What it is for", max_length=2_000, required=False,
        widget=forms.Textarea({"rows": 3}),
    )  # fmt: skip
    qualification = forms.ChoiceField(
        label="Who is given a code",
        choices=QUALIFICATIONS,
        widget=forms.RadioSelect,
        initial=Qualification.LIVE,
    )
    trigger = forms.ChoiceField(label="When this happens", choices=triggers.choices, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("qualification") == Qualification.AUDIENCE:
            cleaned["trigger"] = ""
        return cleaned

    def refuse(self, error: DomainError) -> None:
        """Show what the service refused."""
        refusals.show(self, error)
