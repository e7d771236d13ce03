"""What the editor of conditions offers to choose from, for one business."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import Q

from directory.models import Organisation, Product
from directory.selectors import catalogue, segments
from directory.selectors.network import places_of
from events.choices import ClassificationType
from events.selectors.classifications import classifications_of

Choices = list[tuple[Any, str]]


def choices_for(
    *, business: Organisation, kinds: Collection[str], acting: Organisation | None = None
) -> dict[str, Choices]:
    """Return the choices by field of the editor; one query for each list of the kinds.

    Who acts for a merchant chooses from its own places alone, and from no segments: those of others
    are the business's to know.
    """
    is_merchants = acting is not None and not acting.is_business
    found: dict[str, Choices] = {}
    if "segments" in kinds and is_merchants:
        found["segments"] = []
    elif "segments" in kinds:
        rows = segments.segments_listed(business=business).order_by("name", "pk")
        found["segments"] = [(row.pk, row.name) for row in rows]
    if "location" in kinds:
        found["places"] = place_choices(business=business, acting=acting)
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


def place_choices(*, business: Organisation, acting: Organisation | None = None) -> Choices:
    """Return business, merchants and venues as "merchant:3", venues after their merchants.

    Of a merchant that acts only itself and its venues.
    """
    places = places_of(business=business)
    found: Choices = []
    if acting is not None and not acting.is_business:
        places = places.filter(Q(pk=acting.pk) | Q(parent=acting))
    else:
        found.append((f"business:{business.pk}", f"{business.name} itself"))
    rows = list(places.order_by("name", "pk"))
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
