"""Vouchers › Partners: list, page, form, the switch, who opens the portal (vouchers.md 2.1)."""

from __future__ import annotations

from typing import Any, cast

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import references
from core.clock import now
from core.errors import DomainError, NotFound
from core.http import is_fragment
from core.views import Empty, PageAction, TableView
from directory.forms import refusals
from directory.history import history_of
from directory.models import ApiKey
from directory.permissions import access, may
from directory.selectors import api_keys_of
from directory.sessions import DeskRequest
from directory.views.pages import confirm_page, done, form_page
from vouchers.api.callers import PARTNER
from vouchers.filters.lists import PartnerFilter
from vouchers.forms.lists import ListForm
from vouchers.forms.partners import PartnerContactForm, PartnerForm, QuickPartnerForm
from vouchers.models import Partner, PartnerContact
from vouchers.selectors import lists as selectors
from vouchers.selectors.numbers import numbers_of
from vouchers.services import partner_portal, partners
from vouchers.services.partners import LooksAlike
from vouchers.tables.partners import PartnerTable
from vouchers.views.desk import business_of

TITLE = "Voucher Partners"
asked = require_http_methods(["GET", "HEAD", "POST"])


class PartnerList(TableView):
    """Who supplies codes."""

    access = "vouchers.read"
    title = TITLE
    subtitle = "Brand partners whose platforms take the codes, and your own coupon engine."
    table_class = PartnerTable
    filter_class = PartnerFilter
    actions = (
        PageAction("Add partner", "voucher_partner_new", "vouchers.write", "plus", primary=True),
    )
    empty = Empty(
        icon="building-store",
        title="No partners yet",
        text="A partner supplies codes and takes them at the till. Add the brand, or your own coupon"
        " engine if you redeem codes yourselves; then make a list of its codes.",
        action_label="Add partner",
        action_url_name="voucher_partner_new",
        permission="vouchers.write",
    )
    no_match = "No partners match your search"
    noun = ("partner", "partners")
    export_name = "voucher-partners"
    tour = "vouchers.partners"
    template_name = "vouchers/list.html"

    def get_queryset(self) -> QuerySet[Partner]:
        return selectors.partners_listed(business=business_of(cast("DeskRequest", self.request)))


@access("vouchers.read")
@require_safe
def partner_page(request: DeskRequest, pk: int) -> HttpResponse:
    """Show a partner: its settings, its lists, and who opens its portal."""
    partner = _partner(request, pk)
    return _page(request, partner, PartnerContactForm())


@access("vouchers.write")
@asked
def partner_new(request: DeskRequest) -> HttpResponse:
    """Add a partner; from the dialog of a new list it is chosen there at once."""
    quick = is_fragment(request)
    kind = QuickPartnerForm if quick else PartnerForm
    form = kind(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = partners.create(
                business=business_of(request),
                data=form.data_for_service(),
                logo=form.cleaned_data.get("logo"),
                is_confirmed=form.is_confirmed,
                actor=request.user,
                at=now(),
            )
        except DomainError as error:
            _refuse(form, error)
        else:
            if quick:
                chosen = ListForm(business=made.business, partner=str(made.pk))
                return render(request, "vouchers/partners/_added.html", {"form": chosen})
            return done(request, _page_of(made), f"“{made.name}” was added.")
    return form_page(
        request,
        form,
        title="Add partner",
        template="vouchers/partners/_dialog.html" if quick else "vouchers/partners/form.html",
        submit_label="Create anyway" if form.asks else "Add partner",
        cancel_url=reverse("voucher_partners"),
        crumbs=[(TITLE, reverse("voucher_partners")), ("Add", "")],
    )


@access("vouchers.write")
@asked
def partner_edit(request: DeskRequest, pk: int) -> HttpResponse:
    """Change a partner."""
    partner = _partner(request, pk)
    form = PartnerForm(
        request.POST or None,
        request.FILES or None,
        partner=partner,
        has_lists=partner.lists.exists(),
    )
    if request.method == "POST" and form.is_valid():
        try:
            partners.update(
                partner=partner,
                data=form.data_for_service(),
                version=form.cleaned_data["version"] or 0,
                logo=form.cleaned_data["logo"],
                is_confirmed=form.is_confirmed,
                actor=request.user,
                at=now(),
            )
        except DomainError as error:
            _refuse(form, error)
        else:
            return done(request, _page_of(partner), f"“{form.cleaned_data['name']}” was saved.")
    return form_page(
        request,
        form,
        title=f"Edit “{partner.name}”",
        template="vouchers/partners/form.html",
        submit_label="Save anyway" if form.asks else "Save",
        cancel_url=_page_of(partner),
        crumbs=_crumbs(partner, "Edit"),
    )


@access("vouchers.write")
@require_POST
def partner_switch(request: DeskRequest, pk: int) -> HttpResponse:
    """Switch a partner off, or on again."""
    partner = _partner(request, pk)
    row = partners.set_active(partner=partner, is_active=not partner.is_active, at=now())
    if row.is_active:
        return done(request, _page_of(row), f"“{row.name}” is active again.")
    words = "Its lists are not offered to further campaigns; those that use them go on."
    return done(request, _page_of(row), f"“{row.name}” is inactive. {words}")


@access("vouchers.write")
@asked
def partner_delete(request: DeskRequest, pk: int) -> HttpResponse:
    """Ask, then remove a partner that never had a list."""
    partner = _partner(request, pk)
    if request.method == "POST":
        partners.delete(partner=partner)
        return done(request, reverse("voucher_partners"), f"“{partner.name}” was deleted.")
    return confirm_page(
        request,
        title=f"Delete “{partner.name}”?",
        message="Only a partner without voucher lists can be deleted.",
        submit_label="Delete",
        danger=True,
        cancel_url=_page_of(partner),
        crumbs=_crumbs(partner, "Delete"),
    )


@access("vouchers.write")
@require_POST
def partner_contact_add(request: DeskRequest, pk: int) -> HttpResponse:
    """Let a person of the partner open the portal."""
    partner = _partner(request, pk)
    form = PartnerContactForm(request.POST)
    if form.is_valid():
        try:
            made = partners.add_contact(
                partner=partner,
                email=form.cleaned_data["email"],
                name=form.cleaned_data["name"],
                at=now(),
            )
        except DomainError as error:
            refusals.show(form, error)
        else:
            partner_portal.send_link(contact=made, at=now())
            words = f"{made.email} may open the portal now; a link is on its way to them."
            return done(request, _page_of(partner), words)
    return _page(request, partner, form)


@access("vouchers.write")
@require_POST
def partner_contact_remove(request: DeskRequest, pk: int, contact_pk: int) -> HttpResponse:
    """Shut a person of the partner out of the portal."""
    partner = _partner(request, pk)
    contact = PartnerContact.objects.filter(partner=partner, pk=contact_pk).first()
    if contact is None:
        raise NotFound("There is no such person at this partner.")
    partners.remove_contact(contact=contact, at=now())
    return done(request, _page_of(partner), f"{contact.email} can no longer open the portal.")


def _page(request: DeskRequest, partner: Partner, form: PartnerContactForm) -> HttpResponse:
    rows = list(partner.lists.select_related("partner").order_by("status", "name", "pk")[:50])
    found = numbers_of(rows, at=now())
    context: dict[str, Any] = {
        "partner": partner,
        "lists": [{"list": row, "numbers": found[row.pk]} for row in rows],
        "numbers": selectors.together(found),
        "contacts": partner.contacts.filter(is_active=True).order_by("email"),
        "form": form,
        "may_write": may(request, "vouchers.write"),
        "keys": _keys(request, partner),
        "may_make_keys": may(request, "keys.manage"),
        "portal_url": request.build_absolute_uri(reverse("partner_portal")),
        "at": now(),
        "history": history_of(partner, shows_values=True),
        "crumbs": [(TITLE, reverse("voucher_partners")), (partner.name, "")],
        "tour": "vouchers.partner",
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "vouchers/partners/detail.html", context, status=status)


def _keys(request: DeskRequest, partner: Partner) -> list[ApiKey]:
    """Return the partner's keys that still open something, for whoever manages keys."""
    if not may(request, "keys.manage"):
        return []
    of_partner = references.reference(PARTNER, partner.pk)
    rows = api_keys_of(organisation=partner.business).filter(limited_to=of_partner)
    return list(rows.filter(revoked_at=None).order_by("-created_at", "-pk"))


def _refuse(form: PartnerForm, error: DomainError) -> None:
    """Show the refusal; the question about a near-duplicate is answered by sending once more."""
    refusals.show(form, error)
    if isinstance(error, LooksAlike):
        form.ask()


def _partner(request: DeskRequest, pk: int) -> Partner:
    return selectors.partner(business=business_of(request), pk=pk)


def _page_of(partner: Partner) -> str:
    return reverse("voucher_partner", args=[partner.pk])


def _crumbs(partner: Partner, last: str) -> list[tuple[str, str]]:
    return [(TITLE, reverse("voucher_partners")), (partner.name, _page_of(partner)), (last, "")]
