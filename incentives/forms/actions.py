"""The small forms of the details page: cancelling an offer with a word to the recipient."""

from __future__ import annotations

from typing import Any

from core.errors import DomainError
from core.forms import VersionedForm
from incentives.forms.messages import body_field


class VersionForm(VersionedForm):
    """An act without words: only says which state of the offer it is about."""

    def refuse(self, error: DomainError) -> None:
        self.add_error(None, error.message)


class CancelForm(VersionedForm):
    """The words that the recipient gets when an offer is withdrawn."""

    body = body_field(
        label="Message to the recipient", help_text="It is sent along with the cancellation."
    )

    def __init__(self, *args: Any, needs_text: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["body"].required = needs_text

    def refuse(self, error: DomainError) -> None:
        """Show a service's refusal at the text, or on top where it is about something else."""
        for name, sentence in (error.fields or {"": error.message}).items():
            self.add_error(name if name in self.fields else None, sentence)
