"""Holds: a quote that sets money aside, its capture, its release and its time-out (wallet.md 5.8)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from events.facts import PurchaseFacts
from wallet import ledger
from wallet.choices import (
    AccountKind,
    ChargedOn,
    HoldState,
    Operation,
)
from wallet.commands import SYSTEM, Actor, Request, Response, run
from wallet.errors import AlreadyPaid, Busy, HoldClosed, InsufficientFunds, LedgerFrozen
from wallet.ledger import Draft, Move, Place, open_new, pocket, post
from wallet.models import Account, Command, Hold, HoldPart, PurchaseUse, Wallet
from wallet.rules.redemption import Basket, Plan
from wallet.selectors import contents, frozen_businesses, settings_of
from wallet.services import fees
from wallet.services.hold_capture import Capture
from wallet.services.hold_parts import held_by, parts_of, see_to_expiry
from wallet.services.paying import (
    Paid,
    Wish,
    basket_of,
    make_plan,
    paid_before,
    refuse_unspendable,
    refuse_untimely,
)


@dataclass(frozen=True, slots=True)
class Quote:
    """What the till may take off: the held amounts, until when, and what is due by other means."""

    hold: str
    commerce_minor: int
    business_minor: int
    open_minor: int
    due_minor: int
    expires_at: str

    @property
    def held_minor(self) -> int:
        return self.commerce_minor + self.business_minor + self.open_minor


def place(
    *,
    wallet: Wallet,
    facts: PurchaseFacts,
    wish: Wish,
    key: str,
    actor: Actor,
    at: datetime,
    also_named: Sequence[str] = (),
) -> Quote:
    """Work out what the wallet pays for the basket, and set it aside on an account of its own.

    `also_named` are other references of the same purchase; raises `AlreadyPaid` for one that the wallet
    has paid under any of them.

    Raises `SpendBlocked`, `TermsBlocked`, `CurrencyMismatch`, `EventTooOld`, `LimitExceeded`, and
    `InsufficientFunds` where nothing can be held or an exact wish cannot be met.
    """
    request = Request(
        wallet.business,
        "hold",
        key,
        actor,
        {"wallet": wallet.pk, "purchase": facts.reference, "wish": asdict(wish)},
    )

    def effect(command: Command) -> Response:
        (locked,) = ledger.lock_wallets(wallet)
        _refuse_paid(locked, facts, also_named)
        refuse_untimely(facts, at=at)
        refuse_unspendable(locked, facts)
        goods = basket_of(facts, [])
        has = contents(wallet=locked)
        made = make_plan(wallet=locked, has=has, facts=facts, wish=wish, basket=goods)
        if not made.total:
            raise InsufficientFunds
        fee = fees.fee_for(wallet=locked, on=ChargedOn.DEBIT, minor=made.total)
        if fee > has.business - made.business + has.open - made.open:
            raise InsufficientFunds(fees.SHORT)
        hold = _place(command, locked, facts, wish, made, actor, at)
        return asdict(_quote(hold, made, goods))

    return Quote(**run(request, effect).response)


def capture(
    *,
    hold: Hold,
    facts: PurchaseFacts,
    key: str,
    actor: Actor,
    at: datetime,
    also_named: Sequence[str] = (),
) -> Paid:
    """Pay the final basket from the hold and give back what it does not need.

    A smaller basket is worked out anew, a larger one gets what was held. Raises `HoldClosed` when the
    hold was captured, released or timed out, and `AlreadyPaid` when the basket was paid by another
    hold or a spend. A block or an expiry since the quote does not matter: the till has already lowered
    the price.
    """
    request = Request(
        hold.business, "capture", key, actor, {"hold": hold.pk, "total": facts.total_minor}
    )

    def effect(command: Command) -> Response:
        wallet, locked = _lock_open(hold, at)
        _refuse_paid(wallet, facts, also_named)
        return asdict(Capture(command, wallet, locked, facts, actor, at).carry_out())

    outcome = run(request, effect)
    return replace(Paid(**outcome.response), replayed=outcome.replayed)


def release(*, hold: Hold, key: str, actor: Actor, at: datetime) -> None:
    """Give everything back where it came from; raises `HoldClosed`."""
    request = Request(hold.business, "release", key, actor, {"hold": hold.pk})

    def effect(command: Command) -> Response:
        wallet, locked = _lock_open(hold, at)
        _give_back(command, wallet, locked, HoldState.RELEASED, actor, at)
        return {"hold": locked.pk}

    run(request, effect)


def time_out(*, at: datetime, limit: int) -> int:
    """Release up to `limit` holds whose time is over and return how many there were.

    Those of a business whose books are frozen wait for their release, and so does one that somebody
    is busy with.
    """
    due = list(
        Hold.objects.select_related("business", "wallet")
        .filter(state=HoldState.OPEN, expires_at__lte=at)
        .exclude(business__in=frozen_businesses())
        .order_by("expires_at")[:limit]
    )
    return sum(_time_out(hold, at) for hold in due)


def _refuse_paid(wallet: Wallet, facts: PurchaseFacts, also_named: Sequence[str]) -> None:
    """Raise `AlreadyPaid` for a basket that the wallet has paid under one of its names."""
    own = PurchaseUse.objects.filter(business=wallet.business_id, reference=facts.reference)
    if own.exists() or paid_before(wallet, also_named) is not None:
        raise AlreadyPaid


def hold_by(*, wallet: Wallet, public_id: str) -> Hold:
    """Return the wallet's hold of that id; raises `HoldClosed` for one that never was."""
    found = (
        Hold.objects.select_related("business", "wallet")
        .filter(wallet=wallet, public_id=UUID(public_id))
        .first()
    )
    if found is None:
        raise HoldClosed
    return found


def _time_out(hold: Hold, at: datetime) -> bool:
    request = Request(hold.business, "time_out", f"hold-{hold.pk}", SYSTEM, {"hold": hold.pk})

    def effect(command: Command) -> Response:
        wallet, locked = _lock_open(hold, None)
        _give_back(command, wallet, locked, HoldState.TIMED_OUT, SYSTEM, at)
        return {"hold": locked.pk}

    try:
        return not run(request, effect).replayed
    except (HoldClosed, Busy, LedgerFrozen):
        # Captured or released at this moment, or to be looked at by the next run.
        return False


def _lock_open(hold: Hold, at: datetime | None) -> tuple[Wallet, Hold]:
    """Lock wallet and hold; raises `HoldClosed` unless it is open and, at that moment, in time."""
    (wallet,) = ledger.lock_wallets(hold.wallet)
    locked = Hold.objects.select_for_update(of=("self",)).select_related("account").get(pk=hold.pk)
    if locked.state != HoldState.OPEN or (at is not None and at >= locked.expires_at):
        raise HoldClosed
    return wallet, locked


def _place(
    command: Command,
    wallet: Wallet,
    facts: PurchaseFacts,
    wish: Wish,
    made: Plan,
    actor: Actor,
    at: datetime,
) -> Hold:
    chosen = settings_of(business=wallet.business)
    parts = list(parts_of(wallet, made))
    books = ledger.lock(*dict.fromkeys(place for place, _, _ in parts))
    (account,) = open_new(pocket(AccountKind.HOLD, wallet)).values()
    hold = Hold.objects.create(
        business_id=wallet.business_id,
        wallet=wallet,
        account=account,
        reference=facts.reference,
        currency=wallet.currency,
        amount_minor=made.total,
        requested_minor=wish.minor,
        mode=chosen.redemption_mode,
        created_at=at,
        expires_at=at + timedelta(minutes=chosen.hold_minutes),
    )
    HoldPart.objects.bulk_create(
        HoldPart(hold=hold, account=books[place], line=line, amount_minor=minor)
        for place, line, minor in parts
    )
    amounts: dict[Place, int] = defaultdict(int)
    for place, _, minor in parts:
        amounts[place] += minor
    moves = [Move(books[place], account, minor) for place, minor in amounts.items()]
    draft = Draft(Operation.HOLD, moves, subject=f"wallet.hold:{hold.pk}")
    post(command=command, drafts=[draft], actor=actor.user, at=at)
    return hold


def _quote(hold: Hold, made: Plan, goods: Basket) -> Quote:
    return Quote(
        hold=str(hold.public_id),
        commerce_minor=made.commerce_total,
        business_minor=made.redeemed_total + made.business,
        open_minor=made.open,
        due_minor=goods.payable - made.total,
        expires_at=hold.expires_at.isoformat(),
    )


def _give_back(
    command: Command, wallet: Wallet, hold: Hold, state: HoldState, actor: Actor, at: datetime
) -> None:
    held = held_by(hold)
    places = [Place.of(account) for account, _ in held]
    own = Account.objects.select_for_update(no_key=True).get(pk=hold.account_id)
    books = ledger.lock(*places)
    moves = [Move(own, books[place], minor) for place, (_, minor) in zip(places, held, strict=True)]
    draft = Draft(Operation.RELEASE, moves, subject=f"wallet.hold:{hold.pk}")
    post(command=command, drafts=[draft], actor=actor.user, at=at)
    see_to_expiry([account for account, _ in held])
    hold.state, hold.closed_at = state, at
    hold.save(update_fields=["state", "closed_at"])
