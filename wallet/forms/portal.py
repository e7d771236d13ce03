"""The forms on contacts' own pages: sending money, topping up, agreeing to pay at the till."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from core.forms import MoneyField
from core.money import Money
from wallet.choices import Pocket
from wallet.models import CommercePool
from wallet.rules import codes


def new_key() -> str:
    """Return the idempotency key of a form, made when it is shown."""
    return uuid.uuid4().hex


class CodeField(forms.CharField):
    """A wallet code as people type it: in groups of four, with spaces or dashes."""

    def to_python(self, value: Any) -> str:
        text = super().to_python(value) or ""
        return "".join(character for character in text if character not in " -\u00a0")

    def validate(self, value: str) -> None:
        super().validate(value)
        if value and not codes.is_valid(value):
            raise ValidationError(
                "One of the digits is wrong. Compare it with the code that your friend sees."
            )


class SendForm(forms.Form):
    """To whom, how much, of which money."""

    code = CodeField(
        label="Wallet code of the other person",
        max_length=24,
        help_text="16 digits. They find it on their page “My code”.",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    amount = MoneyField(label="Amount", currencies=["EUR"])
    pocket = forms.ChoiceField(label="Which money", widget=forms.RadioSelect)
    note = forms.CharField(label="A few words for them", max_length=200, required=False)
    key = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, currency: str, pockets: Sequence[tuple[str, str]], **more: Any
    ) -> None:
        super().__init__(*args, **more)
        self.fields["amount"] = MoneyField(label="Amount", currencies=[currency])
        self.fields["pocket"].choices = pockets  # type: ignore[attr-defined]
        self.fields["key"].initial = new_key()
        if len(pockets) == 1:
            self.fields["pocket"].initial = pockets[0][0]


class TopUpForm(forms.Form):
    """One of the offered amounts, and where it goes."""

    amount = forms.TypedChoiceField(label="Amount", coerce=int, widget=forms.RadioSelect)
    into = forms.ChoiceField(label="Where it goes", widget=forms.RadioSelect)

    def __init__(
        self,
        *args: Any,
        amounts: Sequence[Money],
        pools: Sequence[CommercePool],
        **more: Any,
    ) -> None:
        super().__init__(*args, **more)
        self.fields["amount"].choices = [  # type: ignore[attr-defined]
            (amount.minor, amount.format()) for amount in amounts
        ]
        self.fields["into"].choices = [  # type: ignore[attr-defined]
            (Pocket.BUSINESS.value, "Money for anything here"),
            *((str(pool.pk), pool.name) for pool in pools),
        ]
        self.fields["into"].initial = Pocket.BUSINESS.value
        if not pools:
            self.fields["into"].widget = forms.HiddenInput()


class PayForm(forms.Form):
    """How much the next purchase may take; nothing given means as much as possible."""

    amount = MoneyField(label="At most", currencies=["EUR"], required=False)

    def __init__(self, *args: Any, currency: str, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["amount"] = MoneyField(
            label="At most",
            currencies=[currency],
            required=False,
            help_text="Leave it empty to pay as much as possible from your wallet.",
        )
