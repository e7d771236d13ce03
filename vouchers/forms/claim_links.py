"""Whom a campaign invites to claim a voucher on a page."""

from __future__ import annotations

from typing import Any

from django import forms

from core.errors import DomainError
from directory.models import Organisation
from vouchers.recipients import Recipient
from vouchers.selectors.recipients import recipient_for

MOST = 500


class ClaimLinkForm(forms.Form):
    """The addresses that are mailed a claim link, one on each line."""

    mark_optional = False
    people = forms.CharField(
        label="E-mail addresses",
        max_length=MOST * 120,
        widget=forms.Textarea({"rows": 8, "spellcheck": "false", "autocomplete": "off"}),
        help_text=f"One on each line, at most {MOST}. Contacts are recognised by their address.",
    )

    def __init__(self, *args: Any, business: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.business = business
        self.recipients: list[Recipient] = []

    def clean_people(self) -> str:
        """Find a recipient for each line; a line that is no address is named."""
        text = str(self.cleaned_data["people"])
        lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), 1)]
        written = [(number, line) for number, line in lines if line]
        if len(written) > MOST:
            raise forms.ValidationError(f"Invite at most {MOST} people at once.")
        found: dict[str, Recipient] = {}
        for number, line in written:
            try:
                forms.EmailField().clean(line)
                one = recipient_for(business=self.business, email=line)
            except (forms.ValidationError, DomainError) as error:
                raise forms.ValidationError(
                    f"Line {number} is no e-mail address: “{line[:60]}”."
                ) from error
            found.setdefault(one.key, one)
        self.recipients = list(found.values())
        return text

    def refuse(self, error: DomainError) -> None:
        """Show a refusal of the service above the form."""
        self.add_error(None, error.message)
