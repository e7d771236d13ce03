"""What everybody may read of a provider: its programs, what is offered openly, published words.

Nothing here names a recipient. Masked messages stay out, addresses are never read.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Prefetch, Q, QuerySet

from core.errors import NotFound
from directory.choices import OrganisationKind
from directory.models import Organisation
from incentives.choices import (
    AcknowledgementState,
    DeliveryMethod,
    DistributionStatus,
    OfferStatus,
    ProgramStatus,
    TemplateStatus,
)
from incentives.choices.requests import REQUEST_CLOSED, RequestStatus
from incentives.models import (
    Acknowledgement,
    Distribution,
    IncentiveRequest,
    LinkTemplate,
    Offer,
    Program,
)

# A public page lists at most so many of each kind; acknowledgements are paged beyond it.
MOST = 20
MOST_PROGRAMS = 50
REQUESTS_SHOWN = sorted(set(RequestStatus) - REQUEST_CLOSED - {RequestStatus.DRAFT})


@dataclass(frozen=True, slots=True)
class Figures:
    """What a program or provider has given: successes, and words of receipt that were published."""

    provided: int
    acknowledged: int


def public_program(*, slug: str) -> Program:
    """Return an Active program of a provider that shows itself, or raise `NotFound` (7.4)."""
    found = _open_programs().filter(slug=slug).first()
    if found is None:
        raise NotFound("There is no such program, or it is not active at the moment.")
    return found


def public_provider(*, slug: str) -> Organisation:
    """Return a business whose profile is completed, or raise `NotFound`."""
    found = (
        Organisation.objects.filter(
            slug=slug,
            kind=OrganisationKind.BUSINESS,
            is_active=True,
            provider_profile__completed_at__isnull=False,
        )
        .select_related("provider_profile")
        .first()
    )
    if found is None:
        raise NotFound("There is no such provider.")
    return found


def _open_programs() -> QuerySet[Program]:
    return Program.objects.filter(
        status=ProgramStatus.ACTIVE,
        business__is_active=True,
        business__provider_profile__completed_at__isnull=False,
    ).select_related("business__provider_profile", "product_service")


def open_programs_of(*, business: Organisation) -> list[Program]:
    """Return the provider's Active programs by the name of their product."""
    rows = _open_programs().filter(business=business)
    return list(rows.order_by("product_service__name", "pk")[:MOST_PROGRAMS])


def figures_of_program(*, program: Program) -> Figures:
    return Figures(
        provided=Distribution.objects.filter(
            Q(offer__program=program) | Q(request__program=program),
            status=DistributionStatus.SUCCESS,
        ).count(),
        acknowledged=published_words(program=program).count(),
    )


def figures_of_provider(*, business: Organisation) -> Figures:
    return Figures(
        provided=Distribution.objects.filter(
            business=business, status=DistributionStatus.SUCCESS
        ).count(),
        acknowledged=published_words(business=business).count(),
    )


def offers_shown(*, program: Program, at: datetime) -> list[Offer]:
    """Return the unclaimed shared links that their makers wish to show here, newest first."""
    rows = Offer.objects.filter(
        program=program,
        delivery_method=DeliveryMethod.LINK,
        status=OfferStatus.OFFERED,
        show_on_program_page=True,
        recipient_verified_at__isnull=True,
        expires_at__gt=at,
    )
    return list(rows.select_related("terms").order_by("-created_at", "-pk")[:MOST])


def templates_shown(*, program: Program) -> list[LinkTemplate]:
    """Return the Active link templates that their makers wish to show here and that have uses left."""
    rows = LinkTemplate.objects.filter(
        program=program, status=TemplateStatus.ACTIVE, show_on_program_page=True
    )
    left = Q(max_uses__isnull=True) | Q(max_uses__gt=F("uses_count"))
    return list(rows.filter(left).order_by("-created_at", "-pk")[:MOST])


def requests_shown(*, program: Program) -> list[IncentiveRequest]:
    """Return what recipients openly ask for, newest first; who they are is not for everybody."""
    rows = IncentiveRequest.objects.filter(
        program=program,
        status__in=REQUESTS_SHOWN,
        recipient_verified_at__isnull=False,
    )
    shown = rows.only(
        "incentive_type", "entity_stage", "message", "message_masked", "requested_at", "created_at"
    )
    return list(shown.order_by("-created_at", "-pk")[:MOST])


def published_words(
    *, program: Program | None = None, business: Organisation | None = None
) -> QuerySet[Acknowledgement]:
    """Return published acknowledgements whose writers agreed to be shown, newest first.

    Of a program, or of all Active programs of a business. The writer's address is not loaded.
    """
    rows = Acknowledgement.objects.filter(
        state=AcknowledgementState.PUBLISHED, consent_public=True
    ).defer("email")
    if program is not None:
        rows = rows.filter(program=program)
    if business is not None:
        rows = rows.filter(business=business, program__status=ProgramStatus.ACTIVE)
    product = Prefetch("program", Program.objects.select_related("product_service"))
    return rows.prefetch_related(product).order_by("-published_at", "-pk")
