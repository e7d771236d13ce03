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
from incentives.services import claims


@require_safe
@access("offers.read", needs_profile=True)
def offer_attachment(request: DeskRequest, pk: int, key: str) -> FileResponse:
    """Send a file of the thread to the provider, by the offer that it belongs to."""
    offer = selectors.offer_of(business=request.organisation, pk=pk)
    return _download(selectors.attachment_of(offer=offer, key=key))


@require_safe
@public("the token names the one offer whose files may be read")
def attachment(request: HttpRequest, key: str) -> FileResponse:
    """Send a file of the thread to the recipient; any other token than the offer's is a 404."""
    try:
        claim = claims.open_claim(secret=request.GET.get("token", ""), at=now())
    except (TokenError, claims.Withdrawn) as error:
        raise NotFound("There is no such file.") from error
    return _download(selectors.attachment_of(offer=claim.offer, key=key))


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
