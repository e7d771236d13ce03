"""Reward offers of a business, and those that a contact gets to see (rewards.md 2.4)."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from directory.models import Contact, Organisation
from directory.selectors.found import found_or_refused
from directory.selectors.segments import segments_of
from events.models import SegmentCondition
from rewards.choices import Switch
from rewards.models import Award, OfferVersion, Pass, RewardOffer
from rewards.selectors.schemes import memberships_of

NO_SUCH_OFFER = "There is no such offer. Choose one of your offers."


def offers_of(*, business: Organisation) -> QuerySet[RewardOffer]:
    """Return the offers of the business with scheme, owner and pool, newest first."""
    return (
        RewardOffer.objects.filter(business=business)
        .select_related("scheme", "owner", "commerce_pool")
        .order_by("-created_at", "-pk")
    )


def offers_of_owner(*, owner: Organisation) -> QuerySet[RewardOffer]:
    """Return what the organisation's users may see: a business all of its own, a merchant its own."""
    business = owner.business or owner
    rows = offers_of(business=business)
    return rows if owner.is_business else rows.filter(owner=owner)


def offer(*, business: Organisation, pk: int) -> RewardOffer:
    """Return an offer of the business; raises `NotFound` for one of another."""
    rows = offers_of(business=business).select_related(
        "business", "condition_set", "award_product", "created_by"
    )
    return found_or_refused(rows.filter(pk=pk).first(), NO_SUCH_OFFER)


def offer_by_public_id(*, business: Organisation, public_id: str) -> RewardOffer:
    """Return an offer of the business by the id that apps know; raises `NotFound`."""
    rows = offers_of(business=business).select_related("business", "condition_set")
    return found_or_refused(rows.filter(public_id=public_id).first(), NO_SUCH_OFFER)


def versions_of(*, offer: RewardOffer) -> QuerySet[OfferVersion]:
    """Return what the offer said over time, newest first, with who changed it."""
    return offer.versions.select_related("by").order_by("-number")


def has_awards(*, offer: RewardOffer) -> bool:
    """Tell whether the offer has awarded: its scheme and currency are fixed then."""
    return Award.objects.filter(offer=offer).exists()


def passes_of(*, offer: RewardOffer) -> QuerySet[Pass]:
    """Return the passes of the offer with the contacts that they are for, newest first."""
    return offer.passes.select_related("contact").order_by("-created_at", "-pk")


def pass_of(*, business: Organisation, pk: int) -> Pass:
    """Return a pass of the business; raises `NotFound` for one of another."""
    rows = Pass.objects.filter(business=business).select_related("offer", "contact")
    return found_or_refused(
        rows.filter(pk=pk).first(), "There is no such pass. Choose one of the offer's passes."
    )


def offers_visible_to(*, contact: Contact, at: datetime) -> QuerySet[RewardOffer]:
    """Return what the contact gets to see now: the featured ones first, then by name.

    An offer is seen while it and its scheme are active, inside its availability, by the members of the
    scheme who are in one of its segments.
    """
    business = contact.business
    joined = memberships_of(business=business, contacts=[contact])[contact.pk]
    segments = segments_of(business=business, contact_ids=[contact.pk], at=at)
    asked = SegmentCondition.objects.filter(conditions=OuterRef("condition_set"))
    in_one = asked.filter(segment__in=segments.get(contact.pk, frozenset()))
    return (
        RewardOffer.objects.filter(
            business=business,
            status=Switch.ACTIVE,
            scheme__status=Switch.ACTIVE,
            scheme__in=[pk for pk, since in joined.items() if since <= at],
        )
        .alias(starts_at=Coalesce("available_from", F("activated_at")))
        .filter(Q(available_to__isnull=True) | Q(available_to__gt=at), starts_at__lte=at)
        .filter(~Exists(asked) | Exists(in_one))
        .select_related("scheme", "owner", "commerce_pool")
        .order_by("-featured", "name", "pk")
    )
