"""Goods that came back: each return is a fact of its own beside the purchase, which stays as it was."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from directory.models import Organisation, Product
from events.models.events import Purchase

APPEND_ONLY = pgtrigger.Update | pgtrigger.Delete


class GoodsReturn(models.Model):
    """One return: its worth in the purchase's currency, and its lines unless an amount was named."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    business = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    purchase = models.ForeignKey(Purchase, on_delete=models.PROTECT, related_name="returns")
    reference_number = models.CharField(max_length=64, blank=True)
    amount_minor = models.BigIntegerField()
    # Whether the caller named an amount instead of lines: it then lies on all lines in proportion.
    is_by_amount = models.BooleanField()
    performed_at = models.DateTimeField()
    received_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(name="events_return_amount", condition=Q(amount_minor__gte=0)),
            models.UniqueConstraint(
                fields=["purchase", "reference_number"],
                condition=~Q(reference_number=""),
                name="events_return_reference",
            ),
        ]
        triggers = [pgtrigger.Protect(name="events_return_kept", operation=APPEND_ONLY)]


class ReturnedLine(models.Model):
    """How much of one product came back."""

    goods_return = models.ForeignKey(GoodsReturn, on_delete=models.PROTECT, related_name="lines")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    quantity = models.DecimalField(max_digits=12, decimal_places=3)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["goods_return", "product"], name="events_returned_product"
            ),
            models.CheckConstraint(name="events_returned_quantity", condition=Q(quantity__gt=0)),
        ]
        triggers = [pgtrigger.Protect(name="events_returned_line_kept", operation=APPEND_ONLY)]
