"""Copying an offer: its digits are carried over to another currency (rewards.md 2.4)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms

from core.forms import AmountInput, OnceForm
from core.money import Money, NotMoney, known_currencies
from rewards.forms.details import COMMON
from rewards.models import RewardOffer
from rewards.services.copying import amounts_of

LABELS = {
    "award_amount": "Award",
    "max_award_amount": "Never more than",
    "referred_amount": "Award of the one who is referred",
    "min_amount": "Smallest purchase",
    "max_amount": "Largest purchase",
}


class CopyForm(OnceForm):
    """The currency of the copy, and every amount with the digits of the original."""

    mark_optional = False
    currency = forms.ChoiceField(
        label="Currency of the copy",
        help_text="Amounts are carried over digit for digit, not converted.",
    )

    def __init__(self, *args: Any, offer: RewardOffer, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"currency": offer.currency})
        super().__init__(*args, **kwargs)
        codes = [offer.currency, *COMMON, *sorted(known_currencies())]
        field = self.fields["currency"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(code, code) for code in dict.fromkeys(codes)]
        self.names = list(amounts_of(offer))
        for name, amount in amounts_of(offer).items():
            self.fields[name] = forms.DecimalField(
                label=LABELS[name],
                min_value=Decimal(0),
                initial=amount.amount,
                widget=AmountInput(),
            )

    def clean(self) -> dict[str, Any]:
        """Hold the digits against the currency: 9.99 does not fit into JPY."""
        cleaned = super().clean() or {}
        currency = cleaned.get("currency", "")
        amounts: dict[str, int] = {}
        for name in self.names:
            if currency and cleaned.get(name) is not None:
                try:
                    amounts[name] = Money.of(cleaned[name], currency).minor
                except NotMoney as error:
                    self.add_error(name, f"{error} Enter it anew.")
        cleaned["amounts"] = amounts
        return cleaned
