"""My requests: what one verified address asked for, by link alone (incentives.md 8.1).

GET changes nothing. Every answer is a POST that carries the version of the request that was shown, so
nobody agrees to terms they did not see.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import idempotency
from core.clock import now
from core.errors import DomainError, Invalid
from core.http import is_fragment, see_other
from incentives.answers.offers import Answer
from incentives.answers.requests import REQUEST_ANSWER_BY_SLUG
from incentives.choices import Side
from incentives.filters.offers import id_or
from incentives.filters.requests import named_so
from incentives.forms.claims import AnswerForm, InstantForm, RecipientMessageForm
from incentives.forms.requests import RequestEditForm
from incentives.guards import Payload
from incentives.selectors import requests as request_rows
from incentives.services import messages, request_statuses, requests, visitors
from incentives.services.requests import NotEditable, Visit
from incentives.views.claim_pages import number_in
from incentives.views.request_pages import (
    answers_of,
    link_of,
    own_url,
    record_of,
    request_facts,
    visit_to,
)
from incentives.views.threads import Thread, Viewer, thread_of
from incentives.views.token_pages import provider_facts, secret_in, token_page

REASON = "the e-mailed token names the one address whose requests it opens"
PER_PAGE = 10


@token_page(REASON)
@require_safe
def my_requests(request: HttpRequest) -> HttpResponse:
    """List what the address asked for, newest first, with search and pages."""
    visit = requests.open_visit(secret=secret_in(request), at=now())
    term = request.GET.get("q", "").strip()[:200]
    rows = request_rows.own_requests(address=visit.address).order_by("-created_at", "-id")
    if term:
        words = Q(search_text__contains=term.lower()) | Q(business__name__icontains=term)
        rows = rows.filter(id_or(term, words | named_so(term)))
    secret = secret_in(request)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "cards": [(row, own_url("my_request", secret, row.pk)) for row in page],
        "term": term,
        "address": visit.address,
        "secret": secret,
        "new_url": own_url("request_again", secret, visit.request.pk),
        "new_at": visit.request.business.name,
    }
    return render(request, "incentives/requests/list.html", context)


@token_page(REASON)
@require_safe
def my_request(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one request with exactly the answers that are open now, and its conversation."""
    at = now()
    visit = visit_to(request, pk, at)
    if is_fragment(request):
        return _piece(request, visit, at)
    return draw(request, visit, at)


def _addresses(visit: Visit, secret: str) -> dict[str, str]:
    pk = visit.request.pk
    return {
        "feed_url": own_url("my_request", secret, pk),
        "read_url": own_url("my_request_read", secret, pk),
        "composer_url": own_url("my_request_message", secret, pk),
    }


def _thread(visit: Visit, secret: str, at: datetime, **piece: int | None) -> Thread:
    pk = visit.request.pk
    viewer = Viewer(
        actor=visit.actor,
        file_url=lambda key: own_url("my_request_attachment", secret, pk, key),
        edit_url=lambda mine: own_url("my_request_message_edit", secret, pk, mine),
        delete_url=lambda mine: own_url("my_request_message_delete", secret, pk, mine),
    )
    return thread_of(subject=visit.request, viewer=viewer, at=at, **piece)  # type: ignore[arg-type]


def _piece(request: HttpRequest, visit: Visit, at: datetime) -> HttpResponse:
    """Answer what the conversation asks for: newer messages every 30 seconds, or earlier ones."""
    secret = secret_in(request)
    before, after = number_in(request, "before"), number_in(request, "after")
    context = {
        **_addresses(visit, secret),
        "thread": _thread(visit, secret, at, before=before, after=after),
        "asked": before if before is not None else after,
        "version": visit.request.version,
    }
    name = "_earlier" if before is not None else "_newer"
    response = render(request, f"incentives/messages/{name}.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def draw(
    request: HttpRequest,
    visit: Visit,
    at: datetime,
    *,
    composer: RecipientMessageForm | None = None,
    notice: str = "",
    status: int = 200,
) -> HttpResponse:
    """Draw the page of one request: how it stands, what can be done, what was said."""
    found, secret = visit.request, secret_in(request)
    is_own = visitors.is_own_user(subject=found, user=request.user)
    answers = [] if is_own else answers_of(found, at)
    may_write = not is_own and not messages.may_post(found)
    if composer is None and may_write:
        composer = RecipientMessageForm(subject=found, answers=answers)
    before = number_in(request, "before")
    context = {
        **request_facts(found),
        **_addresses(visit, secret),
        "secret": secret,
        "notice": notice,
        "answers": [(row, _act_url(visit, row, secret)) for row in answers if not row.is_no],
        "cancel_url": next((_act_url(visit, row, secret) for row in answers if row.is_no), ""),
        "instant": InstantForm(initial={"version": found.version}, auto_id=False),
        "is_own": is_own,
        **_ways(visit, secret, is_own),
        "list_url": own_url("my_requests", secret),
        "seats": request_rows.request_seats_taken(request=found) if found.is_group else 0,
        "link": link_of(found),
        "composer": composer if may_write else None,
        "thread": _thread(visit, secret, at, before=before),
        "looking_back": before is not None,
        "version": found.version,
        "received": record_of(found, visit.address),
    }
    return render(request, "incentives/requests/mine.html", context, status=status)


def _act_url(visit: Visit, answer: Answer, secret: str) -> str:
    return own_url("my_request_act", secret, visit.request.pk, answer.slug)


def _ways(visit: Visit, secret: str, is_own: bool) -> dict[str, str]:
    """Return where the request can be edited, sent and spoken of; nowhere for the vendor's users."""
    found = visit.request
    ways = {
        "edit_url": ("my_request_edit", found.is_editable),
        "send_url": ("my_request_send", found.is_draft),
        "group_url": ("group_messages", found.is_group and found.requested_at is not None),
    }
    return {
        name: own_url(page, secret, found.pk) if is_open and not is_own else ""
        for name, (page, is_open) in ways.items()
    }


@token_page(REASON)
@require_http_methods(["GET", "HEAD", "POST"])
def my_request_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a draft, or a request by Shared Link that nobody answered yet."""
    at, secret = now(), secret_in(request)
    visit = visit_to(request, pk, at)
    found = visit.request
    if not found.is_editable:
        raise NotEditable("This request can no longer be edited: the provider has it.")
    form = RequestEditForm(
        request.POST or None,
        business=found.business,
        program=found.program,
        at=at,
        known_address=visit.address,
        locked=() if found.is_draft else ("delivery_method",),
        initial=RequestEditForm.initial_of(found),
    )
    if request.method == "POST" and form.is_valid():
        try:
            requests.update(
                request=found, values=form.values(), version=form.cleaned_data["version"], at=at
            )
        except DomainError as refusal:
            form.refuse(refusal)
            return _edit_page(request, visit, form, status=refusal.status)
        return see_other(own_url("my_request", secret, pk))
    return _edit_page(request, visit, form, status=Invalid.status if form.errors else 200)


def _edit_page(
    request: HttpRequest, visit: Visit, form: RequestEditForm, *, status: int
) -> HttpResponse:
    found = visit.request
    context = {
        "provider": provider_facts(found.business),
        "program": found.program,
        "product": found.program.product_service if found.program else None,
        "form": form,
        "heading": f"Edit {found.reference}",
        "back_url": own_url("my_request", secret_in(request), found.pk),
        "submit_label": "Save changes",
    }
    return render(request, "incentives/requests/form.html", context, status=status)


@token_page(REASON)
@require_POST
def my_request_send(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a draft; what is still missing leads to the form, where it is named."""
    at, secret = now(), secret_in(request)
    visit = visit_to(request, pk, at)
    form = InstantForm(request.POST)
    if not form.is_valid():
        return draw(request, visit, at, notice="Please look at it, then press again.", status=422)
    try:
        requests.send_draft(request=visit.request, version=form.cleaned_data["version"], at=at)
    except DomainError as refusal:
        missing = " ".join(refusal.fields.values()) if refusal.fields else refusal.message
        return draw(request, visit, at, notice=missing, status=refusal.status)
    return see_other(own_url("my_request", secret, pk))


@token_page(REASON)
@require_http_methods(["GET", "HEAD", "POST"])
def my_request_act(request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    """Ask for the words of one answer, then carry it out; an instant answer is only carried out."""
    answer = REQUEST_ANSWER_BY_SLUG.get(slug)
    if answer is None:
        raise Http404
    at, secret = now(), secret_in(request)
    visit = visit_to(request, pk, at)
    if request.method == "POST":
        return _act(request, visit, answer, at)
    if answer.instant or answer not in answers_of(visit.request, at):
        return HttpResponseRedirect(own_url("my_request", secret, pk))
    form = AnswerForm(subject=visit.request, answer=answer)
    return _answer_page(request, visit, answer, form)


def _act(request: HttpRequest, visit: Visit, answer: Answer, at: datetime) -> HttpResponse:
    form: AnswerForm | InstantForm
    if answer.instant:
        form = InstantForm(request.POST)
    else:
        form = AnswerForm(request.POST, request.FILES, subject=visit.request, answer=answer)
    if not form.is_valid():
        return _refused(request, visit, answer, form, at, status=422)
    payload = Payload() if isinstance(form, InstantForm) else form.payload()
    try:
        answer_once(visit, form, answer.status, payload, at)
    except DomainError as refusal:
        form.refuse(refusal)
        fresh = visit_to(request, visit.request.pk, at)
        return _refused(request, fresh, answer, form, at, status=refusal.status)
    return see_other(own_url("my_request", secret_in(request), visit.request.pk))


def _refused(
    request: HttpRequest,
    visit: Visit,
    answer: Answer,
    form: AnswerForm | InstantForm,
    at: datetime,
    *,
    status: int,
) -> HttpResponse:
    """Draw the page again after a refusal, with what was typed and what is true now."""
    if answer.instant:
        errors = form.non_field_errors() or ["Please look at the request, then press again."]
        return draw(request, visit, at, notice=str(errors[0]), status=status)
    bound: Any = form
    bound.data = bound.data.copy()
    bound.data["version"] = str(visit.request.version)
    is_open = answer in answers_of(visit.request, at)
    return _answer_page(request, visit, answer, form, is_open=is_open, status=status)


def _answer_page(
    request: HttpRequest,
    visit: Visit,
    answer: Answer,
    form: AnswerForm | InstantForm,
    *,
    is_open: bool = True,
    status: int = 200,
) -> HttpResponse:
    secret = secret_in(request)
    context = {
        **request_facts(visit.request),
        "answer": answer,
        "form": form,
        "is_open": is_open,
        "act_url": _act_url(visit, answer, secret),
        "back_url": own_url("my_request", secret, visit.request.pk),
    }
    return render(request, "incentives/requests/answer.html", context, status=status)


def answer_once(
    visit: Visit,
    form: AnswerForm | InstantForm | RecipientMessageForm,
    to: str,
    payload: Payload,
    at: datetime,
) -> None:
    """Answer once for each nonce; a second press meets the first result (incentives.md 4.4)."""
    found, data = visit.request, form.cleaned_data

    def effect() -> str:
        if payload.text:
            messages.count_towards_limit(subject=found, kind=Side.RECIPIENT, at=at)
        request_statuses.transition(
            request=found,
            to=to,
            actor=visit.actor,
            payload=payload,
            version=data["version"],
            at=at,
        )
        messages.mark_read(subject=found, reader_kind=Side.RECIPIENT, at=at)
        return to

    scope = f"request-answer:{found.pk}"
    idempotency.run_once(scope=scope, key=data["nonce"], at=at, effect=effect)
