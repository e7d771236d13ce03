"""What lists warn of by default, who hears of it, and who is one person (vouchers.md 7.3, 2.8)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from core.errors import StaleVersion
from directory.models import Organisation
from vouchers.choices import ListStatus
from vouchers.models import VoucherList, VoucherSettings

FIELDS = (
    "warn_used_percent",
    "warn_remaining",
    "warn_days_left",
    "warn_days_to_expiry",
    "warn_waiting",
)


def update(
    *,
    business: Organisation,
    data: Mapping[str, Any],
    version: int,
    for_all_lists: bool = False,
    at: datetime,
) -> VoucherSettings:
    """Save the defaults, and with `for_all_lists` set them on every list that is not archived.

    Raises `StaleVersion` when somebody else saved them since they were shown.
    """
    values = {name: data[name] for name in (*FIELDS, "warn_addresses", "ignores_plus_tags")}
    with transaction.atomic():
        if version == 0:
            _, created = VoucherSettings.objects.get_or_create(
                business=business,
                defaults={**values, "created_at": at, "updated_at": at},
            )
            changed = int(created)
        else:
            changed = VoucherSettings.objects.filter(business=business, version=version).update(
                **values, version=F("version") + 1, updated_at=at
            )
        if not changed:
            raise StaleVersion("Somebody else saved these settings meanwhile. Reload the page.")
        if for_all_lists:
            same = {name: data[name] for name in FIELDS}
            VoucherList.objects.filter(business=business).exclude(
                status=ListStatus.ARCHIVED
            ).update(**same, version=F("version") + 1, updated_at=at)
        return VoucherSettings.objects.get(business=business)
