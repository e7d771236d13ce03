"""The wallet's operations for tills and shops (wallet.md 5.6, 5.8, 6.1)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Annotated
from uuid import UUID

from django.http import HttpResponse
from ninja import Query, Router

from core.api.calls import WITH_KEY, Made, key_of, write_once
from core.api.door import sent_with
from core.api.errors import REFUSALS, REFUSED_WRITES
from core.api.schemas import Address, Code, minor_of
from core.clock import now
from core.errors import Invalid, NotFound
from directory.api.auth import ApiRequest, KeyAuth
from directory.api.schemas import ContactRef
from directory.models import Contact
from events.api.places import Caller, classification_of, event_numbered, place_of
from events.api.schemas import BasketIn, purchase_data
from events.choices import EventType
from events.drafts import check_purchase
from events.facts import PurchaseFacts
from events.selectors.facts import REFERENCE, draft_facts
from events.services.intake import EventCancelled
from wallet.api.answers import activation_out, balance_out, no_balance_out, paid_out, quote_out
from wallet.api.people import contact_of, wallet_to_use
from wallet.api.schemas import (
    ActivationIn,
    ActivationOut,
    BalanceOut,
    CaptureIn,
    PaidOut,
    QuoteIn,
    QuoteOut,
    ReleasedOut,
    ReleaseIn,
    SpendIn,
    TokenSpendIn,
    WishIn,
)
from wallet.commands import Actor
from wallet.selectors import for_tills, wallet_of
from wallet.selectors.lot_uses import basket
from wallet.services import activations, holds, quotes, spend_tokens, spending
from wallet.services.spending import Wish

router = Router(tags=["Wallet"])
READ, WRITE = KeyAuth("wallet:read"), KeyAuth("wallet:write")


@router.get(
    "/wallet/balance", response={200: BalanceOut, **REFUSALS}, auth=READ, summary="Read a wallet"
)
def balance(
    request: ApiRequest,
    wallet_code: Annotated[Code | None, Query()] = None,
    contact_id: Annotated[UUID | None, Query()] = None,
    code: Annotated[Code | None, Query()] = None,
    email: Annotated[Address | None, Query()] = None,
    phone: Annotated[Address | None, Query()] = None,
) -> BalanceOut:
    """Return what the contact has with the business; name them by exactly one parameter."""
    given = {
        "id": contact_id,
        "wallet_code": wallet_code,
        "code": code,
        "email": email,
        "phone": phone,
    }
    named = {kind: value for kind, value in given.items() if value is not None}
    if len(named) != 1:
        raise Invalid("Name the contact by exactly one parameter.")
    reference = ContactRef.model_validate(named)
    business = request.organisation
    contact = contact_of(business=business, named=reference, at=now())
    wallet = wallet_of(contact=contact)
    return no_balance_out(contact) if wallet is None else balance_out(wallet)


@router.post(
    "/wallet/quotes",
    response={200: QuoteOut, 201: QuoteOut, **REFUSED_WRITES},
    auth=WRITE,
    openapi_extra=WITH_KEY,
    summary="Ask what the wallet would pay, and hold it",
)
def quote(request: ApiRequest, body: QuoteIn) -> HttpResponse:
    """Work out the reduction of a basket before it is paid (step 1 of the front-end protocol).

    With `hold` (the default) the money is set aside for 15 minutes and the answer is 201; without it
    nothing is written and the answer, 200, is not a promise.
    """
    caller = Caller.of(request)

    def effect(at: datetime) -> Made:
        wallet = wallet_to_use(business=caller.business, named=body.contact, at=at)
        facts = _facts(request, body, wallet.contact, at)
        wish = wish_of(body.spend, body.currency)
        if not body.hold:
            offered = quotes.preview(wallet=wallet, facts=facts, wish=wish, at=at)
            return 200, quote_out(offered, body.currency, is_held=False)
        placed = holds.place(
            wallet=wallet,
            facts=facts,
            wish=wish,
            key=key_of(request),
            actor=_actor(caller),
            at=at,
            also_named=_posted_as(request, body),
        )
        return 201, quote_out(placed, body.currency, is_held=True)

    return write_once(request, effect, caller=caller.name)


@router.post(
    "/wallet/holds/{hold_id}/capture",
    response={201: PaidOut, **REFUSED_WRITES},
    auth=WRITE,
    openapi_extra=WITH_KEY,
    summary="Pay from a hold",
)
def capture(request: ApiRequest, hold_id: UUID, body: CaptureIn) -> HttpResponse:
    """Pay the final basket from the hold and give back what it does not need (step 2)."""
    caller = Caller.of(request)

    def effect(at: datetime) -> Made:
        hold = for_tills.hold(root=caller.root, public_id=hold_id)
        facts = _facts(request, body, hold.wallet.contact, at)
        paid = holds.capture(
            hold=hold,
            facts=facts,
            key=key_of(request),
            actor=_actor(caller),
            at=at,
            also_named=_posted_as(request, body),
        )
        return 201, paid_out(paid, body.currency)

    return write_once(request, effect, caller=caller.name)


@router.post(
    "/wallet/holds/{hold_id}/release",
    response={200: ReleasedOut, **REFUSED_WRITES},
    auth=WRITE,
    openapi_extra=WITH_KEY,
    summary="Give a hold back",
)
def release(request: ApiRequest, hold_id: UUID, body: ReleaseIn) -> HttpResponse:
    """Give everything back where it came from (step 3); a hold also ends by itself."""
    caller = Caller.of(request)

    def effect(at: datetime) -> Made:
        hold = for_tills.hold(root=caller.root, public_id=hold_id)
        holds.release(hold=hold, key=key_of(request), actor=_actor(caller), at=at)
        return 200, ReleasedOut(hold=hold.public_id, state="RELEASED")

    return write_once(request, effect, caller=caller.name)


@router.post(
    "/wallet/spends",
    response={201: PaidOut, **REFUSED_WRITES},
    auth=WRITE,
    openapi_extra=WITH_KEY,
    summary="Pay from the wallet at once",
)
def spend(request: ApiRequest, body: SpendIn) -> HttpResponse:
    """Redeem what matches the basket and pay it, in full or in part.

    A purchase that earns awards as well is posted to `/events/purchases` with `spend` instead.
    """
    caller = Caller.of(request)

    def effect(at: datetime) -> Made:
        wallet = wallet_to_use(business=caller.business, named=body.contact, at=at)
        paid = spending.process(
            wallet=wallet,
            facts=_facts(request, body, wallet.contact, at),
            key=key_of(request),
            actor=_actor(caller),
            at=at,
            wish=wish_of(body.spend, body.currency),
            also_named=_posted_as(request, body),
        )
        return 201, paid_out(paid, body.currency)

    return write_once(request, effect, caller=caller.name)


@router.post(
    "/wallet/spends/by-token",
    response={201: PaidOut, **REFUSED_WRITES},
    auth=WRITE,
    openapi_extra=WITH_KEY,
    summary="Pay with a spend token",
)
def spend_by_token(request: ApiRequest, body: TokenSpendIn) -> HttpResponse:
    """Pay the basket with the token that the contact showed, once and within its five minutes."""
    caller = Caller.of(request)

    def effect(at: datetime) -> Made:
        wallet = spend_tokens.wallet_of(business=caller.business, shown=body.token, at=at)
        paid = spend_tokens.pay(
            business=caller.business,
            shown=body.token,
            facts=_facts(request, body, wallet.contact, at),
            key=key_of(request),
            actor=_actor(caller),
            at=at,
            also_named=_posted_as(request, body),
        )
        return 201, paid_out(paid, body.currency)

    return write_once(request, effect, caller=caller.name)


@router.post(
    "/wallet/activations",
    response={201: ActivationOut, **REFUSED_WRITES},
    auth=WRITE,
    openapi_extra=WITH_KEY,
    summary="Activate a pool",
)
def activate(request: ApiRequest, body: ActivationIn) -> HttpResponse:
    """Choose the pool for the contact's next purchase within 60 minutes."""
    caller = Caller.of(request)

    def effect(at: datetime) -> Made:
        wallet = wallet_to_use(business=caller.business, named=body.contact, at=at)
        pool = for_tills.pool(business=caller.business, public_id=body.pool.id)
        return 201, activation_out(activations.activate(wallet=wallet, pool=pool, at=at))

    return write_once(request, effect, caller=caller.name)


def wish_of(wish: WishIn, currency: str) -> Wish:
    """Return the wish in minor units."""
    minor = None if wish.amount is None else minor_of(wish.amount, currency, "spend.amount")
    return Wish(minor, wish.exact)


def _facts(request: ApiRequest, body: BasketIn, contact: Contact, at: datetime) -> PurchaseFacts:
    """Return the basket as facts, named by the place and its number: reported twice, it is one."""
    caller = Caller.of(request)
    place, _ = place_of(caller, body.tap)
    data = purchase_data(body, sent=sent_with(request), at=at)
    check_purchase(data, at=at)
    facts = draft_facts(
        business=caller.business,
        place=place,
        data=data,
        contact=contact,
        classification=classification_of(caller, body.classification, EventType.PURCHASE),
        at=at,
    )
    name = basket(place_id=place.pk, number=body.reference_number)
    return replace(facts, reference=name)


def _posted_as(request: ApiRequest, body: BasketIn) -> tuple[str, ...]:
    """Return the reference of the purchase, where it was posted under the number before.

    Raises `EventCancelled` for one that was cancelled: nothing is paid for it any more.
    """
    caller = Caller.of(request)
    try:
        event = event_numbered(caller, body.tap, EventType.PURCHASE, body.reference_number)
    except NotFound:
        return ()
    if not event.is_posted:
        raise EventCancelled("The purchase of this number was cancelled. Use another number.")
    return (f"{REFERENCE}:{event.pk}",)


def _actor(caller: Caller) -> Actor:
    return Actor(caller.name)
