"""Settings › Rewards (rewards.md 2.10), without tiers and redemption, which have pages of their own."""

from __future__ import annotations

from typing import Any, cast

from django import forms

from core.forms import VersionedForm
from rewards import offer_types
from rewards.choices import (
    PeriodUnit,
    RedeemMethod,
    ReferralMethod,
    ResolutionMode,
    SelfSubmission,
)
from rewards.models import RewardSettings
from rewards.services.settings import LONGEST_LATE_WINDOW, SettingsData, data_of

MODE_HINTS = {
    ResolutionMode.ALL: "every offer that matches",
    ResolutionMode.BEST: "the single one of highest value",
    ResolutionMode.BEST_PER_SCHEME: "the one of highest value in each scheme",
}


class RewardSettingsForm(VersionedForm):
    """How several matching offers are resolved, what merchants may make, referrals, late events."""

    mark_optional = False
    show_when = {
        "allowed_types": "restricts_merchants=on",
        "allowed_methods": "restricts_merchants=on",
    }
    mode = forms.ChoiceField(
        label="Contacts get an award from",
        choices=[(mode.value, f"{mode.label}: {hint}") for mode, hint in MODE_HINTS.items()],
        widget=forms.RadioSelect,
    )
    only_best_instant = forms.BooleanField(
        label="Give only the best of several instant discounts",
        required=False,
        help_text="Asked before the choice above. Cashback is not touched by it.",
    )
    late_window_days = forms.IntegerField(
        label="Days within which late purchases count",
        min_value=0,
        max_value=LONGEST_LATE_WINDOW,
        help_text="Older ones are recorded and earn nothing.",
    )
    restricts_merchants = forms.BooleanField(
        label="Restrict the offers of merchants",
        required=False,
        help_text="Merchants' users then make and activate only what is allowed below. Offers that"
        " exist go on until somebody deactivates them.",
    )
    allowed_types = forms.MultipleChoiceField(
        label="Types they may make", required=False, widget=forms.CheckboxSelectMultiple
    )
    allowed_methods = forms.MultipleChoiceField(
        label="Redeem methods they may choose", choices=RedeemMethod.choices, required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    referral_methods = forms.MultipleChoiceField(
        label="Contacts refer others by", choices=ReferralMethod.choices, required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    referral_cap = forms.IntegerField(
        label="Most referrals of one contact", required=False, min_value=1, max_value=100_000,
        help_text="Empty: no limit.",
    )  # fmt: skip
    referral_period_count = forms.IntegerField(label="In each", min_value=1, max_value=1000)
    referral_period_unit = forms.ChoiceField(label="Of these", choices=PeriodUnit.choices)
    self_submission = forms.ChoiceField(
        label="Contacts hand in purchases themselves", choices=SelfSubmission.choices
    )
    enforces_b2b_submission = forms.BooleanField(
        label="Enforce purchase submission to other B2B peers",
        required=False,
        help_text="Stored for your network; it changes nothing here.",
    )

    def __init__(self, *args: Any, settings: RewardSettings, **kwargs: Any) -> None:
        data = data_of(settings)
        kwargs["initial"] = {
            **{name: getattr(data, name) for name in SettingsData.__dataclass_fields__},
            "version": settings.version,
        }
        super().__init__(*args, **kwargs)
        types = cast("forms.MultipleChoiceField", self.fields["allowed_types"])
        types.choices = offer_types.choices()

    def data_for_service(self) -> SettingsData:
        """Return the settings as the service takes them."""
        names = SettingsData.__dataclass_fields__
        return SettingsData(**{name: self.cleaned_data[name] for name in names})

    @property
    def mode_typed(self) -> ResolutionMode:
        """The mode chosen so far, for the worked example."""
        value = self["mode"].value()
        return ResolutionMode(value) if value in ResolutionMode.values else ResolutionMode.ALL

    @property
    def toggle_typed(self) -> bool:
        return bool(self["only_best_instant"].value())
