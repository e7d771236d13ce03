"""A contact's rewards: schemes, awards, referrals, and why an offer was (not) given."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.clock import now
from core.money import Money
from core.templatetags.ui import when
from directory import selectors as directory_selectors
from directory.models import Contact
from directory.permissions import access, may
from directory.sessions import DeskRequest
from directory.views.pages import confirm_page, done
from events.models import BusinessEvent
from rewards.forms.events import WhyForm
from rewards.models import RewardScheme
from rewards.selectors import log, schemes
from rewards.selectors.offers import offers_of_owner
from rewards.selectors.why import purchases_of, why
from rewards.services import memberships
from rewards.views.desk import business_of
from rewards.views.events import labelled, page_of, title_of

AWARDS_SHOWN = REFERRALS_SHOWN = 10
PURCHASES_TO_CHOOSE = 50


def panel(request: HttpRequest, contact: Contact) -> Mapping[str, Any]:
    """Return what the rewards tab of the contact's page shows."""
    desk = cast("DeskRequest", request)
    return {
        "contact": contact,
        "standings": schemes.standings_of(contact=contact),
        "awards": log.awards_of_contact(contact=contact, most=AWARDS_SHOWN),
        "referrals": log.referrals_of(contact=contact, most=REFERRALS_SHOWN),
        "log_url": f"{reverse('reward_events')}?q={contact.code}",
        "why_url": reverse("contact_why", args=[contact.pk]),
        "why_form": _why_form(desk, contact, None),
        "writes": may(request, "schemes.write") and not contact.is_terminated,
    }


@access("schemes.write")
@require_POST
def contact_join(request: DeskRequest, pk: int, scheme_pk: int) -> HttpResponse:
    """Put the contact into a scheme, whatever its way of joining."""
    contact, scheme = _found(request, pk, scheme_pk)
    joined = memberships.add(scheme=scheme, contact=contact, actor=request.user, at=now())
    words = "is a member" if joined.is_new else "was a member already"
    return done(request, tab_of(contact), f"{contact} {words} of {scheme.name}.")


@access("schemes.write")
@require_http_methods(["GET", "HEAD", "POST"])
def contact_leave(request: DeskRequest, pk: int, scheme_pk: int) -> HttpResponse:
    """Ask, then take the contact out of a scheme."""
    contact, scheme = _found(request, pk, scheme_pk)
    if request.method == "POST":
        memberships.leave(scheme=scheme, contact=contact, at=now())
        note = f"{contact} is no member of {scheme.name} any more."
        return done(request, tab_of(contact), note)
    return confirm_page(
        request,
        title=f"Take {contact} out of {scheme.name}?",
        consequences=[
            "Purchases from now on earn nothing by the offers of the scheme.",
            "Awards that were given stay. The contact may join again.",
        ],
        submit_label="Take out",
        cancel_url=tab_of(contact),
        danger=True,
        crumbs=_crumbs(contact, "Leave a scheme"),
    )


@access("contacts.read")
@require_safe
def contact_why(request: DeskRequest, pk: int) -> HttpResponse:
    """Choose a purchase and an offer, and read every condition with what was found."""
    contact = directory_selectors.contact(business=business_of(request), pk=pk)
    form = _why_form(request, contact, request.GET if request.GET else None)
    context: dict[str, Any] = {
        "contact": contact,
        "form": form,
        "title": f"Why (not)? {contact}",
        "tab_url": tab_of(contact),
        "has_purchases": bool(form.fields["event"].choices),  # type: ignore[attr-defined]
        "has_offers": bool(form.fields["offer"].choices),  # type: ignore[attr-defined]
        "crumbs": _crumbs(contact, "Why (not)?"),
    }
    if form.is_bound and form.is_valid():
        context |= _answer(request, contact, form)
    wrong = form.is_bound and bool(form.errors)
    return render(request, "rewards/contacts/why.html", context, status=422 if wrong else 200)


def tab_of(contact: Contact) -> str:
    """Return the rewards tab of the contact's page."""
    return f"{reverse('contact_detail', args=[contact.pk])}?tab=rewards"


def _answer(request: DeskRequest, contact: Contact, form: WhyForm) -> dict[str, Any]:
    of = form.cleaned_data
    business = business_of(request)
    event = log.event(business=business, acting=request.organisation, pk=int(of["event"]))
    offer = offers_of_owner(owner=request.organisation).get(pk=int(of["offer"]))
    answer = why(event=event, offer=offer, contact=contact)
    return {
        "why": answer,
        "checks": [labelled(verdict) for verdict in answer.verdicts],
        "event": event,
        "event_title": title_of(event),
        "event_url": page_of(event),
        "offer": offer,
    }


def _why_form(request: DeskRequest, contact: Contact, data: Any) -> WhyForm:
    """Return the form with the contact's purchases and the offers that the person may see."""
    rows = log.seen_by(purchases_of(contact=contact), request.organisation)[:PURCHASES_TO_CHOOSE]
    offers = offers_of_owner(owner=request.organisation).order_by("name", "pk")
    return WhyForm(data, purchases=[(row, _words(row)) for row in rows], offers=offers)


def _words(event: BusinessEvent) -> str:
    """Name a purchase in a choice: "4 May 2026, 15:10, €20.00, R-1001, Harbour"."""
    total = Money(event.purchase.total_minor, event.purchase.currency).format()
    return f"{when(event.performed_at, 'text')}, {total}, {event}, {event.organisation.name}"


def _found(request: DeskRequest, pk: int, scheme_pk: int) -> tuple[Contact, RewardScheme]:
    business = business_of(request)
    contact = directory_selectors.contact(business=business, pk=pk)
    return contact, schemes.scheme(business=business, pk=scheme_pk)


def _crumbs(contact: Contact, last: str) -> list[tuple[str, str]]:
    return [
        ("Contacts", reverse("contact_list")),
        (str(contact), reverse("contact_detail", args=[contact.pk])),
        ("Rewards", tab_of(contact)),
        (last, ""),
    ]
