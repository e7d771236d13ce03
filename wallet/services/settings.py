"""What a business chooses for redemption, returns, holds and journals (wallet.md 5.1)."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field

from django.db import transaction

from core.errors import StaleVersion
from directory.models import Organisation
from wallet.choices import ClawbackPolicy, PayoutMethod, RedemptionMode, Reduction
from wallet.models import WalletSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """Everything that a business may choose. Money is in minor units of its base currency."""

    redemption_mode: str = RedemptionMode.ON_SPEND
    reduction: str = Reduction.BACK_END
    caps_commerce_at_90: bool = False
    pays_out_on_redemption: bool = False
    payout_method: str = PayoutMethod.WALLET
    payout_threshold_minor: int | None = None
    clawback_policy: str = ClawbackPolicy.LIMIT
    grace_days: int = 7
    hold_minutes: int = 15
    four_eyes_above_minor: int = 10_000
    commerce_is_transferable: bool = False
    # What contacts may top up by themselves; none are offered where it is empty.
    top_up_amounts: list[int] = field(default_factory=list)


def choose(*, business: Organisation, choices: Choices, version: int) -> WalletSettings:
    """Put other choices in force for later purchases; each purchase keeps those it was made under.

    Raises `StaleVersion` where somebody else saved since the form was opened.
    """
    with transaction.atomic():
        WalletSettings.objects.get_or_create(business=business)
        locked = WalletSettings.objects.select_for_update().get(business=business)
        if locked.version != version:
            raise StaleVersion("Somebody else saved these settings. Open the page anew.")
        for name, value in asdict(choices).items():
            setattr(locked, name, value)
        locked.version += 1
        locked.save()
        return locked
