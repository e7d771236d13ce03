"""Making and editing an offer (incentives.md 2.3, 2.4)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Literal, cast

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_http_methods, require_POST

from core.clock import now
from core.errors import Conflict, DomainError, Invalid, NotFound
from core.http import is_fragment, redirect_or_hx
from core.idempotency import run_once
from directory.permissions import access
from directory.sessions import DeskRequest
from incentives import selectors, words
from incentives.forms.offers import OfferForm, default_expiry, initial_of
from incentives.models import Offer
from incentives.selectors import desk, groups
from incentives.services import offers
from incentives.services.actors import provider
from incentives.views.offers import NO_PROGRAM

FORM, PART = "incentives/offers/form.html", "incentives/offers/_form.html"
SENDING = frozenset({"send", "send_anyway"})
LINK_LOCKS = ("program", "delivery_method")
GROUP_LOCKS = (
    "offer_type", "incentive_type", "value_unit", "amount", "percent", "value_description",
)  # fmt: skip
PARTS = {
    "words": "incentives/offers/_words.html",
    "incentive-types": "incentives/offers/_incentive_types.html",
    "expiry": "incentives/offers/_expiry.html",
}


class PossibleDuplicate(Conflict):
    """Another offer of the program to the same address is open."""

    code = "possible_duplicate"

    def __init__(self, twin: Offer) -> None:
        super().__init__(
            f"Offer {twin.pk} of this program to one of these addresses is still open."
        )
        self.twin = twin


@access("offers.write", needs_profile=True)
@require_http_methods(["GET", "HEAD", "POST"])
def offer_add(request: DeskRequest) -> HttpResponse:
    """Make an offer: as a draft, or at once by e-mail or as a link to share."""
    business, at = request.organisation, now()
    if not desk.has_active_program(business=business):
        context = {"empty": NO_PROGRAM, "empty_url": reverse(NO_PROGRAM.action_url_name)}
        return render(request, "incentives/offers/no_program.html", context)
    form = _form(request, at, initial=_preselected(request))
    if request.method != "POST":
        return _draw(request, form)
    if not form.is_valid() or _action(request) == "preview":
        return _draw(request, form, status=Invalid.status)
    values, actor, sending = form.values(), provider(request.user), form.sending

    def effect() -> str:
        if not sending:
            made = offers.create_draft(business=business, values=values, actor=actor, at=at)
            return _result(made)
        _warn_of_twin(request, form)
        made = offers.create_and_send(business=business, values=values, actor=actor, at=at)
        return _result(made)

    return _carry_out(request, form, effect, at)


@access("offers.write", needs_profile=True)
@require_http_methods(["GET", "HEAD", "POST"])
def offer_edit(request: DeskRequest, pk: int) -> HttpResponse:
    """Edit a draft, or a shared link that nobody has claimed; anything else is a 409 page."""
    at = now()
    offer = selectors.offer_of(business=request.organisation, pk=pk)
    if "edit" not in selectors.row_actions(offer):
        return _repeated(request, offer, at) or _closed(request, offer)
    form = _form(request, at, offer=offer)
    if request.method != "POST":
        return _draw(request, form, offer=offer)
    if not form.is_valid() or _action(request) == "preview":
        return _draw(request, form, offer=offer, status=Invalid.status)
    values, actor, version = form.values(), provider(request.user), _version(request)

    def effect() -> str:
        if not offer.is_draft:
            changed = offers.update_link_offer(
                offer=offer, values=values, actor=actor, version=version, at=at
            )
            return _result(changed, updated=True)
        if form.sending:
            _warn_of_twin(request, form, but=offer)
        changed = offers.update_draft(
            offer=offer, values=values, actor=actor, version=version, at=at
        )
        if form.sending:
            changed = offers.send_draft(offer=changed, actor=actor, at=at)
        return _result(changed)

    return _carry_out(request, form, effect, at, offer=offer)


@access("offers.write", needs_profile=True)
@require_POST
def offer_part(request: DeskRequest, part: str, pk: int | None = None) -> HttpResponse:
    """Draw a part of the form that depends on what is typed; stores nothing."""
    if part not in PARTS:
        raise NotFound("The form has no such part.")
    offer = None if pk is None else selectors.offer_of(business=request.organisation, pk=pk)
    at = now()
    form = _form(request, at, offer=offer, checking=False)
    form.is_valid()
    if part == "expiry":
        form = _form(request, at, offer=offer, checking=False, data=_with_expiry(form, at))
    if part != "words":
        form.is_valid()
        form.errors.clear()
    return render(request, PARTS[part], _context(request, form, offer))


def _action(request: DeskRequest) -> str:
    return request.POST.get("action", "")


def _version(request: DeskRequest) -> int:
    text = request.POST.get("version", "")
    return int(text) if text.isdecimal() and len(text) < 9 else 0


def _preselected(request: DeskRequest) -> dict[str, Any]:
    """Return the program that the address names, if it is active and own."""
    pk = request.GET.get("program", "")
    if not (pk.isdecimal() and pk.isascii() and len(pk) < 19):
        return {}
    programs = selectors.active_programs_of(business=request.organisation)
    found = programs.filter(pk=int(pk)).first()
    return {"program": found} if found else {}


def _form(
    request: DeskRequest,
    at: datetime,
    *,
    offer: Offer | None = None,
    initial: dict[str, Any] | None = None,
    checking: bool = True,
    data: QueryDict | None = None,
) -> OfferForm:
    """Return the form for the request, with what is locked at this point of the offer's life."""
    locked: tuple[str, ...] = ()
    if offer is not None:
        initial = initial_of(selectors.values_of(offer))
        if not offer.is_draft:
            locked = LINK_LOCKS
            if offer.is_group and groups.seats_taken(offer=offer):
                locked += GROUP_LOCKS
    saving_link = offer is not None and not offer.is_draft
    posted = request.POST if request.method == "POST" else None
    return OfferForm(
        data if data is not None else posted,
        business=request.organisation,
        at=at,
        sending=checking and (saving_link or _action(request) in SENDING),
        locked=locked,
        initial=initial or {},
        auto_id="id_%s",
    )


def _with_expiry(form: OfferForm, at: datetime) -> QueryDict:
    """Move the suggested end along with the delivery method, unless another was typed."""
    data = cast("QueryDict", form.data).copy()
    typed = form.cleaned_data.get("expires_at")
    if typed is None or typed == form.cleaned_data.get("suggested_expiry"):
        suggestion = default_expiry(at, form.answer("delivery_method"))
        bound: Any = form["expires_at"]
        data["expires_at"] = bound.field.prepare_value(suggestion).strftime("%Y-%m-%dT%H:%M")
        data["suggested_expiry"] = suggestion.isoformat()
    return data


def _warn_of_twin(request: DeskRequest, form: OfferForm, but: Offer | None = None) -> None:
    """Raise `PossibleDuplicate` for a second open offer to the address, unless it was confirmed."""
    values = form.values()
    addresses = values.member_addresses or (values.recipient_email,)
    if _action(request) == "send_anyway" or not values.recipient_email or not values.program:
        return
    twin = selectors.open_twin(
        business=request.organisation,
        program=values.program,
        addresses=[address.lower() for address in addresses],
        but=but.pk if but else None,
    )
    if twin is not None:
        raise PossibleDuplicate(twin)


def _scope(request: DeskRequest, offer: Offer | None) -> str:
    """Return the scope of the form's nonce: this user, and this offer when one is edited."""
    kind = "offer_add" if offer is None else f"offer_edit:{offer.pk}"
    return f"incentives.{kind}:{request.user.pk}"


def _carry_out(
    request: DeskRequest,
    form: OfferForm,
    effect: Callable[[], str],
    at: datetime,
    *,
    offer: Offer | None = None,
) -> HttpResponse:
    """Run the effect once for this form and lead on, or show the form with what was refused."""
    nonce = form.cleaned_data["nonce"]
    try:
        outcome = run_once(scope=_scope(request, offer), key=nonce, at=at, effect=effect)
    except PossibleDuplicate as warning:
        return _draw(request, form, offer=offer, status=warning.status, twin=warning.twin)
    except Conflict as refusal:
        return _conflict(request, form, refusal, offer)
    except Invalid as refusal:
        form.refuse(refusal)
        return _draw(request, form, offer=offer, status=refusal.status)
    return _lead_on(request, outcome.result)


def _repeated(request: DeskRequest, offer: Offer, at: datetime) -> HttpResponse | None:
    """Return the first answer to a form that was sent before, or None for a new one."""

    def refuse() -> str:
        raise Conflict("This offer can no longer be edited.")

    nonce = request.POST.get("nonce", "")
    try:
        outcome = run_once(scope=_scope(request, offer), key=nonce, at=at, effect=refuse)
    except Conflict:
        return None
    return _lead_on(request, outcome.result)


def _result(offer: Offer, *, updated: bool = False) -> str:
    """Name what was done and to which offer, as it is kept for a repetition of the form."""
    if updated:
        return f"updated:{offer.pk}"
    if offer.is_draft:
        return f"draft:{offer.pk}"
    return f"{'saved' if offer.is_link else 'sent'}:{offer.pk}"


def _lead_on(request: DeskRequest, result: str) -> HttpResponse:
    """Say what was done and go where it is seen (incentives.md 2.3 Results)."""
    kind, _, pk = result.partition(":")
    message, url = {
        "sent": ("Incentive offer sent", reverse("offers")),
        "saved": ("Incentive offer saved", f"{reverse('offers')}?share={pk}"),
        "draft": ("Draft saved", reverse("offer_edit", args=[pk])),
        "updated": ("Incentive offer updated", reverse("offer_detail", args=[pk])),
    }[kind]
    messages.success(request, message)
    return redirect_or_hx(request, url)


def _conflict(
    request: DeskRequest, form: OfferForm, refusal: DomainError, offer: Offer | None
) -> HttpResponse:
    """Keep what was typed where the offer changed meanwhile; nothing was saved (409)."""
    if offer is not None:
        fresh = selectors.offer_of(business=request.organisation, pk=offer.pk)
        if "edit" not in selectors.row_actions(fresh):
            return _closed(request, fresh)
    form.add_error(None, refusal.message)
    return _draw(request, form, offer=offer, status=refusal.status)


def _closed(request: DeskRequest, offer: Offer) -> HttpResponse:
    """Show that the offer can no longer be edited, with a way to its details."""
    context = {
        "heading": "This offer can no longer be edited",
        "message": "It was sent, claimed or closed meanwhile. Write to the recipient instead, or"
        " cancel the offer and create a new one. Nothing was changed.",
        "next_url": reverse("offer_detail", args=[offer.pk]),
        "next_label": "View Incentive Offer Details",
    }
    name = "incentives/offers/_closed.html" if is_fragment(request) else "409.html"
    return render(request, name, context, status=Conflict.status)


def _context(
    request: DeskRequest, form: OfferForm, offer: Offer | None, twin: Offer | None = None
) -> dict[str, Any]:
    business = request.organisation
    values = form.values()
    mode: Literal["new", "draft", "link"] = "new"
    if offer is not None:
        mode = "draft" if offer.is_draft else "link"
    return {
        "form": form,
        "offer": offer,
        "mode": mode,
        "part_url": reverse("offer_edit", args=[offer.pk]) if offer else reverse("offer_add"),
        "twin": twin,
        "tour": "offers.create" if offer is None else "",
        "headline": words.headline(values.terms, values.incentive_type),
        "product": values.program.product_service.name if values.program else "",
        "business": business,
        "lines": words.plain_words(values, provider=business.name, zone=business.time_zone)
        if values.program
        else [],
        "missing": list(form.missing()) if form.is_bound or offer else [],
    }


def _draw(
    request: DeskRequest,
    form: OfferForm,
    *,
    offer: Offer | None = None,
    status: int = 200,
    twin: Offer | None = None,
) -> HttpResponse:
    """Show the form: the whole page, always 200 unless it conflicts, or the fragment with its status."""
    context = _context(request, form, offer, twin)
    whole = not is_fragment(request)
    if _action(request) == "preview":
        form.errors.clear()
        status = 200
    elif whole and (status == Invalid.status or twin is not None):
        status = 200
    response = render(request, FORM if whole else PART, context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response
