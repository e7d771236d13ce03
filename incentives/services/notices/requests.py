"""The e-mails of incentive requests, to both sides (incentives.md 8).

Q01 asks to confirm an address, Q02 leads to My requests, Q03 tells the recipient what the provider
did, Q04 the provider what the recipient did, Q05 that it is confirmed, Q06 seats a member of a group;
a success is E07 as for offers.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse

from core import mail, references, tokens
from core.models import LinkToken
from directory.choices import MemberStatus, Role
from directory.models import Membership
from incentives import words
from incentives.choices import SEATED, Side
from incentives.choices.requests import RequestStatus
from incentives.models import Distribution, GroupMember, IncentiveRequest, RequestStatusChange
from incentives.words.requests import next_step

ACCESS, VERIFY, MEMBER, JOIN = "request", "request_verify", "request_member", "request_join"
ACCESS_LIFETIME = timedelta(days=30)
VERIFY_LIFETIME = timedelta(hours=24)
EXCERPT = 200


def request_reference(request: IncentiveRequest) -> str:
    """Return the opaque reference under which tokens and mails of the request are kept."""
    return references.reference("incentives.request", request.pk)


def member_reference(member: GroupMember) -> str:
    return references.reference("incentives.request_member", member.pk)


def event_of(change: RequestStatusChange) -> str:
    """Return the name of the event that a status change is."""
    return f"request-change-{change.pk}"


def _context(request: IncentiveRequest) -> dict[str, Any]:
    profile = getattr(request.business, "provider_profile", None)
    terms = request.confirmed_terms or request.terms
    value = terms.value if terms else None
    return {
        "provider_name": request.business.name,
        "provider_url": profile.website if profile else "",
        "logo_url": profile.logo.url if profile and profile.logo else "",
        "contact_email": profile.email if profile else "",
        "product": request.product_name,
        "headline": words.headline(value, request.incentive_type),
        "value_text": value.value_text if value else "",
        "description": value.description if value else "",
        "request_reference": request.reference,
        "recipient_name": request.recipient_name,
        "new_status": RequestStatus(request.status).label,
    }


def _post(
    request: IncentiveRequest,
    *,
    kind: str,
    template: str,
    event: str,
    to: str,
    at: datetime,
    link: str,
    token: LinkToken | None = None,
    **more: Any,
) -> None:
    profile = getattr(request.business, "provider_profile", None)
    mail.queue(
        kind=kind,
        key=f"{kind}:{event}:{to.lower()}",
        to=to,
        template=f"incentives/requests/{template}",
        context={**_context(request), **more},
        at=at,
        link=link,
        token=token,
        reference=request_reference(request),
        owner_id=request.business_id,
        reply_to=profile.email if profile else "",
        from_name=request.business.name,
    )


def access_token(request: IncentiveRequest, *, at: datetime) -> LinkToken:
    """Make the token by which the recipient comes back: all requests of the address, 30 days."""
    return tokens.issue(
        purpose=ACCESS,
        subject=request_reference(request),
        address=request.recipient_email,
        at=at,
        expires_at=at + ACCESS_LIFETIME,
    )


def member_token(member: GroupMember, *, at: datetime) -> LinkToken:
    """Make the token by which a member comes back to the group's request: 30 days."""
    return tokens.issue(
        purpose=MEMBER,
        subject=member_reference(member),
        address=member.email,
        at=at,
        expires_at=at + ACCESS_LIFETIME,
    )


def verify(request: IncentiveRequest, *, at: datetime) -> None:
    """Q01: confirm the typed address; the button is the only content that acts."""
    token = tokens.issue(
        purpose=VERIFY,
        subject=request_reference(request),
        address=request.recipient_email,
        at=at,
        expires_at=at + VERIFY_LIFETIME,
        single_use=True,
    )
    _post(
        request,
        kind="Q01",
        template="q01_verify",
        event=f"token-{token.pk}",
        to=request.recipient_email,
        at=at,
        link=reverse("request_verify"),
        token=token,
        sends=request.send_when_verified,
    )


def access(request: IncentiveRequest, *, at: datetime) -> str:
    """Q02: the way to My requests; returns the secret of the link."""
    token = access_token(request, at=at)
    _post(
        request,
        kind="Q02",
        template="q02_access",
        event=f"token-{token.pk}",
        to=request.recipient_email,
        at=at,
        link=reverse("my_requests"),
        token=token,
        next_step=_next(request, Side.RECIPIENT),
    )
    return tokens.secret_of(token)


def provider_acted(request: IncentiveRequest, *, event: str, text: str, at: datetime) -> None:
    """Q03: the provider's message or change of status, to the recipient."""
    _post(
        request,
        kind="Q03",
        template="q03_provider_acted",
        event=event,
        to=request.recipient_email,
        at=at,
        link=reverse("my_request", args=[request.pk]),
        token=access_token(request, at=at),
        text=text,
        next_step=_next(request, Side.RECIPIENT),
    )


def recipient_acted(
    request: IncentiveRequest, *, event: str, old_status: str, text: str, at: datetime
) -> None:
    """Q04: what the recipient asked, wrote or did, to the provider."""
    excerpt = text if len(text) <= EXCERPT else f"{text[: EXCERPT - 1]}…"
    for address in provider_addresses(request):
        _post(
            request,
            kind="Q04",
            template="q04_recipient_acted",
            event=event,
            to=address,
            at=at,
            link=reverse("request_messages", args=[request.pk]),
            is_new=old_status in {"", RequestStatus.DRAFT},
            excerpt=excerpt,
            next_step=_next(request, Side.PROVIDER),
        )


def confirmed(request: IncentiveRequest, *, event: str, at: datetime) -> None:
    """Q05: the confirmed terms, to the recipient or to each member of the group."""
    common = {"kind": "Q05", "template": "q05_confirmed", "event": event, "at": at}
    said = _next(request, Side.RECIPIENT)
    _post(
        request,
        **common,  # type: ignore[arg-type]
        to=request.recipient_email,
        link=reverse("my_request", args=[request.pk]),
        token=access_token(request, at=at),
        next_step=said,
    )
    for member in request.members.filter(status__in=SEATED).exclude(email=request.recipient_email):
        _post(
            request,
            **common,  # type: ignore[arg-type]
            to=member.email,
            link=reverse("request_member"),
            token=member_token(member, at=at),
            recipient_name=member.name,
            next_step=said,
        )


def delivered(distribution: Distribution, *, at: datetime) -> None:
    """E07: what was delivered, once for each success."""
    request, value = distribution.request, distribution.value
    assert request is not None
    member = distribution.group_member
    others = member is not None and member.email != request.recipient_email
    token = (
        member_token(member, at=at)
        if member is not None and others
        else access_token(request, at=at)
    )
    _post(
        request,
        kind="E07",
        template="q08_delivered",
        event=f"distribution-{distribution.pk}-{distribution.version}",
        distribution=distribution.pk,
        to=distribution.recipient_email,
        at=at,
        link=reverse("request_member") if others else reverse("my_request", args=[request.pk]),
        token=token,
        recipient_name=distribution.recipient_name,
        value_text=value.value_text,
        headline=words.headline(value, request.incentive_type),
        description=value.description,
    )


def verify_member(member: GroupMember, *, at: datetime) -> None:
    """Q06: confirm the address of somebody who wishes to join a group."""
    request = member.request
    assert request is not None
    token = tokens.issue(
        purpose=JOIN,
        subject=member_reference(member),
        address=member.email,
        at=at,
        expires_at=at + VERIFY_LIFETIME,
        single_use=True,
    )
    _post(
        request,
        kind="Q06",
        template="q06_join",
        event=f"token-{token.pk}",
        to=member.email,
        at=at,
        link=reverse("request_join_confirm"),
        token=token,
        recipient_name=member.name,
        creator=request.recipient_name,
    )


def joined(member: GroupMember, *, at: datetime) -> str:
    """Q07: a new member's way back to the group; returns the secret of the link."""
    request = member.request
    assert request is not None
    token = member_token(member, at=at)
    _post(
        request,
        kind="Q07",
        template="q07_joined",
        event=f"token-{token.pk}",
        to=member.email,
        at=at,
        link=reverse("request_member"),
        token=token,
        recipient_name=member.name,
        creator=request.recipient_name,
    )
    return tokens.secret_of(token)


def provider_addresses(request: IncentiveRequest) -> list[str]:
    """Return all active Admins of the business and its notification address, without duplicates."""
    admins = Membership.objects.filter(
        organisation=request.business_id,
        role=Role.ADMIN,
        status=MemberStatus.ACTIVE,
        user__is_active=True,
    )
    found = list(admins.order_by("user__email").values_list("user__email", flat=True))
    profile = getattr(request.business, "provider_profile", None)
    if profile is not None and profile.notification_email:
        found.append(profile.notification_email)
    return list({address.lower(): address for address in found if address}.values())


def _next(request: IncentiveRequest, side: str) -> str:
    return next_step(status=request.status, set_by=request.status_set_by, side=side)
