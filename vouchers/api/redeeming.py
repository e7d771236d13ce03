"""Operations at the till: check, hold, redeem, reverse (vouchers.md 9). Codes travel in bodies only."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpResponse
from ninja import Router

from core.api.calls import WITH_KEY, Made, write_once
from core.api.errors import REFUSED_WRITES, ErrorBody, body_of
from core.api.schemas import minor_of, told
from core.clock import now
from core.errors import DomainError, Invalid
from directory.api.auth import ApiRequest, caller_of
from vouchers.api.callers import keyed, reporter
from vouchers.api.schemas import (
    CheckOut,
    CodeIn,
    HoldIn,
    HoldOut,
    RedeemIn,
    RedemptionOut,
    ReverseIn,
)
from vouchers.models import Redemption
from vouchers.outside_choices import RedemptionResult
from vouchers.services import cart_holds, redeeming
from vouchers.services.redeeming import Report, Verdict

router = Router(tags=["Redeeming vouchers"])
REDEEM = keyed("vouchers:redeem")
_CHECKED = {status: body for status, body in REFUSED_WRITES.items() if status != 410}


@router.post(
    "/vouchers/check",
    response={200: CheckOut, **_CHECKED},
    auth=REDEEM,
    summary="Ask what a code is good for",
)
def check(request: ApiRequest, body: CodeIn) -> CheckOut:
    """Return the state and the conditions of a code; changes nothing, and needs no key."""
    report = Report(code=body.code, list_id=body.list_id or "")
    found = redeeming.look_up(report=report, reporter=reporter(request), at=now())
    if isinstance(found, Verdict):
        raise _error(found)
    code, refusal = found
    voucher_list = code.voucher_list
    return CheckOut(
        is_redeemable=refusal is None,
        reason=refusal.value.upper() if refusal else None,
        list_id=voucher_list.list_id,
        partner=voucher_list.partner.name,
        name=voucher_list.name,
        description=voucher_list.description,
        redeem_until=code.redeem_until,
    )


@router.post(
    "/vouchers/hold",
    response={201: HoldOut, **REFUSED_WRITES},
    auth=REDEEM,
    openapi_extra=WITH_KEY,
    summary="Hold a code for a cart",
)
def hold(request: ApiRequest, body: HoldIn) -> HttpResponse:
    """Lock a code of your own engine for 30 minutes; redeem it with `hold_id`."""
    who = reporter(request)
    report = Report(code=body.code, list_id=body.list_id or "", hold_id=body.hold_id)

    def effect(at: datetime) -> Made:
        made = cart_holds.hold(report=report, reporter=who, at=at)
        if isinstance(made, Verdict):
            return _refused(made)
        row, code = made
        return 201, HoldOut(
            hold_id=row.public_id, list_id=code.voucher_list.list_id, held_until=row.held_until
        )

    return write_once(request, effect, caller=caller_of(request))


@router.post(
    "/vouchers/redeem",
    response={200: RedemptionOut, 201: RedemptionOut, **REFUSED_WRITES},
    auth=REDEEM,
    openapi_extra=WITH_KEY,
    summary="Redeem a code",
)
def redeem(request: ApiRequest, body: RedeemIn) -> HttpResponse:
    """Mark a code as spent: 201, and 200 with the first redemption for the same reference again.

    `NOT_ISSUED` means that nobody was given the code: it is void from now on, do not take it.
    """
    who = reporter(request)

    def effect(at: datetime) -> Made:
        if body.redeemed_at is not None and body.redeemed_at > at:
            sentence = "This lies in the future."
            raise Invalid(sentence, fields={"redeemed_at": sentence})
        minor = None
        if body.amount is not None and body.currency is not None:
            minor = minor_of(body.amount, body.currency, "amount")
        report = Report(
            code=body.code,
            reference=body.reference,
            list_id=body.list_id or "",
            redeemed_at=body.redeemed_at,
            amount_minor=minor,
            currency=body.currency or "",
            location=body.location or "",
            hold_id=body.hold_id,
        )
        return _made(redeeming.redeem(report=report, reporter=who, at=at), 201)

    return write_once(request, effect, caller=caller_of(request))


@router.post(
    "/vouchers/reverse",
    response={200: RedemptionOut, **REFUSED_WRITES},
    auth=REDEEM,
    openapi_extra=WITH_KEY,
    summary="Take a redemption back",
)
def reverse(request: ApiRequest, body: ReverseIn) -> HttpResponse:
    """Undo a redemption within 30 days, by its code and reference."""
    who = reporter(request)
    report = Report(code=body.code, reference=body.reference, list_id=body.list_id or "")

    def effect(at: datetime) -> Made:
        return _made(redeeming.reverse(report=report, reporter=who, at=at), 200)

    return write_once(request, effect, caller=caller_of(request))


def _made(verdict: Verdict, status: int) -> Made:
    """Return what was done. A refusal is an answer too: what it leaves behind is committed with it."""
    if verdict.redemption is None:
        return _refused(verdict)
    return 200 if verdict.is_repeat else status, _redemption_out(
        verdict.redemption, is_repeat=verdict.is_repeat
    )


def _refused(verdict: Verdict) -> Made:
    error = _error(verdict)
    return error.status, ErrorBody.model_validate(body_of(error))


def _error(verdict: Verdict) -> DomainError:
    error = verdict.error()
    assert error is not None
    return error


def _redemption_out(row: Redemption, *, is_repeat: bool) -> RedemptionOut:
    is_reversed = row.result == RedemptionResult.REVERSED
    return RedemptionOut(
        redemption_id=row.public_id,
        status="reversed" if is_reversed else "redeemed",
        is_repeat=is_repeat,
        list_id=row.voucher_list.list_id,
        reference=row.reference,
        redeemed_at=row.redeemed_at,
        reversed_at=row.reversed_at,
        amount=told(row.amount_minor, row.currency) if row.amount_minor is not None else None,
        currency=row.currency or None,
    )
