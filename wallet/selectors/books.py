"""Reading the books for the desk: entries and their postings, accounts line by line, trial balance.

A contact's open pocket is shared by all businesses of the holder. One business therefore sees of it only
what its own entries moved, and its trial balance still comes to zero.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Count, Prefetch, Q, QuerySet, Sum

from directory.models import Organisation
from directory.selectors.found import found_or_refused
from wallet.choices import AccountKind, Operation
from wallet.models import Account, Entry, Posting, Wallet
from wallet.routes import FORWARD

_CHUNK = 1_000


@dataclass(frozen=True, slots=True)
class Leg:
    """One line of an account: what came or went by which entry, and what was there after it."""

    version: int
    entry_id: int
    operation: str
    subject: str
    memo: str
    effective_at: datetime
    created_at: datetime
    other_id: int
    other_kind: str
    change: int
    after: int


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the trial balance; `open_elsewhere` marks money of pockets that others share."""

    kind: str
    currency: str
    accounts: int
    minor: int

    @property
    def label(self) -> str:
        return AccountKind(self.kind).label


def entries_of(*, business: Organisation) -> QuerySet[Entry]:
    """Return the business's entries with all that a list shows of them, unordered."""
    here = Wallet.objects.filter(business=business).select_related("contact")
    postings = (
        Posting.objects.select_related(
            "source__wallet__contact",
            "source__organisation",
            "source__holder",
            "target__wallet__contact",
            "target__organisation",
            "target__holder",
        )
        .prefetch_related(
            Prefetch("source__holder__wallets", here, to_attr="wallets_here"),
            Prefetch("target__holder__wallets", here, to_attr="wallets_here"),
        )
        .order_by("seq")
    )
    return (
        Entry.objects.filter(business=business)
        .select_related("actor")
        .prefetch_related(Prefetch("postings", postings, to_attr="lines"))
    )


def entries_of_wallet(*, wallet: Wallet) -> QuerySet[Entry]:
    """Return the entries that moved money of the wallet or, with this business, of its open pocket."""
    return entries_of(business=wallet.business).filter(
        pk__in=touching(Q(wallet=wallet) | Q(holder=wallet.holder_id, kind=AccountKind.OPEN))
    )


def touching(accounts: Q) -> QuerySet[Posting, Any]:
    """Return the keys of the entries that have a posting on such an account, from either end."""
    ids = Account.objects.filter(accounts).values("pk")
    out: QuerySet[Posting, Any] = Posting.objects.filter(source__in=ids).values("entry_id")
    return out.union(Posting.objects.filter(target__in=ids).values("entry_id"))


def operations_of(kind: str) -> set[str]:
    """Return the operations whose routes begin or end at accounts of the kind; reversals always may."""
    found = {operation for operation, source, target in FORWARD if kind in (source, target)}
    return {*found, Operation.REVERSAL.value}


def entry(*, business: Organisation, pk: int) -> Entry:
    """Return the business's entry with its postings, its command and its reversal."""
    found = (
        entries_of(business=business)
        .select_related("command", "reverses", "reversed_by", "actor")
        .filter(pk=pk)
        .first()
    )
    return found_or_refused(found, "There is no such entry.")


def entries_about(*, business: Organisation, subject: str) -> QuerySet[Entry]:
    """Return the entries with that reason, in the order in which they were written."""
    return entries_of(business=business).filter(subject=subject).order_by("pk")


def entries_by_subject(
    *, business: Organisation, subjects: Collection[str]
) -> dict[str, list[Entry]]:
    """Return the entries about each of the references, in their order; one query."""
    found: dict[str, list[Entry]] = {}
    rows = Entry.objects.filter(business=business, subject__in=list(subjects))
    for row in rows.order_by("pk"):
        found.setdefault(row.subject, []).append(row)
    return found


def accounts_of(*, business: Organisation) -> QuerySet[Account]:
    """Return the business's own accounts and those of its wallets, unordered."""
    return Account.objects.filter(
        Q(business=business) | Q(wallet__business=business)
    ).select_related("wallet__contact", "organisation", "lot")


def account(*, business: Organisation, pk: int) -> Account:
    """Return an account of the business or of one of its wallets; raises `NotFound`."""
    found = accounts_of(business=business).filter(pk=pk).first()
    return found_or_refused(found, "There is no such account.")


def legs_of(*, account: Account, newest: int, oldest: int) -> list[Leg]:
    """Return the lines with versions from `newest` down to `oldest`.

    Versions count the account's postings without a gap, so any page of any account is found by its
    two indexes, however long the account is.
    """
    with connection.cursor() as cursor:
        cursor.execute(_LEGS, {"account": account.pk, "newest": newest, "oldest": max(oldest, 1)})
        return [Leg(*row) for row in cursor.fetchall()]


def every_leg(*, account: Account) -> Iterator[Leg]:
    """Yield all lines of the account, newest first, some hundred at a time."""
    for newest in range(account.version, 0, -_CHUNK):
        yield from legs_of(account=account, newest=newest, oldest=newest - _CHUNK + 1)


_LEGS = """
    SELECT leg.version, leg.entry_id, entry.operation, entry.subject, entry.memo,
        entry.effective_at, entry.created_at, leg.other_id, other.kind, leg.change, leg.after
    FROM (
        SELECT source_version AS version, entry_id, target_id AS other_id, -amount AS change,
            source_after AS after
        FROM wallet_posting
        WHERE source_id = %(account)s AND source_version BETWEEN %(oldest)s AND %(newest)s
        UNION ALL
        SELECT target_version, entry_id, source_id, amount, target_after
        FROM wallet_posting
        WHERE target_id = %(account)s AND target_version BETWEEN %(oldest)s AND %(newest)s
    ) AS leg
    JOIN wallet_entry AS entry ON entry.id = leg.entry_id
    JOIN wallet_account AS other ON other.id = leg.other_id
    ORDER BY leg.version DESC
"""


def trial_balance(*, business: Organisation) -> list[Line]:
    """Return the sum of each kind of account by currency; the lines of a currency sum to zero."""
    rows = (
        Account.objects.filter(Q(business=business) | Q(wallet__business=business))
        .order_by()
        .values("kind", "currency")
        .annotate(accounts=Count("pk"), minor=Sum("balance"))
    )
    lines = [Line(row["kind"], row["currency"], row["accounts"], int(row["minor"])) for row in rows]
    order = [kind.value for kind in AccountKind]
    return sorted(
        [*lines, *_open_pockets(business)],
        key=lambda line: (line.currency, order.index(line.kind)),
    )


def _open_pockets(business: Organisation) -> list[Line]:
    """Return what the business's own entries moved into and out of open pockets."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT account.currency, count(DISTINCT account.id), sum(moved.change)"
            " FROM wallet_account AS account"
            " JOIN ("
            "  SELECT target_id AS account_id, amount AS change, entry_id FROM wallet_posting"
            "  UNION ALL"
            "  SELECT source_id, -amount, entry_id FROM wallet_posting"
            " ) AS moved ON moved.account_id = account.id"
            " JOIN wallet_entry AS entry ON entry.id = moved.entry_id"
            " WHERE account.kind = %s AND entry.business_id = %s"
            "  AND account.holder_id IN ("
            "   SELECT holder_id FROM wallet_wallet WHERE business_id = %s)"
            " GROUP BY account.currency",
            [AccountKind.OPEN, business.pk, business.pk],
        )
        return [
            Line(AccountKind.OPEN, currency, accounts, int(minor))
            for currency, accounts, minor in cursor.fetchall()
        ]


def totals(lines: Sequence[Line]) -> dict[str, int]:
    """Return the sum of the lines by currency: zero where the books add up."""
    found: dict[str, int] = {}
    for line in lines:
        found[line.currency] = found.get(line.currency, 0) + line.minor
    return found
