"""Lapsed money, swept together: what `ledger.post` would write, worked out by the database.

A business may have a million lots that expire on one day. One statement writes the entries and postings
of a page of wallets and takes their lots off the job's list; every guard of the ledger sees them as it
sees any others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from wallet.ledger import Place, lock
from wallet.models import MOST_POSTINGS, Command

# One entry for each wallet, in parts of as many postings as an entry may have. Versions and
# balances continue the accounts as they were locked; the trigger confirms them.
_SWEEP = """
WITH due AS (
    SELECT account.id, account.balance, account.version, account.currency, lot.wallet_id, lot.lot_id,
        row_number() OVER of_wallet - 1 AS position,
        row_number() OVER of_currency AS later,
        sum(account.balance) OVER of_currency AS so_far
    FROM wallet_lotdue AS lot
    JOIN wallet_account AS account ON account.lot_id = lot.lot_id AND account.kind = 'COMMERCE_LOT'
    WHERE lot.wallet_id = ANY(%(wallets)s) AND lot.due_at <= %(at)s AND account.balance > 0
    WINDOW of_wallet AS (PARTITION BY lot.wallet_id ORDER BY lot.due_at, lot.lot_id),
        of_currency AS (
            PARTITION BY account.currency ORDER BY lot.wallet_id, lot.due_at, lot.lot_id
            ROWS UNBOUNDED PRECEDING
        )
), part AS MATERIALIZED (
    SELECT nextval(pg_get_serial_sequence('wallet_entry', 'id')) AS id, grouped.*
    FROM (
        SELECT wallet_id, position / %(most)s AS part, count(*) AS postings
        FROM due GROUP BY wallet_id, part ORDER BY wallet_id, part
    ) AS grouped
), entry AS (
    INSERT INTO wallet_entry (
        id, public_id, business_id, command_id, operation, posting_count, subject, memo,
        effective_at
    )
    SELECT id, gen_random_uuid(), %(business)s, %(command)s, 'EXPIRE', postings,
        'wallet.wallet:' || wallet_id, '', %(at)s
    FROM part
), target AS (
    SELECT * FROM unnest(
        %(currencies)s::text[], %(accounts)s::bigint[], %(balances)s::bigint[],
        %(versions)s::bigint[]
    ) AS given (currency, id, balance, version)
), posting AS (
    INSERT INTO wallet_posting (
        entry_id, seq, source_id, target_id, currency, amount, source_version, source_after,
        target_version, target_after
    )
    SELECT part.id, 1 + due.position %% %(most)s, due.id, target.id, due.currency, due.balance,
        due.version + 1, 0, target.version + due.later, target.balance + due.so_far
    FROM due
    JOIN part ON part.wallet_id = due.wallet_id AND part.part = due.position / %(most)s
    JOIN target ON target.currency = due.currency
), looked_at AS (
    DELETE FROM wallet_lotdue WHERE wallet_id = ANY(%(wallets)s) AND due_at <= %(at)s
    RETURNING lot_id
)
SELECT count(*), array_agg(due.lot_id ORDER BY due.lot_id) FILTER (WHERE due.lot_id IS NOT NULL)
FROM looked_at LEFT JOIN due ON due.lot_id = looked_at.lot_id
"""


@dataclass(frozen=True, slots=True)
class Swept:
    """How many lots were looked at, and the ids of those that had money left, which has lapsed."""

    looked_at: int
    lapsed: Sequence[int]


def sweep(
    *, command: Command, wallets: Sequence[int], into: Sequence[Place], at: datetime
) -> Swept:
    """Move what is left in every due lot of the wallets, and take the lots off the job's list.

    The wallets must be locked; `into` names the account of each currency that takes the money.
    """
    books = {place.currency: account for place, account in lock(*into).items()}
    with connection.cursor() as cursor:
        cursor.execute(
            _SWEEP,
            {
                "wallets": list(wallets),
                "at": at,
                "most": MOST_POSTINGS,
                "business": command.business_id,
                "command": command.pk,
                "currencies": list(books),
                "accounts": [account.pk for account in books.values()],
                "balances": [account.balance for account in books.values()],
                "versions": [account.version for account in books.values()],
            },
        )
        looked_at, lapsed = cursor.fetchone()
    return Swept(looked_at, lapsed or ())
