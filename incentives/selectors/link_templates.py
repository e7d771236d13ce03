"""Reading link templates: the desk's list, and what stands behind a public address."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from core.errors import NotFound
from directory.models import Organisation
from incentives.choices import OPEN, DeliveryMethod, OfferStatus, Side, TermsKind
from incentives.completeness.offers import OfferValues
from incentives.completeness.templates import TemplateValues
from incentives.models import LinkTemplate, Offer, OfferTerms


def templates_of(*, business: Organisation) -> QuerySet[LinkTemplate]:
    """Return the business's link templates with program and product, unordered."""
    return LinkTemplate.objects.filter(business=business).select_related("program__product_service")


def template_of(*, business: Organisation, pk: int) -> LinkTemplate:
    """Return one template of the business; another's id raises `NotFound`."""
    found = _in_full(LinkTemplate.objects.filter(business=business, pk=pk)).first()
    if found is None:
        raise NotFound("There is no such link template.")
    return found


def template_by_pk(*, pk: int) -> LinkTemplate:
    """Return a template that a token named; never use it with an id from a provider."""
    return _in_full(LinkTemplate.objects.all()).get(pk=pk)


def template_by_slug(*, slug: str) -> LinkTemplate:
    """Return the template behind a public address, or raise `NotFound`."""
    found = _in_full(LinkTemplate.objects.filter(slug=slug)).first()
    if found is None:
        raise NotFound("This link does not lead to an offer.")
    return found


def _in_full(rows: QuerySet[LinkTemplate]) -> QuerySet[LinkTemplate]:
    return rows.select_related(
        "business__provider_profile", "program__product_service", "created_by"
    )


def values_of_template(template: LinkTemplate) -> TemplateValues:
    """Return what is stored of the template as the value that forms and rules speak of."""
    return TemplateValues(
        name=template.name,
        offer=OfferValues(
            program=template.program,
            entity_type=template.entity_type,
            entity_stage=template.entity_stage,
            incentive_type=template.incentive_type,
            terms=template.value,
            offer_type=template.offer_type,
            max_required_members=template.max_required_members,
            delivery_method="link",
            message=template.message,
            message_masked=template.message_masked,
            show_on_program_page=template.show_on_program_page,
        ),
        validity_days=template.validity_days,
        max_uses=template.max_uses,
    )


def offer_preview(template: LinkTemplate, *, at: datetime) -> Offer:
    """Return the offer that a use at this moment would make, without storing it.

    Pages and mails show it in place of an offer; it has no key, no reference and no recipient.
    """
    values = values_of_template(template).offer_at(at)
    return Offer(
        business=template.business,
        program=template.program,
        link_template=template,
        entity_type=template.entity_type,
        entity_stage=template.entity_stage,
        incentive_type=template.incentive_type,
        offer_type=template.offer_type,
        max_required_members=template.max_required_members,
        delivery_method=DeliveryMethod.LINK,
        message=template.message,
        message_masked=template.message_masked,
        expires_at=values.expires_at,
        status=OfferStatus.OFFERED,
        status_set_by=Side.PROVIDER,
        terms=OfferTerms(
            number=1,
            kind=TermsKind.OFFER,
            proposed_by=Side.PROVIDER,
            unit=template.unit,
            value_minor=template.value_minor,
            value_percent=template.value_percent,
            currency=template.currency,
            description=template.description,
        ),
    )


def open_offer_of(*, template: LinkTemplate, email: str) -> Offer | None:
    """Return the open offer that the address has from the template, if it has one (7.1)."""
    return (
        Offer.objects.filter(
            link_template=template,
            recipient_email=email.lower(),
            status__in=sorted(status.value for status in OPEN),
        )
        .select_related("business__provider_profile", "program__product_service", "terms")
        .order_by("-id")
        .first()
    )
