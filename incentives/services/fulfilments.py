"""Fulfilling a distribution by a code from a partner's voucher list (decision D6).

A distribution of a Discount or a Gift Card takes one code from a running voucher campaign and becomes
Success, with the masked code in its description. E07 carries the code; it is asked for while the mail
is rendered and stands in no row of ours.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from core import references
from core.errors import Conflict, Invalid, NotFound
from core.mail import Late
from core.models import Mail
from incentives.choices import DistributionStatus, IncentiveType
from incentives.models import Distribution, Subject
from incentives.services import distributions
from incentives.services.actors import Actor
from incentives.services.distributions import BatchRefused, Edit
from incentives.services.subjects import lock
from vouchers.services import fulfilling
from vouchers.services.fulfilling import Given

KIND = "incentives.distribution"
BY_CODE = frozenset({IncentiveType.DISCOUNT.value, IncentiveType.GIFT_CARD.value})
OPEN = [DistributionStatus.PENDING, DistributionStatus.FAILED]
LONGEST = 500


class NotByCode(Conflict):
    """What was promised is not given by a code, or not now."""

    code = "not_by_code"


def is_possible(subject: Subject) -> bool:
    """Tell whether distributions of the subject may be fulfilled by a code now."""
    return subject.incentive_type in BY_CODE and distributions.is_editable(subject)


def fulfil(
    *, subject: Subject, ids: Collection[int], campaign: UUID, actor: Actor, at: datetime
) -> list[Distribution]:
    """Give each of the distributions one code of the campaign, all or none, and return those changed.

    One that has its code already is left as it is. Raises `NotByCode`, `NotFound` for an id that is not
    of this subject, and `vouchers.services.fulfilling.NotGiven`.
    """
    if not ids:
        raise Invalid("Select at least one distribution first.")
    with transaction.atomic():
        locked = lock(subject)
        if not is_possible(locked):
            raise NotByCode(
                "Codes are given for discounts and gift cards, while the"
                f" {locked.noun} is Approved Confirmed or Claimed."
            )
        rows = list(
            locked.distributions.select_for_update(of=("self",))
            .select_related("contact")
            .filter(pk__in=ids)
            .order_by("id")
        )
        if len(rows) != len(set(ids)):
            raise NotFound(f"One of these distributions does not belong to this {locked.noun}.")
        return [row for row in rows if _fulfil_one(locked, row, campaign, actor, at)]


def _fulfil_one(
    subject: Subject, row: Distribution, campaign: UUID, actor: Actor, at: datetime
) -> bool:
    """Take the code and record the success; False where both were done before."""
    ref = references.reference(KIND, row.pk)
    if row.status not in OPEN:
        if fulfilling.given_for(trigger_ref=ref) is None:
            raise NotByCode(f"D-{row.pk} is recorded as delivered already.")
        return False
    given = fulfilling.fulfil(
        business=subject.business,
        campaign=campaign,
        trigger_ref=ref,
        contact=row.contact,
        email=row.recipient_email,
        actor=actor.user,
        reason=f"Distribution D-{row.pk} of {subject.noun} {subject.reference}",
        at=at,
    )
    edit = Edit(
        pk=row.pk,
        version=row.version,
        value=row.value.number,
        description=described(given, subject.business.time_zone),
        status=DistributionStatus.SUCCESS,
    )
    try:
        distributions.update_batch(subject=subject, edits=[edit], actor=actor, at=at)
    except BatchRefused as refusal:
        sentences = " ".join(refusal.rows[row.pk].values())
        raise NotByCode(f"D-{row.pk} cannot be recorded as it is. {sentences}") from refusal
    return True


def described(given: Given, zone: str) -> str:
    """Return the words that the record keeps: the masked code, whose it is, until when it is good."""
    text = f"Voucher {given.masked} of {given.name}"
    if given.partner:
        text += f" ({given.partner})"
    if given.redeem_until is not None:
        until = given.redeem_until.astimezone(ZoneInfo(zone))
        text += f", good until {until.day} {until:%B %Y}"
    return text[:LONGEST]


def late_context(mail: Mail) -> Mapping[str, Any]:
    """Return the code that E07 shows, if the distribution was fulfilled by one that is still good."""
    ref = _reference_in(mail)
    told = fulfilling.told_for(trigger_ref=ref) if ref else None
    if told is None:
        return {}
    return {"voucher_code": told.code, "voucher_where": told.where, "voucher_url": told.url}


def before_sending(mail: Mail, at: datetime) -> None:
    """Note that the code leaves the house with this mail."""
    if ref := _reference_in(mail):
        fulfilling.hand_over(trigger_ref=ref, at=at)


def _reference_in(mail: Mail) -> str:
    pk = mail.context.get("distribution")
    return references.reference(KIND, pk) if pk else ""


LATE = Late(late_context, before_sending)
