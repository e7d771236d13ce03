"""Lapsed money, swept together: what `ledger.post` would write, worked out by the database.

A business may have a million lots that expire on one day. Their postings are written by one statement
for a page of wallets; every guard of the ledger sees them as it sees any others.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from wallet.ledger import Place, lock
from wallet.models import MOST_POSTINGS, Command

# One entry for each wallet, in parts of as many postings as an entry may have. Versions and
# balances continue the accounts as they were locked; the trigger confirms them.
_SWEEP = """
WITH due AS (
    SELECT account.id, account.balance, account.version, account.currency, lot.wallet_id,
        row_number() OVER of_wallet - 1 AS position,
        row_number() OVER of_currency AS later,
        sum(account.balance) OVER of_currency AS so_far
    FROM wallet_lot AS lot
    JOIN wallet_account AS account ON account.lot_id = lot.id AND account.kind = 'COMMERCE_LOT'
    WHERE lot.wallet_id = ANY(%(wallets)s) AND lot.expiry_due_at <= %(at)s AND account.balance > 0
    WINDOW of_wallet AS (PARTITION BY lot.wallet_id ORDER BY lot.expires_at, lot.id),
        of_currency AS (
            PARTITION BY account.currency ORDER BY lot.wallet_id, lot.expires_at, lot.id
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
)
INSERT INTO wallet_posting (
    entry_id, seq, source_id, target_id, currency, amount, source_version, source_after,
    target_version, target_after
)
SELECT part.id, 1 + due.position %% %(most)s, due.id, target.id, due.currency, due.balance,
    due.version + 1, 0, target.version + due.later, target.balance + due.so_far
FROM due
JOIN part ON part.wallet_id = due.wallet_id AND part.part = due.position / %(most)s
JOIN target ON target.currency = due.currency
"""


def sweep(*, command: Command, wallets: Sequence[int], into: Sequence[Place], at: datetime) -> int:
    """Move what is left in every due lot of the wallets and return how many lots had something.

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
        return int(cursor.rowcount)
