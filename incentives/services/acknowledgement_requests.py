"""Stand-alone requests for an acknowledgement: by e-mail, by a link for one, by a template's link
for many (incentives.md 3.11).

Whoever opens a link names themselves and gets one mail; the words behind it count when they are sent.
Of two who write on one link the first wins, and a template counts its uses under its row's lock.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from core import ratelimit
from core.codes import slug
from core.errors import Conflict, Gone, Invalid
from directory.models import Organisation, User
from incentives.choices import AcknowledgementRequestStatus, DeliveryMethod
from incentives.models import (
    Acknowledgement,
    AcknowledgementIntent,
    AcknowledgementRequest,
    AcknowledgementTemplate,
    Program,
)
from incentives.selectors.acknowledgements import acknowledgement_by_pk
from incentives.services import notices, proposals
from incentives.services.visitors import refuse_own_address
from incentives.terms import Terms

LIFETIME = timedelta(days=7)
LINK_LIFETIME = timedelta(days=30)
MAILS_PER_HOUR = 3
MAX_MESSAGE = 1024


class Closed(Gone):
    """The request takes no words any more."""

    code = "acknowledgement_closed"


class WrittenAlready(Conflict):
    """The address has used this link before."""

    code = "acknowledged_already"


class NotOpen(Conflict):
    """The request was answered or cancelled meanwhile."""

    code = "request_not_open"


@dataclass(frozen=True, slots=True)
class Asked:
    """What was given, and in which words the recipient is asked about it."""

    program: Program
    incentive_type: str
    terms: Terms
    message: str = ""
    message_masked: bool = False


def problems(asked: Asked) -> dict[str, str]:
    """Return what keeps the request from being made, by field."""
    found = asked.terms.problems()
    allowed = asked.program.allowed_incentive_types
    if not asked.program.is_active:
        found["program"] = "This program is not active. Activate it first, or choose another."
    elif allowed and asked.incentive_type not in allowed:
        found["incentive_type"] = "This program does not give that kind of incentive."
    if len(asked.message) > MAX_MESSAGE:
        found["message"] = f"Use at most {MAX_MESSAGE:,} characters."
    return found


def refuse_problems(asked: Asked) -> None:
    """Raise `Invalid` for what `problems` finds."""
    if found := problems(asked):
        raise Invalid(next(iter(found.values())), fields=found)


def columns_of(asked: Asked) -> dict[str, object]:
    """Return the columns that requests and templates share."""
    return {
        "program": asked.program,
        "incentive_type": asked.incentive_type,
        "message": asked.message.strip(),
        "message_masked": asked.message_masked,
        **proposals.columns_of(asked.terms),
    }


def ask_by_email(
    *,
    business: Organisation,
    asked: Asked,
    email: str,
    name: str,
    actor: User,
    at: datetime,
) -> AcknowledgementRequest:
    """Ask one address by E08; the link works once, for seven days.

    Raises `Invalid` at the fields for an inactive program, a missing address or unsound terms.
    """
    refuse_problems(asked)
    if not email.strip():
        sentence = "Enter the recipient’s address, or choose a link."
        raise Invalid(sentence, fields={"recipient_email": sentence})
    with transaction.atomic():
        made = AcknowledgementRequest.objects.create(
            **columns_of(asked),
            business=business,
            delivery_method=DeliveryMethod.EMAIL,
            recipient_email=email.strip().lower(),
            recipient_name=name.strip(),
            expires_at=at + LIFETIME,
            created_by=actor,
            created_at=at,
            updated_at=at,
        )
        acknowledgement = Acknowledgement.objects.create(
            business=business,
            program=asked.program,
            acknowledgement_request=made,
            email=made.recipient_email,
            personal_message=made.message,
            message_masked=made.message_masked,
            invited_at=at,
            expires_at=made.expires_at,
            created_at=at,
            updated_at=at,
        )
        notices.acknowledgement_invited(acknowledgement_by_pk(pk=acknowledgement.pk), at=at)
    return made


def ask_by_link(
    *, business: Organisation, asked: Asked, actor: User, at: datetime
) -> AcknowledgementRequest:
    """Make a link for one person, open for thirty days; no e-mail is sent."""
    refuse_problems(asked)
    return AcknowledgementRequest.objects.create(
        **columns_of(asked),
        business=business,
        delivery_method=DeliveryMethod.LINK,
        link_slug=slug(),
        expires_at=at + LINK_LIFETIME,
        created_by=actor,
        created_at=at,
        updated_at=at,
    )


def cancel(*, asked: AcknowledgementRequest, at: datetime) -> None:
    """Withdraw a request that waits; its link opens nothing from now on. Raises `NotOpen`."""
    _set(asked, AcknowledgementRequestStatus.CANCELLED, at)


def renew(*, asked: AcknowledgementRequest, at: datetime) -> None:
    """Give a waiting request another seven days, since its invitation goes out anew."""
    refuse_cancelled(asked)
    AcknowledgementRequest.objects.filter(pk=asked.pk).update(
        expires_at=at + LIFETIME, undelivered_at=None, updated_at=at
    )


def note_undelivered(*, pk: int, address: str, at: datetime) -> None:
    """Remember that the invitation by e-mail could not be delivered, for the list to say so."""
    rows = AcknowledgementRequest.objects.filter(
        acknowledgement__pk=pk, recipient_email__iexact=address
    )
    rows.filter(status=AcknowledgementRequestStatus.WAITING).update(undelivered_at=at)


def name_yourself(
    *,
    source: AcknowledgementRequest | AcknowledgementTemplate,
    name: str,
    email: str,
    at: datetime,
) -> AcknowledgementIntent:
    """Mail the visitor the one link that takes their words; nothing else is stored of the wish.

    Raises `Closed` for a link that takes none, `TooMany` after three mails an hour to an address.
    """
    intent = AcknowledgementIntent(
        template=source if isinstance(source, AcknowledgementTemplate) else None,
        acknowledgement_request=source if isinstance(source, AcknowledgementRequest) else None,
        name=name.strip(),
        email=email.strip().lower(),
        created_at=at,
        expires_at=at + LIFETIME,
    )
    refuse_closed(intent, at=at)
    ratelimit.hit(
        bucket=f"verify:{intent.email}", limit=MAILS_PER_HOUR, per=timedelta(hours=1), at=at
    )
    with transaction.atomic():
        intent.save()
        notices.acknowledgement_address(intent, at=at)
    return intent


def intent_by_pk(*, pk: int) -> AcknowledgementIntent:
    """Return the visitor's intent that a token named, with what it is about."""
    return AcknowledgementIntent.objects.select_related(
        "acknowledgement_request__business__provider_profile",
        "acknowledgement_request__program__product_service",
        "template__business__provider_profile",
        "template__program__product_service",
    ).get(pk=pk)


def refuse_cancelled(asked: AcknowledgementRequest) -> None:
    """Raise `Closed` for a request that was withdrawn."""
    if asked.status == AcknowledgementRequestStatus.CANCELLED:
        raise Closed("This request was withdrawn.")


def refuse_closed(intent: AcknowledgementIntent, *, at: datetime) -> None:
    """Raise `Closed` unless the link behind the intent takes words now (incentives.md 7.1)."""
    asked, template = intent.acknowledgement_request, intent.template
    if template is not None:
        if not template.is_active or not template.program.is_active:
            raise Closed("This link is not active.")
        if template.is_full:
            raise Closed("This link has been used as often as it may be.")
        return
    assert asked is not None
    refuse_cancelled(asked)
    if not asked.is_waiting:
        raise Closed("Somebody has answered already. This link was for one person.")
    if not asked.program.is_active:
        raise Closed("This program is not active at the moment. Please try again later.")
    if asked.expires_at <= at and intent.pk is None:
        raise Closed("The time to answer has passed. Ask the sender for a new link.")


def answer(*, asked: AcknowledgementRequest, at: datetime) -> None:
    """Close the request of an e-mailed invitation by its answer; raises `Closed` when withdrawn."""
    locked = AcknowledgementRequest.objects.select_for_update().get(pk=asked.pk)
    refuse_cancelled(locked)
    _set(locked, AcknowledgementRequestStatus.ANSWERED, at)


def answer_by_link(*, intent: AcknowledgementIntent, at: datetime) -> AcknowledgementRequest:
    """Give the visitor's words their request: the link's own, or a new one of its template.

    The row of the link or template is locked, so the first answer to a link wins and a template never
    passes its limit. Raises `Closed`, `WrittenAlready` for a second answer of one address to one
    template, and `NotForYou` for the vendor's own users.
    """
    if intent.template is not None:
        asked = _use_template(intent, intent.template, at)
    else:
        assert intent.acknowledgement_request is not None
        asked = (
            AcknowledgementRequest.objects.select_for_update(of=("self",))
            .select_related("program")
            .get(pk=intent.acknowledgement_request.pk)
        )
        intent.acknowledgement_request = asked
        refuse_closed(intent, at=at)
        refuse_own_address(business_id=asked.business_id, email=intent.email)
        asked.recipient_email, asked.recipient_name = intent.email, intent.name
        asked.status, asked.updated_at = AcknowledgementRequestStatus.ANSWERED, at
        asked.save()
    AcknowledgementIntent.objects.filter(pk=intent.pk).update(confirmed_at=at)
    return asked


def _use_template(
    intent: AcknowledgementIntent, used: AcknowledgementTemplate, at: datetime
) -> AcknowledgementRequest:
    template = (
        AcknowledgementTemplate.objects.select_for_update(of=("self",))
        .select_related("program")
        .get(pk=used.pk)
    )
    intent.template = template
    if template.requests.filter(recipient_email=intent.email).exists():
        raise WrittenAlready("You have confirmed receipt with this address already. Thank you!")
    refuse_closed(intent, at=at)
    refuse_own_address(business_id=template.business_id, email=intent.email)
    AcknowledgementTemplate.objects.filter(pk=template.pk).update(uses_count=F("uses_count") + 1)
    return AcknowledgementRequest.objects.create(
        business_id=template.business_id,
        program=template.program,
        template=template,
        incentive_type=template.incentive_type,
        message=template.message,
        message_masked=template.message_masked,
        **proposals.columns_of(template.value),
        delivery_method=DeliveryMethod.LINK,
        recipient_email=intent.email,
        recipient_name=intent.name,
        status=AcknowledgementRequestStatus.ANSWERED,
        expires_at=intent.expires_at,
        created_by_id=template.created_by_id,
        created_at=at,
        updated_at=at,
    )


def _set(asked: AcknowledgementRequest, status: AcknowledgementRequestStatus, at: datetime) -> None:
    """Change the status of a request that still waits, whoever else tries at the same moment."""
    changed = AcknowledgementRequest.objects.filter(
        pk=asked.pk, status=AcknowledgementRequestStatus.WAITING
    ).update(status=status, updated_at=at, version=F("version") + 1)
    if not changed:
        raise NotOpen("This request was answered or cancelled meanwhile.")
    asked.status = status
