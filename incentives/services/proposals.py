"""Putting terms on the table: every proposal is a row that is never changed once offered."""

from __future__ import annotations

from datetime import datetime
from typing import Any, overload

from django.db.models import Max

from incentives.models import IncentiveRequest, Offer, OfferTerms, RequestTerms, Subject
from incentives.terms import Terms


def columns_of(terms: Terms) -> dict[str, Any]:
    """Return the columns in which a `Terms` value is stored."""
    return {
        "unit": terms.unit,
        "value_minor": terms.minor,
        "value_percent": terms.percent,
        "currency": terms.currency,
        "description": terms.description.strip(),
    }


@overload
def table(
    *, subject: Offer, terms: Terms, kind: str, proposed_by: str, at: datetime
) -> OfferTerms: ...
@overload
def table(
    *, subject: IncentiveRequest, terms: Terms, kind: str, proposed_by: str, at: datetime
) -> RequestTerms: ...
def table(
    *, subject: Subject, terms: Terms, kind: str, proposed_by: str, at: datetime
) -> OfferTerms | RequestTerms:
    """Add the next proposal of the offer or request; the caller puts it on the table."""
    last = subject.proposals.aggregate(last=Max("number"))["last"]
    return subject.proposals.create(
        number=(last or 0) + 1,
        kind=kind,
        proposed_by=proposed_by,
        created_at=at,
        **columns_of(terms),
    )


def replace_draft(*, offer: Offer, terms: Terms | None, at: datetime) -> OfferTerms | None:
    """Store a draft's terms in its first proposal, which may still change or be taken back."""
    if terms is None:
        OfferTerms.objects.filter(offer=offer).delete()
        return None
    row = offer.terms
    if row is None:
        return table(subject=offer, terms=terms, kind="offer", proposed_by="provider", at=at)
    OfferTerms.objects.filter(pk=row.pk).update(**columns_of(terms))
    row.refresh_from_db()
    return row
