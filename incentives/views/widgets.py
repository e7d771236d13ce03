"""The widget pages of the desk: of an offer, of words without an offer, of a program
(incentives.md 2.1 row 8, 7.2). One set of views serves the three; a `Kind` says what differs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from csp.constants import SELF
from csp.decorators import csp
from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.clock import now
from core.errors import DomainError, Invalid, NotFound
from core.http import View, is_fragment
from directory.permissions import access, may
from directory.sessions import DeskRequest
from directory.views.pages import done
from incentives import selectors
from incentives.choices import WidgetSize
from incentives.forms.widgets import WidgetForm
from incentives.models import Acknowledgement, Widget
from incentives.selectors import desk
from incentives.selectors.acknowledgements import acknowledgement_of, published_of
from incentives.selectors.widgets import (
    NoWidget,
    card_of,
    own_widget_of,
    widget_of_offer,
    widget_of_program,
)
from incentives.services import widgets
from incentives.views.embeds import POLICY, SANDBOX, drawn, missing
from incentives.views.questions import Question, decide
from incentives.words.widgets import words_in

SIZES = {
    WidgetSize.COMPACT.value: ("320", "140"),
    WidgetSize.CARD.value: ("400", "240"),
    WidgetSize.FULL.value: ("100%", "240"),
}
PROGRAM_HEIGHTS = {"140": "140", "240": "360"}


@dataclass(frozen=True, slots=True)
class Embed:
    """One widget with what its page says around it."""

    widget: Widget
    subtitle: str
    product: str
    back_url: str
    crumbs: list[tuple[str, str]]
    words: list[Acknowledgement] = field(default_factory=list)
    nothing: str = ""

    @property
    def is_stored(self) -> bool:
        return self.widget.pk is not None


@dataclass(frozen=True, slots=True)
class Kind:
    """What differs between the three: names of addresses, permissions, how the widget is found."""

    name: str
    title: str
    framed_name: str
    read: str
    write: str
    load: Callable[[DeskRequest, int], Embed]

    def url(self, part: str, pk: int) -> str:
        return reverse(f"{self.name}_{part}" if part else self.name, args=[pk])


def _of_offer(request: DeskRequest, pk: int) -> Embed:
    offer = selectors.offer_of(business=request.organisation, pk=pk)
    widget = widget_of_offer(offer=offer)
    words = list(published_of(offer=offer))
    if widget.acknowledgement is None or not widget.acknowledgement.is_published:
        widget.acknowledgement = words[0] if words else widget.acknowledgement
    back = reverse("offer_detail", args=[pk])
    nothing = (
        ""
        if words
        else "Nothing of this offer is published. Either its recipient did not agree to a public"
        " showing, or the words were hidden; see the list of acknowledgements."
    )
    return Embed(
        widget,
        f"{offer.reference} · {offer.program}",
        offer.program.product_service.name,
        back,
        [("Incentive Offers", reverse("offers")), (offer.reference, back), ("Widget", "")],
        words,
        nothing,
    )


def _of_acknowledgement(request: DeskRequest, pk: int) -> Embed:
    row = acknowledgement_of(business=request.organisation, pk=pk)
    widget = own_widget_of(acknowledgement=row)
    back = reverse("acknowledgement_detail", args=[pk])
    crumbs = [
        ("Incentive Acknowledgements", reverse("acknowledgements")),
        (f"No. {pk}", back),
        ("Widget", ""),
    ]
    product = row.program.product_service.name
    return Embed(widget, f"No. {pk} · {product}", product, back, crumbs, [row])


def _of_program(request: DeskRequest, pk: int) -> Embed:
    program = desk.program_of(business=request.organisation, pk=pk)
    if not program.is_active:
        raise NotFound("Only an active program has an embed. Activate it first.")
    stored = widget_of_program(program=program)
    widget = stored or Widget(business=program.business, program=program, is_enabled=False)
    back = reverse("program_detail", args=[pk])
    crumbs = [("Incentive Programs", reverse("programs")), (str(program), back), ("Embed", "")]
    return Embed(widget, f"Program {pk} · {program}", str(program), back, crumbs)


KINDS = {
    "offer": Kind(
        "offer_embed",
        "Embed Acknowledgement Widget",
        "embed_acknowledgement",
        "offers.read",
        "offers.write",
        _of_offer,
    ),
    "acknowledgement": Kind(
        "acknowledgement_embed",
        "Embed Acknowledgement Widget",
        "embed_acknowledgement",
        "offers.read",
        "offers.write",
        _of_acknowledgement,
    ),
    "program": Kind(
        "program_embed",
        "Embed Social Proof",
        "embed_program",
        "programs.read",
        "programs.write",
        _of_program,
    ),
}


def _form(embed: Embed, data: QueryDict | None = None) -> WidgetForm:
    of_program = embed.widget.program_id is not None
    return WidgetForm(data, widget=embed.widget, words=embed.words, of_program=of_program)


def _tried(request: HttpRequest, embed: Embed) -> tuple[Widget, str]:
    """Return the widget in memory as the settings in the address would make it, and that query."""
    if "theme" not in request.GET:
        return embed.widget, ""
    data = request.GET.copy()
    data["version"] = str(embed.widget.version)
    form = _form(embed, data)
    if not form.is_valid():
        return embed.widget, ""
    chosen = form.settings()
    widgets.apply(embed.widget, chosen)
    for row in embed.words:
        if row.pk == chosen.acknowledgement_id:
            embed.widget.acknowledgement = row
    query = QueryDict(mutable=True)
    for name in form.fields:
        if name != "version" and name in request.GET:
            query[name] = request.GET[name]
    return embed.widget, query.urlencode()


def _measures(widget: Widget) -> tuple[str, str]:
    """Return width and height of the frame; a program's needs more room for its five voices."""
    width, height = SIZES[widget.size]
    return (width, PROGRAM_HEIGHTS[height]) if widget.program_id is not None else (width, height)


def snippet_of(kind: Kind, embed: Embed) -> SafeString:
    """Return the code for another site: one frame without script, and a plain link below it.

    It is markup for that site; our own page shows it as text, escaped once more.
    """
    widget = embed.widget
    address = f"{settings.SITE_URL}{reverse(kind.framed_name, args=[widget.key])}"
    title = words_in(widget.language).title.format(embed.product)
    width, height = _measures(widget)
    return format_html(
        '<iframe src="{}" title="{}" width="{}" height="{}" loading="lazy" sandbox="{}"'
        ' referrerpolicy="no-referrer" style="border:0;border-radius:12px;max-width:100%"></iframe>\n'
        '<p><a href="{}">{}</a></p>',
        address,
        title,
        width,
        height,
        SANDBOX,
        address,
        title,
    )


def _answer(
    request: DeskRequest, kind: Kind, pk: int, embed: Embed, form: WidgetForm, status: int = 200
) -> HttpResponse:
    """Draw the page, or of it the preview alone."""
    code = snippet_of(kind, embed) if embed.is_stored else ""
    widget, query = _tried(request, embed)
    width, height = _measures(widget)
    preview = kind.url("preview", pk)
    context = {
        "kind": kind,
        "embed": embed,
        "widget": widget,
        "form": form,
        "snippet": code,
        "sandbox": SANDBOX,
        "width": width,
        "height": height,
        "preview_url": f"{preview}?{query}" if query else preview,
        "page_url": request.path if request.method != "POST" else kind.url("", pk),
        "save_url": kind.url("save", pk),
        "switch_url": kind.url("switch", pk),
        "key_url": kind.url("new_key", pk),
        "may_write": may(request, kind.write),
        "crumbs": embed.crumbs,
        "tour": "widgets.page",
    }
    name = "_preview" if is_fragment(request) and request.method != "POST" else "page"
    response = render(request, f"incentives/widgets/{name}.html", context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def page_of(kind: Kind) -> View:
    @access(kind.read, needs_profile=True)
    @require_safe
    def widget_page(request: DeskRequest, pk: int) -> HttpResponse:
        """Show the widget, its settings and its code; a fragment shows the settings being tried."""
        embed = kind.load(request, pk)
        return _answer(request, kind, pk, embed, _form(embed))

    return widget_page


def preview_of(kind: Kind) -> View:
    @access(kind.read, needs_profile=True)
    @require_safe
    @xframe_options_sameorigin
    @csp({**POLICY, "frame-ancestors": [SELF]})  # type: ignore[arg-type]
    def widget_preview(request: DeskRequest, pk: int) -> HttpResponse:
        """Draw what a site would frame, with the settings in the address; for our own page alone."""
        widget, _ = _tried(request, kind.load(request, pk))
        try:
            response = HttpResponse(drawn(widget, card_of(widget)))
        except NoWidget:
            response = HttpResponse(missing())
        response.headers["Cache-Control"] = "no-store, private"
        return response

    return widget_preview


def save_of(kind: Kind) -> View:
    @access(kind.write, needs_profile=True)
    @require_POST
    def widget_save(request: DeskRequest, pk: int) -> HttpResponse:
        """Store the settings for every site that embeds the widget."""
        embed = kind.load(request, pk)
        form = _form(embed, request.POST)
        if not form.is_valid():
            return _answer(request, kind, pk, embed, form, status=Invalid.status)
        try:
            widgets.save(
                widget=_stored(embed),
                settings=form.settings(),
                version=form.cleaned_data["version"],
                at=now(),
            )
        except DomainError as error:
            form.refuse(error)
            return _answer(request, kind, pk, embed, form, status=error.status)
        return done(request, kind.url("", pk), "Widget saved")

    return widget_save


def _stored(embed: Embed) -> Widget:
    """Return the widget's row; a program's is made by the first act on it."""
    if embed.is_stored:
        return embed.widget
    assert embed.widget.program is not None
    return widgets.make_for_program(program=embed.widget.program, at=now())


def switch_of(kind: Kind) -> View:
    @access(kind.write, needs_profile=True)
    @require_POST
    def widget_switch(request: DeskRequest, pk: int) -> HttpResponse:
        """Turn the widget on or off everywhere."""
        enabled = request.POST.get("enabled") == "on"
        widgets.switch(widget=_stored(kind.load(request, pk)), enabled=enabled, at=now())
        return done(request, kind.url("", pk), f"Widget {'enabled' if enabled else 'disabled'}")

    return widget_switch


def new_key_of(kind: Kind) -> View:
    @access(kind.write, needs_profile=True)
    @require_http_methods(["GET", "HEAD", "POST"])
    def widget_new_key(request: DeskRequest, pk: int) -> HttpResponse:
        """Ask, then replace the key, so that every snippet copied so far shows the neutral card."""
        embed = kind.load(request, pk)
        question = Question(
            "Regenerate the key?",
            "Regenerate key",
            kind.url("", pk),
            embed.crumbs[:-1],
            consequences=[
                "Every snippet that was copied so far shows a neutral card from now on.",
                "Copy the new code into each page that shall go on showing the widget.",
            ],
            danger=True,
        )

        def act() -> str:
            widgets.renew_key(widget=_stored(embed), at=now())
            return "New key made. Copy the code again"

        return decide(request, question, act)

    return widget_new_key


def views_of(kind: Kind) -> dict[str, Any]:
    """Return the views of one kind of widget by the last part of their addresses' names."""
    return {
        "": page_of(kind),
        "preview": preview_of(kind),
        "save": save_of(kind),
        "switch": switch_of(kind),
        "new_key": new_key_of(kind),
    }
