"""The catalogue: products by SKU, and their import from a file."""

from __future__ import annotations

from typing import cast

from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from core import exports
from core.clock import now
from core.errors import DomainError
from core.http import redirect_or_hx
from core.views import Empty, PageAction, TableView
from directory.filters import CatalogueFilter
from directory.forms import refusals
from directory.forms.catalogue import CatalogueProductForm, CatalogueUploadForm
from directory.imports.catalogue import COLUMNS
from directory.models import Product
from directory.permissions import access
from directory.selectors import catalogue as selectors
from directory.services import catalogue as services
from directory.services import catalogue_imports
from directory.sessions import DeskRequest
from directory.tables import CatalogueTable
from directory.views.pages import confirm_page, done, form_page

TITLE = "Catalogue"


class CatalogueList(TableView):
    """What tills sell, by SKU."""

    access = "catalogue.read"
    title = TITLE
    subtitle = "What your merchants sell. Offers can ask for products, categories and brands."
    table_class = CatalogueTable
    filter_class = CatalogueFilter
    actions = (
        PageAction("Import", "catalogue_import", "catalogue.write", "file-import"),
        PageAction("Add product", "catalogue_add", "catalogue.write", "plus", primary=True),
    )
    empty = Empty(
        icon="shopping-cart",
        title="No products yet",
        text="Import your catalogue, or let it grow: a till that sells something new adds it here.",
        action_label="Import catalogue",
        action_url_name="catalogue_import",
        permission="catalogue.write",
    )
    no_match = "No product matches your search"
    noun = ("product", "products")
    export_name = "catalogue"

    def get_queryset(self) -> QuerySet[Product]:
        business = cast("DeskRequest", self.request).organisation
        return selectors.products_in_catalogue(business=business)


@access("catalogue.write")
def catalogue_add(request: DeskRequest) -> HttpResponse:
    """Add a product to the catalogue."""
    form = CatalogueProductForm(request.POST or None, business=request.organisation)
    if request.method == "POST" and form.is_valid():
        try:
            product = services.create(
                business=request.organisation, data=form.product_data(), at=now()
            )
        except DomainError as error:
            refusals.show(form, error)
        else:
            return done(request, reverse("catalogue_list"), f"“{product.name}” was added.")
    return _form(request, form, "Add product")


@access("catalogue.write")
def catalogue_edit(request: DeskRequest, pk: int) -> HttpResponse:
    """Change a product; saving it is its review."""
    product = selectors.catalogue_product(business=request.organisation, pk=pk)
    form = CatalogueProductForm(
        request.POST or None, business=request.organisation, product=product
    )
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"] or 0
        try:
            services.update(product=product, data=form.product_data(), version=version, at=now())
        except DomainError as error:
            refusals.show(form, error)
        else:
            return done(request, reverse("catalogue_list"), f"“{product.name}” was saved.")
    return _form(request, form, product.name)


@access("catalogue.write")
def catalogue_delete(request: DeskRequest, pk: int) -> HttpResponse:
    """Ask, then delete a product that was never sold."""
    product = selectors.catalogue_product(business=request.organisation, pk=pk)
    if request.method == "POST":
        services.delete(product=product)
        return done(request, reverse("catalogue_list"), f"“{product.name}” was deleted.")
    return confirm_page(
        request,
        title=f"Delete “{product.name}”?",
        consequences=["A product that was sold or stands in a condition cannot be deleted."],
        submit_label="Delete",
        cancel_url=reverse("catalogue_list"),
        danger=True,
        crumbs=[(TITLE, reverse("catalogue_list")), ("Delete", "")],
    )


@access("catalogue.write")
def import_upload(request: DeskRequest) -> HttpResponse:
    """Take a catalogue file and show what it would change."""
    form = CatalogueUploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            job = catalogue_imports.upload(
                business=request.organisation,
                file=form.cleaned_data["file"],
                actor=request.user,
                at=now(),
            )
        except DomainError as error:
            form.add_error("file", error.message)
        else:
            return redirect_or_hx(request, reverse("catalogue_import_detail", args=[job.pk]))
    return form_page(
        request,
        form,
        title="Import catalogue",
        submit_label="Upload and check",
        cancel_url=reverse("catalogue_list"),
        crumbs=[(TITLE, reverse("catalogue_list")), ("Import", "")],
        side="directory/catalogue/_import_help.html",
        columns=COLUMNS,
        recent=selectors.recent_catalogue_imports(business=request.organisation),
    )


@access("catalogue.write")
@require_safe
def import_detail(request: DeskRequest, pk: int) -> HttpResponse:
    """Show what the file would change, or did."""
    job = selectors.catalogue_import(business=request.organisation, pk=pk)
    return render(request, "directory/catalogue/import.html", {"job": job})


@access("catalogue.write")
@require_POST
def import_start(request: DeskRequest, pk: int) -> HttpResponse:
    """Import in earnest what the rehearsal showed."""
    job = selectors.catalogue_import(business=request.organisation, pk=pk)
    catalogue_imports.start(job=job, at=now())
    return redirect_or_hx(request, reverse("catalogue_import_detail", args=[pk]))


@access("catalogue.write")
@require_POST
def import_cancel(request: DeskRequest, pk: int) -> HttpResponse:
    """Give the import up; nothing was written."""
    job = selectors.catalogue_import(business=request.organisation, pk=pk)
    catalogue_imports.cancel(job=job, at=now())
    return done(request, reverse("catalogue_list"), "The import was cancelled.")


@access("catalogue.read")
@require_safe
def import_example(request: DeskRequest) -> HttpResponseBase:
    """Send a file with every known column, and one example."""
    example = ["ESP", "Espresso", "Goods", "Acme", "Hot drinks", "Drinks > Hot > Coffee", "2.50"]
    return exports.csv_response("catalogue", COLUMNS, [example])


def _form(request: DeskRequest, form: CatalogueProductForm, title: str) -> HttpResponse:
    return form_page(
        request,
        form,
        title=title,
        cancel_url=reverse("catalogue_list"),
        crumbs=[(TITLE, reverse("catalogue_list")), (title, "")],
    )
