"""What the database itself refuses, from a plain connection that knows nothing of this application."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import connection

from tests.wallet import money
from wallet.choices import AccountKind, Pocket
from wallet.models import Account, Entry, Posting, Wallet
from wallet.services import reversals

ENTRY = (
    "INSERT INTO wallet_entry (public_id, business_id, command_id, operation, posting_count,"
    " subject, memo, effective_at) SELECT gen_random_uuid(), business_id, command_id, %s, %s,"
    " '', '', now() FROM wallet_entry LIMIT 1 RETURNING id"
)
POSTING = (
    "INSERT INTO wallet_posting (entry_id, seq, source_id, target_id, currency, amount,"
    " source_version, source_after, target_version, target_after)"
    " VALUES (%s, %s, %s, %s, 'EUR', %s, %s, %s, %s, %s)"
)


@pytest.fixture
def ana(transactional_db: None) -> Wallet:
    """Ana with 10.00 in the business pocket and a lot of 5.00, committed."""
    wallet = money.wallet(money.business())
    money.top_up(wallet, 1000)
    money.award(wallet, 500)
    return wallet


@pytest.fixture
def plain(ana: Wallet) -> Iterator[psycopg.Connection[Any]]:
    parameters = connection.get_connection_params()
    wanted = {name: parameters[name] for name in ("dbname", "user", "host") if name in parameters}
    with psycopg.connect(**wanted) as raw:
        yield raw
        raw.rollback()


def refused(raw: psycopg.Connection[Any], *statements: tuple[str, list[Any]]) -> str:
    """Run the statements and commit; return the refusal's words, and leave nothing behind."""
    with pytest.raises(psycopg.Error) as refusal:
        for statement, values in statements:
            raw.execute(statement, values)
        raw.commit()
    raw.rollback()
    return str(refusal.value)


def account(wallet: Wallet, kind: AccountKind) -> Account:
    return Account.objects.get(wallet=wallet, kind=kind)


def own(wallet: Wallet, kind: AccountKind) -> Account:
    return Account.objects.get(business=wallet.business_id, kind=kind)


def entry(raw: psycopg.Connection[Any], operation: str, postings: int) -> int:
    row = raw.execute(ENTRY, [operation, postings]).fetchone()
    assert row is not None
    return int(row[0])


def values(number: int, seq: int, source: Account, target: Account, minor: int) -> list[Any]:
    """Return a posting that continues what both accounts have."""
    return [
        number,
        seq,
        source.pk,
        target.pk,
        minor,
        source.version + 1,
        source.balance - minor,
        target.version + 1,
        target.balance + minor,
    ]


@pytest.mark.scenario("WAL-3")
def test_a_balance_is_not_set(plain: Any, ana: Wallet) -> None:
    pocket = account(ana, AccountKind.BUSINESS)
    for change in ("balance = 2000", "balance = 2000, version = version + 1"):
        words = refused(plain, (f"UPDATE wallet_account SET {change} WHERE id = %s", [pocket.pk]))
        assert "only by a posting" in words
    pocket.refresh_from_db()
    assert (pocket.balance, pocket.version) == (1000, 1)


REWRITES = [
    "UPDATE wallet_posting SET amount = 1",
    "DELETE FROM wallet_posting",
    "TRUNCATE wallet_posting",
    "UPDATE wallet_entry SET memo = 'x'",
    "DELETE FROM wallet_entry",
    "TRUNCATE wallet_entry CASCADE",
    "DELETE FROM wallet_account",
    "TRUNCATE wallet_account CASCADE",
    "DELETE FROM wallet_command",
    "UPDATE wallet_command SET response = '{}'",
    "DELETE FROM wallet_lot",
    "UPDATE wallet_lot SET amount_minor = 1",
    "UPDATE wallet_lot SET expires_at = expires_at - interval '1 day'",
    "UPDATE wallet_account SET currency = 'USD'",
    "UPDATE wallet_commercepoolversion SET end_rule = 'NEVER'",
]


@pytest.mark.scenario("WAL-4")
def test_what_is_written_is_neither_changed_nor_removed(plain: Any) -> None:
    before = (Posting.objects.count(), Entry.objects.count(), Account.objects.count())
    for statement in REWRITES:
        words = refused(plain, (statement, []))
        assert re.search(r"never|once|only moved later", words), statement
    assert (Posting.objects.count(), Entry.objects.count(), Account.objects.count()) == before


def test_no_session_setting_switches_a_guard_off(plain: Any) -> None:
    row = plain.execute(
        "SELECT array_agg(tgname) FROM pg_trigger WHERE tgrelid = 'wallet_posting'::regclass"
    ).fetchone()
    ignored = "{" + ",".join(row[0]) + "}"
    plain.execute("SELECT set_config('pgtrigger.ignore', %s, false)", [ignored])
    assert "never changed" in refused(plain, ("UPDATE wallet_posting SET amount = 1", []))


@pytest.mark.scenario("WAL-5")
def test_an_entry_is_not_committed_without_all_of_its_postings(plain: Any, ana: Wallet) -> None:
    before = Entry.objects.count()
    number = entry(plain, "TOP_UP", 2)
    given = values(
        number, 1, own(ana, AccountKind.GATEWAY), account(ana, AccountKind.BUSINESS), 100
    )
    assert "all of its postings" in refused(plain, (POSTING, given))
    assert Entry.objects.count() == before
    assert money.balance(ana, AccountKind.BUSINESS) == 1000


def test_an_entry_without_postings_is_not_committed(plain: Any) -> None:
    assert "all of its postings" in refused(plain, (ENTRY, ["TOP_UP", 1]))
    assert "wallet_entry_size" in refused(plain, (ENTRY, ["TOP_UP", 0]))


@pytest.mark.scenario("WAL-6")
def test_a_committed_entry_takes_no_more_postings(plain: Any, ana: Wallet) -> None:
    closed = Entry.objects.get(operation="TOP_UP").pk
    ends = own(ana, AccountKind.GATEWAY), account(ana, AccountKind.BUSINESS)
    assert "wallet_posting_once" in refused(plain, (POSTING, values(closed, 1, *ends, 100)))
    assert "closed" in refused(plain, (POSTING, values(closed, 2, *ends, 100)))


@pytest.mark.scenario("WAL-7")
def test_no_route_leads_from_a_lot_to_a_payout(plain: Any, ana: Wallet) -> None:
    transit = Account.objects.create(kind="PAYOUT_TRANSIT", currency="EUR", wallet=ana)
    number = entry(plain, "PAYOUT", 1)
    given = values(number, 1, account(ana, AccountKind.COMMERCE_LOT), transit, 100)
    assert "No route" in refused(plain, (POSTING, given))


@pytest.mark.scenario("WAL-8")
def test_a_posting_stays_in_one_currency(plain: Any, ana: Wallet) -> None:
    dollars = Account.objects.create(kind="OPEN", currency="USD", holder=ana.holder)
    number = entry(plain, "TOP_UP", 1)
    given = values(number, 1, own(ana, AccountKind.GATEWAY), dollars, 100)
    assert "one currency" in refused(plain, (POSTING, given))


def test_no_pocket_is_overdrawn(plain: Any, ana: Wallet) -> None:
    number = entry(plain, "JOURNAL", 1)
    other = plain.execute(
        "INSERT INTO wallet_account (id, public_id, kind, currency, business_id)"
        " VALUES (5000000000000000000, gen_random_uuid(), 'ADJUSTMENT', 'EUR', %s) RETURNING id",
        [ana.business_id],
    ).fetchone()
    pocket = account(ana, AccountKind.BUSINESS)
    given = [number, 1, pocket.pk, other[0], 1001, pocket.version + 1, -1, 1, 1001]
    assert "bounds" in refused(plain, (POSTING, given))


def test_a_posting_must_continue_what_the_account_has(plain: Any, ana: Wallet) -> None:
    gateway, pocket = own(ana, AccountKind.GATEWAY), account(ana, AccountKind.BUSINESS)
    for version, after in ((1, 1100), (3, 1100), (2, 1200)):
        given = values(entry(plain, "TOP_UP", 1), 1, gateway, pocket, 100)
        given[-2:] = [version, after]
        words = refused(plain, (POSTING, given))
        assert "do not have" in words or "target_version" in words


def test_an_account_opens_empty(plain: Any, ana: Wallet) -> None:
    filled = (
        "INSERT INTO wallet_account (public_id, kind, currency, holder_id, balance)"
        " VALUES (gen_random_uuid(), 'OPEN', 'GBP', %s, 5)"
    )
    assert "opens at balance 0" in refused(plain, (filled, [ana.holder_id]))


def test_an_amount_is_positive(plain: Any, ana: Wallet) -> None:
    gateway, pocket = own(ana, AccountKind.GATEWAY), account(ana, AccountKind.BUSINESS)
    for minor in (0, -5):
        given = values(entry(plain, "TOP_UP", 1), 1, gateway, pocket, minor)
        assert "wallet_posting_amount" in refused(plain, (POSTING, given))


def test_a_key_is_used_once(plain: Any) -> None:
    again = (
        "INSERT INTO wallet_command (business_id, scope, key, fingerprint, operation, outcome,"
        " response) SELECT business_id, scope, key, 'x', operation, 'DONE', '{}'"
        " FROM wallet_command LIMIT 1"
    )
    assert "wallet_command_key" in refused(plain, (again, []))


def test_an_entry_is_reversed_once_and_a_reversal_never(ana: Wallet, plain: Any) -> None:
    first = Entry.objects.get(operation="TOP_UP")
    reversals.reverse(entry=first, reason="typo", key=money.key(), actor=money.TILL, at=money.NOW)
    mirror = Entry.objects.get(reverses=first)
    insert = (
        "INSERT INTO wallet_entry (public_id, business_id, command_id, operation, posting_count,"
        " subject, memo, effective_at, reverses_id) SELECT gen_random_uuid(), business_id,"
        " command_id, 'REVERSAL', 1, '', '', now(), %s FROM wallet_entry LIMIT 1"
    )
    assert "reverses_id" in refused(plain, (insert, [first.pk]))
    assert "not reversed" in refused(plain, (insert, [mirror.pk]))


def test_the_whole_ledger_is_at_balance_with_open_pockets(ana: Wallet) -> None:
    money.top_up(ana, 300, Pocket.OPEN)
    assert sum(Account.objects.values_list("balance", flat=True)) == 0
