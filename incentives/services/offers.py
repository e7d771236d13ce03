"""Making, sending and editing offers (incentives.md 2.3, 2.4)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pgtrigger
from django.db import IntegrityError, transaction

from core.codes import grouped_code
from core.errors import Conflict, Invalid
from directory.models import Organisation
from incentives.choices import GroupRole, OfferStatus, Side
from incentives.completeness.offers import DEFAULT_DAYS, OfferValues, group_problems, problems
from incentives.models import GroupMember, LinkTemplate, Offer, OfferStatusChange, OfferTerms
from incentives.selectors import values_of
from incentives.selectors.groups import seats_taken
from incentives.services import notices, posts, proposals, statuses
from incentives.services.actors import Actor
from incentives.terms import Terms

__all__ = ["DEFAULT_DAYS", "OfferValues", "problems"]


# What a link that was shared keeps, and what a group keeps besides once somebody has joined (2.4).
LINK_LOCKS = ("program", "delivery_method", "recipient_email", "recipient_name")
GROUP_LOCKS = ("offer_type", "incentive_type")


class Incomplete(Invalid):
    """Something keeps the offer from being sent; `fields` names all of it."""

    code = "offer_incomplete"


class NotEditable(Conflict):
    """The offer can no longer be edited."""

    code = "offer_not_editable"


class NotResendable(Conflict):
    """Only an e-mailed offer that nobody answered can be sent again."""

    code = "offer_not_resendable"


def create_draft(
    *, business: Organisation, values: OfferValues, actor: Actor, at: datetime
) -> Offer:
    """Store an unfinished offer; only its program is needed, and no mail is sent (P01)."""
    _refuse_unstorable(values, business)
    with transaction.atomic():
        offer = _insert(business, values, actor, at)
        OfferStatusChange.objects.create(
            offer=offer,
            transition="P01",
            to_status=OfferStatus.DRAFT,
            actor_kind=actor.kind,
            actor_user=actor.user,
            actor_name=actor.name,
            at=at,
        )
    return offer


def create_and_send(
    *,
    business: Organisation,
    values: OfferValues,
    actor: Actor,
    at: datetime,
    link_template: LinkTemplate | None = None,
) -> Offer:
    """Store a whole offer and send it at once: one line of history, None → Offered (P02).

    `link_template` is the template that the offer comes from, if one was used.
    """
    refuse_incomplete(values, at)
    assert values.program is not None
    if values.program.business_id != business.pk:
        raise Incomplete("Select a valid choice.", fields={"program": "Select a valid choice."})
    with transaction.atomic():
        offer = _insert(business, values, actor, at, link_template)
        return statuses.send(offer=offer, actor=actor, at=at, from_nothing=True)


def send_draft(*, offer: Offer, actor: Actor, at: datetime, version: int | None = None) -> Offer:
    """Send a complete draft (P03); what is missing raises `GuardFailed` with every field."""
    with transaction.atomic():
        locked = statuses.lock(offer, version=version)
        if not locked.is_draft:
            raise statuses.NotAvailable("That status is not available now. It was sent already.")
        refuse_incomplete(values_of(locked), at)
        return statuses.send(offer=locked, actor=actor, at=at, from_nothing=False)


def _refuse_unstorable(values: OfferValues, business: Organisation) -> None:
    """Refuse what not even a draft can hold: a foreign program, an impossible group."""
    found: dict[str, str] = {}
    if values.program is None or values.program.business_id != business.pk:
        found["program"] = "Choose a program first."
    if values.max_required_members is not None:
        found |= group_problems(values)
    if found:
        raise Invalid(next(iter(found.values())), fields=found)


def refuse_incomplete(values: OfferValues, at: datetime) -> None:
    """Raise `Incomplete` with a sentence for every field that keeps the values from being sent."""
    if wrong := problems(values, at):
        raise Incomplete("Some answers are missing or need a change.", fields=wrong)


def _columns(values: OfferValues) -> dict[str, Any]:
    return {
        "program": values.program,
        "entity_type": values.entity_type,
        "entity_stage": values.entity_stage,
        "incentive_type": values.incentive_type,
        "offer_type": values.offer_type,
        "max_required_members": values.max_required_members,
        "delivery_method": values.delivery_method,
        "recipient_email": values.recipient_email.strip().lower(),
        "recipient_name": values.recipient_name.strip(),
        "message": values.message.strip(),
        "message_masked": values.message_masked,
        "show_on_program_page": values.show_on_program_page,
        "expires_at": values.expires_at,
    }


def _insert(
    business: Organisation,
    values: OfferValues,
    actor: Actor,
    at: datetime,
    link_template: LinkTemplate | None = None,
) -> Offer:
    """Store the offer as a draft with a reference of its own; a taken reference is drawn again."""
    for _ in range(5):
        try:
            with transaction.atomic():
                offer = Offer.objects.create(
                    business=business,
                    reference=grouped_code("OF"),
                    status=OfferStatus.DRAFT,
                    status_set_by=Side.PROVIDER,
                    status_changed_at=at,
                    link_template=link_template,
                    created_by=actor.user,
                    created_at=at,
                    updated_at=at,
                    **_columns(values),
                )
            break
        except IntegrityError as error:
            if "reference" not in str(error):
                raise
    else:
        raise RuntimeError("No free reference was found in five draws.")
    _write_terms(offer, values.terms, at)
    _write_members(offer, values, at)
    return offer


def _write_terms(offer: Offer, terms: Terms | None, at: datetime) -> None:
    offer.terms = proposals.replace_draft(offer=offer, terms=terms, at=at)
    Offer.objects.filter(pk=offer.pk).update(terms=offer.terms)


def _write_members(offer: Offer, values: OfferValues, at: datetime) -> None:
    """Note who is invited to an e-mailed group; the first address listed leads."""
    GroupMember.objects.filter(offer=offer).delete()
    if values.offer_type != "group" or values.delivery_method == "link":
        return
    addresses = list(dict.fromkeys(address.lower() for address in values.member_addresses))
    GroupMember.objects.bulk_create(
        GroupMember(
            offer=offer,
            email=address,
            role=GroupRole.LEAD if position == 0 else GroupRole.MEMBER,
            invited_at=at,
        )
        for position, address in enumerate(addresses)
    )


def update_draft(
    *, offer: Offer, values: OfferValues, actor: Actor, version: int, at: datetime
) -> Offer:
    """Store new answers in a draft; anything may still change and nothing need be complete."""
    with transaction.atomic():
        locked = statuses.lock(offer, version=version)
        if not locked.is_draft:
            raise NotEditable("This offer can no longer be edited: it was sent.")
        _refuse_unstorable(values, locked.business)
        _save(locked, _columns(values), at)
        _write_terms(locked, values.terms, at)
        _write_members(locked, values, at)
    return locked


def update_link_offer(
    *, offer: Offer, values: OfferValues, actor: Actor, version: int, at: datetime
) -> Offer:
    """Edit a shared link that nobody has claimed; its address stays, the thread says what changed.

    Delivery method and program are locked; once a group has a member, so are offer type, incentive
    type and value, and there are never fewer places than members. New terms become the next proposal,
    so that a visitor who asked under the old ones is not bound to the new.
    """
    refuse_incomplete(values, at)
    with transaction.atomic():
        locked = statuses.lock(offer, version=version)
        if not locked.is_unclaimed_link:
            raise NotEditable("This offer can no longer be edited: it was claimed or closed.")
        taken = seats_taken(offer=locked) if locked.is_group else 0
        if taken > (values.max_required_members or taken):
            sentence = f"{taken} people have joined already."
            raise Invalid(sentence, fields={"max_required_members": sentence})
        kept = [*LINK_LOCKS, *(GROUP_LOCKS if taken else ())]
        columns = _columns(values) | {name: getattr(locked, name) for name in kept}
        changed = [name for name, value in columns.items() if getattr(locked, name) != value]
        _save(locked, columns, at)
        is_new = locked.terms is None or locked.terms.value != values.terms
        if values.terms is not None and is_new and not taken:
            locked.terms = proposals.table(
                subject=locked, terms=values.terms, kind="offer", proposed_by="provider", at=at
            )
            Offer.objects.filter(pk=locked.pk).update(terms=locked.terms)
            changed.append("value")
        if changed:
            posts.system_note(
                subject=locked,
                body=f"{actor.name} edited the offer: {', '.join(map(_label, changed))}.",
                at=at,
            )
    return locked


def _label(name: str) -> str:
    return name.replace("_", " ").replace("expires at", "expiry")


def _save(offer: Offer, columns: dict[str, Any], at: datetime) -> None:
    for name, value in columns.items():
        setattr(offer, name, value)
    offer.updated_at = at
    offer.version += 1
    offer.save(update_fields=[*columns, "updated_at", "version"])


def resend(*, offer: Offer, actor: Actor, at: datetime) -> None:
    """Send the claim e-mail once more; the earlier link stops working."""
    with transaction.atomic():
        locked = statuses.lock(offer)
        if locked.is_link or locked.is_group or locked.status != OfferStatus.OFFERED:
            raise NotResendable(
                "Only an e-mailed offer that waits for its first answer can be sent again."
            )
        if locked.expires_at is None or locked.expires_at <= at:
            raise NotResendable("The time to answer has passed. Offer it again with a new end.")
        notices.offered(locked, at=at)
        posts.system_note(subject=locked, body=f"{actor.name} sent the offer again.", at=at)


def delete_draft(*, offer: Offer, actor: Actor) -> None:
    """Remove a draft for good; nothing else can be deleted."""
    with (
        transaction.atomic(),
        pgtrigger.ignore("incentives.OfferStatusChange:status_change_append_only"),
    ):
        locked = statuses.lock(offer)
        if not locked.is_draft:
            raise NotEditable("Only a draft can be deleted. Cancel the offer instead.")
        Offer.objects.filter(pk=locked.pk).update(terms=None)
        OfferStatusChange.objects.filter(offer=locked).delete()
        OfferTerms.objects.filter(offer=locked).delete()
        locked.delete()
