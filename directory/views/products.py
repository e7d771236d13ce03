"""Products or services: what programs and offers are about."""

from __future__ import annotations

from typing import cast

from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from core.clock import now
from core.errors import DomainError, Forbidden, NotFound
from core.views import Empty, PageAction, TableView
from directory import hooks, selectors
from directory.filters import ProductFilter
from directory.forms import refusals
from directory.forms.profile import ProductEditForm, ProductForm
from directory.history import history_of
from directory.models import ProductService
from directory.permissions import access, may
from directory.services import products
from directory.sessions import DeskRequest
from directory.tables import ProductTable
from directory.views.pages import confirm_page, done, form_page
from directory.views.profile import picture

TITLE = "Products or Services"


class ProductList(TableView):
    """The business's products and services."""

    access = "products.read"
    access_options = {"needs_profile": True}
    title = TITLE
    subtitle = "What your programs and offers are about."
    table_class = ProductTable
    filter_class = ProductFilter
    actions = (
        PageAction("Add Product & Service", "product_add", "products.write", "plus", primary=True),
    )
    empty = Empty(
        icon="package",
        title="No products or services yet",
        text="A program is about one product or service, and every offer belongs to a program.",
        action_label="Add Product & Service",
        action_url_name="product_add",
        permission="products.write",
    )
    no_match = "No product or service matches your search"
    export_name = "products-services"

    def get_queryset(self) -> QuerySet[ProductService]:
        return selectors.products_of(business=cast("DeskRequest", self.request).organisation)


@access("products.write", needs_profile=True)
def product_add(request: DeskRequest) -> HttpResponse:
    """Add a product or service."""
    form = ProductForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            product = products.create(
                business=request.organisation,
                data=form.data_for_service(),
                images=form.cleaned_data["images"],
                actor=request.user,
                at=now(),
            )
        except DomainError as error:
            refusals.show(form, error)
        else:
            return done(request, reverse("product_list"), f"“{product.name}” was added.")
    return form_page(
        request,
        form,
        title="Add Product & Service",
        submit_label="Add",
        cancel_url=reverse("product_list"),
        crumbs=[(TITLE, reverse("product_list")), ("Add", "")],
    )


@access("products.read", needs_profile=True)
def product_edit(request: DeskRequest, pk: int) -> HttpResponse:
    """Show a product or service, and change it for those who may."""
    writes = may(request, "products.write")
    if request.method == "POST" and not writes:
        raise Forbidden("Your role does not allow changing products and services.")
    product = selectors.product(business=request.organisation, pk=pk)
    images = list(product.images.order_by("position"))
    form = ProductEditForm(
        request.POST or None,
        request.FILES or None,
        pictures=[(str(image.pk), f"Picture {n}") for n, image in enumerate(images, start=1)],
        initial={name: getattr(product, name) for name in EDITED},
    )
    if request.method == "POST" and form.is_valid():
        try:
            products.update(
                product=product,
                data=form.data_for_service(),
                images=form.cleaned_data["images"],
                remove_image_ids=[int(pk) for pk in form.cleaned_data.get("remove_images", [])],
                version=form.cleaned_data["version"],
                at=now(),
            )
        except DomainError as error:
            refusals.show(form, error)
        else:
            return done(request, reverse("product_list"), f"“{product.name}” was saved.")
    return form_page(
        request,
        form,
        title=product.name,
        template="directory/product/edit.html",
        cancel_url=reverse("product_list"),
        crumbs=[(TITLE, reverse("product_list")), (product.name, "")],
        product=product,
        writes=writes,
        images=images,
        uses=hooks.uses_of([product.pk])[product.pk],
        history=history_of(product),
    )


EDITED = (
    "name",
    "kind",
    "category",
    "description",
    "purchase_model",
    "url",
    "contact_email",
    "contact_phone",
    "version",
)


@access("products.write", needs_profile=True)
def product_delete(request: DeskRequest, pk: int) -> HttpResponse:
    """Ask, then delete a product or service that nothing stands on."""
    product = selectors.product(business=request.organisation, pk=pk)
    if request.method == "POST":
        products.delete(product=product)
        return done(request, reverse("product_list"), f"“{product.name}” was deleted.")
    if uses := hooks.uses_of([pk])[pk]:
        raise products.InUse(f"“{product.name}” cannot be deleted: {uses[0].label} is about it.")
    return confirm_page(
        request,
        title=f"Delete “{product.name}”?",
        consequences=[
            "It disappears from your lists, with its pictures.",
            "This cannot be undone.",
        ],
        submit_label="Delete",
        cancel_url=reverse("product_list"),
        danger=True,
        crumbs=[(TITLE, reverse("product_list")), ("Delete", "")],
    )


@access("products.read")
@require_safe
def product_image(request: DeskRequest, pk: int, image_pk: int) -> HttpResponse:
    """Send one of the product's pictures."""
    product = selectors.product(business=request.organisation, pk=pk)
    image = product.images.filter(pk=image_pk).first()
    if image is None:
        raise NotFound("There is no picture.")
    return picture(image.file)
