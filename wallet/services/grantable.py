"""Which pools an award may go into now, so that a purchase is never refused for an offer's pool."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from core.prepared import prepared
from core.statements import columns, names, read
from directory.models import Organisation
from wallet.choices import PoolState
from wallet.models import CommercePool, CommercePoolVersion
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
    with prepared() as cursor:
        cursor.execute(_takes_money_sql(), [list(ids), PoolState.ACTIVE, business.pk])
        rows = [_version(row) for row in cursor.fetchall()]
    return {row.pk: row for row in rows if _lives(row, business, at)}


@lru_cache
def _takes_money_sql() -> str:
    return f"""
        SELECT {columns(CommercePoolVersion, "version")}, {columns(CommercePool, "pool")}
        FROM wallet_commercepoolversion AS version
        JOIN wallet_commercepool AS pool ON pool.id = version.pool_id
        WHERE version.id = ANY(%s) AND pool.state = %s
            AND (pool.business_id = %s OR pool.is_published)
    """  # noqa: S608 - names of columns alone


def _version(row: Sequence[Any]) -> CommercePoolVersion:
    many = len(names(CommercePoolVersion))
    version = read(CommercePoolVersion, row[:many])
    version.pool = read(CommercePool, row[many:])
    return version


def _lives(version: CommercePoolVersion, business: Organisation, at: datetime) -> bool:
    usable = window(validity_of(version), awarded_at=at, zone=business.time_zone)
    return usable.expires_at is None or usable.expires_at > max(at, usable.starts_at)
