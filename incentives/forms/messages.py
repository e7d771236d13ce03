"""The composer of the conversation: a text, files, and the status that the message sets.

Both sides use it; which statuses there are to choose from comes from the transition table. Rules are
the services': the form only reads what was typed, and shows a refusal at the field it speaks of.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from core.errors import DomainError
from core.forms import LocalDateTimeField, MoneyField, OnceForm, PercentField, VersionedForm
from core.money import Money
from incentives.choices import OfferStatus
from incentives.choices.requests import RequestStatus
from incentives.completeness.offers import DEFAULT_DAYS
from incentives.forms.widgets import words_to_publish
from incentives.guards import Payload
from incentives.models import IncentiveRequest, Message, Offer, Subject
from incentives.selectors import StatusChoice
from incentives.selectors.acknowledgements import submitted_of
from incentives.selectors.groups import seats_taken
from incentives.services.attachments import MAX_FILES
from incentives.services.messages import MAX_BODY
from incentives.terms import CURRENCY, NONE, PERCENT, Terms

KEEP = "keep"
ACCEPTED = ".pdf,.png,.jpg,.jpeg,.gif,.webp,.txt,.csv,.doc,.docx,.xls,.xlsx"


class TextField(forms.CharField):
    """Text of several lines; a line break counts as the one character that the writer sees."""

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value) or "").replace("\r\n", "\n").replace("\r", "\n").strip()


class FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Any number of uploads, cleaned to a list; the service decides which may be stored."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[Any]]:
        files = data if isinstance(data, list | tuple) else [data]
        return [file for file in files if file]


def body_field(label: str = "Message", **kwargs: Any) -> TextField:
    """Return the field of a message's text: up to 1,024 characters, with a counter."""
    return TextField(
        label=label,
        max_length=MAX_BODY,
        widget=forms.Textarea({"rows": 4, "maxlength": MAX_BODY, "autocomplete": "off"}),
        error_messages={
            "required": "Write a message.",
            "max_length": "Use at most %(limit_value)d characters; these are %(show_value)d.",
        },
        **kwargs,
    )


def value_field(terms: Terms | None, *, label: str, help_text: str = "") -> forms.Field | None:
    """Return the field for a number of the same kind as the terms on the table, if they have one."""
    if terms is not None and terms.unit == CURRENCY:
        return MoneyField(
            currencies=[terms.currency], required=False, label=label, help_text=help_text
        )
    if terms is not None and terms.unit == PERCENT:
        return PercentField(required=False, label=label, help_text=help_text)
    return None


def terms_from(value: Any, *, like: Terms | None, description: str) -> Terms:
    """Return typed terms: a number of the same kind as on the table, or words alone."""
    if isinstance(value, Money):
        return Terms.money(value, description)
    if value is not None:
        return Terms.percentage(value, description)
    if like is not None and like.unit != NONE:
        return Terms(like.unit, currency=like.currency, description=description)
    return Terms.words(description)


class StatusField(forms.ChoiceField):
    """A choice of the statuses offered; another real status passes, for the service to refuse."""

    codes: Sequence[str] = ()

    def valid_value(self, value: Any) -> bool:
        return value == KEEP or value in self.codes


class ComposerForm(OnceForm, VersionedForm):
    """A message with the status it sets; statuses that need more reveal their fields.

    What only some statuses ask for differs between offers and requests; `_shape` adds it.
    """

    # What must be filled in depends on the status, so nothing is marked as optional.
    mark_optional = False
    show_when: dict[str, str] = {}
    codes: Sequence[str]
    """All codes that a status of the subject may have."""
    terms_status: str
    """The status in which the provider puts new terms on the table."""

    status = StatusField(error_messages={"required": "Select a status"})
    body = body_field(required=False)
    body.widget.attrs["data-enter-sends"] = ""
    attachments = FilesField(
        label="Files",
        required=False,
        help_text=f"Up to {MAX_FILES} files of 10 MB: PDF, pictures, text, Word or Excel.",
        widget=FilesInput({"accept": ACCEPTED}),
    )

    def __init__(
        self,
        *args: Any,
        subject: Subject,
        choices: Sequence[StatusChoice],
        may_keep: bool,
        at: datetime,
        **kwargs: Any,
    ) -> None:
        self.subject = subject
        self.statuses = choices
        self.may_keep = may_keep
        self.table = subject.terms.value if subject.terms else None
        kwargs["initial"] = {
            "version": subject.version,
            **self._proposed(at),
            **(kwargs.get("initial") or {}),
        }
        super().__init__(*args, **kwargs)
        targets = {choice.status for choice in choices}
        self._offer_statuses()
        self._shape(targets)
        if "approved_confirmed" in targets and subject.is_group:
            self._ask_for_short_group()

    def _shape(self, targets: set[str]) -> None:
        """Add the fields that the statuses to choose from ask for."""
        if self.terms_status in targets:
            self._ask_for_terms()

    def _proposed(self, at: datetime) -> dict[str, Any]:
        """Return what new terms begin with: what is on the table."""
        terms = self.table
        return {
            "value": (terms.amount if terms.unit == CURRENCY else terms.percent) if terms else None,
            "value_description": terms.description if terms else "",
        }

    def _offer_statuses(self) -> None:
        keep = [(KEEP, "Keep current status")] if self.may_keep else []
        options = [
            ("", "Select a status"),
            *keep,
            *((row.status, row.label) for row in self.statuses),
        ]
        field = self.fields["status"]
        assert isinstance(field, StatusField)
        field.choices, field.codes = options, self.codes

    def _ask_for_terms(self) -> None:
        if (value := value_field(self.table, label="Value")) is not None:
            self.fields["value"] = value
        self.fields["value_description"] = forms.CharField(
            label="Description", max_length=255, required=False
        )

    def _ask_for_short_group(self) -> None:
        """Ask for the deliberate tick while places are free (G2); two members are a group."""
        taken, cap = seats_taken(offer=self.subject), self.subject.max_required_members or 0
        if 2 <= taken < cap:
            self.fields["short_group_ok"] = forms.BooleanField(
                label=f"Confirm with {taken} of {cap} members",
                help_text="Nobody can join afterwards; whoever has not joined yet is left out.",
                required=False,
            )

    @property
    def keeps(self) -> bool:
        """Tell whether the message changes nothing but the conversation."""
        return bool(self.cleaned_data["status"] == KEEP)

    @property
    def more_fields(self) -> list[forms.BoundField]:
        """The fields that only some statuses ask for, in the order in which they are shown."""
        return [self[name] for name in self.show_when if name in self.fields]

    def payload(self) -> Payload:
        """Return what goes along with the change, without what the chosen status does not ask for."""
        data = self.cleaned_data
        to = data["status"]
        return Payload(
            text=data["body"],
            terms=self._terms("value", "value_description") if to == self.terms_status else None,
            short_group_ok=bool(data.get("short_group_ok")),
            attachments=tuple(data["attachments"]),
        )

    def _terms(self, value: str, description: str) -> Terms:
        data = self.cleaned_data
        return terms_from(
            data.get(value), like=self.table, description=str(data.get(description) or "")
        )

    def refuse(self, error: DomainError) -> None:
        """Show a service's refusal at its fields, or on top where it has no place here."""
        for name, sentence in (error.fields or {"": error.message}).items():
            self.add_error(name if name in self.fields else None, sentence)

    def full_clean(self) -> None:
        """Forget the errors of fields that the chosen status does not ask for."""
        super().full_clean()
        if not self.is_bound:
            return
        status = self.cleaned_data.get("status", "")
        for name, rule in self.show_when.items():
            if name in self.errors and rule != f"status={status}":
                del self.errors[name]


class OfferComposerForm(ComposerForm):
    """The provider's composer on an offer: re-offers with an end, partial grants, words to publish."""

    codes = OfferStatus.values
    terms_status = OfferStatus.OFFERED
    show_when = {
        "granted_value": "status=partial_granted",
        "granted_description": "status=partial_granted",
        "value": "status=offered",
        "value_description": "status=offered",
        "expires_at": "status=offered",
        "short_group_ok": "status=approved_confirmed",
        "acknowledgement_id": "status=acknowledged",
    }

    def __init__(self, *args: Any, offer: Offer, **kwargs: Any) -> None:
        self.offer = offer
        super().__init__(*args, subject=offer, **kwargs)

    def _shape(self, targets: set[str]) -> None:
        super()._shape(targets)
        if OfferStatus.PARTIAL_GRANTED in targets:
            self._ask_for_grant()
        if self.terms_status in targets:
            self.fields["expires_at"] = LocalDateTimeField(
                zone=self.offer.business.time_zone, label="Open until", required=False
            )
        if OfferStatus.ACKNOWLEDGED in targets:
            self.fields["acknowledgement_id"] = words_to_publish(
                list(submitted_of(offer=self.offer))
            )

    def _proposed(self, at: datetime) -> dict[str, Any]:
        days = timedelta(days=DEFAULT_DAYS[self.offer.delivery_method])
        return {
            **super()._proposed(at),
            "granted_description": self.table.description if self.table else "",
            "expires_at": (at + days).replace(second=0, microsecond=0),
        }

    def _ask_for_grant(self) -> None:
        value = value_field(
            self.table,
            label="Granted value",
            help_text=f"More than 0 and less than the {self.table.value_text} on the table."
            if self.table
            else "",
        )
        if value is not None:
            self.fields["granted_value"] = value
        self.fields["granted_description"] = forms.CharField(
            label="What the granted part covers", max_length=255, required=False
        )

    def payload(self) -> Payload:
        data, payload = self.cleaned_data, super().payload()
        if data["status"] == OfferStatus.PARTIAL_GRANTED:
            return replace(payload, granted=self._terms("granted_value", "granted_description"))
        if data["status"] == OfferStatus.OFFERED:
            return replace(payload, expires_at=data.get("expires_at"))
        if data["status"] == OfferStatus.ACKNOWLEDGED:
            return replace(payload, acknowledgement_id=data.get("acknowledgement_id"))
        return payload


class RequestComposerForm(ComposerForm):
    """The provider's composer on a request: negotiating puts other terms on the table."""

    codes = RequestStatus.values
    terms_status = RequestStatus.NEGOTIATING
    show_when = {
        "value": "status=negotiating",
        "value_description": "status=negotiating",
        "short_group_ok": "status=approved_confirmed",
    }

    def __init__(self, *args: Any, request: IncentiveRequest, **kwargs: Any) -> None:
        super().__init__(*args, subject=request, **kwargs)


class MessageEditForm(forms.Form):
    """The text of a message, while its author may still change it."""

    body = body_field()

    def __init__(self, *args: Any, message: Message, **kwargs: Any) -> None:
        kwargs["initial"] = {"body": message.body, **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)

    def refuse(self, error: DomainError) -> None:
        """Show a service's refusal at the text."""
        self.add_error("body", error.fields.get("body", error.message))
