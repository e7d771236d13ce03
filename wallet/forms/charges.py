"""Limits and fees as a business sets them, and the amount of the example beside them (wallet.md 10)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms

from core.forms import MoneyField, PercentField
from core.money import Money
from wallet.choices import ChargedOn, LimitOn, LimitPeriod
from wallet.services.fees import Fee
from wallet.services.limits import Limit

CENT = Decimal("0.01")
MOST_TIMES = 10_000


class _ChargeForm(forms.Form):
    """A rule in the business's currency, with an amount to work it through for."""

    example = "100"
    example_label = ""

    def __init__(self, data: Any = None, *, currency: str, **kwargs: Any) -> None:
        self.currency = currency
        super().__init__(data, **kwargs)
        for name, field in self.amounts().items():
            self.fields[name] = field
        start = Money.parse(self.example, currency)
        self.fields["example"] = MoneyField(
            currencies=(currency,), minimum=Decimal(0), maximum=Decimal(1_000_000),
            required=False, initial=start, label=self.example_label,
            help_text="Only for the example. Nothing of it is saved.",
        )  # fmt: skip
        self.order_fields(self.field_order)

    def amounts(self) -> dict[str, forms.Field]:
        """Return the fields of money, which need the currency."""
        raise NotImplementedError

    def example_minor(self) -> int:
        """Return the amount of the example as typed, or the one that it began with."""
        typed = self.cleaned_data.get("example") if self.is_bound and self._typed() else None
        chosen = typed or Money.parse(self.example, self.currency)
        return int(chosen.minor)

    def _typed(self) -> bool:
        """Clean whatever can be cleaned; what is wrong is left out."""
        self.is_valid()
        return True


class LimitForm(_ChargeForm):
    """At most so much, or so often, in each period. A second rule of a kind replaces the first."""

    example = "80"
    example_label = "For example, somebody has moved"

    applies_to = forms.ChoiceField(
        label="What is limited", choices=LimitOn.choices, widget=forms.RadioSelect,
        initial=LimitOn.TRANSFER,
        help_text="Awards, refunds and journals are never limited."
        " What goes back of a spend is free again.",
    )  # fmt: skip
    period = forms.ChoiceField(
        label="For each", choices=[(one.value, one.label.removeprefix("a ")) for one in LimitPeriod],
        widget=forms.RadioSelect, initial=LimitPeriod.DAILY,
        help_text="Calendar periods by the clock of your business.",
    )  # fmt: skip
    most_times = forms.IntegerField(
        label="At most so many times", required=False, min_value=1, max_value=MOST_TIMES
    )

    field_order = ("applies_to", "period", "most", "most_times", "example")

    def amounts(self) -> dict[str, forms.Field]:
        most = MoneyField(
            currencies=(self.currency,), minimum=Decimal(0), required=False,
            label="At most this amount",
            help_text="Give an amount, a number of times, or both.",
        )  # fmt: skip
        return {"most": most}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        nothing = cleaned.get("most") is None and cleaned.get("most_times") is None
        if nothing and not {"most", "most_times"} & set(self.errors):
            self.add_error("most", "Give an amount, a number of times, or both.")
        return cleaned

    def limit(self) -> Limit | None:
        """Return the rule as typed so far; None while it does not limit anything yet."""
        if not self.is_bound:
            return None
        self.is_valid()
        of = self.cleaned_data
        most: Money | None = of.get("most")
        says_nothing = most is None and of.get("most_times") is None
        if says_nothing or not of.get("applies_to") or not of.get("period"):
            return None
        return Limit(
            LimitOn(of["applies_to"]),
            LimitPeriod(of["period"]),
            most.minor if most is not None else None,
            of.get("most_times"),
        )


class FeeForm(_ChargeForm):
    """What an act costs the contact. Several fees of a kind are charged beside each other."""

    example = "20"
    example_label = "For example, an amount of"

    name = forms.CharField(
        label="Name", max_length=80, help_text="Contacts read it in their history."
    )
    charged_on = forms.ChoiceField(
        label="Charged on", choices=ChargedOn.choices, widget=forms.RadioSelect,
        initial=ChargedOn.CREDIT,
    )  # fmt: skip
    percent = PercentField(label="Share of the amount", required=False)

    def amounts(self) -> dict[str, forms.Field]:
        fixed = MoneyField(
            currencies=(self.currency,), minimum=CENT, required=False, label="Fixed amount",
            help_text="Give a share, a fixed amount, or both.",
        )  # fmt: skip
        return {"fixed": fixed}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        nothing = not cleaned.get("percent") and cleaned.get("fixed") is None
        if nothing and not {"percent", "fixed"} & set(self.errors):
            self.add_error("percent", "Give a share, a fixed amount, or both.")
        return cleaned

    def fee(self) -> Fee | None:
        """Return the rule as typed so far; None while it costs nothing yet."""
        if not self.is_bound:
            return None
        self.is_valid()
        of = self.cleaned_data
        fixed: Money | None = of.get("fixed")
        if not of.get("charged_on") or not (of.get("percent") or fixed):
            return None
        return Fee(
            of.get("name", ""),
            ChargedOn(of["charged_on"]),
            of.get("percent") or Decimal(0),
            fixed.minor if fixed is not None else 0,
        )
