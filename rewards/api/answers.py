"""What an event earned, and what was taken back, as the API tells it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal
from uuid import UUID

from pydantic import Field
from pydantic.json_schema import SkipJsonSchema

from core.api.schemas import Told, told
from core.money import Money
from events.models import BusinessEvent
from rewards.choices import RedeemMethod
from rewards.models import Award
from rewards.selectors.for_tills import awards_of
from rewards.services.results import (
    EvaluationResult,
    GrantedAward,
    PurchaseResult,
    ReferralResult,
    ReversalResult,
)
from wallet.api.answers import paid_out, pool_out
from wallet.api.schemas import PaidOut, PoolOut

if TYPE_CHECKING:
    from wallet.models import CommercePool

Absent = SkipJsonSchema[None]
State = Literal["POSTED", "CANCELLED"]
Evaluation = Literal["PENDING", "DONE", "SKIPPED"]


class OfferOut(Told):
    id: UUID
    name: str


class EstimatedAwardOut(Told):
    """An award that the purchase would earn."""

    offer: OfferOut
    amount: str
    redeem_method: Literal["INSTANT", "DEFERRED"]
    commerce_pool: PoolOut | Absent = None


class AwardOut(EstimatedAwardOut):
    """An award; deferred ones say where and until when the money can be used."""

    id: UUID
    expires_at: datetime | None = None


class EstimateOut(Told):
    """What the purchase would earn; not a promise."""

    state: State
    evaluation_state: Evaluation
    reason: str | Absent = Field(default=None, description="Why nothing was evaluated")
    late: bool
    awards: list[EstimatedAwardOut]
    instant_discount_total: str
    amount_due: str
    donations: list[dict[str, Any]]
    lottery_entries: int
    value_units: str


class PurchaseOut(EstimateOut):
    """What the purchase earned and what is left to pay."""

    id: UUID
    awards: list[AwardOut]  # type: ignore[assignment]
    wallet: PaidOut | Absent = Field(default=None, description="What the wallet paid, if anything")


class AcceptedOut(Told):
    """The purchase is stored; a worker evaluates it."""

    id: UUID
    state: State
    evaluation_state: Evaluation
    reason: str | Absent = None
    late: bool


class EarnedOut(AcceptedOut):
    """What another event earned its contact."""

    awards: list[AwardOut]


class ReferredAwardOut(AwardOut):
    beneficiary: Literal["REFERRER", "REFERRED"]


class ReferralOut(Told):
    id: UUID
    state: State
    waiting: bool = Field(description="Whether awards come with the first purchase")
    awards: list[ReferredAwardOut]


class StandingAwardOut(AwardOut):
    """An award as it stands now."""

    state: str
    reversed: str


class EventOut(AcceptedOut):
    """An event with what it earned, as it stands now."""

    type: str
    reference_number: str
    performed_at: datetime
    awards: list[StandingAwardOut]


class ReversalOut(Told):
    """What was taken back."""

    id: UUID
    state: State
    currency: str
    reverted_total: str
    reverted_instant_total: str
    unrecovered_amount: str = Field(description="Was spent already; see the shortfall policy")
    wallet_refund: str
    till_refund: str


class InvitedOut(Told):
    """To whom the recommendation goes."""

    recipients: list[str]


def purchase_out(result: PurchaseResult, *, asked: bool) -> PurchaseOut:
    """Return the answer of 11.3; what the wallet paid is told where it was asked or did something."""
    event, currency = result.event, result.currency
    assert event is not None
    out = PurchaseOut(
        id=event.public_id,
        **_state_of(event),
        awards=_awards(result.awards),
        **_amounts(result),
    )
    paid = result.paid
    if paid is not None and (asked or paid.paid_minor or paid.redeemed_minor):
        out.wallet = paid_out(paid, currency)
    return out


def estimate_out(result: PurchaseResult) -> EstimateOut:
    """Return the shape of `purchase_out` without ids."""
    skipped = result.skipped
    reason: dict[str, Any] = {"reason": skipped.value} if skipped else {}
    return EstimateOut(
        state="POSTED",
        evaluation_state="SKIPPED" if skipped else "DONE",
        **reason,
        late=result.is_late,
        awards=[EstimatedAwardOut(**_earned(one)) for one in result.awards],
        **_amounts(result),
    )


def accepted_out(result: PurchaseResult) -> AcceptedOut:
    assert result.event is not None
    return AcceptedOut(id=result.event.public_id, **_state_of(result.event))


def earned_out(result: EvaluationResult) -> EarnedOut:
    event = result.event
    assert event is not None
    return EarnedOut(id=event.public_id, **_state_of(event), awards=_awards(result.awards))


def referral_out(result: ReferralResult) -> ReferralOut:
    event = result.event
    return ReferralOut(
        id=event.public_id,
        state=_status(event),
        waiting=result.is_waiting,
        awards=[
            ReferredAwardOut(
                **_granted(one),
                beneficiary="REFERRED" if one.contact_id == event.contact_id else "REFERRER",
            )
            for one in result.awards
        ],
    )


def event_out(event: BusinessEvent) -> EventOut:
    """Return the event with its awards as they stand now; one query."""
    return EventOut(
        id=event.public_id,
        **_state_of(event),
        type=event.type.upper(),
        reference_number=event.reference_number,
        performed_at=event.performed_at,
        awards=[_standing(award) for award in awards_of(event=event)],
    )


def reversal_out(result: ReversalResult) -> ReversalOut:
    currency = result.currency
    return ReversalOut(
        id=result.event.public_id,
        state=_status(result.event),
        currency=currency,
        reverted_total=told(result.reverted_minor, currency),
        reverted_instant_total=told(result.reverted_instant_minor, currency),
        unrecovered_amount=told(result.unrecovered_minor, currency),
        wallet_refund=told(result.wallet_minor, currency),
        till_refund=told(result.till_minor, currency),
    )


def _state_of(event: BusinessEvent) -> dict[str, Any]:
    reason = {"reason": event.evaluation_reason} if event.evaluation_reason else {}
    return {
        "state": _status(event),
        "evaluation_state": event.evaluation_state.upper(),
        **reason,
        "late": event.is_late,
    }


def _status(event: BusinessEvent) -> State:
    return "POSTED" if event.is_posted else "CANCELLED"


def _amounts(result: PurchaseResult) -> dict[str, Any]:
    return {
        "instant_discount_total": told(result.instant_minor, result.currency),
        "amount_due": told(result.due_minor, result.currency),
        "donations": [],
        "lottery_entries": 0,
        "value_units": told(0, result.currency),
    }


def _awards(awards: Iterable[GrantedAward]) -> list[AwardOut]:
    return [AwardOut(**_granted(one)) for one in awards]


def _granted(award: GrantedAward) -> dict[str, Any]:
    ends = {} if award.is_instant else {"expires_at": award.expires_at}
    return {"id": award.public_id, **_earned(award), **ends}


def _earned(award: GrantedAward) -> dict[str, Any]:
    assert award.offer.public_id is not None
    return {
        "offer": OfferOut(id=award.offer.public_id, name=award.offer.title),
        "amount": told(award.amount_minor, award.currency),
        "redeem_method": award.redeem_method.value,
        **_pool(award.pool, is_instant=award.is_instant),
    }


def _pool(pool: CommercePool | None, *, is_instant: bool) -> dict[str, Any]:
    return {} if is_instant or pool is None else {"commerce_pool": pool_out(pool)}


def _standing(award: Award) -> StandingAwardOut:
    is_instant = award.redeem_method == RedeemMethod.INSTANT
    return StandingAwardOut(
        id=award.public_id,
        offer=OfferOut(id=award.offer.public_id, name=str(award.offer)),
        amount=told(award.amount_minor, award.currency),
        redeem_method="INSTANT" if is_instant else "DEFERRED",
        **_pool(award.offer.commerce_pool, is_instant=is_instant),
        expires_at=award.expires_at,
        state=award.status,
        reversed=str(Money(award.reversed_minor, award.currency).amount),
    )
