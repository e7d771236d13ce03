"""Making, verifying, editing and opening requests, by links alone (incentives.md 8.1)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F

from core import ratelimit, references, tokens
from core.codes import grouped_code
from core.errors import Conflict, Invalid
from core.models import LinkToken
from directory.models import Organisation
from incentives.choices import Side, TermsKind
from incentives.choices.requests import RequestStatus
from incentives.completeness.requests import RequestValues, problems, unstorable
from incentives.models import IncentiveRequest, RequestStatusChange, RequestTerms
from incentives.selectors.requests import own_request, request_by_pk
from incentives.services import posts, proposals, request_statuses, visitors
from incentives.services.actors import Actor
from incentives.services.notices import requests as notices
from incentives.services.proposals import columns_of
from incentives.services.subjects import lock

VERIFICATIONS_PER_HOUR = 3


class NotEditable(Conflict):
    """The request can no longer be edited."""

    code = "request_not_editable"
    heading = "This request can no longer be edited"


@dataclass(frozen=True, slots=True)
class Visit:
    """An opened link: the token, the verified address behind it, and the request it was sent for."""

    token: LinkToken
    address: str
    request: IncentiveRequest

    @property
    def actor(self) -> Actor:
        return creator_of(self.request)


def creator_of(request: IncentiveRequest) -> Actor:
    """Return the creator of the request, known by a token alone, as the recipient's side."""
    return Actor(Side.RECIPIENT.value, request.recipient_name or request.recipient_email)


def ask(
    *, business: Organisation, values: RequestValues, send: bool, at: datetime
) -> IncentiveRequest:
    """Store what somebody asks for and mail a link that confirms the address (Q01).

    Until that link's button is pressed it is a draft that neither side sees; `send` says whether
    confirming shall send it as well. What keeps it from being sent, or stored, raises `Invalid` with
    every field; more than 3 mails an hour to one address raise `TooMany`.
    """
    _refuse(problems(values) if send else unstorable(values))
    address = values.recipient_email.strip().lower()
    visitors.refuse_own_address(business_id=business.pk, email=address)
    ratelimit.hit(
        bucket=f"verify:{address}", limit=VERIFICATIONS_PER_HOUR, per=timedelta(hours=1), at=at
    )
    with transaction.atomic():
        request = _insert(business, values, at)
        request.send_when_verified = send
        request.save(update_fields=["send_when_verified"])
        if not send:
            _record_draft(request, at)
        notices.verify(request, at=at)
    return request


def create(
    *, business: Organisation, values: RequestValues, visit: Visit, send: bool, at: datetime
) -> IncentiveRequest:
    """Store another request of an address that is verified by the visit, and send it if so wished."""
    values = replace(values, recipient_email=visit.address)
    _refuse(problems(values) if send else unstorable(values))
    visitors.refuse_own_address(business_id=business.pk, email=visit.address)
    with transaction.atomic():
        request = _insert(business, values, at)
        _bind(request, at)
        if not send:
            _record_draft(request, at)
            return request
        return request_statuses.send(
            request=request, actor=creator_of(request), at=at, from_nothing=True
        )


def _refuse(wrong: dict[str, str]) -> None:
    if wrong:
        raise Invalid("Some answers are missing or need a change.", fields=wrong)


def _columns(values: RequestValues) -> dict[str, Any]:
    program = values.program
    product = program.product_service if program else None
    is_group = values.request_type == "group"
    return {
        "program": program,
        "product_name": product.name if product else values.product_name.strip(),
        "product_url": product.url if product else values.product_url.strip(),
        "recipient_email": values.recipient_email.strip().lower(),
        "recipient_name": values.recipient_name.strip(),
        "entity_type": values.entity_type,
        "entity_stage": values.entity_stage,
        "incentive_type": values.incentive_type,
        "request_type": values.request_type or "single",
        "max_required_members": values.max_required_members if is_group else None,
        "delivery_method": values.delivery_method or "email",
        "message": values.message.strip(),
        "message_masked": values.message_masked,
    }


def _insert(business: Organisation, values: RequestValues, at: datetime) -> IncentiveRequest:
    """Store a draft with a reference of its own; a taken reference is drawn again."""
    columns = _columns(values)
    for _ in range(5):
        try:
            with transaction.atomic():
                request = IncentiveRequest.objects.create(
                    business=business,
                    reference=grouped_code("RQ"),
                    status_changed_at=at,
                    created_at=at,
                    updated_at=at,
                    **columns,
                )
            break
        except IntegrityError as error:
            if "reference" not in str(error):
                raise
    else:
        raise Conflict("No free reference was found. Please try again.")
    _table_wish(request, values, at)
    return request


def _table_wish(request: IncentiveRequest, values: RequestValues, at: datetime) -> None:
    """Store the wish as the draft's first proposal, which may still change or be taken back."""
    if values.terms is None or values.terms.problems():
        request.terms = None
        RequestTerms.objects.filter(request=request).delete()
    elif request.terms is None:
        request.terms = proposals.table(
            subject=request,
            terms=values.terms,
            kind=TermsKind.WISH,
            proposed_by=Side.RECIPIENT.value,
            at=at,
        )
    else:
        RequestTerms.objects.filter(pk=request.terms.pk).update(**columns_of(values.terms))
        request.terms.refresh_from_db()
    IncentiveRequest.objects.filter(pk=request.pk).update(terms=request.terms)


def _record_draft(request: IncentiveRequest, at: datetime) -> None:
    RequestStatusChange.objects.create(
        request=request,
        transition="A01",
        to_status=RequestStatus.DRAFT,
        actor_kind=Side.RECIPIENT,
        actor_name=request.recipient_name,
        terms=request.terms,
        at=at,
    )


def _bind(request: IncentiveRequest, at: datetime) -> None:
    """Attach the verified person; the contact is found or made by the address (decision D4)."""
    contact = posts.contact_of(
        request, address=request.recipient_email, name=request.recipient_name, at=at
    )
    IncentiveRequest.objects.filter(pk=request.pk).update(recipient_verified_at=at, contact=contact)
    request.recipient_verified_at, request.contact = at, contact


def open_verification(*, secret: str, at: datetime) -> IncentiveRequest:
    """Return the request whose address the link confirms; changes nothing; raises token errors."""
    token = tokens.resolve(secret, purposes=[notices.VERIFY], at=at)
    return request_by_pk(pk=references.parse(token.subject)[1])


def verify(*, secret: str, at: datetime) -> tuple[IncentiveRequest, str]:
    """Confirm the address, once, and send the request if that was wished.

    Returns the request and the secret of the link to My requests, which Q02 carries too.
    """
    found = open_verification(secret=secret, at=at)
    with transaction.atomic():
        tokens.consume(tokens.resolve(secret, purposes=[notices.VERIFY], at=at), at=at)
        request = lock(found)
        visitors.refuse_own_address(business_id=request.business_id, email=request.recipient_email)
        sends, was_draft = request.send_when_verified, request.status_changes.exists()
        _bind(request, at)
        if sends and request.is_draft:
            request = request_statuses.send(
                request=request, actor=creator_of(request), at=at, from_nothing=not was_draft
            )
        return request, notices.access(request, at=at)


def open_visit(*, secret: str, at: datetime) -> Visit:
    """Return what an access link opens: everything that its verified address ever asked.

    Changes nothing; raises the token errors of `core.tokens`.
    """
    token = tokens.resolve(secret, purposes=[notices.ACCESS], at=at)
    request = request_by_pk(pk=references.parse(token.subject)[1])
    return Visit(token, token.address, request)


def visit_request(*, secret: str, pk: int, at: datetime) -> Visit:
    """Return the visit as one to the request `pk` of the same address, or raise `NotFound`."""
    visit = open_visit(secret=secret, at=at)
    return replace(visit, request=own_request(address=visit.address, pk=pk))


def send_access(*, address: str, at: datetime) -> None:
    """Mail the way to My requests to an address that asked before; silent about any other.

    More than 3 mails an hour to one address raise `TooMany`.
    """
    address = address.strip().lower()
    ratelimit.hit(
        bucket=f"verify:{address}", limit=VERIFICATIONS_PER_HOUR, per=timedelta(hours=1), at=at
    )
    rows = IncentiveRequest.objects.filter(
        recipient_email=address, recipient_verified_at__isnull=False
    )
    newest = rows.order_by("-id").first()
    if newest is not None:
        notices.access(request_by_pk(pk=newest.pk), at=at)


def update(
    *, request: IncentiveRequest, values: RequestValues, version: int, at: datetime
) -> IncentiveRequest:
    """Change a draft, or what was requested by Shared Link and nobody answered yet.

    The address stays; so does the delivery method once sent. Members who joined already keep their
    places. Raises `NotEditable`, `StaleVersion`, or `Invalid` with every field.
    """
    with transaction.atomic():
        locked = lock(request, version=version)
        if not locked.is_editable:
            raise NotEditable("This request can no longer be edited: the provider has it.")
        values = replace(
            values,
            recipient_email=locked.recipient_email,
            program=locked.program,
            delivery_method=values.delivery_method if locked.is_draft else locked.delivery_method,
        )
        _refuse(unstorable(values) if locked.is_draft else problems(values))
        _refuse_smaller_group(locked, values)
        changed = {name: value for name, value in _columns(values).items() if name != "program"}
        IncentiveRequest.objects.filter(pk=locked.pk).update(
            **changed, updated_at=at, version=F("version") + 1
        )
        if not locked.is_draft and values.terms != (locked.terms.value if locked.terms else None):
            _renew_wish(locked, values, at)
        elif locked.is_draft:
            _table_wish(locked, values, at)
        if not locked.is_draft:
            posts.system_note(subject=locked, body="The recipient changed the request.", at=at)
    return request_by_pk(pk=request.pk)


def _refuse_smaller_group(request: IncentiveRequest, values: RequestValues) -> None:
    """Nobody loses a place by an edit: the group stays one, and large enough for its members."""
    others = request.members.filter(status="active").exclude(email=request.recipient_email).count()
    if not others:
        return
    if values.request_type != "group":
        _refuse({"request_type": "Somebody has joined already, so it stays a group."})
    if (values.max_required_members or 0) < others + 1:
        _refuse({"max_required_members": f"{others + 1} people are in the group already."})


def _renew_wish(request: IncentiveRequest, values: RequestValues, at: datetime) -> None:
    """A wish that was sent is never rewritten: the changed one is the next proposal, agreed as such."""
    assert values.terms is not None
    terms = proposals.table(
        subject=request,
        terms=values.terms,
        kind=TermsKind.WISH,
        proposed_by=Side.RECIPIENT.value,
        at=at,
    )
    IncentiveRequest.objects.filter(pk=request.pk).update(
        terms=terms, agreed_terms=terms, recipient_agreed_at=at
    )


def send_draft(*, request: IncentiveRequest, version: int, at: datetime) -> IncentiveRequest:
    """Send a complete draft of a verified address (A03)."""
    with transaction.atomic():
        locked = lock(request, version=version)
        return request_statuses.send(
            request=locked, actor=creator_of(locked), at=at, from_nothing=False
        )


def note_mail_failed(*, pk: int, address: str, at: datetime) -> None:
    """Say in the thread that an e-mail could not be delivered, without anybody's address."""
    request = IncentiveRequest.objects.filter(pk=pk).first()
    if request is None:
        return
    side = "recipient" if address.lower() == request.recipient_email else "provider"
    body = f"The email to the {side} could not be delivered."
    posts.system_note(subject=request, body=body, at=at)
