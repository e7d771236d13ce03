"""The recipient's forms: an answer with its words, and a message in the conversation.

Rules are the services'; a form reads what was typed and shows a refusal at the field it speaks of.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from core.errors import DomainError
from core.forms import OnceForm, VersionedForm
from incentives.answers.offers import Answer
from incentives.choices import OfferStatus
from incentives.forms.messages import (
    ACCEPTED,
    KEEP,
    FilesField,
    FilesInput,
    TextField,
    body_field,
    terms_from,
    value_field,
)
from incentives.guards import Payload
from incentives.models import Subject
from incentives.services.messages import MAX_FILES
from incentives.terms import Terms

TOO_LONG = "Use at most %(limit_value)d characters; these are %(show_value)d."


def files_field() -> FilesField:
    return FilesField(
        label="Files",
        required=False,
        help_text=f"Up to {MAX_FILES} files of 10 MB: PDF, pictures, text, Word or Excel.",
        widget=FilesInput({"accept": ACCEPTED}),
    )


class RefusableForm(forms.Form):
    """A form that can show what a service refuses, with everything typed kept."""

    def refuse(self, error: DomainError) -> None:
        """Show the refusal at its fields, or on top where it has no place here."""
        for name, sentence in (error.fields or {"": error.message}).items():
            self.add_error(name if name in self.fields else None, sentence)


class InstantForm(RefusableForm, OnceForm, VersionedForm):
    """One press: accepting or claiming exactly the terms that were shown."""


class AnswerForm(RefusableForm, OnceForm, VersionedForm):
    """An answer in words; a counter-offer has its own terms beside them."""

    def __init__(self, *args: Any, subject: Subject, answer: Answer, **kwargs: Any) -> None:
        self.answer = answer
        self.table = subject.terms.value if subject.terms else None
        kwargs["initial"] = {"version": subject.version, **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        add_answer_fields(self, answer=answer, table=self.table)
        if answer.takes_files:
            self.fields["attachments"] = files_field()

    def payload(self) -> Payload:
        """Return what goes along with the answer."""
        return payload_of(self, answer=self.answer, table=self.table)


def add_answer_fields(form: forms.Form, *, answer: Answer, table: Terms | None) -> None:
    """Add what the answer asks for: the countered terms and the text."""
    if answer.proposes_terms:
        on_table = f"On the table: {table.value_text}." if table and table.has_number else ""
        value = value_field(table, label="Your value", help_text=on_table)
        if value is not None:
            # The services ask for a number wherever one lies on the table.
            value.required = True
            form.fields["counter_value"] = value
        form.fields["counter_description"] = forms.CharField(
            label="Your terms in words",
            max_length=255,
            initial=table.description if table else "",
            required=value is None,
            error_messages={"required": "Say which terms you propose.", "max_length": TOO_LONG},
        )
    if not answer.instant:
        form.fields["body"] = TextField(
            label=answer.asks,
            help_text=answer.hint,
            required=answer.text_required,
            max_length=answer.max_length,
            widget=forms.Textarea(
                {"rows": 4, "maxlength": answer.max_length, "autocomplete": "off"}
            ),
            error_messages={
                "required": f"{answer.asks}: write a few words.",
                "max_length": TOO_LONG,
            },
        )


def payload_of(form: forms.Form, *, answer: Answer, table: Terms | None) -> Payload:
    """Return the cleaned answer as the services take it."""
    data = form.cleaned_data
    counter = None
    if answer.proposes_terms:
        counter = terms_from(
            data.get("counter_value"), like=table, description=data.get("counter_description", "")
        )
    return Payload(
        text=data.get("body", ""),
        counter=counter,
        attachments=tuple(data.get("attachments", ())),
    )


class RecipientMessageForm(RefusableForm, OnceForm, VersionedForm):
    """The recipient's composer: a text, files, and what the message does (incentives.md 5.5)."""

    status = forms.ChoiceField(
        label="What this message does", error_messages={"required": "Select a status"}
    )
    body = body_field(label="Your message")
    attachments = files_field()

    def __init__(
        self, *args: Any, subject: Subject, answers: Sequence[Answer], **kwargs: Any
    ) -> None:
        """Offer "Keep current status" and the answers that need nothing but words."""
        worded = [a for a in answers if not (a.instant or a.is_no or a.proposes_terms)]
        asked = any(a.status == OfferStatus.INFO_PROVIDED for a in worded)
        kwargs["initial"] = {
            "version": subject.version,
            "status": OfferStatus.INFO_PROVIDED if asked else KEEP,
            **(kwargs.get("initial") or {}),
        }
        super().__init__(*args, **kwargs)
        field = self.fields["status"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [
            (KEEP, "Just a message (keep current status)"),
            *((a.status, a.label) for a in worded),
        ]

    @property
    def keeps(self) -> bool:
        """Tell whether the message changes nothing but the conversation."""
        return bool(self.cleaned_data["status"] == KEEP)

    def payload(self) -> Payload:
        return Payload(
            text=self.cleaned_data["body"], attachments=tuple(self.cleaned_data["attachments"])
        )
