"""Awards: granting a lot, and taking an award back (wallet.md 6.5, 6.6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Sum

from core import outbox
from core.prepared import prepared
from wallet import ledger
from wallet.choices import AccountKind, ClawbackPolicy, LotSource, Operation, Pocket, RedeemMethod
from wallet.commands import Actor, Outcome, Request, Response, run
from wallet.errors import AlreadyCancelled, CurrencyMismatch, LotExpired, PoolRequired
from wallet.ledger import Draft, Move, Place, books_of, pocket, post
from wallet.models import (
    Account,
    AwardReturn,
    Command,
    CommercePoolVersion,
    Lot,
    Posting,
    UsePart,
    Wallet,
)
from wallet.selectors import settings_of
from wallet.services.credits import Reason, credit, debt_of
from wallet.services.lots import Credit

# Told to whoever granted the award: somebody of finance took it back.
AWARD_CANCELLED = "wallet.award_cancelled"


@dataclass(frozen=True, slots=True)
class Award:
    """An award whose amount is known.

    `reference` is its natural key, such as "rewards.award:12": granting it twice changes nothing.
    `earned_by` is the reference of the purchase that earned it.
    """

    reference: str
    minor: int
    pool_version: CommercePoolVersion | None
    earned_by: str = ""
    redeem_method: RedeemMethod = RedeemMethod.DEFERRED
    is_traced: bool = False
    # What `minor` counts; where it is named, a wallet in another currency refuses the award.
    currency: str = ""


@dataclass(frozen=True, slots=True)
class ClawedBack:
    """What was taken back of an award, and what of it could no longer be found."""

    minor: int
    shortfall_minor: int


def grant(*, wallet: Wallet, award: Award, key: str, actor: Actor, at: datetime) -> Lot:
    """Credit the award to the commerce pocket at the business's cost and return its lot.

    A debt of the contact with the business is repaid from it first. Granting the same reference again
    returns the first lot. Raises `PoolRequired` without a pool, `PoolRetired`, `AmountInvalid`, and
    `CurrencyMismatch` where the award is in another currency than the wallet.
    """
    request = Request(
        wallet.business,
        "award",
        key,
        actor,
        {
            "wallet": wallet.pk,
            "award": award.reference,
            "minor": award.minor,
            "pool": award.pool_version.pk if award.pool_version else None,
        },
    )
    granted: dict[int, Lot] = {}

    def effect(command: Command) -> Response:
        lot = _grant(command, wallet, award, actor, at)
        granted[lot.pk] = lot
        return {"lot": lot.pk}

    number = run(request, effect).response["lot"]
    return granted.get(number) or Lot.objects.get(pk=number)


def _grant(command: Command, wallet: Wallet, award: Award, actor: Actor, at: datetime) -> Lot:
    if award.pool_version is None:
        raise PoolRequired
    (locked,) = ledger.lock_wallets(wallet)
    if award.reference and (first := _granted_before(locked, award.reference)):
        return first
    return grant_within(command=command, wallet=locked, award=award, actor=actor, at=at)


def grant_within(
    *,
    command: Command,
    wallet: Wallet,
    award: Award,
    actor: Actor,
    at: datetime,
    books: Mapping[Place, Account] | None = None,
) -> Lot:
    """Credit a new award within a command that has locked the wallet, and return its lot.

    A unique index keeps its reference from being granted twice. `books` are what `lock_books` locked.
    Raises what `grant` raises.
    """
    if award.pool_version is None:
        raise PoolRequired
    if award.currency not in ("", wallet.currency):
        raise CurrencyMismatch(
            f"An award in {award.currency} cannot go into a wallet in {wallet.currency}."
        )
    _, lot = credit(
        command=command,
        wallet=wallet,
        to=Pocket.COMMERCE,
        minor=award.minor,
        reason=Reason(
            Operation.AWARD,
            books_of(AccountKind.REWARD_COST, wallet),
            subject=award.reference,
        ),
        lot=Credit(
            award.minor,
            award.pool_version,
            LotSource.AWARD,
            award.reference,
            award.earned_by,
            award.redeem_method,
            award.is_traced,
        ),
        actor=actor,
        at=at,
        books=books,
    )
    assert lot is not None
    return lot


def lock_books(*wallets: Wallet, also: Sequence[Place] = ()) -> dict[Place, Account]:
    """Lock what awards to the locked wallets move besides their lots, and what else is there of `also`.

    All of it in one statement and in order. What is returned serves every award of the transaction,
    as long as nothing else moves the cost of rewards and the debts of these contacts.
    """
    costs = dict.fromkeys(books_of(AccountKind.REWARD_COST, wallet) for wallet in wallets)
    debts = [debt_of(wallet) for wallet in wallets]
    return ledger.lock(*costs, if_open=[*debts, *also])


def _granted_before(wallet: Wallet, reference: str) -> Lot | None:
    with prepared() as cursor:
        cursor.execute(
            "SELECT id FROM wallet_lot WHERE business_id = %s AND reference = %s AND source = %s"
            " AND reference <> ''",
            [wallet.business_id, reference, LotSource.AWARD],
        )
        row = cursor.fetchone()
    return Lot.objects.get(pk=row[0]) if row else None


def cancel(*, lot: Lot, reason: str, key: str, actor: Actor, at: datetime) -> Outcome:
    """Take an award back in full, for a reason (wallet.md 6.6).

    Raises `AlreadyCancelled`, and `LotExpired` for an award that has expired.
    """
    request = Request(
        lot.wallet.business, "award_cancel", key, actor, {"lot": lot.pk, "reason": reason}
    )

    def effect(command: Command) -> Response:
        (wallet,) = ledger.lock_wallets(lot.wallet)
        if lot.expires_at is not None and lot.expires_at <= at:
            raise LotExpired("An expired award cannot be cancelled. There is nothing left of it.")
        record = return_of(lot)
        left = standing_of(lot, record)
        if record.cancelled_at is not None or not left:
            raise AlreadyCancelled
        record.cancelled_at, record.reason = at, reason
        taken = claw_back(
            command=command, wallet=wallet, lot=lot, minor=left, actor=actor, at=at, record=record
        )
        outbox.record(
            topic=AWARD_CANCELLED,
            key=f"wallet.award_cancelled:{lot.pk}",
            payload={"lot": lot.pk, "minor": taken.minor, "shortfall": taken.shortfall_minor},
            at=at,
        )
        return {"lot": lot.pk, "minor": taken.minor, "shortfall_minor": taken.shortfall_minor}

    return run(request, effect)


def return_of(lot: Lot) -> AwardReturn:
    """Return the lot's record of what was taken back, locked; it is made when first needed."""
    record, _ = AwardReturn.objects.select_for_update().get_or_create(lot=lot)
    return record


def standing_of(lot: Lot, record: AwardReturn) -> int:
    """Return what of the award was neither taken back nor has lapsed unused.

    What lapsed is gone: nobody can give it back and nobody owes it, also where money of a returned
    purchase came to the lot afterwards and its expiry was moved.
    """
    lapsed = Posting.objects.filter(
        entry__operation=Operation.EXPIRE, source__lot=lot, source__kind=AccountKind.COMMERCE_LOT
    ).aggregate(amount=Sum("amount", default=0))
    return lot.amount_minor - record.clawed_back_minor - int(lapsed["amount"])


def claw_back(
    *,
    command: Command,
    wallet: Wallet,
    lot: Lot,
    minor: int,
    actor: Actor,
    at: datetime,
    record: AwardReturn | None = None,
) -> ClawedBack:
    """Take that much of an award back, within a command that has locked the wallet.

    First from what is left of the lot, then from its redeemed money, then from the business pocket as
    far as this award put money there; the rest is a shortfall, which by the business's policy the
    business bears or the contact owes.
    """
    record = record or return_of(lot)
    minor = max(0, min(minor, standing_of(lot, record)))
    is_owed = settings_of(business=wallet.business).clawback_policy == ClawbackPolicy.OWE
    cost = books_of(AccountKind.REWARD_COST, wallet)
    missing = debt_of(wallet) if is_owed else books_of(AccountKind.SHORTFALL, wallet)
    own = pocket(AccountKind.COMMERCE_LOT, wallet, lot_id=lot.pk)
    traced = pocket(AccountKind.BUSINESS_REDEEMED, wallet, lot_id=lot.pk)
    business = pocket(AccountKind.BUSINESS, wallet)
    books = ledger.lock(cost, missing, own, business, if_open=[traced])
    sources = [(books[own], books[own].balance)]
    if traced in books:
        sources.append((books[traced], books[traced].balance))
    sources.append((books[business], min(_left_in_pocket(lot), books[business].balance)))
    moves, left = [], minor
    for account, available in sources:
        taken = min(left, available)
        moves.append(Move(account, books[cost], taken))
        left -= taken
    moves.append(Move(books[missing], books[cost], left))
    draft = Draft(Operation.CLAWBACK, moves, subject=f"wallet.lot:{lot.pk}", memo=record.reason)
    post(command=command, drafts=[draft], actor=actor.user, at=at)
    record.clawed_back_minor += minor
    record.save()
    return ClawedBack(minor, left)


def write_off(
    *, command: Command, wallet: Wallet, minor: int, subject: str, actor: Actor, at: datetime
) -> None:
    """Post a shortfall that no account of the contact can give back, by the business's policy."""
    is_owed = settings_of(business=wallet.business).clawback_policy == ClawbackPolicy.OWE
    missing = debt_of(wallet) if is_owed else books_of(AccountKind.SHORTFALL, wallet)
    cost = books_of(AccountKind.REWARD_COST, wallet)
    books = ledger.lock(missing, cost)
    draft = Draft(Operation.CLAWBACK, [Move(books[missing], books[cost], minor)], subject=subject)
    post(command=command, drafts=[draft], actor=actor.user, at=at)


def _left_in_pocket(lot: Lot) -> int:
    """Return what the lot's redemptions put into the business pocket and nobody took back.

    Money that was redeemed and spent in one go never rested there.
    """
    rested = UsePart.objects.filter(
        lot=lot, kind=AccountKind.COMMERCE_LOT, use__is_spent=False
    ).aggregate(amount=Sum("amount_minor", default=0), back=Sum("back_minor", default=0))
    clawed = Posting.objects.filter(
        entry__operation=Operation.CLAWBACK,
        entry__subject=f"wallet.lot:{lot.pk}",
        source__kind=AccountKind.BUSINESS,
    ).aggregate(amount=Sum("amount", default=0))
    return int(rested["amount"] - rested["back"] - clawed["amount"])
