"""The tree of categories."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from core.clock import now
from core.errors import DomainError
from directory.forms import refusals
from directory.forms.catalogue import CategoryForm
from directory.permissions import access, may
from directory.selectors import catalogue as selectors
from directory.services import catalogue as services
from directory.sessions import DeskRequest
from directory.views.pages import confirm_page, done, form_page

TITLE = "Categories"


@access("catalogue.read")
@require_safe
def category_list(request: DeskRequest) -> HttpResponse:
    """Show the categories as a tree."""
    nodes = selectors.category_tree(business=request.organisation)
    writes = may(request, "catalogue.write")
    return render(
        request,
        "directory/catalogue/categories.html",
        {"title": TITLE, "nodes": nodes, "writes": writes},
    )


@access("catalogue.write")
def category_add(request: DeskRequest) -> HttpResponse:
    """Add a category; `?parent=` says below which."""
    asked = request.GET.get("parent", "")
    parent = int(asked) if asked.isdecimal() and len(asked) < 19 else None
    form = CategoryForm(request.POST or None, business=request.organisation, parent=parent)
    if request.method == "POST" and form.is_valid():
        try:
            category = services.add_category(
                business=request.organisation,
                name=form.cleaned_data["name"],
                code=form.cleaned_data["code"],
                parent=form.parent_category,
                at=now(),
            )
        except DomainError as error:
            refusals.show(form, error)
        else:
            return done(request, reverse("category_list"), f"“{category.name}” was added.")
    return _form(request, form, "Add category")


@access("catalogue.write")
def category_edit(request: DeskRequest, pk: int) -> HttpResponse:
    """Rename or move a category."""
    category = selectors.category(business=request.organisation, pk=pk)
    form = CategoryForm(request.POST or None, business=request.organisation, category=category)
    if request.method == "POST" and form.is_valid():
        try:
            services.update_category(
                category=category,
                name=form.cleaned_data["name"],
                code=form.cleaned_data["code"],
                parent=form.parent_category,
                version=form.cleaned_data["version"] or 0,
                at=now(),
            )
        except DomainError as error:
            refusals.show(form, error)
        else:
            return done(request, reverse("category_list"), f"“{category.name}” was saved.")
    return _form(request, form, category.name)


@access("catalogue.write")
def category_delete(request: DeskRequest, pk: int) -> HttpResponse:
    """Ask, then delete a category that nothing stands on."""
    category = selectors.category(business=request.organisation, pk=pk)
    if request.method == "POST":
        services.delete_category(category=category)
        return done(request, reverse("category_list"), f"“{category.name}” was deleted.")
    return confirm_page(
        request,
        title=f"Delete “{category.name}”?",
        consequences=["Its products stay, without this category."],
        submit_label="Delete",
        cancel_url=reverse("category_list"),
        danger=True,
        crumbs=[(TITLE, reverse("category_list")), ("Delete", "")],
    )


def _form(request: DeskRequest, form: CategoryForm, title: str) -> HttpResponse:
    return form_page(
        request,
        form,
        title=title,
        cancel_url=reverse("category_list"),
        crumbs=[(TITLE, reverse("category_list")), (title, "")],
    )
