"""What a business chooses for its wallets, and the example beside it (wallet.md 5.1)."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from core.forms import MoneyField, VersionedForm, amount_text
from core.money import Money, NotMoney
from directory.models import Organisation
from wallet.choices import ClawbackPolicy, PayoutMethod, RedemptionMode, Reduction
from wallet.models import WalletSettings
from wallet.rules.examples import Amounts, Options
from wallet.services.settings import Choices

MOST_AMOUNTS = 8
GROUPS = (
    ("Redemption", "", ("redemption_mode", "reduction", "caps_commerce_at_90")),
    (
        "Payout of redeemed money",
        "Only with redemption on every matching purchase: the contact pays in full and is reimbursed.",
        ("pays_out_on_redemption", "payout_method", "payout_threshold"),
    ),
    ("Returned purchases", "", ("clawback_policy", "grace_days")),
    ("Tills and contacts", "", ("hold_minutes", "commerce_is_transferable", "top_up_amounts")),
    ("Manual journals", "", ("four_eyes_above",)),
)


class RedemptionForm(VersionedForm):
    """Every setting of redemption, each with what it means."""

    redemption_mode = forms.ChoiceField(
        label="Redeem commerce money", choices=RedemptionMode.choices, widget=forms.RadioSelect
    )
    reduction = forms.ChoiceField(
        label="The price is lowered", choices=Reduction.choices, widget=forms.RadioSelect,
        help_text="At the till the contact pays less. Afterwards the contact has paid in full, and"
        " redeemed money goes to the business pocket.",
    )  # fmt: skip
    caps_commerce_at_90 = forms.BooleanField(
        label="Commerce money pays at most 90 % of a purchase",
        required=False,
        help_text="Instant discounts count inside the 90 %. Other money may pay the rest. It applies"
        " when the contact asks to spend.",
    )
    pays_out_on_redemption = forms.BooleanField(
        label="Pay redeemed money out by itself",
        required=False,
        help_text="Only with redemption on every matching purchase, where the price was paid in full.",
    )
    payout_method = forms.ChoiceField(
        label="Pay out to", choices=PayoutMethod.choices, required=False
    )
    payout_threshold = MoneyField(currencies=("EUR",), required=False)
    clawback_policy = forms.ChoiceField(
        label="If a returned award was spent already", choices=ClawbackPolicy.choices,
        widget=forms.RadioSelect,
        help_text="What the contact owes is repaid from later awards, never from the open pocket.",
    )  # fmt: skip
    grace_days = forms.IntegerField(
        label="Days of grace", min_value=0, max_value=365,
        help_text="How long money stays usable that comes back after it expired. 0 for none.",
    )  # fmt: skip
    hold_minutes = forms.IntegerField(
        label="Minutes that a till may hold money", min_value=1, max_value=1440,
        help_text="After that the money goes back where it came from.",
    )  # fmt: skip
    commerce_is_transferable = forms.BooleanField(
        label="Contacts may send commerce money to each other",
        required=False,
        help_text="Only from pools that say so themselves.",
    )
    top_up_amounts = forms.CharField(
        label="Amounts that contacts may top up",
        required=False,
        help_text="Separated by commas, such as 10, 20, 50. Leave it empty to offer none.",
    )
    four_eyes_above = MoneyField(currencies=("EUR",), minimum=Decimal(0))

    show_when = {
        "caps_commerce_at_90": "redemption_mode=ON_SPEND",
        "pays_out_on_redemption": "redemption_mode=AUTOMATIC",
        "payout_method": "redemption_mode=AUTOMATIC",
        "payout_threshold": "redemption_mode=AUTOMATIC",
    }

    def __init__(self, data: Any = None, *, business: Organisation, chosen: WalletSettings) -> None:
        self.currency = business.base_currency
        super().__init__(data, initial=_initial(chosen, self.currency))
        self.fields["payout_threshold"] = MoneyField(
            currencies=(self.currency,), minimum=Decimal("0.01"), required=False,
            label="Pay out only from",
            help_text="The business pocket together with what was redeemed has to reach this amount;"
            " then all of it is paid out. Leave it empty for no restriction.",
        )  # fmt: skip
        self.fields["four_eyes_above"] = MoneyField(
            currencies=(self.currency,), minimum=Decimal(0),
            label="A second person confirms above",
            help_text="Nobody confirms their own journal.",
        )  # fmt: skip

    def groups(self) -> list[tuple[str, str, list[Any]]]:
        """Return the fields under their headings and hints, for the page."""
        return [(title, hint, [self[name] for name in names]) for title, hint, names in GROUPS]

    def clean_top_up_amounts(self) -> list[int]:
        """Read the amounts, sorted and each once."""
        found = set()
        for part in re.split(r"[,;\s]+", self.cleaned_data["top_up_amounts"].strip()):
            if not part:
                continue
            try:
                money = Money.parse(amount_text(part), self.currency)
            except NotMoney as error:
                raise ValidationError("Write amounts like 10, 20, 50.") from error
            if money.minor <= 0:
                raise ValidationError("Give amounts above zero.")
            found.add(money.minor)
        if len(found) > MOST_AMOUNTS:
            raise ValidationError(f"Offer at most {MOST_AMOUNTS} amounts.")
        return sorted(found)

    def choices(self) -> Choices:
        """Return what was chosen."""
        of = self.cleaned_data
        threshold: Money | None = of["payout_threshold"]
        return Choices(
            redemption_mode=of["redemption_mode"],
            reduction=of["reduction"],
            caps_commerce_at_90=of["caps_commerce_at_90"],
            pays_out_on_redemption=of["pays_out_on_redemption"],
            payout_method=of["payout_method"] or PayoutMethod.WALLET,
            payout_threshold_minor=threshold.minor if threshold else None,
            clawback_policy=of["clawback_policy"],
            grace_days=of["grace_days"],
            hold_minutes=of["hold_minutes"],
            four_eyes_above_minor=of["four_eyes_above"].minor,
            commerce_is_transferable=of["commerce_is_transferable"],
            top_up_amounts=of["top_up_amounts"],
        )

    def options(self) -> Options:
        """Return what the example needs of the settings as they stand in the form now."""
        valid = self.is_valid()
        of = self.cleaned_data if self.is_bound else self.initial
        if self.is_bound and not valid:
            of = {**self.initial, **self.cleaned_data}
        mode, threshold = of["redemption_mode"], of.get("payout_threshold")
        return Options(
            is_automatic=mode == RedemptionMode.AUTOMATIC,
            needs_activation=mode == RedemptionMode.ACTIVATED_POOLS,
            is_front_end=of["reduction"] == Reduction.FRONT_END,
            at_90=bool(of.get("caps_commerce_at_90")) and mode == RedemptionMode.ON_SPEND,
            pays_out=bool(of.get("pays_out_on_redemption")),
            threshold=threshold.minor if threshold else None,
        )


class ExampleForm(forms.Form):
    """The purchase of the example and what the contact of the example has."""

    prefix = "example"
    mark_optional = False

    def __init__(self, data: Any = None, *, currency: str) -> None:
        self.currency = currency
        initial = {
            name: Money.parse(text, currency)
            for name, text in (
                ("total", "100"), ("instant", "0"), ("commerce", "95"), ("business", "4"), ("open", "3"),
            )
        }  # fmt: skip
        super().__init__(data, initial={**initial, "asks": True, "activated": True})
        labels = {
            "total": "A purchase of",
            "instant": "Instant discounts on it",
            "commerce": "Commerce pocket",
            "business": "Business pocket",
            "open": "Open pocket",
        }
        for name, label in labels.items():
            self.fields[name] = MoneyField(
                currencies=(currency,), minimum=Decimal(0), maximum=Decimal(1_000_000),
                required=False, label=label,
            )  # fmt: skip
        self.fields["asks"] = forms.BooleanField(
            label="The contact asks to pay with the wallet", required=False
        )
        self.fields["activated"] = forms.BooleanField(
            label="The contact activated the pool", required=False
        )

    def amounts(self) -> Amounts:
        """Return the figures; what cannot be read counts as what the example begins with."""
        if not self.is_bound:
            of = dict(self.initial)
        else:
            self.is_valid()
            of = {**dict.fromkeys(("asks", "activated"), False), **self.cleaned_data}
        minors = {
            name: (of.get(name) or Money.zero(self.currency)).minor
            for name in ("total", "instant", "commerce", "business", "open")
        }
        return Amounts(**minors, asks=bool(of["asks"]), activated=bool(of["activated"]))


def _initial(chosen: WalletSettings, currency: str) -> dict[str, Any]:
    """Return what is in force as the form shows it."""
    threshold = chosen.payout_threshold_minor
    amounts = [Money(minor, currency).amount for minor in chosen.top_up_amounts]
    return {
        "version": chosen.version,
        "redemption_mode": chosen.redemption_mode,
        "reduction": chosen.reduction,
        "caps_commerce_at_90": chosen.caps_commerce_at_90,
        "pays_out_on_redemption": chosen.pays_out_on_redemption,
        "payout_method": chosen.payout_method,
        "payout_threshold": Money(threshold, currency) if threshold else None,
        "clawback_policy": chosen.clawback_policy,
        "grace_days": chosen.grace_days,
        "hold_minutes": chosen.hold_minutes,
        "commerce_is_transferable": chosen.commerce_is_transferable,
        "top_up_amounts": ", ".join(f"{amount.normalize():f}" for amount in amounts),
        "four_eyes_above": Money(chosen.four_eyes_above_minor, currency),
    }
