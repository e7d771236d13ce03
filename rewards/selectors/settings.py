"""What a business has chosen for its rewards, and what merchants may make (rewards.md 2.10)."""

from __future__ import annotations

from datetime import timedelta

from directory.models import Organisation
from rewards import configuration, offer_types
from rewards.choices import RedeemMethod, ResolutionMode
from rewards.models import RewardSettings


def settings_of(*, business: Organisation) -> RewardSettings:
    """Return what the business has chosen, or the defaults."""
    found = RewardSettings.objects.filter(business=business).first()
    return found or RewardSettings(business=business)


def pure(settings: RewardSettings) -> configuration.Settings:
    """Return what evaluation reads of the settings."""
    return configuration.Settings(
        mode=ResolutionMode(settings.mode),
        only_best_instant=settings.only_best_instant,
        late_window=timedelta(days=settings.late_window_days),
    )


def types_for(
    *, settings: RewardSettings, acting: Organisation
) -> tuple[offer_types.OfferType, ...]:
    """Return the types that users of the organisation may make; restrictions bind merchants alone."""
    if acting.is_business or not settings.restricts_merchants:
        return offer_types.all_types()
    return tuple(one for one in offer_types.all_types() if one.key in settings.allowed_types)


def methods_for(
    *, settings: RewardSettings, acting: Organisation, kind: offer_types.OfferType
) -> tuple[RedeemMethod, ...]:
    """Return the redeem methods that users of the organisation may choose for the type."""
    if acting.is_business or not settings.restricts_merchants:
        return kind.redeem_methods
    return tuple(one for one in kind.redeem_methods if one.value in settings.allowed_methods)
