"""The forms on a shared link: who asks, for what, in which words (incentives.md 5.3, 5.4)."""

from __future__ import annotations

from typing import Any

from django import forms

from core.forms import OnceForm
from incentives.answers.offers import Answer
from incentives.forms.claims import TOO_LONG, add_answer_fields, payload_of
from incentives.forms.messages import TextField
from incentives.forms.visitors import TrappedForm, address_field, name_field
from incentives.guards import Payload
from incentives.terms import Terms


class VisitorForm(TrappedForm, OnceForm):
    """A visitor names themselves; nothing happens until the address is confirmed."""

    name = name_field()
    email = address_field("We send one message to it, so that nobody can claim in your name.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.add_more_fields()
        self.fields["accepts"] = forms.BooleanField(
            label="I have read the terms of this offer",
            error_messages={"required": "Tick the box once you have read the terms."},
        )

    def add_more_fields(self) -> None:
        """Add what is asked besides, between the address and the box."""


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
