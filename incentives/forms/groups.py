"""The forms of a group's members: taking one's place, and the press of one button."""

from __future__ import annotations

from typing import Any

from django import forms

from core.forms import OnceForm
from incentives.forms.claims import RefusableForm


class PressForm(RefusableForm, OnceForm):
    """One press of a button that changes something about a member."""


class JoinForm(PressForm):
    """Somebody invited takes their place; the others shall know them by a name."""

    name = forms.CharField(
        label="Your name",
        min_length=2,
        max_length=120,
        help_text="The other members see your first name only.",
        widget=forms.TextInput({"autocomplete": "name"}),
        error_messages={
            "required": "Enter your name.",
            "min_length": "Enter your name with at least 2 letters.",
        },
    )

    def __init__(self, *args: Any, name: str = "", **kwargs: Any) -> None:
        kwargs["initial"] = {"name": name, **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
