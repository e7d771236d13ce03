"""The demo's outbox: every mail that would have been sent, to be read instead of an inbox.

Links that open offers stand in these mails, so the pages exist only where `settings.DEMO` is on. A
mail's own HTML is served alone, sandboxed, under a policy that allows its inline styles and nothing
that runs; the page around it keeps the strict policy and shows it in a frame.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.decorators import method_decorator  # noqa: F401
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from core import mail as mails
from core.http import public
from core.models import Mail
from core.search import contains

PAGE = 30
MAIL_POLICY = {
    "default-src": [NONE],
    "style-src": [UNSAFE_INLINE],
    "img-src": [SELF, "data:"],
    "base-uri": [NONE],
    "form-action": [NONE],
    "frame-ancestors": [SELF],
    "sandbox": ["allow-popups", "allow-popups-to-escape-sandbox"],
}
