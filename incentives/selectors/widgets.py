"""Reading widgets: the settings for the desk, and what the framed pages show (incentives.md 7.2).

What a framed page gets is a value without any address: an e-mail cannot be shown by mistake.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from core.errors import NotFound
from directory.models import Organisation
from incentives.choices import AcknowledgementState, DistributionStatus, OfferStatus, ProgramStatus
from incentives.models import Acknowledgement, Distribution, Offer, Program, Widget
from incentives.selectors.acknowledgements import in_full
from incentives.terms import Terms

LATEST = 5


class NoWidget(NotFound):
    """The key opens nothing: unknown, replaced, switched off, or with nothing to show."""

    code = "no_widget"


@dataclass(frozen=True, slots=True)
class Said:
    """Published words as anybody may read them; masked ones have no text."""

    text: str
    name: str
    on: date
    value: Terms


@dataclass(frozen=True, slots=True)
class Card:
    """What a framed page shows besides its settings."""

    provider: str
    is_verified: bool
    product: str
    program_slug: str
    said: tuple[Said, ...]
    acknowledgement_count: int = 0
    incentive_count: int = 0


def widget_of_offer(*, offer: Offer) -> Widget:
    """Return the widget of an Acknowledged offer; in any other status there is none (`NotFound`)."""
    found = None
    if offer.status == OfferStatus.ACKNOWLEDGED:
        found = _in_full(Widget.objects.filter(offer=offer)).first()
    if found is None:
        raise NotFound("This offer has no acknowledgement to embed.")
    return found


def own_widget_of(*, acknowledgement: Acknowledgement) -> Widget:
    """Return the own widget of published words without an offer, or raise `NotFound`."""
    found = None
    if acknowledgement.is_published:
        rows = Widget.objects.filter(acknowledgement=acknowledgement, offer=None)
        found = _in_full(rows).first()
    if found is None:
        raise NotFound("This acknowledgement has no embed of its own.")
    return found


def widget_of_program(*, program: Program) -> Widget | None:
    """Return the social-proof widget of a program, or None before it was first switched on."""
    return _in_full(Widget.objects.filter(program=program)).first()


def widget_by_key(*, key: str, of_program: bool) -> Widget:
    """Return the enabled widget behind a key, or raise `NoWidget`."""
    rows = Widget.objects.filter(key=key, is_enabled=True, program__isnull=not of_program)
    found = _in_full(rows).first()
    if found is None:
        raise NoWidget("This widget is not available.")
    return found


def _in_full(rows: QuerySet[Widget]) -> QuerySet[Widget]:
    return rows.select_related(
        "business__provider_profile",
        "program__product_service",
        "offer",
        "acknowledgement__program__product_service",
        "acknowledgement__distribution",
        "acknowledgement__acknowledgement_request",
    )


def card_of(widget: Widget) -> Card:
    """Return what the widget shows to anybody; raises `NoWidget` where that is nothing.

    Only published words with public consent; of an offer only while it is Acknowledged.
    """
    if widget.program is not None:
        return _program_card(widget.business, widget.program)
    words = widget.acknowledgement
    offer = widget.offer
    shown = words is not None and words.is_published and words.consent_public
    if not shown or (offer is not None and offer.status != OfferStatus.ACKNOWLEDGED):
        raise NoWidget("This widget is not available.")
    assert words is not None
    return _card(widget.business, words.program, (_said(words, widget.business),))


def _card(
    business: Organisation,
    program: Program,
    said: tuple[Said, ...],
    acknowledgements: int = 0,
    incentives: int = 0,
) -> Card:
    profile = getattr(business, "provider_profile", None)
    return Card(
        provider=business.name,
        is_verified=profile is not None and profile.verified_at is not None,
        product=program.product_service.name,
        program_slug=program.slug if program.is_active else "",
        said=said,
        acknowledgement_count=acknowledgements,
        incentive_count=incentives,
    )


def _said(words: Acknowledgement, business: Organisation) -> Said:
    assert words.submitted_at is not None
    return Said(
        text="" if words.message_masked else words.message,
        name=words.display_name,
        on=words.submitted_at.astimezone(ZoneInfo(business.time_zone)).date(),
        value=words.value,
    )


def _program_card(business: Organisation, program: Program) -> Card:
    """Count the program's receipts and deliveries, and take its latest words; Active programs alone."""
    if program.status != ProgramStatus.ACTIVE:
        raise NoWidget("This widget is not available.")
    receipts = Acknowledgement.objects.filter(
        program=program,
        state__in=[AcknowledgementState.SUBMITTED, AcknowledgementState.PUBLISHED],
    )
    given = Distribution.objects.filter(
        Q(offer__program=program) | Q(request__program=program),
        business=business,
        status=DistributionStatus.SUCCESS,
    )
    said = tuple(_said(row, business) for row in latest_published(program=program)[:LATEST])
    return _card(business, program, said, receipts.count(), given.count())


def latest_published(*, program: Program) -> QuerySet[Acknowledgement]:
    """Return the published words of the program that can be read by anybody, newest first."""
    rows = Acknowledgement.objects.filter(
        program=program,
        state=AcknowledgementState.PUBLISHED,
        consent_public=True,
        message_masked=False,
    )
    return in_full(rows).order_by("-published_at", "-id")
