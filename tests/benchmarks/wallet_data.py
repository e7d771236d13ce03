"""Very many wallets and lots, written by the database itself.

The guards of the ledger are out of the way while the rows are loaded, since they look at each of them;
the benchmarks verify the books afterwards. Numbers are given, so that wallet `n` is known by its id.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from django.db import connection, transaction

from directory.models import Contact, Organisation
from tests.wallet import money
from tests.wallet.money import NOW
from wallet import ledger
from wallet.choices import AccountKind
from wallet.commands import SYSTEM, Request, run
from wallet.ledger import books_of
from wallet.models import Account, CommercePoolVersion, Holder, Wallet
from wallet.selectors import current_version
from wallet.services import pools

FIRST_WALLET = 10_000_000
LOT_MINOR = 1_000
BATCH = 2_000
_FIRST_LOT = 100_000_000
_LOADED = (
    "directory_contact",
    "wallet_holder",
    "wallet_wallet",
    "wallet_account",
    "wallet_lot",
    "wallet_entry",
    "wallet_posting",
)

# Lots, their accounts and their entries share numbers, above all that were ever drawn.
NEXT = """
SELECT 1 + greatest(
    %s, nextval(pg_get_serial_sequence('wallet_lot', 'id')),
    nextval(pg_get_serial_sequence('wallet_account', 'id')),
    nextval(pg_get_serial_sequence('wallet_entry', 'id'))
)
"""
# Each lot is born by a posting from the business's cost, in entries of 500, as `post` writes them.
LOTS = """
WITH numbers AS (
    SELECT %(first)s + n AS id, (n + 1)::bigint AS position,
        %(wallet)s + n / %(each)s AS wallet,
        %(starts)s::timestamptz + (1 + n %% %(each)s) * interval '1 day'
            + CASE WHEN n %% %(each)s >= %(due)s THEN interval '20 years' ELSE interval '0' END
            AS expires_at
    FROM generate_series(0, %(count)s - 1) AS n
), lots AS (
    INSERT INTO wallet_lot (
        id, business_id, wallet_id, pool_version_id, source, reference, earned_by, currency,
        amount_minor, redeem_method, is_traced, awarded_at, starts_at, expires_at
    )
    SELECT id, %(business)s, wallet, %(version)s, 'AWARD', 'bench:' || id, '', 'EUR', %(minor)s,
        'DEFERRED', false, %(at)s, %(at)s, expires_at
    FROM numbers
), dues AS (
    INSERT INTO wallet_lotdue (lot_id, business_id, wallet_id, due_at)
    SELECT id, %(business)s, wallet, expires_at FROM numbers
), accounts AS (
    INSERT INTO wallet_account (id, public_id, kind, currency, wallet_id, lot_id, balance, version)
    SELECT id, gen_random_uuid(), 'COMMERCE_LOT', 'EUR', wallet, id, %(minor)s, 1 FROM numbers
), entries AS (
    INSERT INTO wallet_entry (
        id, public_id, business_id, command_id, operation, posting_count, subject, memo,
        effective_at
    )
    SELECT %(first)s + (position - 1) / 500, gen_random_uuid(), %(business)s, %(command)s, 'AWARD',
        count(*), '', '', %(at)s
    FROM numbers GROUP BY 1
)
INSERT INTO wallet_posting (
    entry_id, seq, source_id, target_id, currency, amount, source_version, source_after,
    target_version, target_after
)
SELECT %(first)s + (position - 1) / 500, 1 + (position - 1) %% 500, %(cost)s, id, 'EUR', %(minor)s,
    %(version_before)s + position, %(balance_before)s - position * %(minor)s, 1, %(minor)s
FROM numbers
"""


def businesses(count: int) -> list[Organisation]:
    """Make the businesses, each with its own default pool."""
    return [money.business() for _ in range(count)]


def add_wallets(owners: Sequence[Organisation], *, start: int, count: int) -> range:
    """Add wallets numbered from `start`, dealt out to the owners in turn; return their ids."""
    ids = range(FIRST_WALLET + start, FIRST_WALLET + start + count)
    dealt = [(number, owners[number % len(owners)]) for number in ids]
    with _guards_away():
        Contact.objects.bulk_create((_contact(*deal) for deal in dealt), BATCH)
        Holder.objects.bulk_create(
            (Holder(pk=number, code=f"9{number:015d}", created_at=NOW) for number in ids), BATCH
        )
        Wallet.objects.bulk_create((_wallet(*deal) for deal in dealt), BATCH)
        Account.objects.bulk_create(
            (
                Account(pk=number, kind=AccountKind.BUSINESS, currency="EUR", wallet_id=number)
                for number in ids
            ),
            BATCH,
        )
    return ids


def _contact(number: int, owner: Organisation) -> Contact:
    return Contact(
        pk=number,
        business=owner,
        code=f"C{number}",
        first_name="Ana",
        last_name=f"N{number}",
        language="en",
        referral_code=f"R{number}",
        registered_at=NOW,
        created_at=NOW,
        updated_at=NOW,
    )


def _wallet(number: int, owner: Organisation) -> Wallet:
    return Wallet(
        pk=number,
        holder_id=number,
        contact_id=number,
        business=owner,
        currency="EUR",
        created_at=NOW,
    )


def add_lots(
    owner: Organisation,
    wallets: range,
    *,
    each: int,
    due: int | None = None,
    starts: datetime = NOW + timedelta(days=30),
) -> int:
    """Give every wallet of the range that many lots, one expiring each day; return how many.

    Beyond the first `due` of each wallet they expire 20 years later.
    """
    count = len(wallets) * each
    run(
        Request(owner, "bench_load", money.key("load"), SYSTEM, {}),
        lambda command: _add_lots(command.pk, owner, wallets, each, due or each, starts),
    )
    return count


def _add_lots(
    command: int, owner: Organisation, wallets: range, each: int, due: int, starts: datetime
) -> dict[str, int]:
    count = len(wallets) * each
    place = books_of(AccountKind.REWARD_COST, Wallet(business=owner, currency="EUR"))
    cost = ledger.lock(place)[place]
    with _guards_away(), connection.cursor() as cursor:
        cursor.execute(NEXT, [_FIRST_LOT])
        (first,) = cursor.fetchone()
        cursor.execute(
            LOTS,
            {
                "first": first,
                "count": count,
                "each": each,
                "wallet": wallets.start,
                "starts": starts,
                "business": owner.pk,
                "version": default_version(owner).pk,
                "minor": LOT_MINOR,
                "due": due,
                "at": NOW,
                "command": command,
                "cost": cost.pk,
                "version_before": cost.version,
                "balance_before": cost.balance,
            },
        )
        cursor.execute(
            "UPDATE wallet_account SET balance = balance - %s, version = version + %s WHERE id = %s",
            [count * LOT_MINOR, count, cost.pk],
        )
        # The next ones that are drawn begin above them.
        for table in ("wallet_lot", "wallet_account", "wallet_entry"):
            cursor.execute(
                "SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [table, first + count]
            )
    return {}


def default_version(owner: Organisation) -> CommercePoolVersion:
    return current_version(pool=pools.ensure_default(business=owner, at=NOW))


def settle() -> None:
    """Let the server look at the tables; plans made before that are gone with the connection."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    connection.close()


@contextlib.contextmanager
def _guards_away() -> Iterator[None]:
    """Let the ledger's triggers sleep in one transaction; foreign keys and checks stay."""
    with transaction.atomic():
        _switch("DISABLE")
        yield
        _switch("ENABLE")


def _switch(way: str) -> None:
    with connection.cursor() as cursor:
        # A table cannot be altered while deferred checks of it wait.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL lock_timeout = 0")
        for table in _LOADED:
            cursor.execute(f"ALTER TABLE {table} {way} TRIGGER USER")
