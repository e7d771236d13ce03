"""Step 4, Award: what is given, in the forms that the type has (rewards.md 3.2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast

from django import forms

from core.forms import MoneyField, PercentField
from core.money import Money
from events.selectors.choices import product_choices
from rewards.choices import AwardForm as Form
from rewards.choices import Beneficiary, ProductGroupKind
from rewards.configuration import ProductGroup, ReferralTerms
from rewards.forms.steps import StepForm
from rewards.services.offer_data import OfferData

GROUPS = (
    ("Categories", ProductGroupKind.CATEGORY, "categories"),
    ("Types", ProductGroupKind.TYPE, "types"),
    ("Brands", ProductGroupKind.BRAND, "brands"),
    ("Families", ProductGroupKind.FAMILY, "families"),
)
HINTS = {
    Form.AMOUNT: "The same amount each time.",
    Form.PERCENTAGE: "A part of what was paid.",
    Form.FREE_PRODUCT: "The price of one unit of a product.",
    Form.CHEAPEST_IN_GROUP: "The lowest price among the basket's products of a group.",
}


class AwardStepForm(StepForm):
    """What the offer gives; fields that another form needs are kept and do not count."""

    mark_optional = True
    also = {"award": "award_form", "terms": "beneficiary"}
    show_when = {
        "award_amount": "award_form=AMOUNT",
        "award_percentage": "award_form=PERCENTAGE",
        "award_product": "award_form=FREE_PRODUCT",
        "award_group": "award_form=CHEAPEST_IN_GROUP",
        "referred_amount": "beneficiary=BOTH",
    }

    beneficiary = forms.ChoiceField(
        label="Who gets it", choices=Beneficiary.choices, widget=forms.RadioSelect
    )
    award_form = forms.ChoiceField(label="What is given", widget=forms.RadioSelect)
    award_percentage = PercentField(label="Percentage", required=False)
    award_product = forms.TypedChoiceField(
        label="Product", coerce=int, empty_value=None, required=False
    )
    award_group = forms.ChoiceField(label="The cheapest of", required=False)

    def initial_of(self, data: OfferData) -> dict[str, Any]:
        group, terms = data.award_group, data.terms
        return {
            "award_form": data.award_form,
            "award_amount": _money(data.award_amount_minor, data.currency),
            "award_percentage": data.award_percentage,
            "award_product": data.award_product_id,
            "award_group": f"{group.kind}:{group.id}" if group else "",
            "max_award_amount": _money(data.max_award_minor, data.currency),
            "beneficiary": getattr(terms, "beneficiary", Beneficiary.REFERRER),
            "referred_amount": _money(getattr(terms, "referred_minor", None), data.currency),
        }

    def prepare(self) -> None:
        kind, currency = self.offer.kind, [self.now.currency]
        is_referral = kind.terms_type is ReferralTerms
        self.fields["award_amount"] = MoneyField(
            label="Amount for the one who refers" if is_referral else "Amount",
            currencies=currency,
            required=False,
        )
        self.fields["max_award_amount"] = MoneyField(
            label="Never more than", currencies=currency, required=False,
            help_text="The largest single award.",
        )  # fmt: skip
        choices = [(form.value, form.label) for form in Form if form in kind.award_forms]
        self._choices("award_form", choices)
        if len(choices) == 1:
            self.fields["award_form"].widget = forms.HiddenInput()
        if is_referral:
            self.fields["award_amount"].label = "Amount"
            self.fields["award_amount"].help_text = "With both, the amount of the one who refers."
            self.fields["referred_amount"] = MoneyField(
                label="Amount for the one who is referred", currencies=currency, required=False
            )
        else:
            del self.fields["beneficiary"]
        self._goods(kind.award_forms)
        if Form.PERCENTAGE not in kind.award_forms:
            del self.fields["award_percentage"]
        if len(choices) == 1 and choices[0][0] == Form.AMOUNT:
            del self.fields["max_award_amount"]
        self.order_fields(ORDER)

    def _goods(self, allowed: tuple[Form, ...]) -> None:
        if Form.FREE_PRODUCT not in allowed:
            del self.fields["award_product"]
            del self.fields["award_group"]
            return
        found = product_choices(business=self.business)
        self._choices("award_product", [("", "Choose a product"), *found["skus"]])
        groups: list[Any] = [
            (label, [(f"{kind.value}:{pk}", name) for pk, name in found[source]])
            for label, kind, source in GROUPS
            if found[source]
        ]
        self._choices("award_group", [("", "Choose a group"), *groups])

    def _choices(self, name: str, choices: Any) -> None:
        cast("forms.ChoiceField", self.fields[name]).choices = choices

    def changed(self, data: OfferData, cleaned: Mapping[str, Any]) -> OfferData:
        group, form = _group(cleaned.get("award_group")), cleaned.get("award_form")
        amount, most = cleaned.get("award_amount"), cleaned.get("max_award_amount")
        data = replace(
            data,
            award_form=form or data.award_form,
            award_amount_minor=_minor(amount) if form == Form.AMOUNT else None,
            award_percentage=cleaned.get("award_percentage") if form == Form.PERCENTAGE else None,
            award_product_id=cleaned.get("award_product") if form == Form.FREE_PRODUCT else None,
            award_group=group if form == Form.CHEAPEST_IN_GROUP else None,
            max_award_minor=_minor(most),
        )
        if not isinstance(data.terms, ReferralTerms):
            return data
        who = Beneficiary(cleaned.get("beneficiary") or data.terms.beneficiary)
        second = _minor(cleaned.get("referred_amount")) if who == Beneficiary.BOTH else None
        return replace(data, terms=replace(data.terms, beneficiary=who, referred_minor=second))


ORDER = ("version", "beneficiary", "award_form", "award_amount", "referred_amount",
         "award_percentage", "award_product", "award_group", "max_award_amount")  # fmt: skip


def _money(minor: int | None, currency: str) -> Money | None:
    return None if minor is None else Money(minor, currency)


def _minor(amount: Money | None) -> int | None:
    return None if amount is None else amount.minor


def _group(text: str | None) -> ProductGroup | None:
    kind, _, pk = (text or "").partition(":")
    if kind not in ProductGroupKind.values or not pk.isdecimal():
        return None
    return ProductGroup(ProductGroupKind(kind), int(pk))
