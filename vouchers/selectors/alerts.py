"""The alerts of a business, and what its new lists are to warn of (vouchers.md 7.3)."""

from __future__ import annotations

from datetime import datetime

from django.db.models import BooleanField, Q, QuerySet
from django.db.models.functions import Coalesce

from core.errors import NotFound
from directory.models import Organisation
from vouchers.choices import AlertState
from vouchers.models import Alert, VoucherList, VoucherSettings

# A new business warns of these days to expiry.
DAYS_TO_EXPIRY = (14, 3)


def alerts_of(*, business: Organisation) -> QuerySet[Alert]:
    """Return the alerts of the business with what their rows show."""
    return Alert.objects.filter(business=business).select_related(
        "voucher_list__partner", "acknowledged_by"
    )


def with_sleep(alerts: QuerySet[Alert], *, at: datetime) -> QuerySet[Alert]:
    """Say of each alert whether it is snoozed now."""
    return alerts.annotate(
        is_asleep=Coalesce(Q(snoozed_until__gt=at), False, output_field=BooleanField())
    )


def alert(*, business: Organisation, pk: int) -> Alert:
    """Return one alert of the business; raises `NotFound`."""
    found = alerts_of(business=business).select_related("business").filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no such alert.")
    return found


def alerts_of_list(*, voucher_list: VoucherList) -> QuerySet[Alert]:
    """Return the alerts of one list, the newest first."""
    rows = Alert.objects.filter(voucher_list=voucher_list).select_related("acknowledged_by")
    return rows.order_by("-raised_at", "-pk")


def loud_count(*, business: Organisation, at: datetime) -> int:
    """Count what waits for somebody: open, not acknowledged, not snoozed."""
    awake = Q(snoozed_until__isnull=True) | Q(snoozed_until__lte=at)
    # What is open is not resolved; said twice, so that the index of lasting alerts answers.
    rows = Alert.objects.filter(business=business, resolved_at__isnull=True, state=AlertState.OPEN)
    return rows.filter(awake).count()


def settings_of(*, business: Organisation) -> VoucherSettings:
    """Return the business's settings; unsaved ones with the defaults where it has set none."""
    found = VoucherSettings.objects.filter(business=business).first()
    return found or VoucherSettings(
        business=business, warn_days_to_expiry=list(DAYS_TO_EXPIRY), version=0
    )
