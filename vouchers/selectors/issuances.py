"""Who was given which code: the list of issuances and one of them (vouchers.md 8, page 13)."""

from __future__ import annotations

import uuid

from django.db.models import QuerySet

from core.errors import NotFound
from directory.models import Organisation
from vouchers.choices import IssuanceStatus
from vouchers.models import Issuance, Reveal, Sending, WaitEntry

MOST_LINES = 50


def issuances_of(*, business: Organisation) -> QuerySet[Issuance]:
    """Return the issuances of the business with what their rows show."""
    return Issuance.objects.filter(business=business).select_related(
        "campaign", "voucher_list__partner", "code", "contact"
    )


def issuance(*, business: Organisation, public_id: uuid.UUID) -> Issuance:
    """Return one issuance of the business; raises `NotFound`."""
    rows = issuances_of(business=business).select_related("business", "created_by", "closed_by")
    found = rows.filter(public_id=public_id).first()
    if found is None:
        raise NotFound("There is no such voucher.")
    return found


def public_id_of(pk: int) -> uuid.UUID | None:
    """Return the id by which the page of the issuance is addressed."""
    return Issuance.objects.filter(pk=pk).values_list("public_id", flat=True).first()


def sendings_of(*, issuance: Issuance) -> list[Sending]:
    """Return the mails that brought the voucher, the newest first."""
    rows = Sending.objects.filter(issuance=issuance).select_related("mail", "asked_by")
    return list(rows.order_by("-at", "-pk")[:MOST_LINES])


def reveals_of(*, issuance: Issuance) -> list[Reveal]:
    """Return who of the desk looked at the code, the newest first."""
    rows = (
        Reveal.objects.filter(code=issuance.code_id) if issuance.code_id else Reveal.objects.none()
    )
    return list(rows.order_by("-at", "-pk")[:MOST_LINES])


def waited_for(*, issuance: Issuance) -> WaitEntry | None:
    """Return the place on the wait list that the voucher was given for, if any."""
    return WaitEntry.objects.filter(issuance=issuance).select_related("created_by").first()


def was_possibly_seen(*, issuance: Issuance) -> bool:
    """Tell whether the code may have been read by anybody, so that it can only become void (R-REV)."""
    return (
        issuance.exposed_at is not None
        or issuance.first_seen_at is not None
        or bool(reveals_of(issuance=issuance))
    )


def can_be_revoked(issuance: Issuance) -> bool:
    """Tell whether the voucher can still be taken back."""
    return issuance.status == IssuanceStatus.ISSUED
