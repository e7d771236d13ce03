"""Stand-alone acknowledgement requests and their link templates, for the desk (incentives.md 3.11)."""

from __future__ import annotations

from typing import Any, cast

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_http_methods, require_safe

from core.clock import now
from core.errors import Conflict, DomainError, NotFound
from core.http import is_fragment
from core.idempotency import run_once
from core.views import Empty, PageAction, TableView
from directory.permissions import access
from directory.sessions import DeskRequest
from directory.views.pages import done, form_page
from incentives import words
from incentives.filters.acknowledgements import AskedFilter
from incentives.forms.acknowledgement_requests import AskForm
from incentives.models import AcknowledgementRequest
from incentives.selectors import active_programs_of, programs_of
from incentives.selectors.acknowledgements import asked_listed, asked_of
from incentives.services import acknowledgement_requests
from incentives.tables.acknowledgements import AskedTable
from incentives.views.acknowledgement_desk import TITLE as ACKNOWLEDGEMENTS
from incentives.views.acknowledgement_desk import WRITE
from incentives.views.questions import Question, decide
from incentives.views.sharing import intents, qr_code

TITLE = "Acknowledgement Requests"
IMAGE_TYPES = {"svg": "image/svg+xml", "png": "image/png"}


class NotShareable(Conflict):
    """The request has no link that anybody may still use."""

    code = "request_not_shareable"


def crumbs(*steps: tuple[str, str]) -> list[tuple[str, str]]:
    """Return the way here from the list of acknowledgements."""
    return [
        (ACKNOWLEDGEMENTS, reverse("acknowledgements")),
        (TITLE, reverse("acknowledgement_requests")),
        *steps,
    ]


class AskedList(TableView):
    """Who was asked without an offer, newest first; `?share=<id>` opens the share dialog of one."""

    access = "offers.read"
    access_options = {"needs_profile": True}
    title = TITLE
    subtitle = "Asking for an acknowledgement of something that was given without an offer."
    table_class = AskedTable
    filter_class = AskedFilter
    actions = (
        PageAction("Link Templates", "acknowledgement_templates", icon="link"),
        PageAction(
            "Request Acknowledgement",
            "acknowledgement_request_add",
            WRITE,
            icon="plus",
            primary=True,
        ),
    )
    empty = Empty(
        icon="mail",
        title="Nobody has been asked yet",
        text="Did you give somebody an incentive outside of an offer? Ask them by e-mail or by a link"
        " to confirm in a few words that it arrived.",
        action_label="Request Acknowledgement",
        action_url_name="acknowledgement_request_add",
        permission=WRITE,
    )
    no_match = "No requests match your search"
    noun = ("request", "requests")
    export_name = "acknowledgement-requests"
    tour = "acknowledgement_requests.list"
    template_name = "incentives/acknowledgements/list.html"

    @property
    def breadcrumbs(self) -> list[tuple[str, str]]:  # type: ignore[override]
        return [(ACKNOWLEDGEMENTS, reverse("acknowledgements")), (TITLE, "")]

    def get_queryset(self) -> QuerySet[AcknowledgementRequest]:
        business = cast("DeskRequest", self.request).organisation
        return asked_listed(business=business, at=now())


@access(WRITE, needs_profile=True)
@require_http_methods(["GET", "HEAD", "POST"])
def acknowledgement_request_add(request: DeskRequest) -> HttpResponse:
    """Ask one person by e-mail, or make a link for one; sending twice asks once."""
    business, at = request.organisation, now()
    if not active_programs_of(business=business).exists():
        return render(
            request,
            "incentives/acknowledgements/no_program.html",
            {"crumbs": crumbs(("Request Acknowledgement", ""))},
        )
    wanted = request.GET.get("program", "")
    known = programs_of(business=business).filter(status="active")
    chosen = (
        known.filter(pk=int(wanted)).first() if wanted.isdecimal() and len(wanted) < 19 else None
    )
    form = AskForm(request.POST or None, business=business, initial={"program": chosen})
    if request.method == "POST" and form.is_valid():
        scope = f"incentives.acknowledgement_request:{request.user.pk}"
        try:
            outcome = run_once(
                scope=scope,
                key=form.cleaned_data["nonce"],
                at=at,
                effect=lambda: str(_ask(request, form, at).pk),
            )
        except DomainError as error:
            form.refuse(error)
        else:
            return _asked_answer(request, int(outcome.result))
    return form_page(
        request,
        form,
        title="Request Acknowledgement",
        intro="For what you gave without an offer. The recipient writes a few words; you decide"
        " what is shown.",
        template="incentives/acknowledgements/form.html",
        crumbs=crumbs(("Request Acknowledgement", "")),
        submit_label="Request Acknowledgement",
        cancel_url=reverse("acknowledgement_requests"),
    )


def _ask(request: DeskRequest, form: AskForm, at: Any) -> AcknowledgementRequest:
    data = form.cleaned_data
    if data["delivery_method"] == "link":
        return acknowledgement_requests.ask_by_link(
            business=request.organisation, asked=form.asked(), actor=request.user, at=at
        )
    return acknowledgement_requests.ask_by_email(
        business=request.organisation,
        asked=form.asked(),
        email=data["recipient_email"],
        name=data["recipient_name"],
        actor=request.user,
        at=at,
    )


def _asked_answer(request: DeskRequest, pk: int) -> HttpResponse:
    made = asked_of(business=request.organisation, pk=pk)
    if made.is_link:
        url = reverse("acknowledgement_request_share", args=[pk])
        return done(request, url, "Link made. Share it with the one who got the incentive")
    return done(request, reverse("acknowledgement_requests"), "Acknowledgement requested")


def link_of(asked: AcknowledgementRequest) -> str:
    """Return the absolute address of the link, built from the configured site address."""
    return f"{settings.SITE_URL}{reverse('acknowledgement_link', args=[asked.link_slug])}"


def _shareable(request: DeskRequest, pk: int) -> AcknowledgementRequest:
    asked = asked_of(business=request.organisation, pk=pk)
    if not asked.link_slug or not asked.is_waiting or asked.expires_at <= now():
        raise NotShareable(
            "This request has no link to share: it goes by e-mail, was answered or is over."
        )
    return asked


@access("offers.read", needs_profile=True)
@require_safe
def acknowledgement_request_share(request: DeskRequest, pk: int) -> HttpResponse:
    """Show the link, its QR code and the share buttons: as a dialog, or as a page."""
    asked = _shareable(request, pk)
    hint = "The first person who opens this link, verifies an address and writes takes it."
    return share_answer(
        request,
        link=link_of(asked),
        title=f"Share request {pk}",
        hint=hint,
        qr_url_name="acknowledgement_request_qr",
        pk=pk,
        subject=f"{asked.business.name} would like to know whether it arrived",
        way=crumbs((f"Request {pk}", "")),
    )


def share_answer(
    request: DeskRequest,
    *,
    link: str,
    title: str,
    hint: str,
    qr_url_name: str,
    pk: int,
    subject: str,
    way: list[tuple[str, str]],
) -> HttpResponse:
    """Draw the share dialog, or its page for browsers without script."""
    context: dict[str, Any] = {
        "link": link,
        "title": title,
        "hint": hint,
        "svg_url": reverse(qr_url_name, args=[pk, "svg"]),
        "png_url": reverse(qr_url_name, args=[pk, "png"]),
        "file_name": f"acknowledgement-{pk}-qr",
        "intents": intents(link, subject),
        "crumbs": way,
    }
    name = "_share" if is_fragment(request) else "share"
    response = render(request, f"incentives/acknowledgements/{name}.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def qr_answer(link: str, pk: int, kind: str) -> HttpResponse:
    """Draw the QR code of a link as a file."""
    if kind not in IMAGE_TYPES:
        raise NotFound("The QR code comes as svg or png.")
    response = HttpResponse(qr_code(link, kind), content_type=IMAGE_TYPES[kind])
    name = f'inline; filename="acknowledgement-{pk}-qr.{kind}"'
    response.headers["Content-Disposition"] = name
    response.headers["Cache-Control"] = "private, max-age=300"
    return response


@access("offers.read", needs_profile=True)
@require_safe
def acknowledgement_request_qr(request: DeskRequest, pk: int, kind: str) -> HttpResponse:
    """Draw the QR code of the request's link."""
    return qr_answer(link_of(_shareable(request, pk)), pk, kind)


@access(WRITE, needs_profile=True)
@require_http_methods(["GET", "HEAD", "POST"])
def acknowledgement_request_cancel(request: DeskRequest, pk: int) -> HttpResponse:
    """Ask, then withdraw a request that waits."""
    asked = asked_of(business=request.organisation, pk=pk)
    if not asked.is_waiting:
        raise acknowledgement_requests.NotOpen("Only a request that waits can be cancelled.")
    question = Question(
        f"Cancel request {pk}?",
        "Cancel request",
        reverse("acknowledgement_requests"),
        crumbs(),
        message=f"{words.headline(asked.value, asked.incentive_type)} on {asked.program}",
        consequences=["Its link opens nothing any more. The recipient is not told."],
        danger=True,
    )

    def act() -> str:
        acknowledgement_requests.cancel(asked=asked, at=now())
        return "Request cancelled"

    return decide(request, question, act)
