"""The configuration of a business, compiled and kept in the process until it changes.

The mark of a snapshot is read with one query before every use: the revision, which every change of
settings, schemes and offers moves on, and what changes elsewhere but is part of a definition: the
newest versions and states of the pools, and the prices of products that are given away.
"""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import Any

from core.prepared import prepared
from directory.models import Organisation
from rewards import configuration
from rewards.choices import Switch
from rewards.models import RewardOffer, RewardScheme
from rewards.rules.snapshot import Snapshot
from rewards.selectors.definitions import definitions_of, with_schemes_named
from rewards.selectors.settings import pure, settings_of

Mark = tuple[Any, ...]
MOST_KEPT = 64
TRIES = 3


_MARK = """
    SELECT
        (SELECT revision FROM rewards_rewardsettings WHERE business_id = %(business)s),
        pools.version, pools.changed, prices.every
    FROM (
        SELECT max(version.id) AS version, max(pool.updated_at) AS changed
        FROM wallet_commercepool AS pool
        JOIN wallet_commercepoolversion AS version ON version.pool_id = pool.id
        WHERE pool.business_id = %(business)s
    ) AS pools, (
        SELECT string_agg(DISTINCT price.id || '=' || price.price_minor, ',') AS every
        FROM rewards_rewardoffer AS giving
        JOIN directory_productprice AS price
        ON price.product_id = giving.award_product_id AND price.currency = giving.currency
        WHERE giving.business_id = %(business)s AND giving.award_product_id IS NOT NULL
    ) AS prices
"""


class _Kept:
    """The snapshots that this process has at hand, the most recently used last."""

    def __init__(self) -> None:
        self._found: OrderedDict[int, tuple[Mark, Snapshot]] = OrderedDict()
        self._lock = Lock()

    def get(self, business_id: int, mark: Mark) -> Snapshot | None:
        with self._lock:
            there = self._found.get(business_id)
            if there is None or there[0] != mark:
                return None
            self._found.move_to_end(business_id)
            return there[1]

    def put(self, business_id: int, mark: Mark, snapshot: Snapshot) -> None:
        with self._lock:
            self._found[business_id] = (mark, snapshot)
            self._found.move_to_end(business_id)
            while len(self._found) > MOST_KEPT:
                self._found.popitem(last=False)


_kept = _Kept()


def snapshot_of(*, business: Organisation) -> Snapshot:
    """Return the configuration of the business as of now; one query when nothing has changed.

    A snapshot that was read while somebody changed the configuration is read again, and in the end
    used but not kept. A business that chose nothing yet has no revision, so nothing is kept of it.
    """
    mark = _mark_of(business)
    if (kept := _kept.get(business.pk, mark)) is not None:
        return kept
    for _ in range(TRIES):
        snapshot = _read(business)
        before, mark = mark, _mark_of(business)
        if before == mark:
            if mark[0] is not None:
                _kept.put(business.pk, mark, snapshot)
            break
    return snapshot


def _mark_of(business: Organisation) -> Mark:
    with prepared() as cursor:
        cursor.execute(_MARK, {"business": business.pk})
        return tuple(cursor.fetchone())


def _read(business: Organisation) -> Snapshot:
    rows = list(RewardOffer.objects.filter(business=business, status=Switch.ACTIVE).order_by("pk"))
    schemes = list(RewardScheme.objects.filter(business=business))
    names = {scheme.pk: scheme.name for scheme in schemes}
    return Snapshot.of(
        [with_schemes_named(offer, names) for offer in definitions_of(rows).values()],
        schemes=[configuration.Scheme(row.pk, row.name, row.is_active) for row in schemes],
        settings=pure(settings_of(business=business)),
    )
