"""The alerts of a business, and what its new lists are to warn of (vouchers.md 7.3)."""

from __future__ import annotations

from datetime import datetime

from django.db.models import (
    BooleanField,
    Count,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
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


def loud(*, at: datetime) -> QuerySet[Alert]:
    """Return what waits for somebody, in all businesses: open, not acknowledged, not snoozed."""
    awake = Q(snoozed_until__isnull=True) | Q(snoozed_until__lte=at)
    # What is open is not resolved; said twice, so that the index of lasting alerts answers.
    return Alert.objects.filter(awake, resolved_at__isnull=True, state=AlertState.OPEN)


def loud_count(*, business: Organisation, at: datetime) -> int:
    """Count what waits for somebody of the business."""
    return loud(at=at).filter(business=business).count()


def loud_of_member(at: datetime) -> Coalesce:
    """Return the expression that counts, for a membership, what waits in its organisation."""
    rows = loud(at=at).filter(business=OuterRef("organisation")).order_by().values("business")
    counted = Subquery(
        rows.annotate(count=Count("pk")).values("count"), output_field=IntegerField()
    )
    return Coalesce(counted, Value(0))


def settings_of(*, business: Organisation) -> VoucherSettings:
    """Return the business's settings; unsaved ones with the defaults where it has set none."""
    found = VoucherSettings.objects.filter(business=business).first()
    return found or VoucherSettings(
        business=business, warn_days_to_expiry=list(DAYS_TO_EXPIRY), version=0
    )
