"""The catalogue: what merchants sell, as tills know it by SKU (rewards.md 2.5).

Not to be taken for `ProductService`, which is what an incentive program is about. A till that sells
something unknown adds it here, marked for review.
"""

from __future__ import annotations

from typing import Any, ClassVar

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from core.models import Timestamped
from directory.choices import ImportStatus
from directory.models.organisations import Organisation


class _Label(models.Model):
    """A name in a flat list of a business."""

    business = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=80)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name


class ProductFamily(_Label):
    """A family of products: Soft drinks."""

    class Meta:
        constraints = [
            models.UniqueConstraint("business", Lower("name"), name="directory_family_name")
        ]


class Brand(_Label):
    """Whose product it is."""

    class Meta:
        constraints = [
            models.UniqueConstraint("business", Lower("name"), name="directory_brand_name")
        ]


class ProductType(_Label):
    """What kind of product it is: Good, Service, Voucher."""

    class Meta:
        constraints = [
            models.UniqueConstraint("business", Lower("name"), name="directory_type_name")
        ]


# Walks from the new parent to the root; two moves that would close a circle together wait for each
# other, because each takes the lock of its business first.
NO_CYCLE = """
    PERFORM pg_advisory_xact_lock(hashtext('directory_category'), NEW.business_id::int);
    IF NEW.parent_id IS NOT NULL THEN
        IF EXISTS (
            WITH RECURSIVE above(id, parent_id, business_id) AS (
                SELECT id, parent_id, business_id FROM directory_category WHERE id = NEW.parent_id
                UNION
                SELECT c.id, c.parent_id, c.business_id
                  FROM directory_category c JOIN above ON c.id = above.parent_id
            )
            SELECT 1 FROM above WHERE id = NEW.id OR business_id <> NEW.business_id
        ) THEN
            RAISE EXCEPTION 'category % would stand below itself or another business', NEW.id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'directory_category_tree';
        END IF;
    END IF;
    RETURN NEW;
"""


@pghistory.track()
class Category(Timestamped):
    """A node of the business's tree of categories."""

    business = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=80)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint("business", Lower("code"), name="directory_category_code"),
            models.UniqueConstraint(
                "business",
                "parent",
                Lower("name"),
                name="directory_category_name",
                nulls_distinct=False,
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="directory_category_tree",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("parent_id", "business_id"),  # type: ignore[no-untyped-call]
                func=NO_CYCLE,
            )
        ]

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class Product(Timestamped):
    """A product that a till sells under a SKU."""

    # Its categories and everything above them, where whoever read it asked for them as well.
    all_category_ids: frozenset[int] | None = None

    business = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    sku = models.CharField(max_length=64)
    name = models.CharField(max_length=150)
    family = models.ForeignKey(
        ProductFamily, null=True, blank=True, on_delete=models.PROTECT, related_name="products"
    )
    brand = models.ForeignKey(
        Brand, null=True, blank=True, on_delete=models.PROTECT, related_name="products"
    )
    # Empty only while a till's product waits for review.
    type = models.ForeignKey(
        ProductType, null=True, blank=True, on_delete=models.PROTECT, related_name="products"
    )
    categories = models.ManyToManyField(Category, blank=True, related_name="products")
    # Made by a till that sold it; nobody has looked at it yet.
    needs_review = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = "catalogue product"
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["business", "sku"], name="directory_product_sku"),
            models.CheckConstraint(
                name="directory_product_type",
                condition=Q(type__isnull=False) | Q(needs_review=True),
            ),
        ]
        indexes = [
            models.Index(
                fields=["business", "-created_at", "-id"], name="directory_catalogue_newest"
            ),
            models.Index(
                fields=["business"],
                name="directory_product_review",
                condition=Q(needs_review=True),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ProductPrice(models.Model):
    """The catalogue's price of a product in one currency."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="prices")
    currency = models.CharField(max_length=3)
    price_minor = models.BigIntegerField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["product", "currency"], name="directory_price_once"),
            models.CheckConstraint(name="directory_price_sign", condition=Q(price_minor__gte=0)),
        ]


class CatalogueImport(Timestamped):
    """One uploaded catalogue: what it would change, and what became of each bad line."""

    business = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    file = models.FileField(upload_to="catalogue-imports/", blank=True)
    file_name = models.CharField(max_length=200)
    status = models.CharField(
        max_length=10, choices=ImportStatus.choices, default=ImportStatus.READY
    )
    row_count = models.PositiveIntegerField(default=0)
    new_count = models.PositiveIntegerField(default=0)
    changed_count = models.PositiveIntegerField(default=0)
    same_count = models.PositiveIntegerField(default=0)
    bad_count = models.PositiveIntegerField(default=0)
    faults = models.JSONField(default=list)
    message = models.CharField(max_length=300, blank=True)

    @property
    def step(self) -> ImportStatus:
        """The status as a choice with its label and tone."""
        return ImportStatus(self.status)

    @property
    def is_ready(self) -> bool:
        return self.status == ImportStatus.READY

    @property
    def usable_count(self) -> int:
        """How many lines would write something."""
        return self.new_count + self.changed_count
