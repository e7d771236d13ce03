"""The forms by which a recipient names themselves and confirms receipt (incentives.md 3.11, 5.7)."""

from __future__ import annotations

from django import forms

from core.forms import OnceForm
from incentives.forms.claims import TOO_LONG, RefusableForm
from incentives.forms.messages import TextField
from incentives.services.acknowledgements import LONGEST, SHORTEST


class AcknowledgementForm(RefusableForm, OnceForm):
    """A few words of receipt, the name to show, and whether they may be shown at all."""

    message = TextField(
        label="Your words",
        help_text=f"Did it arrive? How was it? Between {SHORTEST} and {LONGEST:,} characters.",
        min_length=SHORTEST,
        max_length=LONGEST,
        widget=forms.Textarea({"rows": 5, "maxlength": LONGEST, "autocomplete": "off"}),
        error_messages={
            "required": "Write a few words.",
            "min_length": "Write at least %(limit_value)d characters; these are %(show_value)d.",
            "max_length": TOO_LONG,
        },
    )
    display_name = forms.CharField(
        label="Name to show",
        help_text="Left empty, it says “Verified recipient”. Your address is never shown.",
        max_length=60,
        required=False,
        widget=forms.TextInput({"autocomplete": "nickname"}),
    )
    consent_public = forms.BooleanField(label="My words may be shown publicly", required=False)


class VisitorForm(RefusableForm, OnceForm):
    """Who opened a shared link; the page for their words goes to the address."""

    name = forms.CharField(
        label="Your name",
        min_length=2,
        max_length=120,
        widget=forms.TextInput({"autocomplete": "name"}),
        error_messages={
            "required": "Enter your name.",
            "min_length": "Enter your name with at least 2 letters.",
        },
    )
    email = forms.EmailField(
        label="Your email",
        max_length=254,
        help_text="We send one message to it. Your address is never shown in public.",
        widget=forms.EmailInput({"autocomplete": "email", "inputmode": "email"}),
        error_messages={
            "required": "Enter your email address.",
            "invalid": "Enter a whole email address, like name@example.org.",
        },
    )
    # Nobody sees or reaches this field; whatever fills it in is no person.
    website = forms.CharField(
        required=False, widget=forms.TextInput({"autocomplete": "off", "tabindex": "-1"})
    )

    @property
    def is_trapped(self) -> bool:
        """Tell whether the hidden field was filled in."""
        return bool(self.cleaned_data["website"])
