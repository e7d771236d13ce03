"""What a campaign has given: its counter, its quotas, and whose turn it is (vouchers.md 5.3, 5.4).

`issued` counts codes that are put aside or were given out and did not come back; `fallback` the code
for everybody, apart. Without a cap a connection always counts in the same slot, so that callers side
by side do not wait for each other; with one all go through slot 0, under the condition.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import connection

from vouchers.models import SLOTS, Campaign

# Whoever counts a code for a recipient holds the recipient, too, until the transaction ends: two
# callers never choose from one allowance at once. The order is the campaign first, then the recipient.
_HOLD = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0)) FROM counted"
_FREE = f"""
WITH counted AS (
    INSERT INTO vouchers_campaigncount AS slot (campaign_id, slot, issued, fallback)
    VALUES (%s, 1 + pg_backend_pid() %% {SLOTS - 1}, %s, %s)
    ON CONFLICT (campaign_id, slot) DO UPDATE
    SET issued = slot.issued + EXCLUDED.issued, fallback = slot.fallback + EXCLUDED.fallback
    RETURNING 1
) {_HOLD}
"""  # noqa: S608 - names alone
_CAPPED = f"""
WITH others AS (
    SELECT COALESCE(SUM(issued), 0) AS issued FROM vouchers_campaigncount
    WHERE campaign_id = %(campaign)s AND slot <> 0
), counted AS (
    INSERT INTO vouchers_campaigncount AS slot (campaign_id, slot, issued, fallback)
    SELECT %(campaign)s, 0, 1, 0 FROM others WHERE others.issued < %(cap)s
    ON CONFLICT (campaign_id, slot) DO UPDATE SET issued = slot.issued + 1
    WHERE slot.issued + (SELECT issued FROM others) < %(cap)s
    RETURNING 1
) {_HOLD.replace("%s", "%(who)s")}
"""  # noqa: S608 - names alone
_ADD = f"""
INSERT INTO vouchers_campaigncount AS slot (campaign_id, slot, issued, fallback)
SELECT id, CASE WHEN max_total IS NULL THEN 1 + pg_backend_pid() %% {SLOTS - 1} ELSE 0 END, %s, 0
FROM vouchers_campaign WHERE id = %s
ON CONFLICT (campaign_id, slot) DO UPDATE SET issued = slot.issued + EXCLUDED.issued
"""  # noqa: S608 - names alone
_SUMS = """
SELECT COALESCE(SUM(issued), 0), COALESCE(SUM(fallback), 0)
FROM vouchers_campaigncount WHERE campaign_id = %s
"""
_OPEN_SLOTS = """
INSERT INTO vouchers_campaigncount (campaign_id, slot, issued, fallback)
SELECT %s, slot, 0, 0 FROM generate_series(0, %s) AS slot
ON CONFLICT (campaign_id, slot) DO NOTHING
"""
_HOLD_SLOTS = """
SELECT slot FROM vouchers_campaigncount WHERE campaign_id = %s ORDER BY slot FOR UPDATE
"""
_TAKE_QUOTA = """
UPDATE vouchers_campaignlist SET taken = taken + 1 WHERE id = %s AND taken < quota
"""
_RETURN_QUOTA = """
UPDATE vouchers_campaignlist SET taken = taken - 1
WHERE campaign_id = %s AND voucher_list_id = %s AND removed_at IS NULL
    AND quota IS NOT NULL AND taken > 0
"""


@dataclass(frozen=True, slots=True)
class Given:
    """How many codes the campaign has given or put aside, and how often its code for everybody."""

    issued: int
    fallback: int


def take(campaign: Campaign, recipient_key: str) -> bool:
    """Count one more code and hold the recipient; False when the campaign gave all it may."""
    who = f"vouchers:{campaign.pk}:{recipient_key}"
    if campaign.max_total is None:
        return _changes(_FREE, [campaign.pk, 1, 0, who])
    return _changes(_CAPPED, {"campaign": campaign.pk, "cap": campaign.max_total, "who": who})


def take_fallback(campaign: Campaign, recipient_key: str) -> None:
    """Count the code for everybody once more and hold the recipient; no cap speaks of it."""
    _changes(_FREE, [campaign.pk, 0, 1, f"vouchers:{campaign.pk}:{recipient_key}"])


def give_back(campaign_id: int, voucher_list_id: int) -> None:
    """Take back the count of a code that nobody has: cap and quota may give it to somebody else."""
    _changes(_ADD, [-1, campaign_id])
    _changes(_RETURN_QUOTA, [campaign_id, voucher_list_id])


def hold(campaign_id: int) -> None:
    """Wait for everybody who is being given a code of the campaign, and keep others waiting.

    Whoever sets a quota counts what was taken: nobody may take a code beside that count. To be called in
    a transaction, before anything that who issues codes holds.
    """
    with connection.cursor() as cursor:
        cursor.execute(_OPEN_SLOTS, [campaign_id, SLOTS - 1])
        cursor.execute(_HOLD_SLOTS, [campaign_id])


def take_quota(mapping_id: int) -> bool:
    """Count one more code of a list with a quota; False when it is used up."""
    return _changes(_TAKE_QUOTA, [mapping_id])


def return_quota(campaign_id: int, voucher_list_id: int) -> None:
    _changes(_RETURN_QUOTA, [campaign_id, voucher_list_id])


def given_by(campaign_id: int) -> Given:
    with connection.cursor() as cursor:
        cursor.execute(_SUMS, [campaign_id])
        issued, fallback = cursor.fetchone() or (0, 0)
    return Given(int(issued), int(fallback))


def _changes(sql: str, values: Sequence[str | int] | Mapping[str, str | int]) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return bool(cursor.rowcount)
