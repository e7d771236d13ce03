"""Reading the catalogue of a business: products, the tree of categories, the flat lists."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db.models import Count, QuerySet

from core.prepared import prepared
from core.statements import columns, read
from directory.models import (
    Brand,
    CatalogueImport,
    Category,
    Organisation,
    Product,
    ProductFamily,
    ProductType,
)
from directory.selectors.found import found_or_refused


@dataclass(frozen=True, slots=True)
class Node:
    """A category in reading order: how deep it stands and how many products it has itself."""

    category: Category
    depth: int
    path: str
    product_count: int = 0


def products_in_catalogue(*, business: Organisation) -> QuerySet[Product]:
    """Return the products with what a list shows of them, in a fixed number of queries."""
    return (
        Product.objects.filter(business=business)
        .select_related("family", "brand", "type")
        .prefetch_related("categories", "prices")
    )


def catalogue_product(*, business: Organisation, pk: int) -> Product:
    found = products_in_catalogue(business=business).filter(pk=pk).first()
    return found_or_refused(found, "There is no such product in your catalogue.")


def products_by_sku(*, business: Organisation, skus: Collection[str]) -> dict[str, Product]:
    """Return those of the SKUs that the catalogue knows, with their categories, in one query."""
    with prepared() as cursor:
        cursor.execute(_products_sql(), [business.pk, list(skus)])
        rows = [_with_categories(row) for row in cursor.fetchall()]
    return {row.sku: row for row in rows}


@lru_cache
def _products_sql() -> str:
    return f"""
        SELECT {columns(Product, "product")}, ARRAY(
            WITH RECURSIVE above AS (
                SELECT category_id FROM directory_product_categories WHERE product_id = product.id
                UNION SELECT category.parent_id
                FROM above JOIN directory_category AS category ON category.id = above.category_id
                WHERE category.parent_id IS NOT NULL
            )
            SELECT category_id FROM above
        )
        FROM directory_product AS product WHERE business_id = %s AND sku = ANY(%s)
    """  # noqa: S608 - names of columns alone


def _with_categories(row: Sequence[Any]) -> Product:
    product = read(Product, row[:-1])
    product.all_category_ids = frozenset(row[-1])
    return product


def families_of(*, business: Organisation) -> QuerySet[ProductFamily]:
    return ProductFamily.objects.filter(business=business).order_by("name", "pk")


def brands_of(*, business: Organisation) -> QuerySet[Brand]:
    return Brand.objects.filter(business=business).order_by("name", "pk")


def types_of(*, business: Organisation) -> QuerySet[ProductType]:
    return ProductType.objects.filter(business=business).order_by("name", "pk")


def categories_of(*, business: Organisation) -> QuerySet[Category]:
    return Category.objects.filter(business=business)


def category(*, business: Organisation, pk: int) -> Category:
    found = categories_of(business=business).select_related("parent").filter(pk=pk).first()
    return found_or_refused(found, "There is no such category.")


def category_tree(*, business: Organisation) -> list[Node]:
    """Return the categories depth first, each with its path ("Drinks › Hot"), in one query."""
    rows = categories_of(business=business).annotate(of_products=Count("products"))
    below: dict[int | None, list[Category]] = {}
    for row in rows.order_by("name", "pk"):
        below.setdefault(row.parent_id, []).append(row)
    return list(_walk(below, None, 0, ""))


def _walk(
    below: Mapping[int | None, list[Category]], parent: int | None, depth: int, path: str
) -> Iterable[Node]:
    for row in below.get(parent, []):
        here = f"{path} › {row.name}" if path else row.name
        yield Node(row, depth, here, row.of_products)  # type: ignore[attr-defined]
        yield from _walk(below, row.pk, depth + 1, here)


def ancestors(*, business_ids: Collection[int]) -> dict[int, frozenset[int]]:
    """Return, by category, itself and everything above it: the closure upwards, in one query."""
    parents = dict(
        Category.objects.filter(business_id__in=business_ids).values_list("pk", "parent_id")
    )
    return {pk: frozenset(_upwards(parents, pk)) for pk in parents}


def categories_of_products(*, product_ids: Collection[int]) -> dict[int, frozenset[int]]:
    """Return by product its categories and everything above them, in one query."""
    with prepared() as cursor:
        cursor.execute(
            "WITH RECURSIVE above AS ("
            " SELECT product_id, category_id FROM directory_product_categories"
            " WHERE product_id = ANY(%s)"
            " UNION SELECT above.product_id, category.parent_id"
            " FROM above JOIN directory_category AS category ON category.id = above.category_id"
            " WHERE category.parent_id IS NOT NULL)"
            " SELECT product_id, array_agg(category_id) FROM above GROUP BY product_id",
            [list(product_ids)],
        )
        return {product_id: frozenset(found) for product_id, found in cursor.fetchall()}


def _upwards(parents: Mapping[int, int | None], pk: int) -> Iterable[int]:
    at: int | None = pk
    while at is not None:
        yield at
        at = parents[at]


def below(*, business: Organisation, category_ids: Collection[int]) -> set[int]:
    """Return the categories and everything below them, in one query."""
    wanted = set(category_ids)
    closure = ancestors(business_ids=[business.pk])
    return {pk for pk, above in closure.items() if not wanted.isdisjoint(above)}


def catalogue_import(*, business: Organisation, pk: int) -> CatalogueImport:
    found = CatalogueImport.objects.filter(business=business, pk=pk).first()
    return found_or_refused(found, "There is no such import.")


def recent_catalogue_imports(*, business: Organisation) -> list[CatalogueImport]:
    """Return the business's last ten imports of its catalogue, newest first."""
    rows = CatalogueImport.objects.filter(business=business).select_related("created_by")
    return list(rows.order_by("-created_at", "-pk")[:10])
