"""Which pools an award may go into now, so that a purchase is never refused for an offer's pool."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db.models import Q

from directory.models import Organisation
from wallet.choices import PoolState
from wallet.models import CommercePoolVersion
from wallet.rules.expiry import window
from wallet.services.lots import validity_of


def versions_that_take_money(
    *, business: Organisation, ids: Collection[int], at: datetime
) -> dict[int, CommercePoolVersion]:
    """Return by id those of the versions under which an award can be granted at the moment; one query.

    Left out are retired pools, pools of others that are not published, and those whose money would be
    expired from the start.
    """
    if not ids:
        return {}
    rows = CommercePoolVersion.objects.select_related("pool").filter(
        Q(pool__business=business) | Q(pool__is_published=True),
        pk__in=ids,
        pool__state=PoolState.ACTIVE,
    )
    return {row.pk: row for row in rows if _lives(row, business, at)}


def _lives(version: CommercePoolVersion, business: Organisation, at: datetime) -> bool:
    usable = window(validity_of(version), awarded_at=at, zone=business.time_zone)
    return usable.expires_at is None or usable.expires_at > max(at, usable.starts_at)
