"""What the editor of conditions offers to choose from, for one business."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from directory.models import Organisation, Product
from directory.selectors import catalogue, segments
from directory.selectors.network import places_of
from events.choices import ClassificationType
from events.selectors.classifications import classifications_of

Choices = list[tuple[Any, str]]


def choices_for(*, business: Organisation, kinds: Collection[str]) -> dict[str, Choices]:
    """Return the choices by field of the editor; one query for each list of the kinds."""
    found: dict[str, Choices] = {}
    if "segments" in kinds:
        rows = segments.segments_listed(business=business).order_by("name", "pk")
        found["segments"] = [(row.pk, row.name) for row in rows]
    if "location" in kinds:
        found["places"] = place_choices(business=business)
    if "classification" in kinds:
        labels = classifications_of(business=business).order_by("name", "pk")
        found["classifications"] = [
            (row.pk, f"{row.name} (achievement)" if row.type == ClassificationType.ACHIEVEMENT
             else row.name)
            for row in labels
        ]  # fmt: skip
    if "products" in kinds:
        found |= product_choices(business=business)
    return found


def place_choices(*, business: Organisation) -> Choices:
    """Return business, merchants and venues as "merchant:3", venues after their merchants."""
    rows = list(places_of(business=business).order_by("name", "pk"))
    found: Choices = [(f"business:{business.pk}", f"{business.name} itself")]
    for row in rows:
        if row.parent_id == business.pk:
            found.append((f"{row.kind}:{row.pk}", row.name))
            found += [
                (f"venue:{venue.pk}", f"– {venue.name}")
                for venue in rows
                if venue.parent_id == row.pk
            ]
    return found


def product_choices(*, business: Organisation) -> dict[str, Choices]:
    """Return categories by path, types, brands, families, and products by name and SKU."""
    tree = catalogue.category_tree(business=business)
    products = Product.objects.filter(business=business).order_by("name", "pk")
    return {
        "categories": [(node.category.pk, node.path) for node in tree],
        "types": list(catalogue.types_of(business=business).values_list("pk", "name")),
        "brands": list(catalogue.brands_of(business=business).values_list("pk", "name")),
        "families": list(catalogue.families_of(business=business).values_list("pk", "name")),
        "skus": [
            (pk, f"{name} ({sku})") for pk, name, sku in products.values_list("pk", "name", "sku")
        ],
    }
