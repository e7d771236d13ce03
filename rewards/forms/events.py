"""The forms about an event that has happened: cancel it, take goods back, ask why (not)."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms

from core.forms import OnceForm
from directory.models import Product
from events.conditions.product import quantity_words
from events.models import BusinessEvent
from rewards.models import RewardOffer
from rewards.selectors.log import Line


class CancelForm(OnceForm):
    """Why an event is cancelled; it stays with the event."""

    reason = forms.CharField(
        max_length=200,
        widget=forms.Textarea({"rows": 2, "maxlength": 200}),
        help_text="Such as “rung up twice”. It stays with the event.",
    )


class ReturnForm(OnceForm):
    """How much of each product comes back."""

    reference_number = forms.CharField(
        label="Number of the return",
        required=False,
        max_length=64,
        help_text="From the receipt of the return; the same number is accepted once.",
    )

    def __init__(self, *args: Any, lines: Iterable[Line], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.products: dict[str, Product] = {}
        left: dict[int, Decimal] = {}
        for line in lines:
            self.products[f"product-{line.row.product_id}"] = line.row.product
            here = line.row.quantity - line.returned
            left[line.row.product_id] = left.get(line.row.product_id, Decimal(0)) + here
        for name, product in self.products.items():
            self.fields[name] = _quantity(product, left[product.pk])
        self.order_fields([*self.products, "reference_number", "nonce"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and not self.quantities(cleaned):
            raise forms.ValidationError("Say of at least one product how much comes back.")
        return cleaned

    def quantities(self, cleaned: dict[str, Any] | None = None) -> dict[str, Decimal]:
        """Return what comes back by SKU, without what stays."""
        of = self.cleaned_data if cleaned is None else cleaned
        return {product.sku: of[name] for name, product in self.products.items() if of.get(name)}

    def by_product(self) -> dict[int, Decimal]:
        """Return what comes back by the product's key."""
        of = self.cleaned_data
        return {row.pk: of[name] for name, row in self.products.items() if of.get(name)}


class WhyForm(forms.Form):
    """Any purchase of the contact and any offer."""

    event = forms.ChoiceField(label="Purchase")
    offer = forms.ChoiceField(label="Offer")

    def __init__(
        self,
        *args: Any,
        purchases: Iterable[tuple[BusinessEvent, str]],
        offers: Iterable[RewardOffer],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        event: Any = self.fields["event"]
        event.choices = [(str(row.pk), words) for row, words in purchases]
        offer: Any = self.fields["offer"]
        offer.choices = [(str(row.pk), row.title) for row in offers]


def _quantity(product: Product, left: Decimal) -> forms.DecimalField:
    """Ask for a quantity of the product, of what has not come back yet."""
    return forms.DecimalField(
        label=f"{product.name} ({product.sku})",
        required=False,
        min_value=Decimal(0),
        max_value=left,
        max_digits=12,
        decimal_places=3,
        widget=forms.TextInput({"inputmode": "decimal"}),
        help_text=f"{quantity_words(left)} can come back.",
        error_messages={
            "max_value": f"At most {quantity_words(left)} can come back. Check the receipt."
        },
    )
