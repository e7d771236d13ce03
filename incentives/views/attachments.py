"""Files of a conversation: downloads for whoever may read the thread, and for nobody else."""

from __future__ import annotations

from django.http import FileResponse, HttpRequest
from django.views.decorators.http import require_safe

from core.clock import now
from core.errors import NotFound
from core.http import public
from core.tokens import TokenError
from directory.permissions import access
from directory.sessions import DeskRequest
from incentives import selectors
from incentives.models import MessageAttachment
from incentives.selectors import requests as request_rows
from incentives.services import claims, request_groups, requests, visitors


@require_safe
@access("offers.read", needs_profile=True)
def offer_attachment(request: DeskRequest, pk: int, key: str) -> FileResponse:
    """Send a file of the thread to the provider, by the offer that it belongs to."""
    offer = selectors.offer_of(business=request.organisation, pk=pk)
    return _download(selectors.attachment_of(subject=offer, key=key))


@require_safe
@access("offers.read", needs_profile=True)
def request_attachment(request: DeskRequest, pk: int, key: str) -> FileResponse:
    """Send a file of the thread to the provider, by the request that it belongs to."""
    found = request_rows.request_of(business=request.organisation, pk=pk)
    return _download(selectors.attachment_of(subject=found, key=key))


@require_safe
@public("the token names the one address whose requests' files may be read")
def my_request_attachment(request: HttpRequest, pk: int, key: str) -> FileResponse:
    """Send a file of the thread to the request's creator; to any other token it is a 404."""
    try:
        visit = requests.visit_request(secret=request.GET.get("token", ""), pk=pk, at=now())
    except TokenError as error:
        raise NotFound("There is no such file.") from error
    return _download(selectors.attachment_of(subject=visit.request, key=key))


@require_safe
@public("the token names the one member who may read the group's files")
def group_attachment(request: HttpRequest, pk: int, key: str) -> FileResponse:
    """Send a file of a group's chat to its creator or to an Active member."""
    try:
        member = request_groups.open_chat(secret=request.GET.get("token", ""), pk=pk, at=now())
    except (TokenError, request_groups.NotAMember) as error:
        raise NotFound("There is no such file.") from error
    visitors.refuse_own_users(subject=member.subject, user=request.user)
    return _download(selectors.attachment_of(subject=member.subject, key=key, among_members=True))


@require_safe
@public("the token names the one offer whose files may be read")
def attachment(request: HttpRequest, key: str) -> FileResponse:
    """Send a file of the thread to the recipient; any other token than the offer's is a 404."""
    try:
        claim = claims.open_claim(secret=request.GET.get("token", ""), at=now())
    except (TokenError, claims.Withdrawn, claims.NotAMember) as error:
        raise NotFound("There is no such file.") from error
    if claim.is_invitation:
        raise NotFound("There is no such file.")
    return _download(selectors.attachment_of(subject=claim.offer, key=key))


def _download(found: MessageAttachment) -> FileResponse:
    """Return the stored file under its own name, never shown inside the page (incentives.md 3.7)."""
    response = FileResponse(
        found.file.open("rb"),
        as_attachment=True,
        filename=found.name,
        content_type=found.content_type,
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
