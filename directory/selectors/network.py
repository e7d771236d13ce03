"""Reading the network of a business: its merchants and venues, their tills and terms, its partners."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q, QuerySet

from core.prepared import prepared
from directory.choices import LinkStatus, OrganisationKind
from directory.models import BusinessLink, CommercialTerms, Organisation, Tap
from directory.selectors.found import found_or_refused


@dataclass(slots=True)
class Place:
    """A merchant or venue as the page of the network shows it."""

    organisation: Organisation
    depth: int
    taps: list[Tap] = field(default_factory=list)
    terms: CommercialTerms | None = None


def places_of(*, business: Organisation) -> QuerySet[Organisation]:
    """Return the merchants and venues of the business with their parents."""
    return Organisation.objects.filter(business=business).select_related("parent")


def merchants_of(*, business: Organisation) -> QuerySet[Organisation]:
    return places_of(business=business).filter(kind=OrganisationKind.MERCHANT)


def venues_of(*, business: Organisation) -> QuerySet[Organisation]:
    return places_of(business=business).filter(kind=OrganisationKind.VENUE)


def place(*, business: Organisation, pk: int) -> Organisation:
    """Return the merchant or venue of the business."""
    found = places_of(business=business).select_related("parent", "business").filter(pk=pk).first()
    return found_or_refused(found, "There is no such merchant or venue.")


def merchant(*, business: Organisation, pk: int) -> Organisation:
    """Return a merchant of the business; venues have no team of their own."""
    found = merchants_of(business=business).select_related("business").filter(pk=pk).first()
    return found_or_refused(found, "There is no such merchant.")


def here_or_below(*, business: Organisation) -> QuerySet[Organisation]:
    """Return the business itself with its merchants and venues."""
    return Organisation.objects.filter(Q(pk=business.pk) | Q(business=business))


def tree_of(*, business: Organisation, at: datetime) -> list[Place]:
    """Return the network in reading order: each merchant with its venues, then the own venues.

    Three queries, whatever the size.
    """
    rows = list(places_of(business=business).order_by("name", "pk"))
    taps: dict[int, list[Tap]] = {}
    for tap in Tap.objects.filter(business=business).order_by("code", "pk"):
        taps.setdefault(tap.organisation_id, []).append(tap)
    terms = terms_by_organisation(business=business, at=at)
    places = []
    for row in (one for one in rows if one.parent_id == business.pk and one.is_merchant):
        places.append(Place(row, 0, taps.get(row.pk, []), terms.get(row.pk)))
        places += [
            Place(venue, 1, taps.get(venue.pk, [])) for venue in rows if venue.parent_id == row.pk
        ]
    places += [
        Place(row, 0, taps.get(row.pk, []))
        for row in rows
        if row.is_venue and row.parent_id == business.pk
    ]
    return places


def taps_of(*, organisation: Organisation) -> QuerySet[Tap]:
    return Tap.objects.filter(organisation=organisation).order_by("code", "pk")


def tap(*, business: Organisation, code: str) -> Tap:
    """Return the business's active till of that code; raises `NotFound` with TAP_NOT_FOUND."""
    found = (
        Tap.objects.filter(
            business=business,
            code__iexact=code.strip(),
            is_active=True,
            organisation__is_active=True,
        )
        .select_related("organisation__parent", "organisation__business")
        .first()
    )
    return found_or_refused(
        found, "There is no till with that code. Check it with the business.", code="TAP_NOT_FOUND"
    )


def tap_to_edit(*, business: Organisation, pk: int) -> Tap:
    found = Tap.objects.filter(business=business, pk=pk).select_related("organisation").first()
    return found_or_refused(found, "There is no such till.")


def terms_in_force(
    *, business: Organisation, organisation: Organisation, at: datetime
) -> CommercialTerms | None:
    """Return the version of the terms in force at the moment, None before the first."""
    return (
        CommercialTerms.objects.filter(
            business=business, organisation=organisation, valid_from__lte=at
        )
        .order_by("-valid_from")
        .first()
    )


def terms_by_organisation(*, business: Organisation, at: datetime) -> dict[int, CommercialTerms]:
    """Return the terms in force by organisation, in one query."""
    rows = (
        CommercialTerms.objects.filter(business=business, valid_from__lte=at)
        .order_by("organisation_id", "-valid_from")
        .distinct("organisation_id")
    )
    return {row.organisation_id: row for row in rows}


def terms_history(
    *, business: Organisation, organisation: Organisation
) -> QuerySet[CommercialTerms]:
    """Return every version of the terms, newest first."""
    return (
        CommercialTerms.objects.filter(business=business, organisation=organisation)
        .select_related("created_by")
        .order_by("-valid_from")
    )


def is_within(organisation: Organisation, *, root: Organisation) -> bool:
    """Tell whether the organisation is the root or stands below it; asks nothing."""
    above = {organisation.pk, organisation.parent_id, organisation.business_id}
    return root.pk in above


def is_blocked(*, business_id: int, organisation_id: int, at: datetime) -> bool:
    """Tell whether the terms of the organisation in force at the moment are blocked; one query."""
    with prepared() as cursor:
        cursor.execute(
            "SELECT blocked FROM directory_commercialterms"
            " WHERE business_id = %s AND organisation_id = %s AND valid_from <= %s"
            " ORDER BY valid_from DESC LIMIT 1",
            [business_id, organisation_id, at],
        )
        row = cursor.fetchone()
    return bool(row and row[0])


def blocked_organisations(*, business_ids: Collection[int], at: datetime) -> set[tuple[int, int]]:
    """Return (business, organisation) pairs whose terms in force are blocked, in one query."""
    rows = (
        CommercialTerms.objects.filter(business_id__in=business_ids, valid_from__lte=at)
        .order_by("business_id", "organisation_id", "-valid_from")
        .distinct("business_id", "organisation_id")
        .values_list("business_id", "organisation_id", "blocked")
    )
    return {(business, organisation) for business, organisation, blocked in rows if blocked}


def zone_of(organisation: Organisation) -> str:
    """Return the time zone of the place, else of its parent, else of its business (decision D8)."""
    if organisation.time_zone:
        return organisation.time_zone
    for one in (organisation.parent, organisation.business):
        if one is not None and one.time_zone:
            return one.time_zone
    return "UTC"


def links_of(*, business: Organisation) -> QuerySet[BusinessLink]:
    return BusinessLink.objects.filter(business=business).select_related("partner")


def invitations_to(*, partner: Organisation) -> QuerySet[BusinessLink]:
    """Return the networks to which this business was invited or belongs."""
    return BusinessLink.objects.filter(partner=partner).select_related("business")


def link(*, organisation: Organisation, pk: int) -> BusinessLink:
    """Return a partnership of which the organisation is one of the two sides."""
    found = (
        BusinessLink.objects.filter(Q(business=organisation) | Q(partner=organisation), pk=pk)
        .select_related("business", "partner")
        .first()
    )
    return found_or_refused(found, "There is no such partnership.")


def charities_of(*, business: Organisation) -> QuerySet[Organisation]:
    """Return the charities that accepted to be in the business's network."""
    return Organisation.objects.filter(
        linked_from__business=business,
        linked_from__status=LinkStatus.ACCEPTED,
        linked_from__is_charity=True,
    ).order_by("name", "pk")
