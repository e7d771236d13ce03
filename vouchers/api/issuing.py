"""Operations that give codes out, and the vouchers of a person (vouchers.md 8.1)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, cast
from uuid import UUID

from django.http import HttpResponse
from ninja import Query, Router

from core.api.calls import WITH_KEY, Made, answer_of, key_of, response_of, write_once
from core.api.errors import REFUSALS, REFUSED_WRITES, ErrorBody, ErrorDetail
from core.api.schemas import Address
from core.clock import now
from directory.api.auth import ApiRequest, caller_of, require_business
from directory.models import Organisation
from directory.selectors.contact_references import contact_by
from vouchers import happenings
from vouchers.api.callers import keyed
from vouchers.api.schemas import (
    Given,
    IssuedOut,
    IssueIn,
    RecipientIn,
    ReleasedOut,
    Shown,
    VoucherOut,
    VouchersOut,
)
from vouchers.choices import Outcome, Source
from vouchers.models import Issuance
from vouchers.recipients import Recipient
from vouchers.selectors import campaign_words, for_api
from vouchers.selectors.recipients import recipient_for
from vouchers.selectors.telling import readable_code
from vouchers.services import confirming, issuing
from vouchers.services.exposing import expose
from vouchers.services.issuing import Result

router = Router(tags=["Vouchers"])
ISSUE = keyed("vouchers:issue", for_partners=False)
READ = keyed("vouchers:read", for_partners=False)
MOST_VOUCHERS = 500

GIVEN: dict[str, int] = {
    Outcome.ISSUED: 201,
    Outcome.FALLBACK: 201,
    Outcome.RESERVED: 201,
    Outcome.ALREADY_ISSUED: 200,
    Outcome.WAITLISTED: 202,
}
NOT_GIVEN: dict[str, int] = {Outcome.EXHAUSTED: 409, Outcome.LIST_UNAVAILABLE: 409}
_ANSWERS: dict[int, Any] = {200: IssuedOut, 201: IssuedOut, 202: IssuedOut, **REFUSED_WRITES}


@router.post(
    "/voucher-campaigns/{campaign_id}/issue",
    response=_ANSWERS,
    auth=ISSUE,
    openapi_extra=WITH_KEY,
    summary="Give out a code",
)
def issue(request: ApiRequest, campaign_id: str, body: IssueIn) -> HttpResponse:
    """Give the recipient one code of the campaign: 201, and 200 with the same code for the same key.

    202 means that they wait for one. A refusal by conditions or limits is 422, and 409 means that
    there is no code now; either may be different the next time, with the same key.
    """
    return _ask(request, campaign_id, body, issuing.issue)


@router.post(
    "/voucher-campaigns/{campaign_id}/reserve",
    response=_ANSWERS,
    auth=ISSUE,
    openapi_extra=WITH_KEY,
    summary="Put a code aside",
)
def reserve(request: ApiRequest, campaign_id: str, body: IssueIn) -> HttpResponse:
    """Put one code aside for the recipient; `issuance_id` is the reservation. The code is not told."""
    return _ask(request, campaign_id, body, issuing.reserve)


@router.post(
    "/reservations/{reservation_id}/confirm",
    response=_ANSWERS,
    auth=ISSUE,
    openapi_extra=WITH_KEY,
    summary="Give out the reserved code",
)
def confirm(request: ApiRequest, reservation_id: UUID) -> HttpResponse:
    """Give out what was put aside. After its time a fresh attempt is made."""
    key_of(request)
    held = for_api.issuance(business=require_business(request), public_id=reservation_id)
    return response_of(answer_of(_made(confirming.confirm(issuance=held, at=now()))))


@router.post(
    "/reservations/{reservation_id}/release",
    response={200: ReleasedOut, **REFUSED_WRITES},
    auth=ISSUE,
    openapi_extra=WITH_KEY,
    summary="End a reservation",
)
def release(request: ApiRequest, reservation_id: UUID) -> HttpResponse:
    """Give the code back to its list, and the allowance to the recipient."""
    held = for_api.issuance(business=require_business(request), public_id=reservation_id)

    def effect(at: Any) -> Made:
        confirming.release(issuance=held, at=at)
        return 200, ReleasedOut(reservation_id=held.public_id, outcome="released")

    return write_once(request, effect, caller=caller_of(request))


@router.get(
    "/vouchers", response={200: VouchersOut, **REFUSALS}, auth=READ, summary="Vouchers of a person"
)
def vouchers(request: ApiRequest, identity: Annotated[Address, Query()]) -> VouchersOut:
    """Return what a person was given; `identity` is an e-mail address, a phone or a contact's id.

    Their codes are told, so that we note that they left the system.
    """
    business = require_business(request)
    who = _by_identity(business, identity)
    found = list(for_api.vouchers_of(business=business, recipient=who)[:MOST_VOUCHERS])
    theirs = expose(issuance_ids=[row.pk for row in found], at=now())
    return VouchersOut(vouchers=[_voucher_out(row) for row in found if row.pk in theirs])


def _ask(
    request: ApiRequest, campaign_id: str, body: IssueIn, act: Callable[..., Result]
) -> HttpResponse:
    """Ask for a code. The service itself answers the same key with the same code, so nothing that
    holds a code is stored a second time."""
    business = require_business(request)
    result = act(
        campaign=for_api.campaign(business=business, name=campaign_id),
        recipient=_recipient(business, body.recipient),
        idempotency_key=f"{caller_of(request)}:{key_of(request)}",
        source=Source.API,
        trigger_ref=body.trigger_ref or "",
        at=now(),
    )
    return response_of(answer_of(_made(result)))


def _made(result: Result) -> Made:
    if result.outcome not in GIVEN:
        message = campaign_words.refusal(result.outcome, result.reason)
        detail = ErrorDetail(
            code=str(result.outcome).upper(), message=message.rstrip(".") + ".", fields={}
        )
        return NOT_GIVEN.get(result.outcome, 422), ErrorBody(error=detail)
    told = IssuedOut(outcome=cast("Given", result.outcome.value))
    if result.issuance is not None:
        told = _issued_out(result.issuance, result.outcome)
    return GIVEN[result.outcome], told


def _issued_out(issuance: Issuance, outcome: Outcome) -> IssuedOut:
    row = for_api.with_code(issuance=issuance)
    code = readable_code(row)
    if code is not None and not expose(issuance_ids=[row.pk], at=now()):
        code = None
    return IssuedOut(
        outcome=cast("Given", outcome.value),
        issuance_id=row.public_id,
        voucher_code=code,
        redeem_until=row.redeem_until,
        reserved_until=row.reserved_until,
        list_id=row.voucher_list.list_id if row.voucher_list else None,
    )


def _recipient(business: Organisation, named: RecipientIn) -> Recipient:
    if named.contact_id is not None:
        contact = contact_by(business=business, kind="id", value=str(named.contact_id))
        return recipient_for(business=business, contact=contact)
    return recipient_for(business=business, email=named.email or "", phone=named.phone or "")


def _by_identity(business: Organisation, identity: str) -> Recipient:
    try:
        named = RecipientIn(contact_id=UUID(identity))
    except ValueError:
        is_email = "@" in identity
        named = RecipientIn(email=identity) if is_email else RecipientIn(phone=identity)
    return _recipient(business, named)


def _voucher_out(row: Issuance) -> VoucherOut:
    voucher_list = row.voucher_list
    return VoucherOut(
        partner=voucher_list.partner.name if voucher_list else None,
        list_tag=voucher_list.list_tag if voucher_list else None,
        list_name=voucher_list.name if voucher_list else None,
        list_description=voucher_list.description if voucher_list else None,
        list_expiry=voucher_list.expires_at if voucher_list else None,
        campaign_id=row.campaign.reference,
        voucher_code=happenings.code_of(row),
        status=cast("Shown", row.status),
        issued_at=row.issued_at or row.created_at,
        redeem_until=row.redeem_until,
        redemption_url=(voucher_list.partner.redemption_url or None) if voucher_list else None,
        issuance_id=row.public_id,
    )
