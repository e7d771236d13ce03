"""What e-mails Largesse sends for the business, and how each looks to its reader (incentives.md 5.6)."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.mail import EmailMultiAlternatives
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from core.errors import NotFound
from core.mail_frames import html_of, mail_frame
from directory import letters as other_letters
from directory.letters import Letter as OtherLetter
from directory.permissions import access
from directory.sessions import DeskRequest
from incentives.models import Offer
from incentives.selectors.mails import newest_offer
from incentives.services.notices import letters, previews
from incentives.services.notices.letters import Letter

GROUPS = (
    ("recipient", "To recipients"),
    ("both", "To both sides"),
    ("provider", "To your team"),
)


@require_safe
@access("offers.read", needs_profile=True)
def emails(request: DeskRequest) -> HttpResponse:
    """List every e-mail: when it is sent, to whom, and where its preview is."""
    groups: list[tuple[str, Sequence[Letter | OtherLetter]]] = [
        (title, [letter for letter in letters.LETTERS if letter.audience == audience])
        for audience, title in GROUPS
    ]
    groups.append(("About rewards and the wallet", other_letters.all_letters()))
    return render(request, "incentives/emails/list.html", {"groups": groups, "tour": "emails"})


@require_safe
@access("offers.read", needs_profile=True)
def email_preview(request: DeskRequest, key: str) -> HttpResponse:
    """Show one e-mail as HTML in a frame and as plain text, never with a working link."""
    letter = _letter(key)
    offer = _offer(request) if isinstance(letter, Letter) else None
    message = _composed(request, letter, offer)
    context = {
        "letter": letter,
        "subject": message.subject,
        "sender": message.from_email,
        "reply_to": ", ".join(message.reply_to),
        "text": message.body,
        "offer": offer,
        "has_offer": isinstance(letter, Letter)
        and newest_offer(business=request.organisation) is not None,
        "frame_query": "?with=sample" if offer is None else "",
        "crumbs": [("E-mails", reverse("emails")), (letter.title, "")],
    }
    return render(request, "incentives/emails/preview.html", context)


@require_safe
@access("offers.read", needs_profile=True)
@mail_frame
def email_html(request: DeskRequest, key: str) -> HttpResponse:
    """Serve the HTML of one preview alone."""
    return html_of(_composed(request, _letter(key), _offer(request)))


def _letter(key: str) -> Letter | OtherLetter:
    found = letters.letter_of(key) or other_letters.letter_of(key)
    if found is None:
        raise NotFound("There is no such e-mail.")
    return found


def _offer(request: DeskRequest) -> Offer | None:
    """Return the business's newest offer to write about, unless sample data are wanted."""
    if request.GET.get("with") == "sample":
        return None
    return newest_offer(business=request.organisation)


def _composed(
    request: DeskRequest, letter: Letter | OtherLetter, offer: Offer | None
) -> EmailMultiAlternatives:
    if isinstance(letter, OtherLetter):
        return other_letters.compose(letter, business=request.organisation)
    return previews.compose(letter, business=request.organisation, offer=offer)
