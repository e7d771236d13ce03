"""A visitor's wish and its e-mailed confirmation, whatever the wish is for (incentives.md 5.3).

A page stores what somebody wishes to do and mails a link to the typed address (E02); nothing else
happens. Pressing the button behind that link carries the wish out, once.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction

from core import ratelimit, references, tokens
from core.errors import Conflict, Gone
from incentives.guards import Payload
from incentives.models import ClaimIntent, Offer
from incentives.selectors import offer_by_pk
from incentives.services import notices, statuses
from incentives.terms import Terms

VERIFICATIONS_PER_HOUR = 3

CarryOut = Callable[[ClaimIntent, datetime], tuple[Offer, str]]
"""Carries a wish out within the running transaction; returns the offer and the way back to it."""


class TermsChanged(Conflict):
    """The terms changed after the visitor asked."""

    code = "terms_changed"


def store(intent: ClaimIntent, *, at: datetime) -> ClaimIntent:
    """Keep the wish and mail a link that confirms its address (E02); no status changes.

    More than 3 mails an hour to one address raise `TooMany`.
    """
    intent.name, intent.email = intent.name.strip(), intent.email.strip().lower()
    intent.created_at = at
    ratelimit.hit(
        bucket=f"verify:{intent.email}",
        limit=VERIFICATIONS_PER_HOUR,
        per=timedelta(hours=1),
        at=at,
    )
    with transaction.atomic():
        intent.save()
        notices.verify(intent, at=at)
    return intent


def open_intent(*, secret: str, at: datetime) -> ClaimIntent:
    """Return the wish behind a verification link; changes nothing; raises the token errors."""
    token = tokens.resolve(secret, purposes=["verify"], at=at)
    _, pk = references.parse(token.subject)
    intent = ClaimIntent.objects.select_related("template").get(pk=pk)
    if intent.offer_id is not None:
        intent.offer = offer_by_pk(pk=intent.offer_id)
    return intent


def confirm(*, secret: str, at: datetime, carry_out: CarryOut) -> tuple[Offer, str]:
    """Carry the wish out in one transaction; return the offer and the secret of the way back to it.

    The link works once. A refusal (409, 410) closes the wish for good, and an offer whose end has
    passed expires on the spot.
    """
    intent = open_intent(secret=secret, at=at)
    try:
        with transaction.atomic():
            tokens.consume(tokens.resolve(secret, purposes=["verify"], at=at), at=at)
            offer, access = carry_out(intent, at)
            ClaimIntent.objects.filter(pk=intent.pk).update(confirmed_at=at, closed_at=at)
    except (Conflict, Gone):
        ClaimIntent.objects.filter(pk=intent.pk).update(closed_at=at)
        if intent.offer is not None:
            statuses.expire_now(offer=intent.offer, at=at)
        raise
    return offer, access


def refuse_changed_terms(intent: ClaimIntent, offer: Offer) -> None:
    """Raise `TermsChanged` unless the terms on the table are those that the visitor read."""
    if intent.payload.get("terms_id") != offer.terms_id:
        raise TermsChanged(
            "The provider changed the offer meanwhile. Open the link again to see it."
        )


def pack(payload: Payload, *, terms_id: int | None) -> dict[str, Any]:
    """Return what the visitor sends along as it is kept, with the terms that it is about."""
    packed: dict[str, Any] = {"text": payload.text, "terms_id": terms_id}
    if payload.counter is not None:
        counter = payload.counter
        packed["counter"] = {
            "unit": counter.unit,
            "minor": counter.minor,
            "percent": str(counter.percent) if counter.percent is not None else None,
            "currency": counter.currency,
            "description": counter.description,
        }
    return packed


def wish_of(intent: ClaimIntent) -> Payload:
    """Return what the visitor wishes to send along: their words and, for a counter, their terms."""
    counter = None
    if parts := intent.payload.get("counter"):
        percent = parts["percent"]
        counter = Terms(
            parts["unit"],
            minor=parts["minor"],
            percent=Decimal(percent) if percent is not None else None,
            currency=parts["currency"],
            description=parts["description"],
        )
    return Payload(text=intent.payload.get("text", ""), counter=counter)
