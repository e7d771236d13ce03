"""Codes for what another app promised: the narrow door through which it is let in (decision D6).

The other app names its own thing by an opaque reference, and mails the code itself: it asks here for
the code while its mail is rendered. For each reference there is one code, whatever is pressed twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from core.errors import Conflict, NotFound
from directory.models import Contact, Organisation, User
from vouchers import happenings
from vouchers.choices import SHOWN, CampaignStatus, Delivery, Source
from vouchers.masking import masked
from vouchers.models import Campaign, CampaignList, Issuance
from vouchers.selectors.numbers import numbers_of
from vouchers.selectors.recipients import recipient_for
from vouchers.services import issuing, mailing, showing


class NotGiven(Conflict):
    """No code could be given; the message says why and what to do."""

    code = "voucher_not_given"


@dataclass(frozen=True, slots=True)
class Choice:
    """A running campaign, and how many codes it could give out now."""

    public_id: UUID
    label: str
    left: int


@dataclass(frozen=True, slots=True)
class Given:
    """A code as the other app may keep it: masked, with its list and until when it is good."""

    masked: str
    name: str
    partner: str
    redeem_until: datetime | None


@dataclass(frozen=True, slots=True)
class Told:
    """A code as a mail shows it while it is rendered."""

    code: str
    where: str
    url: str


def promise(kind: str) -> None:
    """Let the owner of references of that kind mail the codes itself; called at start."""
    mailing.told_elsewhere.add(kind)


def choices(*, business: Organisation, at: datetime) -> list[Choice]:
    """Return the business's running campaigns with what their lists could give, by name."""
    running = Campaign.objects.filter(business=business, status=CampaignStatus.RUNNING)
    rows = [row for row in running.order_by("name") if row.ends_at is None or row.ends_at > at]
    mapped = CampaignList.objects.filter(campaign__in=rows, removed_at=None)
    links = list(mapped.select_related("voucher_list"))
    numbers = numbers_of(lists=[link.voucher_list for link in links], at=at) if links else {}
    left: dict[int, int] = {}
    for link in links:
        of_list = numbers[link.voucher_list_id].distributable
        own = of_list if link.quota is None else min(of_list, link.quota - link.taken)
        left[link.campaign_id] = left.get(link.campaign_id, 0) + own
    return [Choice(row.public_id, row.name, left.get(row.pk, 0)) for row in rows]


def fulfil(
    *,
    business: Organisation,
    campaign: UUID,
    trigger_ref: str,
    contact: Contact | None,
    email: str,
    actor: User | None,
    reason: str,
    at: datetime,
) -> Given:
    """Give one code for the reference, or return the one that was given for it.

    The caller holds a lock on what it refers to, so that two presses come one after the other. A code
    that was taken back is followed by another. Raises `NotFound` for a foreign campaign, `NotGiven`.
    """
    had = given_for(trigger_ref=trigger_ref)
    if had is not None:
        return had
    found = Campaign.objects.filter(business=business, public_id=campaign).first()
    if found is None:
        raise NotFound("There is no such campaign.")
    before = _given_by_us(trigger_ref).filter(business=business).count()
    result = issuing.issue(
        campaign=found,
        recipient=recipient_for(business=business, contact=contact, email=email),
        idempotency_key=f"{trigger_ref}:{before}",
        source=Source.MANUAL,
        trigger_ref=trigger_ref,
        actor=actor,
        reason=reason,
        at=at,
    )
    given = given_for(trigger_ref=trigger_ref)
    if given is None:
        why = result.reason or result.outcome.label.lower()
        raise NotGiven(f"“{found.name}” gives no code to {email or contact}: {why}.")
    return given


def _given_by_us(trigger_ref: str) -> QuerySet[Issuance]:
    """Return what came through this door for the reference: a call of the API may say any word as its
    own, but nothing that it asks for is given by hand."""
    return Issuance.objects.filter(trigger_ref=trigger_ref, source=Source.MANUAL)


def _of(trigger_ref: str) -> Issuance | None:
    rows = _given_by_us(trigger_ref).filter(status__in=SHOWN)
    return (
        rows.select_related("voucher_list__partner", "campaign", "code", "business")
        .order_by("-pk")
        .first()
    )


def given_for(*, trigger_ref: str) -> Given | None:
    """Return what was given for the reference and not taken back, or None."""
    issuance = _of(trigger_ref)
    if issuance is None:
        return None
    of_list = issuance.voucher_list
    return Given(
        masked(happenings.code_of(issuance)),
        of_list.name if of_list else issuance.campaign.name,
        of_list.partner.name if of_list else "",
        issuance.redeem_until,
    )


def told_for(*, trigger_ref: str) -> Told | None:
    """Return the code for a mail that is being rendered; None where it was taken back meanwhile."""
    issuance = _of(trigger_ref)
    if issuance is None:
        return None
    partner = issuance.voucher_list.partner if issuance.voucher_list else None
    return Told(
        happenings.code_of(issuance),
        partner.redemption_instructions if partner else "",
        partner.redemption_url if partner else "",
    )


def hand_over(*, trigger_ref: str, at: datetime) -> None:
    """Note that a mail with the code is about to leave: from now on it is possibly seen."""
    issuance = _of(trigger_ref)
    if issuance is not None and showing.hand_over(issuance=issuance, at=at):
        Issuance.objects.filter(pk=issuance.pk, delivery_status=Delivery.PENDING).update(
            delivery_status=Delivery.SENT, updated_at=at
        )
