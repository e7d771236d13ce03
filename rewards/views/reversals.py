"""Cancelling an event and taking goods back, by staff (rewards.md 11.4, 11.5)."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from core.clock import now
from core.errors import Conflict, DomainError
from core.idempotency import run_once
from core.money import Money
from directory.forms import refusals
from directory.permissions import access
from directory.sessions import DeskRequest
from directory.views.pages import confirm_page, done
from events.models import BusinessEvent
from rewards.forms.events import CancelForm, ReturnForm
from rewards.selectors import log
from rewards.selectors.reversals import Returned, Undone, returned_with, undone_by_cancel
from rewards.services import cancelling, returning
from rewards.services.returning import ReturnData
from rewards.views.desk import business_of
from rewards.views.events import CANCELLABLE, crumbs, page_of, title_of
from wallet.forms.contacts import renew

asked = require_http_methods(["GET", "HEAD", "POST"])


@access("wallet.write")
@asked
def event_cancel(request: DeskRequest, pk: int) -> HttpResponse:
    """Ask for the reason and show what will be taken back, then cancel the event."""
    event = _standing(request, pk)
    if event.type not in CANCELLABLE:
        raise Conflict(
            "Only purchases, referrals and achievements are cancelled. Go back to the event."
        )
    form = CancelForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            result = cancelling.cancel(
                event=event,
                by="staff",
                reason=form.cleaned_data["reason"],
                actor=request.user,
                at=now(),
            )
        except DomainError as error:
            refusals.show(form, error)
        else:
            back = Money(result.reverted_minor, result.currency).format()
            note = f"{title_of(event)} was cancelled. {back} of awards was taken back."
            return done(request, page_of(event), note)
    response = confirm_page(
        request,
        form=form,
        title=f"Cancel {title_of(event)}?",
        consequences=_consequences(undone_by_cancel(event=event)),
        submit_label="Cancel the event",
        cancel_url=page_of(event),
        danger=True,
        crumbs=crumbs((title_of(event), page_of(event)), ("Cancel", "")),
    )
    response.status_code = 422 if form.is_bound and form.errors else 200
    return response


@access("wallet.write")
@asked
def event_return(request: DeskRequest, pk: int) -> HttpResponse:
    """Ask how much comes back, show what falls back with it, then record the return."""
    event = _standing(request, pk)
    if not event.is_purchase:
        raise Conflict("Only purchases have goods that come back. Go back to the event.")
    lines = log.lines_of(event=event)
    form = ReturnForm(request.POST or None, lines=lines)
    preview: Returned | None = None
    if request.method == "POST" and form.is_valid():
        try:
            preview = returned_with(event=event, quantities=form.by_product())
            if request.POST.get("action") == "return":
                _take_back(request, event, form)
                note = f"Goods worth {preview.worth.format()} came back."
                return done(request, page_of(event), note)
        except DomainError as error:
            refusals.show(form, error)
            renew(form)
    context = {
        "event": event,
        "title": f"Return goods of {title_of(event)}",
        "form": form,
        "preview": preview if not form.errors else None,
        "can_return": any(line.returned < line.row.quantity for line in lines),
        "back_url": page_of(event),
        "cancel_url": reverse("reward_event_cancel", args=[event.pk]),
        "crumbs": crumbs((title_of(event), page_of(event)), ("Return goods", "")),
    }
    wrong = form.is_bound and bool(form.errors)
    return render(request, "rewards/events/return.html", context, status=422 if wrong else 200)


def _take_back(request: DeskRequest, event: BusinessEvent, form: ReturnForm) -> None:
    """Record the return once, however often the form is sent."""
    of = form.cleaned_data
    moment = now()

    def effect() -> str:
        result = returning.return_goods(
            event=event,
            data=ReturnData(
                performed_at=moment,
                reference_number=of["reference_number"],
                lines=tuple(form.quantities().items()),
            ),
            actor=request.user,
            at=moment,
        )
        return str(result.return_id)

    scope = f"rewards.event_return:{request.user.pk}:{event.pk}"
    run_once(scope=scope, key=of["nonce"], at=moment, effect=effect)


def _standing(request: DeskRequest, pk: int) -> BusinessEvent:
    """Return the event if it still stands; raises `Conflict` with what to do instead."""
    event = log.event(business=business_of(request), acting=request.organisation, pk=pk)
    if not event.is_posted:
        raise Conflict(
            f"{title_of(event)} was cancelled already. Everything it led to was taken back then."
        )
    return event


def _consequences(undone: Undone) -> list[str]:
    """Say what will be taken back, award by award."""
    found = [
        f"{one.amount.format()} of “{one.award.offer.title}” is taken back from"
        f" {one.award.contact}{', an instant discount' if one.award.offer.is_instant else ''}."
        for one in undone.awards
    ] or ["It led to no award that still stands, so nothing is taken back."]
    if undone.awards:
        found.append("What was spent already is borne or owed as your redemption settings say.")
    if undone.paid is not None:
        found.append(f"{undone.paid.format()} that the wallet paid goes back where it came from.")
    if undone.pass_count:
        found.append("The pass that it used can be used again.")
    return [*found, "The event stays in the log as cancelled. This cannot be undone."]
