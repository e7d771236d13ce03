"""Reading for the desk's lists of offers and programs, always within one business."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Case, Count, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from core.errors import NotFound
from directory.models import Organisation, ProductService
from incentives.choices import (
    AcknowledgementState,
    GroupMemberStatus,
    OfferStatus,
    ProgramStatus,
    TemplateStatus,
)
from incentives.choices.requests import RequestStatus
from incentives.models import (
    Acknowledgement,
    GroupMember,
    IncentiveRequest,
    LinkTemplate,
    Offer,
    Program,
)
from incentives.selectors.offers import offers_of, programs_of


def offers_listed(*, business: Organisation) -> QuerySet[Offer]:
    """Return the business's offers with what the list shows besides: how full each group is."""
    taken = (
        GroupMember.objects.filter(
            offer=OuterRef("pk"),
            status__in=[GroupMemberStatus.ACTIVE, GroupMemberStatus.CLAIMED],
        )
        .order_by()
        .values("offer")
        .annotate(taken=Count("pk"))
        .values("taken")
    )
    members = Case(When(offer_type="group", then=Coalesce(Subquery(taken), 0)), default=Value(0))
    return offers_of(business=business).annotate(members_taken=members)


def offer_origins(*, business: Organisation) -> dict[str, list[tuple[str, str]]]:
    """Return what the business's offers may come from, for the list's filters, in one query.

    The keys are `program` and `link_template`; the values are pairs of id and name, by name.
    """
    programs = Program.objects.filter(business=business).values_list(
        Value("program"), "pk", "product_service__name"
    )
    templates = LinkTemplate.objects.filter(business=business).values_list(
        Value("link_template"), "pk", "name"
    )
    found: dict[str, list[tuple[str, str]]] = {}
    for kind, pk, name in programs.union(templates, all=True):
        found.setdefault(kind, []).append((str(pk), name))
    for choices in found.values():
        choices.sort(key=lambda choice: (choice[1].casefold(), choice[0]))
    return found


def programs_listed(*, business: Organisation) -> QuerySet[Program]:
    """Return the business's programs with how many requests, offers and acknowledgements each has."""

    def counted(rows: QuerySet[Any], by: str) -> Coalesce:
        found = rows.order_by().values(by).annotate(found=Count("pk")).values("found")
        return Coalesce(Subquery(found), 0)

    requests = IncentiveRequest.objects.filter(program=OuterRef("pk")).exclude(
        status=RequestStatus.DRAFT
    )
    offers = Offer.objects.filter(program=OuterRef("pk"))
    words = Acknowledgement.objects.filter(
        program=OuterRef("pk"),
        state__in=[AcknowledgementState.SUBMITTED, AcknowledgementState.PUBLISHED],
    )
    return programs_of(business=business).annotate(
        request_count=counted(requests, "program"),
        offer_count=counted(offers, "program"),
        acknowledgement_count=counted(words, "program"),
    )


def program_of(*, business: Organisation, pk: int) -> Program:
    """Return one program of the business; another's id raises `NotFound`."""
    found = programs_of(business=business).filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no such program.")
    return found


def programs_by_product(*, product_ids: Sequence[int]) -> dict[int, Program]:
    """Return the program of each of the products that has one, in one query."""
    rows = Program.objects.filter(product_service__in=product_ids).select_related("product_service")
    return {row.product_service_id: row for row in rows}


def products_without_program(*, business: Organisation) -> QuerySet[ProductService]:
    """Return the products and services that a program can still be opened for, by name."""
    return ProductService.objects.filter(business=business, program__isnull=True).order_by("name")


def has_active_program(*, business: Organisation) -> bool:
    return Program.objects.filter(business=business, status=ProgramStatus.ACTIVE).exists()


def open_link_count(*, program: Program) -> int:
    """Return how many shared links of the program wait to be claimed."""
    return Offer.objects.filter(
        program=program,
        delivery_method="link",
        status=OfferStatus.OFFERED,
        recipient_verified_at__isnull=True,
    ).count()


def open_template_count(*, program: Program) -> int:
    """Return how many Active link templates make offers of the program."""
    return LinkTemplate.objects.filter(program=program, status=TemplateStatus.ACTIVE).count()


def program_in_full(*, business: Organisation, pk: int) -> Program:
    """Return one program with its counts, as the list shows them; another's id raises `NotFound`."""
    found = programs_listed(business=business).filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no such program.")
    return found
