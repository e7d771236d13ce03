"""Widgets: making them, their settings, their switch and their key (incentives.md 7.2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F

from core.codes import slug
from core.errors import Conflict, Invalid, StaleVersion
from incentives.choices import AcknowledgementState, WidgetLanguage, WidgetSize, WidgetTheme
from incentives.models import Acknowledgement, Offer, Program, Widget


class ProgramInactive(Conflict):
    """An inactive program has no public face."""

    code = "program_inactive"


@dataclass(frozen=True, slots=True)
class WidgetSettings:
    """How a widget looks and what it shows; `acknowledgement_id` matters for an offer's alone."""

    theme: str = WidgetTheme.AUTO.value
    size: str = WidgetSize.CARD.value
    language: str = WidgetLanguage.ENGLISH.value
    shows_product: bool = True
    shows_date: bool = True
    shows_value: bool = False
    acknowledgement_id: int | None = None


def make_for_offer(
    *, offer: Offer, acknowledgement: Acknowledgement | None, at: datetime
) -> Widget:
    """Return the offer's widget, made if it has none; a widget without words gets these."""
    widget, _ = Widget.objects.get_or_create(
        offer=offer,
        defaults={
            "business_id": offer.business_id,
            "acknowledgement": acknowledgement,
            "key": slug(),
            "created_at": at,
            "updated_at": at,
        },
    )
    if widget.acknowledgement_id is None and acknowledgement is not None:
        widget.acknowledgement, widget.updated_at = acknowledgement, at
        widget.save(update_fields=["acknowledgement", "updated_at"])
    return widget


def make_own(*, acknowledgement: Acknowledgement, at: datetime) -> Widget:
    """Return the own widget of words that belong to no offer, made if there is none."""
    widget, _ = Widget.objects.get_or_create(
        acknowledgement=acknowledgement,
        offer=None,
        defaults={
            "business_id": acknowledgement.business_id,
            "key": slug(),
            "created_at": at,
            "updated_at": at,
        },
    )
    return widget


def make_for_program(*, program: Program, at: datetime) -> Widget:
    """Return the program's social-proof widget, made if there is none; raises `ProgramInactive`."""
    if not program.is_active:
        raise ProgramInactive("This program is not active, so it has no embed. Activate it first.")
    widget, _ = Widget.objects.get_or_create(
        program=program,
        defaults={
            "business_id": program.business_id,
            "key": slug(),
            "created_at": at,
            "updated_at": at,
        },
    )
    return widget


def save(*, widget: Widget, settings: WidgetSettings, version: int, at: datetime) -> Widget:
    """Store the settings; every site that embeds the widget shows them within five minutes.

    Raises `StaleVersion` when a colleague saved since, `Invalid` at `acknowledgement` for words that
    are not published words of the widget's offer.
    """
    with transaction.atomic():
        locked = Widget.objects.select_for_update().get(pk=widget.pk)
        if locked.version != version:
            raise StaleVersion("A colleague changed this widget meanwhile. Look at it, then save.")
        if locked.offer_id is not None and settings.acknowledgement_id is not None:
            locked.acknowledgement = _published(locked.offer_id, settings.acknowledgement_id)
        apply(locked, settings)
        locked.version, locked.updated_at = locked.version + 1, at
        locked.save()
    return locked


def apply(widget: Widget, settings: WidgetSettings) -> None:
    """Put the settings on the row in memory, for a preview or before it is stored."""
    for name in ("theme", "size", "language", "shows_product", "shows_date", "shows_value"):
        setattr(widget, name, getattr(settings, name))


def _published(offer_id: int, pk: int) -> Acknowledgement:
    found = Acknowledgement.objects.filter(
        pk=pk, offer_id=offer_id, state=AcknowledgementState.PUBLISHED
    ).first()
    if found is None:
        sentence = "Choose words that are published."
        raise Invalid(sentence, fields={"acknowledgement": sentence})
    return found


def switch(*, widget: Widget, enabled: bool, at: datetime) -> None:
    """Turn the widget on or off; while it is off, every embed shows the neutral card."""
    Widget.objects.filter(pk=widget.pk).exclude(is_enabled=enabled).update(
        is_enabled=enabled, updated_at=at, version=F("version") + 1
    )


def renew_key(*, widget: Widget, at: datetime) -> str:
    """Give the widget a new key and return it; snippets with the old one show the neutral card."""
    key = slug()
    Widget.objects.filter(pk=widget.pk).update(key=key, updated_at=at, version=F("version") + 1)
    return key
