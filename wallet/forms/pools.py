"""The form of a commerce pool, and the purchase that is tried on it (wallet.md 4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django import forms

from core.calendar import local
from core.forms import LocalDateTimeField, MoneyField
from core.money import Money
from directory.models import Organisation
from events.drafts import LineData, PurchaseData
from events.selectors.choices import place_choices, product_choices
from wallet.choices import Classification, EndRule, PeriodUnit, StartRule
from wallet.models import CommercePoolVersion
from wallet.services.pools import PoolRules

START_UNITS = [choice for choice in PeriodUnit.choices if choice[0] != PeriodUnit.YEAR]
TRIED_LINES = 3


def _day(**kwargs: Any) -> forms.DateField:
    return forms.DateField(
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "Choose the day."},
        **kwargs,
    )


class PoolForm(forms.Form):
    """Name, validity and handling of a pool; its conditions stand in the shared editor below."""

    name = forms.CharField(
        max_length=120, help_text="Contacts see it, such as “Lunch at the harbour”."
    )
    description = forms.CharField(
        max_length=1000,
        required=False,
        widget=forms.Textarea({"rows": 2}),
        help_text="In your own words, shown to contacts beside the rules.",
    )
    start_rule = forms.ChoiceField(
        label="Can be used", choices=StartRule.choices, widget=forms.RadioSelect
    )
    starts_on = _day(label="From", help_text="The first day on which the money can be used.")
    start_after = forms.IntegerField(
        label="How long after", min_value=1, max_value=999, required=False
    )
    start_unit = forms.ChoiceField(label="Unit", choices=START_UNITS, required=False)
    end_rule = forms.ChoiceField(label="Expires", choices=EndRule.choices, widget=forms.RadioSelect)
    last_day = _day(label="Last day it can be used", help_text="That day is included.")
    end_after = forms.IntegerField(
        label="How long after", min_value=1, max_value=999, required=False
    )
    end_unit = forms.ChoiceField(label="Unit", choices=PeriodUnit.choices, required=False)
    requires_activation = forms.BooleanField(
        label="The contact has to activate it first",
        required=False,
        help_text="Its money is used only on the next purchase within an hour of the activation.",
    )
    classification = forms.ChoiceField(
        label="Counts as", choices=Classification.choices, widget=forms.RadioSelect
    )

    show_when = {
        "starts_on": "start_rule=FIXED",
        "start_after": "start_rule=RELATIVE",
        "start_unit": "start_rule=RELATIVE",
        "last_day": "end_rule=FIXED",
        "end_after": "end_rule=RELATIVE",
        "end_unit": "end_rule=RELATIVE",
    }

    def __init__(
        self, *args: Any, version: CommercePoolVersion | None = None, **kwargs: Any
    ) -> None:
        kwargs.setdefault("initial", _initial(version))
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        """Ask for what the chosen rules need, and leave out what they do not."""
        cleaned: dict[str, Any] = super().clean() or {}
        self._clean_start(cleaned)
        self._clean_end(cleaned)
        first, last = cleaned.get("starts_on"), cleaned.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", "Choose a last day that is not before the first.")
        return cleaned

    def _clean_start(self, cleaned: dict[str, Any]) -> None:
        rule = cleaned.get("start_rule")
        if rule != StartRule.FIXED:
            cleaned["starts_on"] = None
        elif not cleaned.get("starts_on") and "starts_on" not in self.errors:
            self.add_error("starts_on", "Choose the first day.")
        if rule != StartRule.RELATIVE:
            cleaned["start_after"], cleaned["start_unit"] = None, ""
        elif not cleaned.get("start_after") and "start_after" not in self.errors:
            self.add_error("start_after", "Say how long after the award, such as 3 days.")

    def _clean_end(self, cleaned: dict[str, Any]) -> None:
        rule = cleaned.get("end_rule")
        if rule != EndRule.FIXED:
            cleaned["last_day"] = None
        elif not cleaned.get("last_day") and "last_day" not in self.errors:
            self.add_error("last_day", "Choose the last day on which it can be used.")
        if rule != EndRule.RELATIVE:
            cleaned["end_after"], cleaned["end_unit"] = None, ""
        elif not cleaned.get("end_after") and "end_after" not in self.errors:
            self.add_error("end_after", "Say how long after the award, such as 1 year.")

    def rules(self) -> PoolRules:
        """Return what was entered; the day after the last usable one is the first expired."""
        of = self.cleaned_data
        last: date | None = of["last_day"]
        return PoolRules(
            description=of["description"],
            classification=of["classification"],
            start_rule=of["start_rule"],
            starts_on=of["starts_on"],
            start_after=of["start_after"],
            start_unit=of["start_unit"],
            end_rule=of["end_rule"],
            ends_on=last + timedelta(days=1) if last else None,
            end_after=of["end_after"],
            end_unit=of["end_unit"],
            requires_activation=of["requires_activation"],
        )

    def draft(self) -> CommercePoolVersion:
        """Return the version that would be saved, without saving it."""
        rules = self.rules()
        return CommercePoolVersion(
            **{field.name: getattr(rules, field.name) for field in fields(rules)}
        )


def _initial(version: CommercePoolVersion | None) -> dict[str, Any]:
    if version is None:
        return {
            "start_rule": StartRule.NONE,
            "end_rule": EndRule.RELATIVE,
            "end_after": 1,
            "end_unit": PeriodUnit.YEAR,
            "classification": Classification.PAYMENT_METHOD,
        }
    return {
        "name": version.pool.name,
        "description": version.description,
        "start_rule": version.start_rule,
        "starts_on": version.starts_on,
        "start_after": version.start_after,
        "start_unit": version.start_unit or PeriodUnit.DAY,
        "end_rule": version.end_rule,
        "last_day": version.ends_on and version.ends_on - timedelta(days=1),
        "end_after": version.end_after,
        "end_unit": version.end_unit or PeriodUnit.YEAR,
        "requires_activation": version.requires_activation,
        "classification": version.classification,
    }


class UsageForm(forms.Form):
    """Who may put money into a pool besides offers; in force at once, for money granted before too."""

    is_transferable = forms.BooleanField(
        label="Contacts may send its money to each other",
        required=False,
        help_text="The money keeps its conditions and its expiry.",
    )
    is_for_top_ups = forms.BooleanField(
        label="Contacts may top up into it",
        required=False,
        help_text="What they pay in can be spent only as the pool allows.",
    )
    is_published = forms.BooleanField(
        label="Published to your network",
        required=False,
        help_text="Other businesses of your service owner may award into it.",
    )


class TrialForm(forms.Form):
    """A purchase to try: where, when, what, and how much money of the pool there would be."""

    prefix = "try"

    lot = MoneyField(currencies=("EUR",), minimum=Decimal("0.01"), label="Money of the pool")
    awarded_on = forms.DateField(
        label="Granted on", widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    place = forms.ChoiceField(label="Bought at")
    performed_at = LocalDateTimeField(label="Bought on")
    activated = forms.BooleanField(label="The contact activated the pool before", required=False)

    def __init__(
        self, data: Any = None, *, business: Organisation, at: datetime, **kwargs: Any
    ) -> None:
        currency, zone = business.base_currency, business.time_zone
        now = local(at, zone)
        kwargs.setdefault(
            "initial",
            {
                "lot": Money.parse("10", currency),
                "awarded_on": now.date(),
                "performed_at": at.replace(second=0, microsecond=0),
                "place": f"business:{business.pk}",
            },
        )
        super().__init__(data, **kwargs)
        self.business = business
        self.fields["lot"] = MoneyField(
            currencies=(currency,), minimum=Decimal("0.01"), label="Money of the pool"
        )
        self.fields["performed_at"] = LocalDateTimeField(label="Bought on", zone=zone)
        self._choices("place", place_choices(business=business))
        goods = [("", "Anything"), *product_choices(business=business)["skus"]]
        for number in range(1, TRIED_LINES + 1):
            self.fields[f"product_{number}"] = forms.ChoiceField(
                label=f"Line {number}", choices=goods, required=False
            )
            self.fields[f"amount_{number}"] = MoneyField(
                currencies=(currency,), label=f"Price of line {number}", required=number == 1
            )
        self.initial.setdefault("amount_1", Money.parse("20", currency))
        self.order_fields(
            ["place", "performed_at", *self.line_names, "lot", "awarded_on", "activated"]
        )

    @property
    def line_names(self) -> list[str]:
        return [
            f"{part}_{number}"
            for number in range(1, TRIED_LINES + 1)
            for part in ("product", "amount")
        ]

    @property
    def lines(self) -> list[list[Any]]:
        """The rows of the basket, for the page."""
        pairs = range(1, TRIED_LINES + 1)
        return [[self[f"product_{number}"], self[f"amount_{number}"]] for number in pairs]

    def _choices(self, name: str, choices: Sequence[tuple[Any, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = list(choices)

    @property
    def place_id(self) -> int:
        return int(self.cleaned_data["place"].partition(":")[2])

    def purchase(self, skus: dict[int, str]) -> PurchaseData:
        """Return the purchase; lines without a product are anything at all."""
        of, lines = self.cleaned_data, []
        for number in range(1, TRIED_LINES + 1):
            money: Money | None = of.get(f"amount_{number}")
            if money is None or not money:
                continue
            key = of.get(f"product_{number}")
            lines.append(
                LineData(
                    sku=skus.get(int(key), "") if key else f"ANY-{number}",
                    name="" if key else f"Anything ({number})",
                    quantity=Decimal(1),
                    net_minor=money.minor,
                    tax_minor=0,
                    total_minor=money.minor,
                )
            )
        total = sum(line.total_minor for line in lines)
        return PurchaseData(
            performed_at=of["performed_at"],
            currency=self.business.base_currency,
            net_minor=total,
            tax_minor=0,
            total_minor=total,
            lines=tuple(lines),
        )
