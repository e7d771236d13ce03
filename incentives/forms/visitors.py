"""What every form for visitors asks: a name, an address, and a trap for machines (incentives.md 5.3)."""

from __future__ import annotations

from typing import Any

from django import forms

from incentives.forms.claims import RefusableForm

WHO = {"min_length": "Enter your name with at least 2 letters.", "required": "Enter your name."}
ADDRESS = {
    "required": "Enter your email address.",
    "invalid": "Enter a whole email address, like name@example.org.",
}


def name_field(**kwargs: Any) -> forms.CharField:
    """Return the field in which a visitor writes their name."""
    return forms.CharField(
        label="Your name",
        min_length=2,
        max_length=120,
        widget=forms.TextInput({"autocomplete": "name"}),
        error_messages=WHO,
        **kwargs,
    )


def address_field(help_text: str) -> forms.EmailField:
    """Return the field for a visitor's address; the text says what is sent there, and why."""
    return forms.EmailField(
        label="Your email",
        max_length=254,
        help_text=help_text,
        widget=forms.EmailInput({"autocomplete": "email", "inputmode": "email"}),
        error_messages=ADDRESS,
    )


class TrappedForm(RefusableForm):
    """A form for everybody, with a field that only machines fill in."""

    # Nobody sees or reaches this field; whatever fills it in is no person.
    website = forms.CharField(
        required=False, widget=forms.TextInput({"autocomplete": "off", "tabindex": "-1"})
    )

    @property
    def is_trapped(self) -> bool:
        """Tell whether the hidden field was filled in."""
        return bool(self.cleaned_data["website"])

    @property
    def shown_fields(self) -> list[forms.BoundField]:
        """The fields that a person sees, in order."""
        return [field for field in self.visible_fields() if field.name != "website"]
