"""Forms of merchants, venues, tills and commercial terms."""

from __future__ import annotations

from typing import Any, cast

from django import forms

from core.forms import PercentField
from core.money import Money
from directory.choices import SettlementMethod
from directory.forms.contacts import country_choices
from directory.forms.fields import TagsField
from directory.locales import time_zones
from directory.models import CommercialTerms, Organisation
from directory.selectors import network as selectors
from directory.services.network import PlaceData
from directory.services.terms import TermsData


def zone_choices() -> list[tuple[str, str]]:
    return [("", "That of the merchant or business"), *time_zones()]


class MerchantForm(forms.Form):
    """A merchant of the network."""

    name = forms.CharField(label="Name", max_length=120)
    country = forms.ChoiceField(label="Country", required=False, choices=country_choices)
    town = forms.CharField(label="Town", max_length=80, required=False)
    tags = TagsField(
        label="Tags",
        required=False,
        help_text="With commas between them. Conditions can ask for places by tag.",
    )
    time_zone = forms.ChoiceField(label="Time zone", required=False, choices=zone_choices)

    def __init__(
        self, *args: Any, business: Organisation, place: Organisation | None = None, **kwargs: Any
    ) -> None:
        names = ("name", "country", "town", "tags", "time_zone")
        initial = {name: getattr(place, name) for name in names} if place else {}
        kwargs["initial"] = {**initial, **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        self.business = business

    def place_data(self) -> PlaceData:
        cleaned = self.cleaned_data
        return PlaceData(
            name=cleaned["name"],
            country=cleaned["country"],
            town=cleaned["town"],
            tags=cleaned["tags"],
            time_zone=cleaned["time_zone"],
        )


class VenueForm(MerchantForm):
    """A venue, and whose it is."""

    parent = forms.TypedChoiceField(label="Belongs to", coerce=int)
    field_order = ["name", "parent"]

    def __init__(
        self, *args: Any, business: Organisation, place: Organisation | None = None, **kwargs: Any
    ) -> None:
        initial = {"parent": place.parent_id} if place else {}
        initial |= kwargs.pop("initial", {})
        super().__init__(*args, business=business, place=place, initial=initial, **kwargs)
        merchants = selectors.merchants_of(business=business).order_by("name", "pk")
        self.parents = {business.pk: business, **{one.pk: one for one in merchants}}
        cast("forms.TypedChoiceField", self.fields["parent"]).choices = [
            (pk, f"{one.name} (your business)" if one.is_business else one.name)
            for pk, one in self.parents.items()
        ]

    @property
    def parent_place(self) -> Organisation:
        return self.parents[self.cleaned_data["parent"]]


class TapForm(forms.Form):
    """A till of a place."""

    code = forms.CharField(
        label="Code", max_length=32, help_text="As the till sends it, for example POS-7."
    )
    label = forms.CharField(label="Where it stands", max_length=80, required=False)


class TermsForm(forms.Form):
    """What is agreed with a merchant."""

    method = forms.ChoiceField(
        label="The merchant pays its share",
        choices=SettlementMethod.choices,
        widget=forms.RadioSelect,
        initial=SettlementMethod.ON_AWARD,
    )
    contribution_percent = PercentField(
        label="Contribution",
        initial=100,
        help_text="The share of each award that the merchant bears.",
    )
    fee_percent = PercentField(
        label="Settlement fee", initial=0, help_text="On top of the contribution."
    )
    fee = forms.DecimalField(label="Fixed fee", initial=0, min_value=0, max_digits=10)
    refund_expired = forms.BooleanField(
        label="Give back what expires unspent", required=False, initial=True
    )
    blocked = forms.BooleanField(
        label="Block awarding and spending at this merchant", required=False
    )

    def __init__(
        self, *args: Any, business: Organisation, terms: CommercialTerms | None, **kwargs: Any
    ) -> None:
        kwargs["initial"] = _terms_initial(terms)
        super().__init__(*args, **kwargs)
        self.currency = business.base_currency
        cast("Any", self.fields["fee"]).suffix = self.currency

    def clean_fee(self) -> int:
        """Return the fixed fee in minor units; decimals that the currency lacks are refused."""
        try:
            return Money.of(self.cleaned_data["fee"], self.currency).minor
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error

    def terms_data(self) -> TermsData:
        cleaned = self.cleaned_data
        return TermsData(
            method=cleaned["method"],
            contribution_percent=cleaned["contribution_percent"],
            blocked=cleaned["blocked"],
            refund_expired=cleaned["refund_expired"],
            fee_percent=cleaned["fee_percent"],
            fee_minor=cleaned["fee"],
        )


def _terms_initial(terms: CommercialTerms | None) -> dict[str, Any]:
    if terms is None:
        return {}
    names = ("method", "contribution_percent", "fee_percent", "refund_expired", "blocked")
    return {
        **{name: getattr(terms, name) for name in names},
        "fee": Money(terms.fee_minor, terms.currency).amount,
    }
