"""Group messages: what the members of a group request write among themselves (incentives.md 8.1).

The creator and Active members read and write; Pending ones, outsiders and the provider do neither.
"""

from __future__ import annotations

from datetime import datetime
from itertools import groupby

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_http_methods

from core import idempotency
from core.clock import now
from core.errors import DomainError
from core.http import is_fragment, see_other
from incentives.forms.requests import GroupMessageForm
from incentives.models import GroupMember, IncentiveRequest
from incentives.selectors import requests as request_rows
from incentives.services import messages, request_groups, visitors
from incentives.views.claim_pages import number_in
from incentives.views.request_pages import own_url, request_facts
from incentives.views.threads import Bubble, Thread, Viewer, thread_of
from incentives.views.token_pages import secret_in, token_page


@token_page("the e-mailed token names the one member who reads and writes in the group")
@require_http_methods(["GET", "HEAD", "POST"])
def group_messages(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the group's chat, or write into it."""
    at = now()
    member = request_groups.open_chat(secret=secret_in(request), pk=pk, at=at)
    visitors.refuse_own_users(subject=_of(member), user=request.user)
    if request.method == "POST":
        return _say(request, member, at)
    if is_fragment(request):
        return _piece(request, member, at)
    return _page(request, member, at, GroupMessageForm())


def _of(member: GroupMember) -> IncentiveRequest:
    assert member.request is not None
    return member.request


def _say(request: HttpRequest, member: GroupMember, at: datetime) -> HttpResponse:
    """Write once for each form; a refusal keeps what was typed."""
    form = GroupMessageForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, member, at, form, status=422)
    data = form.cleaned_data

    def effect() -> str:
        files = tuple(data["attachments"])
        said = request_groups.say(member=member, body=data["body"], attachments=files, at=at)
        return str(said.pk)

    try:
        scope = f"incentives.group-message:{member.pk}"
        idempotency.run_once(scope=scope, key=data["nonce"], at=at, effect=effect)
    except DomainError as refusal:
        form.refuse(refusal)
        return _page(request, member, at, form, status=refusal.status)
    return see_other(own_url("group_messages", secret_in(request), _of(member).pk))


def _thread(
    member: GroupMember, secret: str, at: datetime, before: int | None, after: int | None
) -> Thread:
    pk = _of(member).pk
    viewer = Viewer(
        actor=request_groups.chatter(member),
        file_url=lambda key: own_url("group_attachment", secret, pk, key),
    )
    return thread_of(
        subject=_of(member), viewer=viewer, at=at, before=before, after=after, among_members=True
    )


def _piece(request: HttpRequest, member: GroupMember, at: datetime) -> HttpResponse:
    """Answer what the feed asks for: newer messages every 30 seconds, or earlier ones."""
    secret = secret_in(request)
    before, after = number_in(request, "before"), number_in(request, "after")
    context = {
        "feed_url": own_url("group_messages", secret, _of(member).pk),
        "thread": _thread(member, secret, at, before, after),
        "asked": before if before is not None else after,
        "version": _of(member).version,
    }
    name = "_earlier" if before is not None else "_newer"
    response = render(request, f"incentives/messages/{name}.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _page(
    request: HttpRequest,
    member: GroupMember,
    at: datetime,
    form: GroupMessageForm,
    *,
    status: int = 200,
) -> HttpResponse:
    secret, found = secret_in(request), _of(member)
    before = number_in(request, "before")
    thread = _thread(member, secret, at, before, None)
    is_creator = member.email == found.recipient_email
    context = {
        **request_facts(found),
        "member": member,
        "members": request_rows.request_members(request=found).filter(status="active"),
        "thread": thread,
        "days": days_of(thread.bubbles),
        "feed_url": own_url("group_messages", secret, found.pk),
        "composer_url": own_url("group_messages", secret, found.pk),
        "version": found.version,
        "looking_back": before is not None,
        "form": form,
        "closed": messages.may_post(found),
        "back_url": own_url("my_request", secret, found.pk)
        if is_creator
        else own_url("request_member", secret),
    }
    return render(request, "incentives/requests/group.html", context, status=status)


def days_of(bubbles: list[Bubble]) -> list[tuple[datetime, list[Bubble]]]:
    """Gather the messages by the day on which they were written, oldest first (UTC)."""
    days = groupby(bubbles, key=lambda bubble: bubble.message.created_at.date())
    return [(rows[0].message.created_at, rows) for rows in (list(group) for _, group in days)]
