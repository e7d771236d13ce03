"""Every refusal of the wallet (wallet.md 14): a code, a sentence that says what to do next, and
whether the same key may be tried again.

A refusal by rule is stored with its command and answered again for the same key; a technical one
(`is_kept` false) stores nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.errors import Conflict, DomainError, Forbidden, Gone, Invalid, NotFound


class Refusal(DomainError):
    """A refusal of the wallet; `sentence` is said unless the caller knows a better one."""

    code = "WALLET_REFUSED"
    sentence = "The wallet cannot do this."
    is_kept = True
    # Set on the copy that a repeated key is answered with.
    is_replayed = False

    def __init__(
        self,
        message: str = "",
        *,
        code: str | None = None,
        fields: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message or self.sentence, code=code, fields=fields)


class InsufficientFunds(Refusal, Conflict):
    code = "INSUFFICIENT_FUNDS"
    sentence = "There is not enough money for this. Choose a smaller amount, or top up first."


class SpendBlocked(Refusal, Forbidden):
    code = "SPEND_BLOCKED"
    sentence = "This contact is blocked from spending. Lift the block first, or pay by other means."


class TermsBlocked(Refusal, Conflict):
    code = "TERMS_BLOCKED"
    sentence = (
        "The commercial terms with this merchant are blocked. Unblock them, or pay by other means."
    )


class LimitExceeded(Refusal, Conflict):
    code = "LIMIT_EXCEEDED"
    sentence = (
        "This is more than the limit of the period allows. Choose less, or wait for the next."
    )


class LimitTooHigh(Refusal, Invalid):
    code = "LIMIT_TOO_HIGH"
    sentence = "Your own limit can only be lower than the one of the business. Choose less."


class NoCardReference(Refusal, Conflict):
    code = "NO_CARD_REFERENCE"
    sentence = "The purchase names no card payment. The money stays in the business pocket."


class TokenInvalid(Refusal, NotFound):
    code = "TOKEN_INVALID"
    sentence = "This code is unknown or was used. Ask the contact to show a new one."


class TokenExpired(Refusal, Gone):
    code = "TOKEN_EXPIRED"
    sentence = "This code is too old. Ask the contact to show a new one."


class PoolNotShared(Refusal, Conflict):
    code = "POOL_NOT_SHARED"
    sentence = (
        "The pool of another business takes money only while it is published. Choose another."
    )


class TopUpClosed(Refusal, Gone):
    code = "TOP_UP_CLOSED"
    sentence = "This top-up was paid or cancelled before. Start a new one."


class CurrencyMismatch(Refusal, Invalid):
    code = "CURRENCY_MISMATCH"
    sentence = "The purchase is in another currency than the pocket. Pay it by other means."


class PoolRequired(Refusal, Invalid):
    code = "POOL_REQUIRED"
    sentence = "Choose the commerce pool whose conditions the money gets."


class PoolRetired(Refusal, Conflict):
    code = "POOL_RETIRED"
    sentence = "This pool takes no new money. Choose another."


class HoldClosed(Refusal, Gone):
    code = "HOLD_CLOSED"
    sentence = "The hold was captured, released or timed out. Ask for a new quote."


class EventTooOld(Refusal, Invalid):
    code = "EVENT_TOO_OLD"
    sentence = (
        "The purchase is older than 7 days or lies in the future. The back office can post it."
    )


class ReturnExceedsPurchase(Refusal, Invalid):
    code = "RETURN_EXCEEDS_PURCHASE"
    sentence = (
        "The returns would come to more than the purchase. Return at most what is left of it."
    )


class AlreadyPaid(Refusal, Conflict):
    code = "ALREADY_PAID"
    sentence = "The wallet has paid this basket before. Release the hold, or use another number."


class AlreadyCancelled(Refusal, Conflict):
    code = "ALREADY_CANCELLED"
    sentence = "This was cancelled before. There is nothing left to cancel."


class AlreadyReversed(Refusal, Conflict):
    code = "ALREADY_REVERSED"
    sentence = "This entry was reversed before, or is itself a reversal. Post a new entry instead."


class ReversalShort(Refusal, Conflict):
    code = "REVERSAL_SHORT"
    sentence = "Part of the money was used already. Cancel the purchase or claw the award back."


class FourEyesRequired(Refusal, Forbidden):
    code = "FOUR_EYES_REQUIRED"
    sentence = "Nobody confirms their own journal. Ask a second person of the finance team."


class SameWallet(Refusal, Invalid):
    code = "SAME_WALLET"
    sentence = "Money cannot be sent to oneself. Choose another contact."


class NotTransferable(Refusal, Conflict):
    code = "NOT_TRANSFERABLE"
    sentence = (
        "This business does not let commerce money be transferred. Send pocket money instead."
    )


class ExpiryMovedEarlier(Refusal, Invalid):
    code = "EXPIRY_EARLIER"
    sentence = "An expiry can only be moved later. Choose a later day."


class LotExpired(Refusal, Gone):
    code = "LOT_EXPIRED"
    sentence = "This money has expired and cannot be reopened. Grant it anew by a journal."


class AmountInvalid(Refusal, Invalid):
    code = "AMOUNT_INVALID"
    sentence = "Give an amount above zero."


class CodeInvalid(Refusal, NotFound):
    code = "CODE_INVALID"
    sentence = "This is no wallet code. Check the digits, or scan the code again."


class PoolNameTaken(Refusal, Invalid):
    code = "POOL_NAME_TAKEN"
    sentence = "A pool of this name exists. Choose another name."


class PoolInUse(Refusal, Conflict):
    code = "POOL_IN_USE"
    sentence = "Money was granted into this pool. Retire it instead of deleting it."


class PoolNarrower(Refusal, Conflict):
    code = "POOL_NARROWER"
    sentence = (
        "Money that was granted keeps what it was promised. Edit the pool so that nothing is lost."
    )


class NothingToMove(Refusal, Conflict):
    code = "NOTHING_TO_MOVE"
    sentence = "All money of this pool is under its newest version. There is nothing to move."


class PoolFixed(Refusal, Conflict):
    code = "POOL_FIXED"
    sentence = "The default pool stays as it is. Make a pool of your own instead."


class KeyRequired(Refusal, Invalid):
    code = "KEY_REQUIRED"
    status = 400
    sentence = "Send an idempotency key of 1 to 64 characters with every change."
    is_kept = False


class KeyReused(Refusal, Invalid):
    code = "KEY_REUSED"
    sentence = "This key was used for another request. Use a new one."
    is_kept = False


class Busy(Refusal):
    code = "BUSY"
    status = 503
    sentence = "The wallet is busy. Nothing was written; try again with the same key."
    is_kept = False


class LedgerFrozen(Refusal):
    code = "LEDGER_FROZEN"
    status = 503
    sentence = (
        "The books of this business are under review and take no entries."
        " Try again with the same key once they are released."
    )
    is_kept = False


def _subclasses(cls: type[Refusal]) -> dict[str, type[Refusal]]:
    return {child.code: child for child in cls.__subclasses__()}


def to_json(refusal: Refusal) -> dict[str, Any]:
    """Return the refusal as it is stored with its command."""
    return {"code": refusal.code, "message": refusal.message, "fields": refusal.fields}


def from_json(stored: Mapping[str, Any]) -> Refusal:
    """Return the stored refusal anew, marked as replayed."""
    kind = _subclasses(Refusal).get(stored["code"], Refusal)
    refusal = kind(stored["message"], code=stored["code"], fields=stored["fields"])
    refusal.is_replayed = True
    return refusal
