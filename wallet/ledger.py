"""The ledger: `post` is the one function that writes postings.

Locks are taken in one order by everybody: wallets, then the subject (a purchase, a hold, an entry),
then accounts by ascending id, of which those of organisations come last (wallet.md 3.7). Versions and
balances are worked out from the locked rows; the database only confirms them. A forgotten lock
therefore ends in a write that is refused and tried again, never in a wrong balance.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.models import Q

from core.prepared import prepared
from core.statements import columns, insert, insert_with, names, read
from directory.models import Contact, Organisation, User
from wallet.choices import AccountKind, Operation
from wallet.errors import AlreadyReversed, InsufficientFunds, ReversalShort
from wallet.models import (
    MOST_POSTINGS,
    Account,
    Command,
    Entry,
    Lot,
    LotDue,
    Posting,
    Wallet,
    WalletSettings,
)


@dataclass(frozen=True, slots=True)
class Place:
    """Names an account by what it is for; the account itself is opened when money first comes."""

    kind: AccountKind
    currency: str
    holder_id: int | None = None
    wallet_id: int | None = None
    lot_id: int | None = None
    business_id: int | None = None
    organisation_id: int | None = None
    gateway: str = ""

    @classmethod
    def of(cls, account: Account) -> Place:
        """Return the name of an account that exists."""
        return cls(
            AccountKind(account.kind),
            account.currency,
            account.holder_id,
            account.wallet_id,
            account.lot_id,
            account.business_id,
            account.organisation_id,
            account.gateway,
        )


@dataclass(frozen=True, slots=True)
class Move:
    """An amount in minor units from one locked account to another."""

    source: Account
    target: Account
    minor: int


@dataclass(frozen=True, slots=True)
class Draft:
    """An entry before it is written."""

    operation: Operation
    moves: Sequence[Move]
    subject: str = ""
    memo: str = ""


def pocket(kind: AccountKind, wallet: Wallet, *, lot_id: int | None = None) -> Place:
    """Name an account of the wallet, or of its holder for the open pocket."""
    if kind == AccountKind.OPEN:
        return Place(kind, wallet.currency, holder_id=wallet.holder_id)
    return Place(kind, wallet.currency, wallet_id=wallet.pk, lot_id=lot_id)


def books_of(
    kind: AccountKind, wallet: Wallet, *, organisation_id: int | None = None, gateway: str = ""
) -> Place:
    """Name an account of the wallet's business, in the wallet's currency."""
    return Place(
        kind,
        wallet.currency,
        business_id=wallet.business_id,
        organisation_id=organisation_id,
        gateway=gateway,
    )


def lock_wallets(*wallets: Wallet) -> list[Wallet]:
    """Lock the wallets' rows in ascending order and return them anew, in the order given.

    The contact comes along, for whether it is blocked from spending, and the business with what it
    has chosen, and whether there are limits, fees and wallets of the same holder elsewhere.
    """
    locked = {one.pk: one for one in _locked("id", {wallet.pk for wallet in wallets})}
    return [locked[wallet.pk] for wallet in wallets]


def lock_wallets_of(contact_ids: Collection[int]) -> dict[int, Wallet]:
    """Lock the wallets of the contacts as `lock_wallets` does, and return them by contact."""
    return {wallet.contact_id: wallet for wallet in _locked("contact_id", contact_ids)}


def _locked(column: str, ids: Collection[int]) -> list[Wallet]:
    with prepared() as cursor:
        cursor.execute(_lock_wallets_sql(column, len(ids)), sorted(ids))
        return [_wallet(row) for row in cursor.fetchall()]


@lru_cache
def _lock_wallets_sql(column: str, count: int) -> str:
    return f"""
        SELECT {columns(Wallet, "wallet")}, {columns(Organisation, "business")},
            {columns(WalletSettings, "chosen")}, contact.spend_blocked,
            EXISTS (SELECT FROM wallet_limitrule AS rule WHERE rule.business_id = business.id),
            EXISTS (SELECT FROM wallet_feerule AS rule WHERE rule.business_id = business.id),
            EXISTS (SELECT FROM wallet_wallet AS other
                WHERE other.holder_id = wallet.holder_id AND other.id <> wallet.id)
        FROM wallet_wallet AS wallet
        JOIN directory_contact AS contact ON contact.id = wallet.contact_id
        JOIN directory_organisation AS business ON business.id = wallet.business_id
        LEFT JOIN wallet_walletsettings AS chosen ON chosen.business_id = business.id
        WHERE wallet.{column} = ANY(ARRAY[{", ".join(["%s"] * count)}]::bigint[])
        ORDER BY wallet.id FOR NO KEY UPDATE OF wallet
    """  # noqa: S608 - names of columns alone


def _wallet(row: Sequence[Any]) -> Wallet:
    """Return the wallet of a locked row; the rest of its contact is read when it is asked for."""
    first, second = len(names(Wallet)), len(names(Wallet)) + len(names(Organisation))
    wallet, business = read(Wallet, row[:first]), read(Organisation, row[first:second])
    blocked, wallet.is_limited, wallet.is_charged, wallet.has_siblings = row[-4:]
    wallet.contact = Contact.from_db(
        connection.alias, ["id", "spend_blocked"], [wallet.contact_id, blocked]
    )
    wallet.business = business
    chosen = row[second:-4]  # all empty without a row: then the defaults stand for it
    business.wallet_settings = read(WalletSettings, chosen) if chosen[0] else WalletSettings()
    return wallet


def lock(*places: Place, if_open: Sequence[Place] = ()) -> dict[Place, Account]:
    """Lock the accounts in one statement, in ascending order, opening those that do not exist yet.

    Those `if_open` are locked too, but not opened: without money they are not worth a row.
    """
    found = _lock([*places, *if_open])
    missing = [place for place in dict.fromkeys(places) if place not in found]
    if missing:
        _open(missing)
        found |= _lock(missing)
    return found


def open_new(*places: Place) -> dict[Place, Account]:
    """Open accounts that nobody else can know of yet, such as those of a new hold."""
    accounts = [_account(place) for place in places]
    insert(accounts)
    return dict(zip(places, accounts, strict=True))


def open_with(lot: Lot, place: Place) -> Account:
    """Insert the lot, put it on the list of the expiry job and open its account, in one statement."""
    account = _account(place)
    insert_with(lot, "lot", [account], beside=LotDue.of(lot))
    return account


def _lock(places: Iterable[Place]) -> dict[Place, Account]:
    lots: dict[AccountKind, list[int]] = defaultdict(list)
    conditions: list[str] = []
    values: list[Any] = []
    for place in places:
        if place.lot_id is not None:
            lots[place.kind].append(place.lot_id)
            continue
        conditions.append(" AND ".join(_sql_of(place, values)))
    for kind, ids in lots.items():
        conditions.append("kind = %s AND lot_id = ANY(%s)")
        values += [kind, ids]
    if not conditions:
        return {}
    with prepared() as cursor:
        cursor.execute(
            f"SELECT {columns(Account, 'account')} FROM wallet_account AS account"  # noqa: S608
            f" WHERE ({') OR ('.join(conditions)}) ORDER BY id FOR NO KEY UPDATE",
            values,
        )
        rows = [read(Account, row) for row in cursor.fetchall()]
    return {Place.of(row): row for row in rows}


def _sql_of(place: Place, values: list[Any]) -> Iterator[str]:
    """Yield what finds the account, as conditions of which each can use an index."""
    for name in ("holder_id", "wallet_id", "business_id"):
        if (value := getattr(place, name)) is not None:
            yield f"{name} = %s"
            values.append(value)
    yield "kind = %s AND currency = %s AND gateway = %s"
    values += [place.kind, place.currency, place.gateway]
    if place.organisation_id is None:
        yield "organisation_id IS NULL"
    else:
        yield "organisation_id = %s"
        values.append(place.organisation_id)


def _account(place: Place) -> Account:
    return Account(
        kind=place.kind,
        currency=place.currency,
        holder_id=place.holder_id,
        wallet_id=place.wallet_id,
        lot_id=place.lot_id,
        business_id=place.business_id,
        organisation_id=place.organisation_id,
        gateway=place.gateway,
    )


def _open(places: Sequence[Place]) -> None:
    """Open the accounts unless somebody just did; those of organisations get ids above 2^62."""
    own = [_account(place) for place in places if place.business_id is None]
    if own:
        Account.objects.bulk_create(own, ignore_conflicts=True)
    for place in places:
        if place.business_id is not None:
            _open_for_organisation(place)


def _open_for_organisation(place: Place) -> None:
    account = _account(place)
    with prepared() as cursor:
        cursor.execute(
            "INSERT INTO wallet_account"
            " (id, public_id, kind, currency, business_id, organisation_id, gateway)"
            " SELECT (1::bigint << 62)"
            " + nextval(pg_get_serial_sequence('wallet_account', 'id')), %s, %s, %s, %s, %s, %s"
            " ON CONFLICT DO NOTHING",
            [
                account.public_id,
                place.kind,
                place.currency,
                place.business_id,
                place.organisation_id,
                place.gateway,
            ],
        )


def post(
    *, command: Command, drafts: Sequence[Draft], actor: User | None, at: datetime
) -> list[Entry]:
    """Write the entries with all of their postings and return them.

    The accounts must be those that `lock` or `open_new` returned in this transaction; they are brought
    up to date. `at` is the business time of the entries. Raises `InsufficientFunds` where an account
    would fall below its floor; the caller should have looked before.
    """
    entries: list[Entry] = []
    postings: list[Posting] = []
    for draft, moves in _sized(drafts):
        entry = Entry(
            business_id=command.business_id,
            command=command,
            operation=draft.operation,
            posting_count=len(moves),
            subject=draft.subject,
            memo=draft.memo,
            actor=actor,
            effective_at=at,
        )
        entries.append(entry)
        postings.extend(_carry_out(entry, seq, move) for seq, move in enumerate(moves, start=1))
    return _write(entries, postings)


def _sized(drafts: Iterable[Draft]) -> Iterator[tuple[Draft, Sequence[Move]]]:
    """Leave out moves of nothing, and make several entries of one that would be too long."""
    for draft in drafts:
        moves = [move for move in draft.moves if move.minor]
        for begin in range(0, len(moves), MOST_POSTINGS):
            yield draft, moves[begin : begin + MOST_POSTINGS]


def _carry_out(entry: Entry, seq: int, move: Move) -> Posting:
    """Move the money between the locked rows in memory and return the posting that says so."""
    source, target = move.source, move.target
    if move.minor > source.can_move:
        raise InsufficientFunds
    source.balance -= move.minor
    source.version += 1
    target.balance += move.minor
    target.version += 1
    return Posting(
        entry=entry,
        seq=seq,
        source=source,
        target=target,
        currency=source.currency,
        amount=move.minor,
        source_version=source.version,
        source_after=source.balance,
        target_version=target.version,
        target_after=target.balance,
    )


def _write(entries: list[Entry], postings: list[Posting]) -> list[Entry]:
    """Insert all entries, then all postings in one statement, which moves the accounts."""
    if len(entries) == 1:
        insert_with(entries[0], "entry", postings)
    elif entries:
        insert(entries)
        for posting in postings:
            posting.entry_id = posting.entry.pk
        insert(postings)
    return entries


def reverse(
    *, command: Command, entry: Entry, memo: str, actor: User | None, at: datetime
) -> Entry:
    """Write the mirror of an entry: the same amounts back, the last posting first (wallet.md 3.9).

    Raises `AlreadyReversed` for an entry that was reversed or is a reversal, and `ReversalShort` when an
    account no longer holds what it would have to give back.
    """
    wallets = Wallet.objects.filter(
        Q(accounts__postings_out__entry=entry) | Q(accounts__postings_in__entry=entry)
    ).distinct()
    lock_wallets(*wallets)
    original = Entry.objects.select_for_update().get(pk=entry.pk)
    if original.reverses_id or Entry.objects.filter(reverses=original).exists():
        raise AlreadyReversed
    postings = list(original.postings.order_by("-seq"))
    ids = {posting.source_id for posting in postings} | {posting.target_id for posting in postings}
    accounts = Account.objects.select_for_update(no_key=True).order_by("pk").in_bulk(ids)
    mirror = Entry(
        business_id=original.business_id,
        command=command,
        operation=Operation.REVERSAL,
        posting_count=len(postings),
        reverses=original,
        subject=original.subject,
        memo=memo,
        actor=actor,
        effective_at=at,
    )
    try:
        back = [
            _carry_out(mirror, seq, _mirrored(posting, accounts))
            for seq, posting in enumerate(postings, start=1)
        ]
    except InsufficientFunds as short:
        raise ReversalShort from short
    return _write([mirror], back)[0]


def _mirrored(posting: Posting, accounts: Mapping[int, Account]) -> Move:
    return Move(accounts[posting.target_id], accounts[posting.source_id], posting.amount)


def balance_at(*, account: Account, moment: datetime) -> int:
    """Return the balance as it stood at the moment, from the last posting written until then."""
    with prepared() as cursor:
        cursor.execute(
            "SELECT after FROM ("
            " SELECT source_version AS version, source_after AS after, entry_id"
            " FROM wallet_posting WHERE source_id = %(account)s"
            " UNION ALL"
            " SELECT target_version, target_after, entry_id"
            " FROM wallet_posting WHERE target_id = %(account)s"
            ") AS leg JOIN wallet_entry AS entry ON entry.id = leg.entry_id"
            " WHERE entry.created_at <= %(moment)s ORDER BY version DESC LIMIT 1",
            {"account": account.pk, "moment": moment},
        )
        row = cursor.fetchone()
    return int(row[0]) if row else 0
