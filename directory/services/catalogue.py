"""The catalogue: products, and the tree of categories they stand in (rewards.md 2.5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils.text import slugify

from core.errors import Conflict, Invalid, StaleVersion
from directory.models import (
    Brand,
    Category,
    Organisation,
    Product,
    ProductFamily,
    ProductPrice,
    ProductType,
)
from directory.selectors.segments import segments_that_use

L = TypeVar("L", ProductFamily, Brand, ProductType)
DEFAULT_TYPE = "Goods"


class SkuTaken(Invalid):
    """Another product of the business has the SKU."""

    code = "sku_taken"


class CategoryTaken(Invalid):
    """Another category has the code, or the name under the same parent."""

    code = "category_taken"


class CategoryCycle(Invalid):
    """A category cannot stand below itself."""

    code = "category_cycle"


class InUse(Conflict):
    """Something stands on it, so that it cannot be deleted."""

    code = "in_use"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductData:
    """A product as its form gives it; family, brand and type by name, made where they are new.

    `prices` are minor units by currency.
    """

    sku: str
    name: str
    type: str = DEFAULT_TYPE
    family: str = ""
    brand: str = ""
    category_ids: Sequence[int] = ()
    prices: Mapping[str, int] = field(default_factory=dict)
    is_active: bool = True


def create(*, business: Organisation, data: ProductData, at: datetime) -> Product:
    """Add a product; raises `SkuTaken`."""
    product = Product(business=business, created_at=at)
    with transaction.atomic():
        _write(product, data, at)
    return product


def update(*, product: Product, data: ProductData, version: int, at: datetime) -> Product:
    """Change a product, which counts as its review; raises `StaleVersion` and `SkuTaken`."""
    with transaction.atomic():
        locked = Product.objects.select_for_update(of=("self",)).get(pk=product.pk)
        if locked.version != version:
            raise StaleVersion(
                "Somebody saved this product while you were editing it. Check the newer one below."
            )
        locked.version += 1
        _write(locked, data, at)
    return locked


def delete(*, product: Product) -> None:
    """Remove a product that was never sold and that no condition names; raises `InUse`."""
    if names := segments_that_use(business=product.business, source="product", key=product.pk):
        raise InUse(f"The segment “{names[0]}” asks for “{product.name}”.")
    try:
        with transaction.atomic():
            product.delete()
    except ProtectedError as error:
        raise InUse(
            f"“{product.name}” was sold or stands in a condition. Make it inactive instead."
        ) from error


def add_category(
    *, business: Organisation, name: str, code: str = "", parent: Category | None, at: datetime
) -> Category:
    """Add a category; its code is made from the name where none is given."""
    category = Category(business=business, created_at=at)
    return _save_category(category, name=name, code=code, parent=parent, at=at)


def update_category(
    *,
    category: Category,
    name: str,
    code: str,
    parent: Category | None,
    version: int,
    at: datetime,
) -> Category:
    """Rename or move a category; raises `CategoryCycle` for a place below itself."""
    with transaction.atomic():
        # Whoever moves anything in this tree waits here, so that two moves cannot close a circle.
        tree = {
            row.pk: row
            for row in Category.objects.select_for_update()
            .filter(business=category.business)
            .order_by("pk")
        }
        locked = tree[category.pk]
        if locked.version != version:
            raise StaleVersion(
                "Somebody changed this category meanwhile. Check the newer one below."
            )
        above = tree.get(parent.pk) if parent else None
        while above is not None:
            if above.pk == locked.pk:
                sentence = f"“{locked.name}” cannot stand below itself."
                raise CategoryCycle(sentence, fields={"parent": sentence})
            above = tree.get(above.parent_id or 0)
        locked.version += 1
        return _save_category(locked, name=name, code=code, parent=parent, at=at)


def delete_category(*, category: Category) -> None:
    """Remove a category without children that nothing names; its products lose it."""
    if names := segments_that_use(business=category.business, source="category", key=category.pk):
        raise InUse(f"The segment “{names[0]}” asks for “{category.name}”.")
    try:
        with transaction.atomic():
            category.delete()
    except ProtectedError as error:
        raise InUse(
            f"“{category.name}” has categories below it or stands in a condition."
        ) from error


def label(kind: type[L], *, business: Organisation, name: str) -> L | None:
    """Return the family, brand or type of that name, made where it is new; None for no name."""
    name = name.strip()[:80]
    if not name:
        return None
    found = kind._default_manager.filter(business=business, name__iexact=name).first()
    if found is not None:
        return found
    try:
        with transaction.atomic():
            return kind._default_manager.create(business=business, name=name)
    except IntegrityError:
        return kind._default_manager.get(business=business, name__iexact=name)


def _write(product: Product, data: ProductData, at: datetime) -> None:
    business = product.business
    product.sku, product.name = data.sku.strip(), data.name.strip()
    product.family = label(ProductFamily, business=business, name=data.family)
    product.brand = label(Brand, business=business, name=data.brand)
    product.type = label(ProductType, business=business, name=data.type or DEFAULT_TYPE)
    product.needs_review = False
    product.is_active = data.is_active
    product.updated_at = at
    try:
        with transaction.atomic():
            product.save()
    except IntegrityError as error:
        if "directory_product_sku" not in str(error):
            raise
        sentence = "Another product has this SKU."
        raise SkuTaken(sentence, fields={"sku": sentence}) from error
    product.categories.set(Category.objects.filter(business=business, pk__in=data.category_ids))
    set_prices(product=product, prices=data.prices)


def set_prices(*, product: Product, prices: Mapping[str, int]) -> None:
    """Replace the product's prices: minor units by currency."""
    product.prices.exclude(currency__in=prices).delete()
    ProductPrice.objects.bulk_create(
        [
            ProductPrice(product=product, currency=currency, price_minor=minor)
            for currency, minor in prices.items()
        ],
        update_conflicts=True,
        unique_fields=["product", "currency"],
        update_fields=["price_minor"],
    )


def _save_category(
    category: Category, *, name: str, code: str, parent: Category | None, at: datetime
) -> Category:
    category.name = name.strip()
    category.code = (code.strip() or slugify(name)).upper()[:40]
    category.parent = parent
    category.updated_at = at
    try:
        with transaction.atomic():
            category.save()
    except IntegrityError as error:
        raise _category_refusal(error) from error
    return category


def _category_refusal(error: IntegrityError) -> Exception:
    """Return the refusal that the violated constraint stands for, else the error itself."""
    text = str(error)
    if "directory_category_code" in text:
        return CategoryTaken("Another category has this code.", fields={"code": "Taken already."})
    if "directory_category_name" in text:
        sentence = "There is a category of this name in the same place already."
        return CategoryTaken(sentence, fields={"name": sentence})
    if "would stand below itself" in text:
        sentence = "A category cannot stand below itself."
        return CategoryCycle(sentence, fields={"parent": sentence})
    return error
