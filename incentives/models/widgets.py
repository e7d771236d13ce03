"""Widgets: how published words are shown on other sites (incentives.md 7.2).

A widget belongs to an offer, to a program, or to one acknowledgement that has neither offer nor
program widget of its own. Its key is the only thing that an embedded address says.
"""

from __future__ import annotations

from typing import Any, ClassVar

import pghistory
from django.db import models
from django.db.models import Q

from core.models import Timestamped
from directory.models import Organisation
from incentives.choices import WidgetLanguage, WidgetSize, WidgetTheme
from incentives.models.acknowledgements import Acknowledgement
from incentives.models.offers import Offer
from incentives.models.programs import Program


@pghistory.track(exclude=["key"])
class Widget(Timestamped):
    """The settings of one embed, and the key under which other sites frame it."""

    business = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    offer = models.OneToOneField(
        Offer, null=True, blank=True, on_delete=models.PROTECT, related_name="widget"
    )
    program = models.OneToOneField(
        Program, null=True, blank=True, on_delete=models.PROTECT, related_name="widget"
    )
    # The words shown; a program shows several and names none.
    acknowledgement = models.ForeignKey(
        Acknowledgement, null=True, blank=True, on_delete=models.PROTECT, related_name="widgets"
    )
    key = models.CharField(max_length=40, unique=True)
    is_enabled = models.BooleanField(default=True)
    theme = models.CharField(max_length=5, choices=WidgetTheme.choices, default=WidgetTheme.AUTO)
    size = models.CharField(max_length=7, choices=WidgetSize.choices, default=WidgetSize.CARD)
    language = models.CharField(
        max_length=2, choices=WidgetLanguage.choices, default=WidgetLanguage.ENGLISH
    )
    shows_product = models.BooleanField(default=True)
    shows_date = models.BooleanField(default=True)
    shows_value = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                name="incentives_widget_subject",
                condition=Q(offer__isnull=False, program__isnull=True)
                | Q(offer__isnull=True, program__isnull=False, acknowledgement__isnull=True)
                | Q(offer__isnull=True, program__isnull=True, acknowledgement__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["acknowledgement"],
                condition=Q(offer__isnull=True),
                name="incentives_widget_own",
            ),
        ]

    def __str__(self) -> str:
        return f"widget {self.pk}"
