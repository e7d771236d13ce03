"""Serving the HTML of one mail alone, to be shown in a frame of a page of ours.

Nothing in it can run or reach this site: it is sandboxed, under a policy that allows its inline
styles and nothing else; the page around it keeps the strict policy.
"""

from __future__ import annotations

from functools import wraps
from typing import Any

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp
from django.core.mail import EmailMultiAlternatives
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.clickjacking import xframe_options_sameorigin

from core.http import View

MAIL_POLICY = {
    "default-src": [NONE],
    "style-src": [UNSAFE_INLINE],
    "img-src": [SELF, "data:"],
    "base-uri": [NONE],
    "form-action": [NONE],
    "frame-ancestors": [SELF],
    "sandbox": ["allow-popups", "allow-popups-to-escape-sandbox"],
}


def mail_frame(view: View) -> View:
    """Let only our own pages frame what the view serves, in a sandbox, and keep it out of caches."""
    guarded: View = xframe_options_sameorigin(csp(MAIL_POLICY)(view))

    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = guarded(request, *args, **kwargs)
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Cache-Control"] = "no-store, private"
        return response

    return inner


def html_of(message: EmailMultiAlternatives) -> HttpResponse:
    """Return the HTML part of the message as an answer of its own."""
    html = next(content for content, kind in message.alternatives if kind == "text/html")
    return HttpResponse(str(html))
