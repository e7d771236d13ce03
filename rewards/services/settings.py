"""What a business chooses for its rewards (rewards.md 2.10)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime

from django.db import transaction

from core.errors import Invalid, StaleVersion
from directory.models import Organisation
from rewards import offer_types
from rewards.choices import (
    PeriodUnit,
    RedeemMethod,
    ReferralMethod,
    ResolutionMode,
    SelfSubmission,
)
from rewards.models import RewardSettings
from rewards.services.changes import lock_for_change

LONGEST_LATE_WINDOW = 365


class SettingsInvalid(Invalid):
    """A setting lies outside what is possible."""

    code = "settings_invalid"


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsData:
    """The settings as their form gives them; the defaults are those of a new business."""

    mode: str = ResolutionMode.ALL
    only_best_instant: bool = False
    late_window_days: int = 30
    enforces_b2b_submission: bool = False
    restricts_merchants: bool = False
    allowed_types: Sequence[str] = ()
    allowed_methods: Sequence[str] = ()
    referral_methods: Sequence[str] = (ReferralMethod.EMAIL,)
    referral_cap: int | None = None
    referral_period_count: int = 1
    referral_period_unit: str = PeriodUnit.MONTHS
    self_submission: str = SelfSubmission.NONE


def data_of(settings: RewardSettings) -> SettingsData:
    """Return the settings as their form shows them."""
    return SettingsData(
        **{field.name: getattr(settings, field.name) for field in fields(SettingsData)}
    )


def update(
    *, business: Organisation, data: SettingsData, version: int, at: datetime
) -> RewardSettings:
    """Save the settings; events evaluated from then on follow them, awards given stay.

    Restrictions change no offer that exists: one that is forbidden now goes on until somebody
    deactivates it. Raises `SettingsInvalid` with all that is wrong, and `StaleVersion`.
    """
    if problems := _problems(data):
        raise SettingsInvalid("Check the marked settings.", fields=problems)
    with transaction.atomic():
        settings = lock_for_change(business=business)
        if settings.version != version:
            raise StaleVersion(
                "Somebody saved these settings meanwhile. Look at them, then change yours again."
            )
        for field in fields(data):
            value = getattr(data, field.name)
            setattr(settings, field.name, list(value) if isinstance(value, tuple | list) else value)
        settings.version += 1
        settings.save()
        return settings


def _problems(data: SettingsData) -> dict[str, str]:
    found = {}
    if data.mode not in ResolutionMode.values:
        found["mode"] = "Choose one of the three ways."
    if not 0 <= data.late_window_days <= LONGEST_LATE_WINDOW:
        found["late_window_days"] = f"Enter a number of days from 0 to {LONGEST_LATE_WINDOW}."
    if data.self_submission not in SelfSubmission.values:
        found["self_submission"] = "Choose how contacts may submit purchases."
    return found | _restriction_problems(data) | _referral_problems(data)


def _restriction_problems(data: SettingsData) -> dict[str, str]:
    found = {}
    if set(data.allowed_types) - {one.key for one in offer_types.all_types()}:
        found["allowed_types"] = "Choose from the types of offers that there are."
    elif data.restricts_merchants and not data.allowed_types:
        found["allowed_types"] = "Allow merchants at least one type, or switch restrictions off."
    if set(data.allowed_methods) - set(RedeemMethod.values):
        found["allowed_methods"] = "Choose instant discount, cashback, or both."
    elif data.restricts_merchants and not data.allowed_methods:
        found["allowed_methods"] = "Allow instant discounts, cashback, or both."
    return found


def _referral_problems(data: SettingsData) -> dict[str, str]:
    found = {}
    if set(data.referral_methods) - set(ReferralMethod.values):
        found["referral_methods"] = "Choose e-mail, text message, or both."
    if data.referral_cap is not None and data.referral_cap < 1:
        found["referral_cap"] = "Enter at least 1, or leave it empty for no limit."
    if data.referral_period_count < 1 or data.referral_period_unit not in PeriodUnit.values:
        found["referral_period_count"] = "Enter a period of at least one day."
    return found
