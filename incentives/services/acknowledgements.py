"""Asking recipients to confirm receipt in their own words, and taking the answer
(incentives.md 3.11, 5.7)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from core import ratelimit, references, tokens
from core.errors import Conflict, Invalid
from core.models import LinkToken
from directory.models import Organisation
from incentives.choices import AcknowledgementState, DistributionStatus
from incentives.models import (
    Acknowledgement,
    AcknowledgementIntent,
    Distribution,
    Offer,
    Program,
    Subject,
)
from incentives.selectors.acknowledgements import acknowledgement_by_pk, source_of
from incentives.services import acknowledgement_requests, notices, posts
from incentives.terms import Terms

LIFETIME = acknowledgement_requests.LIFETIME
SHORTEST, LONGEST = 10, 1024
RESENDS_PER_DAY = 3


class NotWaiting(Conflict):
    """The recipient has answered, so there is nothing to ask for any more."""

    code = "acknowledgement_not_waiting"


@dataclass(frozen=True, slots=True)
class Invitation:
    """What the link in a recipient's mail asks about, whatever it comes from."""

    business: Organisation
    program: Program
    email: str
    incentive_type: str
    value: Terms
    expires_at: datetime


def invite(*, subject: Subject, text: str, at: datetime) -> None:
    """Invite every recipient with a Success distribution of the offer or request, once each, by E08.

    A request about a product without a program has nothing to acknowledge for; nobody is invited.
    """
    program = subject.program
    if program is None:
        return
    offer = subject if isinstance(subject, Offer) else None
    about = {"request": subject} if offer is None else {"offer": offer}
    rows = Distribution.objects.filter(**about, status=DistributionStatus.SUCCESS)
    for distribution in rows.order_by("id"):
        acknowledgement, created = Acknowledgement.objects.get_or_create(
            distribution=distribution,
            defaults={
                "business_id": subject.business_id,
                "program": program,
                "offer": offer,
                "email": distribution.recipient_email,
                "personal_message": text.strip()[:LONGEST],
                "message_masked": subject.message_masked,
                "invited_at": at,
                "expires_at": at + LIFETIME,
                "created_at": at,
                "updated_at": at,
            },
        )
        if created:
            loaded = acknowledgement_by_pk(pk=acknowledgement.pk)
            notices.acknowledgement_invited(loaded, at=at)


def resend(*, acknowledgement: Acknowledgement, at: datetime) -> None:
    """Send the invitation once more, open for another seven days; the earlier link closes.

    Raises `NotWaiting` once the recipient has answered, `TooMany` after three mails a day, and
    `Closed` where the stand-alone request behind it was cancelled.
    """
    with transaction.atomic():
        Acknowledgement.objects.select_for_update().get(pk=acknowledgement.pk)
        fresh = acknowledgement_by_pk(pk=acknowledgement.pk)
        if fresh.is_submitted:
            raise NotWaiting("The recipient has answered already. Read the words on this page.")
        ratelimit.hit(
            bucket=f"ack-resend:{fresh.pk}", limit=RESENDS_PER_DAY, per=timedelta(days=1), at=at
        )
        if fresh.acknowledgement_request is not None:
            acknowledgement_requests.renew(asked=fresh.acknowledgement_request, at=at)
        fresh.invited_at = fresh.updated_at = at
        fresh.expires_at = at + LIFETIME
        fresh.save(update_fields=["invited_at", "expires_at", "updated_at"])
        notices.acknowledgement_invited(fresh, at=at)


def open_invitation(*, secret: str, at: datetime) -> Invitation:
    """Return what the e-mailed link asks about; changes nothing.

    Raises the token errors of `core.tokens`, and `Closed` when a stand-alone request was withdrawn,
    answered by somebody else or used up meanwhile.
    """
    token = tokens.resolve(secret, purposes=["ack"], at=at)
    kind, pk = references.parse(token.subject)
    if kind == notices.INTENT_NOUN:
        intent = acknowledgement_requests.intent_by_pk(pk=pk)
        acknowledgement_requests.refuse_closed(intent, at=at)
        source = intent.acknowledgement_request or intent.template
        assert source is not None
        return Invitation(
            source.business,
            source.program,
            intent.email,
            source.incentive_type,
            source.value,
            intent.expires_at,
        )
    found = acknowledgement_by_pk(pk=pk)
    if found.acknowledgement_request is not None:
        acknowledgement_requests.refuse_cancelled(found.acknowledgement_request)
    return Invitation(
        found.business,
        found.program,
        found.email,
        source_of(found).incentive_type,
        found.value,
        found.expires_at,
    )


def submit(
    *, secret: str, message: str, display_name: str, consent_public: bool, at: datetime
) -> Acknowledgement:
    """Store the recipient's words and use up the link; no status of an offer changes.

    Raises `Invalid` at `message` for fewer than 10 or more than 1,024 characters, and what
    `open_invitation` raises.
    """
    written = message.strip()
    if not SHORTEST <= len(written) <= LONGEST:
        sentence = f"Write between {SHORTEST} and {LONGEST} characters; these are {len(written)}."
        raise Invalid(sentence, fields={"message": sentence})
    with transaction.atomic():
        token = tokens.resolve(secret, purposes=["ack"], at=at)
        tokens.consume(token, at=at)
        acknowledgement = _answered(token, at)
        acknowledgement.message = written
        acknowledgement.display_name = display_name.strip()[:60]
        acknowledgement.consent_public = consent_public
        acknowledgement.state = AcknowledgementState.SUBMITTED
        acknowledgement.submitted_at = acknowledgement.updated_at = at
        acknowledgement.save()
        if acknowledgement.distribution is not None:
            note = "The recipient confirmed receipt in their own words."
            posts.system_note(subject=acknowledgement.distribution.subject, body=note, at=at)
        notices.acknowledged(acknowledgement_by_pk(pk=acknowledgement.pk), at=at)
    return acknowledgement


def _answered(token: LinkToken, at: datetime) -> Acknowledgement:
    """Return the row that takes the words: the invitation's own, or a new one for a visitor's."""
    kind, pk = references.parse(token.subject)
    if kind == notices.INTENT_NOUN:
        intent = AcknowledgementIntent.objects.get(pk=pk)
        asked = acknowledgement_requests.answer_by_link(intent=intent, at=at)
        return Acknowledgement(
            business_id=asked.business_id,
            program_id=asked.program_id,
            acknowledgement_request=asked,
            email=intent.email,
            personal_message=asked.message,
            message_masked=asked.message_masked,
            invited_at=intent.created_at,
            expires_at=intent.expires_at,
            created_at=at,
        )
    found = acknowledgement_by_pk(pk=pk)
    if found.acknowledgement_request is not None:
        acknowledgement_requests.answer(asked=found.acknowledgement_request, at=at)
    return found
