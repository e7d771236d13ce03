"""The framed pages of widgets: what other sites show of published words (incentives.md 7.2).

Anybody may frame them, and they know nobody: no session is read, no cookie is set, and the answer is the
same for all, so that caches may keep it for five minutes.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from csp.constants import NONE, SELF
from csp.decorators import csp
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from core import navigation
from core.http import public
from incentives.models import Widget
from incentives.selectors.widgets import Card, NoWidget, card_of, widget_by_key
from incentives.words.widgets import words_in

SANDBOX = "allow-popups allow-popups-to-escape-sandbox"
POLICY: dict[str, Any] = {
    "default-src": [NONE],
    "style-src": [SELF],
    # The sheet of colours names the product's font; it is not used here, so it is never fetched.
    "font-src": [SELF],
    "base-uri": [NONE],
    "form-action": [NONE],
    "sandbox": SANDBOX.split(),
}
FRESH_SECONDS = 300


def framed(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponseBase]:
    """Serve the page to every site alike: framable, without cookies, cached for five minutes."""

    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            response = view(request, *args, **kwargs)
        except NoWidget:
            response = HttpResponse(missing(), status=404)
        response.headers["Cache-Control"] = f"public, max-age={FRESH_SECONDS}"
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        response.headers["X-Robots-Tag"] = "noindex"
        return response

    policy: Any = {**POLICY, "frame-ancestors": ["*"]}
    return public("published words are for everybody")(xframe_options_exempt(csp(policy)(inner)))


@framed
@require_safe
def embed_acknowledgement(request: HttpRequest, key: str) -> HttpResponse:
    """Show the words that a provider published, or the neutral card."""
    widget = widget_by_key(key=key, of_program=False)
    return HttpResponse(drawn(widget, card_of(widget)))


@framed
@require_safe
def embed_program(request: HttpRequest, key: str) -> HttpResponse:
    """Show what is said of a program and how much it gave, or the neutral card."""
    widget = widget_by_key(key=key, of_program=True)
    return HttpResponse(drawn(widget, card_of(widget)))


def drawn(widget: Widget, card: Card) -> SafeString:
    """Draw the card by the widget's settings; rendered without the request, so it can know nobody."""
    spoken = words_in(widget.language)
    said = [
        {
            "text": words.text,
            "name": words.name or spoken.verified_recipient,
            "on": words.on if widget.shows_date else None,
            "day": spoken.day(words.on) if widget.shows_date else "",
            "value": spoken.value(words.value) if widget.shows_value else "",
        }
        for words in card.said
    ]
    context = {
        "widget": widget,
        "card": card,
        "said": said,
        "spoken": spoken,
        "acknowledgements": _counted(card.acknowledgement_count, spoken.acknowledgements),
        "incentives": _counted(card.incentive_count, spoken.incentives),
        "program_url": _program_url(card),
        "title": spoken.title.format(card.product),
    }
    name = "program" if widget.program_id is not None else "acknowledgement"
    return render_to_string(f"incentives/widgets/frame_{name}.html", context)


def missing() -> SafeString:
    """Draw the neutral card, which says nothing of what a key might have shown."""
    return render_to_string("incentives/widgets/frame_missing.html", {"spoken": words_in("en")})


def _counted(count: int, forms: tuple[str, str]) -> tuple[str, str]:
    return f"{count:,}", forms[0] if count == 1 else forms[1]


def _program_url(card: Card) -> str:
    """Return the public page of an Active program, where this installation has one."""
    return navigation.address("program_public", card.program_slug) if card.program_slug else ""
