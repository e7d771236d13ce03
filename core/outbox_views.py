"""The demo's outbox: every mail that would have been sent, to be read instead of an inbox.

Links that open offers stand in these mails, so the pages exist only where `settings.DEMO` is on. A
mail's own HTML is served alone and shown in a frame (`core.mail_frames`).
"""

from __future__ import annotations

from functools import wraps
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from core import mail as mails
from core.http import View, public
from core.mail_frames import html_of, mail_frame
from core.models import Mail

PAGE = 30
LONGEST_TERM = 200


def demo_only(view: View) -> View:
    """Answer 404 wherever this is not the demo."""

    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not settings.DEMO:
            raise Http404
        response = view(request, *args, **kwargs)
        response.headers["Cache-Control"] = "no-store, private"
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return public("the demo's mails, none of which leaves the machine")(inner)


@demo_only
@require_safe
def outbox(request: HttpRequest) -> HttpResponse:
    """List the mails, newest first, those to an address where one is searched for."""
    return render(request, "core/outbox/page.html", _list(request))


@demo_only
@require_safe
def outbox_mail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one mail beside the list: its head, its link, its HTML in a frame, its plain text."""
    mail = get_object_or_404(Mail, pk=pk)
    message = mails.render(mail)
    context = {
        **_list(request),
        "mail": mail,
        "subject": message.subject,
        "sender": message.from_email,
        "text": message.body,
        "link": mails.link_of(mail),
    }
    return render(request, "core/outbox/page.html", context)


@demo_only
@require_safe
@mail_frame
def outbox_html(request: HttpRequest, pk: int) -> HttpResponse:
    """Serve the HTML of one mail alone, where nothing in it can run or reach this site."""
    return html_of(mails.render(get_object_or_404(Mail, pk=pk)))


def _list(request: HttpRequest) -> dict[str, Any]:
    """Return one page of mails with their subjects, and where the older ones are."""
    term = request.GET.get("q", "").strip()[:LONGEST_TERM]
    before = request.GET.get("before", "")
    rows: QuerySet[Mail] = Mail.objects.order_by("-pk")
    if term:
        rows = rows.filter(to__icontains=term)
    if before.isascii() and before.isdecimal() and len(before) < 19:
        rows = rows.filter(pk__lt=int(before))
    found = list(rows.select_related("token")[: PAGE + 1])
    shown = found[:PAGE]
    return {
        "entries": [(mail, mails.subject_of(mail)) for mail in shown],
        "term": term,
        "older": shown[-1].pk if len(found) > PAGE else None,
    }
