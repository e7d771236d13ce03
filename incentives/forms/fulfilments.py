"""The form by which open distributions are fulfilled by voucher codes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms

from core.errors import DomainError
from incentives.models import Distribution
from vouchers.services.fulfilling import Choice


class FulfilmentForm(forms.Form):
    """Which campaign the codes come from, and which distributions get one."""

    campaign = forms.TypedChoiceField(label="Voucher campaign", widget=forms.RadioSelect)
    distributions = forms.TypedMultipleChoiceField(
        label="Who gets a code",
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Select at least one distribution first."},
    )

    mark_optional = False

    def __init__(
        self, *args: Any, campaigns: Sequence[Choice], rows: Iterable[Distribution], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["campaign"].choices = [
            (str(one.public_id), f"{one.label} ({_left(one.left)})") for one in campaigns
        ]
        people = [(row.pk, _who(row)) for row in rows]
        fields["distributions"].choices = people
        fields["distributions"].initial = [pk for pk, _ in people]
        if len(campaigns) == 1:
            fields["campaign"].initial = str(campaigns[0].public_id)

    def refuse(self, error: DomainError) -> None:
        """Show a refusal of the service above the form."""
        self.add_error(None, error.message)


def _left(count: int) -> str:
    return "1 code left" if count == 1 else f"{count:,} codes left"


def _who(row: Distribution) -> str:
    name = f"{row.recipient_name}, " if row.recipient_name else ""
    text = f"D-{row.pk}: {name}{row.recipient_email}"
    value = row.value.value_text
    return f"{text}, {value}" if value else text
