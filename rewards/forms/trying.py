"""Try a purchase: a contact, a place, a moment and a basket, as a till would send them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from core.errors import NotFound
from core.forms import AmountInput, LocalDateTimeField, summary_of
from core.money import Money, NotMoney, known_currencies
from directory.forms.rows import action_of, row_count, typed
from directory.models import Contact, Organisation, Product, ProductPrice
from directory.selectors.contact_references import contact_by
from directory.selectors.network import here_or_below
from events.choices import ClassificationType
from events.drafts import LineData, PurchaseData
from events.models import Classification
from events.selectors.choices import place_choices, product_choices
from events.selectors.classifications import classifications_of
from rewards.forms.details import COMMON

LINES = "lines"
MOST_LINES = 12
SUGGESTED = 20


class PurchaseForm(forms.Form):
    """Who buys where and when."""

    mark_optional = True
    contact = forms.CharField(
        label="Contact",
        max_length=254,
        help_text="E-mail, phone or code.",
        widget=forms.TextInput({"list": "try-contacts", "autocomplete": "off"}),
    )
    place = forms.ChoiceField(label="Where")
    classification = forms.TypedChoiceField(
        label="Classified as", coerce=int, empty_value=None, required=False
    )
    currency = forms.ChoiceField(label="Currency")
    pass_code = forms.CharField(label="Pass", max_length=40, required=False)

    def __init__(
        self, *args: Any, business: Organisation, currency: str, at: datetime, **kwargs: Any
    ) -> None:
        kwargs.setdefault(
            "initial",
            {"performed_at": at.replace(second=0, microsecond=0), "currency": currency},
        )
        super().__init__(*args, **kwargs)
        self.business = business
        self.fields["performed_at"] = LocalDateTimeField(label="When", zone=business.time_zone)
        self._choices("place", place_choices(business=business))
        labels = classifications_of(business=business).filter(type=ClassificationType.PURCHASE)
        self._choices(
            "classification", [("", "Nothing"), *labels.order_by("name").values_list("pk", "name")]
        )
        codes = [currency, business.base_currency, *COMMON, *sorted(known_currencies())]
        self._choices("currency", [(code, code) for code in dict.fromkeys(codes)])
        self.order_fields(["contact", "place", "performed_at", "classification", "currency"])
        newest = Contact.objects.filter(business=business).order_by("-registered_at", "-pk")
        self.suggestions = [(one.code, str(one)) for one in newest[:SUGGESTED]]
        if not self.is_bound and self.suggestions:
            self.initial["contact"] = self.suggestions[0][0]

    def _choices(self, name: str, choices: Any) -> None:
        cast("forms.ChoiceField", self.fields[name]).choices = choices

    def clean_contact(self) -> Contact:
        value = self.cleaned_data["contact"].strip()
        try:
            return contact_by(business=self.business, kind="cim", value=value)
        except NotFound as error:
            raise ValidationError(
                "No contact has this e-mail, phone or code. Look it up under Contacts."
            ) from error

    def clean_place(self) -> Organisation:
        kind, _, pk = self.cleaned_data["place"].partition(":")
        if kind == "business":
            return self.business
        return here_or_below(business=self.business).select_related("parent", "business").get(pk=pk)

    def clean_classification(self) -> Classification | None:
        chosen = self.cleaned_data["classification"]
        return None if chosen is None else classifications_of(business=self.business).get(pk=chosen)


class LineForm(forms.Form):
    """One line of the basket."""

    mark_optional = False
    sku = forms.ChoiceField(label="Product")
    quantity = forms.DecimalField(
        label="Quantity", min_value=Decimal("0.001"), max_digits=9, decimal_places=3,
        widget=AmountInput(),
    )  # fmt: skip
    price = forms.DecimalField(
        label="Unit price", min_value=0, required=False, max_digits=12, widget=AmountInput()
    )

    def __init__(self, *args: Any, products: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ChoiceField", self.fields["sku"]).choices = products


@dataclass(frozen=True, slots=True)
class Asked:
    """The purchase as it was typed."""

    contact: Contact
    place: Organisation
    classification: Classification | None
    data: PurchaseData


class TryForms:
    """The form of a purchase and its lines, handled as one."""

    def __init__(
        self, data: QueryDict | None, *, business: Organisation, currency: str, at: datetime
    ) -> None:
        self.business = business
        self.products = self._products()
        action, place = action_of(data, LINES)
        self.is_redrawn = action in ("add", "remove")
        self.is_bound = data is not None and not self.is_redrawn
        options: dict[str, Any] = {"business": business, "currency": currency, "at": at}
        self.lines: list[LineForm] = []
        if data is None:
            self.form = PurchaseForm(**options)
            self._show([{"quantity": 1}])
        elif self.is_redrawn:
            self.form = PurchaseForm(**options, initial=data.dict())
            self._show(_redrawn(data, action, place))
        else:
            self.form = PurchaseForm(data, **options)
            self.lines = [
                LineForm(data, products=self.products, prefix=f"{LINES}-{number}")
                for number in range(min(row_count(data, LINES), MOST_LINES))
            ]

    @property
    def can_add(self) -> bool:
        return len(self.lines) < MOST_LINES

    @property
    def entries(self) -> list[dict[str, str]]:
        """What is wrong, as the error summary lists it."""
        return [entry for form in (self.form, *self.lines) for entry in summary_of(form)]

    def is_valid(self) -> bool:
        """Tell whether the purchase can be tried; asking for a line is not trying."""
        if not self.is_bound:
            return False
        valid = all([self.form.is_valid(), *(line.is_valid() for line in self.lines)])
        if valid and not self.lines:
            self.form.add_error(None, "Put at least one product into the basket.")
        return valid and bool(self.lines) and self._price_lines()

    def asked(self) -> Asked:
        """Return the purchase; only after `is_valid`."""
        of = self.form.cleaned_data
        lines = tuple(self._line(line) for line in self.lines)
        total = sum(line.total_minor for line in lines)
        data = PurchaseData(
            performed_at=of["performed_at"],
            currency=of["currency"],
            net_minor=total,
            tax_minor=0,
            total_minor=total,
            lines=lines,
            pass_code=of["pass_code"].strip(),
        )
        return Asked(of["contact"], of["place"], of["classification"], data)

    def _products(self) -> list[tuple[str, str]]:
        named = dict(product_choices(business=self.business)["skus"])
        rows = Product.objects.filter(business=self.business).order_by("name", "pk")
        return [(sku, named.get(pk, sku)) for pk, sku in rows.values_list("pk", "sku")]

    def _price_lines(self) -> bool:
        """Take the catalogue's price where none was typed; say where there is none."""
        currency = self.form.cleaned_data["currency"]
        wanted = {line.cleaned_data["sku"] for line in self.lines}
        known = dict(
            ProductPrice.objects.filter(
                product__business=self.business, product__sku__in=wanted, currency=currency
            ).values_list("product__sku", "price_minor")
        )
        for line in self.lines:
            cleaned = line.cleaned_data
            if cleaned["price"] is not None:
                try:
                    cleaned["minor"] = Money.of(cleaned["price"], currency).minor
                except NotMoney as error:
                    line.add_error("price", str(error))
            elif cleaned["sku"] in known:
                cleaned["minor"] = known[cleaned["sku"]]
            else:
                line.add_error("price", f"The catalogue has no price in {currency}. Enter one.")
        return not any(line.errors for line in self.lines)

    def _line(self, line: LineForm) -> LineData:
        of: Mapping[str, Any] = line.cleaned_data
        minor = int((of["quantity"] * of["minor"]).to_integral_value(rounding=ROUND_HALF_UP))
        return LineData(
            sku=of["sku"], quantity=of["quantity"], net_minor=minor, tax_minor=0, total_minor=minor
        )

    def _show(self, rows: list[dict[str, Any]]) -> None:
        self.lines = [
            LineForm(initial=row, products=self.products, prefix=f"{LINES}-{number}")
            for number, row in enumerate(rows)
        ]


def _redrawn(data: QueryDict, action: str, gone: int) -> list[dict[str, Any]]:
    rows = [
        typed(data, f"{LINES}-{number}")
        for number in range(row_count(data, LINES))
        if action != "remove" or number != gone
    ]
    return [*rows, {"quantity": 1}][:MOST_LINES] if action == "add" else rows
