"""Contacts: the list, one person's page, and what staff may change about them."""

from __future__ import annotations

from typing import cast

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from core.clock import now
from core.errors import DomainError
from core.views import Empty, PageAction, TableView
from directory import hooks, selectors
from directory.filters import ContactFilter
from directory.forms import refusals
from directory.forms.contacts import ContactForms
from directory.history import history_of
from directory.models import Contact
from directory.permissions import access, may
from directory.services import contacts
from directory.sessions import DeskRequest
from directory.tables import ContactTable
from directory.views.pages import confirm_page, done


class ContactList(TableView):
    """The people a business knows."""

    access = "contacts.read"
    title = "Contacts"
    subtitle = "Everybody who got an offer from you, was imported, or was entered here."
    table_class = ContactTable
    filter_class = ContactFilter
    actions = (
        PageAction("Import", "contact_import", "contacts.write", "file-import"),
        PageAction("Add contact", "contact_add", "contacts.write", "plus", primary=True),
    )
    empty = Empty(
        icon="users",
        title="No contacts yet",
        text="Import a file, add somebody by hand, or send an offer: who answers becomes a contact.",
        action_label="Import contacts",
        action_url_name="contact_import",
        permission="contacts.write",
    )
    no_match = "No contact matches your search"
    export_name = "contacts"
    tour = "directory.contacts"

    def get_queryset(self) -> QuerySet[Contact]:
        business = cast("DeskRequest", self.request).organisation
        return selectors.contacts_with_addresses(business=business)


@access("contacts.read")
@require_safe
def contact_detail(request: DeskRequest, pk: int) -> HttpResponse:
    """Show the person: profile, and what the other apps know of them in tabs."""
    contact = selectors.contact(business=request.organisation, pk=pk)
    panels = _panels(request)
    open_key = request.GET.get("tab", "")
    panel = panels.get(open_key)
    return render(
        request,
        "directory/contact/detail.html",
        {
            "contact": contact,
            "panels": panels,
            "open_key": open_key if panel else "",
            "panel": panel,
            "panel_context": panel.context(request, contact) if panel else {},
            "history": [] if panel else history_of(contact),
            "writes": may(request, "contacts.write"),
        },
    )


@access("contacts.write")
def contact_add(request: DeskRequest) -> HttpResponse:
    """Add a person by hand."""
    form = ContactForms(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            contact = contacts.create(business=request.organisation, data=form.data(), at=now())
        except DomainError as error:
            refusals.show(form.person, error)
        else:
            return done(request, _page_of(contact), f"{contact} was added.")
    return _form_page(request, form, contact=None)


@access("contacts.write")
def contact_edit(request: DeskRequest, pk: int) -> HttpResponse:
    """Change what is known of a person."""
    contact = selectors.contact(business=request.organisation, pk=pk)
    form = ContactForms(request.POST or None, contact=contact)
    if request.method == "POST" and form.is_valid():
        try:
            contacts.update(
                contact=contact,
                data=form.data(),
                version=form.person.cleaned_data["version"] or 0,
                at=now(),
            )
        except DomainError as error:
            refusals.show(form.person, error)
        else:
            return done(request, _page_of(contact), f"{contact} was saved.")
    return _form_page(request, form, contact=contact)


@access("contacts.write")
def contact_terminate(request: DeskRequest, pk: int) -> HttpResponse:
    """Ask, then end the relation with a contact."""
    contact = selectors.contact(business=request.organisation, pk=pk)
    if request.method == "POST":
        contacts.terminate(contact=contact, at=now())
        return done(request, _page_of(contact), f"{contact} was terminated.")
    return confirm_page(
        request,
        title=f"Terminate {contact}?",
        consequences=[
            f"{contact} gets nothing new from you.",
            "What was given and recorded stays.",
            "You can make the contact active again at any time.",
        ],
        submit_label="Terminate",
        cancel_url=_page_of(contact),
        danger=True,
        crumbs=[
            ("Contacts", reverse("contact_list")),
            (str(contact), _page_of(contact)),
            ("Terminate", ""),
        ],
    )


@access("contacts.write")
@require_POST
def contact_restore(request: DeskRequest, pk: int) -> HttpResponse:
    """Make a terminated contact active again."""
    contact = selectors.contact(business=request.organisation, pk=pk)
    contacts.restore(contact=contact, at=now())
    return done(request, _page_of(contact), f"{contact} is active again.")


def _panels(request: DeskRequest) -> dict[str, hooks.ContactPanel]:
    """Return the tabs that the member may open, in their order, by key."""
    found = [
        (hooks.contact_panels[key].order, key)
        for key in hooks.contact_panels
        if may(request, hooks.contact_panels[key].permission)
    ]
    return {key: hooks.contact_panels[key] for _, key in sorted(found)}


def _page_of(contact: Contact) -> str:
    return reverse("contact_detail", args=[contact.pk])


def _form_page(
    request: DeskRequest, form: ContactForms, *, contact: Contact | None
) -> HttpResponse:
    suggestion = None
    if contact is not None and contact.name_day_month is None:
        suggestion = contacts.suggested_name_day(
            business=request.organisation, first_name=contact.first_name
        )
    failed = request.method == "POST" and not form.wants_row
    return render(
        request,
        "directory/contact/form.html",
        {
            "form": form,
            "contact": contact,
            "title": f"Edit {contact}" if contact else "Add contact",
            "cancel_url": _page_of(contact) if contact else reverse("contact_list"),
            "suggestion": suggestion,
        },
        status=422 if failed else 200,
    )
