"""The form of a program: what it is about and which incentives it gives (incentives.md 3.3)."""

from __future__ import annotations

from typing import Any

from django import forms

from core.errors import DomainError
from core.forms import OnceForm
from directory.models import Organisation, ProductService
from incentives.choices import IncentiveType
from incentives.models import Program
from incentives.selectors import desk


class ProductField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A product or service by its name and kind."""

    def label_from_instance(self, obj: ProductService) -> str:
        return f"{obj.name} ({obj.category})"


def types_field() -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label="Incentive types",
        choices=IncentiveType.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple({"data_layout": "row"}),
        help_text="Which kinds of incentive its offers may give. None ticked means all four.",
    )


class RefusingForm(forms.Form):
    """A form that shows what a service refuses."""

    mark_optional = False

    def refuse(self, error: DomainError) -> None:
        for name, sentence in (error.fields or {"": error.message}).items():
            self.add_error(name if name in self.fields else None, sentence)


class ProgramForm(RefusingForm, OnceForm):
    """A new program: one for each product or service."""

    product_service = ProductField(
        label="Product or service",
        queryset=ProductService.objects.none(),
        empty_label="Choose a product or service",
        widget=forms.Select({"data-rich": "", "data-placeholder": "Choose a product or service"}),
        help_text="A product or service has at most one program; those without one are listed.",
    )
    allowed_incentive_types = types_field()

    def __init__(self, *args: Any, business: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        products = desk.products_without_program(business=business)
        self.fields["product_service"].queryset = products  # type: ignore[attr-defined]


class ProgramEditForm(RefusingForm):
    """What may be changed of a program: its kinds of incentive."""

    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    allowed_incentive_types = types_field()

    def __init__(self, *args: Any, program: Program, **kwargs: Any) -> None:
        kwargs["initial"] = {
            "version": program.version,
            "allowed_incentive_types": program.allowed_incentive_types,
        }
        super().__init__(*args, **kwargs)
