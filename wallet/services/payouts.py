"""Payouts of redeemed money: reserved in the transaction of the redemption (wallet.md 5.4, 7.1).

A payout to the open pocket is final at once. Any other lies in transit until its gateway answers, and
may be cancelled as long as nobody submitted it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from wallet import ledger
from wallet.choices import AccountKind, Operation, PayoutMethod, PayoutState, RedemptionMode
from wallet.errors import NoCardReference
from wallet.ledger import Draft, Move, Place, open_new, pocket, post
from wallet.models import (
    Account,
    Command,
    Payout,
    PayoutPart,
    PurchaseUse,
    Wallet,
    WalletSettings,
)

BELOW_THRESHOLD = "BELOW_THRESHOLD"


@dataclass(frozen=True, slots=True)
class Redeemed:
    """What a purchase just redeemed, by the account on which it rests, and the card that paid it."""

    amounts: Mapping[Place, int]
    card_reference: str = ""


def is_automatic(chosen: WalletSettings, *, is_spent: bool) -> bool:
    """Tell whether redemption pays out: in the automatic mode, where the price was paid in full."""
    return (
        chosen.redemption_mode == RedemptionMode.AUTOMATIC
        and chosen.pays_out_on_redemption
        and not is_spent
    )


def pay_out(
    *,
    command: Command,
    wallet: Wallet,
    use: PurchaseUse,
    redeemed: Redeemed,
    books: Mapping[Place, Account],
    at: datetime,
) -> tuple[Draft | None, str]:
    """Return the entry that pays redeemed money out, or why there is none.

    Without a restriction what was redeemed is paid out. With one, the business pocket and what was
    redeemed are compared with it, and all of that leaves once it meets or exceeds it.
    """
    chosen = wallet.business.wallet_settings
    amounts = dict(redeemed.amounts)
    business = pocket(AccountKind.BUSINESS, wallet)
    if chosen.payout_threshold_minor is not None:
        amounts[business] = books[business].balance + amounts.get(business, 0)
        if sum(amounts.values()) < chosen.payout_threshold_minor:
            return None, BELOW_THRESHOLD
    amounts = {place: minor for place, minor in amounts.items() if minor}
    method = PayoutMethod(chosen.payout_method)
    if method == PayoutMethod.CARD_USED and not redeemed.card_reference:
        return None, NoCardReference.code
    target, operation = _target(wallet, method, books)
    payout = Payout.objects.create(
        business_id=wallet.business_id,
        wallet=wallet,
        account=target if operation == Operation.PAYOUT else None,
        use=use,
        method=method,
        destination=redeemed.card_reference if method == PayoutMethod.CARD_USED else "",
        currency=wallet.currency,
        amount_minor=sum(amounts.values()),
        state=PayoutState.PAID if method == PayoutMethod.WALLET else PayoutState.RESERVED,
        created_at=at,
        closed_at=at if method == PayoutMethod.WALLET else None,
    )
    PayoutPart.objects.bulk_create(
        PayoutPart(payout=payout, account=books[place], amount_minor=minor)
        for place, minor in amounts.items()
    )
    moves = [Move(books[place], target, minor) for place, minor in amounts.items()]
    return Draft(operation, moves, subject=f"wallet.payout:{payout.pk}"), ""


def _target(
    wallet: Wallet, method: PayoutMethod, books: Mapping[Place, Account]
) -> tuple[Account, Operation]:
    if method == PayoutMethod.WALLET:
        return books[pocket(AccountKind.OPEN, wallet)], Operation.WALLET_PAYOUT
    (account,) = open_new(pocket(AccountKind.PAYOUT_TRANSIT, wallet)).values()
    return account, Operation.PAYOUT


def payouts_of(use: PurchaseUse) -> Sequence[Payout]:
    """Return the payouts that the purchase caused, locked."""
    return list(Payout.objects.select_for_update(of=("self",)).filter(use=use).order_by("pk"))


def cancel_reserved(
    *, command: Command, wallet: Wallet, payouts: Sequence[Payout], at: datetime
) -> int:
    """Give payouts that nobody submitted back to their pockets; return what cannot be stopped.

    The wallet is locked by the caller (wallet.md 6.3, step 5).
    """
    gone = 0
    for payout in payouts:
        if payout.state != PayoutState.RESERVED or payout.account_id is None:
            gone += payout.amount_minor
            continue
        parts = list(payout.parts.select_related("account"))
        transit = Account.objects.select_for_update(no_key=True).get(pk=payout.account_id)
        books = ledger.lock(*(Place.of(part.account) for part in parts))
        moves = [Move(transit, books[Place.of(part.account)], part.amount_minor) for part in parts]
        draft = Draft(Operation.PAYOUT_FAILED, moves, subject=f"wallet.payout:{payout.pk}")
        post(command=command, drafts=[draft], actor=None, at=at)
        payout.state, payout.closed_at = PayoutState.CANCELLED, at
        payout.save(update_fields=["state", "closed_at"])
    return gone
