"""The forms by which a recipient names themselves and confirms receipt (incentives.md 3.11, 5.7)."""

from __future__ import annotations

from django import forms

from core.forms import OnceForm
from incentives.forms.claims import TOO_LONG, RefusableForm
from incentives.forms.messages import TextField
from incentives.forms.visitors import TrappedForm, address_field, name_field
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


class VisitorForm(TrappedForm, OnceForm):
    """Who opened a shared link; the page for their words goes to the address."""

    name = name_field()
    email = address_field("We send one message to it. Your address is never shown in public.")
