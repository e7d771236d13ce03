"""What the services that join the engine to the ledger answer: values for tills, pages and mails.

Money is whole minor units of `currency`. In an estimate nothing has an id, because nothing was stored.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from events.models import BusinessEvent
from rewards.choices import RedeemMethod, TraceReason
from rewards.configuration import Offer
from rewards.rules.traces import Trace
from wallet.services.spending import Paid

if TYPE_CHECKING:
    from wallet.models import CommercePool


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantedAward:
    """One award of an event: to its contact, or to another who benefits (a referrer).

    `offer` is the version that made it, `pool` what the money goes to. `expires_at` is when it lapses,
    None for never and in an estimate.
    """

    offer: Offer
    contact_id: int
    amount_minor: int
    currency: str
    pool: CommercePool
    award_id: int | None = None
    public_id: UUID | None = None
    expires_at: datetime | None = None

    @property
    def is_instant(self) -> bool:
        return self.offer.is_instant

    @property
    def redeem_method(self) -> RedeemMethod:
        return self.offer.redeem_method


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationResult:
    """What one event earned.

    `awards` are those of the event's own contact, `others` those of the referrer whose referral this
    purchase completed. `traces` say for each offer what became of it, `skipped` why nothing was
    evaluated at all. `event` is None in an estimate.
    """

    event: BusinessEvent | None
    awards: tuple[GrantedAward, ...] = ()
    others: tuple[GrantedAward, ...] = ()
    traces: tuple[Trace, ...] = ()
    skipped: TraceReason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseResult(EvaluationResult):
    """What a purchase earned and what its contact still has to pay (rewards.md 11.3).

    `instant_minor` are the instant discounts, `paid` is what the wallet did (None without a contact, and
    in an estimate), `due_minor` what is left to pay at the till: it is lowered by the discounts where
    the till lowers the price. `is_pending` says that a worker evaluates it.
    """

    currency: str
    total_minor: int
    due_minor: int
    instant_minor: int = 0
    paid: Paid | None = None
    is_late: bool = False
    is_pending: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReversalResult:
    """What a cancel or a return took back (rewards.md 11.4, 11.5).

    `reverted_minor` is the sum of what fell back of all awards of the event, `reverted_instant_minor`
    the part that were instant discounts, `unrecovered_minor` what was spent already and is borne or
    owed by the business's policy. `wallet_minor` went back into the wallet, `till_minor` is for the
    till to refund.
    """

    event: BusinessEvent
    currency: str
    reverted_minor: int = 0
    reverted_instant_minor: int = 0
    unrecovered_minor: int = 0
    wallet_minor: int = 0
    till_minor: int = 0
    return_id: int | None = None
    replayed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralResult:
    """A referral that was accepted; awards come now or with the first purchase."""

    event: BusinessEvent
    case_id: int
    is_waiting: bool
    awards: tuple[GrantedAward, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GiftPreview:
    """Whom a gift would reach now, and what it would cost."""

    contact_count: int
    amount_minor: int
    currency: str

    @property
    def total_minor(self) -> int:
        return self.contact_count * self.amount_minor
