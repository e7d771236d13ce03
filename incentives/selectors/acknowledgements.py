"""Reading acknowledgements and the stand-alone requests for them, always within one business."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import BooleanField, Case, QuerySet, Value, When

from core import references
from core.errors import NotFound
from directory.models import Organisation
from incentives.choices import AcknowledgementRequestStatus, AcknowledgementState
from incentives.models import (
    Acknowledgement,
    AcknowledgementRequest,
    AcknowledgementTemplate,
    Offer,
)


@dataclass(frozen=True, slots=True)
class Source:
    """Where an acknowledgement comes from: its name, its kind of incentive, who it was given to.

    `reference` is the opaque reference of an offer or incentive request; a stand-alone one has none.
    """

    label: str
    incentive_type: str
    recipient_name: str
    created_by_id: int | None
    reference: str = ""


def source_of(acknowledgement: Acknowledgement) -> Source:
    """Return the facts of the source, which the acknowledgement must have been loaded with."""
    asked, distribution = acknowledgement.acknowledgement_request, acknowledgement.distribution
    if asked is not None:
        label = f"{asked.template.name}" if asked.template else f"Request {asked.pk}"
        return Source(label, asked.incentive_type, asked.recipient_name, asked.created_by_id)
    assert distribution is not None
    offer, request = acknowledgement.offer, distribution.request
    if offer is not None:
        return Source(
            offer.reference,
            offer.incentive_type,
            distribution.recipient_name,
            offer.created_by_id,
            references.reference("incentives.offer", offer.pk),
        )
    assert request is not None
    return Source(
        request.reference,
        request.incentive_type,
        distribution.recipient_name,
        None,
        references.reference("incentives.request", request.pk),
    )


def in_full(rows: QuerySet[Acknowledgement]) -> QuerySet[Acknowledgement]:
    """Join all that lists, pages and mails show of an acknowledgement."""
    return rows.select_related(
        "business__provider_profile",
        "program__product_service",
        "offer",
        "distribution__request",
        "acknowledgement_request__template",
    )


def _late(state: str, at: datetime, column: str = "state") -> Case:
    """Tell whether a row still waits although its link has run out."""
    return Case(
        When(**{column: state, "expires_at__lte": at}, then=Value(True)),
        default=Value(False),
        output_field=BooleanField(),
    )


def acknowledgements_listed(*, business: Organisation, at: datetime) -> QuerySet[Acknowledgement]:
    """Return the business's acknowledgements with their sources; `is_late`: its link has run out."""
    rows = Acknowledgement.objects.filter(business=business)
    return in_full(rows).annotate(is_late=_late(AcknowledgementState.INVITED, at))


def acknowledgement_of(*, business: Organisation, pk: int) -> Acknowledgement:
    """Return one acknowledgement of the business; another's id raises `NotFound`."""
    found = in_full(Acknowledgement.objects.filter(business=business, pk=pk)).first()
    if found is None:
        raise NotFound("There is no such acknowledgement.")
    return found


def acknowledgement_by_pk(*, pk: int) -> Acknowledgement:
    """Return the acknowledgement that a token named; never use it with an id from a provider."""
    return in_full(Acknowledgement.objects.filter(pk=pk)).get()


def submitted_of(*, offer: Offer) -> QuerySet[Acknowledgement]:
    """Return the words that wait to be reviewed with the offer; those that may be public come first."""
    rows = Acknowledgement.objects.filter(offer=offer, state=AcknowledgementState.SUBMITTED)
    return rows.order_by("-consent_public", "submitted_at", "id")


def published_of(*, offer: Offer) -> QuerySet[Acknowledgement]:
    """Return the published words of the offer, oldest first."""
    rows = Acknowledgement.objects.filter(offer=offer, state=AcknowledgementState.PUBLISHED)
    return in_full(rows).order_by("published_at", "id")


def acknowledgements_of_offer(*, offer: Offer) -> QuerySet[Acknowledgement]:
    """Return every invitation of the offer with its answer, oldest first."""
    return in_full(Acknowledgement.objects.filter(offer=offer)).order_by("id")


def asked_listed(*, business: Organisation, at: datetime) -> QuerySet[AcknowledgementRequest]:
    """Return the stand-alone requests of the business; `is_late`: nobody answered in time."""
    late = _late(AcknowledgementRequestStatus.WAITING, at, "status")
    return (
        AcknowledgementRequest.objects.filter(business=business)
        .select_related("program__product_service", "template", "acknowledgement")
        .annotate(is_late=late)
    )


def asked_of(*, business: Organisation, pk: int) -> AcknowledgementRequest:
    """Return one stand-alone request of the business; another's id raises `NotFound`."""
    found = _asked_in_full(AcknowledgementRequest.objects.filter(business=business, pk=pk)).first()
    if found is None:
        raise NotFound("There is no such acknowledgement request.")
    return found


def asked_by_slug(*, slug: str) -> AcknowledgementRequest:
    """Return the request behind a shared link, or raise `NotFound`."""
    found = _asked_in_full(AcknowledgementRequest.objects.filter(link_slug=slug)).first()
    if found is None:
        raise NotFound("This link does not lead to a request.")
    return found


def _asked_in_full(rows: QuerySet[AcknowledgementRequest]) -> QuerySet[AcknowledgementRequest]:
    return rows.select_related(
        "business__provider_profile", "program__product_service", "template", "acknowledgement"
    )


def acknowledgement_templates_of(*, business: Organisation) -> QuerySet[AcknowledgementTemplate]:
    """Return the link templates for acknowledgements, with their programs."""
    rows = AcknowledgementTemplate.objects.filter(business=business)
    return rows.select_related("program__product_service")


def acknowledgement_template_of(*, business: Organisation, pk: int) -> AcknowledgementTemplate:
    """Return one template of the business; another's id raises `NotFound`."""
    found = acknowledgement_templates_of(business=business).filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no such link template.")
    return found


def acknowledgement_template_by_slug(*, slug: str) -> AcknowledgementTemplate:
    """Return the template behind a shared link, or raise `NotFound`."""
    rows = AcknowledgementTemplate.objects.filter(slug=slug)
    found = rows.select_related("business__provider_profile", "program__product_service").first()
    if found is None:
        raise NotFound("This link does not lead to a request.")
    return found
