"""Forms of the catalogue: a product, a category, a file."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError

from core.money import Money, NotMoney
from directory.models import Category, Organisation, Product
from directory.selectors import catalogue as selectors
from directory.selectors.catalogue import Node
from directory.services.catalogue import DEFAULT_TYPE, ProductData


class PricesField(forms.CharField):
    """Prices as "EUR 2.50, USD 2.80", cleaned to minor units by currency."""

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        return ", ".join(str(Money(minor, currency)) for currency, minor in sorted(value.items()))

    def clean(self, value: Any) -> dict[str, int]:
        return read_prices(super().clean(value))


def read_prices(text: str) -> dict[str, int]:
    """Read "2.50 EUR, USD 2.80"; raises `ValidationError`."""
    found: dict[str, int] = {}
    for part in filter(None, (part.strip() for part in text.replace(";", ",").split(","))):
        words = part.split()
        currency = next((word for word in words if word.isalpha()), "").upper()
        amount = next((word for word in words if not word.isalpha()), "")
        try:
            price = Money.parse(amount, currency)
        except NotMoney as error:
            raise ValidationError(f"“{part}”: write a price like 2.50 EUR.") from error
        if price.minor < 0 or currency in found:
            raise ValidationError(f"“{part}”: one price, not below zero, for each currency.")
        found[currency] = price.minor
    return found


class CatalogueProductForm(forms.Form):
    """A product of the catalogue."""

    sku = forms.CharField(label="SKU", max_length=64, help_text="As tills send it.")
    name = forms.CharField(label="Name", max_length=150)
    type = forms.CharField(
        label="Type", max_length=80, initial=DEFAULT_TYPE, help_text="For example Goods or Service."
    )
    brand = forms.CharField(label="Brand", max_length=80, required=False)
    family = forms.CharField(label="Family", max_length=80, required=False)
    categories = forms.TypedMultipleChoiceField(label="Categories", required=False, coerce=int)
    prices = PricesField(
        label="Prices", required=False, help_text="One for each currency: 2.50 EUR, 2.80 USD"
    )
    is_active = forms.BooleanField(label="On sale", required=False, initial=True)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, *args: Any, business: Organisation, product: Product | None = None, **kwargs: Any
    ) -> None:
        kwargs["initial"] = _product_initial(product)
        super().__init__(*args, **kwargs)
        tree = selectors.category_tree(business=business)
        field = cast("forms.TypedMultipleChoiceField", self.fields["categories"])
        field.choices = [(node.category.pk, node.path) for node in tree]
        field.widget.attrs |= {"data-rich": "", "data-placeholder": "Type to search"}

    def product_data(self) -> ProductData:
        cleaned = self.cleaned_data
        names = ("sku", "name", "type", "brand", "family", "prices", "is_active")
        return ProductData(
            **{name: cleaned[name] for name in names}, category_ids=cleaned["categories"]
        )


class CategoryForm(forms.Form):
    """A category and where it stands in the tree."""

    name = forms.CharField(label="Name", max_length=80)
    code = forms.CharField(
        label="Code", max_length=40, required=False, help_text="Made from the name if left empty."
    )
    parent = forms.TypedChoiceField(
        label="Stands below", required=False, coerce=int, empty_value=None
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        *args: Any,
        business: Organisation,
        category: Category | None = None,
        parent: int | None = None,
        **kwargs: Any,
    ) -> None:
        initial: dict[str, Any] = {"parent": parent}
        if category is not None:
            initial = {
                "name": category.name,
                "code": category.code,
                "parent": category.parent_id,
                "version": category.version,
            }
        kwargs["initial"] = initial
        super().__init__(*args, **kwargs)
        tree = selectors.category_tree(business=business)
        self.nodes: dict[int, Node] = {node.category.pk: node for node in tree}
        cast("forms.TypedChoiceField", self.fields["parent"]).choices = [
            ("", "Nothing: it is at the top"),
            *((pk, node.path) for pk, node in self.nodes.items()),
        ]

    @property
    def parent_category(self) -> Category | None:
        pk = self.cleaned_data["parent"]
        return self.nodes[pk].category if pk is not None else None


class CatalogueUploadForm(forms.Form):
    """A catalogue as a file; its content is judged by the service that reads it."""

    file = forms.FileField(
        label="File",
        allow_empty_file=True,
        help_text="CSV in UTF-8, at most 10 MB and 50,000 products.",
        widget=forms.FileInput({"accept": ".csv,text/csv"}),
    )


def _product_initial(product: Product | None) -> dict[str, Any]:
    if product is None:
        return {}
    return {
        "sku": product.sku,
        "name": product.name,
        "type": product.type.name if product.type else DEFAULT_TYPE,
        "brand": product.brand.name if product.brand else "",
        "family": product.family.name if product.family else "",
        "categories": [one.pk for one in product.categories.all()],
        "prices": {one.currency: one.price_minor for one in product.prices.all()},
        "is_active": product.is_active,
        "version": product.version,
    }
