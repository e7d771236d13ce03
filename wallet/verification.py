"""The proof of the books: everything recomputed from the postings (wallet.md 3.10).

Each check is one statement over the whole ledger, or over the accounts of one business. A finding means
that something outside this application wrote to the tables, or that a guard is missing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection

from wallet.choices import FLOORED
from wallet.models import PurchaseUse
from wallet.rules.allocation import allocate


@dataclass(frozen=True, slots=True)
class Finding:
    """What does not add up. A finding without a business concerns everybody."""

    code: str
    detail: str
    business_id: int | None = None


_OWNER = "LEFT JOIN wallet_wallet AS wallet ON wallet.id = account.wallet_id"
_BUSINESS = "COALESCE(account.business_id, wallet.business_id)"
_LEGS = """(
    SELECT source_id AS account_id, source_version AS version, source_after AS after,
        -amount AS change FROM wallet_posting
    UNION ALL
    SELECT target_id, target_version, target_after, amount FROM wallet_posting
) AS leg"""
_KINDS = ",".join(f"'{kind}'" for kind in FLOORED)

# code: SQL that returns the business and a detail for each fault
CHECKS: dict[str, str] = {
    "TOTAL_NOT_ZERO": """
        SELECT NULL, currency || ': ' || sum(balance) FROM wallet_account
        GROUP BY currency HAVING sum(balance) <> 0
    """,
    "BALANCE_DIFFERS": f"""
        SELECT {_BUSINESS}, 'account ' || account.id || ': ' || account.balance || ' version '
            || account.version || ', postings say ' || COALESCE(moved.balance, 0) || ' version '
            || COALESCE(moved.postings, 0)
        FROM wallet_account AS account {_OWNER}
        LEFT JOIN (
            SELECT account_id, sum(change) AS balance, count(*) AS postings
            FROM {_LEGS} GROUP BY account_id
        ) AS moved ON moved.account_id = account.id
        WHERE account.balance <> COALESCE(moved.balance, 0)
            OR account.version <> COALESCE(moved.postings, 0)
    """,
    "CHAIN_BROKEN": f"""
        SELECT {_BUSINESS}, 'account ' || account.id || ' at version ' || chained.version
        FROM (
            SELECT account_id, version, after, change,
                lag(version, 1, 0::bigint) OVER line AS version_before,
                lag(after, 1, 0::bigint) OVER line AS after_before
            FROM {_LEGS} WINDOW line AS (PARTITION BY account_id ORDER BY version)
        ) AS chained
        JOIN wallet_account AS account ON account.id = chained.account_id {_OWNER}
        WHERE chained.version <> chained.version_before + 1
            OR chained.after <> chained.after_before + chained.change
    """,
    "ENTRY_INCOMPLETE": """
        SELECT entry.business_id, 'entry ' || entry.id
        FROM wallet_entry AS entry
        LEFT JOIN wallet_posting AS posting ON posting.entry_id = entry.id
        GROUP BY entry.id HAVING count(posting.id) <> entry.posting_count
    """,
    "OUT_OF_BOUNDS": f"""
        SELECT {_BUSINESS}, 'account ' || account.id || ': ' || account.balance
        FROM wallet_account AS account {_OWNER}
        WHERE (account.kind IN ({_KINDS}) AND account.balance < 0)
            OR (account.kind = 'CONTACT_DEBT' AND account.balance > 0)
    """,
    "CURRENCIES_MIXED": """
        SELECT entry.business_id, 'entry ' || entry.id
        FROM wallet_posting AS posting
        JOIN wallet_entry AS entry ON entry.id = posting.entry_id
        JOIN wallet_account AS source ON source.id = posting.source_id
        JOIN wallet_account AS target ON target.id = posting.target_id
        WHERE source.currency <> posting.currency OR target.currency <> posting.currency
    """,
    "HOLD_CONTRADICTS": """
        SELECT hold.business_id, 'hold ' || hold.id || ' is ' || hold.state
            || ' with ' || account.balance
        FROM wallet_hold AS hold JOIN wallet_account AS account ON account.id = hold.account_id
        WHERE account.balance <> CASE WHEN hold.state = 'OPEN' THEN hold.amount_minor ELSE 0 END
    """,
    "PAYOUT_CONTRADICTS": """
        SELECT payout.business_id, 'payout ' || payout.id || ' is ' || payout.state
            || ' with ' || account.balance
        FROM wallet_payout AS payout JOIN wallet_account AS account
            ON account.id = payout.account_id
        WHERE account.balance <> CASE
            WHEN payout.state IN ('PAID', 'FAILED', 'CANCELLED', 'RETURNED') THEN 0
            ELSE payout.amount_minor END
    """,
    "LOT_EXCEEDS_AWARD": """
        SELECT lot.business_id, 'lot ' || lot.id || ': ' || account.balance
        FROM wallet_lot AS lot
        JOIN wallet_account AS account ON account.lot_id = lot.id AND account.kind = 'COMMERCE_LOT'
        WHERE account.balance > lot.amount_minor
    """,
}


def verify() -> list[Finding]:
    """Recompute the whole ledger and return what does not add up; nothing is the good answer."""
    findings = []
    with connection.cursor() as cursor:
        for code, sql in CHECKS.items():
            cursor.execute(sql)
            findings += [Finding(code, detail, business) for business, detail in cursor.fetchall()]
    return findings + list(_not_earliest_first())


def _not_earliest_first() -> Iterator[Finding]:
    """Replay each choice of lots from what it was made from (guarantee I11)."""
    taken_of: dict[int, dict[int, int]] = {}
    uses = PurchaseUse.objects.exclude(considered={}).only("business_id", "considered")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT use_id, lot_id, sum(amount_minor) FROM wallet_usepart"
            " WHERE line IS NOT NULL GROUP BY use_id, lot_id"
        )
        for use_id, lot_id, amount in cursor.fetchall():
            taken_of.setdefault(use_id, {})[lot_id] = int(amount)
    for use in uses.iterator(chunk_size=2_000):
        basis = use.considered
        choice = allocate(
            [amount for _, amount, _ in basis["lots"]],
            basis["lines"],
            [lines for _, _, lines in basis["lots"]],
            cap=basis["cap"],
        )
        expected = {
            lot: taken
            for (lot, _, _), taken in zip(basis["lots"], choice.taken, strict=True)
            if taken
        }
        if expected != taken_of.get(use.pk, {}):
            yield Finding("NOT_EARLIEST_FIRST", f"use {use.pk}", use.business_id)
