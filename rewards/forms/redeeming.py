"""Step 5, Redeem: how the award reaches the contact, and under which pool it is spent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast

from django import forms

from rewards.choices import RedeemMethod
from rewards.forms.steps import StepForm
from rewards.selectors.settings import methods_for, settings_of
from rewards.services.offer_data import OfferData
from wallet.selectors import pools_of


class RedeemForm(StepForm):
    """The redeem method where the type has a choice, and the commerce pool, which every offer needs."""

    mark_optional = False
    suggestions: Mapping[str, str] = {"pool": "commerce_pool"}
    redeem_method = forms.ChoiceField(label="The contact gets it", widget=forms.RadioSelect)
    commerce_pool = forms.ChoiceField(
        label="Commerce pool",
        required=False,
        help_text="Says where, when and until when the money can be spent.",
    )

    def initial_of(self, data: OfferData) -> dict[str, Any]:
        return {"redeem_method": data.redeem_method, "commerce_pool": data.commerce_pool_id or ""}

    def prepare(self) -> None:
        settings = settings_of(business=self.business)
        allowed = methods_for(settings=settings, acting=self.acting, kind=self.offer.kind)
        methods = [(one.value, METHODS[one]) for one in RedeemMethod if one in allowed]
        if not methods:
            methods = [(self.now.redeem_method, RedeemMethod(self.now.redeem_method).label)]
        self._choices("redeem_method", methods)
        if len(methods) == 1:
            self.fields["redeem_method"].widget = forms.HiddenInput()
            self.initial["redeem_method"] = methods[0][0]
        pools = pools_of(business=self.business)
        self._choices("commerce_pool", [("", "Choose a commerce pool"),
                                        *((str(pool.pk), pool.name) for pool in pools)])  # fmt: skip

    def _choices(self, name: str, choices: Any) -> None:
        cast("forms.ChoiceField", self.fields[name]).choices = choices

    def clean_commerce_pool(self) -> int | None:
        chosen = str(self.cleaned_data["commerce_pool"] or "")
        return int(chosen) if chosen else None

    def changed(self, data: OfferData, cleaned: Mapping[str, Any]) -> OfferData:
        pool = cleaned.get("commerce_pool")
        return replace(
            data,
            redeem_method=cleaned.get("redeem_method") or data.redeem_method,
            commerce_pool_id=int(pool) if pool else None,
        )


METHODS = {
    RedeemMethod.INSTANT: "Instant discount: off the price of the purchase that earned it",
    RedeemMethod.DEFERRED: "Cashback: credited now, spent on a later purchase",
}
