"""The forms on a shared link: who asks, for what, in which words (incentives.md 5.3, 5.4)."""

from __future__ import annotations

from typing import Any

from django import forms

from core.forms import OnceForm
from incentives.answers import Answer
from incentives.forms.claims import TOO_LONG, RefusableForm, add_answer_fields, payload_of
from incentives.forms.messages import TextField
from incentives.guards import Payload
from incentives.terms import Terms


class VisitorForm(RefusableForm, OnceForm):
    """A visitor names themselves; nothing happens until the address is confirmed."""

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
        help_text="We send one message to it, so that nobody can claim in your name.",
        widget=forms.EmailInput({"autocomplete": "email", "inputmode": "email"}),
        error_messages={
            "required": "Enter your email address.",
            "invalid": "Enter a whole email address, like name@example.org.",
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.add_more_fields()
        self.fields["accepts"] = forms.BooleanField(
            label="I have read the terms of this offer",
            error_messages={"required": "Tick the box once you have read the terms."},
        )
        # Nobody sees or reaches this field; whatever fills it in is no person.
        self.fields["website"] = forms.CharField(
            required=False, widget=forms.TextInput({"autocomplete": "off", "tabindex": "-1"})
        )

    def add_more_fields(self) -> None:
        """Add what is asked besides, between the address and the box."""

    @property
    def shown_fields(self) -> list[forms.BoundField]:
        """The fields that a person sees, in order."""
        return [field for field in self.visible_fields() if field.name != "website"]

    @property
    def is_trapped(self) -> bool:
        """Tell whether the hidden field was filled in."""
        return bool(self.cleaned_data["website"])


class LinkForm(VisitorForm):
    """What a visitor wishes for, with its words and, for a counter-offer, its terms."""

    def __init__(self, *args: Any, terms: Terms | None, answer: Answer, **kwargs: Any) -> None:
        self.answer, self.table = answer, terms
        super().__init__(*args, **kwargs)

    def add_more_fields(self) -> None:
        """Add what the answer asks for; a plain claim may come with a message."""
        add_answer_fields(self, answer=self.answer, table=self.table)
        if self.answer.instant:
            self.fields["body"] = TextField(
                label="Message",
                required=False,
                max_length=1024,
                widget=forms.Textarea({"rows": 3, "maxlength": 1024, "autocomplete": "off"}),
                error_messages={"max_length": TOO_LONG},
            )

    def payload(self) -> Payload:
        return payload_of(self, answer=self.answer, table=self.table)
